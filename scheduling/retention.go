package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"kohtaamo/storage"
)

// A RetentionRule says how long something is kept that was told for a purpose
// which is over one day. What it is and why it is kept so long are words of
// templates/locales: retention.KEY.what and retention.KEY.why.
type RetentionRule struct {
	Key        string
	Collection string
	Fields     []string // that are emptied; none: the document goes
	After      string   // the moment that the days count from: "event", "trip", "round", "made", "used"
	Days       int      // unless an administrator says otherwise
	Least      int      // that they may say
	Most       int
	Elsewhere  bool // another job sees to it; its days are part of the program or of each trip

	work retentionWork
}

// retentionWork empties or deletes what is older than before, in portions, and
// counts it. A dry one only counts.
type retentionWork func(d *Desk, ctx context.Context, w *retentionWalk) error

// RetentionRules are all of them, in the order of a page.
var RetentionRules = []RetentionRule{
	{Key: "answers", Collection: "registrations", Fields: []string{"answers"}, After: "event", Days: 180, Least: 14, Most: 1095, work: registrationWork(func(r *Registration) bool {
		some := len(r.Answers) > 0
		r.Answers = nil
		return some
	})},
	{Key: "door_notes", Collection: "registrations", Fields: []string{"note", "reason"}, After: "event", Days: 90, Least: 14, Most: 730, work: registrationWork(func(r *Registration) bool {
		return wipe(&r.Note, &r.Reason)
	})},
	{Key: "invite_replies", Collection: "registrations", Fields: []string{"rsvp.comment"}, After: "event", Days: 30, Least: 7, Most: 365, work: registrationWork(func(r *Registration) bool {
		return wipe(&r.RSVP.Comment)
	})},
	{Key: "survey_texts", Collection: "survey_replies", Fields: []string{"answers"}, After: "event", Days: 365, Least: 30, Most: 1825, work: surveyWork},
	{Key: "applications", Collection: "trip_applications", Fields: []string{"motivation", "goals", "partners", "phone", "notes"}, After: "trip", Days: 365, Least: 30, Most: 1825, work: applicationWork},
	{Key: "trip_notes", Collection: "trip_notes", After: "trip", Days: 365, Least: 30, Most: 1825, work: tripNoteWork},
	{Key: "requests", Collection: "requests", Fields: []string{"message", "reply"}, After: "round", Days: 365, Least: 30, Most: 1825, work: requestWork},
	{Key: "audit_reasons", Collection: "audit", Fields: []string{"reason"}, After: "made", Days: 1095, Least: 180, Most: 3650, work: auditWork},
	{Key: "idle_people", Collection: "people", After: "used", Days: 1095, Least: 180, Most: 3650, work: idleWork},

	{Key: "travellers", Collection: "travellers", Fields: []string{"data", "phone"}, After: "trip", Days: tripRetainDays, Elsewhere: true},
	{Key: "wishes", Collection: "subscriptions", After: "made", Days: int(confirmKept / (24 * time.Hour)), Elsewhere: true},
	{Key: "delegation_wishes", Collection: "delegation_wishes", After: "made", Days: int(delegationKept / (24 * time.Hour)), Elsewhere: true},
	{Key: "join_wishes", Collection: "join_wishes", After: "made", Days: int(joinKept / (24 * time.Hour)), Elsewhere: true},
	{Key: "declined", Collection: "memberships", Fields: []string{"application", "motivation", "reason"}, After: "made", Days: int(declinedKept / (24 * time.Hour)), Elsewhere: true},
	{Key: "webhook_deliveries", Collection: "webhook_deliveries", After: "made", Days: int(keepDeliveries / (24 * time.Hour)), Elsewhere: true},
	{Key: "readings", Collection: "readings", After: "made", Days: int(readingsKept / (24 * time.Hour)), Elsewhere: true},
	{Key: "mails", Collection: "mails", After: "made", Days: 180, Elsewhere: true},
	{Key: "sessions", Collection: "sessions", After: "used", Days: 30, Elsewhere: true},
}

// A retentionSetting is what an administrator says of a rule, under its key, and
// how far it has come.
type retentionSetting struct {
	storage.Meta `bson:",inline"`
	Days         int       `bson:"days"`
	Through      time.Time `bson:"through,omitempty"` // what ended before is done
}

// A RetentionRun is the proof that a rule was followed: which, when, how often,
// and never whom it was about.
type RetentionRun struct {
	storage.Meta `bson:",inline"`
	Rule         string    `bson:"rule"`
	At           time.Time `bson:"at"`
	Days         int       `bson:"days"`
	Count        int       `bson:"count"`
	Scrubbed     bool      `bson:"scrubbed"` // gone from the database's files, too
	ScrubbedAt   time.Time `bson:"scrubbed_at,omitempty"`
}

