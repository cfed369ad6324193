package scheduling

import (
	"strings"
	"testing"

	"kohtaamo/storage"
)

// TestLabelProofs points an answer to one proof of each kind, and sees which are
// left when what they point to goes.
func TestLabelProofs(t *testing.T) {
	h := newEvidentHouse(t)
	const q = "strategy_measured"
	p := h.plan(t, "Plan")
	add := func(in LabelProof) error {
		_, err := h.AddProof(t.Context(), h.boss, h.cluster.ID, q, in)
		return err
	}
	must(t, add(LabelProof{Kind: ProofIndicator, Ref: "members", Part: "2027"}))
	must(t, add(LabelProof{Kind: ProofIndicator, Ref: "members", Part: "2027"})) // sent twice
	must(t, add(LabelProof{Kind: ProofIndicator, Ref: "events", Part: h.period.ID}))
	must(t, add(LabelProof{Kind: ProofSection, Ref: p.ID, Part: p.Sections[0].ID}))
	must(t, add(LabelProof{Kind: ProofRecord, Ref: "record", Note: "decision 1"}))
	must(t, add(LabelProof{Kind: ProofFile, Ref: "file-0"}))
	_, err := h.AddProofFile(t.Context(), h.boss, h.cluster.ID, q, "own.txt", []byte("x"), "")
	must(t, err)
	for _, bad := range []LabelProof{{Kind: ProofIndicator, Ref: "nothing", Part: "2027"}, {Kind: ProofIndicator, Ref: "members", Part: h.funded.ID + "x"}, {Kind: ProofFile, Ref: "file-4"},
		{Kind: ProofEvent, Ref: "nothing"}, {Kind: ProofSection, Ref: p.ID, Part: "nothing"}, {Kind: "rumour", Ref: "x"}} {
		wantProblem(t, add(bad), Invalid)
	}
	row := h.labelRow(t, q, true)
	if len(row.Proofs) != 6 || row.Proven != 6 {
		t.Fatalf("%d of %d proofs are there", row.Proven, len(row.Proofs))
	}
	if f := row.Proofs[0].Figure; f == nil || f.N != 1 {
		t.Errorf("members = %+v", f)
	}
	if got := row.Proofs[1].Name(h.Texts.In("en")) + ": " + row.Proofs[1].Value(h.Texts.In("en")); !strings.HasSuffix(got, ", 2027: 2") {
		t.Errorf("the second proof is %q", got)
	}
	must(t, h.DeletePlan(t.Context(), h.boss, p.ID))
	row = h.labelRow(t, q, false)
	if row.Proven != 5 || !row.Proofs[2].Gone {
		t.Errorf("after the plan is gone: %+v", row)
	}
	own := row.Proofs[5].Proof
	if _, body, err := h.ProofBytes(t.Context(), h.boss, h.cluster.ID, q, own.ID); err != nil || string(body) != "x" {
		t.Errorf("file = %q, %v", body, err)
	}
	_, err = h.DropProof(t.Context(), h.boss, h.cluster.ID, q, own.ID)
	must(t, err)
	h.write(t, func(tx *storage.Tx) error {
		if _, err := files.Get(tx, own.Ref); !IsHidden(err) {
			t.Errorf("the file of a proof that was taken out is kept: %v", err)
		}
		return nil
	})
	if row = h.labelRow(t, "strategy_plan", false); row.Proven != 0 || len(row.Proofs) != 0 {
		t.Errorf("another question has proofs: %+v", row)
	}
}

func (h *testHouse) labelRow(t testing.TB, question string, counted bool) (out LabelRow) {
	t.Helper()
	page, err := h.Label(t.Context(), h.boss, h.cluster.ID, counted)
	must(t, err)
	for _, g := range page.Groups {
		for _, row := range g.Rows {
			if row.Question.Key == question {
				out = row
			}
		}
	}
	return out
}

func TestLabelAnswers(t *testing.T) {
	h := newHouse(t)
	a, err := h.AnswerLabel(t.Context(), h.boss, h.cluster.ID, "results_used", 0, "Most of them.")
	must(t, err)
	_, err = h.AnswerLabel(t.Context(), h.boss, h.cluster.ID, "results_used", 0, "From an old form")
	wantProblem(t, err, Changed)
	_, err = h.AnswerLabel(t.Context(), h.boss, h.cluster.ID, "results_used", a.Rev, "All of them.")
	must(t, err)
	_, err = h.AnswerLabel(t.Context(), h.boss, h.cluster.ID, "no_question", 0, "x")
	wantHidden(t, err)
	if got := h.labelRow(t, "results_used", false).Answer.Answer; got != "All of them." {
		t.Errorf("answer = %q", got)
	}
	seen := map[string]bool{}
	for _, g := range LabelGroups() {
		for _, q := range g.Questions {
			if seen[q.Key] || q.Group != g.Key {
				t.Errorf("the question %s stands there twice, or in the wrong group", q.Key)
			}
			seen[q.Key] = true
			for _, key := range []string{"label.q." + q.Key, "label.help." + q.Key} {
				if !h.Texts.In("fi").Has(key) || !h.Texts.In("en").Has(key) {
					t.Errorf("there are no words for %s", key)
				}
			}
		}
	}
}
