package scheduling

import (
	"context"
	"fmt"
	"slices"
	"time"

	"kohtaamo/scheduling/ical"
	"kohtaamo/storage"
)

// A CalendarImport is a calendar from elsewhere whose events are to become
// drafts of a cluster.
type CalendarImport struct {
	Content   []byte
	ClusterID string
	Zone      string   // of times that name none; the cluster's if empty
	Lang      string   // that its texts are in; the first of the cluster if empty
	Only      []string // the keys of the entries to take, as a report names them; nil: all that can be
	DryRun    bool     // say what would happen and store nothing
}

// A CalendarReport says what became of every entry of a calendar, or would.
type CalendarReport struct {
	DryRun  bool
	Name    string // what the calendar calls itself
	Entries []CalendarEntry
}

// A CalendarEntry is one entry of a calendar from elsewhere.
type CalendarEntry struct {
	Line         int    // where it begins in the file
	Key          string // names it in Only; none if there is nothing to take
	Title, Place string
	Starts, Ends time.Time
	Zone         string // of the wall clock that they are shown on
	AllDay       bool
	Repeats      string // the rule by which it repeats there; one date is taken

	Outcome EntryOutcome
	Why     string // text key: why it is skipped
	Reason  string // the same in the words of the reader, in English, if there is no Why
	Slug    string // of the draft or event that it met or made
	EventID string
	Edited  bool // the draft was edited here since: taking the entry again undoes that
}

// An EntryOutcome is what becomes of an entry.
type EntryOutcome string

// The outcomes of an entry.
const (
	EntryNew     EntryOutcome = "new"     // becomes a draft
	EntryUpdated EntryOutcome = "updated" // its draft gets what is new
	EntrySame    EntryOutcome = "same"    // imported before, and nothing is new
	EntryKept    EntryOutcome = "kept"    // imported and published since: left alone
	EntrySkipped EntryOutcome = "skipped" // cannot become an event
	EntryLeft    EntryOutcome = "left"    // was not chosen
)

// EntryOutcomes are all of them, in the order a page counts them.
var EntryOutcomes = []EntryOutcome{EntryNew, EntryUpdated, EntrySame, EntryKept, EntrySkipped, EntryLeft}

// Count is how many entries have the outcome.
func (r *CalendarReport) Count(o EntryOutcome) (n int) {
	for i := range r.Entries {
		if r.Entries[i].Outcome == o {
			n++
		}
	}
	return n
}

// Takes reports whether an import takes the entry if it is chosen.
func (e *CalendarEntry) Takes() bool { return e.Outcome == EntryNew || e.Outcome == EntryUpdated }

// nextWithin is how far ahead the next date of something that repeats is looked
// for.
const nextWithin = 366 * 24 * time.Hour

// calendarPage is how many entries one transaction stores.
const calendarPage = 20

// ImportCalendar makes drafts of the events in a calendar from elsewhere, for
// an organiser of the cluster. Each entry is known again by its UID: imported
// once more it changes its draft if it has changed, and an event that was
// published since is left alone. It may be stopped and repeated at any point.
func (d *Desk) ImportCalendar(ctx context.Context, by Actor, in CalendarImport) (*CalendarReport, error) {
	rep, found, err := d.planCalendar(ctx, by, in)
	if err == nil && !in.DryRun {
		rep.DryRun = false
		chosen := rep.choose(found, in.Only)
		for page := range slices.Chunk(chosen, calendarPage) {
			if err = d.again(func() error { return d.takeEntries(ctx, by, in.ClusterID, page, rep) }); err != nil {
				break
			}
		}
	}
	if err != nil {
		return nil, fmt.Errorf("import a calendar: %w", changedMeanwhile(err))
	}
	return rep, nil
}

// choose are the drafts to be stored; entries that could be and were not
// chosen are noted as left.
func (r *CalendarReport) choose(found []*foreignDraft, only []string) (chosen []*foreignDraft) {
	for _, f := range found {
		e := &r.Entries[f.at]
		switch {
		case !e.Takes():
		case only == nil || slices.Contains(only, e.Key):
			chosen = append(chosen, f)
		default:
			e.Outcome = EntryLeft
		}
	}
	return chosen
}

