package handlers

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"kohtaamo/scheduling"
)

// values are what stands in a form's fields: of what is stored, or as somebody
// typed it, so that nothing typed is lost.
type values map[string][]string

// Get is the first value of a field.
func (v values) Get(name string) string {
	if len(v[name]) == 0 {
		return ""
	}
	return v[name][0]
}

// Has reports whether one of a field's values is s.
func (v values) Has(name, s string) bool { return slices.Contains(v[name], s) }

// Langs are the fields of a text in several languages.
func (v values) Langs(name string) scheduling.Text {
	t := scheduling.Text{}
	for field := range v {
		if lang, ok := strings.CutPrefix(field, name+"."); ok {
			t[lang] = v.Get(field)
		}
	}
	return t
}

func (v values) set(name, s string) {
	if s != "" {
		v[name] = []string{s}
	}
}

func (v values) tick(name string, on bool) {
	if on {
		v[name] = []string{"1"}
	}
}

func (v values) number(name string, n int) {
	if n != 0 {
		v[name] = []string{strconv.Itoa(n)}
	}
}

func (v values) text(name string, t scheduling.Text) {
	for lang, s := range t {
		v.set(name+"."+lang, s)
	}
}

// moment writes a time as the day and the clock of a zone.
func (v values) moment(name string, t time.Time, loc *time.Location) {
	if !t.IsZero() {
		v.set(name+"_day", t.In(loc).Format(time.DateOnly))
		v.set(name+"_time", t.In(loc).Format("15:04"))
	}
}

// rows is how many lines the form has of what is called PREFIX.NUMBER.….
func (v values) rows(prefix string) int {
	n := 0
	for name := range v {
		rest, ok := strings.CutPrefix(name, prefix+".")
		if !ok {
			continue
		}
		number, _, _ := strings.Cut(rest, ".")
		if i, err := strconv.Atoi(number); err == nil && i >= n && i < 1000 {
			n = i + 1
		}
	}
	return n
}

// blank reports whether nothing was typed into the fields of a line.
func (v values) blank(at string, fields ...string) bool {
	for name, list := range v {
		rest, ok := strings.CutPrefix(name, at+".")
		if !ok {
			continue
		}
		field, _, _ := strings.Cut(rest, ".")
		if slices.Contains(fields, field) && strings.TrimSpace(strings.Join(list, "")) != "" {
			return false
		}
	}
	return true
}

// eventValues are the fields of the editor for an event.
func eventValues(e *scheduling.Event) values {
	v, loc := values{}, e.Location()
	v.set("rev", number64(e.Rev))
	v.set("copied_from", e.CopiedFrom)
	v.text("title", e.Title)
	v.text("summary", e.Summary)
	v.text("body", e.Body)
	for name, s := range map[string]string{
		"slug": e.Slug, "kind": e.Kind, "mode": string(e.Mode), "zone": e.Zone, "venue": e.Venue, "address": e.Address,
		"link": e.Link, "contact": e.Contact, "contact_email": e.ContactEmail, "project_id": e.ProjectID, "audience": string(e.Audience),
	} {
		v.set(name, s)
	}
	if e.Geo != nil {
		v.set("geo", fmt.Sprintf("%g, %g", e.Geo.Lat, e.Geo.Lon))
	}
	v["cluster_ids"], v["group_ids"] = e.ClusterIDs, e.GroupIDs
	v.moment("starts", e.Starts, loc)
	ends := e.Ends
	if v.tick("all_day", e.AllDay); e.AllDay {
		ends = ends.Add(-time.Minute)
	}
	v.moment("ends", ends, loc)
	for i, it := range e.Agenda {
		v.item(fmt.Sprintf("agenda.%d", i), it, loc)
	}
	v.rules(&e.Rules, loc)
	return v
}

func (v values) item(at string, it scheduling.Item, loc *time.Location) {
	v.set(at+".uid", it.UID)
	v.moment(at+".starts", it.Starts, loc)
	if it.Ends.After(it.Starts) {
		v.set(at+".ends_time", it.Ends.In(loc).Format("15:04"))
	}
	v.text(at+".title", it.Title)
	v.text(at+".about", it.About)
	v.set(at+".room", it.Room)
	v.set(at+".speaker", it.Speaker)
}

