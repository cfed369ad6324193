package scheduling

import (
	"context"
	"slices"
	"strings"
	"time"

	"kohtaamo/storage"
)

// A TripReport is what a trip was, and what came of it so far. Each of its
// figures is the number of rows behind it.
type TripReport struct {
	Trip       *Trip
	Cluster    *Cluster // in whose name the trip was made; nil for none
	Funding    *Project // whose emblem the report shows today
	Programme  []Part
	Results    []CompanyResult // by company: who went, what for, and what came of it
	Hosts      []HostVisited   // that were visited, in the order of the programme
	Attendance []PartAttendance
	Rounds     []RoundResult // of B2B meetings on the way
	Grid       *TripGrid
	Stories    []*TripOutcome // that may be quoted
	Budget     []LineCost
	Planned    Costs     // with all seats taken
	Actual     Costs     // for the delegates who went
	At         time.Time // when it was counted
}

// A CompanyResult is what one delegate wanted, and what came of it.
type CompanyResult struct {
	Delegate *TripDelegate // with those of it who took part
	Goals    []string      // of the company's application, and of its travellers
	Rows     []*TripRow
}

// A HostVisited is a host with the visits that took place there.
type HostVisited struct {
	Host   *Host
	Visits []Activity
	People []*Traveller // who came, of all roles
}

// A PartAttendance says who took part in one part of the programme that has
// begun: what was marked, and who was meant to come and was not marked.
type PartAttendance struct {
	Part                      Part
	Due                       []*Traveller
	Present, Absent, Unmarked int
}

// A RoundResult is what became of the meetings of a round on the way.
type RoundResult struct {
	Round                          *Round
	Meetings, Held, NotHeld, Other int // Other: nobody said whether it was held
}

// A ReportFigure is one number of a report; its words stand under
// "tripreport.figure.KEY", those of a step under "outcome.step.KEY".
type ReportFigure struct {
	Key    string
	N      int
	Ladder bool
}

// TripReport makes the report of a trip as things stand, for its organisers.
func (d *Desk) TripReport(ctx context.Context, by Actor, tripID string) (rep *TripReport, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		t, err := ownTrip(tx, by, tripID)
		if err != nil {
			return err
		}
		rep, err = tripReportOf(tx, t)
		return err
	})
	return rep, err
}

func tripReportOf(tx *storage.Tx, t *Trip) (*TripReport, error) {
	said, err := readSaid(tx, t)
	if err != nil {
		return nil, err
	}
	rep := &TripReport{Trip: t, Programme: said.Programme.Parts(t), At: tx.Now()}
	if rep.Grid, err = gridOf(tx, said); err != nil {
		return nil, err
	}
	if rep.Funding, err = tripFunding(tx, t, rep.At); err != nil {
		return nil, err
	}
	if len(t.ClusterIDs) > 0 {
		if rep.Cluster, err = clusters.Get(tx, t.ClusterIDs[0]); ignoreMissing(err) != nil {
			return nil, err
		}
	}
	went := slices.DeleteFunc(slices.Clone(said.Travellers), func(v *Traveller) bool { return !said.tookPart(v, rep.At) })
	rep.attendance(said)
	rep.hosts(said, went)
	rep.Budget, rep.Planned, rep.Actual = t.Costs(delegatesAmong(said.Travellers))
	for _, r := range rep.Grid.Shown(TripOutcomesStory) {
		rep.Stories = append(rep.Stories, r.Said)
	}
	if err := rep.results(tx, went); err != nil {
		return nil, err
	}
	return rep, rep.rounds(tx, said.Programme)
}

// attendance counts what was marked of every part that has begun.
func (rep *TripReport) attendance(said *tripSaid) {
	for _, x := range rep.Programme {
		if x.Kind == StayPart || !x.Bulky || !x.Starts.Before(rep.At) {
			continue
		}
		a := PartAttendance{Part: x}
		for _, v := range said.Travellers {
			if !x.Has(v.ID) {
				continue
			}
			a.Due = append(a.Due, v)
			switch m, marked := v.Marks[x.ID]; {
			case !marked:
				a.Unmarked++
			case m.Present:
				a.Present++
			default:
				a.Absent++
			}
		}
		rep.Attendance = append(rep.Attendance, a)
	}
}

