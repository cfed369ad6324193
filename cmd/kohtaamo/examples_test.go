package main

import (
	"fmt"
	"path"
	"testing"
	"time"

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
	for _, find := range []func(*testing.T, *house, scheduling.Actor) error{k.events, k.clusters, k.directory, k.secrets, k.running, k.rounds, k.b2b, k.lists, k.campaigns, k.followUp, k.trips, k.groupWork, k.activities} {
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
		k.add("/organise/wordings/", c.ID)
		k.add("/organise/wordings/"+c.ID+"/", "registration.confirmed")
		k.add("/organise/wordings/"+c.ID+"/registration.confirmed/", "en")
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

// b2b makes a B2B group with a company, a meeting, a visit day and an interest
// that waits.
func (k known) b2b(t *testing.T, h *house, by scheduling.Actor) error {
	ctx := t.Context()
	clusters, err := h.desk.Clusters(ctx)
	if err != nil {
		return err
	}
	g := &scheduling.Group{Slug: "towards-spain", ClusterID: clusters[0].ID, Kind: "b2b", Name: scheduling.Text{"en": "Towards Spain", "fi": "Espanjaan"}}
	if err := h.desk.SaveGroup(ctx, by, g); err != nil {
		return err
	}
	b := &scheduling.B2BGroup{Aim: scheduling.AimCountry, Country: "ES", Public: true}
	b.ID = g.ID
	if _, err := h.desk.SaveB2BGroup(ctx, by, b); err != nil {
		return err
	}
	p := &scheduling.Person{Name: "Nea Uusi", Email: "nea@spain.example", Lang: "fi"}
	c := &scheduling.Company{Name: "Espanjan ystävät Oy", Kind: scheduling.SME, Country: "FI"}
	if err := h.desk.SaveCompany(ctx, by, c); err != nil {
		return err
	}
	p.CompanyID = c.ID
	if err := h.desk.SavePerson(ctx, by, p); err != nil {
		return err
	}
	m, err := h.desk.AddCompany(ctx, by, g.ID, p.Email)
	if err != nil {
		return err
	}
	day := h.db.Now().AddDate(0, 1, 0).UTC().Truncate(24 * time.Hour)
	meeting, err := h.desk.SaveGathering(ctx, by, scheduling.GatheringInput{GroupID: g.ID, Title: scheduling.Text{"en": "First meeting", "fi": "Ensimmäinen tapaaminen"},
		Zone: "Europe/Helsinki", Minutes: 60, Need: 1, Starts: []time.Time{day.Add(8 * time.Hour), day.Add(32 * time.Hour)}})
	if err != nil {
		return err
	}
	v, err := h.desk.SaveVisitDay(ctx, by, &scheduling.VisitDay{ClusterID: g.ClusterID, Title: scheduling.Text{"en": "SEAT in Oulu", "fi": "SEAT Oulussa"}, Party: "SEAT",
		People: []scheduling.Guest{{Name: "Gloria", Email: "gloria@seat.example"}}, Date: day.Format(time.DateOnly), Zone: "Europe/Helsinki", From: "09:00", To: "16:00",
		Venues: []scheduling.Venue{{ID: "hall", Name: "Town hall"}}, Stops: []scheduling.VisitStop{{GroupID: g.ID, VenueID: "hall", Minutes: 60, Need: 1}}})
	if err != nil {
		return err
	}
	waits, err := h.desk.ShowInterest(ctx, scheduling.Actor{}, g.Slug, scheduling.Interest{Name: "Olli Outo", Email: "olli@spain.example", Lang: "fi", Company: "Outo Oy", Country: "FI", Kind: scheduling.SME})
	if err != nil {
		return err
	}
	for _, other := range k["/groups/"] {
		k.add("/groups/"+other+"/b2b/members/", "none")
		k.add("/groups/"+other+"/meetings/", "none")
	}
	k.add("/b2b-groups/", g.Slug)
	k.add("/b2b-groups/interest/", h.desk.InterestLink(waits))
	k.add("/groups/", g.ID)
	k.add("/groups/"+g.ID+"/b2b/members/", m.ID)
	k.add("/groups/"+g.ID+"/meetings/", meeting.ID)
	k.add("/group-meetings/", h.desk.GatheringLink(meeting, p.ID))
	k.add("/visit-days/", v.ID)
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

// campaigns adds one newsletter in each state, what everybody can read, and the
// addresses of a copy that is counted.
func (k known) campaigns(t *testing.T, h *house, by scheduling.Actor) error {
	list, _, err := h.desk.Campaigns(t.Context(), by, "", "", 100)
	if err != nil {
		return err
	}
	for _, c := range list {
		if k.first("campaign", c.State) {
			k.add("/organise/campaigns/", c.ID)
		}
		copies, _, err := h.desk.CampaignCopies(t.Context(), by, c.ID, "", "", 100)
		if err != nil {
			return err
		}
		for _, one := range copies {
			if one.Sheet != "" && k.first("counted") {
				k.add("/o/", path.Base(one.Params["opened"]))
				k.add("/r/", path.Base(one.Params["link1"]))
			}
		}
	}
	public, _, err := h.desk.Newsletters(t.Context(), "", "", 2)
	for _, c := range public {
		k.add("/newsletters/", c.Slug)
	}
	return err
}
