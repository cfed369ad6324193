package match

// Status says what a Solution is known to be.
type Status string

// What a Solution can be.
const (
	Optimal    Status = "optimal"    // nothing is better: proven for weight and gaps
	Feasible   Status = "feasible"   // the bounds say how far off the best at most
	Infeasible Status = "infeasible" // proven: the required meetings cannot all be held
	Unknown    Status = "unknown"    // nothing found and nothing proven in the budget
)

// A Solution answers a Problem. No schedule whatsoever has more weight than
// WeightBound, and none of the weight WeightBound has fewer gaps than
// GapsBound.
type Solution struct {
	Status      Status       `json:"status"`
	Weight      int          `json:"weight"`       // of all meetings held, required ones too
	WeightBound int          `json:"weight_bound"` // at least the greatest weight there can be
	Gaps        int          `json:"gaps"`
	GapsBound   int          `json:"gaps_bound"`
	Seconds     float64      `json:"seconds"` // of work as Options.Budget counts it
	Seed        uint64       `json:"seed"`
	Assignment  []Assignment `json:"assignment"`
	Conflict    []string     `json:"conflict"` // in English: what cannot all be had
	Reasons     []Reason     `json:"-"`        // the same, to be said in other words
}

// An Assignment is a meeting that is held.
type Assignment struct {
	Meeting string `json:"meeting"`
	Slot    int    `json:"slot"`
	Table   int    `json:"table"`
}
