package api

import (
	"context"
	"net/http"
	"time"

	"kohtaamo/scheduling"
)

// A ClusterMembership is a company's belonging to a cluster.
type ClusterMembership struct {
	ID          string           `json:"id"`
	Revision    int64            `json:"revision"`
	CompanyID   string           `json:"company_id,omitempty" doc:"Missing while it is an application"`
	Company     string           `json:"company"`
	ClusterID   string           `json:"cluster_id"`
	State       string           `json:"state" enum:"applied,active,ended,declined"`
	StateAt     time.Time        `json:"state_at"`
	Joined      string           `json:"joined,omitempty" format:"date" doc:"The first day, on the house's clock"`
	Left        *time.Time       `json:"left,omitempty"`
	Reason      string           `json:"reason,omitempty" doc:"Why it was declined or ended"`
	ContactID   string           `json:"contact_id,omitempty" doc:"The person who speaks for the company"`
	Listed      bool             `json:"listed" doc:"The company agreed to stand in the public directory"`
	Profile     string           `json:"profile,omitempty" doc:"What it says of itself there"`
	Motivation  string           `json:"motivation,omitempty"`
	Application *JoinApplication `json:"application,omitempty" doc:"Until it is decided"`
	Agreement   *Agreement       `json:"agreement,omitempty" doc:"Its newest version"`
}

// A JoinApplication is what somebody says who asks to join a cluster.
type JoinApplication struct {
	Company      string `json:"company" minLength:"1" maxLength:"200"`
	Kind         string `json:"kind" enum:"sme,large,research,public,financier"`
	Country      string `json:"country" minLength:"2" maxLength:"2" doc:"ISO 3166 alpha-2"`
	BusinessID   string `json:"business_id" required:"false" maxLength:"40" doc:"Needed, and checked, of companies in Finland"`
	Municipality string `json:"municipality" required:"false" maxLength:"200"`
	Website      string `json:"website" required:"false" maxLength:"2000"`
	Name         string `json:"name" minLength:"1" maxLength:"200" doc:"Of the contact"`
	Title        string `json:"title" required:"false" maxLength:"200"`
	Email        string `json:"email" maxLength:"254"`
	Phone        string `json:"phone" required:"false" maxLength:"40"`
	Lang         string `json:"lang" required:"false" maxLength:"10" doc:"Of their mails"`
}

// AgreementFields are what can be written about a version of an agreement.
type AgreementFields struct {
	Lang      string `json:"lang" maxLength:"10"`
	Text      string `json:"text" required:"false" maxLength:"40000" doc:"Markdown with fields such as {{company}}; the cluster's own text where it is missing"`
	FirstDay  string `json:"first_day" required:"false" format:"date"`
	LastDay   string `json:"last_day,omitempty" required:"false" format:"date" doc:"Missing: until somebody ends it"`
	Signatory string `json:"signatory" required:"false" maxLength:"200"`
	Position  string `json:"position" required:"false" maxLength:"200"`
	Email     string `json:"email" required:"false" maxLength:"254" doc:"Where the link to sign goes"`
}

// An Agreement is one version of the agreement of a membership. A signed one
// never changes.
type Agreement struct {
	ID           string `json:"id"`
	Revision     int64  `json:"revision"`
	MembershipID string `json:"membership_id"`
	Version      int    `json:"version"`
	State        string `json:"state" enum:"draft,sent,signed,renewal_due,renewed,lapsed"`
	AgreementFields
	File      bool       `json:"file" doc:"A PDF file is signed instead of the text"`
	Signature *Signature `json:"signature,omitempty"`
}

// A Signature says who signed what, and when.
type Signature struct {
	Name   string    `json:"name"`
	At     time.Time `json:"at"`
	SHA256 string    `json:"sha256" doc:"Of the document that was shown, in hexadecimal"`
	By     string    `json:"by" enum:"link,paper"`
}

