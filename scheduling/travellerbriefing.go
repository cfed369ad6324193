package scheduling

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"kohtaamo/storage"
)

// A Briefing is what delegates read before they meet their hosts.
type Briefing struct {
	*ProgrammePage
	Stops     []BriefingStop
	Companies []BriefingCompany
	Leaders   []*Traveller // with how to reach them
	Project   *Project     // whose emblem has to be shown; nil for none
}

// A BriefingStop is a stop with the hosts there.
type BriefingStop struct {
	Stop
	Hosts []BriefingHost
}

// A BriefingHost is a host with the visits to it.
type BriefingHost struct {
	*Host
	Visits []BriefingVisit
}

// A BriefingVisit is a visit with who goes.
type BriefingVisit struct {
	*Activity
	Zone string
	Who  []*Traveller
}

// A BriefingCompany is a company that travels, with what it wants.
type BriefingCompany struct {
	Name, Website string
	Goals         []string
	People        []*Traveller
}

// TripBriefing gathers the briefing pack for whoever organises or leads the trip.
// What travellers answered about themselves is not in it.
func (d *Desk) TripBriefing(ctx context.Context, by Actor, tripID string) (b *Briefing, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		t, err := ledTrip(tx, by, tripID)
		if err != nil {
			return err
		}
		p, err := programmePage(tx, t)
		if err != nil {
			return err
		}
		b = &Briefing{ProgrammePage: p}
		for _, s := range t.Stops {
			b.Stops = append(b.Stops, p.briefingStop(s))
		}
		if b.Project, err = tripFunding(tx, t, tx.Now()); err != nil {
			return err
		}
		return b.people(tx)
	})
	return b, err
}

func (p *ProgrammePage) briefingStop(s Stop) BriefingStop {
	out := BriefingStop{Stop: s}
	for i := range p.Programme.Hosts {
		h := &p.Programme.Hosts[i]
		if h.StopID != s.ID || h.State == HostDeclined {
			continue
		}
		host := BriefingHost{Host: h}
		for k := range p.Programme.Activities {
			if a := &p.Programme.Activities[k]; a.HostID == h.ID {
				host.Visits = append(host.Visits, BriefingVisit{a, s.Zone, p.crowd(a.Crowd)})
			}
		}
		slices.SortStableFunc(host.Visits, func(a, b BriefingVisit) int { return a.Starts.Compare(b.Starts) })
		out.Hosts = append(out.Hosts, host)
	}
	return out
}

// crowd are those who take part, by name.
func (p *ProgrammePage) crowd(c Crowd) (out []*Traveller) {
	for _, v := range p.Travellers {
		if c.Has(v.ID) {
			out = append(out, v)
		}
	}
	return out
}

// people gathers who travels, by company.
func (b *Briefing) people(tx *storage.Tx) error {
	by := map[string]*BriefingCompany{}
	for _, v := range b.Travellers {
		if v.Role == AsLeader || slices.Contains(b.Trip.LeaderIDs, v.PersonID) {
			b.Leaders = append(b.Leaders, v)
		}
		key := strings.ToLower(v.Company)
		if v.Role != AsDelegate && v.Role != AsVisitor || key == "" {
			continue
		}
		c := by[key]
		if c == nil {
			c = &BriefingCompany{Name: v.Company}
			by[key] = c
		}
		if err := c.add(tx, v); err != nil {
			return err
		}
	}
	for _, c := range by {
		b.Companies = append(b.Companies, *c)
	}
	slices.SortFunc(b.Companies, func(a, b BriefingCompany) int { return cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) })
	return nil
}

// add takes somebody of the company in, with their goals and those that the
// company applied with.
func (c *BriefingCompany) add(tx *storage.Tx, v *Traveller) error {
	c.People = append(c.People, v)
	goals := []string{v.Goals}
	if v.ApplicationID != "" {
		a, err := applications.Get(tx, v.ApplicationID)
		if ignoreMissing(err) != nil {
			return err
		}
		if a != nil {
			c.Website, goals = cmp.Or(c.Website, a.Website), append(goals, a.Goals)
		}
	}
	for _, g := range goals {
		if g != "" && !slices.Contains(c.Goals, g) {
			c.Goals = append(c.Goals, g)
		}
	}
	return nil
}

// TripProject is the project whose emblem the print-outs of a trip have to show
// now; nil for none.
func (d *Desk) TripProject(ctx context.Context, t *Trip) (p *Project, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		p, err = tripFunding(tx, t, tx.Now())
		return err
	})
	return p, err
}
