package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"kohtaamo/handlers/auth"
	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

func isMissing(err error) bool { return errors.Is(err, storage.ErrNotFound) }

func admin(ctx context.Context, c *console, args []string) error {
	flags := newFlags(c, "admin", "", "Makes the person of a mail address an administrator and prints a link that signs them in.")
	email := flags.String("email", "", "mail `ADDRESS` of the person; needed")
	config := addSettings(flags, c, withDesk)
	if _, err := parse(flags, args, 0, 0); err != nil {
		return err
	}
	if *email == "" {
		return wrongUse("say who: kohtaamo admin --email ADDRESS")
	}
	return withHouse(ctx, c, config, true, func(h *house) error {
		link, err := h.auth.AdminLink(ctx, *email)
		if err != nil {
			return err
		}
		fmt.Fprintln(c.stderr, "Good once, for half an hour:")
		fmt.Fprintln(c.stdout, link)
		return nil
	})
}

func token(ctx context.Context, c *console, args []string) error {
	flags := newFlags(c, "token", "", "Prints a new token for the API. It is shown this once; an administrator can revoke it on the page of tokens.")
	name := flags.String("name", "", "what the token is for, a `NAME`; needed")
	role := flags.String("role", "", "`ROLE` the program has: administrator, organiser or door; needed")
	cluster := flags.String("cluster", "", "`SLUG` of the one cluster it is for (default all)")
	scope := flags.String("scope", auth.Write, "`SCOPE`: write, read alone, or mail:write to hand in mail and nothing else")
	config := addSettings(flags, c, withDesk)
	if _, err := parse(flags, args, 0, 0); err != nil {
		return err
	}
	if strings.TrimSpace(*name) == "" || *role == "" {
		return wrongUse("say what for and what it may: kohtaamo token --name NAME --role organiser")
	}
	return withHouse(ctx, c, config, false, func(h *house) error {
		grant, err := h.grant(ctx, *role, *cluster)
		if err != nil {
			return err
		}
		by := scheduling.Actor{Name: "command line", Via: "cli", Grants: []scheduling.Grant{{Role: scheduling.Administrator}}}
		plain, _, err := h.auth.CreateToken(ctx, by, *name, []scheduling.Grant{grant}, []string{*scope})
		if err != nil {
			return err
		}
		fmt.Fprintln(c.stdout, plain)
		return nil
	})
}

// grant reads what a token may do.
func (h *house) grant(ctx context.Context, role, slug string) (scheduling.Grant, error) {
	g := scheduling.Grant{Role: scheduling.Role(role)}
	switch g.Role {
	case scheduling.Administrator, scheduling.Organiser, scheduling.Door:
	default:
		return g, wrongUse("role %q is none of administrator, organiser, door", role)
	}
	if slug == "" {
		return g, nil
	}
	c, err := h.desk.Cluster(ctx, slug)
	if isMissing(err) {
		return g, fmt.Errorf("there is no cluster %q", slug)
	}
	if err != nil {
		return g, err
	}
	g.Cluster = c.ID
	return g, nil
}

// withHouse opens the house of the settings for one thing to do in it.
func withHouse(ctx context.Context, c *console, config func() (*config, error), mayBeNew bool, do func(*house) error) error {
	cfg, err := config()
	if err != nil {
		return err
	}
	h, err := open(ctx, c, cfg, mayBeNew)
	if err != nil {
		return err
	}
	defer h.close()
	return cfg.discreet(h.inWords(do(h)))
}
