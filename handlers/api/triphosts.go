package api

import (
	"context"
	"net/http"
	"time"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// TripHostFields are what can be written about a host.
type TripHostFields struct {
	CompanyID string            `json:"company_id" required:"false" maxLength:"64" doc:"If it stands in the directory"`
	StopID    string            `json:"stop_id" maxLength:"64"`
	Name      string            `json:"name" minLength:"1" maxLength:"200"`
	Kind      string            `json:"kind" required:"false" enum:"sme,large,research,public,financier" default:"sme"`
	About     Text              `json:"about" required:"false" doc:"Markdown: its profile in the briefing pack"`
	Website   string            `json:"website" required:"false" maxLength:"2000"`
	Address   string            `json:"address" required:"false" maxLength:"200"`
	Lang      string            `json:"lang" maxLength:"10" doc:"Of its mails"`
	Contacts  []TripHostContact `json:"contacts" required:"false" maxItems:"20" doc:"The first with an address is written to"`
}

// A TripHostContact is somebody at a host.
type TripHostContact struct {
	Name  string `json:"name" minLength:"1" maxLength:"200"`
	Title string `json:"title" required:"false" maxLength:"200"`
	Email string `json:"email" required:"false" maxLength:"254"`
	Phone string `json:"phone" required:"false" maxLength:"200"`
}

// A TripHost is whom a delegation visits.
type TripHost struct {
	ID    string `json:"id"`
	State string `json:"state" enum:"planned,invited,confirmed,declined"`
	TripHostFields
	InvitedAt  *time.Time `json:"invited_at,omitempty"`
	AnsweredAt *time.Time `json:"answered_at,omitempty"`
	Comment    string     `json:"comment,omitempty" doc:"What it said with its answer"`
	Proposes   string     `json:"proposes,omitempty" doc:"Another time that it asks for"`
	VisitIDs   []string   `json:"visit_ids" doc:"Activities of the programme at it"`
}

// TripHosts are the hosts of a trip.
type TripHosts struct {
	Revision int64      `json:"revision" doc:"Of the programme, for If-Match"`
	Items    []TripHost `json:"items"`
}

func hostsOf(p *scheduling.Programme) TripHosts {
	return TripHosts{p.Rev, mapped(p.Hosts, func(h scheduling.Host) TripHost {
		return TripHost{ID: h.ID, State: string(h.State), TripHostFields: TripHostFields{h.CompanyID, h.StopID, h.Name, string(h.Kind), textOf(h.About), h.Website, h.Address, h.Lang,
			mapped(h.Contacts, func(c scheduling.HostContact) TripHostContact { return TripHostContact(c) })},
			InvitedAt: timeOf(h.InvitedAt), AnsweredAt: timeOf(h.AnsweredAt), Comment: h.Comment, Proposes: h.Proposes,
			VisitIDs: mapped(p.VisitsOf(h.ID), func(x scheduling.Activity) string { return x.ID })}
	})}
}

func (a *API) hostRoutes(do func(method, path, id, summary, about string) op) {
	const hosts = "/trips/{id}/hosts"
	add(a, do(http.MethodGet, hosts, "list-hosts", "List the hosts of a trip with what they answered", ""), a.listHosts)
	o := do(http.MethodPost, hosts, "add-host", "Add a host to a trip", "")
	o.status = http.StatusCreated
	add(a, o, a.addHost)
	o = do(http.MethodPut, hosts+"/{host}", "update-host", "Change the profile of a host", "Where the address that it is written to changes, its earlier links are of no use.")
	o.matches = true
	add(a, o, a.updateHost)
	add(a, do(http.MethodPost, hosts+"/invite", "invite-hosts", "Ask hosts whether they receive the delegation", "Each by a mail in its language. Those that were asked already are not asked again."), a.inviteHosts)
	add(a, do(http.MethodPost, hosts+"/{host}/answer", "note-host-answer", "Note what a host said by other means than its link", ""), a.answerHost)
	add(a, do(http.MethodPost, hosts+"/{host}/drop", "drop-host", "Take a host out of a trip", "Refused while visits refer to it, unless they go as well. A host that was invited is told."), a.dropHost)
}

// hostsDone answers with the hosts as they stand.
func hostsDone(p *scheduling.ProgrammePage, err error) (*One[TripHosts], error) {
	if err != nil {
		return nil, err
	}
	return one(p.Programme.Rev, hostsOf(p.Programme)), nil
}

func (a *API) listHosts(ctx context.Context, by scheduling.Actor, in *ByID) (*One[TripHosts], error) {
	return hostsDone(a.cfg.Desk.Programme(ctx, by, in.ID))
}

func (in *TripHostFields) host() (*scheduling.Host, error) {
	w := wrong{}
	h := &scheduling.Host{CompanyID: in.CompanyID, StopID: in.StopID, Name: in.Name, Kind: scheduling.CompanyKind(in.Kind), About: w.text("about", in.About), Website: in.Website,
		Address: in.Address, Lang: in.Lang, Contacts: mapped(in.Contacts, func(c TripHostContact) scheduling.HostContact { return scheduling.HostContact(c) })}
	return h, w.problem()
}

// AddHost is a new host.
type AddHost struct {
	ByID
	Body TripHostFields
}

func (a *API) addHost(ctx context.Context, by scheduling.Actor, in *AddHost) (*One[TripHosts], error) {
	h, err := in.Body.host()
	if err != nil {
		return nil, err
	}
	h.ID = callerIn(ctx).made()
	return hostsDone(a.cfg.Desk.SaveHost(ctx, by, in.ID, 0, h))
}

// HostOf names a host of a trip.
type HostOf struct {
	ByID
	Host string `path:"host" maxLength:"64"`
}

// UpdateHost is a change of a host.
type UpdateHost struct {
	HostOf
	Match
	Body TripHostFields
}

func (a *API) updateHost(ctx context.Context, by scheduling.Actor, in *UpdateHost) (*One[TripHosts], error) {
	p, err := a.cfg.Desk.Programme(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	if p.Programme.Host(in.Host) == nil {
		return nil, storage.ErrNotFound
	}
	if err := in.against(callerIn(ctx), p.Programme.Rev); err != nil {
		return nil, err
	}
	h, err := in.Body.host()
	if err != nil {
		return nil, err
	}
	h.ID = in.Host
	return hostsDone(a.cfg.Desk.SaveHost(ctx, by, in.ID, p.Programme.Rev, h))
}

// InviteHosts names hosts.
type InviteHosts struct {
	ByID
	Body struct {
		Hosts []string `json:"hosts" minItems:"1" maxItems:"200"`
	}
}

func (a *API) inviteHosts(ctx context.Context, by scheduling.Actor, in *InviteHosts) (*One[TripHosts], error) {
	return hostsDone(a.cfg.Desk.InviteHosts(ctx, by, in.ID, in.Body.Hosts...))
}

// AnswerHost is what a host said.
type AnswerHost struct {
	HostOf
	Body struct {
		State   string `json:"state" enum:"confirmed,declined"`
		Comment string `json:"comment" required:"false" maxLength:"2000"`
	}
}

func (a *API) answerHost(ctx context.Context, by scheduling.Actor, in *AnswerHost) (*One[TripHosts], error) {
	return hostsDone(a.cfg.Desk.SetHostState(ctx, by, in.ID, in.Host, scheduling.HostState(in.Body.State), in.Body.Comment))
}

// DropHost says what goes with a host.
type DropHost struct {
	HostOf
	Body struct {
		Visits bool   `json:"visits" required:"false" doc:"Its visits go as well"`
		Reason string `json:"reason" required:"false" maxLength:"2000"`
	}
}

func (a *API) dropHost(ctx context.Context, by scheduling.Actor, in *DropHost) (*One[TripHosts], error) {
	return hostsDone(a.cfg.Desk.DropHost(ctx, by, in.ID, in.Host, in.Body.Visits, in.Body.Reason))
}
