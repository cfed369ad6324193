package scheduling

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"kohtaamo/storage"
)

// A Horizon says when something is expected to matter.
type Horizon string

// The horizons of foresight notes.
const (
	HorizonNow  Horizon = "now"   // already here
	HorizonNear Horizon = "near"  // within two years
	HorizonMid  Horizon = "mid"   // in two to five years
	HorizonFar  Horizon = "far"   // in five to ten years
	HorizonLate Horizon = "later" // in more than ten years
)

// Horizons are all of them, the nearest first.
var Horizons = []Horizon{HorizonNow, HorizonNear, HorizonMid, HorizonFar, HorizonLate}

// ForesightKinds are the kinds of a note: a single sign that something may
// change, or a change that is under way.
var ForesightKinds = []string{"signal", "trend"}

// A ForesightNote is a signal or a trend that somebody of a group noticed.
type ForesightNote struct {
	storage.Meta `bson:",inline"`
	GroupID      string    `bson:"group_id"`
	Kind         string    `bson:"kind"`
	Title        string    `bson:"title"`
	Text         string    `bson:"text,omitempty"`
	Link         string    `bson:"link,omitempty"` // where it was read
	Horizon      Horizon   `bson:"horizon"`
	Tags         []string  `bson:"tags,omitempty"`
	Likelihood   int       `bson:"likelihood,omitempty"` // 1 to 5; 0: not said
	Impact       int       `bson:"impact,omitempty"`     // 1 to 5; 0: not said
	At           time.Time `bson:"at"`                   // when it was written down
	ByID         string    `bson:"by_id,omitempty"`      // person
	ByName       string    `bson:"by_name,omitempty"`
	Words        []string  `bson:"words"`
}

var foresightNotes = storage.NewCollection[ForesightNote]("foresight_notes",
	storage.Ordered("group_id", "at"), storage.Ordered("horizon"), storage.Ordered("kind"), storage.Ordered("by_id"), storage.Many("tags"), storage.Many("words"))

// Weight is likelihood times impact, 1 to 25; 0 where one of them is not said.
func (n *ForesightNote) Weight() int { return n.Likelihood * n.Impact }

// check cleans n and says everything that is wrong with it.
func (n *ForesightNote) check() error {
	f := faults{}
	n.Title, n.Text, n.Link = cleanLine(n.Title), cleanText(n.Text), cleanLine(n.Link)
	f.need("title", n.Title, titleLimit)
	f.limit("text", n.Text, answerLimit)
	if n.Link != "" && !webAddress(n.Link) {
		f.add("link", "problem.link")
	}
	if !slices.Contains(ForesightKinds, n.Kind) {
		f.add("kind", "problem.choice")
	}
	if !slices.Contains(Horizons, n.Horizon) {
		f.add("horizon", "problem.choice")
	}
	if n.Likelihood < 0 || n.Likelihood > maxRating {
		f.add("likelihood", "problem.choice")
	}
	if n.Impact < 0 || n.Impact > maxRating {
		f.add("impact", "problem.choice")
	}
	var tags []string
	for _, t := range n.Tags {
		if t = strings.ToLower(cleanLine(t)); t != "" && !slices.Contains(tags, t) {
			f.limit("tags", t, 60)
			tags = append(tags, t)
		}
	}
	if n.Tags = tags; len(tags) > 20 {
		f.add("tags", "problem.too_long")
	}
	n.Words = words(n.Title, n.Text, strings.Join(n.Tags, " "))
	return f.problem()
}

// Writes reports whether by may change n: who wrote it, and who plans the
// group's meetings.
func (p *MeetingsPage) Writes(by Actor, n *ForesightNote) bool {
	return p.Manage || by.SignedIn() && n.ByID == by.ID
}

// SaveForesightNote stores a note of a group: a new one of its members and those
// who plan its meetings, an old one of who wrote it and the latter.
func (d *Desk) SaveForesightNote(ctx context.Context, by Actor, in ForesightNote) (n *ForesightNote, err error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	err = d.update(ctx, func(tx *storage.Tx) error {
		p, err := meetingsOf(tx, by, in.GroupID)
		if err != nil {
			return err
		}
		n = &ForesightNote{Meta: storage.Meta{ID: orNew(in.ID)}, GroupID: in.GroupID, At: tx.Now(), ByID: by.ID, ByName: by.Name}
		if in.Rev != 0 {
			if n, err = noteOf(tx, p, by, in.ID); err != nil {
				return err
			}
			n.Rev = in.Rev
		}
		n.take(&in)
		if err := foresightNotes.Put(tx, n); err != nil {
			return err
		}
		return d.log(tx, by, "foresight.note", n.ID, n.GroupID, n.Title, "")
	})
	if err != nil {
		return nil, fmt.Errorf("save a foresight note: %w", madeAlready(err))
	}
	return n, nil
}

