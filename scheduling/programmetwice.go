package scheduling

import "slices"

// A clash is two parts at one time that take the time of the same people.
type clash struct {
	a, b     Part
	who      []string // travellers; those who travel now
	everyone bool     // whoever travels
}

// clashes are all of a programme, in the order of time. Two parts for everyone
// are one even before anybody travels.
func (p *Programme) clashes(t *Trip, vs []*Traveller) (out []clash) {
	var parts []Part
	for _, x := range p.Parts(t) {
		if x.Bulky {
			parts = append(parts, x)
		}
	}
	for i, a := range parts {
		for _, b := range parts[i+1:] {
			if !b.Starts.Before(a.Ends) {
				break
			}
			c := clash{a: a, b: b, everyone: a.Everyone && b.Everyone, who: onlyTravelling(a.Who(vs), vs)}
			c.who = slices.DeleteFunc(c.who, func(id string) bool { return !b.Has(id) })
			if a.overlaps(b) && (c.everyone || len(c.who) > 0) {
				out = append(out, c)
			}
		}
	}
	return out
}

// allowPlaces refuses to put somebody in two places at once who was not before.
// That the way between two places is too long is for the checks to say.
func (p *ProgrammePage) allowPlaces(before *Programme) error {
	was := before.clashes(p.Trip, p.Travellers)
	for _, c := range p.Programme.clashes(p.Trip, p.Travellers) {
		known := slices.ContainsFunc(was, func(o clash) bool {
			return o.a.ID == c.a.ID && o.b.ID == c.b.ID && (o.everyone || !c.everyone) && within(c.who, o.who)
		})
		if !known {
			return p.twice(c)
		}
	}
	return nil
}

func within(some, all []string) bool {
	return !slices.ContainsFunc(some, func(id string) bool { return !slices.Contains(all, id) })
}

// twice says who would be in which two places, and when.
func (p *ProgrammePage) twice(c clash) error {
	args := []any{"first", c.a, "when", c.a.When(), "second", c.b, "then", c.b.When()}
	if c.everyone {
		return &Problem{Kind: Invalid, Key: "programme.twice_all", Args: args}
	}
	return &Problem{Kind: Invalid, Key: "programme.twice", Args: append(args, "names", namesOf(p.Travellers, c.who), "count", len(c.who))}
}
