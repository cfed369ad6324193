package api

import (
	"context"
	"net/http"
	"slices"

	"kohtaamo/scheduling"
)

// CoDevelopmentFields are what a group fills in of a co-development agreement.
type CoDevelopmentFields struct {
	Title   string            `json:"title" minLength:"1" maxLength:"200" doc:"Of the project"`
	Parties []AgreementParty  `json:"parties" minItems:"2" maxItems:"20"`
	Clauses map[string]string `json:"clauses" doc:"By clause: purpose, background, foreground, confidentiality, costs, publication, term, law"`
}

// An AgreementParty is who would sign.
type AgreementParty struct {
	Name       string `json:"name" minLength:"1" maxLength:"200"`
	BusinessID string `json:"business_id,omitempty" required:"false" maxLength:"200"`
	Address    string `json:"address,omitempty" required:"false" maxLength:"200"`
	Signatory  string `json:"signatory,omitempty" required:"false" maxLength:"200"`
	Position   string `json:"position,omitempty" required:"false" maxLength:"200"`
}

// A CoDevelopment is one version of a group's draft.
type CoDevelopment struct {
	GroupID string `json:"group_id"`
	Version int    `json:"version" doc:"0 while nothing was saved"`
	By      string `json:"by,omitempty" doc:"Name of who saved it"`
	CoDevelopmentFields
	Versions []int           `json:"versions" doc:"Those that there are, the newest first"`
	Text     []AgreementText `json:"text" doc:"The document, in the language of the request"`
}

// AgreementText is one section of the document.
type AgreementText struct {
	Heading string   `json:"heading"`
	Words   []string `json:"words" doc:"What every such agreement says"`
	Filled  string   `json:"filled" doc:"What the group says; empty where it has not yet"`
}

func coDevelopment(who *caller, p *scheduling.CoDevelopmentPage) CoDevelopment {
	v := p.Draft
	return CoDevelopment{p.Group.ID, v.Version, v.ByName, CoDevelopmentFields{v.Title,
		mapped(v.Parties, func(x scheduling.AgreementParty) AgreementParty { return AgreementParty(x) }), v.Clauses},
		mapped(p.Versions, func(x *scheduling.CoDevelopment) int { return x.Version }),
		mapped(v.Sections(who.lang), func(s scheduling.AgreementSection) AgreementText {
			return AgreementText{s.Heading, list(s.Words), s.Filled}
		})}
}

func (a *API) coDevelopmentRoutes() {
	do := func(method, path, id, summary string) op {
		return op{method: method, path: path, id: id, summary: summary, subject: "groups"}
	}
	add(a, do(http.MethodGet, "/groups/{id}/agreement", "get-codevelopment", "Show the draft of a group's co-development agreement"), a.getCoDevelopment)
	o := do(http.MethodPost, "/groups/{id}/agreement", "save-codevelopment", "Save the next version of the draft")
	o.about = "Its members and who decides may. Versions are kept as they were saved."
	add(a, o, a.saveCoDevelopment)
}

// GetCoDevelopment names a version.
type GetCoDevelopment struct {
	ByID
	Version int `query:"version" minimum:"0" doc:"The newest if it is not said"`
}

func (a *API) getCoDevelopment(ctx context.Context, by scheduling.Actor, in *GetCoDevelopment) (*One[CoDevelopment], error) {
	p, err := a.cfg.Desk.CoDevelopment(ctx, by, in.ID, in.Version)
	if err != nil {
		return nil, err
	}
	return one(int64(p.Draft.Version), coDevelopment(callerIn(ctx), p)), nil
}

// SaveCoDevelopment is the next version.
type SaveCoDevelopment struct {
	ByID
	Body struct {
		CoDevelopmentFields
		Version int `json:"version" minimum:"0" doc:"That it was made from; if there is a newer one by now, nothing is kept"`
	}
}

func (a *API) saveCoDevelopment(ctx context.Context, by scheduling.Actor, in *SaveCoDevelopment) (*One[CoDevelopment], error) {
	b, w := in.Body, wrong{}
	for name := range b.Clauses {
		if !slices.Contains(scheduling.AgreementClauses, name) {
			w["clauses"] = "problem.choice"
		}
	}
	if err := w.problem(); err != nil {
		return nil, err
	}
	_, err := a.cfg.Desk.SaveCoDevelopment(ctx, by, &scheduling.CoDevelopment{GroupID: in.ID, Version: b.Version, Title: b.Title, Clauses: b.Clauses,
		Parties: mapped(b.Parties, func(x AgreementParty) scheduling.AgreementParty { return scheduling.AgreementParty(x) })})
	if err != nil {
		return nil, err
	}
	return a.getCoDevelopment(ctx, by, &GetCoDevelopment{ByID: in.ByID})
}
