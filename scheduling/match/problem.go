package match

// Format names the version of the file format of a Problem.
const Format = "kohtaamo-b2b/1"

// A Problem is a round of meetings to be scheduled. Slots and tables are
// numbered from 1.
type Problem struct {
	Format       string        `json:"format"`
	Slots        int           `json:"slots"`
	Tables       int           `json:"tables"` // meetings at once
	Sessions     []Session     `json:"sessions,omitempty"`
	Fairness     *int          `json:"fairness,omitempty"` // no participant has more than so many gaps more than another
	Participants []Participant `json:"participants"`
	Meetings     []Meeting     `json:"meetings"`
}

// A Session is a named stretch of slots, both ends included.
type Session struct {
	Name string `json:"name"`
	From int    `json:"from"`
	To   int    `json:"to"`
}

// A Participant has one meeting a slot at most.
type Participant struct {
	ID          string `json:"id"`
	Unavailable []int  `json:"unavailable,omitempty"`  // slots without a meeting
	MaxMeetings *int   `json:"max_meetings,omitempty"` // absent: as many as there are slots
}

// A Meeting is of two or more participants, and takes one slot and one table.
type Meeting struct {
	ID           string   `json:"id"`
	Participants []string `json:"participants"`
	Required     bool     `json:"required,omitempty"`
	Weight       *int     `json:"weight,omitempty"`  // what it is worth, 0 or more; absent: 1
	Session      string   `json:"session,omitempty"` // it is in a slot of this session
	Slot         int      `json:"slot,omitempty"`    // it is in this slot; 0: not fixed
	Slots        []int    `json:"slots,omitempty"`   // it is in one of these
	After        []string `json:"after,omitempty"`   // meetings that are in earlier slots, where both are held
}

// Worth is the weight of m.
func (m *Meeting) Worth() int {
	if m.Weight == nil {
		return 1
	}
	return *m.Weight
}
