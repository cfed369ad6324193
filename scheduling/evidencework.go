package scheduling

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"kohtaamo/scheduling/pack"
	"kohtaamo/storage"
)

// groups writes the meetings of the cluster's groups, each with what is written
// about it, and the groups' files. A project has none.
func (x *evidence) groups() error {
	if x.r.Period.ProjectID != "" {
		return nil
	}
	own, err := groups.Find(x.tx, storage.Query{Sort: "slug"})
	if err != nil {
		return err
	}
	own = slices.DeleteFunc(own, func(g *Group) bool { return !x.concerns([]string{g.ClusterID}, "") })
	slugs := map[string]string{}
	for _, g := range own {
		slugs[g.ID] = g.Slug
	}
	var list []*MeetingRecord
	for m, err := range meetingRecords.Each(x.tx, x.recordsDuring()) {
		if err != nil {
			return err
		}
		if m.State != RecordPlanned && slugs[m.GroupID] != "" && !m.Starts.Before(x.r.Period.From) && m.Starts.Before(x.r.Period.Until) {
			list = append(list, m)
		}
	}
	slices.SortFunc(list, func(a, b *MeetingRecord) int { return cmp.Or(a.Starts.Compare(b.Starts), strings.Compare(a.ID, b.ID)) })
	if err := x.recordList(list, slugs); err != nil {
		return err
	}
	for _, m := range list {
		folder := []string{x.text("folder.groups"), slugs[m.GroupID]}
		title := dayName(m.Starts, m.Zone, m.Title.In(x.l.Code()))
		if err := x.minutes(m, pack.Name(append(folder, title+".txt")...)); err != nil {
			return err
		}
		if err := x.files("meeting", m.ID, append(folder, title)...); err != nil {
			return err
		}
	}
	for _, g := range own {
		if err := x.files("group", g.ID, x.text("folder.files"), g.Slug); err != nil {
			return err
		}
	}
	return nil
}

// recordsDuring are the conditions on the records of the period; those of all
// clusters are found by their states.
func (x *evidence) recordsDuring() storage.Query {
	if id := x.r.Period.ClusterID; id != "" {
		return x.during("starts", storage.Is("cluster_id", id))
	}
	return storage.Query{}
}

func (x *evidence) recordList(list []*MeetingRecord, slugs map[string]string) error {
	heads := []string{"number", "group", "time", "title", "state", "present", "decisions"}
	return x.list(x.listName("group_meetings"), "/organise/groups", heads, func(t rowTaker) error {
		for i, m := range list {
			here := 0
			for _, p := range m.Present {
				if p.Came() {
					here++
				}
			}
			row := []string{strconv.Itoa(i + 1), slugs[m.GroupID], m.Starts.In(zoneOf(m.Zone)).Format("2006-01-02 15:04"), m.Title.In(x.l.Code()),
				x.text("record." + string(m.State)), strconv.Itoa(here), strconv.Itoa(len(m.Decisions))}
			if err := t.Write(row); err != nil {
				return err
			}
		}
		return nil
	})
}

// minutes writes what is written about a meeting: agenda, attendance, minutes,
// decisions, and who promised what.
func (x *evidence) minutes(m *MeetingRecord, name string) error {
	lines := []string{m.Title.In(x.l.Code()), x.l.Range(m.Starts, m.Ends, m.Zone)}
	lines = append(lines, nonEmpty(m.Place)...)
	lines = append(lines, x.text("record."+string(m.State)))
	section := func(key string, body []string) {
		if len(body) > 0 {
			lines = append(append(lines, "", strings.ToUpper(x.text("section."+key))), body...)
		}
	}
	var agenda, decisions []string
	for i, a := range m.Agenda {
		agenda = append(agenda, fmt.Sprintf("%d. %s", i+1, strings.Join(nonEmpty(a.Title, a.Who), " – ")))
	}
	section("agenda", agenda)
	present, err := x.present(m)
	if err != nil {
		return err
	}
	section("present", present)
	section("minutes", nonEmpty(m.Minutes))
	for i, r := range m.Decisions {
		decisions = append(decisions, fmt.Sprintf("%d. %s", i+1, r.Text))
	}
	section("decisions", decisions)
	actions, err := x.actions(m)
	if err != nil {
		return err
	}
	section("actions", actions)
	_, err = x.add(name, "/groups/"+m.GroupID, func(w io.Writer) error { return writeLines(w, lines) })
	return err
}

