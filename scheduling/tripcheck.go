package scheduling

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"kohtaamo/storage"
)

const (
	maxTripStops   = 20
	maxTripDays    = 366
	maxTripSeats   = 1000
	maxCriteria    = 20
	maxWeight      = 10
	maxPoints      = 100
	maxBudget      = 100
	maxAmount      = 100_000_000_00 // cents of one budget line
	maxLeaders     = 20
	maxRetain      = 2 * 366 // days
	maxTripOffer   = 24 * 30 // hours
	tripOfferHours = 72
	tripRetainDays = 30
	tripCurrency   = "EUR"
)

// Currencies are those that a trip's amounts can be in, by their ISO 4217 codes:
// of the countries that trips go to, as far as a hundredth is their smallest
// unit, which is how amounts are stored.
var Currencies = []string{"EUR", "SEK", "NOK", "DKK", "GBP", "CHF", "PLN", "CZK", "HUF", "RON", "TRY", "USD", "CAD", "MXN", "BRL",
	"AUD", "NZD", "SGD", "INR", "CNY", "AED", "MAD", "ZAR"}

// Check says everything that is wrong with t, before it is saved.
func (t *Trip) Check() error { return t.check() }

// check cleans what was typed and says everything that is wrong with it.
func (t *Trip) check() error {
	f := faults{}
	t.checkWords(f)
	t.checkStops(f)
	t.checkSelection(f)
	t.checkCriteria(f)
	t.checkAsks(f)
	t.checkBudget(f)
	return f.problem()
}

func (t *Trip) checkWords(f faults) {
	t.Title, t.Summary, t.Body, t.Goals = t.Title.trimmed(), t.Summary.trimmed(), t.Body.trimmed(), t.Goals.trimmed()
	if t.Title.Empty() {
		f.add("title", "problem.required")
	}
	f.text("title", t.Title, titleLimit)
	f.text("summary", t.Summary, summaryLimit)
	f.text("body", t.Body, bodyLimit)
	f.text("goals", t.Goals, bodyLimit)
	if t.Slug != "" && Slug(t.Slug) != t.Slug {
		f.add("slug", "event.slug_form")
	}
	if t.Direction == "" {
		t.Direction = Outgoing
	}
	if !slices.Contains(TripDirections, t.Direction) {
		f.add("direction", "problem.choice")
	}
	t.Contact = cleanLine(t.Contact)
	f.limit("contact", t.Contact, lineLimit)
	if t.ContactEmail = cleanLine(t.ContactEmail); t.ContactEmail != "" {
		t.ContactEmail = f.address("contact_email", t.ContactEmail)
	}
	if len(t.LeaderIDs) > maxLeaders {
		f.add("leader_ids", "problem.too_many")
	}
	if t.Zone = strings.TrimSpace(t.Zone); t.Zone == "" {
		t.Zone = HouseZone
	}
	f.zone("zone", t.Zone)
}

// text notes a text of which some version is too long.
func (f faults) text(field string, t Text, limit int) {
	if t.longest() > limit {
		f.add(field, "problem.too_long")
	}
}

// zone notes a name that no zone has.
func (f faults) zone(field, name string) {
	if _, err := time.LoadLocation(name); err != nil || name == "" || name == "Local" {
		f.add(field, "event.zone")
	}
}

// checkStops wants one stop after the other: the next may begin on the day that
// the one before ends, and no earlier.
func (t *Trip) checkStops(f faults) {
	if len(t.Stops) == 0 {
		f.add("stops", "trip.no_stop")
	}
	if len(t.Stops) > maxTripStops {
		f.add("stops", "problem.too_many")
		return
	}
	ids := map[string]bool{}
	last := ""
	for i := range t.Stops {
		s, at := &t.Stops[i], "stops."+strconv.Itoa(i)
		s.check(f, at+".")
		if s.ID != "" && ids[s.ID] {
			f.add(at+".city", "problem.twice")
		}
		ids[s.ID] = true
		if s.From < last {
			f.add(at+".from", "trip.stop_order")
		}
		last = s.Until
	}
	if len(f) == 0 && daysApart(t.Stops[0].From, last) >= maxTripDays {
		f.add(fmt.Sprintf("stops.%d.until", len(t.Stops)-1), "trip.too_long")
	}
}

