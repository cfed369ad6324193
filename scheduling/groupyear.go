package scheduling

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"kohtaamo/storage"
)

// A GroupYear is what a group did in a year, counted from the records of its
// meetings: what it reports.
type GroupYear struct {
	Group     *Group
	Cluster   *Cluster
	Year      int
	At        time.Time // when it was counted
	Mandate   *Mandate  // the newest that was in force in the year; nil for none
	Meetings  []*MeetingRecord
	Guests    int              // who came and are no contact of ours, each time they came
	People    []AttendanceLine // members first, by role and name
	Companies []AttendanceLine // by name
	Decisions []YearDecision
	Actions   []*ActionItem // that came of the year's meetings, or were due in it
	Done      int           // of the actions
	Open      int
	Overdue   int // of the open ones
	Dropped   int
	Notes     []*ForesightNote
	Issues    []*ForesightIssue // published in the year
	Manage    bool
}

// An AttendanceLine is how often somebody came. Of is how many meetings were
// held while they were a member, and those that they are noted for.
type AttendanceLine struct {
	ID      string
	Name    string // empty for who was erased
	Company string
	Role    GroupRole // at the end of the year, or the last one; empty for who is no member
	Came    int
	Excused int
	Of      int
}

// Percent is Came as a part of Of; 0 where there was nothing to come to.
func (a AttendanceLine) Percent() int {
	if a.Of == 0 {
		return 0
	}
	return (200*a.Came + a.Of) / (2 * a.Of)
}

// A YearDecision is a decision with the meeting that made it.
type YearDecision struct {
	Record *MeetingRecord
	Text   string
}

// GroupYear counts what a group did in a year, on the clock of its cluster, for
// its members, its coordinators and its cluster's organisers.
func (d *Desk) GroupYear(ctx context.Context, by Actor, groupID string, year int) (y *GroupYear, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		p, err := groupFor(tx, by, groupID)
		if err != nil {
			return err
		}
		y = &GroupYear{Group: p.Group, Cluster: p.Cluster, Year: year, At: tx.Now(), Manage: p.Manage}
		return y.count(tx)
	})
	return y, err
}

// bounds are the first moment of the year and of the next.
func (y *GroupYear) bounds() (from, until time.Time) {
	loc := y.Cluster.Location()
	return time.Date(y.Year, 1, 1, 0, 0, 0, 0, loc), time.Date(y.Year+1, 1, 1, 0, 0, 0, 0, loc)
}

func (y *GroupYear) count(tx *storage.Tx) error {
	y.Group.serve(y.Group.Members, y.At)
	from, until := y.bounds()
	span := func(field string) []storage.Cond {
		return []storage.Cond{storage.Is("group_id", y.Group.ID), {Field: field, Op: storage.Ge, Value: from}, {Field: field, Op: storage.Lt, Value: until}}
	}
	all, err := meetingRecords.Find(tx, storage.Query{Where: span("starts"), Sort: "starts"})
	if err != nil {
		return err
	}
	for _, r := range all {
		if r.State == RecordPlanned {
			continue
		}
		y.Meetings = append(y.Meetings, r)
		for _, x := range r.Decisions {
			y.Decisions = append(y.Decisions, YearDecision{r, x.Text})
		}
	}
	if err := y.attendance(tx); err != nil {
		return err
	}
	if err := y.actions(tx); err != nil {
		return err
	}
	if y.Notes, err = foresightNotes.Find(tx, storage.Query{Where: span("at"), Sort: "at"}); err != nil {
		return err
	}
	y.Issues, err = foresightIssues.Find(tx, storage.Query{Where: append(span("at"), storage.Is("state", string(IssuePublished))), Sort: "at"})
	if err != nil {
		return err
	}
	return y.mandate(tx)
}

// mandate finds the newest version that was in force on a day of the year.
func (y *GroupYear) mandate(tx *storage.Tx) error {
	all, err := mandatesOf(tx, y.Group.ID)
	from, until := y.bounds()
	first, last := from.Format(time.DateOnly), until.AddDate(0, 0, -1).Format(time.DateOnly)
	for _, m := range all {
		if m.From <= last && (m.Until == "" || m.Until >= first) {
			y.Mandate = m
			break
		}
	}
	return err
}

