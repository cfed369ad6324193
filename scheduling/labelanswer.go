package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"kohtaamo/storage"
)

// A ProofKind says what a proof points to.
type ProofKind string

// The kinds of proof.
const (
	ProofIndicator ProofKind = "indicator" // Ref is its key, Part a period's id or a year
	ProofSection   ProofKind = "section"   // Ref is a plan's id, Part a section's
	ProofFile      ProofKind = "file"      // of the question, of a plan, or of a group
	ProofEvent     ProofKind = "event"
	ProofRecord    ProofKind = "record" // what is written about a group's meeting
)

// ProofKinds are all of them, in the order of a form.
var ProofKinds = []ProofKind{ProofIndicator, ProofSection, ProofFile, ProofEvent, ProofRecord}

// A LabelProof points to what shows that an answer is true.
type LabelProof struct {
	ID   string    `bson:"id"`
	Kind ProofKind `bson:"kind"`
	Ref  string    `bson:"ref"`
	Part string    `bson:"part,omitempty"`
	Note string    `bson:"note,omitempty"` // where to look in it
	At   time.Time `bson:"at"`
}

// A LabelAnswer is what a cluster answers to a question of the label, with its
// proofs. Its ID is the cluster's and the question's.
type LabelAnswer struct {
	storage.Meta `bson:",inline"`
	ClusterID    string       `bson:"cluster_id"`
	Question     string       `bson:"question"`
	Answer       string       `bson:"answer,omitempty"` // Markdown
	Proofs       []LabelProof `bson:"proofs,omitempty"`
}

var labelAnswers = storage.NewCollection[LabelAnswer]("label_answers", storage.Ordered("cluster_id", "question"))

// labelFiles is the kind of owner of files that were uploaded for a question.
const labelFiles = "label"

// maxProofs is how many proofs one answer may have.
const maxProofs = 30

func labelAnswerID(clusterID, question string) string { return clusterID + "~" + question }

// labelAnswerIn is the answer of a cluster of by's to a question, an empty one
// where nobody has answered yet.
func labelAnswerIn(tx *storage.Tx, by Actor, clusterID, question string) (*LabelAnswer, error) {
	if _, known := LabelQuestionOf(question); !known {
		return nil, errHidden
	}
	cl, err := ownCluster(tx, by, clusterID)
	if err != nil {
		return nil, err
	}
	a, err := labelAnswers.Get(tx, labelAnswerID(cl.ID, question))
	if errors.Is(err, storage.ErrNotFound) {
		return &LabelAnswer{Meta: storage.Meta{ID: labelAnswerID(cl.ID, question)}, ClusterID: cl.ID, Question: question}, nil
	}
	return a, err
}

// onAnswer changes an answer of by's clusters, with a line in the audit log. A
// change that gives false is none.
func (d *Desk) onAnswer(ctx context.Context, by Actor, clusterID, question, action string, change func(*storage.Tx, *LabelAnswer) (bool, error)) (a *LabelAnswer, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		if a, err = labelAnswerIn(tx, by, clusterID, question); err != nil {
			return err
		}
		changed, err := change(tx, a)
		if err != nil || !changed {
			return err
		}
		if err := labelAnswers.Put(tx, a); err != nil {
			return err
		}
		return d.log(tx, by, action, a.ID, clusterID, question, "")
	})
	if err != nil {
		return nil, fmt.Errorf("answer %s of cluster %s: %w", question, clusterID, changedMeanwhile(err))
	}
	return a, nil
}

// AnswerLabel writes what a cluster answers to a question. rev is the revision
// that the form showed, 0 where there was no answer.
func (d *Desk) AnswerLabel(ctx context.Context, by Actor, clusterID, question string, rev int64, answer string) (*LabelAnswer, error) {
	f := faults{}
	answer = cleanText(answer)
	f.limit("answer", answer, bodyLimit)
	if err := f.problem(); err != nil {
		return nil, err
	}
	return d.onAnswer(ctx, by, clusterID, question, "label.answer", func(_ *storage.Tx, a *LabelAnswer) (bool, error) {
		if a.Answer == answer {
			return false, nil
		}
		if a.Rev != rev {
			return false, storage.ErrConflict
		}
		a.Answer = answer
		return true, nil
	})
}

