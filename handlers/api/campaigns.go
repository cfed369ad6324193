package api

import (
	"context"
	"net/http"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// CampaignFields are what can be written about a newsletter or an invitation.
type CampaignFields struct {
	ClusterID string       `json:"cluster_id" maxLength:"64"`
	ListID    string       `json:"list_id" required:"false" maxLength:"64" doc:"The mailing list whose subscribers it goes to; none for an invitation"`
	Subject   Text         `json:"subject"`
	Body      Text         `json:"body" required:"false" doc:"Markdown with blocks on lines of their own ({event:SLUG}, {events:upcoming}, {round:SLUG}, {trip:SLUG}, {trips:open}, {group:SLUG}, {foresight:latest}, {foresight:GROUP-SLUG}, {foresight:ISSUE-ID}) and the fields {name} and {company}"`
	ProjectID string       `json:"project_id" required:"false" maxLength:"64" doc:"The funded project whose emblem it carries"`
	Any       bool         `json:"any" required:"false" doc:"One rule is enough; else all"`
	Rules     []ReaderRule `json:"rules" required:"false" maxItems:"20"`
	Except    []ReaderRule `json:"except" required:"false" maxItems:"20" doc:"Who fits one of these gets nothing"`
}

// A ReaderRule names some people.
type ReaderRule struct {
	Kind   string   `json:"kind" enum:"list,cluster,group,event,round,trip,role,kind,country,language,tag,attended,absent"`
	ID     string   `json:"id,omitempty" required:"false" maxLength:"64" doc:"Of the list, cluster, group, event or round"`
	Values []string `json:"values,omitempty" required:"false" maxItems:"50" doc:"One that fits is enough. Of an event: confirmed, waitlisted, attended, noshow, cancelled, invited. Of a round: entrants, managers, never_met, missed. Of a role: member, manager, coordinator, organiser. Else kinds of company, codes of countries or languages, tags"`
	From   string   `json:"from,omitempty" required:"false" format:"date" doc:"First day of a period"`
	Until  string   `json:"until,omitempty" required:"false" format:"date" doc:"Its last day"`
}

// A Campaign is a newsletter or an invitation.
type Campaign struct {
	ID       string `json:"id"`
	Revision int64  `json:"revision"`
	State    string `json:"state" enum:"draft,scheduled,sending,paused,sent,cancelled"`
	CampaignFields
	At     *time.Time `json:"at,omitempty" doc:"When it leaves, or began to"`
	Why    string     `json:"why,omitempty" doc:"Why it was paused, where nobody asked for it, in the caller's language"`
	People int        `json:"people" doc:"Who were promised a copy"`
	Left   int        `json:"left_out" doc:"Whom the rules found and who get nothing"`
	Public string     `json:"public_url,omitempty" doc:"Its page in the archive"`
}

func (a *API) campaign(ctx context.Context, c *scheduling.Campaign) Campaign {
	out := Campaign{
		ID: c.ID, Revision: c.Rev, State: string(c.State), At: timeOf(c.At), Why: callerIn(ctx).cause(c.Why), People: c.People, Left: c.Left,
		CampaignFields: CampaignFields{c.ClusterID, c.ListID, textOf(c.Subject), textOf(c.Body), c.ProjectID, c.Readers.Any,
			mapped(c.Readers.Rules, readerRule), mapped(c.Readers.Except, readerRule)},
	}
	if c.Shown {
		out.Public = a.cfg.Desk.ArchiveURL(c)
	}
	return out
}

func readerRule(r scheduling.ReaderRule) ReaderRule {
	return ReaderRule{string(r.Kind), r.ID, r.Values, r.From, r.Until}
}

func (in CampaignFields) into(c *scheduling.Campaign) error {
	w := wrong{}
	c.ClusterID, c.ListID, c.ProjectID = in.ClusterID, in.ListID, in.ProjectID
	c.Subject, c.Body = w.text("subject", in.Subject), w.text("body", in.Body)
	rule := func(r ReaderRule) scheduling.ReaderRule {
		return scheduling.ReaderRule{Kind: scheduling.RuleKind(r.Kind), ID: r.ID, Values: r.Values, From: r.From, Until: r.Until}
	}
	c.Readers = scheduling.Readers{Any: in.Any, Rules: mapped(in.Rules, rule), Except: mapped(in.Except, rule)}
	return w.problem()
}

func (a *API) campaignRoutes() {
	do := func(method, path, id, summary string) op {
		return op{method: method, path: path, id: id, summary: summary, subject: "campaigns"}
	}
	add(a, do(http.MethodGet, "/campaigns", "list-campaigns", "List newsletters and invitations, newest first"), a.listCampaigns)
	o := do(http.MethodPost, "/campaigns", "create-campaign", "Write a newsletter or an invitation")
	o.status = http.StatusCreated
	add(a, o, a.createCampaign)
	add(a, do(http.MethodGet, "/campaigns/{id}", "get-campaign", "Show a newsletter or an invitation"), a.getCampaign)
	o = do(http.MethodPut, "/campaigns/{id}", "update-campaign", "Change a draft")
	o.matches = true
	add(a, o, a.updateCampaign)
	add(a, do(http.MethodDelete, "/campaigns/{id}", "delete-campaign", "Delete a draft"), a.deleteCampaign)
	o = do(http.MethodGet, "/campaigns/{id}/audience", "get-audience", "Say whom it would go to now")
	o.about = "The figures are of everybody; of people, the first fifty by name are listed, of those that the search finds."
	add(a, o, a.getAudience)
	add(a, do(http.MethodGet, "/campaigns/{id}/results", "get-campaign-results", "Count what became of the copies"), a.getResults)
	add(a, do(http.MethodPost, "/campaigns/{id}/test", "test-campaign", "Send it to some addresses, in every language"), a.testCampaign)
	o = do(http.MethodPost, "/campaigns/{id}/schedule", "schedule-campaign", "Have a draft sent")
	o.about = "The revision is that of what was looked at. Without a time it begins at once; asked twice, it is sent once."
	add(a, o, a.scheduleCampaign)
	a.campaignActions(do)
}

// campaignActions are what can be done to one on its way.
func (a *API) campaignActions(do func(method, path, id, summary string) op) {
	desk := a.cfg.Desk
	for name, action := range map[string]struct {
		summary string
		do      func(context.Context, scheduling.Actor, string) (*scheduling.Campaign, error)
	}{
		"unschedule": {"Make a draft of what has not begun", desk.UnscheduleCampaign},
		"pause":      {"Keep what has not left from leaving", desk.PauseCampaign},
		"resume":     {"Let a paused one go on", desk.ResumeCampaign},
	} {
		add(a, do(http.MethodPost, "/campaigns/{id}/"+name, name+"-campaign", action.summary), func(ctx context.Context, by scheduling.Actor, in *ByID) (*One[Campaign], error) {
			return a.changedCampaign(ctx)(action.do(ctx, by, in.ID))
		})
	}
	o := do(http.MethodPost, "/campaigns/{id}/cancel", "cancel-campaign", "Cancel it: what has not left never does")
	add(a, o, func(ctx context.Context, by scheduling.Actor, in *Because) (*One[Campaign], error) {
		return a.changedCampaign(ctx)(desk.CancelCampaign(ctx, by, in.ID, in.reason()))
	})
	add(a, do(http.MethodPost, "/campaigns/{id}/resend", "resend-campaign", "Send it again to those it did not reach"), a.resendCampaign)
}

// changedCampaign answers with what something was done to.
func (a *API) changedCampaign(ctx context.Context) func(*scheduling.Campaign, error) (*One[Campaign], error) {
	return func(c *scheduling.Campaign, err error) (*One[Campaign], error) {
		if err != nil {
			return nil, err
		}
		return one(c.Rev, a.campaign(ctx, c)), nil
	}
}

// ListCampaigns chooses campaigns.
type ListCampaigns struct {
	Paging
	State string `query:"state" enum:"draft,scheduled,sending,paused,sent,cancelled"`
}

func (a *API) listCampaigns(ctx context.Context, by scheduling.Actor, in *ListCampaigns) (*Listed[Campaign], error) {
	found, next, err := a.cfg.Desk.Campaigns(ctx, by, scheduling.CampaignState(in.State), in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	return listed(a, ctx, found, next, func(c *scheduling.Campaign) Campaign { return a.campaign(ctx, c) }), nil
}

func (a *API) createCampaign(ctx context.Context, by scheduling.Actor, in *New[CampaignFields]) (*One[Campaign], error) {
	c := &scheduling.Campaign{Meta: storage.Meta{ID: callerIn(ctx).made()}}
	if err := in.Body.into(c); err != nil {
		return nil, err
	}
	out, err := a.cfg.Desk.SaveCampaign(ctx, by, c)
	if err != nil {
		return nil, err
	}
	return made(a, out.Rev, "/campaigns/"+out.ID, a.campaign(ctx, out)), nil
}

func (a *API) getCampaign(ctx context.Context, by scheduling.Actor, in *ByID) (*One[Campaign], error) {
	return a.changedCampaign(ctx)(a.cfg.Desk.Campaign(ctx, by, in.ID))
}

func (a *API) updateCampaign(ctx context.Context, by scheduling.Actor, in *Change[CampaignFields]) (*One[Campaign], error) {
	c, err := a.cfg.Desk.Campaign(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	if err := in.against(callerIn(ctx), c.Rev); err != nil {
		return nil, err
	}
	if err := in.Body.into(c); err != nil {
		return nil, err
	}
	return a.changedCampaign(ctx)(a.cfg.Desk.SaveCampaign(ctx, by, c))
}

func (a *API) deleteCampaign(ctx context.Context, by scheduling.Actor, in *ByID) (*none, error) {
	return &none{}, a.cfg.Desk.DeleteCampaign(ctx, by, in.ID)
}

// GetAudience searches among the readers.
type GetAudience struct {
	ByID
	Search string `query:"search" maxLength:"200" doc:"Words that name, organisation or address begin with"`
}

// An Audience is whom a campaign would go to.
type Audience struct {
	People     int            `json:"people"`
	ByLanguage map[string]int `json:"by_language"`
	LeftOut    map[string]int `json:"left_out" doc:"How many get nothing, by reason: unsubscribed, suppressed, no_consent, no_address"`
	Readers    []Reader       `json:"readers"`
	Left       []Reader       `json:"left" doc:"Of those who get nothing"`
}

// A Reader is somebody whom the rules find.
type Reader struct {
	Email    string `json:"email"`
	Name     string `json:"name"`
	Company  string `json:"company"`
	Lang     string `json:"lang"`
	PersonID string `json:"person_id,omitempty"`
	Rules    []int  `json:"rules" doc:"Places of the rules they fit, from 0"`
	LeftOut  string `json:"left_out,omitempty" enum:"unsubscribed,suppressed,no_consent,no_address"`
}

func reader(r scheduling.Reader) Reader {
	return Reader{r.Email, r.Name, r.Company, r.Lang, r.PersonID, list(r.Why), string(r.Out)}
}

// AudienceShown is the answer with it.
type AudienceShown struct{ Body Audience }

func (a *API) getAudience(ctx context.Context, by scheduling.Actor, in *GetAudience) (*AudienceShown, error) {
	v, err := a.cfg.Desk.Audience(ctx, by, in.ID, in.Search)
	if err != nil {
		return nil, err
	}
	out := Audience{v.People, v.ByLang, map[string]int{}, mapped(v.First, reader), mapped(v.Left, reader)}
	for why, n := range v.Out {
		out.LeftOut[string(why)] = n
	}
	return &AudienceShown{out}, nil
}

// CampaignResults are counts of copies.
type CampaignResults struct {
	State        string         `json:"state"`
	Copies       map[string]int `json:"copies" doc:"By state"`
	Sent         int            `json:"sent"`
	Open         int            `json:"open" doc:"That may still leave"`
	Missed       int            `json:"missed" doc:"That did not arrive, or may not have"`
	Unsubscribed int            `json:"unsubscribed" doc:"Who left the list after it"`
	Followed     *Followed      `json:"followed,omitempty" doc:"What readers did who allow that it is counted; missing while fewer than five do"`
}

// Followed are how many readers did what.
type Followed struct {
	Allowed int        `json:"allowed" doc:"Who were promised a copy and allow that it is counted"`
	Opened  int        `json:"opened"`
	Clicked int        `json:"clicked" doc:"Who used one link at least"`
	Links   []LinkUsed `json:"links"`
}

// LinkUsed is how many used a link.
type LinkUsed struct {
	URL   string `json:"url"`
	Count int    `json:"count"`
}

func followed(p *scheduling.CampaignPage) *Followed {
	if p.Followed == nil {
		return nil
	}
	out := &Followed{p.Followed.Allowed, p.Followed.Opened, p.Followed.Clicked, []LinkUsed{}}
	for i, n := range p.Followed.Links {
		out.Links = append(out.Links, LinkUsed{p.Campaign.Links[i], n})
	}
	return out
}

// ResultsShown is the answer with them.
type ResultsShown struct{ Body CampaignResults }

func (a *API) getResults(ctx context.Context, by scheduling.Actor, in *ByID) (*ResultsShown, error) {
	p, err := a.cfg.Desk.CampaignPage(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	out := CampaignResults{string(p.Campaign.State), map[string]int{}, p.Sent, p.Open, p.Missed, p.Unsubscribed, followed(p)}
	for _, s := range mailer.States {
		out.Copies[string(s)] = p.Counts[s]
	}
	return &ResultsShown{out}, nil
}

// TestCampaign names addresses.
type TestCampaign struct {
	ByID
	Body struct {
		To []string `json:"to" minItems:"1" maxItems:"5"`
	}
}

// Tested says how many mails that are.
type Tested struct {
	Body struct {
		Sent int `json:"sent"`
	}
}

func (a *API) testCampaign(ctx context.Context, by scheduling.Actor, in *TestCampaign) (out *Tested, err error) {
	out = &Tested{}
	out.Body.Sent, err = a.cfg.Desk.TestCampaign(ctx, by, in.ID, in.Body.To)
	return out, err
}

// ScheduleCampaign says when.
type ScheduleCampaign struct {
	ByID
	Body struct {
		Revision int64      `json:"revision" minimum:"1" doc:"Of what was looked at"`
		At       *time.Time `json:"at" required:"false" doc:"Now if missing"`
	}
}

func (a *API) scheduleCampaign(ctx context.Context, by scheduling.Actor, in *ScheduleCampaign) (*One[Campaign], error) {
	w := wrong{}
	at := w.instant("at", or(in.Body.At, time.Time{}))
	if err := w.problem(); err != nil {
		return nil, err
	}
	return a.changedCampaign(ctx)(a.cfg.Desk.ScheduleCampaign(ctx, by, in.ID, in.Body.Revision, at))
}

// ResendCampaign carries the revision that was looked at.
type ResendCampaign struct {
	ByID
	Body struct {
		Revision int64 `json:"revision" minimum:"1"`
	}
}

func (a *API) resendCampaign(ctx context.Context, by scheduling.Actor, in *ResendCampaign) (*One[Campaign], error) {
	if _, err := a.cfg.Desk.ResendCampaign(ctx, by, in.ID, in.Body.Revision); err != nil {
		return nil, err
	}
	return a.changedCampaign(ctx)(a.cfg.Desk.Campaign(ctx, by, in.ID))
}