// planCalendar reads the calendar and says what would become of each entry.
func (d *Desk) planCalendar(ctx context.Context, by Actor, in CalendarImport) (rep *CalendarReport, found []*foreignDraft, err error) {
	if !by.Organises(in.ClusterID) || in.ClusterID == "" {
		return nil, nil, &Problem{Kind: Forbidden, Key: "problem.invalid", Fields: map[string]string{"cluster_id": "event.not_your_cluster"}}
	}
	file, err := ical.Read(in.Content)
	if err != nil {
		return nil, nil, notCalendar("file", err)
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		c, err := clusters.Get(tx, in.ClusterID)
		if err != nil {
			return err
		}
		s, err := d.taking(in, c, tx.Now())
		if err != nil {
			return err
		}
		if s.next, err = ical.NextDates(in.Content, s.zone, tx.Now(), tx.Now().Add(nextWithin)); err != nil {
			return err
		}
		rep, found = s.report(file)
		return rep.foresee(tx, by, found)
	})
	return rep, found, err
}

// taking are the settings of an import, with what was left out.
func (d *Desk) taking(in CalendarImport, c *Cluster, now time.Time) (*entryTaker, error) {
	s := &entryTaker{cluster: c, zone: in.Zone, lang: in.Lang, now: now}
	if s.zone == "" {
		s.zone = c.Zone
	}
	if s.lang == "" && len(c.Languages) > 0 {
		s.lang = c.Languages[0]
	}
	if !slices.Contains(d.Texts.Langs(), s.lang) {
		s.lang = d.Texts.In(s.lang).Code()
	}
	loc, err := time.LoadLocation(s.zone)
	if err != nil || s.zone == "Local" || s.zone == "" {
		return nil, &Problem{Kind: Invalid, Key: "problem.invalid", Fields: map[string]string{"zone": "event.zone"}}
	}
	s.loc = loc
	l := d.Texts.In(s.lang)
	s.source = func(address string) string { return l.Text("calendarin.source", "url", address) }
	return s, nil
}

// foresee looks up what the entries were imported as before.
func (r *CalendarReport) foresee(tx *storage.Tx, by Actor, found []*foreignDraft) error {
	for page := range slices.Chunk(found, 200) {
		known, err := importedBefore(tx, page)
		if err != nil {
			return err
		}
		for _, f := range page {
			f.meets(&r.Entries[f.at], by, known[f.event.Origin.Key])
		}
	}
	return nil
}

// importedBefore are the events that some entries became, by their origin.
func importedBefore(tx *storage.Tx, page []*foreignDraft) (map[string]*Event, error) {
	keys := make([]string, len(page))
	for i, f := range page {
		keys[i] = f.event.Origin.Key
	}
	list, err := events.Find(tx, storage.Query{Where: []storage.Cond{{Field: "origin.key", Op: storage.In, Value: keys}}})
	known := map[string]*Event{}
	for _, e := range list {
		known[e.Origin.Key] = e
	}
	return known, err
}

// takeEntries stores some entries and writes into the report what became of
// them: by the events as they are now, which others may have changed.
func (d *Desk) takeEntries(ctx context.Context, by Actor, clusterID string, page []*foreignDraft, rep *CalendarReport) error {
	return d.update(ctx, func(tx *storage.Tx) error {
		if _, err := clusters.Get(tx, clusterID); err != nil {
			return err
		}
		known, err := importedBefore(tx, page)
		if err != nil {
			return err
		}
		for _, f := range page {
			entry := &rep.Entries[f.at]
			old := known[f.event.Origin.Key]
			if f.meets(entry, by, old); !entry.Takes() {
				continue
			}
			if err := d.takeEntry(tx, by, entry, old, f.event); err != nil {
				return err
			}
		}
		return nil
	})
}

// takeEntry makes a draft of an entry, or gives its draft what is new.
func (d *Desk) takeEntry(tx *storage.Tx, by Actor, entry *CalendarEntry, old, drawn *Event) error {
	if old == nil {
		fresh := *drawn // the attempt may be repeated
		e, err := d.makeEvent(tx, by, &fresh, "event.import")
		if err != nil {
			return err
		}
		entry.EventID, entry.Slug = e.ID, e.Slug
		return nil
	}
	e := old.withEntry(drawn)
	if err := e.check(); err != nil {
		return err // meets has said so already
	}
	e.Changed = tx.Now()
	e.index()
	if err := events.Put(tx, e); err != nil {
		return err
	}
	return d.log(tx, by, "event.import", e.ID, e.ID, e.Slug, "")
}

// FetchCalendar gets a calendar from an address for an organiser, who then
// looks at what importing it would do.
func (d *Desk) FetchCalendar(ctx context.Context, by Actor, address string) ([]byte, error) {
	if !by.OrganisesAny() {
		return nil, errHidden
	}
	got, err := d.download(ctx, address, Version{})
	if err != nil {
		return nil, err
	}
	if _, err := ical.Read(got.Body); err != nil {
		return nil, unreachable() // no other answer than where nothing is; see ErrUnreachable
	}
	return got.Body, nil
}
