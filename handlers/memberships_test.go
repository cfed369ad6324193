package handlers

import (
	"bytes"
	"mime/multipart"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"kohtaamo/scheduling"
)

// uploads sends a form with a file.
func (v *visitor) uploads(path, name, body string, typed ...string) answer {
	v.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i+1 < len(typed); i += 2 {
		if err := w.WriteField(typed[i], typed[i+1]); err != nil {
			v.t.Fatal(err)
		}
	}
	file, err := w.CreateFormFile("file", name)
	if err == nil {
		_, err = file.Write([]byte(body))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		v.t.Fatal(err)
	}
	return v.do(httptest.NewRequest("POST", "https://talo.example.fi"+path, &b), w.FormDataContentType())
}

// joins applies on the page of the cluster auto and confirms by mail; it gives
// the application's page for organisers.
func (s *staff) joins(t *testing.T, company string) (base string) {
	t.Helper()
	blank := s.nobody.get("/clusters/auto/join").want(t, 200, "Become a member of Cluster auto")
	form := filled(blank, "company", company, "kind", "sme", "country", "FI", "business_id", "0737546-2", "motivation", tag, "name", "Aino", "email", "aino@anturi.example", "agreed", "1", "listed", "1")
	wrong := filled(blank, "company", "Kept Oy", "kind", "sme", "country", "FI", "business_id", "1234567-8", "name", "Aino", "email", "nowhere")
	s.nobody.post("/clusters/auto/join", wrong).want(t, 422, "Kept Oy", "#f-business_id", "#f-email", "#f-motivation", "#f-agreed")
	trapped := filled(blank, "homepage", "https://spam.example", "email", "spam@anturi.example")
	s.nobody.post("/clusters/auto/join", trapped).want(t, 200, "One step is left")
	for range 2 {
		s.nobody.post("/clusters/auto/join", form).want(t, 200, "One step is left")
	}
	link := s.mailedPath(t, "aino@anturi.example")
	s.nobody.get(link+"x").want(t, 404)
	s.nobody.get(link).want(t, 200, "Do you apply", "Confirm the application")
	for range 2 {
		s.nobody.post(link, nil).leads(t, link)
	}
	s.nobody.get(link).want(t, 200, "with the organisers")
	id, _, _ := strings.Cut(strings.TrimPrefix(link, "/join/"), ".")
	return "/organise/memberships/" + id
}

// From a form by somebody nobody knows to a signed agreement and the directory,
// and what is not theirs to see on the way.
func TestMembershipJourney(t *testing.T) {
	s := newStaff(t)
	base := s.joins(t, tag+" Oy")
	notThere(t, base, s.ben, s.door, s.member)
	s.anna.get("/organise").want(t, 200, "1 application to join waits")
	s.anna.get("/organise/memberships?state=applied").want(t, 200, base, "&lt;b onclick=")
	s.anna.get(base).want(t, 200, "aino@anturi.example", "I may act for the organisation", "&lt;b onclick=")
	s.ben.post(base+"/approve", nil).want(t, 404)
	s.anna.post(base+"/decline", url.Values{"reason": {" "}}).want(t, 422, "#f-reason")
	for range 2 {
		s.anna.post(base+"/approve", nil).leads(t, base)
	}
	s.anna.post(base+"/decline", url.Values{"reason": {"late"}}).want(t, 409, "has been decided on")

	page := s.anna.get(base+"/agreement").want(t, 200, "aino@anturi.example", "{{company}}")
	s.anna.post(base+"/agreement", filled(page, "lang", "en", "text", "{{nobody}}", "starts", "x", "until", "", "email", "aino@anturi.example")).want(t, 422, "#f-starts")
	version := s.anna.post(base+"/agreement", filled(page, "lang", "en", "starts", "2026-11-23", "until", "2027-11-22", "signatory", "Aino", "position", "CEO", "email", "aino@anturi.example")).to(t)
	s.anna.get(base+"/agreement").leads(t, version)
	notThere(t, version, s.ben, s.member)
	s.anna.get(version).want(t, 200, "Draft", "Members need an agreement"[:7], "Send to sign")
	s.ben.post(version+"/send", nil).want(t, 404)
	s.anna.post(version+"/send", nil).leads(t, version)
	link := s.mailedPath(t, "aino@anturi.example")
	s.signs(t, link, version)

	s.nobody.get("/clusters/auto/members").want(t, 200, "&lt;b onclick=", "1 member has agreed")
	aino := s.visitor(t)
	aino.signIn(s.house, "aino@anturi.example")
	own := strings.Replace(base, "/organise", "", 1)
	aino.get("/account").want(t, 200, own)
	notThere(t, own, s.anna, s.member)
	mine := aino.get(own).want(t, 200, "Signed", "Version 1")
	aino.post(own, filled(mine, "profile", "Sensors for the **cold**")).leads(t, own)
	s.nobody.get("/clusters/auto/members").want(t, 200, "Nobody is listed yet")
	aino.get("/clusters/auto/members").want(t, 200, "Sensors for the **cold**", "Seen by members only")
	aino.get(own+"/agreements/"+strings.TrimPrefix(version, "/organise/agreements/")).want(t, 200)
	notThere(t, own+"/agreements/"+strings.TrimPrefix(version, "/organise/agreements/"), s.member)
	for _, ext := range []string{".csv", ".xlsx"} {
		s.anna.get("/organise/memberships"+ext+"?cluster="+s.auto.ID).want(t, 200)
	}
	if got := s.anna.get("/organise/memberships.csv"); !strings.Contains(got.Body, "aino@anturi.example") || !strings.Contains(got.Body, "2027-11-22") {
		t.Errorf("the file says %s", got.Body)
	}
	if got := s.ben.get("/organise/memberships.csv"); strings.Contains(got.Body, "aino@") {
		t.Errorf("others' organiser reads %s", got.Body)
	}
	s.anna.post(base+"/end", url.Values{"reason": {"Moved"}}).leads(t, base)
	aino.get(own).want(t, 200, "Ended", "Moved")
}

