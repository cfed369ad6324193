package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/scheduling"
)

// demoBegins is how many days ago the demo's house began.
const demoBegins = 470

// fillDemo fills an empty database with the demo's house, and reports whether
// it did: a database in which somebody has done something is left as it is.
// Mails of the demo's past go to transport at their time, as they would have.
func fillDemo(ctx context.Context, c *console, h *house, transport mailer.Transport) (bool, error) {
	empty, err := h.isEmpty(ctx)
	if err != nil || !empty {
		return false, err
	}
	fmt.Fprintln(c.stdout, "Inventing a house for the demo; that takes some seconds.")
	d := &demo{
		desk:   h.desk,
		worker: &mailer.Worker{Outbox: h.outbox, Transport: transport, Log: h.cfg.Log, Senders: 6, Batch: 16},
		rand:   rand.New(rand.NewPCG(65, 25)),
		today:  c.now(),
	}
	if d.zone, err = time.LoadLocation("Europe/Helsinki"); err != nil {
		return false, err
	}
	h.db.Now = func() time.Time { return d.clock }
	defer func() { h.db.Now = c.now }()
	d.clock = d.day(-demoBegins, "9:00")
	if err := d.found(ctx); err != nil {
		return false, fmt.Errorf("fill the demo: %w", h.inWords(err))
	}
	d.planArena()
	d.planPast()
	power := d.planPower()
	d.planComing()
	d.planSeries()
	d.planGroupWork()
	d.planLists()
	d.planRounds(power)
	d.planB2BGroups()
	d.planTrips()
	d.planNews()
	d.planFollowing()
	if err := d.play(ctx); err != nil {
		return false, fmt.Errorf("fill the demo: %w", h.inWords(err))
	}
	return true, nil
}

// isEmpty reports whether nobody has done anything in the house yet.
func (h *house) isEmpty(ctx context.Context) (bool, error) {
	all := scheduling.System("demo")
	clusters, err := h.desk.Clusters(ctx)
	if err != nil || len(clusters) > 0 {
		return false, err
	}
	people, _, err := h.desk.People(ctx, all, scheduling.ListFilter{Limit: 1})
	if err != nil || len(people) > 0 {
		return false, err
	}
	companies, _, err := h.desk.Companies(ctx, all, scheduling.ListFilter{Limit: 1})
	if err != nil || len(companies) > 0 {
		return false, err
	}
	events, _, err := h.desk.Events(ctx, all, scheduling.EventFilter{Limit: 1}, true)
	return len(events) == 0, err
}