// present are those who took part. Of a person whom we no longer know there is
// how they took part, and no name.
func (x *evidence) present(m *MeetingRecord) (out []string, err error) {
	for _, p := range m.Present {
		name := p.Name
		if p.PersonID != "" {
			if name, err = x.person(p.PersonID); err != nil {
				return nil, err
			}
		}
		out = append(out, strings.Join(nonEmpty(name, x.text("presence."+p.State)), ": "))
	}
	return out, nil
}

func (x *evidence) actions(m *MeetingRecord) (out []string, err error) {
	for a, err := range actionItems.Each(x.tx, storage.Query{Where: []storage.Cond{storage.Is("record_id", m.ID)}}) {
		if err != nil {
			return nil, err
		}
		owner, err := x.person(a.OwnerID)
		if err != nil {
			return nil, err
		}
		out = append(out, "– "+strings.Join(nonEmpty(a.What, owner, x.l.Date(a.Due), x.l.Text("state.plan."+string(a.State))), ", "))
	}
	return out, nil
}

// files writes the files of an owner into a folder, oldest first. One at a time
// is read.
func (x *evidence) files(kind, owner string, folder ...string) error {
	list, err := filesOf(x.tx, kind, owner)
	if err != nil {
		return err
	}
	for _, f := range list {
		if !f.At.Before(x.r.Period.Until) {
			continue
		}
		body, err := fileBytes(x.tx, f.ID)
		if err != nil {
			return err
		}
		source := x.text("source.file", "name", f.Name, "day", houseDay(f.At))
		if f.Struck() {
			source = x.text("source.file_struck", "name", f.Name, "day", houseDay(f.At), "struck", houseDay(f.StruckAt))
		}
		_, err = x.pack.Add(pack.Name(append(folder, f.Name)...), source, func(w io.Writer) error { _, err := w.Write(body); return err })
		if err != nil {
			return err
		}
	}
	return nil
}

// activities writes the activity log of the period, and the files in it. What
// was noted for ourselves stays at home.
func (x *evidence) activities() error {
	var list []*Work
	for v, err := range works.Each(x.tx, x.during("at")) {
		if err != nil {
			return err
		}
		if x.concerns(v.ClusterIDs, v.ProjectID) {
			list = append(list, v)
		}
	}
	heads := []string{"number", "day", "kind", "title", "companies", "country", "reach", "link"}
	err := x.list(x.listName("activities"), "/organise/log", heads, func(t rowTaker) error {
		for i, v := range list {
			known, err := byIDs(x.tx, companies.Get, v.CompanyIDs)
			if err != nil {
				return err
			}
			var names []string
			for _, c := range known {
				names = append(names, c.Name)
			}
			row := []string{strconv.Itoa(i + 1), v.Day, x.text("work." + string(v.Kind)), v.Title, strings.Join(names, "; "), v.Country, filledNumber(v.Reach), v.Link}
			if err := t.Write(row); err != nil {
				return err
			}
		}
		return nil
	})
	for _, v := range list {
		if err == nil {
			err = x.files(workFiles, v.ID, x.text("folder.files"), v.Day+" "+v.Title)
		}
	}
	return err
}

// plans writes the newest version that was kept of each living document before
// the period's end, and the documents' files. A project has none.
func (x *evidence) plans() error {
	if x.r.Period.ProjectID != "" {
		return nil
	}
	list, err := plans.Find(x.tx, storage.Query{Sort: "cluster_id"})
	if err != nil {
		return err
	}
	for _, p := range list {
		if !x.concerns([]string{p.ClusterID}, "") {
			continue
		}
		page, err := planPage(x.tx, p)
		if err != nil {
			return err
		}
		for _, v := range page.Versions {
			if v.At.Before(x.r.Period.Until) {
				if err := x.plan(page, v); err != nil {
					return err
				}
				break
			}
		}
		if err := x.files(planFiles, p.ID, x.text("folder.files"), p.Title); err != nil {
			return err
		}
	}
	return nil
}

func (x *evidence) plan(page *PlanPage, v *PlanVersion) error {
	name := pack.Name(x.text("folder.plans"), fmt.Sprintf("%s %d.docx", v.Title, v.Version))
	_, err := x.add(name, "/organise/plans/"+page.Plan.ID, func(w io.Writer) error {
		return WritePlan(w, page, v, x.desk.Texts.In(page.Plan.Lang))
	})
	return err
}
