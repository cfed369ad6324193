package api

import (
	"context"
	"net/http"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// entrantRoutes are what an organiser's program does for the companies in a round.
func (a *API) entrantRoutes() {
	do := func(method, path, id, summary string) op {
		return op{method: method, path: path, id: id, summary: summary, subject: "rounds"}
	}
	o := do(http.MethodPost, "/rounds/{id}/entrants", "enter-round", "Enter a company into a round")
	o.status, o.about = http.StatusCreated, "The people have to be known; the first of them manages the entrant, and is written to. What the profile leaves open is taken from the company's record. A company that is in already is given as it stands."
	add(a, o, a.enterRound)
	add(a, do(http.MethodGet, "/entrants/{id}", "get-entrant", "Show an entrant"), a.getEntrant)
	o = do(http.MethodPut, "/entrants/{id}/profile", "update-entrant-profile", "Change what an entrant says of itself")
	o.matches = true
	add(a, o, a.updateProfile)
	for _, step := range []struct {
		name, summary string
		act           func(context.Context, scheduling.Actor, string, string) (*scheduling.Entrant, error)
	}{
		{"pause", "Pause an entrant: nobody finds or asks it", a.pausing(true)},
		{"resume", "End a pause", a.pausing(false)},
		{"approve", "Let an entrant in", func(ctx context.Context, by scheduling.Actor, id, _ string) (*scheduling.Entrant, error) {
			return a.cfg.Desk.ApproveEntrant(ctx, by, id)
		}},
		{"reject", "Keep an entrant out", a.cfg.Desk.RejectEntrant},
		{"leave", "Take an entrant out of its round", a.cfg.Desk.LeaveEntrant},
	} {
		add(a, do(http.MethodPost, "/entrants/{id}/"+step.name, step.name+"-entrant", step.summary), entrantStep(step.act))
	}
	add(a, do(http.MethodPost, "/entrants/{id}/invitations", "invite-delegate", "Ask somebody by mail to be one of an entrant's people"), a.inviteDelegate)
	add(a, do(http.MethodPut, "/entrants/{id}/people/{person}", "update-delegate", "Change one of an entrant's people"), a.updateDelegate)
	add(a, do(http.MethodDelete, "/entrants/{id}/people/{person}", "remove-delegate", "Take one of an entrant's people out"), a.removeDelegate)
	add(a, do(http.MethodPut, "/entrants/{id}/people/{person}/availability", "set-availability", "Say when one of an entrant's people can meet"), a.setAvailability)
	add(a, do(http.MethodGet, "/entrants/{id}/suggestions", "list-suggestions", "List who suits an entrant, the best first, with the reasons"), a.listSuggestions)
	o = do(http.MethodGet, "/rounds/{id}/catalogue", "search-catalogue", "Search the entrants of a round")
	o.about = "Pages are numbered; total says how many were found."
	add(a, o, a.searchCatalogue)
}

// ProfileFields are what an entrant says of itself.
type ProfileFields struct {
	About       Text     `json:"about" required:"false"`
	Offers      []string `json:"offers" required:"false" maxItems:"20" doc:"One thing each"`
	Needs       []string `json:"needs" required:"false" maxItems:"20" doc:"One thing each"`
	Tags        []string `json:"tags" required:"false" maxItems:"20"`
	Countries   []string `json:"countries" required:"false" maxItems:"30" doc:"Where it looks for partners, ISO 3166 alpha-2"`
	Listed      bool     `json:"listed" required:"false" doc:"Agreed to stand in a public catalogue"`
	MaxMeetings int      `json:"max_meetings" required:"false" minimum:"0" maximum:"200" doc:"0: as the round says"`
}

func (in ProfileFields) entrant(w wrong) *scheduling.Entrant {
	return &scheduling.Entrant{About: w.text("about", in.About), Offers: in.Offers, Needs: in.Needs, Tags: in.Tags, Countries: in.Countries, Listed: in.Listed, MaxMeetings: in.MaxMeetings}
}

// DelegateFields are what can be written about one of an entrant's people.
type DelegateFields struct {
	Title     string   `json:"title" required:"false" maxLength:"200"`
	Languages []string `json:"languages" required:"false" maxItems:"30" doc:"That they can meet in, ISO 639-1"`
	Manages   bool     `json:"manages" required:"false" doc:"May act for the entrant"`
}

// NewDelegate is somebody who comes along from the beginning.
type NewDelegate struct {
	PersonID string `json:"person_id" minLength:"1" maxLength:"64"`
	DelegateFields
}

// NewEntrant is a company that enters a round.
type NewEntrant struct {
	CompanyID string        `json:"company_id" minLength:"1" maxLength:"64"`
	People    []NewDelegate `json:"people" minItems:"1" maxItems:"20"`
	ProfileFields
}

// EnterRound names the round.
type EnterRound struct {
	ByID
	Body NewEntrant
}

func (a *API) enterRound(ctx context.Context, by scheduling.Actor, in *EnterRound) (*One[Entrant], error) {
	w := wrong{}
	e := in.Body.entrant(w)
	if err := w.problem(); err != nil {
		return nil, err
	}
	e.RoundID, e.CompanyID = in.ID, in.Body.CompanyID
	for _, p := range in.Body.People {
		e.People = append(e.People, scheduling.Delegate{PersonID: p.PersonID, Title: p.Title, Languages: p.Languages, Manages: p.Manages})
	}
	out, err := a.cfg.Desk.Enter(ctx, by, e)
	if err != nil {
		return nil, err
	}
	return made(a, out.Rev, "/entrants/"+out.ID, entrant(out)), nil
}

func (a *API) getEntrant(ctx context.Context, by scheduling.Actor, in *ByID) (*One[Entrant], error) {
	p, err := a.cfg.Desk.OneEntrant(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	return one(p.Entrant.Rev, entrant(p.Entrant)), nil
}

// UpdateProfile is a change of what an entrant says of itself.
type UpdateProfile struct {
	ByID
	Match
	Body struct {
		ProfileFields
		ToCompany bool `json:"to_company" required:"false" doc:"Offers, needs and tags go into the company's record too"`
	}
}

func (a *API) updateProfile(ctx context.Context, by scheduling.Actor, in *UpdateProfile) (*One[Entrant], error) {
	had, err := a.cfg.Desk.OneEntrant(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	if err := in.against(callerIn(ctx), had.Entrant.Rev); err != nil {
		return nil, err
	}
	w := wrong{}
	e := in.Body.entrant(w)
	if err := w.problem(); err != nil {
		return nil, err
	}
	e.Meta = storage.Meta{ID: in.ID, Rev: had.Entrant.Rev}
	return entrantNow(a.cfg.Desk.SaveEntrant(ctx, by, e, in.Body.ToCompany))
}

// entrantNow is the answer of a change.
func entrantNow(e *scheduling.Entrant, err error) (*One[Entrant], error) {
	if err != nil {
		return nil, err
	}
	return one(e.Rev, entrant(e)), nil
}

// EntrantStep may say why.
type EntrantStep struct {
	ByID
	Body *struct {
		Reason string `json:"reason" required:"false" maxLength:"2000"`
	}
}

func entrantStep(act func(context.Context, scheduling.Actor, string, string) (*scheduling.Entrant, error)) func(context.Context, scheduling.Actor, *EntrantStep) (*One[Entrant], error) {
	return func(ctx context.Context, by scheduling.Actor, in *EntrantStep) (*One[Entrant], error) {
		reason := ""
		if in.Body != nil {
			reason = in.Body.Reason
		}
		return entrantNow(act(ctx, by, in.ID, reason))
	}
}

func (a *API) pausing(paused bool) func(context.Context, scheduling.Actor, string, string) (*scheduling.Entrant, error) {
	return func(ctx context.Context, by scheduling.Actor, id, _ string) (*scheduling.Entrant, error) {
		return a.cfg.Desk.PauseEntrant(ctx, by, id, paused)
	}
}

// InviteDelegate names whom to ask.
type InviteDelegate struct {
	ByID
	Body struct {
		Email string `json:"email" maxLength:"320"`
		Name  string `json:"name" maxLength:"200"`
		Title string `json:"title" required:"false" maxLength:"200"`
	}
}

func (a *API) inviteDelegate(ctx context.Context, by scheduling.Actor, in *InviteDelegate) (*One[Entrant], error) {
	return entrantNow(a.cfg.Desk.InviteColleague(ctx, by, in.ID, scheduling.Colleague{Email: in.Body.Email, Name: in.Body.Name, Title: in.Body.Title}))
}

// OneDelegate names one of an entrant's people.
type OneDelegate struct {
	ByID
	Person string `path:"person" maxLength:"64"`
}

// UpdateDelegate is a change of one of them.
type UpdateDelegate struct {
	OneDelegate
	Body DelegateFields
}

func (a *API) updateDelegate(ctx context.Context, by scheduling.Actor, in *UpdateDelegate) (*One[Entrant], error) {
	b := in.Body
	return entrantNow(a.cfg.Desk.SaveDelegate(ctx, by, in.ID, scheduling.Delegate{PersonID: in.Person, Title: b.Title, Languages: b.Languages, Manages: b.Manages}))
}

func (a *API) removeDelegate(ctx context.Context, by scheduling.Actor, in *OneDelegate) (*One[Entrant], error) {
	return entrantNow(a.cfg.Desk.RemoveDelegate(ctx, by, in.ID, in.Person))
}

// SetAvailability says when somebody can meet.
type SetAvailability struct {
	OneDelegate
	Body struct {
		Unavailable []string `json:"unavailable" maxItems:"1000" doc:"Ids of slots of the round"`
		UseBusy     bool     `json:"use_busy" required:"false" doc:"The times of their busy calendars count too"`
	}
}

func (a *API) setAvailability(ctx context.Context, by scheduling.Actor, in *SetAvailability) (*One[Entrant], error) {
	return entrantNow(a.cfg.Desk.SetAvailability(ctx, by, in.ID, in.Person, in.Body.Unavailable, in.Body.UseBusy))
}

// A CatalogueItem is an entrant as others find it. It names no mail addresses.
type CatalogueItem struct {
	ID        string        `json:"id"`
	Name      string        `json:"name"`
	Country   string        `json:"country"`
	Kind      string        `json:"kind"`
	Website   string        `json:"website,omitempty"`
	About     Text          `json:"about"`
	Offers    []string      `json:"offers"`
	Needs     []string      `json:"needs"`
	Tags      []string      `json:"tags"`
	Countries []string      `json:"countries"`
	Score     int           `json:"score" doc:"The sum of the reasons' points"`
	Reasons   []MatchReason `json:"reasons" doc:"Why it suits; the weightiest first"`
}

// A MatchReason is one way in which two entrants suit each other.
type MatchReason struct {
	Kind   string `json:"kind" enum:"need_offer,offer_need,tag,their_market,my_market,language"`
	Mine   string `json:"mine"`
	Theirs string `json:"theirs"`
	Points int    `json:"points"`
}

func catalogueItem(m scheduling.Match) CatalogueItem {
	e, same := m.Entrant, func(s string) string { return s }
	return CatalogueItem{ID: e.ID, Name: e.Name, Country: e.Country, Kind: string(e.Kind), Website: e.Website, About: textOf(e.About),
		Offers: mapped(e.Offers, same), Needs: mapped(e.Needs, same), Tags: mapped(e.Tags, same), Countries: mapped(e.Countries, same), Score: m.Score,
		Reasons: mapped(m.Reasons, func(r scheduling.Reason) MatchReason { return MatchReason{string(r.Kind), r.Mine, r.Theirs, r.Points} })}
}

// ListSuggestions asks for the best.
type ListSuggestions struct {
	ByID
	Limit int `query:"limit" minimum:"1" maximum:"200" default:"30"`
}

func (a *API) listSuggestions(ctx context.Context, by scheduling.Actor, in *ListSuggestions) (*Listed[CatalogueItem], error) {
	list, err := a.cfg.Desk.Suggest(ctx, by, in.ID, in.Limit)
	if err != nil {
		return nil, err
	}
	return listed(a, ctx, list, "", catalogueItem), nil
}

// SearchCatalogue says who is looked for.
type SearchCatalogue struct {
	ByID
	Q        string `query:"q" maxLength:"200" doc:"Words in names, offers, needs and tags"`
	In       string `query:"in" enum:"offers,needs"`
	Country  string `query:"country" maxLength:"2"`
	Market   string `query:"market" maxLength:"2" doc:"Where they look for partners"`
	Tag      string `query:"tag" maxLength:"40"`
	Kind     string `query:"kind" maxLength:"20"`
	Language string `query:"language" maxLength:"2"`
	Sort     string `query:"sort" enum:"name,match,new,country" default:"name"`
	Page     int    `query:"page" minimum:"1" default:"1"`
	Limit    int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// A CataloguePage is one page of what was found.
type CataloguePage struct {
	Items []CatalogueItem `json:"items"`
	Total int             `json:"total"`
	Page  int             `json:"page"`
	Pages int             `json:"pages"`
}

// FoundInCatalogue is the answer.
type FoundInCatalogue struct{ Body CataloguePage }

func (a *API) searchCatalogue(ctx context.Context, by scheduling.Actor, in *SearchCatalogue) (*FoundInCatalogue, error) {
	v, err := a.cfg.Desk.Catalogue(ctx, by, in.ID, scheduling.CatalogueQuery{Text: in.Q, In: in.In, Country: in.Country, Market: in.Market, Tag: in.Tag,
		Kind: scheduling.CompanyKind(in.Kind), Lang: in.Language, Sort: in.Sort, Page: in.Page, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	return &FoundInCatalogue{CataloguePage{mapped(v.Items, catalogueItem), v.Total, v.Page, v.Pages}}, nil
}
