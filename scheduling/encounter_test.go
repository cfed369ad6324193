package scheduling

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kohtaamo/storage"
)

// A contactWorld is a house with everything that a contact can come of.
type contactWorld struct {
	*testHouse
	t       *testing.T
	firms   []*Company
	people  []Actor
	events  []*Event
	regs    []*Registration
	meeting *Meeting
	record  *MeetingRecord
	works   []string
}

func newContactWorld(t *testing.T) *contactWorld {
	w := &contactWorld{testHouse: newHouse(t), t: t}
	for i := range 3 {
		c := w.firm(t, fmt.Sprintf("Firm %d", i), func(c *Company) { c.ClusterIDs = []string{w.cluster.ID} })
		w.firms = append(w.firms, c)
		for j := range 2 {
			w.people = append(w.people, w.someone(t, fmt.Sprintf("person%d%d", i, j), c))
		}
	}
	w.people = append(w.people, w.someone(t, "alone", nil))
	for i := range 2 {
		e := w.event(t, func(e *Event) {
			e.Slug, e.Starts, e.Ends = fmt.Sprint("event", i), e.Starts.AddDate(0, 0, i), e.Ends.AddDate(0, 0, i)
		})
		w.events = append(w.events, e)
		for _, p := range w.people {
			rec, err := w.Register(t.Context(), Actor{Via: "page"}, e.ID, Signup{Name: p.Name, Email: p.Email, Lang: "en"})
			must(t, err)
			w.regs = append(w.regs, rec.Lead())
		}
	}
	r := w.morning(t, nil)
	w.meeting = &Meeting{Meta: storage.Meta{ID: storage.NewID()}, RoundID: r.ID, State: MeetingPublished, Slot: r.Slots[0].ID, Starts: r.Slots[0].Starts, Ends: r.Slots[0].Ends, Table: "t1", UID: "u"}
	w.write(t, func(tx *storage.Tx) error {
		for i := range 2 {
			e := &Entrant{Meta: storage.Meta{ID: storage.NewID()}, RoundID: r.ID, CompanyID: w.firms[i].ID, State: EntrantIn, Name: w.firms[i].Name, Live: r.ID + "/" + w.firms[i].ID}
			if err := entrants.Put(tx, e); err != nil {
				return err
			}
			who := []string{w.people[2*i].ID}
			w.meeting.Parties = append(w.meeting.Parties, Party{EntrantID: e.ID, Name: e.Name, PersonIDs: who})
			w.meeting.EntrantIDs, w.meeting.PersonIDs = append(w.meeting.EntrantIDs, e.ID), append(w.meeting.PersonIDs, who...)
		}
		return meetings.Put(tx, w.meeting)
	})
	w.record = &MeetingRecord{Meta: storage.Meta{ID: storage.NewID()}, GroupID: "g", ClusterID: w.cluster.ID, State: RecordPlanned, Title: Text{"en": "Group"},
		Starts: time.Date(2027, 2, 2, 7, 0, 0, 0, time.UTC), Zone: HouseZone}
	w.at(time.Date(2027, 2, 5, 7, 0, 0, 0, time.UTC))
	return w
}