func (s *Stop) check(f faults, at string) {
	s.City, s.Country, s.About = cleanLine(s.City), strings.ToUpper(cleanLine(s.Country)), s.About.trimmed()
	f.need(at+"city", s.City, lineLimit)
	f.text(at+"about", s.About, bodyLimit)
	if s.Country != "" && (len(s.Country) != 2 || strings.Trim(s.Country, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "") {
		f.add(at+"country", "problem.choice")
	}
	f.zone(at+"zone", s.Zone)
	from, err := time.Parse(time.DateOnly, s.From)
	if err != nil {
		f.add(at+"from", "problem.date")
	}
	until, err := time.Parse(time.DateOnly, s.Until)
	if err != nil || until.Before(from) {
		f.add(at+"until", "problem.date")
	}
}

// daysApart is how many days there are from one date to another.
func daysApart(from, until string) int {
	a, errA := time.Parse(time.DateOnly, from)
	b, errB := time.Parse(time.DateOnly, until)
	if errA != nil || errB != nil {
		return 0
	}
	return daysBetween(a, b)
}

func (t *Trip) checkSelection(f faults) {
	r := &t.Selection
	if r.OfferHours == 0 {
		r.OfferHours = tripOfferHours
	}
	for _, n := range []struct {
		field    string
		n, limit int
	}{{"seats", r.Seats, maxTripSeats}, {"minimum", r.Minimum, maxTripSeats}, {"per_company", r.PerCompany, maxTripSeats}, {"offer_hours", r.OfferHours, maxTripOffer}} {
		if n.n < 0 || n.n > n.limit {
			f.add(n.field, "problem.number")
		}
	}
	if r.Minimum > r.Seats {
		f.add("minimum", "trip.minimum_above")
	}
	if r.PerCompany > r.Seats {
		f.add("per_company", "trip.per_company_above")
	}
	r.Terms = r.Terms.trimmed()
	f.text("terms", r.Terms, bodyLimit)
	t.checkDeadlines(f)
}

// checkDeadlines wants the dates that are set in the order in which they come,
// and none after the departure.
func (t *Trip) checkDeadlines(f faults) {
	r, departs := t.Selection, t.departs()
	if !r.OpensAt.IsZero() && !r.ClosesAt.IsZero() && !r.OpensAt.Before(r.ClosesAt) {
		f.add("closes_at", "trip.closes_before")
	}
	if !r.CommitBy.IsZero() && r.CommitBy.Before(r.ClosesAt) {
		f.add("commit_by", "trip.commit_before")
	}
	for _, d := range []struct {
		field string
		at    time.Time
	}{{"opens_at", r.OpensAt}, {"closes_at", r.ClosesAt}, {"commit_by", r.CommitBy}, {"due_at", t.Asks.DueAt}} {
		if !departs.IsZero() && d.at.After(departs) {
			f.add(d.field, "trip.after_departure")
		}
	}
}

// departs is when the day after its first day begins: until then something can
// be due. Zero where no stop has a day.
func (t *Trip) departs() time.Time {
	if len(t.Stops) == 0 {
		return time.Time{}
	}
	at := midnight(t.Stops[0].From, t.Stops[0].Location())
	if at.IsZero() {
		return at
	}
	return at.In(t.Stops[0].Location()).AddDate(0, 0, 1)
}

func (t *Trip) checkCriteria(f faults) {
	list := t.Selection.Criteria
	if len(list) > maxCriteria {
		f.add("criteria", "problem.too_many")
		return
	}
	ids := map[string]bool{}
	for i := range list {
		c, at := &list[i], "criteria."+strconv.Itoa(i)
		c.Name = c.Name.trimmed()
		if c.Name.Empty() {
			f.add(at+".name", "problem.required")
		}
		f.text(at+".name", c.Name, titleLimit)
		if c.ID != "" && ids[c.ID] {
			f.add(at+".name", "problem.twice")
		}
		ids[c.ID] = true
		if c.Weight < 1 || c.Weight > maxWeight {
			f.add(at+".weight", "problem.number")
		}
		if c.Max < 1 || c.Max > maxPoints {
			f.add(at+".max", "problem.number")
		}
	}
}

func (t *Trip) checkAsks(f faults) {
	a := &t.Asks
	var fields []string
	for _, known := range TravellerFields {
		if slices.Contains(a.Fields, known) {
			fields = append(fields, known)
		}
	}
	for _, name := range a.Fields {
		if !slices.Contains(TravellerFields, name) {
			f.add("fields", "problem.choice")
		}
	}
	a.Fields = fields
	if a.RetainDays < 0 || a.RetainDays > maxRetain {
		f.add("retain_days", "problem.number")
	}
}

func (t *Trip) checkBudget(f faults) {
	if t.Currency = strings.ToUpper(cleanLine(t.Currency)); t.Currency == "" {
		t.Currency = tripCurrency
	}
	if !slices.Contains(Currencies, t.Currency) {
		f.add("currency", "problem.choice")
	}
	if len(t.Budget) > maxBudget {
		f.add("budget", "problem.too_many")
		return
	}
	ids := map[string]bool{}
	for i := range t.Budget {
		l, at := &t.Budget[i], "budget."+strconv.Itoa(i)
		l.Name = cleanLine(l.Name)
		f.need(at+".name", l.Name, lineLimit)
		if l.ID != "" && ids[l.ID] {
			f.add(at+".name", "problem.twice")
		}
		ids[l.ID] = true
		for field, n := range map[string]int64{".planned": l.Planned, ".actual": l.Actual} {
			if n < 0 || n > maxAmount {
				f.add(at+field, "problem.number")
			}
		}
		if l.Share < 0 || l.Share > 100 {
			f.add(at+".share", "problem.number")
		}
	}
}

// checkReferences wants what t names to be there.
func (t *Trip) checkReferences(tx *storage.Tx) error {
	f := faults{}
	for _, err := range []error{
		exists(tx, f, "cluster_ids", clusters.Get, t.ClusterIDs...),
		exists(tx, f, "project_id", projects.Get, optional(t.ProjectID)...),
		exists(tx, f, "leader_ids", people.Get, t.LeaderIDs...),
	} {
		if err != nil {
			return err
		}
	}
	return f.problem()
}

// checkChange says what about a change would take something away from those who
// rely on it: seats that are held, stops that the programme stands at, criteria
// that applications were scored by.
func (t *Trip) checkChange(tx *storage.Tx, before *Trip) error {
	f := faults{}
	if t.Selection.Seats < t.Held {
		f.add("seats", "trip.seats_held")
	}
	if t.State == TripOpen && t.Selection.ClosesAt.IsZero() {
		f.add("closes_at", "problem.required")
	}
	if (t.Past(TripCompleted) || t.Past(TripVisited)) && !sameDays(t.Stops, before.Stops) {
		f.add("stops", "trip.been")
	}
	if err := t.checkStopsInUse(tx, f, before); err != nil {
		return err
	}
	if err := t.checkScored(tx, f, before); err != nil {
		return err
	}
	return f.problem()
}

// sameDays reports whether two lists of stops are the same places on the same
// days.
func sameDays(a, b []Stop) bool {
	return slices.EqualFunc(a, b, func(a, b Stop) bool {
		return a.ID == b.ID && a.Zone == b.Zone && a.From == b.From && a.Until == b.Until
	})
}

// checkStopsInUse keeps stops, and their clocks, that the programme goes by.
func (t *Trip) checkStopsInUse(tx *storage.Tx, f faults, before *Trip) error {
	p, err := programmeOf(tx, t)
	if err != nil {
		return err
	}
	used := map[string]bool{}
	for _, x := range p.Parts(before) {
		used[x.StopID] = true
	}
	for _, h := range p.Hosts {
		used[h.StopID] = true
	}
	for _, old := range before.Stops {
		if !used[old.ID] {
			continue
		}
		switch i := slices.IndexFunc(t.Stops, func(s Stop) bool { return s.ID == old.ID }); {
		case i < 0:
			f.add("stops", "trip.stop_used")
		case t.Stops[i].Zone != old.Zone:
			f.add(fmt.Sprintf("stops.%d.zone", i), "trip.zone_used")
		}
	}
	return nil
}

// checkScored keeps criteria that applications have points by.
func (t *Trip) checkScored(tx *storage.Tx, f faults, before *Trip) error {
	most := map[string]int{} // criterion → the most points that somebody gave
	for a, err := range applications.Each(tx, storage.Query{Where: []storage.Cond{storage.Is("trip_id", t.ID)}}) {
		if err != nil {
			return err
		}
		for _, s := range a.Scores {
			most[s.Criterion] = max(most[s.Criterion], s.Points)
		}
	}
	for _, old := range before.Selection.Criteria {
		points, scored := most[old.ID]
		if !scored {
			continue
		}
		switch i := slices.IndexFunc(t.Selection.Criteria, func(c Criterion) bool { return c.ID == old.ID }); {
		case i < 0:
			f.add("criteria", "trip.criterion_used")
		case t.Selection.Criteria[i].Max < points:
			f.add(fmt.Sprintf("criteria.%d.max", i), "trip.criterion_used")
		}
	}
	return nil
}
