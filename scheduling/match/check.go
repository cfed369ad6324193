package match

import "slices"

// Check judges s by every rule of p, which is valid, and by what s says about
// itself: weight and gaps have to be those of the schedule, and the bounds must
// not exclude it. Whether bounds are true beyond that it cannot know. A
// schedule that is not known to be one, of status [Unknown], may lack required
// meetings. Nothing is found where all is right.
func Check(p *Problem, s *Solution) []Violation {
	j := newJudge(p)
	held := j.read(s.Assignment)
	if s.Status == Optimal || s.Status == Feasible {
		j.required(held)
	}
	j.schedule(held)
	j.claims(s)
	return j.found
}

// CheckSchedule is Check for a schedule alone, such as one that is edited by
// hand.
func CheckSchedule(p *Problem, held []Assignment) []Violation {
	j := newJudge(p)
	h := j.read(held)
	j.required(h)
	j.schedule(h)
	return j.found
}

// CheckMove says what would be broken by the move of one meeting to another slot
// and table, or onto the schedule, or with slot 0 off it: what was broken before
// and is no worse is not mentioned.
func CheckMove(p *Problem, held []Assignment, move Assignment) []Violation {
	before := CheckSchedule(p, held)
	return slices.DeleteFunc(CheckSchedule(p, Moved(held, move)), func(v Violation) bool {
		if len(v.Meetings) > 0 && !slices.Contains(v.Meetings, move.Meeting) {
			return true
		}
		return slices.ContainsFunc(before, v.noWorse)
	})
}

// noWorse reports whether v is as old was, or better.
func (v Violation) noWorse(old Violation) bool {
	if v.Rule != old.Rule || v.Have > old.Have {
		return false
	}
	if v.Rule == RuleFairness {
		return true // it is about the difference, whoever makes it
	}
	return v.Slot == old.Slot && v.Table == old.Table && slices.Equal(v.Meetings, old.Meetings) && slices.Equal(v.Participants, old.Participants)
}

// Moved is held with one meeting in another place, or more or less, as CheckMove
// says. The schedule held itself stays as it is.
func Moved(held []Assignment, move Assignment) []Assignment {
	moved := make([]Assignment, 0, len(held)+1)
	there := false
	for _, a := range held {
		if a.Meeting == move.Meeting {
			if there || move.Slot == 0 {
				continue
			}
			a, there = move, true
		}
		moved = append(moved, a)
	}
	if !there && move.Slot != 0 {
		moved = append(moved, move)
	}
	return moved
}

// A judge collects what it finds. It uses nothing of what the solver made of the
// problem.
type judge struct {
	problem *Problem
	meeting map[string]int // index by ID
	person  map[string]int
	found   []Violation
}

func newJudge(p *Problem) *judge {
	j := &judge{problem: p, meeting: make(map[string]int, len(p.Meetings)), person: make(map[string]int, len(p.Participants))}
	for i := range p.Meetings {
		j.meeting[p.Meetings[i].ID] = i
	}
	for i := range p.Participants {
		j.person[p.Participants[i].ID] = i
	}
	return j
}

func (j *judge) say(v Violation) { j.found = append(j.found, v) }

// A place is where a meeting is held. Slot 0: it is not.
type place struct{ slot, table int }

// read gives the place of each meeting of the problem. Assignments that make no
// sense are noted and left out.
func (j *judge) read(held []Assignment) []place {
	at := make([]place, len(j.problem.Meetings))
	for _, a := range held {
		i, known := j.meeting[a.Meeting]
		id := []string{a.Meeting}
		switch {
		case !known:
			j.say(Violation{Rule: RuleKnown, Meetings: id})
		case a.Slot < 1 || a.Slot > j.problem.Slots:
			j.say(Violation{Rule: RuleSlot, Meetings: id, Have: a.Slot, Need: j.problem.Slots})
		case at[i].slot != 0:
			j.say(Violation{Rule: RuleOnce, Meetings: id, Slot: a.Slot})
		default:
			at[i] = place{a.Slot, a.Table}
		}
	}
	return at
}

func (j *judge) required(held []place) {
	for i := range j.problem.Meetings {
		if m := &j.problem.Meetings[i]; m.Required && held[i].slot == 0 {
			j.say(Violation{Rule: RuleRequired, Meetings: []string{m.ID}})
		}
	}
}

// schedule judges everything but which meetings are held.
func (j *judge) schedule(held []place) {
	away := j.away()
	for i, at := range held {
		if at.slot != 0 {
			m := &j.problem.Meetings[i]
			j.time(m, at.slot)
			j.available(m, at.slot, away)
			j.order(m, at.slot, held)
		}
	}
	j.seats(held)
	j.days(j.dayOf(held), held)
}

// away tells for each participant the slots without a meeting.
func (j *judge) away() []map[int]bool {
	away := make([]map[int]bool, len(j.problem.Participants))
	for i, one := range j.problem.Participants {
		if len(one.Unavailable) > 0 {
			away[i] = make(map[int]bool, len(one.Unavailable))
			for _, slot := range one.Unavailable {
				away[i][slot] = true
			}
		}
	}
	return away
}

