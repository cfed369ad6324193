package api

import (
	"context"
	"net/http"

	"kohtaamo/scheduling"
)

// A DuplicatePair names two that may be one.
type DuplicatePair struct {
	A      string `json:"a"`
	B      string `json:"b"`
	Reason string `json:"reason" enum:"business_id,name,website,near,phone"`
}

// A Merging is what a merge does, or would.
type Merging struct {
	ID      string  `json:"id" doc:"Of the one that stays"`
	Moves   int     `json:"moves" doc:"Records that name the one that goes"`
	Problem *string `json:"problem" doc:"Why it cannot be done as things stand; null if it can"`
}

// MergeInto says what goes into what.
type MergeInto struct {
	ByID
	Body struct {
		Into   string   `json:"into" minLength:"1" maxLength:"64" doc:"The one that stays"`
		Take   []string `json:"take" required:"false" maxItems:"10" doc:"Fields that the one that stays takes of the one that goes"`
		DryRun bool     `json:"dry_run" required:"false" doc:"Say what would happen and store nothing"`
	}
}

func (a *API) mergeRoutes() {
	about := "Everything that names the one of the address names the other one from then on, and the old id leads there. Done twice, it is done once."
	o := op{method: http.MethodGet, path: "/companies/duplicates", id: "list-company-duplicates", summary: "List companies that may be there twice", subject: "companies"}
	add(a, o, a.companyDuplicates)
	o = op{method: http.MethodPost, path: "/companies/{id}/merge", id: "merge-company", summary: "Merge a company into another one", subject: "companies", about: about}
	add(a, o, a.mergeCompany)
	o = op{method: http.MethodGet, path: "/people/duplicates", id: "list-person-duplicates", summary: "List people who may be there twice", subject: "people"}
	add(a, o, a.personDuplicates)
	o = op{method: http.MethodPost, path: "/people/{id}/merge", id: "merge-person", summary: "Merge a person into another one", subject: "people", about: about}
	add(a, o, a.mergePerson)
}

func (a *API) companyDuplicates(ctx context.Context, by scheduling.Actor, _ *struct{}) (*Listed[DuplicatePair], error) {
	found, err := a.cfg.Desk.CompanyDuplicates(ctx, by)
	return whole(a, ctx, found, func(p scheduling.CompanyPair) DuplicatePair { return DuplicatePair{p.A.ID, p.B.ID, string(p.Reason)} }, err)
}

func (a *API) personDuplicates(ctx context.Context, by scheduling.Actor, _ *struct{}) (*Listed[DuplicatePair], error) {
	found, err := a.cfg.Desk.PersonDuplicates(ctx, by)
	return whole(a, ctx, found, func(p scheduling.PersonPair) DuplicatePair { return DuplicatePair{p.A.ID, p.B.ID, string(p.Reason)} }, err)
}

// merging is the answer of a look.
func merging(who *caller, id string, moves int, p *scheduling.Problem) *One[Merging] {
	out := Merging{ID: id, Moves: moves}
	if p != nil {
		why := who.lang.Text(p.Key, p.Args...)
		out.Problem = &why
	}
	return &One[Merging]{Body: out}
}

func (a *API) mergeCompany(ctx context.Context, by scheduling.Actor, in *MergeInto) (*One[Merging], error) {
	look, err := a.cfg.Desk.CompanyMerging(ctx, by, in.ID, in.Body.Into)
	if err != nil {
		return nil, err
	}
	m := scheduling.Merge{From: in.ID, Into: in.Body.Into, Take: in.Body.Take}
	if look.From != nil && look.Into != nil {
		m.FromRev, m.IntoRev = look.From.Rev, look.Into.Rev
	}
	if in.Body.DryRun {
		return merging(callerIn(ctx), in.Body.Into, look.Moves, look.Problem), nil
	}
	c, err := a.cfg.Desk.MergeCompanies(ctx, by, m)
	if err != nil {
		return nil, err
	}
	return merging(callerIn(ctx), c.ID, look.Moves, nil), nil
}

func (a *API) mergePerson(ctx context.Context, by scheduling.Actor, in *MergeInto) (*One[Merging], error) {
	look, err := a.cfg.Desk.PersonMerging(ctx, by, in.ID, in.Body.Into)
	if err != nil {
		return nil, err
	}
	m := scheduling.Merge{From: in.ID, Into: in.Body.Into, Take: in.Body.Take}
	if look.From != nil && look.Into != nil {
		m.FromRev, m.IntoRev = look.From.Rev, look.Into.Rev
	}
	if in.Body.DryRun {
		return merging(callerIn(ctx), in.Body.Into, look.Moves, look.Problem), nil
	}
	p, err := a.cfg.Desk.MergePeople(ctx, by, m)
	if err != nil {
		return nil, err
	}
	return merging(callerIn(ctx), p.ID, look.Moves, nil), nil
}
