package handlers

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// roundValues are the fields of the form for a round.
func roundValues(r *scheduling.Round) values {
	v, loc := values{}, r.Location()
	v.set("rev", number64(r.Rev))
	v.set("copied_from", r.CopiedFrom)
	v.text("title", r.Title)
	v.text("about", r.About)
	for name, s := range map[string]string{"slug": r.Slug, "event_id": r.EventID, "trip_id": r.TripID, "stop_id": r.StopID, "zone": r.Zone, "way": string(r.Way),
		"contact": r.Contact, "contact_email": r.ContactEmail, "minutes": strconv.Itoa(r.Minutes), "buffer": strconv.Itoa(r.Buffer)} {
		v.set(name, s)
	}
	v["cluster_ids"] = r.ClusterIDs
	for i, d := range r.Days {
		v.day(fmt.Sprintf("days.%d", i), d)
	}
	for i, x := range r.Venues {
		at := fmt.Sprintf("venues.%d", i)
		v.set(at+".id", x.ID)
		v.set(at+".name", x.Name)
		v.set(at+".address", x.Address)
	}
	for _, l := range r.Travel {
		v.number("travel."+l.A+"."+l.B, l.Minutes)
	}
	for i, t := range r.Tables {
		v.table(fmt.Sprintf("tables.%d", i), t)
	}
	p, l := r.Plan, r.Limits
	for name, t := range map[string]time.Time{"profiles": p.ProfilesAt, "requests": p.RequestsAt, "scheduling": p.SchedulingAt, "closes": p.ClosesAt} {
		v.moment(name, t, loc)
	}
	for name, n := range map[string]int{"meetings": l.Meetings, "max_requests": l.Requests, "musts": l.Musts, "expire_hours": l.ExpireHours, "entrants": l.Entrants} {
		v.number(name, n)
	}
	v.tick("approval", l.Approval)
	v.tick("public", l.Public)
	return v
}

func (v values) day(at string, d scheduling.RoundDay) {
	v.set(at+".date", d.Date)
	for kind, list := range map[string][]scheduling.Window{"windows": d.Windows, "breaks": d.Breaks} {
		for i, w := range list {
			line := fmt.Sprintf("%s.%s.%d", at, kind, i)
			v.set(line+".from", w.From)
			v.set(line+".to", w.To)
			v.set(line+".name", w.Name)
		}
	}
}

func (v values) table(at string, t scheduling.Table) {
	for name, s := range map[string]string{"id": t.ID, "name": t.Name, "kind": string(t.Kind), "venue_id": t.VenueID, "entrant_id": t.EntrantID, "link": t.Link} {
		v.set(at+"."+name, s)
	}
}

// A roundForm reads a round out of its form. Lines left blank are no lines, so
// it notes where each line of the round stands in the form.
type roundForm struct {
	*form
	v    values
	r    *scheduling.Round
	line map[string]string // field of the round → of the form
}

// round is base with what was typed.
func (f *roundForm) round(base scheduling.Round) *scheduling.Round {
	f.r = &base
	r := f.r
	r.Rev, r.CopiedFrom = f.Revision(), f.Text("copied_from")
	r.Title, r.About, r.Slug, r.Way = f.Langs("title"), f.Langs("about"), f.Text("slug"), scheduling.RoundWay(f.Text("way"))
	r.TripID, r.StopID = f.Text("trip_id"), f.Text("stop_id")
	r.EventID, r.ClusterIDs, r.Zone = f.Text("event_id"), f.List("cluster_ids"), f.Text("zone")
	r.Contact, r.ContactEmail = f.Text("contact"), f.Text("contact_email")
	r.Minutes, r.Buffer = f.Int("minutes", 0, 1000), f.Int("buffer", 0, 1000)
	f.days()
	f.venues()
	f.tables()
	f.plan()
	return r
}

