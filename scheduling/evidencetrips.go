package scheduling

import (
	"strconv"

	"kohtaamo/scheduling/pack"
	"kohtaamo/storage"
)

// trips lists the trips of the period, each with the companies that applied.
func (x *evidence) trips() error {
	var list []*Trip
	for t, err := range trips.Each(x.tx, x.during("starts")) {
		if err != nil {
			return err
		}
		if t.Listed && x.concerns(t.ClusterIDs, t.ProjectID) {
			list = append(list, t)
			x.shown = append(x.shown, shownThing{kind: shownTrip, id: t.ID, slug: t.Slug, title: t.Title, projectID: t.ProjectID, from: t.PublishedAt, zone: t.Zone})
		}
	}
	if len(list) == 0 {
		return nil
	}
	err := x.list(x.listName("trips"), "/organise/trips", []string{"number", "first_day", "last_day", "title", "direction", "place", "state", "project", "travellers"}, func(w rowTaker) error {
		for i, t := range list {
			n, err := x.travellers(t)
			if err != nil {
				return err
			}
			code, err := x.projectCode(t.ProjectID)
			if err != nil {
				return err
			}
			row := []string{strconv.Itoa(i + 1), t.FirstDay(), t.LastDay(), t.Title.In(x.l.Code()), x.l.Text("trip.direction." + string(t.Direction)), t.Places(x.l),
				x.l.Text("state.trip." + string(t.State)), code, strconv.Itoa(n)}
			if err := w.Write(row); err != nil {
				return err
			}
		}
		return nil
	})
	for _, t := range list {
		if err == nil {
			err = x.delegates(t)
		}
	}
	return err
}

// travellers counts those who took part in a trip.
func (x *evidence) travellers(t *Trip) (int, error) {
	said, err := readSaid(x.tx, t)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, v := range said.Travellers {
		if said.tookPart(v, x.tx.Now()) {
			n++
		}
	}
	return n, nil
}

// delegates lists the companies that applied for a trip; incoming ones have none.
func (x *evidence) delegates(t *Trip) error {
	if t.Direction == Incoming {
		return nil
	}
	name := pack.Name(x.text("folder.trips"), dayName(t.Starts, t.Zone, t.Slug), x.text("file.delegates")+".csv")
	return x.list(name, "/organise/trips/"+t.ID+"/applications", []string{"number", "company", "country", "seats", "state"}, func(w rowTaker) error {
		n := 0
		for a, err := range applications.Each(x.tx, storage.Query{Where: []storage.Cond{storage.Is("trip_id", t.ID)}, Sort: "sort"}) {
			if err != nil {
				return err
			}
			n++
			if err := w.Write([]string{strconv.Itoa(n), a.Company, a.Country, strconv.Itoa(a.Seats), x.l.Text("state.application." + string(a.State))}); err != nil {
				return err
			}
		}
		return nil
	})
}

// rounds lists the B2B meetings of the period with how far they led. A round can
// go on over the end of a period: each meeting is listed by its own time.
func (x *evidence) rounds() error {
	var list []*Round
	p := x.r.Period
	for r, err := range rounds.Each(x.tx, storage.Query{Where: []storage.Cond{{Field: "starts", Op: storage.Lt, Value: p.Until}}, Sort: "starts"}) {
		if err != nil {
			return err
		}
		if r.Ends.Before(p.From) {
			continue
		}
		project, err := x.roundProject(r)
		if err != nil {
			return err
		}
		if x.concerns(r.ClusterIDs, project) {
			list = append(list, r)
		}
	}
	if len(list) == 0 {
		return nil
	}
	heads := []string{"number", "round", "time", "companies", "state", "outcome"}
	return x.list(x.listName("meetings"), "/organise/rounds", heads, func(t rowTaker) error {
		n := 0
		for _, r := range list {
			if err := x.meetings(t, r, &n); err != nil {
				return err
			}
		}
		return nil
	})
}

// roundProject is the project that funds a round: that of its event or its trip.
func (x *evidence) roundProject(r *Round) (string, error) {
	if r.EventID != "" {
		e, err := events.Get(x.tx, r.EventID)
		if err == nil {
			return e.ProjectID, nil
		}
		return "", ignoreMissing(err)
	}
	if r.TripID != "" {
		t, err := trips.Get(x.tx, r.TripID)
		if err == nil {
			return t.ProjectID, nil
		}
		return "", ignoreMissing(err)
	}
	return "", nil
}

func (x *evidence) meetings(t rowTaker, r *Round, n *int) error {
	furthest := map[string]Ladder{}
	for o, err := range outcomes.Each(x.tx, storage.Query{Where: []storage.Cond{storage.Is("round_id", r.ID)}}) {
		if err != nil {
			return err
		}
		if was, said := furthest[o.MeetingID]; o.Step != "" && (!said || o.Step.rung() > was.rung()) {
			furthest[o.MeetingID] = o.Step
		}
	}
	for m, err := range meetings.Each(x.tx, x.during("starts", storage.Is("round_id", r.ID))) {
		if err != nil {
			return err
		}
		if !m.State.Stands() {
			continue
		}
		*n++
		names, outcome := "", ""
		for i, p := range m.Parties {
			if i > 0 {
				names += " – "
			}
			names += p.Name
		}
		if s := furthest[m.ID]; s != "" {
			outcome = x.l.Text("outcome.step." + string(s))
		}
		row := []string{strconv.Itoa(*n), r.Title.In(x.l.Code()), m.Starts.In(zoneOf(r.Zone)).Format("2006-01-02 15:04"), names, x.l.Text("state.meeting." + string(m.State)), outcome}
		if err := t.Write(row); err != nil {
			return err
		}
	}
	return nil
}
