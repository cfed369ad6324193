package api

import (
	"context"
	"errors"
	"net/http"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// A keeper knows how one kind of document is found, mapped and stored: S is
// what the desk keeps, F what can be written, T what is answered.
type keeper[S, F, T any] struct {
	find  func(context.Context, scheduling.Actor, string) (*S, error)
	own   func(context.Context, scheduling.Actor, string) (*S, error) // find, for who may change it; find if nil
	save  func(context.Context, scheduling.Actor, *S) error
	into  func(F, *S) error
	meta  func(*S) *storage.Meta
	shape func(scheduling.Actor, *S) T // as the actor may see it
}

// New is the body of a POST that makes a document.
type New[F any] struct{ Body F }

// Change is a PUT of a document.
type Change[F any] struct {
	ByID
	Match
	Body F
}

// plural is the address and subject of each kind.
var plural = map[string]string{"cluster": "clusters", "project": "projects", "group": "groups", "company": "companies", "person": "people", "list": "lists"}

// keep adds the operations that show, make and change documents of a kind, all
// but their list; open ones are shown to everybody.
func keep[S, F, T any](a *API, kind string, open bool, k keeper[S, F, T]) {
	subject := plural[kind]
	if k.own == nil {
		k.own = k.find
	}
	o := op{
		method: http.MethodGet, path: "/" + subject + "/{id}", id: "get-" + kind, summary: "Show a " + kind,
		subject: subject, open: open,
	}
	add(a, o, k.show)
	o = op{
		method: http.MethodPost, path: "/" + subject, id: "create-" + kind, summary: "Make a " + kind,
		subject: subject, status: http.StatusCreated,
	}
	add(a, o, func(ctx context.Context, by scheduling.Actor, in *New[F]) (*One[T], error) {
		return k.create(ctx, a, by, subject, in.Body)
	})
	o = op{
		method: http.MethodPut, path: "/" + subject + "/{id}", id: "update-" + kind, summary: "Change a " + kind,
		subject: subject, matches: true,
	}
	add(a, o, k.change)
}

func (k keeper[S, F, T]) show(ctx context.Context, by scheduling.Actor, in *ByID) (*One[T], error) {
	s, err := k.find(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	return one(k.meta(s).Rev, k.shape(by, s)), nil
}

func (k keeper[S, F, T]) create(ctx context.Context, a *API, by scheduling.Actor, subject string, in F) (*One[T], error) {
	who := callerIn(ctx)
	s := new(S)
	if err := k.into(in, s); err != nil {
		return nil, err
	}
	m := k.meta(s)
	m.ID = who.made()
	if who.resumed() {
		old, err := k.find(ctx, by, m.ID)
		if err == nil {
			return made(a, k.meta(old).Rev, "/"+subject+"/"+k.meta(old).ID, k.shape(by, old)), nil
		}
		if !errors.Is(err, storage.ErrNotFound) {
			return nil, err
		}
	}
	if err := k.save(ctx, by, s); err != nil {
		return nil, err
	}
	return made(a, m.Rev, "/"+subject+"/"+m.ID, k.shape(by, s)), nil
}

func (k keeper[S, F, T]) change(ctx context.Context, by scheduling.Actor, in *Change[F]) (*One[T], error) {
	s, err := k.own(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	if err := in.against(callerIn(ctx), k.meta(s).Rev); err != nil {
		return nil, err
	}
	if err := k.into(in.Body, s); err != nil {
		return nil, err
	}
	if err := k.save(ctx, by, s); err != nil {
		return nil, err
	}
	return one(k.meta(s).Rev, k.shape(by, s)), nil
}

// whole is the answer of a list that has no pages.
func whole[S, T any](a *API, ctx context.Context, found []S, shape func(S) T, err error) (*Listed[T], error) {
	if err != nil {
		return nil, err
	}
	return listed(a, ctx, found, "", shape), nil
}