func (f *roundForm) days() {
	f.r.Days = nil
	for i := range f.v.rows("days") {
		at := fmt.Sprintf("days.%d", i)
		d := scheduling.RoundDay{Date: f.Day(at + ".date")}
		field := fmt.Sprintf("days.%d", len(f.r.Days))
		d.Windows, d.Breaks = f.windows(at, field, "windows"), f.windows(at, field, "breaks")
		if f.Text(at+".date") == "" && len(d.Windows) == 0 && len(d.Breaks) == 0 {
			continue
		}
		f.line[field+".date"], f.line[field+".windows"] = at+".date", at+".windows.0.from"
		f.r.Days = append(f.r.Days, d)
	}
}

// windows are the times of one kind of a day. An hour alone, or one with a
// point, is understood.
func (f *roundForm) windows(at, field, kind string) (out []scheduling.Window) {
	for i := range f.v.rows(at + "." + kind) {
		line := fmt.Sprintf("%s.%s.%d", at, kind, i)
		if f.v.blank(line, "from", "to", "name") {
			continue
		}
		f.line[fmt.Sprintf("%s.%s.%d", field, kind, len(out))] = line + ".from"
		out = append(out, scheduling.Window{From: clockTyped(f.Text(line + ".from")), To: clockTyped(f.Text(line + ".to")), Name: f.Text(line + ".name")})
	}
	return out
}

// clockTyped is "09:00" of what is understood as a time of day, or what was typed.
func clockTyped(s string) string {
	if hour, minute, ok := parseClock(s); ok {
		return fmt.Sprintf("%02d:%02d", hour, minute)
	}
	return s
}

func (f *roundForm) venues() {
	r := f.r
	r.Venues, r.Travel = nil, nil
	for i := range f.v.rows("venues") {
		at := fmt.Sprintf("venues.%d", i)
		if f.v.blank(at, "name", "address") {
			continue
		}
		field := fmt.Sprintf("venues.%d.", len(r.Venues))
		f.line[field+"name"], f.line[field+"address"] = at+".name", at+".address"
		r.Venues = append(r.Venues, scheduling.Venue{ID: f.Text(at + ".id"), Name: f.Text(at + ".name"), Address: f.Text(at + ".address")})
	}
	for i, a := range r.Venues {
		for _, b := range r.Venues[:i] {
			name := "travel." + b.ID + "." + a.ID
			if n := f.Int(name, 0, 10_000); n > 0 {
				f.line[fmt.Sprintf("travel.%d", len(r.Travel))] = name
				r.Travel = append(r.Travel, scheduling.TravelLeg{A: b.ID, B: a.ID, Minutes: n})
			}
		}
	}
}

func (f *roundForm) tables() {
	f.r.Tables = nil
	for i := range f.v.rows("tables") {
		at := fmt.Sprintf("tables.%d", i)
		if f.v.blank(at, "name", "link") {
			continue
		}
		for _, name := range []string{"name", "kind", "venue_id", "entrant_id", "link"} {
			f.line[fmt.Sprintf("tables.%d.%s", len(f.r.Tables), name)] = at + "." + name
		}
		f.r.Tables = append(f.r.Tables, scheduling.Table{ID: f.Text(at + ".id"), Name: f.Text(at + ".name"), Kind: scheduling.TableKind(f.Text(at + ".kind")),
			VenueID: f.Text(at + ".venue_id"), EntrantID: f.Text(at + ".entrant_id"), Link: f.Text(at + ".link")})
	}
}

