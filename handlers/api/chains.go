package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"kohtaamo/scheduling"
)

// ChainFields are what can be written about a follow-up chain.
type ChainFields struct {
	Name          Text        `json:"name" required:"false"`
	UntilAnswered bool        `json:"until_answered" required:"false" doc:"An answer to the survey, or about the meetings, ends it"`
	Steps         []ChainStep `json:"steps" required:"false" maxItems:"30"`
}

// A ChainStep is one mail of a chain.
type ChainStep struct {
	ID      string    `json:"id" required:"false" maxLength:"64" doc:"Stays when the step changes: what was sent is known by it. A new one if empty"`
	When    ChainWhen `json:"when"`
	Only    ChainOnly `json:"only" required:"false"`
	Ask     bool      `json:"ask" required:"false" doc:"Leads to the event's survey"`
	Late    bool      `json:"late" required:"false" doc:"Of a step before the start: also for who comes in after its time"`
	Instead bool      `json:"instead" required:"false" doc:"Instead of the event's own mail afterwards"`
	Subject Text      `json:"subject" doc:"With fields: {{name}}, {{event}}"`
	Body    Text      `json:"body" doc:"With fields; an empty line parts paragraphs"`
}

// ChainWhen is when a step is due.
type ChainWhen struct {
	Anchor string `json:"anchor" enum:"trigger,start,end"`
	Before bool   `json:"before" required:"false" doc:"Before the start of the event; else after"`
	Months int    `json:"months" required:"false" minimum:"0" maximum:"24" doc:"By the calendar: of the 31st, the last day of a shorter month"`
	Days   int    `json:"days" required:"false" minimum:"0" maximum:"366"`
	Hours  int    `json:"hours" required:"false" minimum:"0" maximum:"72"`
	At     string `json:"at" required:"false" pattern:"^([01][0-9]|2[0-3]):[0-5][0-9]$|^$" doc:"A time of day on the wall clock there"`
}

// ChainOnly says whom a step is for; what is empty does not mind.
type ChainOnly struct {
	Lang      string `json:"lang" required:"false" maxLength:"3"`
	Kind      string `json:"kind" required:"false" enum:"sme,large,research,public,financier,"`
	Place     string `json:"place" required:"false" enum:"seat,waiting,pending,"`
	Survey    string `json:"survey" required:"false" enum:"answered,unanswered,none,"`
	FirstTime string `json:"first_time" required:"false" enum:"yes,no,"`
	Agenda    string `json:"agenda" required:"false" enum:"yes,no," doc:"Has B2B meetings at the event"`
}

// A Chain is a follow-up chain of a cluster, or of one event.
type Chain struct {
	ID        string `json:"id"`
	Revision  int64  `json:"revision"`
	ClusterID string `json:"cluster_id"`
	EventID   string `json:"event_id,omitempty" doc:"Of this event alone"`
	CopyOf    string `json:"copy_of,omitempty" doc:"The cluster's chain that it stands for at its event"`
	Trigger   string `json:"trigger" enum:"registered,confirmed,checked_in,no_show,meeting_held,group_joined,trip_returned"`
	On        bool   `json:"on"`
	ChainFields
}

func chain(c *scheduling.Chain) Chain {
	return Chain{c.ID, c.Rev, c.ClusterID, c.EventID, c.CopyOf, string(c.Trigger), c.On,
		ChainFields{textOf(c.Name), c.UntilAnswered, mapped(c.Steps, chainStep)}}
}

func chainStep(s scheduling.ChainStep) ChainStep {
	w, o := s.When, s.Only
	return ChainStep{s.ID, ChainWhen{string(w.Anchor), w.Before, w.Months, w.Days, w.Hours, w.At},
		ChainOnly{o.Lang, string(o.Kind), o.Place, o.Survey, string(o.FirstTime), string(o.Agenda)},
		s.Ask, s.Late, s.Instead, textOf(s.Subject), textOf(s.Body)}
}

// steps are those of f for the desk.
func (f ChainFields) steps(w wrong) (out []scheduling.ChainStep) {
	for i, s := range f.Steps {
		at := "steps." + strconv.Itoa(i)
		step := scheduling.ChainStep{ID: s.ID, Ask: s.Ask, Late: s.Late, Instead: s.Instead,
			Subject: w.text(at+".subject", s.Subject), Body: w.text(at+".body", s.Body)}
		step.When = scheduling.StepTime{Anchor: scheduling.Anchor(s.When.Anchor), Before: s.When.Before, Months: s.When.Months, Days: s.When.Days, Hours: s.When.Hours, At: s.When.At}
		step.Only = scheduling.StepOnly{Lang: s.Only.Lang, Kind: scheduling.CompanyKind(s.Only.Kind), Place: s.Only.Place, Survey: s.Only.Survey,
			FirstTime: scheduling.YesNo(s.Only.FirstTime), Agenda: scheduling.YesNo(s.Only.Agenda)}
		out = append(out, step)
	}
	return out
}

func (a *API) chainRoutes() {
	do := func(method, path, id, summary string) op {
		return op{method: method, path: path, id: id, summary: summary, subject: "chains"}
	}
	add(a, do(http.MethodGet, "/chains", "list-chains", "List follow-up chains"), a.listChains)
	o := do(http.MethodPost, "/chains", "create-chain", "Make a follow-up chain")
	o.status, o.about = http.StatusCreated, "It is off until it is switched on. With ready it is a ready-made one, and the rest of the body but the cluster is not looked at."
	add(a, o, a.createChain)
	add(a, do(http.MethodGet, "/chains/{id}", "get-chain", "Show a chain"), a.getChain)
	o = do(http.MethodPut, "/chains/{id}", "update-chain", "Change a chain")
	o.matches = true
	add(a, o, a.updateChain)
	add(a, do(http.MethodPost, "/chains/{id}/on", "switch-chain-on", "Switch a chain on"), a.switchChain(true))
	add(a, do(http.MethodPost, "/chains/{id}/off", "switch-chain-off", "Switch a chain off"), a.switchChain(false))
	o = do(http.MethodPost, "/chains/{id}/copy", "copy-chain", "Give an event its own copy of a chain")
	o.status = http.StatusCreated
	add(a, o, a.copyChain)
	o = do(http.MethodGet, "/chains/{id}/try", "try-chain", "Show who would get what, when")
	o.about = "Nothing is sent. A chain that is off is tried as if it were switched on now."
	add(a, o, a.tryChain)
}

