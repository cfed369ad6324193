package handlers

import (
	"net/url"
	"strings"
	"testing"

	"kohtaamo/scheduling"
)

// A coordinator plans their group's meetings; members see them, others nothing.
func TestMeetings(t *testing.T) {
	h := newHouse(t)
	c := h.newCluster(t, "automotive", "Automotive")
	member, stranger := h.person(t, "aino@example.fi"), h.person(t, "bertta@example.fi")
	g := &scheduling.Group{Slug: "reuse", ClusterID: c.ID, Kind: "working", Name: scheduling.Text{"en": "Reuse"}}
	if err := h.desk.SaveGroup(t.Context(), root, g); err != nil {
		t.Fatal(err)
	}
	if _, err := h.desk.AddMember(t.Context(), root, g.ID, "aino@example.fi"); err != nil {
		t.Fatal(err)
	}
	v := h.person(t, "cecilia@example.fi", scheduling.Grant{Role: scheduling.Coordinator, Group: g.ID})
	group := "/groups/" + g.ID
	if got := v.get("/account").attr(t, "aside li a", "href"); got != group {
		t.Errorf("my group is at %s", got)
	}
	v.get(group).want(t, 200, "No meeting ahead")
	v.get(group+"/series/new").want(t, 200, "New series of meetings")

	form := url.Values{"id": {"0123456789abcdef"}, "title.en": {"Monthly meeting"}, "starts_day": {"2026-12-08"}, "starts_time": {"9:00"}, "minutes": {"90"},
		"zone": {"Europe/Helsinki"}, "rule": {"nth_weekday"}, "every": {"1"}, "until": {"2027-06-30"}, "link": {"https://video.example/x"}}
	bad := url.Values{"title.en": {"Kept"}, "starts_day": {"2026-12-29"}, "starts_time": {"25:00"}, "minutes": {"1"}, "zone": {"Europe/Helsinki"}, "rule": {"nth_weekday"}, "until": {"soon"}}
	v.post(group+"/series/new", bad).want(t, 422, "Kept", "A meeting takes 5 minutes", "#f-starts_time", "#f-until")
	v.post(group+"/series/new", form).leads(t, "/series/0123456789abcdef")
	v.post(group+"/series/new", form).leads(t, "/series/0123456789abcdef")
	series := "/series/0123456789abcdef"
	if got := v.get(group).all(t, ".timetable li"); len(got) != 7 || !strings.Contains(got[0], "Tue 8 Dec 2026 9:00–10:30") && !strings.Contains(got[0], "Tue 8 Dec 2026 09:00–10:30") {
		t.Errorf("meetings = %q", got)
	}
	for _, path := range []string{group, group + "/series/new", series, series + "/edit", series + "/dates/2027-01-12"} {
		stranger.get(path).want(t, 404)
		if want := map[bool]int{true: 200, false: 404}[path == group || path == series]; member.get(path).Status != want {
			t.Errorf("a member gets %d from %s, want %d", member.get(path).Status, path, want)
		}
	}
	for _, path := range []string{group + "/series/new", series + "/edit", series + "/end", series + "/dates/2027-01-12/move", series + "/dates/2027-01-12/cancel", series + "/dates/2027-01-12/restore"} {
		stranger.post(path, form).want(t, 404)
		form.Set("last", "2027-01-01")
		member.post(path, form).want(t, 404)
	}
	member.get(series).want(t, 200, "https://video.example/x", "Every month on the second Tuesday, 09:00–10:30")
	member.get(series+"?lang=fi").want(t, 200, "Joka kuukausi toisena tiistaina, 9.00–10.30")

	date := series + "/dates/2027-01-12"
	v.get(date).want(t, 200, "Move this meeting", "Cancel this meeting", "follows=0123456789abcdef&amp;from=2027-01-12")
	v.post(date+"/cancel", url.Values{"reason": {"Holiday"}}).leads(t, series)
	v.get(series).want(t, 200, "Holiday")
	v.post(date+"/restore", nil).leads(t, series)
	v.post(date+"/move", url.Values{"starts_day": {"2027-01-14"}, "starts_time": {"13:00"}, "place": {"Library"}}).leads(t, series)
	v.get(date).want(t, 200, "Planned for Tue 12 Jan 2027", "Library")
	v.post(date+"/move", url.Values{"starts_day": {"2020-01-14"}, "starts_time": {"13:00"}}).want(t, 422)
	v.get(series+"/dates/2027-01-13").want(t, 404)
	v.get(group+"/series/new?follows=0123456789abcdef&from=2027-03-09").want(t, 200, `value="2027-03-09"`, "The series before ends")

	v.get(series+"/edit").want(t, 200, "1 date was moved or cancelled")
	form.Set("rev", "1")
	v.post(series+"/edit", form).want(t, 409)
	form.Set("rev", "4")
	form.Set("starts_day", "2026-12-09")
	v.post(series+"/edit", form).leads(t, series)
	v.get(series).want(t, 200, "1 exception is gone")
	v.post(series+"/end", url.Values{"last": {"2027-02-28"}}).leads(t, series)
	if got := v.get(series).all(t, ".timetable li"); len(got) != 3 {
		t.Errorf("after its end it has %q", got)
	}
	v.post(series+"/end", url.Values{"last": {"never"}}).want(t, 422)
	boss := h.person(t, "outi@example.fi", scheduling.Grant{Role: scheduling.Organiser, Cluster: c.ID})
	boss.get("/organise/groups/"+g.ID).want(t, 200, "Monthly meeting", "Plan meetings")
}