var (
	retentionSettings = storage.NewCollection[retentionSetting]("retention_rules")
	retentionRuns     = storage.NewCollection[RetentionRun]("retention_runs",
		storage.Ordered("at"), storage.Ordered("rule", "at"), storage.Ordered("scrubbed", "at"))
)

// A RetentionLine is a rule as it holds now.
type RetentionLine struct {
	RetentionRule
	Due  int // documents that would be emptied or deleted now; -1 where nobody counted
	Last *RetentionRun
	Rev  int64 // of its setting
}

// Retention gives the rules with the days that hold now. Anybody may know them.
func (d *Desk) Retention(ctx context.Context) (list []*RetentionLine, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		list = nil
		for _, r := range RetentionRules {
			s, err := settingOf(tx, r)
			if err != nil {
				return err
			}
			r.Days = s.Days
			line := &RetentionLine{RetentionRule: r, Due: -1, Rev: s.Rev}
			last, err := retentionRuns.First(tx, storage.Query{Where: []storage.Cond{storage.Is("rule", r.Key)}, Sort: "-at"})
			if err == nil {
				line.Last = last
			} else if !errors.Is(err, storage.ErrNotFound) {
				return err
			}
			list = append(list, line)
		}
		return nil
	})
	return list, err
}

// settingOf is what holds for a rule now.
func settingOf(tx *storage.Tx, r RetentionRule) (*retentionSetting, error) {
	s, err := retentionSettings.Get(tx, r.Key)
	if errors.Is(err, storage.ErrNotFound) {
		return &retentionSetting{Meta: storage.Meta{ID: r.Key}, Days: r.Days}, nil
	}
	return s, err
}

// ruleOf finds a rule that an administrator may change.
func ruleOf(key string) (RetentionRule, bool) {
	i := slices.IndexFunc(RetentionRules, func(r RetentionRule) bool { return r.Key == key && !r.Elsewhere })
	if i < 0 {
		return RetentionRule{}, false
	}
	return RetentionRules[i], true
}

// SetRetention changes the days of a rule within its bounds, for an administrator
// who looked at revision rev of it.
func (d *Desk) SetRetention(ctx context.Context, by Actor, key string, days int, rev int64) error {
	r, ok := ruleOf(key)
	if !by.Administers() || !ok {
		return errHidden
	}
	if days < r.Least || days > r.Most {
		return &Problem{Kind: Invalid, Key: "retention.days_between", Args: []any{"least", r.Least, "most", r.Most}, Fields: map[string]string{"days": "problem.number"}}
	}
	err := d.update(ctx, func(tx *storage.Tx) error {
		s, err := settingOf(tx, r)
		if err != nil || s.Days == days {
			return err
		}
		if s.Rev != rev {
			return storage.ErrConflict
		}
		was := s.Days
		s.Days = days
		if err := retentionSettings.Put(tx, s); err != nil {
			return err
		}
		return d.log(tx, by, "retention.edit", r.Key, "", r.Key, strconv.Itoa(was)+" → "+strconv.Itoa(days))
	})
	if err != nil {
		return fmt.Errorf("set retention of %s: %w", key, changedMeanwhile(err))
	}
	return nil
}

// RetentionDue is Retention with what would go now, for an administrator. Nothing
// is changed.
func (d *Desk) RetentionDue(ctx context.Context, by Actor, now time.Time) ([]*RetentionLine, error) {
	if !by.Administers() {
		return nil, errHidden
	}
	list, err := d.Retention(ctx)
	if err != nil {
		return nil, err
	}
	for _, l := range list {
		if l.Elsewhere {
			continue
		}
		w := &retentionWalk{rule: l.RetentionRule, before: now.AddDate(0, 0, -l.Days), dry: true}
		if err := l.work(d, ctx, w); err != nil {
			return nil, fmt.Errorf("look ahead of rule %s: %w", l.Key, err)
		}
		l.Due = w.count
	}
	return list, nil
}

// RetentionLog lists the proofs, newest first, for an administrator.
func (d *Desk) RetentionLog(ctx context.Context, by Actor, f ListFilter) (list []*RetentionRun, next string, err error) {
	if !by.Administers() {
		return nil, "", errHidden
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		list, next, err = retentionRuns.Page(tx, storage.Query{Sort: "-at", Limit: f.Limit, After: f.After})
		return err
	})
	return list, next, err
}