func (a *API) listChains(ctx context.Context, by scheduling.Actor, _ *struct{}) (*Listed[Chain], error) {
	found, err := a.cfg.Desk.Chains(ctx, by)
	if err != nil {
		return nil, err
	}
	return listed(a, ctx, found, "", chain), nil
}

// CreateChain is a new chain.
type CreateChain struct {
	Body struct {
		Ready     string `json:"ready" required:"false" enum:"practical,after,missed,next_step,returned,welcome," doc:"A ready-made chain"`
		ClusterID string `json:"cluster_id" required:"false" maxLength:"64"`
		EventID   string `json:"event_id" required:"false" maxLength:"64" doc:"Of this event alone; its first cluster's then"`
		Trigger   string `json:"trigger" required:"false" enum:"registered,confirmed,checked_in,no_show,meeting_held,group_joined,trip_returned,"`
		ChainFields
	}
}

func (a *API) createChain(ctx context.Context, by scheduling.Actor, in *CreateChain) (*One[Chain], error) {
	w, b := wrong{}, in.Body
	c := a.cfg.Desk.DefaultChain(b.Ready, b.ClusterID)
	if c == nil {
		c = &scheduling.Chain{ClusterID: b.ClusterID, Name: w.text("name", b.Name), Trigger: scheduling.Trigger(b.Trigger),
			UntilAnswered: b.UntilAnswered, Steps: b.steps(w)}
	}
	c.ID, c.EventID = callerIn(ctx).made(), b.EventID
	if err := w.problem(); err != nil {
		return nil, err
	}
	out, err := a.cfg.Desk.CreateChain(ctx, by, c)
	if err != nil {
		return nil, err
	}
	return made(a, out.Rev, "/chains/"+out.ID, chain(out)), nil
}

func (a *API) getChain(ctx context.Context, by scheduling.Actor, in *ByID) (*One[Chain], error) {
	p, err := a.cfg.Desk.Chain(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	return one(p.Chain.Rev, chain(p.Chain)), nil
}

func (a *API) updateChain(ctx context.Context, by scheduling.Actor, in *Change[ChainFields]) (*One[Chain], error) {
	rev, err := in.rev(callerIn(ctx))
	if err != nil {
		return nil, err
	}
	w := wrong{}
	name, steps := w.text("name", in.Body.Name), in.Body.steps(w)
	if err := w.problem(); err != nil {
		return nil, err
	}
	return changedChain(a.cfg.Desk.RewriteChain(ctx, by, in.ID, rev, name, in.Body.UntilAnswered, steps))
}

func (a *API) switchChain(on bool) func(context.Context, scheduling.Actor, *ByID) (*One[Chain], error) {
	return func(ctx context.Context, by scheduling.Actor, in *ByID) (*One[Chain], error) {
		return changedChain(a.cfg.Desk.SwitchChain(ctx, by, in.ID, on))
	}
}

// CopyChain names the event.
type CopyChain struct {
	ByID
	Body struct {
		EventID string `json:"event_id" maxLength:"64"`
	}
}

func (a *API) copyChain(ctx context.Context, by scheduling.Actor, in *CopyChain) (*One[Chain], error) {
	out, err := a.cfg.Desk.CopyChain(ctx, by, in.ID, in.Body.EventID)
	if err != nil {
		return nil, err
	}
	return made(a, out.Rev, "/chains/"+out.ID, chain(out)), nil
}

func changedChain(c *scheduling.Chain, err error) (*One[Chain], error) {
	if err != nil {
		return nil, err
	}
	return one(c.Rev, chain(c)), nil
}

// TryChain names what a chain is tried on.
type TryChain struct {
	ByID
	About string `query:"about" required:"true" maxLength:"64" doc:"Id of an event, a round or a group"`
	After string `query:"after" maxLength:"1000" doc:"Where the list goes on: the next of the answer before"`
}

// Tried is one person and what a chain would do for them.
type Tried struct {
	Name  string      `json:"name"`
	Email string      `json:"email"`
	Why   string      `json:"why,omitempty" doc:"Why nothing at all"`
	Steps []TriedStep `json:"steps"`
}

// TriedStep is what a step would do, or has done.
type TriedStep struct {
	ID    string     `json:"id"`
	State string     `json:"state" enum:"waiting,sent,skipped,stopped"`
	Due   *time.Time `json:"due,omitempty"`
	Why   string     `json:"why,omitempty"`
}

func tried(l scheduling.DryLine) Tried {
	return Tried{l.Name, l.Email, l.Why, mapped(l.Steps, func(s scheduling.DryStep) TriedStep {
		return TriedStep{s.ChainStep.ID, string(s.State), timeOf(s.Due), s.Why}
	})}
}

func (a *API) tryChain(ctx context.Context, by scheduling.Actor, in *TryChain) (*Listed[Tried], error) {
	dry, err := a.cfg.Desk.DryRun(ctx, by, in.ID, in.About, in.After)
	if err != nil {
		return nil, err
	}
	return listed(a, ctx, dry.Lines, dry.Next, tried), nil
}