// plan are dates on the wall clock of the round's zone, at nine where no time
// was given, and the limits.
func (f *roundForm) plan() {
	p, l := &f.r.Plan, &f.r.Limits
	for name, t := range map[string]*time.Time{"profiles": &p.ProfilesAt, "requests": &p.RequestsAt, "scheduling": &p.SchedulingAt, "closes": &p.ClosesAt} {
		if f.Text(name+"_day") != "" && f.Text(name+"_time") == "" {
			f.typed[name+"_time"] = []string{"09:00"}
		}
		*t = f.Moment(name, f.Text("zone"))
		f.line[name+"_at"] = name + "_day"
	}
	for name, n := range map[string]*int{"meetings": &l.Meetings, "max_requests": &l.Requests, "musts": &l.Musts, "expire_hours": &l.ExpireHours, "entrants": &l.Entrants} {
		*n = f.Int(name, 0, 10_000)
	}
	f.line["requests"] = "max_requests"
	l.Approval, l.Public = f.Check("approval"), f.Check("public")
}

// all are the desk's faults, at the inputs of the form, and the form's own.
func (f *roundForm) all(err error) error { return f.at(f.line, err) }

// at is Join, with the desk's faults at the inputs that line names for them.
func (f *form) at(line map[string]string, err error) error {
	p := scheduling.ProblemIn(err)
	if p == nil || len(p.Fields) == 0 {
		return f.Join(err)
	}
	moved := *p
	moved.Fields = map[string]string{}
	for field, key := range p.Fields {
		if input, ok := line[field]; ok {
			field = input
		}
		moved.Fields[field] = key
	}
	if len(f.faults) == 0 {
		return &moved
	}
	return f.Join(&moved)
}

// more adds the lines that a button asks for.
func (f *roundForm) more(what string) {
	switch kind, _, _ := strings.Cut(what, "."); kind {
	case "day":
		f.anotherDay()
	case "tables":
		n := f.Int("more_tables", 1, 200)
		first := f.v.rows("tables")
		for i := range n {
			at := fmt.Sprintf("tables.%d", first+i)
			f.v.table(at, scheduling.Table{Name: strconv.Itoa(first + i + 1), Kind: scheduling.TableKind(f.Text("more_kind")), VenueID: f.Text("more_venue")})
		}
	}
}

// anotherDay is the day after the last one, with the same times.
func (f *roundForm) anotherDay() {
	n := f.v.rows("days")
	if n == 0 {
		return
	}
	last, next := fmt.Sprintf("days.%d.", n-1), fmt.Sprintf("days.%d.", n)
	for name, list := range f.v {
		if rest, ok := strings.CutPrefix(name, last); ok {
			f.v[next+rest] = list
		}
	}
	if date, ok := parseDay(f.Text(last + "date")); ok {
		f.v[next+"date"] = []string{date.AddDate(0, 0, 1).Format(time.DateOnly)}
	}
}

// A dayRow is one day of the form: how many lines of each kind it shows, one of
// them empty.
type dayRow struct {
	N               int
	Windows, Breaks []int
}

// upTo are the numbers from 0, n of them.
func upTo(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// lines are what the form shows of a list: what is there and an empty one, which
// is one more each time the form comes back.
func (v values) dayRows() (out []dayRow) {
	for i := range max(1, v.rows("days")) {
		at := fmt.Sprintf("days.%d.", i)
		windows, breaks := v.rows(at+"windows"), v.rows(at+"breaks")
		out = append(out, dayRow{i, upTo(v.fresh(at+"windows", windows)), upTo(v.fresh(at+"breaks", breaks))})
	}
	return out
}

// fresh is how many lines to show of those there are, so that one is empty.
func (v values) fresh(prefix string, n int) int {
	if n > 0 && v.blank(fmt.Sprintf("%s.%d", prefix, n-1), "from", "to", "name", "address") {
		return n
	}
	return n + 1
}

// venueRows are the venues to show, one of them empty, each with its id.
func (v values) venueRows() []int {
	n := v.fresh("venues", v.rows("venues"))
	for i := range n {
		if at := fmt.Sprintf("venues.%d.id", i); !venueID.MatchString(v.Get(at)) {
			v[at] = []string{storage.NewID()}
		}
	}
	return upTo(n)
}

var venueID = regexp.MustCompile(`^[a-z0-9]{1,32}$`)
