package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"slices"

	"github.com/gofiber/fiber/v2"
	"kohtaamo/handlers"
	"kohtaamo/handlers/auth"
	"kohtaamo/mailer"
	"kohtaamo/scheduling"
	"kohtaamo/storage"
	"kohtaamo/storage/sqlite"
	"kohtaamo/templates"
)

func main() {
	ctx := context.Background()
	os.Remove("/tmp/zz.db")
	e, _ := sqlite.Open("/tmp/zz.db")
	db, err := storage.Open(ctx, e, storage.Schema{Specs: slices.Concat(scheduling.Specs(), mailer.Specs, auth.Specs())})
	if err != nil {
		panic(err)
	}
	texts, err := templates.Load()
	if err != nil {
		panic(err)
	}
	key, _ := scheduling.HouseKey(ctx, db)
	o := &mailer.Outbox{DB: db, From: mailer.Address{Name: "K", Email: "k@localhost"}}
	d := &scheduling.Desk{DB: db, Outbox: o, Texts: texts, Log: slog.Default(), BaseURL: "http://127.0.0.1:8099", Key: key, House: "BusinessOulu Events"}
	a := auth.New(d)
	link, err := a.SetupLink(ctx)
	fmt.Println(link, err)
	var s *handlers.Server
	s = handlers.New(handlers.Config{Desk: d, Auth: a, Outbox: o, Texts: texts, BaseURL: d.BaseURL, Log: slog.Default(), Mount: func(app *fiber.App) {
		app.Get("/zz", func(c *fiber.Ctx) error { return s.ZZ(c) })
	}})
	panic(s.App().Listen("127.0.0.1:8099"))
}
