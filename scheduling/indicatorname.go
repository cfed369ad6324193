package scheduling

import "kohtaamo/storage"

// name is what a row is called, and where its page is. What was erased has no
// name any more.
func (c *counting) name(r *countedRow) (label, path string, err error) {
	label, path, err = c.nameOf(r.kind, r.about)
	if r.with == "" || err != nil {
		return label, path, err
	}
	x, err := c.company(r.with)
	return x.Name + " · " + label, path, err
}

func (c *counting) nameOf(kind, id string) (label, path string, err error) {
	switch kind {
	case "company":
		x, err := c.company(id)
		return x.Name, "/organise/companies/" + id, err
	case "group":
		g, err := c.group(id)
		return g.Name.In(c.lang), "/organise/groups/" + id, err
	case "event", "answer":
		return shown(c, eventBriefs.Get, id, func(e *eventBrief) (string, string) { return e.Title.In(c.lang), eventPath(kind, e.ID) })
	case "person":
		return shown(c, people.Get, id, func(p *Person) (string, string) { return p.Name, "/organise/people/" + p.ID })
	case "registration":
		return shown(c, registrations.Get, id, func(r *Registration) (string, string) { return r.Name, "/organise/registrations/" + r.ID })
	case "meeting":
		return shown(c, meetings.Get, id, func(m *Meeting) (string, string) {
			return partyNames(m), "/organise/rounds/" + m.RoundID + "/outcomes"
		})
	case "trip", "trip_outcome":
		return shown(c, tripBriefs.Get, id, func(t *tripBrief) (string, string) { return t.Title.In(c.lang), tripPath(kind, t.ID) })
	}
	return c.nameOfWork(kind, id)
}

func (c *counting) nameOfWork(kind, id string) (label, path string, err error) {
	switch kind {
	case "record":
		return shown(c, recordBriefs.Get, id, func(r *recordBrief) (string, string) {
			return r.Title.In(c.lang), "/records/" + r.ID
		})
	case "gathering":
		return shown(c, gatheringBriefs.Get, id, func(g *gatheringBrief) (string, string) {
			return g.Title.In(c.lang), "/groups/" + g.GroupID + "/meetings/" + g.ID
		})
	case "work":
		return shown(c, workBriefs.Get, id, func(w *workBrief) (string, string) { return w.Title, "/organise/log/" + w.ID })
	case "campaign":
		return shown(c, campaignBriefs.Get, id, func(x *campaignBrief) (string, string) {
			return x.Subject.In(c.lang), "/organise/campaigns/" + x.ID
		})
	}
	return "", "", nil
}

// shown shows a document, if it is still there.
func shown[T any](c *counting, get func(*storage.Tx, string) (*T, error), id string, show func(*T) (label, path string)) (string, string, error) {
	x, err := get(c.tx, id)
	if err != nil {
		return "", "", ignoreMissing(err)
	}
	label, path := show(x)
	return label, path, nil
}

// eventPath leads to an event, or to what was answered about it.
func eventPath(kind, id string) string {
	if kind == "answer" {
		return "/organise/events/" + id + "/survey"
	}
	return "/organise/events/" + id
}

func tripPath(kind, id string) string {
	if kind == "trip_outcome" {
		return "/organise/trips/" + id + "/outcomes"
	}
	return "/organise/trips/" + id
}

// partyNames are who met.
func partyNames(m *Meeting) (out string) {
	for i, p := range m.Parties {
		if i > 0 {
			out += " · "
		}
		out += p.Name
	}
	return out
}
