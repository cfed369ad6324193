package scheduling

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"kohtaamo/storage"
)

// An IssueState is where a foresight issue stands.
type IssueState string

// The states of an issue. One that is taken back is a draft again.
const (
	IssueDraft     IssueState = "draft"
	IssuePublished IssueState = "published"
)

// A ForesightIssue is what a group publishes of its notes for its cluster's
// members. What is published stays as it was, whatever becomes of the notes.
type ForesightIssue struct {
	storage.Meta `bson:",inline"`
	GroupID      string      `bson:"group_id"`
	ClusterID    string      `bson:"cluster_id"`
	State        IssueState  `bson:"state"`
	Title        Text        `bson:"title"`
	Intro        Text        `bson:"intro,omitempty"` // Markdown
	NoteIDs      []string    `bson:"note_ids"`        // in their order
	Notes        []IssueNote `bson:"notes,omitempty"` // as they were published
	Public       bool        `bson:"public"`          // for everybody, not for the cluster's members alone
	At           time.Time   `bson:"at"`              // published, or made where it never was
}

// An IssueNote is a note as it was published, without who wrote it.
type IssueNote struct {
	Kind       string   `bson:"kind"`
	Title      string   `bson:"title"`
	Text       string   `bson:"text,omitempty"`
	Link       string   `bson:"link,omitempty"`
	Horizon    Horizon  `bson:"horizon"`
	Tags       []string `bson:"tags,omitempty"`
	Likelihood int      `bson:"likelihood,omitempty"`
	Impact     int      `bson:"impact,omitempty"`
}

var foresightIssues = storage.NewCollection[ForesightIssue]("foresight_issues",
	storage.Ordered("group_id", "at"), storage.Ordered("state", "at"), storage.Ordered("cluster_id", "at"))

// MaxIssueNotes is how many notes one issue may have.
const MaxIssueNotes = 60

// check cleans x and says everything that is wrong with it.
func (x *ForesightIssue) check() error {
	f := faults{}
	x.Title, x.Intro = x.Title.trimmed(), x.Intro.trimmed()
	if x.Title.Empty() {
		f.add("title", "problem.required")
	}
	if x.Title.longest() > titleLimit {
		f.add("title", "problem.too_long")
	}
	if x.Intro.longest() > answerLimit {
		f.add("intro", "problem.too_long")
	}
	var ids []string
	for _, id := range x.NoteIDs {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	if x.NoteIDs = ids; len(ids) == 0 || len(ids) > MaxIssueNotes {
		f.add("notes", "groupwork.issue_notes")
	}
	return f.problem()
}

// SaveForesightIssue stores an issue of a group, for those who plan its
// meetings. The notes of a published one stay as they are.
func (d *Desk) SaveForesightIssue(ctx context.Context, by Actor, in ForesightIssue) (x *ForesightIssue, err error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	err = d.update(ctx, func(tx *storage.Tx) error {
		p, err := managedGroup(tx, by, in.GroupID)
		if err != nil {
			return err
		}
		x = &ForesightIssue{Meta: storage.Meta{ID: orNew(in.ID)}, GroupID: in.GroupID, ClusterID: p.Group.ClusterID, State: IssueDraft, At: tx.Now()}
		if in.Rev != 0 {
			if x, err = foresightIssues.Get(tx, in.ID); err != nil {
				return err
			}
			if x.GroupID != in.GroupID {
				return errHidden
			}
			x.Rev = in.Rev
		}
		if x.State == IssueDraft {
			found, err := groupNotes(tx, in.GroupID, in.NoteIDs)
			if err != nil {
				return err
			}
			x.NoteIDs = x.NoteIDs[:0]
			for _, n := range found {
				x.NoteIDs = append(x.NoteIDs, n.ID)
			}
		}
		x.Title, x.Intro, x.Public = in.Title, in.Intro, in.Public
		if err := foresightIssues.Put(tx, x); err != nil {
			return err
		}
		return d.log(tx, by, "foresight.issue", x.ID, x.GroupID, x.Title.In("en"), "")
	})
	if err != nil {
		return nil, fmt.Errorf("save a foresight issue: %w", madeAlready(err))
	}
	return x, nil
}

// groupNotes are those of the notes that a group has, in the order of the ids.
func groupNotes(tx *storage.Tx, groupID string, ids []string) ([]*ForesightNote, error) {
	found, err := byIDs(tx, foresightNotes.Get, ids)
	return slices.DeleteFunc(found, func(n *ForesightNote) bool { return n.GroupID != groupID }), err
}

// PublishForesight lets the cluster's members, or everybody, read an issue with
// its notes as they are now; taking it back makes it a draft again.
func (d *Desk) PublishForesight(ctx context.Context, by Actor, issueID string, publish bool) (x *ForesightIssue, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		if x, err = foresightIssues.Get(tx, issueID); err != nil {
			return err
		}
		if _, err := managedGroup(tx, by, x.GroupID); err != nil {
			return err
		}
		if publish == (x.State == IssuePublished) {
			return nil
		}
		action := "foresight.withdraw"
		if x.State, x.Notes = IssueDraft, nil; publish {
			action = "foresight.publish"
			if err := x.publish(tx); err != nil {
				return err
			}
		}
		if err := foresightIssues.Put(tx, x); err != nil {
			return err
		}
		return d.log(tx, by, action, x.ID, x.GroupID, x.Title.In("en"), "")
	})
	if err != nil {
		return nil, fmt.Errorf("publish foresight issue %s: %w", issueID, changedMeanwhile(err))
	}
	return x, nil
}

