package scheduling

import (
	"cmp"
	"slices"
	"time"
)

// A TimeCount counts what was said about one time of a gathering. A party comes if
// one of its people does; it comes "if needed" if none says a plain yes.
type TimeCount struct {
	Time       CandidateTime
	Required   int // parties without which it makes no sense
	RequiredIn int // of them that come
	Companies  int // of the group that are asked: the m of "k of m"
	In         int // of them that come
	IfNeeded   int // parties that come only if needed
	Silent     int // parties nobody of which has answered
	Meets      bool
}

// Best is what the people of p say together about a time.
func (p *GatheringParty) Best(timeID string) GroupAnswer {
	best := GroupAnswer("")
	for _, who := range p.People {
		switch a := who.Answers[timeID]; {
		case a == GroupYes:
			return a
		case a == GroupIfNeeded, a == GroupNo && best == "":
			best = a
		}
	}
	return best
}

// Count counts what was said about one time.
func (g *Gathering) Count(t CandidateTime) TimeCount {
	out := TimeCount{Time: t}
	for i := range g.Parties {
		p := &g.Parties[i]
		a := p.Best(t.ID)
		in := map[bool]int{true: 1}[a.Comes()]
		if p.Required {
			out.Required++
			out.RequiredIn += in
		}
		if !p.Outside {
			out.Companies++
			out.In += in
		}
		switch a {
		case GroupIfNeeded:
			out.IfNeeded++
		case "":
			out.Silent++
		}
	}
	out.Meets = out.RequiredIn == out.Required && out.In >= g.Need && out.RequiredIn+out.In > 0
	return out
}

// Counts are those of all times, the best first: all required parties, then
// most companies, then fewest that come only if needed, then the earliest.
func (g *Gathering) Counts() (out []TimeCount) {
	for _, t := range g.Times {
		out = append(out, g.Count(t))
	}
	slices.SortStableFunc(out, func(a, b TimeCount) int {
		return cmp.Or(
			cmp.Compare(a.Required-a.RequiredIn, b.Required-b.RequiredIn), cmp.Compare(b.In, a.In),
			cmp.Compare(a.IfNeeded, b.IfNeeded), a.Time.Starts.Compare(b.Time.Starts))
	})
	return out
}

// Best is the time that the answers speak for; none if nobody comes at any.
func (g *Gathering) Best() (TimeCount, bool) {
	all := g.Counts()
	if len(all) == 0 || all[0].In+all[0].RequiredIn == 0 {
		return TimeCount{}, false
	}
	return all[0], true
}

// answered reports whether everybody has said something about every time.
func (g *Gathering) answered() bool {
	for _, p := range g.everybody() {
		for _, t := range g.Times {
			if p.Answers[t.ID] == "" {
				return false
			}
		}
	}
	return true
}

// follow is the state that follows from the answers at now, and the time that
// is chosen where it has none yet. A gathering that was confirmed below its
// quorum stands as long as nobody leaves who came then.
func (g *Gathering) follow(now time.Time) (GatheringState, CandidateTime) {
	switch {
	case !g.State.Open():
		return g.State, CandidateTime{}
	case g.State == GatheringTentative:
		if now.Before(g.AnswerBy) && !g.answered() {
			return g.State, CandidateTime{}
		}
		for _, t := range g.Counts() {
			if t.Meets && t.Time.Starts.After(now) {
				return GatheringConfirmed, t.Time
			}
		}
		return g.State, CandidateTime{}
	}
	t, _ := g.TimeOf(g.Chosen)
	if g.Count(t).Meets || g.stands() {
		return GatheringConfirmed, t
	}
	return GatheringAtRisk, t
}

// stands reports whether g was confirmed below its quorum and everybody who
// came then still does.
func (g *Gathering) stands() bool {
	if len(g.Stood) == 0 {
		return false
	}
	return !slices.ContainsFunc(g.Stood, func(id string) bool {
		i := slices.IndexFunc(g.Parties, func(p GatheringParty) bool { return p.ID == id })
		return i < 0 || !g.Parties[i].Best(g.Chosen).Comes()
	})
}

// coming are the parties that come at a time.
func (g *Gathering) coming(timeID string) (ids []string) {
	for i := range g.Parties {
		if g.Parties[i].Best(timeID).Comes() {
			ids = append(ids, g.Parties[i].ID)
		}
	}
	return ids
}

// fix gives g a time. The gathering's own calendar entry goes there.
func (g *Gathering) fix(t CandidateTime, now time.Time) {
	g.State, g.Chosen, g.Starts, g.Ends = GatheringConfirmed, t.ID, t.Starts, g.EndOf(t)
	g.changed(now)
}
