package mailer

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"kohtaamo/mailer/mailtest"
)

func newJournal(t *testing.T, dir, house string) *Journal {
	t.Helper()
	j, err := OpenJournal(dir, []byte(house))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close() })
	return j
}

// die leaves a journal as the end of its program does: files without a lock.
func (j *Journal) die() {
	j.file.Close()
	j.lock.Close()
	j.file = nil
}

// left is what an heir finds.
func left(t *testing.T, j *Journal) map[string]entry {
	t.Helper()
	all := map[string]entry{}
	err := j.inherit(t.Context(), func(_ context.Context, l legacy) error {
		maps.Copy(all, l.open)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, f := range files {
		out = append(out, filepath.Ext(f.Name()))
	}
	return out
}

func TestJournalIsInherited(t *testing.T) {
	dir := t.TempDir()
	dead := newJournal(t, dir, "a")
	for _, id := range []string{"copy/1", "copy/2", "copy/3"} {
		if err := dead.start(entry{id: id, turn: "0"}); err != nil {
			t.Fatal(err)
		}
	}
	dead.done(entry{"copy/2", "0", &reply{StageRcpt, 550, "5.1.1"}})
	dead.done(entry{"copy/3", "0", &reply{StageFinal, 250, ""}})
	dead.done(entry{"copy/4", "0", &reply{StageMail, 421, ""}}) // refused before it was handed over
	dead.settled("copy/3")

	heir := newJournal(t, dir, "a")
	if got := left(t, heir); len(got) != 0 {
		t.Errorf("inherited from the living: %v", got)
	}
	dead.die()
	stranger := newJournal(t, dir, "b")
	if got := left(t, stranger); len(got) != 0 {
		t.Errorf("inherited from another house: %v", got)
	}
	refuse := errors.New("the database is busy")
	if err := heir.inherit(t.Context(), func(context.Context, legacy) error { return refuse }); !errors.Is(err, refuse) {
		t.Errorf("error %v", err)
	}
	got := left(t, heir)
	if len(got) != 3 || got["copy/1"].said != nil || *got["copy/2"].said != (reply{StageRcpt, 550, "5.1.1"}) {
		t.Errorf("inherited %v", got)
	}
	if got := left(t, heir); len(got) != 0 {
		t.Errorf("inherited twice: %v", got)
	}
	heir.Close()
	stranger.Close()
	if got := names(t, dir); len(got) != 0 {
		t.Errorf("left in the folder: %v", got)
	}
}

func TestJournalStaysSmall(t *testing.T) {
	dir := t.TempDir()
	j := newJournal(t, dir, "a")
	if err := j.start(entry{id: "copy/stays", turn: "2"}); err != nil {
		t.Fatal(err)
	}
	for n := range 40_000 {
		e := entry{id: "copy/" + strconv.Itoa(n), turn: "0"}
		if err := j.start(e); err != nil {
			t.Fatal(err)
		}
		e.said = &reply{StageFinal, 250, ""}
		j.done(e)
		if n%100 == 99 {
			for k := n - 99; k <= n; k++ {
				j.settled("copy/" + strconv.Itoa(k))
			}
		}
	}
	info, err := os.Stat(j.path(journalSuffix))
	if err != nil || info.Size() > journalSize+100_000 {
		t.Errorf("the file has %d bytes, %v", info.Size(), err)
	}
	j.die()
	// Some that are settled are found again: the outbox knows better about them.
	if got := left(t, newJournal(t, dir, "a")); got["copy/stays"].turn != "2" || len(got) > 20_000 {
		t.Errorf("inherited %d, among them %v", len(got), got["copy/stays"])
	}
}

// A file of which the end is missing, at whatever place, says what stands before.
func TestJournalTorn(t *testing.T) {
	var whole bytes.Buffer
	whole.Write(line("J", houseMark(nil)))
	whole.Write(entry{id: "copy/1", turn: "0"}.line())
	whole.Write(entry{"copy/1", "0", &reply{StageFinal, 250, ""}}.line())
	whole.Write(entry{id: "copy/2", turn: "0"}.line())
	for cut := len(line("J", houseMark(nil))); cut <= whole.Len(); cut++ {
		got, err := readJournal(bytes.NewReader(whole.Bytes()[:cut]), houseMark(nil))
		if err != nil {
			t.Fatal(cut, err)
		}
		lines := bytes.Count(whole.Bytes()[:cut], []byte("\n")) - 1
		if cut < whole.Len() && whole.Bytes()[cut] == '\n' {
			lines++ // all but the line's end is as good as all
		}
		want := map[int][]string{0: {}, 1: {"copy/1"}, 2: {"copy/1"}, 3: {"copy/1", "copy/2"}}[lines]
		if ids := slices.Sorted(maps.Keys(got)); !slices.Equal(ids, want) {
			t.Errorf("cut at %d: %v, want %v", cut, ids, want)
		}
		if (got["copy/1"].said != nil) != (lines >= 2) {
			t.Errorf("cut at %d: %v", cut, got)
		}
	}
}

// Whatever stands in a file, reading it ends, and what is read could be written.
func FuzzJournal(f *testing.F) {
	head := string(line("J", houseMark(nil)))
	f.Add([]byte(head))
	f.Add([]byte(head + string(entry{id: "copy/1", turn: "0"}.line()) + "D\tcopy"))
	f.Add([]byte(head + string(entry{"copy/1", "0", &reply{StageRcpt, 450, "4.2.0"}}.line())))
	f.Add([]byte(head + strings.Repeat("x", 2*longestLine) + "\n" + string(entry{id: "copy/1", turn: "0"}.line())))
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := readJournal(bytes.NewReader(raw), houseMark(nil))
		if err != nil {
			return
		}
		for id, e := range got {
			again, err := readJournal(strings.NewReader(head+string(e.line())), houseMark(nil))
			if err != nil || again[id].turn != e.turn {
				t.Errorf("%q is read as %v, %v", e.line(), again, err)
			}
		}
	})
}