// actions counts what was promised: by the state of today.
func (y *GroupYear) actions(tx *storage.Tx) error {
	all, err := actionItems.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("group_id", y.Group.ID)}, Sort: "due"})
	if err != nil {
		return err
	}
	from, until := y.bounds()
	day := y.At.In(y.Cluster.Location()).Format(time.DateOnly)
	for _, x := range all {
		came := slices.ContainsFunc(y.Meetings, func(r *MeetingRecord) bool { return r.ID == x.RecordID })
		if !came && (x.Due < from.Format(time.DateOnly) || x.Due >= until.Format(time.DateOnly)) {
			continue
		}
		y.Actions = append(y.Actions, x)
		switch x.State {
		case ActionDone:
			y.Done++
		case ActionDropped:
			y.Dropped++
		default:
			if y.Open++; x.Due != "" && x.Due < day {
				y.Overdue++
			}
		}
	}
	return nil
}

// A companyYear is at which meetings a company was expected, and came.
type companyYear struct{ of, came map[string]bool }

// attendance counts who came to the year's meetings.
func (y *GroupYear) attendance(tx *storage.Tx) error {
	said := map[string]map[string]Presence{} // person → record → what is noted
	for _, r := range y.Meetings {
		for _, p := range r.Present {
			switch {
			case p.PersonID == "" && p.Came():
				y.Guests++
			case p.PersonID != "" && said[p.PersonID] == nil:
				said[p.PersonID] = map[string]Presence{r.ID: p}
			case p.PersonID != "":
				said[p.PersonID][r.ID] = p
			}
		}
	}
	firms := map[string]companyYear{}
	for id, role := range y.expected(said) {
		p, err := people.Get(tx, id)
		if ignoreMissing(err) != nil {
			return err
		}
		y.People = append(y.People, y.personLine(id, role, p, said[id], firms))
	}
	return y.nameAll(tx, firms)
}

// expected are the people of the year's meetings with their last role in it:
// who was a member at one of them, and who is noted for one.
func (y *GroupYear) expected(said map[string]map[string]Presence) map[string]GroupRole {
	out := map[string]GroupRole{}
	for id := range said {
		out[id] = ""
	}
	for _, t := range y.Group.Terms {
		if slices.ContainsFunc(y.Meetings, func(r *MeetingRecord) bool { return t.At(r.Starts) }) {
			out[t.PersonID] = t.Role
		}
	}
	return out
}

// personLine counts one person, and notes what that means for their company.
func (y *GroupYear) personLine(id string, role GroupRole, p *Person, said map[string]Presence, firms map[string]companyYear) AttendanceLine {
	line := AttendanceLine{ID: id, Role: role}
	company := ""
	if p != nil {
		line.Name, company = p.Name, p.CompanyID
	}
	for _, r := range y.Meetings {
		x, noted := said[r.ID]
		if !noted && !slices.ContainsFunc(y.Group.Terms, func(t Term) bool { return t.PersonID == id && t.At(r.Starts) }) {
			continue
		}
		line.Of++
		if x.Came() {
			line.Came++
		}
		if x.State == "excused" {
			line.Excused++
		}
		if line.Company = cmp.Or(x.CompanyID, company); line.Company == "" {
			continue
		}
		f, ok := firms[line.Company]
		if !ok {
			f = companyYear{map[string]bool{}, map[string]bool{}}
			firms[line.Company] = f
		}
		f.of[r.ID], f.came[r.ID] = true, f.came[r.ID] || x.Came()
	}
	return line
}

// nameAll gives companies their names, and all lines their order.
func (y *GroupYear) nameAll(tx *storage.Tx, firms map[string]companyYear) error {
	names, err := labelsOf(tx, companies.Find, slices.Collect(maps.Keys(firms)), func(c *Company) Named { return Named{c.ID, c.Name} })
	if err != nil {
		return err
	}
	for i := range y.People {
		y.People[i].Company = names[y.People[i].Company]
	}
	for id, f := range firms {
		line := AttendanceLine{ID: id, Name: names[id], Of: len(f.of)}
		for _, came := range f.came {
			if came {
				line.Came++
			}
		}
		y.Companies = append(y.Companies, line)
	}
	rank := func(r GroupRole) int { return slices.Index(append(slices.Clone(GroupRoles), ""), r) }
	order := func(a, b AttendanceLine) int {
		return cmp.Or(cmp.Compare(rank(a.Role), rank(b.Role)), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	}
	slices.SortFunc(y.People, order)
	slices.SortFunc(y.Companies, order)
	return nil
}
