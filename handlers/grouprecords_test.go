package handlers

import (
	"net/url"
	"path"
	"strings"
	"testing"
	"time"

	"kohtaamo/scheduling"
)

// A working group by its pages: the coordinator asks for a time, members answer
// by a link, the meeting is prepared, held, written up and approved; others see
// nothing of it.
func TestGroupRecordPages(t *testing.T) {
	h := newHouse(t)
	c := h.newCluster(t, "automotive", "Automotive")
	member, stranger := h.person(t, "aino@example.fi"), h.person(t, "bertta@example.fi")
	g := &scheduling.Group{Slug: "reuse", ClusterID: c.ID, Kind: "working", Name: scheduling.Text{"en": "Reuse"}}
	if err := h.desk.SaveGroup(t.Context(), root, g); err != nil {
		t.Fatal(err)
	}
	aino, err := h.desk.AddMember(t.Context(), root, g.ID, "aino@example.fi")
	if err != nil {
		t.Fatal(err)
	}
	v := h.person(t, "cecilia@example.fi", scheduling.Grant{Role: scheduling.Coordinator, Group: g.ID})
	group := "/groups/" + g.ID
	v.get(group).want(t, 200, `href="`+group+`/records"`)
	v.get(group+"/records").want(t, 200, "No meetings yet", "Find a date")
	v.get(group+"/polls/new").want(t, 200, "Ask the members")

	form := url.Values{"id": {"0123456789abcdef"}, "title.en": {"Spring meeting"}, "zone": {"Europe/Helsinki"}, "minutes": {"60"}, "answer_by_day": {"2026-11-30"}, "answer_by_time": {"16:00"},
		"times.0.at_day": {"2026-12-08"}, "times.0.at_time": {"9:00"}, "times.1.at_day": {"2026-12-09"}, "times.1.at_time": {"13:00"}}
	bad := url.Values{"title.en": {"Kept"}, "zone": {"Europe/Helsinki"}, "minutes": {"1"}, "answer_by_day": {"soon"}}
	v.post(group+"/polls/new", bad).want(t, 422, "Kept", "#f-answer_by_day")
	for range 2 {
		v.post(group+"/polls/new", form).leads(t, "/polls/0123456789abcdef")
	}
	poll := "/polls/0123456789abcdef"
	found, err := h.desk.Poll(t.Context(), root, "0123456789abcdef")
	if err != nil {
		t.Fatal(err)
	}
	first := found.Poll.Times[0].ID
	link := "/poll/" + h.desk.PollLink(found.Poll, aino.ID)
	guest := h.visitor(t)
	guest.get(link).want(t, 200, "Which times suit you?", "Tue 8 Dec 2026")
	guest.post(link, url.Values{"answer." + first: {"perhaps"}}).want(t, 422)
	guest.post(link, url.Values{"answer." + first: {"yes"}}).leads(t, link)
	member.get(poll).want(t, 200, "1 member has not answered")
	member.post(poll+"/close", url.Values{"time": {first}}).want(t, 404)
	v.post(poll+"/close", url.Values{"time": {"none"}}).want(t, 422)
	at := v.post(poll+"/close", url.Values{"time": {first}}).Header.Get("Location")
	if !strings.HasPrefix(at, "/records/") {
		t.Fatalf("the meeting is at %q", at)
	}
	guest.get(link).want(t, 200, "The meeting is Tue 8 Dec 2026")

	v.post(at+"/agenda", url.Values{"agenda.0.title": {"Opening"}, "agenda.0.minutes": {"x"}}).want(t, 422)
	v.post(at+"/agenda", url.Values{"agenda.0.title": {"Opening"}, "agenda.0.minutes": {"5"}, "agenda.2.title": {"Timber"}}).leads(t, at)
	v.post(at+"/agenda/copy", nil).want(t, 422, "No meeting before this one")
	v.post(at+"/agenda/mail", nil).leads(t, at)
	v.post(at+"/do", url.Values{"do": {"hold"}}).want(t, 409, "has not begun")
	member.get(at).want(t, 200, "Opening", "Timber")
	for _, part := range []string{"/agenda", "/attendance", "/minutes", "/edit"} {
		member.get(at+part).want(t, 404)
		stranger.get(at+part).want(t, 404)
		v.get(at+part).want(t, 200)
	}
	for _, part := range []string{"", "/print", "/document"} {
		member.get(at+part).want(t, 200)
		stranger.get(at+part).want(t, 404)
	}
	v.post(at+"/edit", url.Values{"rev": {"1"}}).want(t, 409)

	h.now = time.Date(2026, 12, 8, 8, 30, 0, 0, time.UTC)
	v.signIn(h, "cecilia@example.fi")
	member.signIn(h, "aino@example.fi")
	v.post(at+"/attendance", url.Values{"person": {aino.ID}, "state": {"present"}, "at": {"0"}}).leads(t, at+"/attendance#p0")
	v.post(at+"/attendance", url.Values{"state": {"present"}}).want(t, 422)
	v.post(at+"/attendance", url.Values{"name": {"Gloria Guest"}, "state": {"remote"}}).leads(t, at+"/attendance")
	v.post(at+"/minutes", url.Values{"minutes": {"# We met\n<script>x</script>"}, "preview": {"1"}}).want(t, 200, "<h2", "We met")
	v.post(at+"/minutes", url.Values{"minutes": {"We **met**."}, "decisions.0": {"Go on"}}).leads(t, at)
	item := url.Values{"id": {"fedcba9876543210"}, "record": {path.Base(at)}, "what": {"Ask the city"}, "owner": {aino.ID}, "due": {"2026-12-20"}}
	v.post(group+"/actions", url.Values{"what": {"Kept"}}).want(t, 422, "Kept", "Choose a member")
	v.post(group+"/actions", item).leads(t, at)
	v.post(at+"/do", url.Values{"do": {"hold"}}).leads(t, at)
	v.post(at+"/do", url.Values{"do": {"approve"}}).leads(t, at)
	v.post(at+"/minutes", url.Values{"minutes": {"No."}}).want(t, 409)
	v.post(at+"/minutes/mail", nil).leads(t, at)
	member.get(at).want(t, 200, "<strong>met</strong>", "Go on", "Gloria Guest", "Ask the city", "Approved")
	member.get(at+"/print?lang=fi").want(t, 200, "Pöytäkirja: Spring meeting", "Päätökset")
	member.get(at + "?lang=en")

	action := "/actions/fedcba9876543210"
	member.get("/account").want(t, 200, "What I promised to do", "Ask the city")
	stranger.signIn(h, "bertta@example.fi")
	stranger.get(action).want(t, 404)
	member.post(action, url.Values{"rev": {"1"}, "what": {"Less"}}).want(t, 404)
	member.post(action+"/set", url.Values{"to": {"done"}, "from": {"account"}}).leads(t, "/account")
	member.get(action).want(t, 200, "Done", "History")
	v.get(group+"/actions?view=open").want(t, 200, "No action items here")
	if sheet := member.get(group + "/actions.csv"); sheet.Status != 200 || !strings.Contains(sheet.Body, "Ask the city,") {
		t.Errorf("the sheet is %d: %s", sheet.Status, sheet.Body)
	}
	stranger.get(group+"/actions.xlsx").want(t, 404)
	v.get("/actions").want(t, 200, "All open action items")
	stranger.get("/actions").want(t, 404)
	a, err := h.desk.Action(t.Context(), root, "fedcba9876543210")
	if err != nil {
		t.Fatal(err)
	}
	done := "/action/" + h.desk.ActionLink(a.Action)
	guest.get(done).want(t, 200, "Open it again")
	guest.post(done, url.Values{"to": {"open"}}).leads(t, done)
	guest.post(done, url.Values{"note": {"Asked"}}).leads(t, done)
	guest.get(done).want(t, 200, "Asked")
	guest.get("/action/x.y").want(t, 404)
}