// What a killed program left is written down: replies as what they were, a copy
// without one as assumed. It leaves again by a click. Single mails leave again by
// themselves.
func TestLegacy(t *testing.T) {
	h, s := newHouse(t), newSink(t, mailtest.Config{})
	h.campaign()
	h.readers(5)
	h.add(letters(4)...)
	dir := t.TempDir()
	dead := newJournal(t, dir, "")
	var ids []string
	for n := range 5 {
		ids = append(ids, DeliveryKey(issueID, reader(n).To))
	}
	tell := func(id, turn string, r *reply) {
		t.Helper()
		if err := dead.start(entry{id: id, turn: turn}); err != nil {
			t.Fatal(err)
		}
		if r != nil {
			dead.done(entry{id, turn, r})
		}
	}
	tell(copyMark+ids[0], "0", nil)
	tell(copyMark+ids[1], "0", &reply{StageFinal, 250, ""})
	tell(copyMark+ids[2], "0", &reply{StageRcpt, 550, "5.1.1"})
	tell(copyMark+ids[3], "7", nil) // of a try long settled
	if until, err := h.takeTurn(t.Context(), issueID, dead.run); err != nil || until.IsZero() {
		t.Fatal(until, err)
	}
	claimed, err := h.claim(t.Context(), dead.run, h.now(), 3)
	if err != nil || len(claimed.mails) != 3 {
		t.Fatal(claimed, err)
	}
	tell(mailMark+"m0000", claimed.token, nil)
	tell(mailMark+"m0001", claimed.token, &reply{StageFinal, 250, ""})
	dead.die()

	w := h.worker(s)
	w.Journal = newJournal(t, dir, "")
	h.run(w, 2+3)
	h.wantCounts(map[State]int{Assumed: 1, Sent: 3, Failed: 1})
	for _, m := range letters(4) {
		h.wantState(m.ID, Sent)
	}
	wantDeliveries(t, s, 2+3, 1)
}
