package api

import (
	"testing"
	"time"

	"kohtaamo/scheduling"
)

// booked is a round in which companies book themselves, with the entrants of
// so many companies.
func (h *house) booked(t *testing.T, n int) (round string, ids []string) {
	t.Helper()
	body := roundBody(h, func(b map[string]any) {
		b["way"], b["plan"] = "book", map[string]string{}
		b["days"].([]map[string]any)[0]["date"] = h.now().AddDate(0, 1, 0).Format(time.DateOnly)
	})
	round = h.do("organiser", "POST", "/rounds", body).is(201).text("id")
	for _, phase := range []string{"profiles", "requests"} {
		h.do("organiser", "POST", "/rounds/"+round+"/phase", map[string]string{"phase": phase}).is(200)
	}
	root := scheduling.System("test")
	for i := range n {
		name := string(rune('A' + i))
		c := &scheduling.Company{Name: "Company " + name, Kind: scheduling.SME, Country: "FI", ClusterIDs: []string{h.cluster.ID}}
		fine(t, h.desk.SaveCompany(t.Context(), root, c))
		var people []scheduling.Delegate
		for _, k := range []string{"1", "2"} {
			p := &scheduling.Person{Email: "p" + k + name + "@example.org", Name: name + k, Lang: "en", CompanyID: c.ID, ClusterIDs: c.ClusterIDs}
			fine(t, h.desk.SavePerson(t.Context(), root, p))
			people = append(people, scheduling.Delegate{PersonID: p.ID})
		}
		e, err := h.desk.Enter(t.Context(), root, &scheduling.Entrant{RoundID: round, CompanyID: c.ID, People: people})
		fine(t, err)
		ids = append(ids, e.ID)
	}
	return round, ids
}

func fine(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestRequestsOverAPI books a meeting for two entrants, moves it, hands it over and
// cancels it; strangers find nothing at any of these addresses.
func TestRequestsOverAPI(t *testing.T) {
	h := newHouse(t)
	round, ids := h.booked(t, 2)
	a, b := "/entrants/"+ids[0], "/entrants/"+ids[1]
	free := h.do("organiser", "GET", a+"/common-times?with="+ids[1], nil).is(200).items()
	if len(free) != 3 {
		t.Fatalf("%d common times", len(free))
	}
	q := h.do("organiser", "POST", a+"/requests", map[string]string{"to": ids[1], "wish": "must"}).is(200)
	if q.text("state") != "sent" || q.text("turn") != ids[1] {
		t.Errorf("%s", q.raw)
	}
	answer := b + "/requests/" + q.text("id") + "/answer"
	h.do("organiser", "POST", answer, map[string]string{"wish": "no", "slot": "x", "nonsense": "y"}).problem(422, "invalid")
	got := h.do("organiser", "POST", answer, map[string]string{"wish": "want"}).is(200)
	meeting := a + "/meetings/" + got.text("meeting_id")
	m := h.do("organiser", "GET", meeting, nil).is(200)
	if got.text("state") != "accepted" || m.text("state") != "published" || m.text("slot") != free[0]["slot"] {
		t.Errorf("%s\n%s", got.raw, m.raw)
	}
	last := free[2]["slot"].(string)
	h.do("organiser", "POST", meeting+"/move", map[string]string{"slot": last}).is(200)
	moved := h.do("organiser", "POST", b+"/meetings/"+got.text("meeting_id")+"/move-answer", map[string]bool{"yes": true}).is(200)
	if moved.text("slot") != last || moved.text("uid") != m.text("uid") {
		t.Errorf("%s", moved.raw)
	}
	for _, as := range []string{"", "other", "guest"} {
		for _, path := range []string{a + "/requests", meeting, a + "/meetings", "/rounds/" + round + "/meetings"} {
			if got := h.do(as, "GET", path, nil); got.status != 404 && got.status != 401 {
				t.Errorf("%q reads %s: %d", as, path, got.status)
			}
		}
		if got := h.do(as, "POST", meeting+"/cancel", map[string]string{}); got.status != 404 && got.status != 401 && got.status != 403 {
			t.Errorf("%q cancels: %d", as, got.status)
		}
	}
	for path, want := range map[string]int{a + "/requests": 1, b + "/meetings": 1, "/rounds/" + round + "/meetings": 1} {
		if n := len(h.do("organiser", "GET", path, nil).is(200).items()); n != want {
			t.Errorf("%s has %d", path, n)
		}
	}
	if ended := h.do("organiser", "POST", meeting+"/cancel", map[string]string{"reason": "Ill"}).is(200); ended.text("state") != "cancelled" {
		t.Errorf("%s", ended.raw)
	}
}
