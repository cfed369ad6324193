package scheduling

import (
	"net/url"
	"slices"
	"strconv"
	"time"
)

// The lengths of what organisers write, in runes.
const (
	titleLimit   = 200
	summaryLimit = 400
	bodyLimit    = 50_000
	maxSeats     = 1_000_000
	maxAgenda    = 500
	maxQuestions = 100
)

// Check says everything that is wrong with e, before it is saved.
func (e *Event) Check() error { return e.check() }

// check cleans e and says everything that is wrong with it.
func (e *Event) check() error {
	f := faults{}
	e.checkWords(f)
	e.checkTimes(f)
	e.checkPlace(f)
	e.checkRules(f)
	e.checkAgenda(f)
	f.questions(e.Rules.Questions)
	for i := range e.Rules.Consents {
		c := &e.Rules.Consents[i]
		c.Label = c.Label.trimmed()
		if c.Purpose == "" || c.Label.Empty() {
			f.add("consents."+strconv.Itoa(i), "problem.required")
		}
	}
	return f.problem()
}

func (e *Event) checkWords(f faults) {
	e.Title, e.Summary, e.Body = e.Title.trimmed(), e.Summary.trimmed(), e.Body.trimmed()
	if e.Title.Empty() {
		f.add("title", "problem.required")
	}
	for field, limit := range map[string]int{"title": titleLimit, "summary": summaryLimit, "body": bodyLimit} {
		text := map[string]Text{"title": e.Title, "summary": e.Summary, "body": e.Body}[field]
		if text.longest() > limit {
			f.add(field, "problem.too_long")
		}
	}
	if e.Slug != "" && Slug(e.Slug) != e.Slug {
		f.add("slug", "event.slug_form")
	}
	if !slices.Contains(EventKinds, e.Kind) {
		f.add("kind", "problem.choice")
	}
	e.Contact = cleanLine(e.Contact)
	f.limit("contact", e.Contact, lineLimit)
	if e.ContactEmail = cleanLine(e.ContactEmail); e.ContactEmail != "" {
		e.ContactEmail = f.address("contact_email", e.ContactEmail)
	}
}

func (e *Event) checkTimes(f faults) {
	if e.Zone == "" || e.Zone == "Local" {
		f.add("zone", "event.zone")
	} else if _, err := time.LoadLocation(e.Zone); err != nil {
		f.add("zone", "event.zone")
	}
	if e.Starts.IsZero() {
		f.add("starts", "problem.required")
	}
	if !e.Ends.After(e.Starts) {
		f.add("ends", "event.ends_before")
	}
	if e.Ends.Sub(e.Starts) > 366*24*time.Hour {
		f.add("ends", "event.too_long")
	}
	r := &e.Rules
	if !r.OpensAt.IsZero() && !r.OpensAt.Before(e.Closes()) {
		f.add("opens_at", "event.opens_after_close")
	}
	if r.ClosesAt.After(e.Ends) {
		f.add("closes_at", "event.closes_after_end")
	}
}

func (e *Event) checkPlace(f faults) {
	e.Venue, e.Address, e.Link = cleanLine(e.Venue), cleanLine(e.Address), cleanLine(e.Link)
	f.limit("venue", e.Venue, lineLimit)
	f.limit("address", e.Address, lineLimit)
	if !slices.Contains([]Mode{InRoom, Online, Hybrid}, e.Mode) {
		f.add("mode", "problem.choice")
	}
	if e.Link != "" && !webAddress(e.Link) {
		f.add("link", "problem.link")
	}
	if g := e.Geo; g != nil && (g.Lat < -90 || g.Lat > 90 || g.Lon < -180 || g.Lon > 180) {
		f.add("geo", "event.geo")
	}
}

// webAddress reports whether s is an absolute http or https address.
func webAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && len(s) <= 2000
}

func (e *Event) checkRules(f faults) {
	r := &e.Rules
	if r.Seats < 0 || r.Seats > maxSeats {
		f.add("seats", "problem.number")
	}
	if r.PartyMax < 0 || r.PartyMax > maxParty {
		f.add("party_max", "event.party_max")
	}
	if r.OfferHours < 0 || r.OfferHours > 24*30 {
		f.add("offer_hours", "problem.number")
	}
	for _, days := range r.Reminders {
		if days < 1 || days > maxReminder {
			f.add("reminders", "event.reminders")
		}
	}
	if !slices.Contains([]Audience{ForAll, ForUnlisted, ForGroups}, e.Audience) {
		f.add("audience", "problem.choice")
	}
	if e.Audience == ForGroups && len(e.GroupIDs) == 0 {
		f.add("group_ids", "event.no_group")
	}
}

func (e *Event) checkAgenda(f faults) {
	if len(e.Agenda) > maxAgenda {
		f.add("agenda", "problem.too_many")
		return
	}
	for i := range e.Agenda {
		it, at := &e.Agenda[i], "agenda."+strconv.Itoa(i)
		it.Title, it.About = it.Title.trimmed(), it.About.trimmed()
		it.Room, it.Speaker = cleanLine(it.Room), cleanLine(it.Speaker)
		if it.Title.Empty() {
			f.add(at+".title", "problem.required")
		}
		f.limit(at+".title", it.Title.In("en"), titleLimit)
		f.limit(at+".speaker", it.Speaker, lineLimit)
		f.limit(at+".room", it.Room, lineLimit)
		if it.Starts.Before(e.Starts) || it.Ends.After(e.Ends) || it.Ends.Before(it.Starts) {
			f.add(at+".starts", "event.agenda_outside")
		}
	}
	slices.SortStableFunc(e.Agenda, func(a, b Item) int { return a.Starts.Compare(b.Starts) })
}

// clean takes what must not be in a text out of the words of q.
func (q *Question) clean() {
	q.Label, q.Help = q.Label.trimmed(), q.Help.trimmed()
	for i := range q.Options {
		q.Options[i].Label = q.Options[i].Label.trimmed()
	}
}

// questions checks what is to be asked: keys once, options where there is
// something to choose, conditions on earlier questions only.
func (f faults) questions(qs []Question) { f.questionsOf(qs, QuestionKinds) }

// questionsOf is questions of some kinds.
func (f faults) questionsOf(qs []Question, kinds []QuestionKind) {
	if len(qs) > maxQuestions {
		f.add("questions", "problem.too_many")
		return
	}
	seen := map[string]bool{}
	for i := range qs {
		qs[i].clean()
		q, at := qs[i], "questions."+strconv.Itoa(i)
		switch {
		case q.Key == "" || q.Label.Empty():
			f.add(at, "problem.required")
		case seen[q.Key]:
			f.add(at, "problem.twice")
		case !slices.Contains(kinds, q.Kind):
			f.add(at, "problem.choice")
		case (q.Kind == AskChoice || q.Kind == AskMany) && len(q.Options) == 0:
			f.add(at, "event.no_options")
		case q.When != nil && !seen[q.When.Question]:
			f.add(at, "event.question_order")
		}
		seen[q.Key] = true
	}
}
