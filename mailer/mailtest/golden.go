package mailtest

import (
	"os"
	"path/filepath"
	"testing"
)

// A Golden is a mail of one kind in one language, as its reader gets it.
type Golden struct {
	Kind, Lang    string
	Subject       string
	Text, HTML    string
	Calendar      string // empty if there is none
	WithoutLinkIs string // why nothing has to be done next; a mail without a link needs it

	// Leads are addresses that a reader has to see in both parts: of mail to many,
	// where they leave it and where they choose what they get.
	Leads []string
}

// Compare holds a mail to the rules of all mails (see Faults), and to the files
// KIND.LANG.txt, .html and .ics in testdata/mails, which it writes first if told
// to. A mail without a calendar part has no .ics.
func (g Golden) Compare(t testing.TB, update bool) {
	t.Helper()
	for _, fault := range g.Faults() {
		t.Errorf("%s in %s: %s", g.Kind, g.Lang, fault)
	}
	g.file(t, ".txt", "Subject: "+g.Subject+"\n\n"+g.Text, update)
	g.file(t, ".html", g.HTML, update)
	g.file(t, ".ics", g.Calendar, update)
}

func (g Golden) file(t testing.TB, ending, got string, update bool) {
	t.Helper()
	name := filepath.Join("testdata", "mails", g.Kind+"."+g.Lang+ending)
	if update {
		write(t, name, got)
	}
	want, err := os.ReadFile(name)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s differs; run go test -update and read the change. Got:\n%s", name, got)
	}
}

// write stores a file, or removes the one that says nothing any more.
func write(t testing.TB, name, content string) {
	t.Helper()
	if content == "" {
		if err := os.Remove(name); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		return
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}