func (v values) rules(r *scheduling.EventRules, loc *time.Location) {
	v.number("seats", r.Seats)
	v.number("party_max", r.PartyMax)
	v.number("offer_hours", r.OfferHours)
	v.moment("opens", r.OpensAt, loc)
	v.moment("closes", r.ClosesAt, loc)
	v.moment("lock", r.LockAt, loc)
	for name, on := range map[string]bool{"approval": r.Approval, "confirm_address": r.ConfirmAddress,
		"waitlist": r.Waitlist, "follow_up": r.FollowUp, "show_list": r.ShowList} {
		v.tick(name, on)
	}
	var days []string
	for _, d := range r.Reminders {
		days = append(days, strconv.Itoa(d))
	}
	v.set("reminders", strings.Join(days, ", "))
	for i, q := range r.Questions {
		v.question(fmt.Sprintf("questions.%d", i), q)
	}
	for i, c := range r.Consents {
		at := fmt.Sprintf("consents.%d", i)
		v.set(at+".purpose", c.Purpose)
		v.text(at+".label", c.Label)
		v.tick(at+".required", c.Required)
	}
}

func (v values) question(at string, q scheduling.Question) {
	v.set(at+".key", q.Key)
	v.set(at+".kind", string(q.Kind))
	v.text(at+".label", q.Label)
	v.text(at+".help", q.Help)
	v.tick(at+".required", q.Required)
	lines := map[string][]string{}
	for _, o := range q.Options {
		v[at+".option_keys"] = append(v[at+".option_keys"], o.Key)
		for _, lang := range languages {
			lines[lang] = append(lines[lang], o.Label[lang])
		}
	}
	for lang, l := range lines {
		v.set(at+".options."+lang, strings.TrimRight(strings.Join(l, "\n"), "\n"))
	}
	if q.When != nil {
		for _, is := range q.When.Is {
			v[at+".when"] = append(v[at+".when"], q.When.Question+"="+is)
		}
	}
}

// An eventForm reads an event out of the editor.
type eventForm struct {
	*form
	v    values
	e    *scheduling.Event
	zone string

	// Lines left blank are no lines: the nth of the event may be another one
	// of the form.
	agenda, questions, consents []int
}

// event is base with what was typed.
func (f *eventForm) event(base scheduling.Event) *scheduling.Event {
	f.e = &base
	f.e.Rev = f.Revision()
	f.e.CopiedFrom = f.Text("copied_from")
	f.words()
	f.times()
	f.place()
	f.rules()
	f.readAgenda()
	f.readQuestions()
	f.readConsents()
	return f.e
}

func (f *eventForm) words() {
	e := f.e
	e.Title, e.Summary, e.Body = f.Langs("title"), f.Langs("summary"), f.Langs("body")
	e.Kind, e.Slug = f.Text("kind"), f.Text("slug")
	e.Contact, e.ContactEmail = f.Text("contact"), f.Text("contact_email")
	e.ClusterIDs, e.GroupIDs = f.List("cluster_ids"), f.List("group_ids")
	e.ProjectID, e.Audience = f.Text("project_id"), scheduling.Audience(f.Text("audience"))
}

// times are on the wall clock of the event's zone. The last day is the first
// one where none was given; a whole day ends where the next begins.
func (f *eventForm) times() {
	e := f.e
	f.zone, e.Zone, e.AllDay = f.Text("zone"), f.Text("zone"), f.Check("all_day")
	f.otherwise("ends_day", f.Text("starts_day"))
	if e.AllDay {
		f.typed["starts_time"], f.typed["ends_time"] = []string{"00:00"}, []string{"00:00"}
	}
	e.Starts, e.Ends = f.Moment("starts", f.zone), f.Moment("ends", f.zone)
	if e.AllDay && !e.Ends.IsZero() {
		e.Ends = e.Ends.In(e.Location()).AddDate(0, 0, 1).UTC()
	}
	r := &e.Rules
	for name, t := range map[string]*time.Time{"opens": &r.OpensAt, "closes": &r.ClosesAt, "lock": &r.LockAt} {
		if f.Text(name+"_day") != "" {
			f.otherwise(name+"_time", "00:00")
		}
		*t = f.Moment(name, f.zone)
	}
}

// otherwise fills a field that was left empty.
func (f *eventForm) otherwise(name, s string) {
	if f.Text(name) == "" && s != "" {
		f.typed[name] = []string{s}
	}
}

func (f *eventForm) place() {
	e := f.e
	e.Mode, e.Venue, e.Address, e.Link = scheduling.Mode(f.Text("mode")), f.Text("venue"), f.Text("address"), f.Text("link")
	e.Geo = nil
	if s := f.Text("geo"); s != "" {
		if e.Geo = parseGeo(s); e.Geo == nil {
			f.wrong("geo", "event.geo")
		}
	}
}

