package scheduling

import (
	"slices"
	"testing"

	"kohtaamo/storage"
)

// The meetings of a year are those of the group that were held in it.
func TestGroupRecordsOfATime(t *testing.T) {
	h := newHouse(t)
	var got []string
	h.write(t, func(tx *storage.Tx) error {
		for id, r := range map[string]MeetingRecord{
			"first":   {GroupID: "g", State: RecordApproved, Starts: t0},
			"last":    {GroupID: "g", State: RecordHeld, Starts: t0.AddDate(0, 2, 0)},
			"planned": {GroupID: "g", State: RecordPlanned, Starts: t0.AddDate(0, 1, 0)},
			"after":   {GroupID: "g", State: RecordHeld, Starts: t0.AddDate(0, 3, 0)},
			"others":  {GroupID: "x", State: RecordHeld, Starts: t0},
		} {
			r.Meta = fixed(id)
			must(t, meetingRecords.Put(tx, &r))
		}
		list, err := groupRecords(tx, "g", t0, t0.AddDate(0, 3, 0))
		for _, r := range list {
			got = append(got, r.ID)
		}
		return err
	})
	if !slices.Equal(got, []string{"first", "last"}) {
		t.Errorf("held: %q", got)
	}
}