func agreement(a *scheduling.Agreement) Agreement {
	out := Agreement{ID: a.ID, Revision: a.Rev, MembershipID: a.MembershipID, Version: a.Version, State: string(a.State),
		AgreementFields: AgreementFields{a.Lang, a.Text, a.FirstDay(), a.LastDay(), a.Signatory, a.Position, a.Email}, File: a.FileID != ""}
	if s := a.Signature; s != nil {
		out.Signature = &Signature{s.Name, s.At.UTC(), s.SHA256, s.By}
	}
	return out
}

func (in AgreementFields) input(membershipID string) scheduling.AgreementInput {
	return scheduling.AgreementInput{MembershipID: membershipID, Lang: in.Lang, Text: in.Text, Starts: in.FirstDay, Until: in.LastDay, Signatory: in.Signatory, Position: in.Position, Email: in.Email}
}

func clusterMembership(l *scheduling.MembershipLine) ClusterMembership {
	m := l.Membership
	out := ClusterMembership{ID: m.ID, Revision: m.Rev, CompanyID: m.CompanyID, Company: m.Name, ClusterID: m.ClusterID, State: string(m.State), StateAt: m.StateAt.UTC(), Reason: m.Reason,
		ContactID: m.ContactID, Listed: m.Listed, Profile: m.Profile, Motivation: m.Motivation, Joined: (&scheduling.Agreement{Starts: m.Joined}).FirstDay()}
	if !m.Left.IsZero() {
		left := m.Left.UTC()
		out.Left = &left
	}
	if a := m.Application; a != nil {
		out.Application = &JoinApplication{a.Company, string(a.Kind), a.Country, a.BusinessID, a.Municipality, a.Website, a.Name, a.Title, a.Email, a.Phone, a.Lang}
	}
	if l.Agreement != nil {
		a := agreement(l.Agreement)
		out.Agreement = &a
	}
	return out
}

func (a *API) membershipRoutes() {
	do := func(method, path, id, summary, about string) op {
		return op{method: method, path: path, id: id, summary: summary, about: about, subject: "members"}
	}
	created := func(o op) op {
		o.status = http.StatusCreated
		return o
	}
	add(a, do(http.MethodGet, "/members", "list-members", "List memberships and applications by company", "Each with the newest version of its agreement."), a.listClusterMemberships)
	add(a, created(do(http.MethodPost, "/members", "open-membership", "Make a company a member by hand", "")), a.openMembership)
	o := do(http.MethodPost, "/clusters/{id}/applications", "ask-to-join", "Ask for a company to join a cluster", "The address gets a mail with a link: until it is used, no organiser hears of it. The id is the cluster's slug.")
	o.status = http.StatusAccepted
	add(a, o, a.askToJoin)
	const one = "/members/{id}"
	add(a, do(http.MethodGet, one, "get-membership", "Show a membership", ""), a.getClusterMembership)
	add(a, do(http.MethodPost, one+"/approve", "approve-membership", "Take the company of an application in", "The contact hears of it by mail and can sign in."), a.approveMembership)
	add(a, do(http.MethodPost, one+"/decline", "decline-membership", "Say no to an application, with the reason that it reads", ""), a.declineMembership)
	add(a, do(http.MethodPost, one+"/end", "end-membership", "End a membership, with its agreements", ""), a.endMembership)
	add(a, do(http.MethodGet, one+"/agreements", "list-agreements", "List the versions of a membership's agreement, the newest first", ""), a.listAgreements)
	add(a, created(do(http.MethodPost, one+"/agreements", "draft-agreement", "Begin a version of a membership's agreement", "There is one open version at a time.")), a.draftAgreement)
	o = do(http.MethodPut, "/agreements/{id}", "update-agreement", "Change a version that nobody has signed", "Whoever was sent another text has to read it again before they can sign.")
	o.matches = true
	add(a, o, a.updateAgreement)
	add(a, do(http.MethodPost, "/agreements/{id}/send", "send-agreement", "Send the signatory a link to read and sign", ""), a.sendAgreement)
	add(a, do(http.MethodPost, "/agreements/{id}/renew", "renew-agreement", "Begin the version that follows", "Where one is open already, it is that one."), a.renewAgreement)
}