// happens does one thing that a contact may come of, or end by.
func (w *contactWorld) happens(rt *rapid.T) error {
	ctx := w.t.Context()
	r := rapid.SampledFrom(w.regs).Draw(rt, "registration")
	switch rapid.SampledFrom([]string{"in", "in", "undo", "held", "not held", "record", "write", "rewrite", "delete"}).Draw(rt, "what") {
	case "in":
		_, err := w.CheckIn(ctx, w.boss, r.EventID, r.Ticket)
		return err
	case "undo":
		_, err := w.UndoCheckIn(ctx, w.boss, r.EventID, r.ID)
		return err
	case "held":
		_, err := w.MarkMeeting(ctx, w.boss, w.meeting.ID, LiveMark{State: MeetingHeld})
		return err
	case "not held":
		_, err := w.MarkMeeting(ctx, w.boss, w.meeting.ID, LiveMark{State: MeetingNotHeld, Absent: w.meeting.EntrantIDs[:1]})
		return err
	case "record":
		w.record.State, w.record.Present = rapid.SampledFrom(RecordStates).Draw(rt, "state"), nil
		for i, p := range w.people[:5] {
			w.record.Present = append(w.record.Present, Presence{PersonID: p.ID, CompanyID: w.firms[i/2].ID, State: rapid.SampledFrom([]string{"present", "remote", "excused", "absent"}).Draw(rt, "presence")})
		}
		return w.DB.Update(ctx, func(tx *storage.Tx) error {
			return errors.Join(meetingRecords.Put(tx, w.record), meetInGroup(tx, w.record))
		})
	case "write":
		x, err := w.SaveWork(ctx, w.boss, w.drawWork(rt))
		if err == nil {
			w.works = append(w.works, x.ID)
		}
		return err
	case "rewrite", "delete":
		if len(w.works) == 0 {
			return nil
		}
		id := rapid.SampledFrom(w.works).Draw(rt, "work")
		old, err := w.Work(ctx, w.boss, id)
		if err != nil {
			return err
		}
		if rapid.Bool().Draw(rt, "delete") {
			w.works = slices.DeleteFunc(w.works, func(x string) bool { return x == id })
			return w.DeleteWork(ctx, w.boss, id, "")
		}
		in := w.drawWork(rt)
		in.Meta = old.Meta
		_, err = w.SaveWork(ctx, w.boss, in)
		return err
	}
	return nil
}

func (w *contactWorld) drawWork(rt *rapid.T) Work {
	in := Work{Kind: rapid.SampledFrom(WorkKinds).Draw(rt, "kind"), Title: "Something", Day: fmt.Sprintf("2027-02-%02d", rapid.IntRange(1, 5).Draw(rt, "day")), ClusterIDs: []string{w.cluster.ID}}
	for _, c := range w.firms {
		if rapid.Bool().Draw(rt, "company") {
			in.CompanyIDs = append(in.CompanyIDs, c.ID)
		}
	}
	if rapid.Bool().Draw(rt, "person") {
		in.PersonIDs = []string{rapid.SampledFrom(w.people).Draw(rt, "who").ID}
	}
	return in
}

// last finds a company's last personal contact by looking at everything.
func (w *contactWorld) last(tx *storage.Tx, companyID string) (last time.Time, err error) {
	see := func(at time.Time, there bool) {
		if there && at.After(last) {
			last = at
		}
	}
	for r, e := range registrations.Each(tx, storage.Query{}) {
		if err = errors.Join(err, e); err == nil && r.State == Attended && r.CompanyID == companyID {
			i := slices.IndexFunc(w.events, func(e *Event) bool { return e.ID == r.EventID })
			see(w.events[i].Starts, true)
		}
	}
	for m, e := range meetings.Each(tx, storage.Query{}) {
		if err = errors.Join(err, e); err == nil && m.State == MeetingHeld {
			see(m.Starts, slices.Contains([]string{w.firms[0].ID, w.firms[1].ID}, companyID))
		}
	}
	for r, e := range meetingRecords.Each(tx, storage.Query{}) {
		if err = errors.Join(err, e); err == nil && r.State != RecordPlanned {
			see(r.Starts, slices.ContainsFunc(r.Present, func(p Presence) bool {
				return p.CompanyID == companyID && (p.State == "present" || p.State == "remote")
			}))
		}
	}
	for x, e := range works.Each(tx, storage.Query{}) {
		if err = errors.Join(err, e); err == nil && (x.Kind == WorkCall || x.Kind == WorkVisit || x.Kind == WorkMeeting) {
			about := slices.Contains(x.CompanyIDs, companyID)
			for i, p := range w.people[:6] {
				about = about || slices.Contains(x.PersonIDs, p.ID) && w.firms[i/2].ID == companyID
			}
			see(x.At, about)
		}
	}
	return last, err
}