// AddProof points from an answer to what proves it. The same proof twice is one.
func (d *Desk) AddProof(ctx context.Context, by Actor, clusterID, question string, p LabelProof) (*LabelAnswer, error) {
	f := faults{}
	p.Note = cleanLine(p.Note)
	f.limit("note", p.Note, lineLimit)
	if err := f.problem(); err != nil {
		return nil, err
	}
	return d.onAnswer(ctx, by, clusterID, question, "label.proof", func(tx *storage.Tx, a *LabelAnswer) (bool, error) {
		return a.add(tx, by, p)
	})
}

// add puts a proof to a, if it points to something of a's cluster.
func (a *LabelAnswer) add(tx *storage.Tx, by Actor, p LabelProof) (bool, error) {
	if slices.ContainsFunc(a.Proofs, func(x LabelProof) bool { return x.Kind == p.Kind && x.Ref == p.Ref && x.Part == p.Part }) {
		return false, nil
	}
	if len(a.Proofs) >= maxProofs {
		return false, &Problem{Kind: Full, Key: "label.too_many_proofs", Args: []any{"count", maxProofs}}
	}
	shown, err := showProof(tx, a, p)
	if err != nil {
		return false, err
	}
	if shown.Gone {
		return false, &Problem{Kind: Invalid, Key: "problem.invalid", Fields: map[string]string{string(p.Kind): "problem.choice"}}
	}
	p.ID, p.At = storage.NewID(), tx.Now()
	a.Proofs = append(a.Proofs, p)
	return true, nil
}

// AddProofFile stores a file for a question and points to it.
func (d *Desk) AddProofFile(ctx context.Context, by Actor, clusterID, question, name string, body []byte, note string) (*LabelAnswer, error) {
	f := faults{}
	note = cleanLine(note)
	f.limit("note", note, lineLimit)
	if err := f.problem(); err != nil {
		return nil, err
	}
	return d.onAnswer(ctx, by, clusterID, question, "label.proof", func(tx *storage.Tx, a *LabelAnswer) (bool, error) {
		x, err := d.addFile(tx, by, labelFiles, a.ID, name, body)
		if err != nil {
			return false, err
		}
		return a.add(tx, by, LabelProof{Kind: ProofFile, Ref: x.ID, Note: note})
	})
}

// DropProof takes a proof from an answer, and the file that was uploaded for it.
func (d *Desk) DropProof(ctx context.Context, by Actor, clusterID, question, proofID string) (*LabelAnswer, error) {
	return d.onAnswer(ctx, by, clusterID, question, "label.proof_drop", func(tx *storage.Tx, a *LabelAnswer) (bool, error) {
		i := slices.IndexFunc(a.Proofs, func(p LabelProof) bool { return p.ID == proofID })
		if i < 0 {
			return false, nil
		}
		p := a.Proofs[i]
		a.Proofs = slices.Delete(a.Proofs, i, i+1)
		if p.Kind != ProofFile {
			return true, nil
		}
		x, err := files.Get(tx, p.Ref)
		if err != nil || x.OwnerKind != labelFiles || x.OwnerID != a.ID {
			return true, ignoreMissing(err)
		}
		return true, deleteFile(tx, x)
	})
}

// ProofBytes gives the file of a proof with its bytes, for the organisers of its
// cluster.
func (d *Desk) ProofBytes(ctx context.Context, by Actor, clusterID, question, proofID string) (x *File, body []byte, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		a, err := labelAnswerIn(tx, by, clusterID, question)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(a.Proofs, func(p LabelProof) bool { return p.ID == proofID && p.Kind == ProofFile })
		if i < 0 {
			return errHidden
		}
		if x, err = fileOfCluster(tx, a, a.Proofs[i].Ref); err != nil {
			return err
		}
		body, err = fileBytes(tx, x.ID)
		return err
	})
	return x, body, err
}
