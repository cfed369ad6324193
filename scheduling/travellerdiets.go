package scheduling

import (
	"cmp"
	"context"
	"slices"
)

// A MealPage is what a caterer has to know of a meal: how many eat what, and
// nobody's name.
type MealPage struct {
	*Activity
	City, Zone string
	Host       string
	Eaters     int
	Plain      int         // who eat everything
	Unknown    int         // who have not answered
	Diets      []DietCount // those that somebody has, in the order of Diets; one person may have several
	Allergies  []SaidCount // what people wrote, in order
}

// A DietCount is how many have a diet.
type DietCount struct {
	Diet string
	N    int
}

// A SaidCount is what was written, and how many wrote it.
type SaidCount struct {
	Text string
	N    int
}

// DietsPage is what is to be cooked on a trip.
type DietsPage struct {
	Trip  *Trip
	Meals []MealPage // by time
}

// TripDiets counts the diets at each meal for whoever organises or leads the trip.
func (d *Desk) TripDiets(ctx context.Context, by Actor, tripID string) (*DietsPage, error) {
	p, err := d.Programme(ctx, by, tripID)
	if err != nil {
		return nil, err
	}
	out := &DietsPage{Trip: p.Trip}
	for i := range p.Programme.Activities {
		if a := &p.Programme.Activities[i]; a.Kind == Meal {
			out.Meals = append(out.Meals, p.meal(a))
		}
	}
	slices.SortStableFunc(out.Meals, func(a, b MealPage) int { return a.Starts.Compare(b.Starts) })
	return out, nil
}

func (p *ProgrammePage) meal(a *Activity) MealPage {
	s, _ := p.Trip.Stop(a.StopID)
	m := MealPage{Activity: a, City: s.City, Zone: s.Zone}
	if h := p.Programme.Host(a.HostID); h != nil {
		m.Host = h.Name
	}
	diets, said := map[string]int{}, map[string]int{}
	for _, v := range p.Travellers {
		if a.Has(v.ID) {
			m.count(v, diets, said)
		}
	}
	for _, x := range Diets {
		if diets[x] > 0 {
			m.Diets = append(m.Diets, DietCount{x, diets[x]})
		}
	}
	for text, n := range said {
		m.Allergies = append(m.Allergies, SaidCount{text, n})
	}
	slices.SortFunc(m.Allergies, func(a, b SaidCount) int { return cmp.Compare(a.Text, b.Text) })
	return m
}

// count adds somebody who eats.
func (m *MealPage) count(v *Traveller, diets, said map[string]int) {
	m.Eaters++
	if v.Data == nil {
		m.Unknown++
		return
	}
	if len(v.Data.Diets) == 0 && v.Data.Allergies == "" {
		m.Plain++
	}
	for _, x := range v.Data.Diets {
		diets[x]++
	}
	if v.Data.Allergies != "" {
		said[v.Data.Allergies]++
	}
}
