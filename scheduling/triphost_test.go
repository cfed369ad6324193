package scheduling

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"kohtaamo/storage"
)

// hosted plans a trip of spain whose first visit is at a host that can be
// written to, and that nobody has asked yet.
func (h *testHouse) hosted(t testing.TB) (*Trip, *Traveller) {
	t.Helper()
	trip := h.spain(t, nil)
	a := h.traveller(t, trip, "Aino A", "Aurora Oy")
	h.planned(t, trip, []*Traveller{a}, nil, func(p *Programme) {
		p.Hosts[0].State, p.Hosts[0].Contacts = HostPlanned, []HostContact{{Name: "Gloria García", Email: "gloria@uno.example"}}
	})
	return trip, a
}

// hostNow reads a host as it is stored, with its link.
func (h *testHouse) hostNow(t testing.TB, trip *Trip, id string) (*Host, string) {
	t.Helper()
	p, err := h.Programme(t.Context(), h.boss, trip.ID)
	must(t, err)
	x := p.Programme.Host(id)
	if x == nil {
		t.Fatalf("there is no host %s", id)
	}
	return x, h.HostLink(trip, x)
}

func (h *testHouse) wantMails(t testing.TB, to string, want ...string) {
	t.Helper()
	if got := h.mails(t, to); !slices.Equal(got, want) {
		t.Errorf("mails to %s: %q, want %q", to, got, want)
	}
}

// TestInviteHost has a host asked, answer twice, and hear of what moves.
func TestInviteHost(t *testing.T) {
	h := newHouse(t)
	trip, _ := h.hosted(t)
	for range 2 {
		_, err := h.InviteHosts(t.Context(), h.boss, trip.ID, "seat")
		must(t, err)
	}
	h.wantMails(t, "gloria@uno.example", mailHostInvited)
	_, link := h.hostNow(t, trip, "seat")
	page, err := h.HostByLink(t.Context(), link)
	must(t, err)
	if page.Size != 1 || len(page.Guests) != 1 || page.Guests[0].Company != "Aurora Oy" || len(page.Guests[0].People) != 0 {
		t.Errorf("before it said yes a host sees %+v, want the company alone", page.Guests)
	}
	for range 2 {
		page, err = h.AnswerHost(t.Context(), link, HostAnswer{Answer: "yes", Comment: "Gate 3"})
		must(t, err)
	}
	if page.Host.State != HostConfirmed || page.Guests[0].People[0].Name != "Aino A" {
		t.Errorf("after it said yes the host is %s and sees %+v", page.Host.State, page.Guests)
	}
	h.wantMails(t, "gloria@uno.example", mailHostInvited, mailHostConfirmed)

	h.moves(t, trip, time.Hour)
	h.wantMails(t, "gloria@uno.example", mailHostInvited, mailHostConfirmed, mailHostChanged)
	h.moves(t, trip, time.Hour) // the first has not left: it is told once, as it is now
	h.wantMails(t, "gloria@uno.example", mailHostInvited, mailHostConfirmed, mailHostChanged)

	h.at(in(t, "Europe/Madrid", "2027-02-08 00:01"))
	_, err = h.AnswerHost(t.Context(), link, HostAnswer{Answer: "no"})
	wantProblem(t, err, Closed)
}

// moves puts the first visit of a trip of spain off.
func (h *testHouse) moves(t testing.TB, trip *Trip, by time.Duration) {
	t.Helper()
	p, err := h.Programme(t.Context(), h.boss, trip.ID)
	must(t, err)
	p.Programme.Activity("v1").Starts = p.Programme.Activity("v1").Starts.Add(by)
	p.Programme.Activity("v1").Ends = p.Programme.Activity("v1").Ends.Add(by)
	_, err = h.SaveProgramme(t.Context(), h.boss, trip.ID, p.Programme)
	must(t, err)
}

// TestWhoHearsOfAMove moves one visit: hosts that wait, and those of other
// visits, hear nothing.
func TestWhoHearsOfAMove(t *testing.T) {
	h := newHouse(t)
	trip := h.spain(t, nil)
	h.planned(t, trip, nil, nil, func(p *Programme) {
		for i := range p.Hosts {
			p.Hosts[i].Contacts = []HostContact{{Name: "Somebody", Email: p.Hosts[i].ID + "@example.org"}}
		}
	})
	h.moves(t, trip, time.Hour)
	h.wantMails(t, "seat@example.org", mailHostChanged)
	h.wantMails(t, "lab@example.org")
	p, err := h.Programme(t.Context(), h.boss, trip.ID)
	must(t, err)
	p.Programme.Activities = slices.DeleteFunc(p.Programme.Activities, func(a Activity) bool { return a.ID == "v2" })
	_, err = h.SaveProgramme(t.Context(), h.boss, trip.ID, p.Programme)
	must(t, err)
	h.wantMails(t, "lab@example.org", mailHostCalledOff)
	if x, _ := h.hostNow(t, trip, "lab"); x.State != HostPlanned {
		t.Errorf("a host whose visit went is %s, want planned", x.State)
	}
}