// time judges the slot of m by what m itself says.
func (j *judge) time(m *Meeting, slot int) {
	v := Violation{Meetings: []string{m.ID}, Slot: slot}
	if m.Slot != 0 && slot != m.Slot {
		v.Rule, v.Need = RuleFixed, m.Slot
		j.say(v)
	}
	v.Need = 0
	if len(m.Slots) > 0 && !slices.Contains(m.Slots, slot) {
		v.Rule = RuleSlots
		j.say(v)
	}
	for _, s := range j.problem.Sessions {
		if s.Name == m.Session && (slot < s.From || slot > s.To) {
			v.Rule = RuleSession
			j.say(v)
		}
	}
}

func (j *judge) available(m *Meeting, slot int, away []map[int]bool) {
	for _, id := range m.Participants {
		if away[j.person[id]][slot] {
			j.say(Violation{Rule: RuleAvailable, Meetings: []string{m.ID}, Participants: []string{id}, Slot: slot})
		}
	}
}

// order judges that those which are to be before m are.
func (j *judge) order(m *Meeting, slot int, held []place) {
	for _, id := range m.After {
		if before := held[j.meeting[id]].slot; before >= slot {
			j.say(Violation{Rule: RuleOrder, Meetings: []string{id, m.ID}, Slot: slot})
		}
	}
}

// seats judges that each meeting has a table to itself.
func (j *judge) seats(held []place) {
	first := make(map[place]int, len(held))
	for i, at := range held {
		if at.slot == 0 {
			continue
		}
		id := j.problem.Meetings[i].ID
		if at.table < 1 || at.table > j.problem.Tables {
			j.say(Violation{Rule: RuleTable, Meetings: []string{id}, Slot: at.slot, Have: at.table, Need: j.problem.Tables})
			continue
		}
		if other, taken := first[at]; taken {
			j.say(Violation{Rule: RuleSeat, Meetings: []string{j.problem.Meetings[other].ID, id}, Slot: at.slot, Table: at.table})
		} else {
			first[at] = i
		}
	}
}

// dayOf lists for each participant the meetings held, as they follow each other.
func (j *judge) dayOf(held []place) [][]int {
	days := make([][]int, len(j.problem.Participants))
	for i, at := range held {
		if at.slot == 0 {
			continue
		}
		for _, id := range j.problem.Meetings[i].Participants {
			who := j.person[id]
			days[who] = append(days[who], i)
		}
	}
	for _, day := range days {
		slices.SortStableFunc(day, func(a, b int) int { return held[a].slot - held[b].slot })
	}
	return days
}

// days judges what each participant has to do, and whether that is fair.
func (j *judge) days(days [][]int, held []place) {
	least, most := 0, 0 // participants
	gaps := make([]int, len(days))
	for who, day := range days {
		one := &j.problem.Participants[who]
		for k := 1; k < len(day); k++ {
			if slot := held[day[k]].slot; slot == held[day[k-1]].slot {
				j.say(Violation{Rule: RulePerson, Participants: []string{one.ID}, Slot: slot,
					Meetings: []string{j.problem.Meetings[day[k-1]].ID, j.problem.Meetings[day[k]].ID}})
			}
		}
		if one.MaxMeetings != nil && len(day) > *one.MaxMeetings {
			j.say(Violation{Rule: RuleLimit, Participants: []string{one.ID}, Have: len(day), Need: *one.MaxMeetings})
		}
		gaps[who] = gapsOfDay(day, held)
		if gaps[who] < gaps[least] {
			least = who
		}
		if gaps[who] > gaps[most] {
			most = who
		}
	}
	if fair := j.problem.Fairness; fair != nil && len(gaps) > 0 && gaps[most]-gaps[least] > *fair {
		j.say(Violation{Rule: RuleFairness, Have: gaps[most] - gaps[least], Need: *fair,
			Participants: []string{j.problem.Participants[most].ID, j.problem.Participants[least].ID}})
	}
}

// gapsOfDay counts the stretches of empty slots between the meetings of a day.
func gapsOfDay(day []int, held []place) (gaps int) {
	for k := 1; k < len(day); k++ {
		if held[day[k]].slot > held[day[k-1]].slot+1 {
			gaps++
		}
	}
	return gaps
}

// claims judges what s says about itself.
func (j *judge) claims(s *Solution) {
	if !j.status(s) {
		j.say(Violation{Rule: RuleStatus})
	}
	if s.Status == Infeasible {
		return
	}
	score := Score(j.problem, s.Assignment)
	if s.Weight != score.Weight {
		j.say(Violation{Rule: RuleWeight, Have: score.Weight, Need: s.Weight})
	}
	if s.Gaps != score.Gaps {
		j.say(Violation{Rule: RuleGaps, Have: score.Gaps, Need: s.Gaps})
	}
	if s.Status == Unknown {
		return
	}
	if s.WeightBound < score.Weight {
		j.say(Violation{Rule: RuleWeightBound, Have: score.Weight, Need: s.WeightBound})
	}
	if s.WeightBound == score.Weight && s.GapsBound > score.Gaps {
		j.say(Violation{Rule: RuleGapsBound, Have: score.Gaps, Need: s.GapsBound})
	}
}

// status reports whether s can be what it says. An infeasible problem requires
// something, and is explained; an optimal solution is at its bounds.
func (j *judge) status(s *Solution) bool {
	switch s.Status {
	case Optimal:
		return s.Weight == s.WeightBound && s.Gaps == s.GapsBound
	case Infeasible:
		requires := slices.ContainsFunc(j.problem.Meetings, func(m Meeting) bool { return m.Required })
		return requires && len(s.Assignment) == 0 && len(s.Conflict) > 0
	case Feasible, Unknown:
		return true
	}
	return false
}