// take copies what a writer may edit.
func (n *ForesightNote) take(in *ForesightNote) {
	n.Kind, n.Title, n.Text, n.Link, n.Horizon = in.Kind, in.Title, in.Text, in.Link, in.Horizon
	n.Tags, n.Likelihood, n.Impact, n.Words = in.Tags, in.Likelihood, in.Impact, in.Words
}

// noteOf is a note of a group that by may change.
func noteOf(tx *storage.Tx, p *MeetingsPage, by Actor, id string) (*ForesightNote, error) {
	n, err := foresightNotes.Get(tx, id)
	if err == nil && (n.GroupID != p.Group.ID || !p.Writes(by, n)) {
		return nil, errHidden
	}
	return n, err
}

// ForesightNote gives one that by may change.
func (d *Desk) ForesightNote(ctx context.Context, by Actor, groupID, id string) (p *MeetingsPage, n *ForesightNote, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		if p, err = groupFor(tx, by, groupID); err != nil {
			return err
		}
		n, err = noteOf(tx, p, by, id)
		return err
	})
	return p, n, err
}

// DeleteForesightNote takes a note away, by who may change it. What was
// published of it stays.
func (d *Desk) DeleteForesightNote(ctx context.Context, by Actor, groupID, id string) error {
	err := d.update(ctx, func(tx *storage.Tx) error {
		p, err := meetingsOf(tx, by, groupID)
		if err != nil {
			return err
		}
		n, err := noteOf(tx, p, by, id)
		if err != nil {
			return err
		}
		if err := foresightNotes.Delete(tx, n); err != nil {
			return err
		}
		return d.log(tx, by, "foresight.note_delete", n.ID, groupID, n.Title, "")
	})
	if err != nil {
		return fmt.Errorf("delete a foresight note: %w", changedMeanwhile(err))
	}
	return nil
}

// A NoteFilter chooses notes of a group. Zero fields do not restrict.
type NoteFilter struct {
	Text    string
	Kind    string
	Horizon Horizon
	Tag     string
	After   string
	Limit   int // 50 if zero
}

// A ForesightPage is a group with its notes and the issues made of them.
type ForesightPage struct {
	*MeetingsPage
	Notes  []*ForesightNote // newest first
	Issues []*ForesightIssue
	Next   string
}

// Foresight shows a group's notes to its members, its coordinators and its
// cluster's organisers. Drafts of issues are shown to who plans its meetings.
func (d *Desk) Foresight(ctx context.Context, by Actor, groupID string, f NoteFilter) (p *ForesightPage, err error) {
	q := storage.Query{Where: append(search(f.Text), storage.Is("group_id", groupID)), Sort: "-at", Limit: f.Limit, After: f.After}
	if f.Kind != "" {
		q.Where = append(q.Where, storage.Is("kind", f.Kind))
	}
	if f.Horizon != "" {
		q.Where = append(q.Where, storage.Is("horizon", string(f.Horizon)))
	}
	if f.Tag != "" {
		q.Where = append(q.Where, storage.Cond{Field: "tags", Op: storage.Has, Value: f.Tag})
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		p = &ForesightPage{}
		if p.MeetingsPage, err = groupFor(tx, by, groupID); err != nil {
			return err
		}
		if p.Notes, p.Next, err = foresightNotes.Page(tx, q); err != nil {
			return err
		}
		p.Issues, err = foresightIssues.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("group_id", groupID)}, Sort: "-at"})
		p.Issues = slices.DeleteFunc(p.Issues, func(x *ForesightIssue) bool { return !p.Manage && x.State != IssuePublished })
		return err
	})
	return p, err
}

// copyForesight is what a person wrote down of signals and trends.
func copyForesight(tx *storage.Tx, p *Person) ([]any, error) {
	found, err := foresightNotes.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("by_id", p.ID)}})
	var out []any
	for _, n := range found {
		out = append(out, map[string]any{"group": n.GroupID, "kind": n.Kind, "title": n.Title, "text": n.Text, "link": n.Link, "tags": n.Tags, "at": n.At})
	}
	return out, err
}

// eraseForesight takes the name off the notes that a person wrote: they are
// about the world, and the group's.
func eraseForesight(tx *storage.Tx, p *Person) (n int, err error) {
	found, err := foresightNotes.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("by_id", p.ID)}})
	if err != nil {
		return 0, err
	}
	for _, x := range found {
		if x.ByName == "" {
			continue
		}
		x.ByName = ""
		n++
		if err := foresightNotes.Put(tx, x); err != nil {
			return n, err
		}
	}
	return n, nil
}
