package api

import (
	"context"
	"net/http"

	"kohtaamo/scheduling"
)

// WordingFields are what can be written about the texts of a mail.
type WordingFields struct {
	Texts WordingTexts `json:"texts" doc:"A text that is empty, or says what the program says, is left to the program"`
}

// WordingTexts are the parts of a mail: plain text with fields in it, {{event}}.
type WordingTexts struct {
	Subject   string `json:"subject" required:"false"`
	Preheader string `json:"preheader" required:"false" doc:"What a list of mails shows beside the subject"`
	Heading   string `json:"heading" required:"false"`
	Body      string `json:"body" required:"false" doc:"The one text that may have several lines"`
	Button    string `json:"button" required:"false"`
}

// A Wording is what the mails of one kind say in one language.
type Wording struct {
	Kind     string `json:"kind"`
	Lang     string `json:"lang"`
	Revision int64  `json:"revision" doc:"0 where nothing is written"`
	WordingFields
	Defaults WordingTexts `json:"defaults" doc:"What the program says"`
	Outdated []string     `json:"outdated" doc:"Texts that were written over other words than the program has now"`
	Fields   []string     `json:"fields" doc:"What the texts may mention"`
	Needs    []string     `json:"needs" doc:"Fields of which the subject, the heading or the body has to mention each"`
}

func wordingTexts(t map[scheduling.WordingPart]string) WordingTexts {
	return WordingTexts{t[scheduling.WordingSubject], t[scheduling.WordingPreheader], t[scheduling.WordingHeading], t[scheduling.WordingBody], t[scheduling.WordingButton]}
}

func (t WordingTexts) parts() map[scheduling.WordingPart]string {
	return map[scheduling.WordingPart]string{scheduling.WordingSubject: t.Subject, scheduling.WordingPreheader: t.Preheader,
		scheduling.WordingHeading: t.Heading, scheduling.WordingBody: t.Body, scheduling.WordingButton: t.Button}
}

func wording(p *scheduling.WordingPage) *One[Wording] {
	out := Wording{p.Kind.Kind, p.Wording.Lang, p.Wording.Rev, WordingFields{wordingTexts(p.Wording.Texts)}, wordingTexts(p.Defaults),
		[]string{}, list(p.Kind.Fields), list(p.Kind.Needs)}
	for _, part := range p.Outdated {
		out.Outdated = append(out.Outdated, string(part))
	}
	return one(p.Wording.Rev, out)
}

// A WordingLine is one kind of mail with the languages that it is written in.
type WordingLine struct {
	Kind     string   `json:"kind"`
	Own      []string `json:"own" doc:"Languages in which the organisers have written texts of their own"`
	Outdated []string `json:"outdated" doc:"Languages in which the program has other words now than when these were written"`
}

func wordingLine(k scheduling.WordingLine) WordingLine {
	out := WordingLine{Kind: k.Kind, Own: []string{}, Outdated: []string{}}
	for _, st := range k.Langs {
		if st.Own {
			out.Own = append(out.Own, st.Lang)
		}
		if st.Outdated {
			out.Outdated = append(out.Outdated, st.Lang)
		}
	}
	return out
}

func (a *API) wordingRoutes() {
	o := op{method: http.MethodGet, path: "/clusters/{id}/mail-texts", id: "list-mail-texts", subject: "outbox", summary: "List the kinds of mail whose texts a cluster can write itself"}
	add(a, o, a.listWordings)
	o = op{method: http.MethodGet, path: "/clusters/{id}/mail-texts/{kind}/{lang}", id: "get-mail-text", subject: "outbox", summary: "Show the texts of a kind of mail in one language"}
	add(a, o, a.getWording)
	o.method, o.id, o.summary = http.MethodPut, "save-mail-text", "Write the texts of a kind of mail in one language"
	o.about = "The mails that are made from then on say them. With no texts, they say again what the program says."
	add(a, o, a.saveWording)
}

func (a *API) listWordings(ctx context.Context, by scheduling.Actor, in *ByID) (*Listed[WordingLine], error) {
	found, err := a.cfg.Desk.Wordings(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	return listed(a, ctx, found.Kinds, "", wordingLine), nil
}

// ByKind names the texts of one kind of mail in one language.
type ByKind struct {
	ByID
	Kind string `path:"kind" maxLength:"64" example:"registration.confirmed"`
	Lang string `path:"lang" maxLength:"10" example:"fi"`
}

func (a *API) getWording(ctx context.Context, by scheduling.Actor, in *ByKind) (*One[Wording], error) {
	p, err := a.cfg.Desk.Wording(ctx, by, in.ID, in.Kind, in.Lang)
	if err != nil {
		return nil, err
	}
	return wording(p), nil
}

// SaveWording writes texts, from the revision that was read.
type SaveWording struct {
	ByKind
	Body struct {
		WordingFields
		Revision int64 `json:"revision" minimum:"0" doc:"As it was read; 0 the first time"`
	}
}

func (a *API) saveWording(ctx context.Context, by scheduling.Actor, in *SaveWording) (*One[Wording], error) {
	p, err := a.cfg.Desk.SaveWording(ctx, by, in.ID, in.Kind, in.Lang, in.Body.Revision, in.Body.Texts.parts())
	if err != nil {
		return nil, err
	}
	return wording(p), nil
}
