package main

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/handlers"
	"kohtaamo/handlers/api"
	"kohtaamo/scheduling"
	"kohtaamo/scheduling/jobs"
)

// mountAPI adds the API to the website.
func (h *house) mountAPI(runner *jobs.Runner) func(*fiber.App, *handlers.Server) {
	return func(app *fiber.App, s *handlers.Server) {
		api.Mount(app, api.Config{
			Desk: h.desk, Outbox: h.outbox, DB: h.db, BaseURL: h.cfg.BaseURL, Log: h.cfg.Log,
			Jobs: runner, Actor: h.bearer, Shoot: s.Shoot, ListKinds: handlers.ListKinds(), WriteList: s.WriteList,
		})
	}
}

// bearer gives who a token stands for, and its scopes.
func (h *house) bearer(ctx context.Context, plain string) (scheduling.Actor, []string, error) {
	who, t, err := h.auth.ByToken(ctx, plain)
	if err != nil {
		return who, nil, err
	}
	return who, t.Scopes, nil
}