// Whatever happened, a company's last contact is what a look at everything finds.
func TestLastContactIsThatOfEverything(t *testing.T) {
	w := newContactWorld(t)
	rapid.Check(t, func(rt *rapid.T) {
		for range 2 {
			if err := w.happens(rt); err != nil && ProblemIn(err) == nil {
				rt.Fatal(err)
			}
		}
		list, err := w.Contacts(t.Context(), w.boss, ContactFilter{Cluster: w.cluster.ID, All: true})
		if err != nil || len(list) != len(w.firms) {
			rt.Fatal(list, err)
		}
		err = w.DB.View(t.Context(), func(tx *storage.Tx) error {
			for _, line := range list {
				want, err := w.last(tx, line.Company.ID)
				if err != nil {
					return err
				}
				if got := line.at(); !got.Equal(want) {
					rt.Errorf("last contact of %s is %v, want %v", line.Company.Name, got, want)
				}
			}
			return nil
		})
		if err != nil {
			rt.Fatal(err)
		}
	})

	had := w.allEncounters()
	w.forgetEncounters(t)
	if _, err := w.CountEncounters(t.Context(), w.time()); err != nil {
		t.Fatal(err)
	}
	if got := w.allEncounters(); !slices.Equal(got, had) || len(had) == 0 {
		t.Errorf("counted anew:\n%v\nwant\n%v", got, had)
	}
}

