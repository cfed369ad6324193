package scheduling

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	maxVenues      = 20
	maxTables      = 1000
	longestTravel  = 600 // minutes
	maxRoundLimit  = 10_000
	maxExpireHours = 24 * 60
)

// Check says everything that is wrong with r, before it is saved.
func (r *Round) Check() error { return r.check() }

// check cleans r, says everything that is wrong with it, and works out its slots.
func (r *Round) check() error {
	f := faults{}
	r.checkWords(f)
	r.checkDays(f)
	r.checkVenues(f)
	r.checkTables(f)
	r.checkPlan(f)
	r.checkLimits(f)
	return f.problem()
}

func (r *Round) checkWords(f faults) {
	r.Title, r.About = r.Title.trimmed(), r.About.trimmed()
	if r.Title.Empty() {
		f.add("title", "problem.required")
	}
	if r.Title.longest() > titleLimit {
		f.add("title", "problem.too_long")
	}
	if r.About.longest() > bodyLimit {
		f.add("about", "problem.too_long")
	}
	if r.Slug != "" && Slug(r.Slug) != r.Slug {
		f.add("slug", "event.slug_form")
	}
	r.Contact = cleanLine(r.Contact)
	f.limit("contact", r.Contact, lineLimit)
	if r.ContactEmail = cleanLine(r.ContactEmail); r.ContactEmail != "" {
		r.ContactEmail = f.address("contact_email", r.ContactEmail)
	}
	if !slices.Contains(RoundWays, r.Way) {
		f.add("way", "problem.choice")
	}
}

// checkDays works out the slots, which need a zone that there is.
func (r *Round) checkDays(f faults) {
	for i := range r.Days {
		for _, list := range [][]Window{r.Days[i].Windows, r.Days[i].Breaks} {
			for j := range list {
				w := &list[j]
				w.From, w.To, w.Name = clockText(cleanLine(w.From)), clockText(cleanLine(w.To)), cleanLine(w.Name)
				f.limit(fmt.Sprintf("days.%d.windows.%d", i, j), w.Name, lineLimit)
			}
		}
	}
	if _, err := time.LoadLocation(r.Zone); err != nil || r.Zone == "" || r.Zone == "Local" {
		f.add("zone", "event.zone")
	}
	r.Slots = r.slots(f)
	r.Starts, r.Ends = time.Time{}, time.Time{}
	if n := len(r.Slots); n > 0 {
		r.Starts, r.Ends = r.Slots[0].Starts, r.Slots[n-1].Ends
	}
	slices.SortStableFunc(r.Days, func(a, b RoundDay) int { return strings.Compare(a.Date, b.Date) })
}

func (r *Round) checkVenues(f faults) {
	if len(r.Venues) > maxVenues {
		f.add("venues", "problem.too_many")
		return
	}
	ids := map[string]bool{"": true}
	for i := range r.Venues {
		v, at := &r.Venues[i], "venues."+strconv.Itoa(i)
		v.Name, v.Address = cleanLine(v.Name), cleanLine(v.Address)
		f.need(at+".name", v.Name, lineLimit)
		f.limit(at+".address", v.Address, lineLimit)
		if len(v.ID) > 32 || Slug(v.ID) != v.ID || ids[v.ID] {
			f.add(at+".name", "round.id")
		}
		ids[v.ID] = true
	}
	r.checkTravel(f)
}

// checkTravel puts the two ends of each way in the order of the venues.
func (r *Round) checkTravel(f faults) {
	if len(r.Travel) > maxVenues*maxVenues {
		f.add("travel", "problem.too_many")
		return
	}
	order := func(id string) int { return slices.IndexFunc(r.Venues, func(v Venue) bool { return v.ID == id }) }
	seen := map[[2]string]bool{}
	for i := range r.Travel {
		l, at := &r.Travel[i], "travel."+strconv.Itoa(i)
		if order(l.B) < order(l.A) {
			l.A, l.B = l.B, l.A
		}
		switch pair := [2]string{l.A, l.B}; {
		case order(l.A) < 0 || l.A == l.B:
			f.add(at, "problem.choice")
		case seen[pair]:
			f.add(at, "problem.twice")
		case l.Minutes < 0 || l.Minutes > longestTravel:
			f.add(at, "problem.number")
		default:
			seen[pair] = true
		}
	}
}

func (r *Round) checkTables(f faults) {
	if len(r.Tables) > maxTables {
		f.add("tables", "problem.too_many")
		return
	}
	names, owners, ids := map[[2]string]bool{}, map[string]bool{}, map[string]bool{}
	for i := range r.Tables {
		t, at := &r.Tables[i], "tables."+strconv.Itoa(i)
		t.Name, t.Link = cleanLine(t.Name), cleanLine(t.Link)
		f.need(at+".name", t.Name, lineLimit)
		if !slices.Contains(TableKinds, t.Kind) {
			f.add(at+".kind", "problem.choice")
		}
		if t.Link != "" && !webAddress(t.Link) {
			f.add(at+".link", "problem.link")
		}
		if t.Kind == ByVideo {
			t.VenueID = ""
		}
		if t.Kind != AtBooth {
			t.EntrantID = ""
		}
		if t.VenueID != "" && !slices.ContainsFunc(r.Venues, func(v Venue) bool { return v.ID == t.VenueID }) {
			f.add(at+".venue_id", "problem.choice")
		}
		place := [2]string{t.VenueID, t.Name}
		if names[place] || t.ID != "" && ids[t.ID] {
			f.add(at+".name", "problem.twice")
		}
		if t.EntrantID != "" && owners[t.EntrantID] {
			f.add(at+".entrant_id", "round.booth_twice")
		}
		names[place], owners[t.EntrantID], ids[t.ID] = true, true, true
	}
}

// checkPlan wants the dates that are set in the order of the phases.
func (r *Round) checkPlan(f faults) {
	last := time.Time{}
	for _, s := range []struct {
		field string
		at    time.Time
	}{{"profiles_at", r.Plan.ProfilesAt}, {"requests_at", r.Plan.RequestsAt}, {"scheduling_at", r.Plan.SchedulingAt}} {
		switch {
		case s.at.IsZero():
			continue
		case !r.Starts.IsZero() && s.at.After(r.Starts):
			f.add(s.field, "round.after_start")
		case !s.at.After(last):
			f.add(s.field, "round.order")
		}
		last = later(last, s.at)
	}
	if at := r.Plan.ClosesAt; !at.IsZero() && at.Before(r.Ends) {
		f.add("closes_at", "round.closes_early")
	}
}

func (r *Round) checkLimits(f faults) {
	l := r.Limits
	for field, n := range map[string]int{"meetings": l.Meetings, "requests": l.Requests, "musts": l.Musts, "entrants": l.Entrants} {
		if n < 0 || n > maxRoundLimit {
			f.add(field, "problem.number")
		}
	}
	if l.ExpireHours < 0 || l.ExpireHours > maxExpireHours {
		f.add("expire_hours", "problem.number")
	}
	if l.Requests > 0 && l.Musts > l.Requests {
		f.add("musts", "round.musts")
	}
}
