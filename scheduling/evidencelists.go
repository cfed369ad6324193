package scheduling

import (
	"cmp"
	"io"
	"slices"
	"strconv"

	"kohtaamo/scheduling/pack"
	"kohtaamo/storage"
)

// listName is the name of a list in a pack.
func (x *evidence) listName(key string) string {
	return pack.Name(x.text("folder.lists"), x.text("file."+key)+".csv")
}

// members lists the companies that were members at some time in the period. A
// project has none.
func (x *evidence) members() error {
	p := x.r.Period
	if p.ProjectID != "" {
		return nil
	}
	var list []*Membership
	for m, err := range memberships.Each(x.tx, storage.Query{Where: []storage.Cond{{Field: "joined", Op: storage.Lt, Value: p.Until}}, Sort: "joined"}) {
		if err != nil {
			return err
		}
		if !m.Joined.IsZero() && (m.Left.IsZero() || m.Left.After(p.From)) && x.concerns([]string{m.ClusterID}, "") {
			list = append(list, m)
		}
	}
	heads := []string{"number", "company", "business_id", "kind", "country", "municipality", "cluster", "joined", "left", "agreement", "state", "signed", "document"}
	return x.list(x.listName("members"), "/organise/companies", heads, func(t rowTaker) error {
		for i, m := range list {
			row, err := x.member(m)
			if err != nil {
				return err
			}
			if err := t.Write(append([]string{strconv.Itoa(i + 1)}, row...)); err != nil {
				return err
			}
		}
		return nil
	})
}

func (x *evidence) member(m *Membership) ([]string, error) {
	c, err := companies.Get(x.tx, m.CompanyID)
	if ignoreMissing(err) != nil {
		return nil, err
	}
	if err != nil {
		c = &Company{}
	}
	cluster, err := x.clusterNames([]string{m.ClusterID})
	if err != nil {
		return nil, err
	}
	row := []string{c.Name, c.BusinessID, "", c.Country, c.Municipality, cluster, houseDay(m.Joined), houseDay(m.Left)}
	if c.Kind != "" {
		row[2] = x.l.Text("directory.kind." + string(c.Kind))
	}
	a, err := agreements.First(x.tx, storage.Query{Where: []storage.Cond{storage.Is("membership_id", m.ID)}, Sort: "-version"})
	switch {
	case IsHidden(err):
		return append(row, "", "", "", ""), nil
	case err != nil:
		return nil, err
	case a.Signature == nil:
		return append(row, strconv.Itoa(a.Version), x.text("agreement."+string(a.State)), "", ""), nil
	}
	hash := a.Signature.SHA256
	if s := a.Struck; s != nil && s.SHA256 != "" {
		hash = x.text("document_struck", "hash", hash, "struck", houseDay(s.At), "now", s.SHA256)
	}
	return append(row, strconv.Itoa(a.Version), x.text("agreement."+string(a.State)), houseDay(a.Signature.At), hash), nil
}

// A partaker is somebody in the list of all participants: once, however often
// they came.
type partaker struct {
	name, company string
	agreed        map[string]bool // consents by purpose, as they were given last
	times         int
}

// consentMarks are the purposes that lists have a column for.
var consentMarks = []string{"participants", "newsletter", "photos"}

// events writes the events of the period, each with its agenda and its
// registrations, and who took part in any.
func (x *evidence) events() error {
	var list []*Event
	for e, err := range events.Each(x.tx, x.during("starts")) {
		if err != nil {
			return err
		}
		if e.State != Draft && x.concerns(e.ClusterIDs, e.ProjectID) {
			list = append(list, e)
		}
	}
	all := map[string]*partaker{}
	var order []string
	for _, e := range list {
		folder := dayName(e.Starts, e.Zone, e.Slug)
		if err := x.agenda(e, pack.Name(x.text("folder.events"), folder, x.text("file.agenda")+".txt")); err != nil {
			return err
		}
		if err := x.registrations(e, pack.Name(x.text("folder.events"), folder, x.text("file.registrations")+".csv"), all, &order); err != nil {
			return err
		}
		x.shown = append(x.shown, shownThing{kind: shownEvent, id: e.ID, slug: e.Slug, title: e.Title, projectID: e.ProjectID, from: e.PublishedAt, zone: e.Zone})
	}
	if err := x.eventList(list); err != nil {
		return err
	}
	return x.participants(all, order)
}

func (x *evidence) eventList(list []*Event) error {
	heads := []string{"number", "day", "title", "state", "place", "cluster", "project", "registered", "attended", "page"}
	return x.list(x.listName("events"), "/organise/events", heads, func(t rowTaker) error {
		for i, e := range list {
			s, err := seatings.Get(x.tx, e.ID)
			if err != nil {
				return err
			}
			cluster, err := x.clusterNames(e.ClusterIDs)
			if err != nil {
				return err
			}
			code, err := x.projectCode(e.ProjectID)
			if err != nil {
				return err
			}
			row := []string{strconv.Itoa(i + 1), zoneDay(e.Starts, e.Zone), e.Title.In(x.l.Code()), x.l.Text("state.event." + string(e.Phase(x.r.Period.Until))), e.Place(), cluster, code,
				strconv.Itoa(s.Taken), strconv.Itoa(s.Attended), x.desk.EventURL(e)}
			if err := t.Write(row); err != nil {
				return err
			}
		}
		return nil
	})
}

