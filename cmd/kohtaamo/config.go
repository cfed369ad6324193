package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"kohtaamo/mailer"
)

const envPrefix = "KOHTAAMO_"

// A config is the settings, read and checked.
type config struct {
	Listen      string // host:port
	Database    string // file:PATH or mongodb://…
	BaseURL     string // without a slash at the end
	Mail        string
	MailFrom    mailer.Address
	Inbound     string         // mailbox for answers to invites and mail that comes back; may be empty
	Authserv    string         // mail server in front of it; may be empty
	Zone        *time.Location // of the jobs
	House       string
	Log         *slog.Logger
	Journal     string // folder of the send journal
	Workers     int
	BulkWorkers int
	Connections int
	ProxyHeader string
	Proxies     []string
	Demo        bool

	secrets []string // passwords, to be kept out of messages
}

// A setting is one flag and its environment variable.
type setting struct {
	name, value, help string
	of                scope
}

// A scope says which commands have a setting as a flag. The others read its
// variable, and complain about it, all the same.
type scope int

const (
	everywhere scope = iota // every command that opens the database
	withDesk                // those that make links or promise mails
	serving                 // serve alone
)

// settings are all of them with what holds if nothing is said.
func settings() []setting {
	return []setting{
		{"database", "file:kohtaamo.db", "file:`PATH`, or mongodb://HOST/NAME?replicaSet=rs0", everywhere},
		{"log", "text", "`FORMAT` of the log: text or json", everywhere},
		{"log-level", "info", "least `LEVEL` that is logged: debug, info, warn or error", everywhere},
		{"listen", "127.0.0.1:8080", "`HOST:PORT` to serve on; :8080 is every address of the machine", withDesk},
		{"base-url", "", "`URL` under which people reach it (default http:// and the listen address)", withDesk},
		{"house", "Kohtaamo", "`NAME` of the house, where no cluster is named", withDesk},
		{"mail-from", "", "sender of mails, as `\"NAME <ADDRESS>\"` (default kohtaamo@ and the host of the base URL)", withDesk},
		{"inbound", "", "mailbox for answers to invites and for mail that comes back, an `ADDRESS` that takes events+ANYTHING@ too; its messages go to kohtaamo mail receive", withDesk},
		{"inbound-authserv", "", "`NAME` by which the mail server in front of that mailbox signs Authentication-Results; without one, only answers to an invite's own address count", withDesk},
		{"zone", "Europe/Helsinki", "time `ZONE` of the jobs", withDesk},
		{"mail", "dir:mail", "where mails go: dir:`PATH`, log:, or relays with commas between them, smtp://USER:PASSWORD@HOST:587 or smtps://…:465, each with ?rate=100/m, domain-rate=, for=bulk or single, dkim=FILE&dkim-selector=&dkim-domain=, tls=, ca=, helo=, wire=", serving},
		{"mail-journal", "", "`FOLDER` that remembers what was handed to a relay if the program is killed (default: beside the database file, with -mail behind its name)", serving},
		{"workers", "4", "mails to one person under way at once, a `NUMBER`", serving},
		{"bulk-workers", "4", "copies of newsletters under way at once besides, a `NUMBER`", serving},
		{"connections", "4096", "connections open at once, a `NUMBER`", serving},
		{"proxy-header", "", "header in which a proxy in front passes on people's address, as in `X-Forwarded-For`", serving},
		{"demo", "false", "fill an empty database with a house of invented companies, people and events", serving},
		{"trusted-proxies", "127.0.0.1,::1", "`ADDRESSES` and networks whose proxy header is believed", serving},
	}
}

func (s setting) variable() string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(s.name, "-", "_"))
}

// newFlags starts a command's flags: of its own it adds some, then parse reads them.
func newFlags(c *console, name, args, about string) *flag.FlagSet {
	fs := flag.NewFlagSet(name, flag.ContinueOnError)
	fs.SetOutput(io.Discard) // mistakes are said by report, once
	fs.Usage = func() {
		fmt.Fprintf(c.stdout, "kohtaamo %s\n\n%s\n", strings.TrimSpace(name+" [flags] "+args), about)
		if hasFlags(fs) {
			fmt.Fprint(c.stdout, "\nFlags:\n")
		}
		fs.SetOutput(c.stdout)
		fs.PrintDefaults()
	}
	return fs
}

func hasFlags(fs *flag.FlagSet) (some bool) {
	fs.VisitAll(func(*flag.Flag) { some = true })
	return some
}

// parse reads a command's arguments, flags before and behind the others, of
// which there have to be from least to most.
func parse(fs *flag.FlagSet, args []string, least, most int) ([]string, error) {
	var others []string
	for {
		if err := fs.Parse(args); errors.Is(err, flag.ErrHelp) {
			return nil, err
		} else if err != nil {
			return nil, wrongUse("%v; kohtaamo %s --help lists the flags", err, fs.Name())
		}
		rest := fs.Args()
		if len(rest) == 0 || len(rest) < len(args) && args[len(args)-len(rest)-1] == "--" {
			others = append(others, rest...)
			break
		}
		others, args = append(others, rest[0]), rest[1:]
	}
	if n := len(others); n < least || n > most {
		return nil, wrongUse("%d arguments instead of %s; see kohtaamo %s --help", n, span(least, most), fs.Name())
	}
	return others, nil
}

