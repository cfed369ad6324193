package main

import (
	"bytes"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/scheduling"
)

// TestErasedLeavesNoTrace has somebody register at a real server, be written to,
// subscribe and be erased, and then looks for them in every file that is left:
// the database, its log, the mail folder, what the server logged, an export and a
// backup made afterwards.
func TestErasedLeavesNoTrace(t *testing.T) {
	const name, email = "Ylermi Zxqvist-Oernulf", "ylermi.zxqvist@wvutsr.example"
	dir := t.TempDir()
	db, folder := database(dir, "k.db"), filepath.Join(dir, "mail")
	h := openHouse(t, db)
	e := published(t, h) // with one seat
	token := strings.TrimSpace(must(t, "token", "--name", "Privacy", "--role", "administrator", db))
	log, err := os.Create(filepath.Join(dir, "server.log"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	p := spawnTo(t, log, db, "--mail=dir:"+folder, "--log-level", "debug")
	for _, who := range [][2]string{{name, email}, {"Next One", "next@example.org"}} {
		resp, err := http.PostForm(p.base+"/events/"+e.Slug+"/register", url.Values{"name": {who[0]}, "email": {who[1]}, "lang": {"en"}})
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("registering: %v, %v", resp, err)
		}
		resp.Body.Close()
	}
	r := onlyRegistration(t, h, e, name)
	before := tally(t, h, e)
	for sent := false; !sent; { // the server sends in its own time
		list, _, err := h.outbox.List(t.Context(), mailer.Filter{State: mailer.Sent, Text: email})
		if err != nil {
			t.Fatal(err)
		}
		if sent = len(list) > 0; !sent {
			time.Sleep(20 * time.Millisecond)
		}
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.base+"/api/v1/people/"+r.PersonID+"/erasure", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("erasing: %v, %v", resp, err)
	}
	resp.Body.Close()
	p.terminate(t)

	if r := call(t, map[string]string{"KOHTAAMO_MAIL": "dir:" + folder}, "jobs", "run", "erasures", db); r.status != exitDone {
		t.Errorf("finishing: %+v", r)
	}
	if out := must(t, "jobs", "run", "retention", db); !strings.Contains(out, "done") {
		t.Errorf("the job says %q", out)
	}
	if after := tally(t, h, e); after.Withdrawn != 1 || after.Confirmed != before.Confirmed {
		t.Errorf("the event counted %+v and counts %+v", before, after)
	}
	list, _, err := h.desk.People(t.Context(), scheduling.System("test"), scheduling.ListFilter{Text: "zxqvist"})
	if err != nil || len(list) != 0 {
		t.Errorf("a search finds %v, %v", list, err)
	}
	h.close()
	must(t, "export", filepath.Join(dir, "all.jsonl"), db)
	must(t, "backup", filepath.Join(dir, "copy.db"), db)
	wantNoTrace(t, dir, "zxqvist", "ylermi", "wvutsr")
}

// tally is how those who registered stand.
func tally(t *testing.T, h *house, e *scheduling.Event) scheduling.Tally {
	t.Helper()
	b, err := h.desk.EventBoard(t.Context(), scheduling.System("test"), e.ID)
	if err != nil {
		t.Fatal(err)
	}
	return b.Seating.Tally
}

func onlyRegistration(t *testing.T, h *house, e *scheduling.Event, name string) *scheduling.Registration {
	t.Helper()
	list, _, err := h.desk.Registrations(t.Context(), scheduling.System("test"), e.ID, scheduling.RegFilter{Limit: 10})
	for _, r := range list {
		if r.Name == name {
			return r
		}
	}
	t.Fatalf("%s is not among %d who registered, %v", name, len(list), err)
	return nil
}

// wantNoTrace looks for texts in the bytes and the names of all files of a folder.
func wantNoTrace(t *testing.T, dir string, texts ...string) {
	t.Helper()
	looked := 0
	err := filepath.WalkDir(dir, func(path string, f fs.DirEntry, err error) error {
		if err != nil || f.IsDir() {
			return err
		}
		body, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		looked++
		low := append(bytes.ToLower(body), strings.ToLower(filepath.Base(path))...)
		for _, s := range texts {
			if at := bytes.Index(low, []byte(s)); at >= 0 {
				t.Errorf("%s has %q: %q", filepath.Base(path), s, low[max(0, at-60):min(len(low), at+60)])
			}
		}
		return nil
	})
	if err != nil || looked < 4 {
		t.Fatalf("looked at %d files, %v", looked, err)
	}
}
