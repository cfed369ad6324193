package api

import (
	"context"
	"net/http"
	"time"

	"kohtaamo/scheduling"
)

// A Plan is a living document: a strategy, a plan, a review.
type Plan struct {
	ID        string        `json:"id"`
	Revision  int64         `json:"revision"`
	ClusterID string        `json:"cluster_id"`
	Kind      string        `json:"kind" enum:"strategy,implementation,review"`
	Lang      string        `json:"lang"`
	Title     string        `json:"title"`
	Versions  int           `json:"versions" doc:"That were kept; the newest has this number"`
	Approved  int           `json:"approved" doc:"The newest version that was accepted; 0 for none"`
	Sections  []PlanSection `json:"sections" doc:"As they are being written"`
	Items     []PlanItem    `json:"items"`
}

// A PlanSection is a part of a plan with a heading.
type PlanSection struct {
	ID    string `json:"id,omitempty" required:"false" maxLength:"32" doc:"Of a section that there is; a new one gets its own"`
	Title string `json:"title" minLength:"1" maxLength:"200"`
	Body  string `json:"body" maxLength:"50000" doc:"Markdown"`
}

// A PlanItem is something that a plan says will be done.
type PlanItem struct {
	ID      string `json:"id"`
	What    string `json:"what"`
	OwnerID string `json:"owner_id,omitempty" doc:"Person; none yet if it is missing"`
	Due     string `json:"due" format:"date" doc:"The last day for it"`
	State   string `json:"state" enum:"open,done,dropped"`
	Note    string `json:"note,omitempty"`
}

// A PlanVersion is a plan as it stood when it was kept.
type PlanVersion struct {
	Version  int           `json:"version"`
	At       time.Time     `json:"at"`
	Note     string        `json:"note,omitempty"`
	Title    string        `json:"title"`
	Sections []PlanSection `json:"sections"`
}

func sectionsOf(list []scheduling.PlanSection) []PlanSection {
	return mapped(list, func(s scheduling.PlanSection) PlanSection { return PlanSection(s) })
}

func planOf(p *scheduling.PlanPage) Plan {
	x := p.Plan
	return Plan{x.ID, x.Rev, x.ClusterID, string(x.Kind), x.Lang, x.Title, x.Versions, x.Approved(), sectionsOf(x.Sections),
		mapped(p.Items, func(i *scheduling.PlanItem) PlanItem {
			return PlanItem{i.ID, i.What, i.OwnerID, i.Due, string(i.State), i.Note}
		})}
}

func (a *API) planRoutes() {
	do := func(method, path, id, summary string) op {
		return op{method: method, path: path, id: id, summary: summary, subject: "plans"}
	}
	add(a, do(http.MethodGet, "/plans", "list-plans", "List the strategies, plans and reviews of one's clusters"), a.listPlans)
	add(a, do(http.MethodGet, "/plans/{id}", "get-plan", "Show a plan as it is being written, with its items"), a.getPlan)
	add(a, do(http.MethodGet, "/plans/{id}/versions", "list-plan-versions", "List the versions of a plan that were kept, newest first"), a.listPlanVersions)
	o := do(http.MethodPost, "/plans/{id}/sections", "write-plan-section", "Write a section of a plan")
	o.matches = true
	add(a, o, a.writePlanSection)
	o = do(http.MethodPost, "/plans/{id}/versions", "keep-plan", "Keep what stands in a plan as its next version")
	o.matches = true
	add(a, o, a.keepPlan)
	o = do(http.MethodPost, "/plan-items/{id}/done", "end-plan-item", "Note that an item of a plan was done")
	o.status = http.StatusNoContent
	add(a, o, a.endPlanItem)
	add(a, do(http.MethodGet, "/clusters/{id}/label", "get-label", "Show the label's questions with what proves the answers"), a.getLabel)
}

func (a *API) listPlans(ctx context.Context, by scheduling.Actor, _ *struct{}) (*Listed[Plan], error) {
	rows, err := a.cfg.Desk.Plans(ctx, by, "")
	if err != nil {
		return nil, err
	}
	return listed(a, ctx, rows, "", func(r scheduling.PlanRow) Plan { return planOf(&scheduling.PlanPage{Plan: r.Plan}) }), nil
}

