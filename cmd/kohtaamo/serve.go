package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"kohtaamo/handlers"
	"kohtaamo/mailer"
	"kohtaamo/scheduling/jobs"
)

// How long requests and mails under way get when the program is told to stop;
// together with the rest it stays below stopWithin.
const (
	requestGrace = 6 * time.Second
	mailGrace    = 7 * time.Second
)

func serve(ctx context.Context, c *console, args []string) error {
	flags := newFlags(c, "serve", "", "Runs the website, the outbox and the jobs until it is told to stop (SIGTERM or Ctrl-C).")
	config := addSettings(flags, c, serving)
	if _, err := parse(flags, args, 0, 0); err != nil {
		return err
	}
	cfg, err := config()
	if err != nil {
		return err
	}
	for _, name := range c.strangers() {
		cfg.Log.Warn("an environment variable is no setting and was not read", "name", name)
	}
	listener, err := listen(cfg)
	if err != nil {
		return err
	}
	defer listener.Close()
	return cfg.discreet(serveOn(ctx, c, cfg, listener))
}

// listen takes the address. Port 0 is any free one, which links then name.
func listen(cfg *config) (net.Listener, error) {
	l, err := net.Listen("tcp", cfg.Listen)
	if err != nil {
		return nil, fmt.Errorf("%w: choose another address with --listen", err)
	}
	if tcp, ok := l.Addr().(*net.TCPAddr); ok && strings.HasSuffix(cfg.Listen, ":0") {
		cfg.Listen = strings.TrimSuffix(cfg.Listen, "0") + strconv.Itoa(tcp.Port)
		cfg.BaseURL = strings.TrimSuffix(cfg.BaseURL, ":0")
		if _, port, err := net.SplitHostPort(strings.TrimPrefix(cfg.BaseURL, "http://")); err != nil || port == "" {
			cfg.BaseURL += ":" + strconv.Itoa(tcp.Port)
		}
	}
	return l, nil
}

// serveOn opens everything, says where to click, and works until ctx ends.
func serveOn(ctx context.Context, c *console, cfg *config, listener net.Listener) error {
	transport, err := mailer.Open(cfg.Mail, cfg.Log)
	if err != nil {
		return err
	}
	defer transport.Close()
	h, err := open(ctx, c, cfg, true)
	if err != nil {
		return err
	}
	defer h.close()
	if cfg.Demo {
		if err := h.demo(ctx, c, transport); err != nil {
			return err
		}
	}
	if err := h.welcome(ctx, c); err != nil {
		return err
	}
	journal, err := openJournal(h)
	if err != nil {
		return err
	}
	defer journal.Close()
	worker := &mailer.Worker{Outbox: h.outbox, Transport: transport, Journal: journal, Log: cfg.Log,
		Senders: cfg.Workers, Bulk: cfg.BulkWorkers, Grace: mailGrace}
	err = h.work(ctx, listener, worker)
	if err == nil {
		cfg.Log.Info("stopped")
	}
	return err
}

// openJournal begins the send journal, if mail goes to relays: files know by
// their names what has been written already.
func openJournal(h *house) (*mailer.Journal, error) {
	if !strings.HasPrefix(h.cfg.Mail, "smtp") {
		return nil, nil
	}
	return mailer.OpenJournal(h.cfg.Journal, h.outbox.Key)
}

// work runs the website, the outbox and the jobs side by side. When ctx ends,
// or one of them fails, all stop: no new request is taken, those under way are
// answered, and so is the relay for the mails it was given.
func (h *house) work(ctx context.Context, listener net.Listener, worker *mailer.Worker) error {
	runner := h.runner()
	app := h.server(runner).App()
	app.Server().Concurrency = h.cfg.Connections
	all, ctx := errgroup.WithContext(ctx)
	all.Go(func() error { return worker.Serve(ctx) })
	all.Go(func() error { giveBack(ctx); return nil })
	all.Go(func() error { return runner.Serve(ctx) })
	all.Go(func() error { return h.desk.SolveProposals(ctx) })
	all.Go(func() error {
		if err := app.Listener(listener); err != nil && ctx.Err() == nil {
			return fmt.Errorf("serve %s: %w", h.cfg.Listen, err)
		}
		return nil
	})
	all.Go(func() error {
		<-ctx.Done()
		err := app.ShutdownWithTimeout(requestGrace)
		listener.Close() // should it not have begun to listen yet
		if errors.Is(err, context.DeadlineExceeded) {
			h.cfg.Log.Warn("some requests were not finished")
			return nil
		}
		return err
	})
	return all.Wait()
}

// giveBack returns what starting took and resting does not, when the first who
// waited were answered.
func giveBack(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-time.After(time.Second):
		debug.FreeOSMemory()
	}
}

// server is the website of the house.
func (h *house) server(runner *jobs.Runner) *handlers.Server {
	return handlers.New(handlers.Config{
		Desk: h.desk, Auth: h.auth, Outbox: h.outbox, Texts: h.texts,
		BaseURL: h.cfg.BaseURL, Log: h.cfg.Log,
		ProxyHeader: h.cfg.ProxyHeader, TrustedProxies: h.cfg.Proxies,
		Jobs: runner, About: h.about(), Mount: h.mountAPI(runner),
	})
}

// about is what administrators see of this installation: nothing secret.
func (h *house) about() handlers.About {
	scheme, _, _ := strings.Cut(h.cfg.Mail, ":")
	a := handlers.About{Version: release + revision(), Database: "MongoDB", Mail: strings.Replace(scheme, "smtps", "smtp", 1)}
	if path, file := strings.CutPrefix(h.cfg.Database, "file:"); file {
		a.Database = "SQLite"
		a.Size = func(context.Context) (int64, error) { return fileSize(path) }
	}
	return a
}

// fileSize is what a database file takes together with what is still to be
// moved into it.
func fileSize(path string) (int64, error) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	size := info.Size()
	if log, err := os.Stat(path + "-wal"); err == nil {
		size += log.Size()
	}
	return size, nil
}

// demo fills an empty database and prints the ways in.
func (h *house) demo(ctx context.Context, c *console, transport mailer.Transport) error {
	filled, err := fillDemo(ctx, c, h, transport)
	if err != nil {
		return err
	}
	if !filled {
		fmt.Fprintln(c.stdout, "The database has data already; the demo left it as it is.")
	}
	for _, who := range []struct{ role, email string }{{"organiser", demoOrganiser}, {"administrator", demoAdministrator}} {
		link, err := h.auth.SignInLink(ctx, who.email)
		if isMissing(err) {
			continue // somebody's own house
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(c.stdout, "Sign in as %s (good once, for half an hour):\n  %s\n", who.role, link)
	}
	return nil
}

// welcome says where to click, and how to become the first administrator.
func (h *house) welcome(ctx context.Context, c *console) error {
	link, err := h.auth.SetupLink(ctx)
	if err != nil {
		return err
	}
	if link != "" {
		fmt.Fprintf(c.stdout, "Nobody administers this house yet. Make yourself its administrator (good once, for a day):\n  %s\n", link)
	}
	if dir, ok := strings.CutPrefix(h.cfg.Mail, "dir:"); ok {
		fmt.Fprintf(c.stdout, "Mails are not sent but written as files to the folder %s; see --mail.\n", dir)
	}
	fmt.Fprintf(c.stdout, "Kohtaamo %s is at %s\n", release, h.cfg.BaseURL)
	return nil
}
