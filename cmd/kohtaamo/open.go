package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"kohtaamo/handlers/api"
	"kohtaamo/handlers/auth"
	"kohtaamo/handlers/fetch"
	"kohtaamo/mailer"
	"kohtaamo/scheduling"
	"kohtaamo/scheduling/jobs"
	"kohtaamo/storage"
	"kohtaamo/storage/mongo"
	"kohtaamo/storage/sqlite"
	"kohtaamo/templates"
)

// A house is everything that commands work with, wired together.
type house struct {
	cfg    *config
	db     *storage.DB
	texts  *templates.Texts
	outbox *mailer.Outbox
	desk   *scheduling.Desk
	auth   *auth.Auth
}

// schema is what this program keeps: the collections of every package that has
// some, and the changes of meaning since the first release.
func schema() storage.Schema {
	s := storage.Schema{Migrations: scheduling.Migrations}
	s.Specs = append(s.Specs, scheduling.Specs()...)
	s.Specs = append(s.Specs, mailer.Specs...)
	s.Specs = append(s.Specs, auth.Specs()...)
	s.Specs = append(s.Specs, api.Specs()...)
	s.Specs = append(s.Specs, jobs.Specs...)
	return s
}

// openDB opens the database that the settings name. Unless it may be new, a
// file that does not exist is an error: a wrong path should not look like an
// empty house.
func openDB(ctx context.Context, c *console, cfg *config, mayBeNew bool) (*storage.DB, error) {
	engine, err := openEngine(ctx, cfg.Database, mayBeNew)
	if err != nil {
		return nil, cfg.discreet(err)
	}
	db, err := storage.Open(ctx, engine, schema())
	if err != nil {
		engine.Close()
		return nil, cfg.discreet(fmt.Errorf("open the database: %w", err))
	}
	db.Now = c.now
	return db, nil
}

func openEngine(ctx context.Context, address string, mayBeNew bool) (storage.Engine, error) {
	path, file := strings.CutPrefix(address, "file:")
	if !file {
		return mongo.Open(ctx, address, databaseName(address))
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) && !mayBeNew {
		return nil, fmt.Errorf("there is no database %s: check --database, or start with kohtaamo serve", path)
	}
	return sqlite.Open(path)
}

// databaseName is the path of a MongoDB address: it names the database.
func databaseName(address string) string {
	_, rest, _ := strings.Cut(address, "://")
	_, path, _ := strings.Cut(rest, "/")
	name, _, _ := strings.Cut(path, "?")
	if name == "" {
		return "kohtaamo"
	}
	return name
}

// open wires everything over the database of the settings. The caller closes it.
func open(ctx context.Context, c *console, cfg *config, mayBeNew bool) (*house, error) {
	texts, err := templates.Load()
	if err != nil {
		return nil, err
	}
	db, err := openDB(ctx, c, cfg, mayBeNew)
	if err != nil {
		return nil, err
	}
	key, err := scheduling.HouseKey(ctx, db)
	if err != nil {
		db.Close()
		return nil, err
	}
	h := &house{cfg: cfg, db: db, texts: texts, outbox: &mailer.Outbox{DB: db, From: cfg.MailFrom, Bounces: cfg.Inbound, Key: key}}
	internet := fetch.New("Kohtaamo/" + release + " (+" + cfg.BaseURL + "/)")
	h.desk = &scheduling.Desk{
		DB: db, Outbox: h.outbox, Texts: texts, Log: cfg.Log,
		BaseURL: cfg.BaseURL, Key: key, House: cfg.House, Inbound: cfg.Inbound, Authserv: cfg.Authserv,
		Fetch: internet.Get, Post: internet.Post,
	}
	h.outbox.Refuses, h.outbox.Forgetting = h.desk.RefusesDelivery, h.desk.KeepResults
	h.desk.Elsewhere = h.personalStores()
	h.auth = auth.New(h.desk)
	return h, nil
}

// close closes the database; what it could not finish is in the log.
func (h *house) close() {
	if err := h.db.Close(); err != nil {
		h.cfg.Log.Error("close the database", "error", err)
	}
}

// inWords turns an error meant for people into English; others stay.
func (h *house) inWords(err error) error {
	p := scheduling.ProblemIn(err)
	if p == nil {
		return err
	}
	en := h.texts.In("en")
	text := en.Text(p.Key, p.Args...)
	for field, key := range p.Fields {
		text += " " + field + ": " + en.Text(key, p.Args...)
	}
	return errors.New(text)
}