// TestHostLinks tries links that are not the host's.
func TestHostLinks(t *testing.T) {
	h := newHouse(t)
	trip, a := h.hosted(t)
	_, err := h.InviteHosts(t.Context(), h.boss, trip.ID, "seat")
	must(t, err)
	x, link := h.hostNow(t, trip, "seat")
	_, mac, _ := strings.Cut(link, ".")
	for _, forged := range []string{"", "x", trip.ID + "~seat", trip.ID + "~seat.", trip.ID + "~lab." + mac, trip.ID + "." + mac, h.sign("traveller", a.ID, 0),
		h.sign("trip-host", trip.ID+"~seat", 1), h.sign("trip-host", "none~seat", 0), h.sign("delegation", trip.ID, 0)} {
		_, err := h.HostByLink(t.Context(), forged)
		wantHidden(t, err)
		_, err = h.AnswerHost(t.Context(), forged, HostAnswer{Answer: "yes"})
		wantHidden(t, err)
	}
	p, err := h.Programme(t.Context(), h.boss, trip.ID)
	must(t, err)
	changed := *x
	changed.Contacts = []HostContact{{Name: "New", Email: "new@uno.example"}}
	_, err = h.SaveHost(t.Context(), h.boss, trip.ID, p.Programme.Rev, &changed)
	must(t, err)
	_, err = h.HostByLink(t.Context(), link)
	wantHidden(t, err)
	_, err = h.SaveHost(t.Context(), h.boss, trip.ID, p.Programme.Rev, &changed)
	wantProblem(t, err, Changed)
	_, link = h.hostNow(t, trip, "seat")
	_, err = h.DropHost(t.Context(), h.boss, trip.ID, "seat", true, "Plans changed")
	must(t, err)
	_, err = h.AnswerHost(t.Context(), link, HostAnswer{Answer: "yes"})
	wantHidden(t, err)
	h.wantMails(t, "new@uno.example", mailHostCalledOff)
}

// TestDropHost refuses to drop a host that is visited, unless its visits go too.
func TestDropHost(t *testing.T) {
	h := newHouse(t)
	trip, _ := h.hosted(t)
	_, err := h.DropHost(t.Context(), h.boss, trip.ID, "seat", false, "")
	wantProblem(t, err, Closed)
	p, err := h.DropHost(t.Context(), h.boss, trip.ID, "seat", true, "")
	must(t, err)
	if p.Programme.Host("seat") != nil || p.Programme.Activity("v1") != nil || p.Programme.Activity("v2") == nil {
		t.Error("the host and its visit, and nothing else, are to be gone")
	}
	h.wantMails(t, "gloria@uno.example") // nobody had asked it
}

// TestRemindHosts lets days go by.
func TestRemindHosts(t *testing.T) {
	h := newHouse(t)
	trip, _ := h.hosted(t)
	_, err := h.InviteHosts(t.Context(), h.boss, trip.ID, "seat")
	must(t, err)
	for _, step := range []struct{ days, want int }{{4, 0}, {6, 1}, {7, 0}, {15, 0}} {
		n, err := h.RemindHosts(t.Context(), t0.AddDate(0, 0, step.days))
		must(t, err)
		if n != step.want {
			t.Errorf("after %d days %d hosts were reminded, want %d", step.days, n, step.want)
		}
	}
	h.wantMails(t, "gloria@uno.example", mailHostInvited, mailHostAgain)
}

// TestAnswerAtOnce has a host say yes and no at the same moment: it stands as
// the last that was stored, and nothing is lost.
func TestAnswerAtOnce(t *testing.T) {
	h := newHouse(t)
	trip, _ := h.hosted(t)
	_, err := h.InviteHosts(t.Context(), h.boss, trip.ID, "seat")
	must(t, err)
	_, link := h.hostNow(t, trip, "seat")
	var wg sync.WaitGroup
	for _, answer := range []HostAnswer{{Answer: "yes"}, {Answer: "other", Proposes: "An hour later"}} {
		wg.Go(func() {
			if _, err := h.AnswerHost(t.Context(), link, answer); err != nil && ProblemIn(err) == nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if x, _ := h.hostNow(t, trip, "seat"); x.AnsweredAt.IsZero() || (x.State == HostConfirmed) == (x.Proposes != "") {
		t.Errorf("the host is %s and proposes %q", x.State, x.Proposes)
	}
}

// TestWhoMayHost asks as others.
func TestWhoMayHost(t *testing.T) {
	h := newHouse(t)
	trip, _ := h.hosted(t)
	leader := Actor{ID: "leader", Name: "Lea Leader"}
	h.write(t, func(tx *storage.Tx) error {
		trip.LeaderIDs = []string{leader.ID}
		return trips.Put(tx, trip)
	})
	for who, by := range map[string]Actor{"another organiser": h.other, "the public": {}, "a member": {ID: "somebody"}} {
		_, err := h.InviteHosts(t.Context(), by, trip.ID, "seat")
		wantHidden(t, err)
		_, err = h.SaveHost(t.Context(), by, trip.ID, 0, &Host{Name: who, StopID: "madrid", Lang: "en"})
		wantHidden(t, err)
		_, err = h.DropHost(t.Context(), by, trip.ID, "seat", true, "")
		wantHidden(t, err)
	}
	for range 2 {
		_, err := h.SaveHost(t.Context(), leader, trip.ID, 0, &Host{ID: "fromtheroad", Name: "Met on the road", StopID: "porto", Lang: "en"})
		must(t, err)
	}
	p, err := h.InviteHosts(t.Context(), leader, trip.ID, "seat")
	must(t, err)
	if n := len(p.Programme.Hosts); n != 3 {
		t.Errorf("there are %d hosts, want 3: a form sent twice adds one", n)
	}
	_, err = h.InviteHosts(t.Context(), leader, trip.ID, "fromtheroad")
	wantProblem(t, err, Invalid)
}
