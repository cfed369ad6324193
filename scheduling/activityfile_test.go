package scheduling

import (
	"testing"

	"kohtaamo/storage"
)

// Files belong to their entry: the organisers of its clusters have them, they go
// with it, and with the one person that it is about.
func TestWorkFiles(t *testing.T) {
	h := newHouse(t)
	p := h.gone(t)
	save := func(w Work) *Work {
		t.Helper()
		w.Day, w.ClusterIDs = HouseDay(h.now()), []string{h.cluster.ID}
		out, err := h.SaveWork(t.Context(), h.boss, w)
		must(t, err)
		return out
	}
	fair := save(Work{Kind: WorkFair, Title: "Northern Power fair", PersonIDs: []string{p.ID}})
	call := save(Work{Kind: WorkCall, Title: "About a stand", PersonIDs: []string{p.ID}})
	add := func(w *Work, name, body string) *File {
		t.Helper()
		x, err := h.AddWorkFile(t.Context(), h.boss, w.ID, name, []byte(body))
		must(t, err)
		return x
	}
	report := add(fair, "report.md", "Met "+goneName+" and ten others.")
	add(call, "notes.txt", "They are keen.")
	_, err := h.AddWorkFile(t.Context(), h.boss, fair.ID, "stand.exe", []byte("MZ"))
	wantProblem(t, err, Invalid)
	for _, stranger := range []Actor{{}, h.other, p.Actor()} {
		_, err := h.WorkFiles(t.Context(), stranger, fair.ID)
		wantHidden(t, err)
		_, _, err = h.WorkFile(t.Context(), stranger, fair.ID, report.ID)
		wantHidden(t, err)
		_, err = h.AddWorkFile(t.Context(), stranger, fair.ID, "a.txt", []byte("a"))
		wantHidden(t, err)
		wantHidden(t, h.RemoveWorkFile(t.Context(), stranger, fair.ID, report.ID))
	}
	_, _, err = h.WorkFile(t.Context(), h.boss, call.ID, report.ID)
	wantHidden(t, err)
	h.erase(t, p.ID)
	x, body, err := h.WorkFile(t.Context(), h.boss, fair.ID, report.ID)
	must(t, err)
	if string(body) != "Met "+nameless+" and ten others." || !x.Struck() {
		t.Errorf("the report says %q", body)
	}
	if list, err := h.WorkFiles(t.Context(), h.boss, call.ID); err != nil || len(list) != 0 {
		t.Errorf("what was filed with a call to them is still there: %d, %v", len(list), err)
	}
	must(t, h.RemoveWorkFile(t.Context(), h.boss, fair.ID, report.ID))
	must(t, h.RemoveWorkFile(t.Context(), h.boss, fair.ID, report.ID))
	add(fair, "again.txt", "Once more.")
	must(t, h.DeleteWork(t.Context(), h.boss, fair.ID, "twice"))
	h.write(t, func(tx *storage.Tx) error {
		n, err := files.Count(tx, storage.Query{})
		bodies, err2 := fileBodies.Count(tx, storage.Query{})
		if n != 0 || bodies != 0 || err2 != nil {
			t.Errorf("%d files and %d bodies are left", n, bodies)
		}
		return err
	})
}