func (a *API) getPlan(ctx context.Context, by scheduling.Actor, in *ByID) (*One[Plan], error) {
	p, err := a.cfg.Desk.Plan(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	return one(p.Plan.Rev, planOf(p)), nil
}

func (a *API) listPlanVersions(ctx context.Context, by scheduling.Actor, in *ByID) (*Listed[PlanVersion], error) {
	p, err := a.cfg.Desk.Plan(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	return listed(a, ctx, p.Versions, "", func(v *scheduling.PlanVersion) PlanVersion {
		return PlanVersion{v.Version, v.At.UTC(), v.Note, v.Title, sectionsOf(v.Sections)}
	}), nil
}

// WritePlanSection is a section as it is to stand.
type WritePlanSection struct {
	ByID
	Match
	Body PlanSection
}

func (a *API) writePlanSection(ctx context.Context, by scheduling.Actor, in *WritePlanSection) (*One[Plan], error) {
	p, err := a.cfg.Desk.Plan(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	if err := in.against(callerIn(ctx), p.Plan.Rev); err != nil {
		return nil, err
	}
	if _, err := a.cfg.Desk.WriteSection(ctx, by, in.ID, p.Plan.Rev, scheduling.PlanSection(in.Body)); err != nil {
		return nil, err
	}
	return a.getPlan(ctx, by, &in.ByID)
}

// KeepPlan says what is new in a version.
type KeepPlan struct {
	ByID
	Match
	Body struct {
		Note string `json:"note" required:"false" maxLength:"5000"`
	}
}

func (a *API) keepPlan(ctx context.Context, by scheduling.Actor, in *KeepPlan) (*One[Plan], error) {
	p, err := a.cfg.Desk.Plan(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	if err := in.against(callerIn(ctx), p.Plan.Rev); err != nil {
		return nil, err
	}
	if _, err := a.cfg.Desk.KeepPlan(ctx, by, in.ID, p.Plan.Rev, in.Body.Note); err != nil {
		return nil, err
	}
	return a.getPlan(ctx, by, &in.ByID)
}

// EndPlanItem says what came of an item.
type EndPlanItem struct {
	ByID
	Body struct {
		Note string `json:"note" required:"false" maxLength:"5000"`
	}
}

func (a *API) endPlanItem(ctx context.Context, by scheduling.Actor, in *EndPlanItem) (*struct{}, error) {
	return nil, a.cfg.Desk.EndPlanItem(ctx, by, in.ID, in.Body.Note)
}

// A LabelQuestion is a question of the label with what is answered.
type LabelQuestion struct {
	Key      string       `json:"key"`
	Question string       `json:"question" doc:"In the language of the request"`
	Answer   string       `json:"answer,omitempty" doc:"Markdown"`
	Proofs   []LabelProof `json:"proofs"`
	Proven   bool         `json:"proven" doc:"One of the proofs is there at least"`
}

// A LabelProof points to what proves an answer.
type LabelProof struct {
	ID   string `json:"id"`
	Kind string `json:"kind" enum:"indicator,section,file,event,record"`
	Ref  string `json:"ref"`
	Part string `json:"part,omitempty"`
	Note string `json:"note,omitempty"`
	Gone bool   `json:"gone" doc:"What it points to is there no more"`
}

func (a *API) getLabel(ctx context.Context, by scheduling.Actor, in *ByID) (*Listed[LabelQuestion], error) {
	page, err := a.cfg.Desk.Label(ctx, by, in.ID, false)
	if err != nil {
		return nil, err
	}
	var rows []scheduling.LabelRow
	for _, g := range page.Groups {
		rows = append(rows, g.Rows...)
	}
	who := callerIn(ctx)
	return listed(a, ctx, rows, "", func(r scheduling.LabelRow) LabelQuestion {
		return LabelQuestion{r.Question.Key, who.lang.Text("label.q." + r.Question.Key), r.Answer.Answer, mapped(r.Proofs, func(s scheduling.ShownProof) LabelProof {
			return LabelProof{s.Proof.ID, string(s.Proof.Kind), s.Proof.Ref, s.Proof.Part, s.Proof.Note, s.Gone}
		}), r.Proven > 0}
	}), nil
}
