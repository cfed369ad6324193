package scheduling

import (
	"slices"
	"strings"

	"kohtaamo/storage"
)

// homeless are the meetings of r that stand and whose slot or table r has no
// more: gone, at another time, or a booth of somebody who is not in them.
func homeless(tx *storage.Tx, r *Round) (lost []*Meeting, err error) {
	q := storage.Query{Where: []storage.Cond{storage.Is("round_id", r.ID)}, Sort: "starts"}
	slots, tables := map[string]Slot{}, map[string]Table{}
	for _, s := range r.Slots {
		slots[s.ID] = s
	}
	for _, t := range r.Tables {
		tables[t.ID] = t
	}
	for m, err := range meetings.Each(tx, q) {
		if err != nil {
			return nil, err
		}
		if m.State.Stands() && !m.housed(slots, tables) {
			lost = append(lost, m)
		}
	}
	return lost, nil
}

func (m *Meeting) housed(slots map[string]Slot, tables map[string]Table) bool {
	s, ok := slots[m.Slot]
	if !ok || !s.Starts.Equal(m.Starts) || !s.Ends.Equal(m.Ends) {
		return false
	}
	if m.Table == "" {
		return true
	}
	t, ok := tables[m.Table]
	return ok && (t.EntrantID == "" || slices.Contains(m.EntrantIDs, t.EntrantID))
}

// lostNamed is how many meetings a refusal names.
const lostNamed = 3

// refuseHomeless says how many meetings a change would leave without a slot or
// table, and which come first.
func refuseHomeless(d *Desk, _ *storage.Tx, _ Actor, r *Round, lost []*Meeting) error {
	var names []string
	fields := map[string]string{}
	for i, m := range lost {
		if i < lostNamed {
			names = append(names, m.title())
		}
		if s, ok := r.Slot(m.Slot); ok && s.Starts.Equal(m.Starts) && s.Ends.Equal(m.Ends) {
			fields["tables"] = "round.carries"
		} else {
			fields["days"] = "round.carries"
		}
	}
	return &Problem{Kind: Invalid, Key: "round.homeless", Args: []any{"count", len(lost), "names", strings.Join(names, "; ")}, Fields: fields}
}

// title names who meets.
func (m *Meeting) title() string {
	var names []string
	for _, p := range m.Parties {
		names = append(names, p.Name)
	}
	return strings.Join(names, " – ")
}
