package main

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"kohtaamo/handlers/auth"
)

// TestMain lets the test binary be the program itself, for the tests that need
// a process of their own.
func TestMain(m *testing.M) {
	if os.Getenv("KOHTAAMO_TEST_MAIN") == "1" {
		main()
	}
	os.Exit(m.Run())
}

// A result is what a command left behind.
type result struct {
	status      int
	out, errors string
}

// call runs a command in this process.
func call(t *testing.T, env map[string]string, args ...string) result {
	t.Helper()
	var out, errs bytes.Buffer
	c := &console{env: env, stdin: strings.NewReader(""), stdout: &out, stderr: &errs, now: time.Now}
	status := run(t.Context(), c, args)
	return result{status, out.String(), errs.String()}
}

// must is call for a command that has to succeed.
func must(t *testing.T, args ...string) string {
	t.Helper()
	r := call(t, nil, args...)
	if r.status != exitDone {
		t.Fatalf("kohtaamo %s: status %d: %s", strings.Join(args, " "), r.status, r.errors)
	}
	return r.out
}

// database is the flag for a file in a folder of the test.
func database(dir, name string) string { return "--database=file:" + filepath.Join(dir, name) }

func TestStatus(t *testing.T) {
	dir := t.TempDir()
	db := database(dir, "none.db")
	for _, test := range []struct {
		args   string
		status int
		says   string // on standard error; on standard output if the status is 0
	}{
		{"", exitWrongUse, "Commands:"},
		{"--help", exitDone, "Commands:"},
		{"help token", exitDone, "-role"},
		{"serve --help", exitDone, "-proxy-header"},
		{"version", exitDone, "kohtaamo " + release},
		{"version extra", exitWrongUse, "1 arguments instead of 0"},
		{"dance", exitWrongUse, `no command "dance"`},
		{"serve --dance", exitWrongUse, "kohtaamo serve --help"},
		{"export", exitWrongUse, "0 arguments instead of 1"},
		{"export x " + db, exitFailed, "there is no database"},
		{"backup x " + db, exitFailed, "there is no database"},
		{"token --name n --role organiser " + db, exitFailed, "there is no database"},
		{"token --name n " + db, exitWrongUse, "--role organiser"},
		{"admin " + db, exitWrongUse, "--email ADDRESS"},
		{"jobs dance " + db, exitWrongUse, "jobs run [NAME]"},
		{"jobs list now " + db, exitWrongUse, "jobs run [NAME]"},
		{"mail " + db, exitWrongUse, "0 arguments instead of 1"},
		{"mail send " + db, exitWrongUse, "mail receive"},
		{"mail receive " + db, exitLater, "to be tried again"},
		{"mail receive --inbound nobody " + db, exitWrongUse, "--inbound"},
		{"health --listen 127.0.0.1:1", exitFailed, "refused"},
		{"serve --listen 127.0.0.1:99999 " + db, exitWrongUse, "HOST:PORT"},
		{"import " + filepath.Join(dir, "none.jsonl") + " " + database(dir, "new.db"), exitFailed, "no such file"},
	} {
		t.Run(test.args, func(t *testing.T) {
			r := call(t, nil, strings.Fields(test.args)...)
			said := r.errors
			if test.status == exitDone {
				said = r.out
			}
			if r.status != test.status || !strings.Contains(said, test.says) {
				t.Errorf("status %d and %q, want %d and %q", r.status, said, test.status, test.says)
			}
			if (r.status == exitFailed || r.status == exitLater) && strings.Count(r.errors, "\n") != 1 {
				t.Errorf("%q is not one line", r.errors)
			}
		})
	}
	if files, _ := os.ReadDir(dir); slices.ContainsFunc(files, func(f os.DirEntry) bool { return f.Name() == "none.db" }) {
		t.Error("a wrong path became an empty database")
	}
}

func TestHelpOfEveryCommand(t *testing.T) {
	for _, cmd := range commands() {
		if out := must(t, cmd.name, "--help"); !strings.HasPrefix(out, "kohtaamo "+cmd.name) {
			t.Errorf("%s --help says %q", cmd.name, out)
		}
	}
}