func span(least, most int) string {
	if least == most {
		return strconv.Itoa(least)
	}
	return fmt.Sprintf("%d to %d", least, most)
}

// addSettings adds the settings to a command's flags. The function it returns
// gives the config, after parse, or everything that is wrong with it.
func addSettings(fs *flag.FlagSet, c *console, most scope) func() (*config, error) {
	given := map[string]*string{}
	for _, s := range settings() {
		switch {
		case s.of > most:
		case s.name == "demo": // needs no value
			given[s.name] = new(string)
			fs.BoolFunc(s.name, s.help, func(v string) error { *given[s.name] = v; return nil })
		default:
			given[s.name] = fs.String(s.name, s.value, s.help)
		}
	}
	return func() (*config, error) {
		values := map[string]string{}
		for _, s := range settings() {
			values[s.name] = s.value
			if v, ok := c.env[s.variable()]; ok && v != "" {
				values[s.name] = v
			}
		}
		fs.Visit(func(f *flag.Flag) { // those that were said on the command line
			if v := given[f.Name]; v != nil {
				values[f.Name] = *v
			}
		})
		return readConfig(values, c)
	}
}

// mistakes collects what is wrong with the settings.
type mistakes []string

func (m *mistakes) add(name, format string, args ...any) {
	s := setting{name: name}
	*m = append(*m, fmt.Sprintf("--%s (%s): %s", name, s.variable(), fmt.Sprintf(format, args...)))
}

func (m mistakes) err() error {
	switch len(m) {
	case 0:
		return nil
	case 1:
		return wrongUse("%s", m[0])
	}
	return wrongUse("%d settings are wrong:\n  %s", len(m), strings.Join(m, "\n  "))
}

// readConfig checks all values. No message repeats one that may hold a password.
func readConfig(v map[string]string, c *console) (*config, error) {
	var m mistakes
	cfg := &config{
		Listen: v["listen"], Database: v["database"], Mail: v["mail"], House: strings.TrimSpace(v["house"]),
		ProxyHeader: v["proxy-header"], secrets: []string{password(v["database"])},
		Journal: cmp.Or(v["mail-journal"], journalBeside(v["database"])),
	}
	for _, relay := range mailer.Relays(v["mail"]) {
		cfg.secrets = append(cfg.secrets, password(relay))
	}
	m.checkListen(cfg.Listen)
	m.checkDatabase(cfg.Database)
	cfg.BaseURL = m.baseURL(v["base-url"], cfg.Listen)
	m.checkMail(cfg.Mail)
	cfg.MailFrom = m.mailFrom(v["mail-from"], cfg.BaseURL, cfg.House)
	cfg.Inbound = m.inbound(v["inbound"])
	cfg.Authserv = m.authserv(v["inbound-authserv"], cfg.Inbound)
	cfg.Zone = m.zone(v["zone"])
	if cfg.House == "" || strings.ContainsAny(cfg.House, "\r\n") {
		m.add("house", "a name on one line")
	}
	cfg.Log = m.logger(v["log"], v["log-level"], c.stderr)
	if cfg.ProxyHeader != "" && !headerName.MatchString(cfg.ProxyHeader) {
		m.add("proxy-header", "%q is not the name of a header, such as X-Forwarded-For", cfg.ProxyHeader)
	}
	cfg.Proxies = m.proxies(v["trusted-proxies"])
	cfg.Workers = m.number("workers", v["workers"], 1, 64)
	cfg.BulkWorkers = m.number("bulk-workers", v["bulk-workers"], 1, 64)
	cfg.Connections = m.number("connections", v["connections"], 1, 1_000_000)
	cfg.Demo = m.demo(v["demo"], cfg.Mail)
	return cfg, m.err()
}

// journalBeside is where the send journal of a database is kept.
func journalBeside(database string) string {
	if path, file := strings.CutPrefix(database, "file:"); file {
		return path + "-mail"
	}
	return "kohtaamo-mail"
}

// demo refuses to let mails to invented people out into the world.
func (m *mistakes) demo(s, mail string) bool {
	on, err := strconv.ParseBool(s)
	if err != nil {
		m.add("demo", "%q is neither true nor false", s)
	}
	if on && strings.HasPrefix(mail, "smtp") {
		m.add("demo", "the people of the demo are invented and nobody should send them mail: leave --mail out, or say log:")
	}
	return on
}

