package handlers

import (
	"archive/zip"
	"net/url"
	"strings"
	"testing"
	"time"

	"kohtaamo/scheduling"
)

// b2b is a staff with a B2B group of Anna's cluster.
func (s *staff) b2b(t testing.TB) (group string) {
	t.Helper()
	g := &scheduling.Group{Slug: "spain", ClusterID: s.auto.ID, Kind: "b2b", Name: scheduling.Text{"en": "Towards Spain", "fi": "Espanjaan"}}
	if err := s.desk.SaveGroup(t.Context(), root, g); err != nil {
		t.Fatal(err)
	}
	group = "/groups/" + g.ID
	s.anna.get(group+"/b2b").want(t, 200, "Say what the group is for")
	form := filled(s.anna.get(group+"/b2b/edit").want(t, 200, "A target country"), "aim", "country", "country", "es", "companies", "5", "public", "1")
	s.anna.post(group+"/b2b/edit", form).leads(t, group+"/b2b")
	return group
}

// company signs somebody of a company in.
func (s *staff) company(t testing.TB, name, email string) *visitor {
	t.Helper()
	c := &scheduling.Company{Name: name, Kind: scheduling.SME, Country: "FI"}
	if err := s.desk.SaveCompany(t.Context(), root, c); err != nil {
		t.Fatal(err)
	}
	v := s.person(t, email)
	p, err := s.desk.Person(t.Context(), root, s.idOf(t, email))
	if err == nil {
		p.Person.CompanyID = c.ID
		err = s.desk.SavePerson(t.Context(), root, p.Person)
	}
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// From interest to a member with wishes, by somebody nobody knows.
func TestB2BGroupJourney(t *testing.T) {
	s := newStaff(t)
	group := s.b2b(t)
	bad := filled(s.anna.get(group+"/b2b/edit"), "aim", "oem", "companies", "many")
	s.anna.post(group+"/b2b/edit", bad).want(t, 422, "#f-companies", "#f-target")
	for _, path := range []string{group + "/b2b", group + "/b2b/edit", group + "/meetings", group + "/meetings/new", group + "/visits/new", group + "/agreement"} {
		notThere(t, path, s.ben, s.door, s.member)
	}
	s.nobody.get("/b2b-groups").want(t, 200, "Towards Spain", "Recruiting")
	s.nobody.get("/b2b-groups/spain").want(t, 200, "No company is in yet", "We are interested", "5 places left")

	blank := s.nobody.get("/b2b-groups/spain/interest").want(t, 200, "Message to the coordinators")
	form := filled(blank, "name", tag, "email", "nea@example.fi", "company", tag+" Oy", "country", "FI", "kind", "sme", "listed", "1")
	wrong := filled(blank, "name", "N", "email", "nowhere", "company", "Kept Oy", "country", "Finland", "kind", "sme")
	s.nobody.post("/b2b-groups/spain/interest", wrong).want(t, 422, "Kept Oy", "#f-email", "#f-country")
	s.nobody.post("/b2b-groups/spain/interest", form).want(t, 200, "Look into your mail")
	s.nobody.post("/b2b-groups/spain/interest", form).want(t, 200, "Look into your mail")
	link := s.mailedPath(t, "nea@example.fi")
	s.nobody.get(link+"x").want(t, 404)
	s.nobody.get(link).want(t, 200, "Is this you?", "&lt;b onclick=")
	s.nobody.post(link, nil).want(t, 200, "We have your interest")
	s.nobody.post(link, nil).want(t, 200, "We have your interest")

	page := s.anna.get(group+"/b2b").want(t, 200, "To decide", "&lt;b onclick=")
	members := hrefs(page, group+"/b2b/members/")
	if len(members) != 1 {
		t.Fatalf("memberships = %q", members)
	}
	notThere(t, members[0], s.ben, s.member)
	s.anna.get(members[0]).want(t, 200, "We know no organisation of this name", "nea@example.fi")
	s.member.post(members[0]+"/decide", url.Values{"state": {"accepted"}}).want(t, 404)
	s.anna.post(members[0]+"/decide", url.Values{"state": {"accepted"}}).leads(t, members[0])
	s.anna.post(members[0]+"/decide", url.Values{"state": {"reserve"}}).want(t, 409, "cannot follow")
	s.nobody.get("/b2b-groups/spain").want(t, 200, "&lt;b onclick=", "4 places left")

	s.anna.post(group+"/b2b/targets", url.Values{"id": {"target0000000001"}, "name": {"SEAT"}, "country": {"ES"}, "state": {"to_contact"}}).leads(t, group+"/b2b")
	nea := s.visitor(t)
	nea.signIn(s.house, "nea@example.fi")
	nea.get(group+"/b2b").want(t, 200, "SEAT", "Our place in the group")
	own := filled(nea.get(members[0]).want(t, 200, "Leave the group"), "wish_target.1", "target0000000001", "wish_topic.2", tag, "use_busy", "1")
	nea.post(members[0]+"/edit", own).leads(t, members[0])
	nea.post(members[0]+"/edit", own).want(t, 409)
	nea.get(members[0]).want(t, 200, "Busy times are shown")
	s.anna.get(group+"/b2b").want(t, 200, "1 company wishes to meet them")
	if body := s.nobody.get("/b2b-groups/spain").Body; strings.Contains(body, tag) || !strings.Contains(body, "and 1 company that is not named") {
		t.Error("who took the consent back is named still")
	}
	nea.post(members[0]+"/people", url.Values{"name": {"Kollega"}, "email": {"kollega@example.fi"}}).leads(t, members[0])
	nea.post(members[0]+"/leave", nil).leads(t, "/account")
	nea.get(group+"/b2b").want(t, 404)
	s.anna.post(group+"/b2b/state", url.Values{"state": {"closed"}}).leads(t, group+"/b2b")
	s.anna.post(group+"/b2b/state", url.Values{"state": {"recruiting"}}).want(t, 409)
}

// hrefs are the addresses on a page that begin so, each once.
func hrefs(a answer, beginning string) (out []string) {
	for _, part := range strings.Split(a.Body, `href="`)[1:] {
		path, _, _ := strings.Cut(part, `"`)
		if strings.HasPrefix(path, beginning) && (len(out) == 0 || out[len(out)-1] != path) {
			out = append(out, path)
		}
	}
	return out
}

// A meeting is proposed, answered by page and by link, falls and is cancelled.
func TestGroupMeetingJourney(t *testing.T) {
	s := newStaff(t)
	group := s.b2b(t)
	aava, bio := s.company(t, "Aava Oy", "aava@example.fi"), s.company(t, "Bio Oy", "bio@example.fi")
	for _, email := range []string{"aava@example.fi", "bio@example.fi"} {
		s.anna.post(group+"/b2b/companies", url.Values{"email": {email}}).leads(t, group+"/b2b")
	}
	blank := s.anna.get(group+"/meetings/new").want(t, 200, "Aava Oy", "Bio Oy")
	form := filled(blank, "title.en", tag, "zone", houseZone, "minutes", "60", "need", "2", "times.0.at_day", "2026-12-08", "times.0.at_time", "9:00", "outside", "SEAT", "outside_people", "Gloria, gloria@seat.example", "outside_required", "1")
	wrong := filled(blank, "title.en", "Kept", "zone", "Nowhere", "minutes", "60", "need", "9", "times.0.at_day", "2020-12-08", "times.0.at_time", "9:00", "outside", "SEAT", "outside_people", "Gloria")
	s.anna.post(group+"/meetings/new", wrong).want(t, 422, "Kept", "#f-outside")
	s.now = s.now.Add(time.Minute) // so that the newest mails are these
	meeting := s.anna.post(group+"/meetings/new", form).to(t)
	if again := s.anna.post(group+"/meetings/new", form).to(t); again != meeting {
		t.Errorf("sent twice it leads to %s and %s", meeting, again)
	}
	s.anna.get(meeting+"/edit").want(t, 200, "Gloria, gloria@seat.example", "&lt;b onclick=")
	s.anna.get(meeting+"?from=2026-12-01").want(t, 200, "2 of 2 companies free", "Answer for somebody")
	notThere(t, meeting, s.ben, s.member)
	id := strings.TrimPrefix(meeting, group+"/meetings/")
	found, err := s.desk.Gathering(t.Context(), root, id)
	if err != nil {
		t.Fatal(err)
	}
	at := "answer." + found.Gathering.Times[0].ID
	shown := aava.get(meeting).want(t, 200, "Your answer", "Tentative")
	if strings.Contains(shown.Body, "gloria@") || strings.Contains(shown.Body, meeting+"/confirm") {
		t.Error("a member sees what is the coordinator's")
	}
	aava.post(meeting+"/confirm", url.Values{"time": {found.Gathering.Times[0].ID}}).want(t, 404)
	aava.post(meeting+"/answer", url.Values{at: {"perhaps"}}).want(t, 422)
	aava.post(meeting+"/answer", url.Values{at: {"yes"}, "zone": {"Europe/Madrid"}}).leads(t, meeting)
	aava.get(meeting).want(t, 200, "for you")

	link := s.mailedPath(t, "bio@example.fi")
	s.nobody.get(link+"?as=if_needed").want(t, 200, `value="if_needed" checked`)
	s.nobody.get(strings.TrimSuffix(link, link[len(link)-3:])+"AAA").want(t, 404)
	s.nobody.post(link, url.Values{at: {"if_needed"}}).leads(t, link)
	guest := s.mailedPath(t, "gloria@seat.example")
	s.nobody.post(guest, url.Values{at: {"yes"}}).leads(t, guest)
	s.anna.get(meeting).want(t, 200, "Confirmed")
	s.nobody.post(link, url.Values{at: {"no"}}).leads(t, link)
	s.anna.get(meeting).want(t, 200, "At risk", "It takes place anyway")
	if body := aava.get(meeting).Body; strings.Contains(body, "At risk") {
		t.Error("a member is alarmed")
	}
	s.anna.post(meeting+"/confirm", nil).leads(t, meeting)
	s.anna.post(meeting+"/hold", nil).want(t, 409)
	s.anna.post(meeting+"/move", url.Values{"starts_day": {"2026-12-09"}, "starts_time": {"10:00"}}).leads(t, meeting)
	s.anna.get(group+"/meetings").want(t, 200, "Wed 9 Dec 2026", "Tentative")
	s.anna.post(meeting+"/cancel", url.Values{"reason": {tag}}).leads(t, meeting)
	bio.get(meeting).want(t, 200, "does not take place", "&lt;b onclick=")
	s.nobody.post(guest, url.Values{at: {"yes"}}).want(t, 409)
}

// A visit day is found, mended by hand and made into meetings.
func TestVisitDayJourney(t *testing.T) {
	s := newStaff(t)
	group := s.b2b(t)
	s.company(t, "Aava Oy", "aava@example.fi")
	s.anna.post(group+"/b2b/companies", url.Values{"email": {"aava@example.fi"}}).leads(t, group+"/b2b")
	blank := s.anna.get(group+"/visits/new").want(t, 200, "Towards Spain")
	typed := []string{"title.en", tag, "party", "SEAT", "people", "Gloria, gloria@seat.example", "date", "2026-12-08", "zone", houseZone, "from", "9.00", "to", "16:00", "breaks", "12:00-13:00",
		"venues", "Town hall\nLab, Tutkijantie 1", "travel", "town hall - Lab: 20", "begin", "Lab", "stops.0.group", strings.TrimPrefix(group, "/groups/"), "stops.0.venue", "Town hall", "stops.0.minutes", "60", "stops.0.need", "1"}
	bad := filled(blank, typed...)
	bad.Set("travel", "Town hall - Moon: 5")
	bad.Set("people", "nobody")
	s.anna.post(group+"/visits/new", bad).want(t, 422, "#f-travel", "#f-people", "Moon")
	day := s.anna.post(group+"/visits/new", filled(blank, typed...)).to(t)
	notThere(t, day, s.ben, s.member)
	s.anna.post(day+"/confirm", nil).want(t, 409, "no programme yet")
	s.anna.post(day+"/propose", nil).leads(t, day)
	shown := s.anna.get(day).want(t, 200, "09:20–10:20", "Nothing is wrong")
	stop := between(shown.Body, `name="at.`, `"`)
	s.anna.post(day+"/programme", filled(shown, "at."+stop, "11:30")).leads(t, day)
	shown = s.anna.get(day).want(t, 200, "Touches a break")
	s.anna.post(day+"/confirm", nil).want(t, 409, "Something is wrong")
	s.anna.post(day+"/programme", filled(shown, "at."+stop, "noon")).want(t, 422)
	s.anna.get(day+"/edit").want(t, 200, "Town hall - Lab: 20", "Gloria, gloria@seat.example")
	s.anna.post(day+"/propose", nil).leads(t, day)
	s.anna.post(day+"/confirm", nil).leads(t, day)
	s.anna.get(day).want(t, 200, "Tentative")
	s.anna.post(day+"/cancel", nil).leads(t, day)
	s.anna.get(day).want(t, 200, "does not take place")
}

func between(s, a, b string) string {
	_, rest, _ := strings.Cut(s, a)
	out, _, _ := strings.Cut(rest, b)
	return out
}

// The members fill an agreement in, and download each version.
func TestAgreementJourney(t *testing.T) {
	s := newStaff(t)
	group := s.b2b(t)
	aava := s.company(t, "Aava Oy", "aava@example.fi")
	s.anna.post(group+"/b2b/companies", url.Values{"email": {"aava@example.fi"}}).leads(t, group+"/b2b")
	aava.get(group+"/agreement").want(t, 200, "Nothing is filled in yet")
	blank := aava.get(group+"/agreement/edit").want(t, 200, `value="Aava Oy"`)
	form := filled(blank, "title", tag, "parties.0.name", "Aava Oy", "clause.purpose", tag)
	aava.post(group+"/agreement/edit", form).want(t, 422, "two to twenty parties", "&lt;b onclick=")
	form.Set("parties.1.name", "Bio Oy")
	aava.post(group+"/agreement/edit", form).leads(t, group+"/agreement")
	s.anna.post(group+"/agreement/edit", form).want(t, 409, "Somebody else changed this")
	aava.get(group+"/agreement").want(t, 200, "Version 1", "&lt;b onclick=")
	aava.get(group+"/agreement?version=2").want(t, 404)
	aava.get(group+"/agreement?version=x").want(t, 404)
	aava.get(group+"/agreement/print?lang=fi").want(t, 200, "ei oikeudellinen neuvo")
	got := aava.get(group + "/agreement/document?in=fi")
	if got.Status != 200 || got.Header.Get("Content-Disposition") != `attachment; filename="spain-1-fi.docx"` {
		t.Errorf("document = %d %v", got.Status, got.Header)
	}
	if z, err := zip.NewReader(strings.NewReader(got.Body), int64(len(got.Body))); err != nil || len(z.File) != 6 {
		t.Errorf("document is no package: %v", err)
	}
	notThere(t, group+"/agreement/print", s.ben, s.member)
}