func TestAdminTokenAndJobs(t *testing.T) {
	db := database(t.TempDir(), "k.db")
	link := must(t, "admin", "--email", "Helena@example.org", db, "--base-url", "https://events.example.org")
	if !strings.HasPrefix(link, "https://events.example.org/login/") {
		t.Errorf("admin prints %q", link)
	}
	r := call(t, nil, "admin", "--email", "nobody", db)
	if r.status != exitFailed || !strings.Contains(r.errors, "not a mail address") {
		t.Errorf("a wrong address: status %d, %q", r.status, r.errors)
	}
	plain := strings.TrimSpace(must(t, "token", "--name", "Website", "--role", "organiser", "--scope", "read", db))
	h := openHouse(t, db)
	who, tok, err := h.auth.ByToken(t.Context(), plain)
	if err != nil || !who.OrganisesAny() || who.Administers() || tok.May(auth.Write) || !tok.May(auth.Read) {
		t.Errorf("the token lets in %+v, %v", who, err)
	}
	if r := call(t, nil, "token", "--name", "x", "--role", "organiser", "--cluster", "none", db); r.status != exitFailed || !strings.Contains(r.errors, `no cluster "none"`) {
		t.Errorf("an unknown cluster: %+v", r)
	}
	if out := must(t, "jobs", "run", "reminders", "--now", "2027-01-31T09:00", db); out != "reminders: done, 0 done\n" {
		t.Errorf("jobs run says %q", out)
	}
	if out := must(t, "jobs", "run", db); strings.Count(out, ": done, ") != len(h.runner().Jobs) {
		t.Errorf("jobs run says %q", out)
	}
	if out := must(t, "jobs", "list", db); !strings.Contains(out, "17 3 * * *") || strings.Count(out, "done") != len(h.runner().Jobs) {
		t.Errorf("jobs list says %q", out)
	}
	if r := call(t, nil, "jobs", "run", "nothing", db); r.status != exitFailed || !strings.Contains(r.errors, `no job "nothing"`) {
		t.Errorf("an unknown job: %+v", r)
	}
	if r := call(t, nil, "jobs", "run", "--now", "soon", db); r.status != exitWrongUse {
		t.Errorf("a wrong time: %+v", r)
	}
}

// openHouse opens a database as the commands do, for a look inside.
func openHouse(t *testing.T, db string) *house {
	t.Helper()
	c := &console{stdout: t.Output(), stderr: t.Output(), now: time.Now}
	flags := newFlags(c, "test", "", "")
	config := addSettings(flags, c, serving)
	if _, err := parse(flags, []string{db}, 0, 0); err != nil {
		t.Fatal(err)
	}
	cfg, err := config()
	if err != nil {
		t.Fatal(err)
	}
	h, err := open(t.Context(), c, cfg, true)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.close)
	return h
}

func TestBackupWhileWriting(t *testing.T) {
	dir := t.TempDir()
	db := database(dir, "k.db")
	h := openHouse(t, db)
	written := make(chan int)
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		n := 0
		for ctx.Err() == nil {
			if _, err := h.desk.MakeAdministrator(t.Context(), fmt.Sprintf("a%d@example.org", n), "A"); err != nil {
				t.Error(err)
				break
			}
			n++
		}
		written <- n
	}()
	for h.db.Changes() < 40 {
		time.Sleep(time.Millisecond)
	}
	copyPath := filepath.Join(dir, "copy.db")
	must(t, "backup", copyPath, db)
	stop()
	if n := <-written; n < 20 {
		t.Errorf("only %d people were written meanwhile", n)
	}
	if out := must(t, "export", "-", "--database=file:"+copyPath); strings.Count(out, `"collection":"people"`) < 20 {
		t.Errorf("the copy has %d people", strings.Count(out, `"collection":"people"`))
	}
	if err := intact(copyPath); err != nil {
		t.Error(err)
	}
	if r := call(t, nil, "backup", copyPath, db); r.status != exitFailed || !strings.Contains(r.errors, "exists already") {
		t.Errorf("a backup over another one: %+v", r)
	}
}

// intact lets SQLite itself look through a file.
func intact(path string) error {
	db, err := sql.Open("sqlite", path)
	if err != nil {
		return err
	}
	defer db.Close()
	var verdict string
	if err := db.QueryRow("PRAGMA integrity_check").Scan(&verdict); err != nil {
		return err
	}
	if verdict != "ok" {
		return fmt.Errorf("integrity check: %s", verdict)
	}
	return nil
}

func TestExportRefusesToOverwrite(t *testing.T) {
	dir := t.TempDir()
	db := database(dir, "k.db")
	must(t, "admin", "--email", "a@example.org", db)
	file := filepath.Join(dir, "all.jsonl")
	must(t, "export", file, db)
	if r := call(t, nil, "export", file, db); r.status != exitFailed || !strings.Contains(r.errors, "exists already") {
		t.Errorf("export over a file: %+v", r)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the export can be read by others: %v %v", info.Mode(), err)
	}
	if r := call(t, nil, "import", file, db); r.status != exitFailed || !strings.Contains(r.errors, "not empty") {
		t.Errorf("import over data: %+v", r)
	}
}