// parseGeo reads "65.0121, 25.4651", as maps copy it.
func parseGeo(s string) *scheduling.Geo {
	lat, lon, ok := strings.Cut(s, ",")
	a, err1 := strconv.ParseFloat(strings.TrimSpace(lat), 64)
	b, err2 := strconv.ParseFloat(strings.TrimSpace(lon), 64)
	if !ok || err1 != nil || err2 != nil {
		return nil
	}
	return &scheduling.Geo{Lat: a, Lon: b}
}

func (f *eventForm) rules() {
	r := &f.e.Rules
	r.Seats, r.PartyMax, r.OfferHours = f.Int("seats", 0, 1_000_000), f.Int("party_max", 0, 20), f.Int("offer_hours", 0, 720)
	r.Approval, r.ConfirmAddress, r.Waitlist = f.Check("approval"), f.Check("confirm_address"), f.Check("waitlist")
	r.FollowUp, r.ShowList = f.Check("follow_up"), f.Check("show_list")
	r.Reminders = nil
	for _, s := range strings.FieldsFunc(f.Text("reminders"), func(c rune) bool { return c == ',' || c == ';' || c == ' ' }) {
		n, err := strconv.Atoi(s)
		if err != nil {
			f.wrong("reminders", "event.reminders")
			continue
		}
		if !slices.Contains(r.Reminders, n) {
			r.Reminders = append(r.Reminders, n)
		}
	}
}

func (f *eventForm) readAgenda() {
	f.e.Agenda = nil
	for i := range f.v.rows("agenda") {
		at := fmt.Sprintf("agenda.%d", i)
		if f.v.blank(at, "title", "about", "room", "speaker", "starts_time") {
			continue
		}
		f.agenda = append(f.agenda, i)
		f.e.Agenda = append(f.e.Agenda, f.item(at))
	}
}

// item is one line of the agenda. Its day is the event's first where none was
// given; an end before its start is on the next day.
func (f *eventForm) item(at string) scheduling.Item {
	f.otherwise(at+".starts_day", f.Text("starts_day"))
	it := scheduling.Item{UID: f.Text(at + ".uid"), Title: f.Langs(at + ".title"), About: f.Langs(at + ".about"),
		Room: f.Text(at + ".room"), Speaker: f.Text(at + ".speaker")}
	it.Starts = f.Moment(at+".starts", f.zone)
	it.Ends = it.Starts
	if f.Text(at+".ends_time") != "" && !it.Starts.IsZero() {
		f.typed[at+".ends_day"] = []string{f.Text(at + ".starts_day")}
		it.Ends = f.Moment(at+".ends", f.zone)
		if !it.Ends.IsZero() && it.Ends.Before(it.Starts) {
			it.Ends = it.Ends.In(f.e.Location()).AddDate(0, 0, 1).UTC()
		}
	}
	return it
}

func (f *eventForm) readQuestions() {
	old := f.e.Rules.Questions
	f.e.Rules.Questions = nil
	for i := range f.v.rows("questions") {
		at := fmt.Sprintf("questions.%d", i)
		if f.v.blank(at, "label", "help", "options") {
			continue
		}
		f.questions = append(f.questions, i)
		f.e.Rules.Questions = append(f.e.Rules.Questions, f.question(at, old))
	}
}

func (f *eventForm) question(at string, old []scheduling.Question) scheduling.Question {
	q := scheduling.Question{Key: f.Text(at + ".key"), Kind: scheduling.QuestionKind(f.Text(at + ".kind")),
		Label: f.Langs(at + ".label"), Help: f.Langs(at + ".help"), Required: f.Check(at + ".required")}
	if q.Key == "" {
		q.Key = newKey(q.Label.In("en"), func(k string) bool { return f.keyTaken(k, old) })
		f.typed[at+".key"] = []string{q.Key}
	}
	if q.Kind == scheduling.AskChoice || q.Kind == scheduling.AskMany {
		q.Options = f.options(at)
	}
	for _, w := range f.List(at + ".when") {
		question, is, ok := strings.Cut(w, "=")
		if !ok || q.When != nil && q.When.Question != question {
			continue
		}
		if q.When == nil {
			q.When = &scheduling.ShownWhen{Question: question}
		}
		q.When.Is = append(q.When.Is, is)
	}
	return q
}

