package main

import (
	"fmt"
	"path"
	"testing"

	"kohtaamo/handlers/auth"
	"kohtaamo/mailer"
	"kohtaamo/scheduling"
)

// known is what stands for the parameters in addresses, by what comes before.
type known map[string][]string

func (k known) add(beginning, value string) { k[beginning] = append(k[beginning], value) }

// examples finds some of everything in the demo's house.
func examples(t *testing.T, h *house) known {
	t.Helper()
	k := known{}
	for _, find := range []func(*testing.T, *house, scheduling.Actor) error{k.events, k.clusters, k.directory, k.secrets, k.running, k.rounds} {
		if err := find(t, h, scheduling.System("test")); err != nil {
			t.Fatal(err)
		}
	}
	return k
}

// first reports whether something of this kind is met for the first time.
func (k known) first(kind ...any) bool {
	met := k["?"+fmt.Sprint(kind...)] != nil
	k["?"+fmt.Sprint(kind...)] = []string{}
	return !met
}

// events adds one event in each phase, and a registration in each state.
func (k known) events(t *testing.T, h *house, by scheduling.Actor) error {
	events, _, err := h.desk.Events(t.Context(), by, scheduling.EventFilter{Limit: 200}, true)
	for _, e := range events {
		if k.first(e.Phase(h.db.Now()), len(e.Rules.Questions) > 0) {
			k.add("/events/", e.Slug)
			k.add("/organise/events/", e.ID)
		}
		if err := k.registrations(t, h, by, e); err != nil {
			return err
		}
	}
	for _, slug := range k["/events/"] {
		if here := "/events/" + slug + "/registered/"; k[here] == nil {
			k.add(here, "none") // a receipt is of one event
		}
	}
	return err
}

func (k known) registrations(t *testing.T, h *house, by scheduling.Actor, e *scheduling.Event) error {
	list, _, err := h.desk.Registrations(t.Context(), by, e.ID, scheduling.RegFilter{Limit: 200})
	for _, r := range list {
		if !k.first(r.State) {
			continue
		}
		k.add("/my/", h.desk.MyLink(r))
		k.add("/organise/registrations/", r.ID)
		k.add("/events/"+e.Slug+"/registered/", h.desk.ReceiptLink(&scheduling.Receipt{Registrations: []*scheduling.Registration{r}}))
	}
	return err
}

func (k known) clusters(t *testing.T, h *house, _ scheduling.Actor) error {
	clusters, err := h.desk.Clusters(t.Context())
	for _, c := range clusters {
		k.add("/clusters/", c.Slug)
		k.add("/calendar/", c.Slug)
		k.add("/calendar/types/", "seminar")
		k.add("/organise/clusters/", c.ID)
		groups, err := h.desk.Groups(t.Context(), c.ID)
		if err != nil {
			return err
		}
		for _, g := range groups[:min(1, len(groups))] {
			k.add("/organise/groups/", g.ID)
			k.add("/calendar/groups/", g.Slug)
			k.add("/groups/", g.ID)
			if err := k.meetings(t, h, g); err != nil {
				return err
			}
		}
	}
	return err
}

// meetings are those of a group that has some.
func (k known) meetings(t *testing.T, h *house, g *scheduling.Group) error {
	p, err := h.desk.GroupMeetings(t.Context(), scheduling.System("test"), g.ID)
	if err != nil {
		return err
	}
	for _, s := range p.Series {
		k.add("/series/", s.ID)
		k.add("/series/"+s.ID+"/dates/", s.Ahead(h.db.Now(), 1)[0].Day())
	}
	return nil
}

func (k known) directory(t *testing.T, h *house, by scheduling.Actor) error {
	companies, _, err := h.desk.Companies(t.Context(), by, scheduling.ListFilter{Limit: 1})
	if err != nil {
		return err
	}
	k.add("/organise/companies/", companies[0].ID)
	people, _, err := h.desk.People(t.Context(), by, scheduling.ListFilter{Limit: 1})
	if err != nil {
		return err
	}
	k.add("/organise/people/", people[0].ID)
	projects, err := h.desk.Projects(t.Context())
	if err != nil {
		return err
	}
	k.add("/admin/projects/", projects[0].ID)
	return nil
}

// secrets are links, tokens and calendars that belong to somebody.
func (k known) secrets(t *testing.T, h *house, by scheduling.Actor) error {
	link, err := h.auth.SignInLink(t.Context(), demoOrganiser)
	if err != nil {
		return err
	}
	k.add("/login/", path.Base(link))
	k.add("/login/", "spent")
	found, _, err := h.desk.People(t.Context(), by, scheduling.ListFilter{Text: demoOrganiser})
	if err != nil {
		return err
	}
	k.add("/admin/users/", found[0].ID)
	feed := &scheduling.FeedAddress{Lang: "en", Scopes: scheduling.FeedScopes()}
	if err := h.desk.SaveFeed(t.Context(), scheduling.Actor{ID: found[0].ID, Email: demoOrganiser, Via: "page"}, feed); err != nil {
		return err
	}
	k.add("/feeds/", path.Base(feed.URL))
	k.add("/account/feeds/", feed.ID)
	_, token, err := h.auth.CreateToken(t.Context(), by, "Website", []scheduling.Grant{{Role: scheduling.Organiser}}, []string{auth.Read})
	if err != nil {
		return err
	}
	k.add("/admin/tokens/", token.ID)
	return nil
}

// running is what the house does by itself.
func (k known) running(t *testing.T, h *house, _ scheduling.Actor) error {
	k.add("/admin/jobs/", h.runner().Jobs[0].Name)
	mails, _, err := h.outbox.List(t.Context(), mailer.Filter{Limit: 1})
	if err != nil {
		return err
	}
	for _, p := range []string{"/organise/outbox/mail", "/organise/outbox/body"} {
		k.add(p, "?id="+mails[0].ID)
	}
	return nil
}