// signs has Aino read and sign what her mail leads to.
func (s *staff) signs(t *testing.T, link, version string) {
	t.Helper()
	s.nobody.get(link+"x").want(t, 404)
	page := s.nobody.get(link).want(t, 200, "Read the agreement"[5:], "<h2>Membership agreement</h2>", "&lt;b onclick=")
	s.nobody.post(link, filled(page, "name", "Aino", "position", "CEO")).want(t, 422, "#f-agreed")
	stale := filled(page, "name", "Aino", "position", "CEO", "agreed", "1")
	stale.Set("sha256", strings.Repeat("0", 64))
	s.nobody.post(link, stale).want(t, 409, "read it again")
	for range 2 {
		s.nobody.post(link, filled(page, "name", "Aino", "position", "CEO", "agreed", "1")).leads(t, link)
	}
	s.nobody.get(link).want(t, 200, "Signed electronically by Aino, CEO", "(Helsinki)")
	doc := s.nobody.get(link+"/document").want(t, 200)
	if got := doc.Header.Get("Content-Disposition"); !strings.HasPrefix(got, "attachment; filename=auto-") || doc.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("the document comes with %v", doc.Header)
	}
	s.nobody.get(link+"/text").want(t, 200, "# Membership agreement")
	s.nobody.get(link+"x/text").want(t, 404)
	s.anna.get(version).want(t, 200, "Signed electronically by Aino")
	s.anna.post(version, url.Values{"lang": {"en"}, "text": {"Other"}, "rev": {"9"}}).want(t, 409)
}

// An organiser opens a membership by hand, changes what agreements begin as, and
// notes what was signed on paper.
func TestMembershipByHand(t *testing.T) {
	s := newStaff(t)
	c := &scheduling.Company{Name: tag, Kind: scheduling.Research, Country: "FI"}
	if err := s.desk.SaveCompany(t.Context(), root, c); err != nil {
		t.Fatal(err)
	}
	blank := s.anna.get("/organise/memberships/new?company="+c.ID).want(t, 200, "Cluster auto", "&lt;b onclick=")
	s.anna.get("/organise/memberships/new?company=none").want(t, 404)
	s.anna.post("/organise/memberships/new", filled(blank, "cluster_id", s.auto.ID, "joined", "2027-01-01")).want(t, 422, "#f-joined")
	s.ben.post("/organise/memberships/new", filled(blank, "cluster_id", s.auto.ID)).want(t, 404)
	base := s.anna.post("/organise/memberships/new", filled(blank, "cluster_id", s.auto.ID, "joined", "1.2.2020")).to(t)
	if again := s.anna.post("/organise/memberships/new", filled(blank, "cluster_id", s.auto.ID, "joined", "1.2.2020")).to(t); again != base {
		t.Errorf("sent twice it opens %s and %s", base, again)
	}
	s.anna.get("/organise/companies/"+c.ID).want(t, 200, base)
	s.anna.get("/organise/memberships/new?company="+c.ID).want(t, 200, "A member of all your clusters")

	terms := "/organise/clusters/" + s.auto.ID + "/membership"
	notThere(t, terms, s.ben, s.member)
	form := s.anna.get(terms).want(t, 200, "{{company}}", `value="12"`)
	s.anna.post(terms, filled(form, "months", "6", "text.en", "No {{such}} field")).want(t, 422, "#f-text")
	s.anna.post(terms, filled(form, "months", "6", "text.en", "Between us and {{company}}", "text.fi", "Meidän välillämme")).leads(t, terms)
	s.anna.post(terms, filled(form, "months", "7", "text.en", "x")).want(t, 409)

	page := s.anna.get(base+"/agreement").want(t, 200, "2026-11-23", "2027-05-22")
	version := s.anna.post(base+"/agreement", filled(page, "lang", "en", "starts", "2026-11-23", "signatory", "Rehtori")).to(t)
	s.anna.get(version).want(t, 200, "Between us and")
	s.anna.uploads(version+"/file", "x.pdf", "<html>").want(t, 422, "not what its name says")
	s.anna.uploads(version+"/file", "sopimus.pdf", "%PDF-1.7").leads(t, version)
	got := s.anna.get(version+"/document").want(t, 200, "%PDF-1.7")
	if got.Header.Get("Content-Type") != "application/pdf" || got.Header.Get("Content-Disposition") != "attachment; filename=sopimus.pdf" {
		t.Errorf("the file comes with %v", got.Header)
	}
	s.ben.uploads(version+"/paper", "scan.pdf", "%PDF-1.7", "name", "Rehtori", "day", "2026-11-20").want(t, 404)
	s.anna.uploads(version+"/paper", "scan.pdf", "%PDF-1.7", "name", "Rehtori", "day", "2027-11-20").want(t, 422, "#f-day")
	s.anna.uploads(version+"/paper", "scan.pdf", "%PDF-1.7", "name", "Rehtori", "day", "2026-11-20").leads(t, version)
	s.anna.get(version).want(t, 200, "Signed on paper by Rehtori", version+"/files/")
	next := s.anna.post(version+"/renew", nil).to(t)
	s.anna.get(next).want(t, 200, "Draft", "Delete the draft")
	s.anna.post(next+"/send", nil).want(t, 422, "#f-email")
	s.anna.post(next+"/delete", nil).leads(t, base)
	s.anna.post(base+"/contact", url.Values{"contact_id": {"nobody"}}).want(t, 422, "#f-contact_id")
}