// ListClusterMemberships narrows a list.
type ListClusterMemberships struct {
	Paging
	Cluster   string `query:"cluster" maxLength:"64" doc:"Id of a cluster"`
	Company   string `query:"company" maxLength:"64" doc:"Id of a company"`
	State     string `query:"state" enum:"applied,active,ended,declined"`
	Kind      string `query:"kind" enum:"sme,large,research,public,financier"`
	Agreement string `query:"agreement" enum:"draft,sent,signed,renewal_due,renewed,lapsed" doc:"A state that one of its versions is in"`
	Search    string `query:"search" maxLength:"200" doc:"Words that the name begins with"`
}

func (a *API) listClusterMemberships(ctx context.Context, by scheduling.Actor, in *ListClusterMemberships) (*Listed[ClusterMembership], error) {
	found, next, err := a.cfg.Desk.Memberships(ctx, by, scheduling.MembershipFilter{Text: in.Search, Cluster: in.Cluster, Company: in.Company, State: scheduling.JoinState(in.State),
		Kind: scheduling.CompanyKind(in.Kind), Agreement: scheduling.AgreementState(in.Agreement), After: in.After, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	return listed(a, ctx, found, next, clusterMembership), nil
}

// memberDone answers a change with the membership as it stands after it.
func (a *API) memberDone(ctx context.Context, by scheduling.Actor, id string, err error) (*One[ClusterMembership], error) {
	if err != nil {
		return nil, err
	}
	p, err := a.cfg.Desk.Member(ctx, by, id)
	if err != nil {
		return nil, err
	}
	line := &scheduling.MembershipLine{Membership: p.Membership}
	if len(p.Versions) > 0 {
		line.Agreement = p.Versions[0].Agreement
	}
	return one(p.Membership.Rev, clusterMembership(line)), nil
}

func (a *API) getClusterMembership(ctx context.Context, by scheduling.Actor, in *ByID) (*One[ClusterMembership], error) {
	return a.memberDone(ctx, by, in.ID, nil)
}

// OpenMembership is a membership by hand.
type OpenMembership struct {
	Body struct {
		CompanyID string `json:"company_id" maxLength:"64"`
		ClusterID string `json:"cluster_id" maxLength:"64"`
		Joined    string `json:"joined,omitempty" required:"false" format:"date" doc:"The first day; today where it is missing"`
		ContactID string `json:"contact_id,omitempty" required:"false" maxLength:"64" doc:"One of the company's people"`
	}
}

func (a *API) openMembership(ctx context.Context, by scheduling.Actor, in *OpenMembership) (*One[ClusterMembership], error) {
	b := in.Body
	m, err := a.cfg.Desk.OpenMembership(ctx, by, scheduling.NewMembership{ID: callerIn(ctx).made(), CompanyID: b.CompanyID, ClusterID: b.ClusterID, Joined: b.Joined, ContactID: b.ContactID})
	if err != nil {
		return nil, err
	}
	out, err := a.memberDone(ctx, by, m.ID, nil)
	if err != nil {
		return nil, err
	}
	return made(a, m.Rev, "/members/"+m.ID, out.Body), nil
}

// AskToJoin is a company's application.
type AskToJoin struct {
	ByID
	Body struct {
		JoinApplication
		Motivation string `json:"motivation" minLength:"1" maxLength:"2000"`
		Agreed     string `json:"agreed" minLength:"1" maxLength:"1000" doc:"The words by which the contact lets the house use what they say"`
		Listed     string `json:"listed,omitempty" required:"false" maxLength:"1000" doc:"The words by which the company agrees to stand in the public directory; missing if it does not"`
	} `nameHint:"AskToJoin"`
}

func (a *API) askToJoin(ctx context.Context, _ scheduling.Actor, in *AskToJoin) (*Accepted, error) {
	b := in.Body
	err := a.cfg.Desk.AskToJoin(ctx, in.ID, scheduling.JoinForm{ID: callerIn(ctx).made(), JoinApplication: scheduling.JoinApplication{Company: b.Company, Kind: scheduling.CompanyKind(b.Kind), Country: b.Country,
		BusinessID: b.BusinessID, Municipality: b.Municipality, Website: b.Website, Name: b.Name, Title: b.Title, Email: b.Email, Phone: b.Phone, Lang: b.Lang},
		Motivation: b.Motivation, Agreed: true, AgreeWords: b.Agreed, Listed: b.Listed != "", ListWords: b.Listed})
	if err != nil {
		return nil, err
	}
	out := &Accepted{}
	out.Body.Email = b.Email
	return out, nil
}

// ApproveMembership says which company it is.
type ApproveMembership struct {
	ByID
	Body *struct {
		CompanyID string `json:"company_id" required:"false" maxLength:"64" doc:"Of a company that is known; a new one where it is missing"`
	} `nameHint:"ApproveMembership"`
}

func (a *API) approveMembership(ctx context.Context, by scheduling.Actor, in *ApproveMembership) (*One[ClusterMembership], error) {
	company := ""
	if in.Body != nil {
		company = in.Body.CompanyID
	}
	_, err := a.cfg.Desk.ApproveMembership(ctx, by, in.ID, company)
	return a.memberDone(ctx, by, in.ID, err)
}

func (a *API) declineMembership(ctx context.Context, by scheduling.Actor, in *Because) (*One[ClusterMembership], error) {
	_, err := a.cfg.Desk.DeclineMembership(ctx, by, in.ID, in.reason())
	return a.memberDone(ctx, by, in.ID, err)
}

func (a *API) endMembership(ctx context.Context, by scheduling.Actor, in *Because) (*One[ClusterMembership], error) {
	_, err := a.cfg.Desk.EndMembership(ctx, by, in.ID, in.reason())
	return a.memberDone(ctx, by, in.ID, err)
}

func (a *API) listAgreements(ctx context.Context, by scheduling.Actor, in *ByID) (*Listed[Agreement], error) {
	p, err := a.cfg.Desk.Member(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	return listed(a, ctx, p.Versions, "", func(v *scheduling.AgreementVersion) Agreement { return agreement(v.Agreement) }), nil
}

// versionDone answers a change with the version as it stands after it.
func versionDone(x *scheduling.Agreement, err error) (*One[Agreement], error) {
	if err != nil {
		return nil, err
	}
	return one(x.Rev, agreement(x)), nil
}

// DraftAgreement is a new version.
type DraftAgreement struct {
	ByID
	Body AgreementFields
}

func (a *API) draftAgreement(ctx context.Context, by scheduling.Actor, in *DraftAgreement) (*One[Agreement], error) {
	x := in.Body.input(in.ID)
	x.ID = callerIn(ctx).made()
	return versionDone(a.cfg.Desk.SaveAgreement(ctx, by, x))
}

// UpdateAgreement is a change of a version.
type UpdateAgreement struct {
	ByID
	Match
	Body AgreementFields
}

func (a *API) updateAgreement(ctx context.Context, by scheduling.Actor, in *UpdateAgreement) (*One[Agreement], error) {
	p, err := a.cfg.Desk.AgreementText(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	if err := in.against(callerIn(ctx), p.Agreement.Rev); err != nil {
		return nil, err
	}
	x := in.Body.input(p.Agreement.MembershipID)
	x.ID, x.Rev = p.Agreement.ID, p.Agreement.Rev
	return versionDone(a.cfg.Desk.SaveAgreement(ctx, by, x))
}

func (a *API) sendAgreement(ctx context.Context, by scheduling.Actor, in *ByID) (*One[Agreement], error) {
	return versionDone(a.cfg.Desk.SendAgreement(ctx, by, in.ID))
}

func (a *API) renewAgreement(ctx context.Context, by scheduling.Actor, in *ByID) (*One[Agreement], error) {
	return versionDone(a.cfg.Desk.RenewAgreement(ctx, by, in.ID))
}