func (x *ForesightIssue) publish(tx *storage.Tx) (err error) {
	x.State, x.At = IssuePublished, tx.Now()
	x.Notes, err = x.fresh(tx)
	if err == nil && len(x.Notes) == 0 {
		return &Problem{Kind: Closed, Key: "groupwork.issue_notes"}
	}
	return err
}

// fresh are x's notes as they are now.
func (x *ForesightIssue) fresh(tx *storage.Tx) (out []IssueNote, err error) {
	found, err := groupNotes(tx, x.GroupID, x.NoteIDs)
	for _, n := range found {
		out = append(out, IssueNote{n.Kind, n.Title, n.Text, n.Link, n.Horizon, n.Tags, n.Likelihood, n.Impact})
	}
	return out, err
}

// A ForesightRead is an issue as somebody reads it.
type ForesightRead struct {
	Issue   *ForesightIssue
	Notes   []IssueNote // a draft's as they are now
	Group   *Group
	Cluster *Cluster
	Manage  bool
}

// ForesightIssue shows an issue: a public one to everybody, another to those who
// belong to the cluster, a draft to who plans the group's meetings.
func (d *Desk) ForesightIssue(ctx context.Context, by Actor, id string) (r *ForesightRead, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		x, err := foresightIssues.Get(tx, id)
		if err != nil {
			return err
		}
		r = &ForesightRead{Issue: x, Notes: x.Notes}
		if r.Group, err = groups.Get(tx, x.GroupID); err != nil {
			return err
		}
		r.Manage = by.Organises(r.Group.ClusterID) || by.Coordinates(r.Group.ID)
		if ok, err := x.readable(tx, by, r.Group); err != nil || !ok && !r.Manage {
			return hiddenOr(err)
		}
		if x.State == IssueDraft {
			if r.Notes, err = x.fresh(tx); err != nil {
				return err
			}
		}
		r.Cluster, err = clusters.Get(tx, r.Group.ClusterID)
		return err
	})
	return r, err
}

// hiddenOr is err, or that there is no such thing.
func hiddenOr(err error) error {
	if err == nil {
		return errHidden
	}
	return err
}

// readable reports whether by may read x once it is published.
func (x *ForesightIssue) readable(tx *storage.Tx, by Actor, g *Group) (bool, error) {
	if x.State != IssuePublished {
		return false, nil
	}
	if x.Public || by.Coordinates(g.ID) || by.SignedIn() && slices.Contains(g.Members, by.ID) {
		return true, nil
	}
	return belongsTo(tx, by, g.ClusterID)
}

// belongsTo reports whether by is of a company that belongs to the cluster, or
// organises it.
func belongsTo(tx *storage.Tx, by Actor, clusterID string) (bool, error) {
	if by.Organises(clusterID) {
		return true, nil
	}
	if !by.SignedIn() {
		return false, nil
	}
	p, err := people.Get(tx, by.ID)
	if err != nil || p.CompanyID == "" {
		return false, ignoreMissing(err)
	}
	c, err := companies.Get(tx, p.CompanyID)
	if err != nil {
		return false, ignoreMissing(err)
	}
	return slices.Contains(c.ClusterIDs, clusterID), nil
}

// An IssueFilter chooses published issues. Zero fields do not restrict.
type IssueFilter struct {
	Cluster string // id
	After   string
	Limit   int // 50 if zero
}

// ForesightIssues are the published issues that by may read, newest first.
func (d *Desk) ForesightIssues(ctx context.Context, by Actor, f IssueFilter) (list []*ForesightIssue, next string, err error) {
	q := storage.Query{Where: []storage.Cond{storage.Is("state", string(IssuePublished))}, Sort: "-at", Limit: cmp.Or(f.Limit, 50), After: f.After}
	if f.Cluster != "" {
		q.Where = append(q.Where, storage.Is("cluster_id", f.Cluster))
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		belongs := map[string]bool{}
		var failed error
		list, next, err = pageWhere(q, func(q storage.Query) ([]*ForesightIssue, string, error) { return foresightIssues.Page(tx, q) }, func(x *ForesightIssue) bool {
			if _, asked := belongs[x.GroupID]; !asked && failed == nil {
				g, err := groups.Get(tx, x.GroupID)
				if err == nil {
					private := *x
					private.Public = false
					belongs[x.GroupID], err = private.readable(tx, by, g)
				}
				failed = err
			}
			return x.Public || belongs[x.GroupID]
		})
		if failed != nil {
			return failed
		}
		return err
	})
	return list, next, err
}