func (f *eventForm) keyTaken(key string, old []scheduling.Question) bool {
	has := func(q scheduling.Question) bool { return q.Key == key }
	return slices.ContainsFunc(old, has) || slices.ContainsFunc(f.e.Rules.Questions, has)
}

// newKey makes a key of a label that nothing else has.
func newKey(label string, taken func(string) bool) string {
	base := scheduling.Slug(label)
	if base == "" {
		base = "q"
	}
	key := base
	for i := 2; taken(key); i++ {
		key = fmt.Sprintf("%s-%d", base, i)
	}
	return key
}

// options are one a line, in each language. An option keeps its key, under which
// people have answered, while its label or at least its place stays.
func (f *eventForm) options(at string) []scheduling.Option {
	keys := f.typed[at+".option_keys"]
	lines := map[string][]string{}
	n := 0
	for _, lang := range languages {
		lines[lang] = strings.Split(strings.ReplaceAll(strings.TrimSpace(f.Value(at+".options."+lang)), "\r\n", "\n"), "\n")
		n = max(n, len(lines[lang]))
	}
	var out []scheduling.Option
	for i := range n {
		label := scheduling.Text{}
		for _, lang := range languages {
			if i < len(lines[lang]) && strings.TrimSpace(lines[lang][i]) != "" {
				label[lang] = strings.TrimSpace(lines[lang][i])
			}
		}
		if label.Empty() {
			continue
		}
		o := scheduling.Option{Label: label}
		if i < len(keys) && len(keys) == n {
			o.Key = keys[i]
		} else {
			o.Key = newKey(label.In("en"), func(k string) bool {
				return slices.ContainsFunc(out, func(o scheduling.Option) bool { return o.Key == k })
			})
		}
		out = append(out, o)
	}
	f.typed[at+".option_keys"] = nil
	for _, o := range out {
		f.typed[at+".option_keys"] = append(f.typed[at+".option_keys"], o.Key)
	}
	return out
}

func (f *eventForm) readConsents() {
	f.e.Rules.Consents = nil
	for i := range f.v.rows("consents") {
		at := fmt.Sprintf("consents.%d", i)
		if f.v.blank(at, "label") {
			continue
		}
		c := scheduling.ConsentAsk{Purpose: f.Text(at + ".purpose"), Label: f.Langs(at + ".label"), Required: f.Check(at + ".required")}
		if c.Purpose == "" {
			c.Purpose = newKey(c.Label.In("en"), func(k string) bool {
				return slices.ContainsFunc(f.e.Rules.Consents, func(c scheduling.ConsentAsk) bool { return c.Purpose == k })
			})
			f.typed[at+".purpose"] = []string{c.Purpose}
		}
		f.consents = append(f.consents, i)
		f.e.Rules.Consents = append(f.e.Rules.Consents, c)
	}
}

var numbered = regexp.MustCompile(`^(agenda|questions|consents)\.(\d+)(.*)$`)

// inputOf is the input that a fault of the event's is shown at.
func (f *eventForm) inputOf(field string) string {
	switch field {
	case "title", "summary", "body":
		return field + "." + languages[0]
	case "starts", "ends":
		return field + "_day"
	case "opens_at", "closes_at", "lock_at":
		return strings.TrimSuffix(field, "_at") + "_day"
	}
	m := numbered.FindStringSubmatch(field)
	if m == nil {
		return field
	}
	rows := map[string][]int{"agenda": f.agenda, "questions": f.questions, "consents": f.consents}[m[1]]
	i, err := strconv.Atoi(m[2])
	if err != nil || i >= len(rows) {
		return field
	}
	at := fmt.Sprintf("%s.%d", m[1], rows[i])
	switch m[3] {
	case ".title":
		return at + ".title." + languages[0]
	case ".starts":
		return at + ".starts_time"
	case "":
		return at + ".label." + languages[0]
	}
	return at + m[3]
}

// faults are the desk's, at the inputs of the form, and the form's own.
func (f *eventForm) all(err error) error {
	p := scheduling.ProblemIn(err)
	if p == nil || len(p.Fields) == 0 {
		return f.Join(err)
	}
	moved := *p
	moved.Fields = map[string]string{}
	for field, key := range p.Fields {
		moved.Fields[f.inputOf(field)] = key
	}
	if len(f.faults) == 0 {
		return &moved
	}
	return f.Join(&moved)
}

// languages are those that organisers write in, the house's first.
var languages = []string{"fi", "en"}
