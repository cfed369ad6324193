package scheduling

import (
	"testing"

	"kohtaamo/storage"
)

// Whatever figures are counted from, a change shows in the next ones, which are
// those that each indicator gives alone.
func TestFiguresAreCountedAnew(t *testing.T) {
	h := newCountedYear(t)
	s := h.year
	same := func(after string) (sum int) {
		t.Helper()
		for range 2 { // counted, and as they were kept
			sum = 0
			list, err := h.Figures(t.Context(), h.boss, s)
			must(t, err)
			for i, f := range list {
				alone, err := h.Figure(t.Context(), h.boss, f.Key, s)
				if must(t, err); f != alone {
					t.Errorf("after %s: %+v, alone %+v", after, f, alone)
				}
				sum += (i + 1) * f.N
			}
		}
		return sum
	}
	before := same("nothing")
	at := s.From.AddDate(0, 3, 1)
	for name, change := range map[string]func(tx *storage.Tx) error{
		"a work": func(tx *storage.Tx) error {
			return works.Put(tx, &Work{Kind: WorkKinds[0], At: at, ClusterIDs: []string{h.cluster.ID}})
		},
		"a meeting of a group": func(tx *storage.Tx) error {
			g, err := groups.First(tx, storage.Query{})
			must(t, err)
			return meetingRecords.Put(tx, &MeetingRecord{GroupID: g.ID, ClusterID: h.cluster.ID, State: RecordHeld, Starts: at})
		},
		"a membership": func(tx *storage.Tx) error {
			c, err := companies.First(tx, storage.Query{Sort: "-_id"})
			must(t, err)
			return memberships.Put(tx, &Membership{CompanyID: c.ID, ClusterID: h.cluster.ID, State: JoinActive, Joined: at})
		},
		"a registration": func(tx *storage.Tx) error {
			e, err := events.First(tx, storage.Query{Sort: "starts", Where: []storage.Cond{storage.Is("state", Published), {Field: "starts", Op: storage.Ge, Value: s.From}}})
			must(t, err)
			return registrations.Put(tx, &Registration{EventID: e.ID, State: Attended, Ticket: "new", Sort: "new"})
		},
		"a newsletter": func(tx *storage.Tx) error {
			return campaigns.Put(tx, &Campaign{Slug: "new", ClusterID: h.cluster.ID, ListID: "list", State: CampaignSent, At: at, People: 5})
		},
	} {
		h.store(t, change)
		after := same(name)
		if after == before {
			t.Errorf("%s changes no figure", name)
		}
		before = after
	}
}
