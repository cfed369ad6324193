package scheduling

import "strings"

// countEvents counts events that took place.
func countEvents(c *counting, emit func(*occurrence)) error {
	list, err := c.events()
	for _, e := range list {
		emit(&occurrence{kind: "event", id: e.ID, about: e.ID, at: e.Starts, year: c.yearOf(e.Starts), place: c.at(e.place()), class: e.Kind})
	}
	return err
}

// countParticipants counts people who came to events.
func countParticipants(c *counting, emit func(*occurrence)) error {
	return c.eachCompanyAtEvents(func(e *eventBrief, x *companyBrief, people string) {
		if !c.towards(x.Country) {
			return
		}
		p := e.place()
		p.countries = optional(x.Country)
		o := &occurrence{at: e.Starts, year: c.yearOf(e.Starts), place: c.at(p)}
		for key := range strings.SplitSeq(people, " ") {
			o.person(key)
			emit(o)
		}
	})
}

// person says that o is about somebody with a key of a turnout.
func (o *occurrence) person(key string) {
	o.kind, o.id, o.about = "person", key, key
	if id, unknown := strings.CutPrefix(key, nobodyKnown); unknown {
		o.kind, o.about = "registration", id
	}
}

// eachCompanyAtEvents gives the companies that came to events with their
// people; people of no company come with one that has no id.
func (c *counting) eachCompanyAtEvents(fn func(e *eventBrief, x *companyBrief, people string)) error {
	list, err := c.events()
	if err != nil {
		return err
	}
	for _, e := range list {
		t, err := c.turnout(e)
		if err != nil {
			return err
		}
		for company, people := range t.each {
			x, err := c.company(company)
			if err != nil {
				return err
			}
			fn(e, x, people)
		}
	}
	return nil
}
