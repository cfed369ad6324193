package main

import (
	"io"
	"strings"
	"testing"
	"time"
)

// configOf reads settings from flags and variables.
func configOf(t *testing.T, env map[string]string, args ...string) (*config, error) {
	t.Helper()
	c := &console{env: env, stdout: io.Discard, stderr: io.Discard, now: time.Now}
	flags := newFlags(c, "serve", "", "")
	read := addSettings(flags, c, serving)
	if _, err := parse(flags, args, 0, 0); err != nil {
		t.Fatal(err)
	}
	return read()
}

func TestConfigDefaults(t *testing.T) {
	cfg, err := configOf(t, nil)
	if err != nil {
		t.Fatal(err)
	}
	if cfg.BaseURL != "http://127.0.0.1:8080" || cfg.Database != "file:kohtaamo.db" || cfg.Mail != "dir:mail" ||
		cfg.MailFrom.Email != "kohtaamo@localhost" || cfg.MailFrom.Name != "Kohtaamo" || cfg.Zone.String() != "Europe/Helsinki" || cfg.Demo {
		t.Errorf("%+v", cfg)
	}
}

func TestConfigFlagWins(t *testing.T) {
	env := map[string]string{"KOHTAAMO_LISTEN": ":9000", "KOHTAAMO_HOUSE": "From the environment", "KOHTAAMO_DEMO": "true", "KOHTAAMO_ZONE": ""}
	cfg, err := configOf(t, env, "--house", "From the flag", "--mail-from", "Events <Events@example.org>")
	if err != nil {
		t.Fatal(err)
	}
	if cfg.House != "From the flag" || cfg.Listen != ":9000" || cfg.BaseURL != "http://localhost:9000" || !cfg.Demo ||
		cfg.MailFrom.Name != "Events" || cfg.MailFrom.Email != "Events@example.org" {
		t.Errorf("%+v", cfg)
	}
	if cfg, err = configOf(t, env, "--demo=false", "--base-url", "https://events.example.org/"); err != nil || cfg.Demo ||
		cfg.BaseURL != "https://events.example.org" || cfg.MailFrom.Email != "kohtaamo@events.example.org" {
		t.Errorf("%+v, %v", cfg, err)
	}
}

func TestConfigSaysAllMistakesAtOnce(t *testing.T) {
	bad := map[string]string{
		"listen": "here", "database": "kohtaamo.db", "base-url": "events.example.org", "mail": "smtp://user:s3cr3t@",
		"mail-from": "us", "zone": "Mars/Olympus", "log": "xml", "log-level": "loud", "proxy-header": "X Forwarded",
		"workers": "0", "connections": "many", "demo": "perhaps", "trusted-proxies": "the router",
		"inbound": "events+us@example.org", "inbound-authserv": "mx; dmarc=pass",
	}
	env := map[string]string{}
	for name, value := range bad {
		env[setting{name: name}.variable()] = value
	}
	_, err := configOf(t, env)
	if err == nil {
		t.Fatal("nothing is said")
	}
	for name := range bad {
		if !strings.Contains(err.Error(), "--"+name+" (KOHTAAMO_") {
			t.Errorf("nothing is said about --%s", name)
		}
	}
	if !strings.Contains(err.Error(), "15 settings are wrong") || strings.Contains(err.Error(), "s3cr3t") {
		t.Errorf("it says: %v", err)
	}
}

func TestConfigRefusesDemoByMail(t *testing.T) {
	if _, err := configOf(t, nil, "--demo", "--mail", "smtp://relay.example.org"); err == nil || !strings.Contains(err.Error(), "invented") {
		t.Errorf("%v", err)
	}
}

func TestSecretsAreNotPrinted(t *testing.T) {
	for _, address := range []string{
		"mongodb://user:s3cr3t%2F@127.0.0.1:1/kohtaamo?serverSelectionTimeoutMS=50",
		"mongodb://user:s3cr3t%2F@127.0.0.1:1/kohtaamo?wrong=%zz",
		"mongodb://user:s3cr3t/@127.0.0.1:1/kohtaamo",
		"mongodb://user:s3cr3t/@@x:y:z/kohtaamo",
	} {
		r := call(t, map[string]string{"KOHTAAMO_DATABASE": address}, "export", "-")
		if r.status != exitFailed || strings.Contains(r.errors+r.out, "s3cr3t") {
			t.Errorf("%s: status %d, %s%s", address, r.status, r.out, r.errors)
		}
	}
	r := call(t, map[string]string{"KOHTAAMO_DATABASE": "mongodb://user:s3cr3t@db/kohtaamo"}, "export", "--help")
	if strings.Contains(r.out, "s3cr3t") {
		t.Error("the help shows the environment")
	}
}

func TestDatabaseName(t *testing.T) {
	for address, want := range map[string]string{
		"mongodb://localhost":                           "kohtaamo",
		"mongodb://localhost/?replicaSet=rs0":           "kohtaamo",
		"mongodb://u:p@a:27017,b:27017/house?x=y/z":     "house",
		"mongodb+srv://u:p@cluster0.example.net/events": "events",
	} {
		if got := databaseName(address); got != want {
			t.Errorf("%s names %q, want %q", address, got, want)
		}
	}
}

func TestStrangers(t *testing.T) {
	c := &console{env: environment([]string{"KOHTAAMO_DATBASE=x", "KOHTAAMO_MAIL=log:", "KOHTAAMO_TEST_MONGODB=x", "HOME=/"})}
	if got := c.strangers(); len(got) != 1 || got[0] != "KOHTAAMO_DATBASE" {
		t.Errorf("%v", got)
	}
}
