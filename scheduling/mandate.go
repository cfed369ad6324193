package scheduling

import (
	"context"
	"fmt"
	"slices"
	"time"

	"kohtaamo/storage"
)

// A Mandate is one version of what a group is for. A version never changes:
// what is agreed anew is another one.
type Mandate struct {
	storage.Meta `bson:",inline"`
	GroupID      string    `bson:"group_id"`
	Version      int       `bson:"version"`         // of this group, from 1
	Text         string    `bson:"text"`            // Markdown
	From         string    `bson:"from"`            // its first day, 2006-01-02
	Until        string    `bson:"until,omitempty"` // its last day; empty: until another is agreed
	Goals        []Goal    `bson:"goals,omitempty"`
	Note         string    `bson:"note,omitempty"` // what changed, and who agreed to it
	At           time.Time `bson:"at"`
	ByID         string    `bson:"by_id,omitempty"`
	ByName       string    `bson:"by_name,omitempty"`
}

// A Goal is something that a group is to reach.
type Goal struct {
	Text  string    `bson:"text"`
	State GoalState `bson:"state"`
}

// A GoalState is how far a goal is.
type GoalState string

// The states of a goal.
const (
	GoalOpen    GoalState = "open"
	GoalReached GoalState = "reached"
	GoalDropped GoalState = "dropped"
)

// GoalStates are all of them, in the order of a form.
var GoalStates = []GoalState{GoalOpen, GoalReached, GoalDropped}

var mandates = storage.NewCollection[Mandate]("group_mandates", storage.Unique("group_id", "version"))

// MaxGoals is how many goals a mandate may have.
const MaxGoals = 12

// check cleans m and says everything that is wrong with it. Goals without words
// are left out.
func (m *Mandate) check() error {
	f := faults{}
	m.Text, m.Note = cleanText(m.Text), cleanText(m.Note)
	f.need("text", m.Text, bodyLimit)
	f.limit("note", m.Note, noteLimit)
	if midnight(m.From, time.UTC).IsZero() {
		f.add("from", "problem.date")
	}
	switch {
	case m.Until == "":
	case midnight(m.Until, time.UTC).IsZero():
		f.add("until", "problem.date")
	case m.Until < m.From:
		f.add("until", "groupwork.until_before")
	}
	var goals []Goal
	for _, g := range m.Goals {
		if g.Text = cleanLine(g.Text); g.Text == "" {
			continue
		}
		if g.State == "" {
			g.State = GoalOpen
		}
		f.limit("goals", g.Text, 2*lineLimit)
		if !slices.Contains(GoalStates, g.State) {
			f.add("goals", "problem.choice")
		}
		goals = append(goals, g)
	}
	if m.Goals = goals; len(goals) > MaxGoals {
		f.add("goals", "groupwork.many_goals")
	}
	return f.problem()
}

// same reports whether two versions say the same.
func (m *Mandate) same(o *Mandate) bool {
	return m.Text == o.Text && m.From == o.From && m.Until == o.Until && m.Note == o.Note && slices.Equal(m.Goals, o.Goals)
}

// In reports whether m is in force on a day, 2006-01-02.
func (m *Mandate) In(day string) bool { return m.From <= day && (m.Until == "" || m.Until >= day) }

// SaveMandate adds a version to a group's mandate, for those who plan its
// meetings. after is the version that was looked at, 0 for none: who wrote
// another meanwhile is not overwritten. The same again adds nothing.
func (d *Desk) SaveMandate(ctx context.Context, by Actor, groupID string, in Mandate, after int) (m *Mandate, err error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	err = d.update(ctx, func(tx *storage.Tx) error {
		p, err := managedGroup(tx, by, groupID)
		if err != nil {
			return err
		}
		all, err := mandatesOf(tx, groupID)
		if err != nil {
			return err
		}
		if len(all) > 0 && all[0].same(&in) {
			m = all[0]
			return nil
		}
		if len(all) != after {
			return &Problem{Kind: Changed, Key: "problem.changed"}
		}
		m = &Mandate{Meta: storage.Meta{ID: storage.NewID()}, GroupID: groupID, Version: after + 1, Text: in.Text, From: in.From,
			Until: in.Until, Goals: in.Goals, Note: in.Note, At: tx.Now(), ByID: by.ID, ByName: by.Name}
		if err := mandates.Put(tx, m); err != nil {
			return err
		}
		return d.log(tx, by, "group.mandate", m.ID, groupID, p.Group.Slug, m.Note)
	})
	if err != nil {
		return nil, fmt.Errorf("save the mandate of group %s: %w", groupID, err)
	}
	return m, nil
}

// mandatesOf are all versions of a group's mandate, newest first.
func mandatesOf(tx *storage.Tx, groupID string) ([]*Mandate, error) {
	return mandates.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("group_id", groupID)}, Sort: "-version"})
}

// A MandatePage is a group with the versions of its mandate, newest first.
type MandatePage struct {
	*MeetingsPage
	Versions []*Mandate
}

// Present is the newest version; nil where nothing was agreed yet.
func (p *MandatePage) Present() *Mandate {
	if len(p.Versions) == 0 {
		return nil
	}
	return p.Versions[0]
}

// Mandate shows a group's mandate to its members, its coordinators and its
// cluster's organisers.
func (d *Desk) Mandate(ctx context.Context, by Actor, groupID string) (p *MandatePage, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		p = &MandatePage{}
		if p.MeetingsPage, err = groupFor(tx, by, groupID); err != nil {
			return err
		}
		p.Versions, err = mandatesOf(tx, groupID)
		return err
	})
	return p, err
}

// groupFor is meetingsOf with the group's cluster.
func groupFor(tx *storage.Tx, by Actor, groupID string) (*MeetingsPage, error) {
	p, err := meetingsOf(tx, by, groupID)
	if err == nil {
		p.Cluster, err = clusters.Get(tx, p.Group.ClusterID)
	}
	return p, err
}

// copyMandates is what mandates know of a person: which versions they wrote.
func copyMandates(tx *storage.Tx, p *Person) ([]any, error) {
	var out []any
	for m, err := range mandates.Each(tx, storage.Query{}) {
		if err != nil {
			return nil, err
		}
		if m.ByID == p.ID {
			out = append(out, map[string]any{"group": m.GroupID, "version": m.Version, "at": m.At})
		}
	}
	return out, nil
}

// eraseMandates takes the names of who wrote them.
func eraseMandates(tx *storage.Tx, p *Person) (n int, err error) {
	for m, err := range mandates.Each(tx, storage.Query{}) {
		if err != nil {
			return n, err
		}
		if m.ByID != p.ID || m.ByName == "" {
			continue
		}
		m.ByName = ""
		n++
		if err := mandates.Put(tx, m); err != nil {
			return n, err
		}
	}
	return n, nil
}