func (x *evidence) projectCode(id string) (string, error) {
	if id == "" {
		return "", nil
	}
	p, err := projects.Get(x.tx, id)
	if err != nil {
		return "", ignoreMissing(err)
	}
	return p.Code, nil
}

// registrations lists those of an event, by the order of its list. Who did not
// agree to be in lists has a line without a name.
func (x *evidence) registrations(e *Event, name string, all map[string]*partaker, order *[]string) error {
	heads := []string{"number", "name", "company", "state", "checked_in"}
	for _, c := range consentMarks {
		heads = append(heads, "consent."+c)
	}
	came, err := x.cameAs(e)
	if err != nil {
		return err
	}
	return x.list(name, "/organise/events/"+e.ID, heads, func(t rowTaker) error {
		n := 0
		for r, err := range registrations.Each(x.tx, storage.Query{Where: []storage.Cond{storage.Is("event_id", e.ID)}, Sort: "sort"}) {
			if err != nil {
				return err
			}
			n++
			row := []string{strconv.Itoa(n), shownName(r), r.Company, x.l.Text("state.registration." + string(r.State)), ""}
			if !r.CheckedInAt.IsZero() {
				row[4] = r.CheckedInAt.In(e.Location()).Format("2006-01-02 15:04")
			}
			if err := t.Write(append(row, x.consents(r)...)); err != nil {
				return err
			}
			if r.State == came {
				remember(all, order, r)
			}
		}
		return nil
	})
}

// cameAs is the state of those who came to an event, as figures count them: where
// it is over and nobody was checked in, everybody with a seat came.
func (x *evidence) cameAs(e *Event) (RegState, error) {
	if e.State != Published || e.Ends.After(x.tx.Now()) {
		return Attended, nil
	}
	_, err := attendances.First(x.tx, storage.Query{Where: []storage.Cond{storage.Is("event_id", e.ID), storage.Is("state", string(Attended))}})
	if IsHidden(err) {
		return Confirmed, nil
	}
	return Attended, err
}

// shownName is what lists call whom a registration is of.
func shownName(r *Registration) string {
	if Agreed(r.Consents, "participants") {
		return r.Name
	}
	return ""
}

// consents are yes or no by purpose, and nothing where nobody was asked.
func (x *evidence) consents(r *Registration) (out []string) {
	for _, purpose := range consentMarks {
		mark := ""
		if slices.ContainsFunc(r.Consents, func(c Consent) bool { return c.Purpose == purpose }) {
			mark = x.yesNo(Agreed(r.Consents, purpose))
		}
		out = append(out, mark)
	}
	return out
}

// remember counts somebody who came.
func remember(all map[string]*partaker, order *[]string, r *Registration) {
	key := cmp.Or(r.PersonID, r.Email, r.ID)
	p := all[key]
	if p == nil {
		p = &partaker{agreed: map[string]bool{}}
		all[key] = p
		*order = append(*order, key)
	}
	p.times++
	p.company = r.Company
	p.name = shownName(r) // what was answered last counts
	for _, c := range r.Consents {
		p.agreed[c.Purpose] = c.Given
	}
}

// participants lists who took part in any event of the period, each once.
func (x *evidence) participants(all map[string]*partaker, order []string) error {
	heads := []string{"number", "name", "company", "times"}
	for _, c := range consentMarks {
		heads = append(heads, "consent."+c)
	}
	return x.list(x.listName("participants"), "/organise/people", heads, func(t rowTaker) error {
		for i, key := range order {
			p := all[key]
			row := []string{strconv.Itoa(i + 1), p.name, p.company, strconv.Itoa(p.times)}
			for _, purpose := range consentMarks {
				mark := ""
				if given, asked := p.agreed[purpose]; asked {
					mark = x.yesNo(given)
				}
				row = append(row, mark)
			}
			if err := t.Write(row); err != nil {
				return err
			}
		}
		return nil
	})
}

// agenda writes what was to happen at an event.
func (x *evidence) agenda(e *Event, name string) error {
	_, err := x.add(name, "/events/"+e.Slug, func(w io.Writer) error {
		lines := []string{e.Title.In(x.l.Code()), x.l.Range(e.Starts, e.Ends, e.Zone)}
		if e.AllDay {
			lines[1] = x.l.Days(e.Starts, e.Ends, e.Zone)
		}
		lines = append(lines, nonEmpty(e.Place(), e.Summary.In(x.l.Code()))...)
		lines = append(lines, "")
		for _, it := range e.Agenda {
			lines = append(lines, x.l.Range(it.Starts, it.Ends, e.Zone)+"  "+it.Title.In(x.l.Code()))
			for _, s := range nonEmpty(it.Room, it.Speaker, it.About.In(x.l.Code())) {
				lines = append(lines, "    "+s)
			}
		}
		return writeLines(w, lines)
	})
	return err
}

func writeLines(w io.Writer, lines []string) error {
	for _, s := range lines {
		if _, err := io.WriteString(w, s+"\n"); err != nil {
			return err
		}
	}
	return nil
}