var headerName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]*$`)

func (m *mistakes) checkListen(s string) {
	_, port, err := net.SplitHostPort(s)
	if n, e := strconv.Atoi(port); err != nil || e != nil || n < 0 || n > 65535 {
		m.add("listen", "%q is not HOST:PORT, such as 127.0.0.1:8080", s)
	}
}

func (m *mistakes) checkDatabase(s string) {
	kind, rest, _ := strings.Cut(s, ":")
	switch {
	case kind == "file" && rest != "":
	case kind == "mongodb" && strings.HasPrefix(rest, "//"), kind == "mongodb+srv" && strings.HasPrefix(rest, "//"):
	default:
		m.add("database", "neither file:PATH nor mongodb://HOST/NAME?replicaSet=rs0")
	}
}

// baseURL is what links begin with. Without one, it is where we listen; an
// address that means every interface is reached by the name of this machine.
func (m *mistakes) baseURL(s, listen string) string {
	if s == "" {
		host, port, _ := net.SplitHostPort(listen)
		if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
			host = "localhost"
		}
		return "http://" + net.JoinHostPort(host, port)
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil || strings.Trim(u.Path, "/") != "" {
		m.add("base-url", "%q is not an address such as https://events.example.org, without a path", s)
		return ""
	}
	return u.Scheme + "://" + u.Host
}

func (m *mistakes) mailFrom(s, base, house string) mailer.Address {
	if s == "" {
		host := "localhost"
		if u, err := url.Parse(base); err == nil && net.ParseIP(u.Hostname()) == nil {
			host = cmp.Or(u.Hostname(), host)
		}
		return mailer.Address{Name: house, Email: "kohtaamo@" + host}
	}
	a, err := mail.ParseAddress(s)
	if err == nil {
		a.Address, err = mailer.ParseAddress(a.Address)
	}
	if err != nil {
		m.add("mail-from", "%q is not of the form Our House <events@example.org>", s)
		return mailer.Address{}
	}
	return mailer.Address{Name: cmp.Or(a.Name, house), Email: a.Address}
}

// checkMail reads the setting as mailer.Open will, but leaves no folder behind.
func (m *mistakes) checkMail(s string) {
	if kind, dir, _ := strings.Cut(s, ":"); kind == "dir" && dir != "" {
		return
	}
	t, err := mailer.Open(s, slog.New(slog.DiscardHandler))
	if err != nil {
		m.add("mail", "%v", err)
		return
	}
	t.Close()
}

func (m *mistakes) zone(s string) *time.Location {
	loc, err := time.LoadLocation(s)
	if err != nil || s == "" || s == "Local" {
		m.add("zone", "%q is not a time zone, such as Europe/Helsinki", s)
		return time.UTC
	}
	return loc
}

func (m *mistakes) logger(format, level string, w io.Writer) *slog.Logger {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		m.add("log-level", "%q is none of debug, info, warn, error", level)
	}
	opts := &slog.HandlerOptions{Level: l}
	switch format {
	case "json":
		return slog.New(slog.NewJSONHandler(w, opts))
	case "text":
	default:
		m.add("log", "%q is neither text nor json", format)
	}
	return slog.New(slog.NewTextHandler(w, opts))
}

func (m *mistakes) number(name, s string, least, most int) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < least || n > most {
		m.add(name, "%q is not a number from %d to %d", s, least, most)
	}
	return n
}

// proxies reads addresses and networks with commas between them.
func (m *mistakes) proxies(s string) []string {
	var out []string
	for part := range strings.SplitSeq(s, ",") {
		part = strings.TrimSpace(part)
		_, isAddress := netip.ParseAddr(part)
		_, isNetwork := netip.ParsePrefix(part)
		if isAddress != nil && isNetwork != nil {
			m.add("trusted-proxies", "%q is neither an address nor a network such as 10.0.0.0/8", part)
		}
		out = append(out, part)
	}
	return out
}

// password finds the password in an address; "" if there is none.
func password(address string) string {
	_, rest, _ := strings.Cut(address, "://")
	user, _, found := strings.Cut(rest, "@")
	if at := strings.LastIndexByte(rest, '@'); found && at > len(user) {
		user = rest[:at] // somebody forgot to write @ as %40
	}
	_, pass, _ := strings.Cut(user, ":")
	if !found {
		return ""
	}
	return pass
}

// discreet takes the passwords out of an error's words.
func (cfg *config) discreet(err error) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	for _, s := range cfg.secrets {
		if s == "" {
			continue
		}
		text = strings.ReplaceAll(text, s, "…")
		if plain, e := url.PathUnescape(s); e == nil && plain != "" {
			text = strings.ReplaceAll(text, plain, "…")
		}
	}
	if text == err.Error() {
		return err
	}
	return errors.New(text)
}

// strangers are variables that look like settings and are none: typing errors,
// mostly. Some belong to tests, some to whoever runs containers.
func (c *console) strangers() []string {
	known := map[string]bool{}
	for _, s := range settings() {
		known[s.variable()] = true
	}
	return slices.DeleteFunc(slices.Sorted(maps.Keys(c.env)), func(name string) bool {
		return known[name] || strings.HasPrefix(name, envPrefix+"TEST_") || strings.HasPrefix(name, envPrefix+"B2B_")
	})
}