// forgetEncounters makes the database that of an older program.
func (h *testHouse) forgetEncounters(t testing.TB) {
	t.Helper()
	h.write(t, func(tx *storage.Tx) error {
		for x, err := range encounters.Each(tx, storage.Query{}) {
			if err == nil {
				err = encounters.Delete(tx, x)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func (w *contactWorld) allEncounters() (out []string) {
	must(w.t, w.DB.View(w.t.Context(), func(tx *storage.Tx) error {
		for x, err := range encounters.Each(tx, storage.Query{}) {
			if err != nil {
				return err
			}
			out = append(out, fmt.Sprint(x.ID, x.Kind, x.At.UTC(), x.Personal, slices.Sorted(slices.Values(x.PersonIDs))))
		}
		return nil
	}))
	slices.Sort(out)
	return out
}

// A trip is a contact with who travels, once it is under way.
func TestTripIsAContact(t *testing.T) {
	h := newHouse(t)
	c := h.firm(t, "Aurora Oy", func(c *Company) { c.ClusterIDs = []string{h.cluster.ID} })
	trip := h.newTrip(t, nil)
	v := h.traveller(t, trip, "Aino", c.ID)
	h.write(t, func(tx *storage.Tx) error {
		trip, err := trips.Get(tx, trip.ID)
		if err != nil {
			return err
		}
		if v, err = travellers.Get(tx, v.ID); err != nil {
			return err
		}
		v.CompanyID = c.ID
		if err := travellers.Put(tx, v); err != nil {
			return err
		}
		trip.State = TripUnderWay
		return h.meetTravellers(tx, h.boss, trip, TripLocked)
	})
	x, err := h.LastContact(t.Context(), h.boss, c.ID)
	must(t, err)
	if x == nil || x.Kind != MetOnTrip || x.About != trip.ID || !x.At.Equal(trip.Starts) || !slices.Equal(x.PersonIDs, []string{v.PersonID}) {
		t.Errorf("last contact %+v", x)
	}
}

// Whom have we not met this year: those whose last personal contact was before,
// the longest ago first, and never those of another cluster.
func TestNotMetThisYear(t *testing.T) {
	h := newHouse(t)
	in := func(c *Company) { c.ClusterIDs = []string{h.cluster.ID} }
	never, long, now := h.firm(t, "Never Oy", in), h.firm(t, "Long Ago Oy", in), h.firm(t, "Now Oy", in)
	h.firm(t, "Elsewhere Oy", nil)
	for _, x := range []Work{
		{Kind: WorkCall, Day: "2026-12-31", CompanyIDs: []string{long.ID}},
		{Kind: WorkArticle, Title: "An article about them", Day: "2027-01-05", CompanyIDs: []string{long.ID}},
		{Kind: WorkVisit, Day: "2027-01-01", CompanyIDs: []string{now.ID}},
	} {
		_, err := h.SaveWork(t.Context(), h.boss, x)
		must(t, err)
	}
	since := time.Date(2027, 1, 1, 0, 0, 0, 0, zoneOf(HouseZone))
	list, err := h.Contacts(t.Context(), h.boss, ContactFilter{Cluster: h.cluster.ID, Since: since})
	must(t, err)
	var names []string
	for _, l := range list {
		names = append(names, l.Company.Name)
	}
	if !slices.Equal(names, []string{never.Name, long.Name}) {
		t.Errorf("not met: %v", names)
	}
	if list, err = h.Contacts(t.Context(), h.boss, ContactFilter{Cluster: h.cluster.ID, Since: since, Met: true}); err != nil || len(list) != 1 || list[0].Company.ID != now.ID {
		t.Errorf("met: %v, %v", list, err)
	}
	_, err = h.Contacts(t.Context(), h.other, ContactFilter{Cluster: h.cluster.ID})
	wantHidden(t, err)

	// Their timeline has both, newest first; another cluster's organiser sees that
	// there was something, and not what.
	lines, _, err := h.Timeline(t.Context(), h.boss, long.ID, "", "")
	must(t, err)
	if len(lines) != 2 || lines[0].Title.In("en") != "An article about them" || lines[1].Kind != string(WorkCall) || lines[1].Path == "" {
		t.Errorf("timeline %+v", lines)
	}
	if lines, _, err = h.Timeline(t.Context(), h.other, long.ID, "", ""); err != nil || len(lines) != 2 || lines[0].Title != nil || lines[0].Path != "" {
		t.Errorf("a stranger's timeline %+v, %v", lines, err)
	}
}

// Merging two companies leaves one line for each thing, with the people of both.
func TestEncountersOfMergedCompanies(t *testing.T) {
	h := newHouse(t)
	a, b := h.firm(t, "Aurora Oy", nil), h.firm(t, "Aurora Ltd", nil)
	aino, bo := h.someone(t, "aino", a), h.someone(t, "bo", b)
	both, err := h.SaveWork(t.Context(), h.boss, Work{Kind: WorkCall, Day: "2027-01-10", PersonIDs: []string{aino.ID, bo.ID}})
	must(t, err)
	one, err := h.SaveWork(t.Context(), h.boss, Work{Kind: WorkVisit, Day: "2027-01-12", CompanyIDs: []string{a.ID}})
	must(t, err)
	h.write(t, func(tx *storage.Tx) error {
		for _, merge := range []func(*storage.Tx, *Company, *Company) (int, error){mergeWorks, mergeEncounters} {
			if n, err := merge(tx, a, b); err != nil || n != 2 {
				return errors.Join(err, fmt.Errorf("%d changed", n))
			}
		}
		return nil
	})
	lines, _, err := h.Timeline(t.Context(), h.boss, b.ID, "", "")
	must(t, err)
	if len(lines) != 2 || lines[0].About != one.ID || lines[1].About != both.ID || len(lines[1].PersonIDs) != 2 {
		t.Errorf("timeline %+v", lines)
	}
	if lines, _, err = h.Timeline(t.Context(), h.boss, a.ID, "", ""); err != nil || len(lines) != 0 {
		t.Errorf("the company that is gone has %v, %v", lines, err)
	}
	if w, err := h.Work(t.Context(), h.boss, both.ID); err != nil || !slices.Equal(w.CompanyIDs, []string{b.ID}) {
		t.Errorf("companies %v, %v", w.CompanyIDs, err)
	}
}

func TestActivityLog(t *testing.T) {
	h := newHouse(t)
	c := h.firm(t, "Aurora Oy", nil)
	aino := &Person{Name: "Aino Virtanen", Email: "aino@aurora.example", Lang: "fi", CompanyID: c.ID, ClusterIDs: []string{h.cluster.ID}}
	must(t, h.SavePerson(t.Context(), h.boss, aino))
	call, err := h.SaveWork(t.Context(), h.boss, Work{Meta: storage.Meta{ID: storage.NewID()}, Kind: WorkCall, Day: "2027-01-10", PersonIDs: []string{aino.ID}, Note: "Aino wants a pilot"})
	must(t, err)
	if !slices.Equal(call.CompanyIDs, []string{c.ID}) || !slices.Equal(call.ClusterIDs, []string{h.cluster.ID}) || call.ByID != h.boss.ID {
		t.Errorf("call %+v", call)
	}
	_, err = h.SaveWork(t.Context(), h.boss, Work{Meta: storage.Meta{ID: call.ID}, Kind: WorkCall, Day: "2027-01-10", PersonIDs: []string{aino.ID}})
	wantProblem(t, err, Exists)
	post, err := h.SaveWork(t.Context(), h.boss, Work{Kind: WorkPost, Title: "Thank you, Aino Virtanen", Link: "https://social.example/1", Reach: 900, Day: "2027-01-11", Note: "seen by aino virtanen too"})
	must(t, err)
	for name, bad := range map[string]Work{
		"no title":  {Kind: WorkArticle, Day: "2027-01-10"},
		"no day":    {Kind: WorkCall, Title: "x"},
		"to come":   {Kind: WorkCall, Title: "x", Day: "2027-01-14"},
		"no link":   {Kind: WorkPost, Title: "x", Day: "2027-01-10", Link: "javascript:alert(1)"},
		"no kind":   {Title: "x", Day: "2027-01-10"},
		"no person": {Kind: WorkCall, Title: "x", Day: "2027-01-10", PersonIDs: []string{"nobody"}},
	} {
		if _, err := h.SaveWork(t.Context(), h.boss, bad); ProblemIn(err) == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, f := range []WorkFilter{{Kind: WorkPost}, {Text: "thank"}, {From: "2027-01-11"}, {Until: "2027-01-10"}, {Company: c.ID}, {By: h.boss.ID}, {By: "other"}, {Cluster: h.cluster.ID, Limit: 1}} {
		list, next, err := h.Works(t.Context(), h.boss, f)
		must(t, err)
		var ids []string
		for _, w := range list {
			ids = append(ids, w.ID)
		}
		want := map[bool][]string{true: {post.ID}}[f.Kind != "" || f.Text != "" || f.From != "" || f.Limit == 1]
		if f.Until != "" || f.Company != "" {
			want = []string{call.ID}
		}
		if f.By == h.boss.ID {
			want = []string{post.ID, call.ID}
		}
		if !slices.Equal(ids, want) || (next != "") != (f.Limit == 1) {
			t.Errorf("%+v gives %v, want %v", f, ids, want)
		}
	}
	list, _, err := h.Works(t.Context(), h.other, WorkFilter{})
	must(t, err)
	if len(list) != 0 {
		t.Errorf("another organiser sees %v", list)
	}
	_, err = h.Work(t.Context(), h.other, call.ID)
	wantHidden(t, err)
	wantHidden(t, h.DeleteWork(t.Context(), h.other, call.ID, ""))
	_, _, err = h.Works(t.Context(), aino.Actor(), WorkFilter{})
	wantHidden(t, err)

	stale := *call
	stale.Note = "Changed"
	_, err = h.SaveWork(t.Context(), h.boss, stale)
	must(t, err)
	_, err = h.SaveWork(t.Context(), h.boss, stale)
	wantProblem(t, err, Changed)

	h.write(t, func(tx *storage.Tx) error {
		p, err := people.Get(tx, aino.ID)
		if err != nil {
			return err
		}
		if known, err := copyWorks(tx, p); err != nil || len(known) != 1 {
			t.Errorf("a copy has %v, %v", known, err)
		}
		n, err := eraseWorks(tx, p)
		if n != 1 {
			t.Errorf("erasing changed %d entries", n)
		}
		return err
	})
	h.erase(t, aino.ID) // with what others wrote
	for x := range h.EachWork(t.Context(), h.boss, WorkFilter{}) {
		if s := strings.ToLower(fmt.Sprint(x.Title, x.Note, x.Words)); strings.Contains(s, "aino") || x.ID == call.ID && !slices.Equal(x.PersonIDs, []string{aino.ID}) {
			t.Errorf("after erasing: %+v", x.Work)
		}
	}
}