// hosts finds where somebody was.
func (rep *TripReport) hosts(said *tripSaid, went []*Traveller) {
	for i := range said.Programme.Hosts {
		h := HostVisited{Host: &said.Programme.Hosts[i], People: said.met(&TripDelegate{Travel: went}, &said.Programme.Hosts[i], rep.At)}
		if len(h.People) == 0 {
			continue
		}
		for _, a := range said.Programme.Activities {
			if a.HostID == h.Host.ID && a.Starts.Before(rep.At) {
				h.Visits = append(h.Visits, a)
			}
		}
		rep.Hosts = append(rep.Hosts, h)
	}
}

// results gathers what each delegate wanted and what came of it.
func (rep *TripReport) results(tx *storage.Tx, went []*Traveller) error {
	wishes := map[string]string{} // goals by application
	for a, err := range applications.Each(tx, storage.Query{Where: []storage.Cond{storage.Is("trip_id", rep.Trip.ID)}}) {
		if err != nil {
			return err
		}
		wishes[a.ID] = a.Goals
	}
	for _, d := range delegatesOf(went) {
		x := CompanyResult{Delegate: d}
		add := func(goal string) {
			if goal != "" && !slices.Contains(x.Goals, goal) {
				x.Goals = append(x.Goals, goal)
			}
		}
		for _, v := range d.Travel {
			add(wishes[v.ApplicationID])
		}
		for _, v := range d.Travel {
			add(v.Goals)
		}
		for _, r := range rep.Grid.Rows {
			if d.goesBy(r.Delegate.Key) {
				x.Rows = append(x.Rows, r)
			}
		}
		rep.Results = append(rep.Results, x)
	}
	return nil
}

// rounds counts the meetings of the programme's rounds.
func (rep *TripReport) rounds(tx *storage.Tx, p *Programme) error {
	seen := []string{}
	for _, a := range p.Activities {
		if a.RoundID == "" || slices.Contains(seen, a.RoundID) {
			continue
		}
		seen = append(seen, a.RoundID)
		r, err := rounds.Get(tx, a.RoundID)
		if IsHidden(err) {
			continue // deleted
		}
		if err != nil {
			return err
		}
		x := RoundResult{Round: r}
		for m, err := range meetings.Each(tx, storage.Query{Where: []storage.Cond{storage.Is("round_id", r.ID)}}) {
			if err != nil {
				return err
			}
			x.count(m.State)
		}
		rep.Rounds = append(rep.Rounds, x)
	}
	return nil
}

func (x *RoundResult) count(s MeetingState) {
	if !s.Stands() {
		return
	}
	x.Meetings++
	switch s {
	case MeetingHeld:
		x.Held++
	case MeetingNotHeld:
		x.NotHeld++
	default:
		x.Other++
	}
}

// Figures are the numbers of the report, in the order of a page.
func (rep *TripReport) Figures() []ReportFigure {
	people, visits, meetings, held := 0, 0, 0, 0
	for _, x := range rep.Results {
		people += len(x.Delegate.Travel)
	}
	for _, h := range rep.Hosts {
		visits += len(h.Visits)
	}
	for _, r := range rep.Rounds {
		meetings, held = meetings+r.Meetings, held+r.Held
	}
	out := []ReportFigure{{"companies", len(rep.Results), false}, {"people", people, false}, {"hosts", len(rep.Hosts), false}, {"visits", visits, false},
		{"meetings", meetings, false}, {"held", held, false}, {"pairs", len(rep.Grid.Rows), false}}
	for _, f := range TripOutcomeFilters {
		out = append(out, ReportFigure{string(f), rep.Grid.Figure[f], false})
	}
	for _, l := range Ladders {
		out = append(out, ReportFigure{string(l), rep.Grid.Figure[TripOutcomeFilter(l)], true})
	}
	return out
}

// names are those of people, in one text.
func names(vs []*Traveller) string {
	var out []string
	for _, v := range vs {
		out = append(out, v.Name)
	}
	return strings.Join(out, ", ")
}

// Names are those of the delegate who travel, in one text.
func (t *TripDelegate) Names() string { return names(t.Travel) }

// Names are those who took part, in one text.
func (r *TripRow) Names() string { return names(r.People) }

// Names are those who came, in one text.
func (h HostVisited) Names() string { return names(h.People) }
