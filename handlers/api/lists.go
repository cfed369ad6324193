package api

import (
	"context"
	"net/http"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// MailingListFields are what can be written about a mailing list.
type MailingListFields struct {
	Slug      string `json:"slug" minLength:"1" maxLength:"60"`
	ClusterID string `json:"cluster_id" minLength:"1" maxLength:"64" doc:"A list stays with its cluster"`
	GroupID   string `json:"group_id" required:"false" maxLength:"64" doc:"The group whose news it is"`
	Topic     string `json:"topic" required:"false" maxLength:"200"`
	Name      Text   `json:"name"`
	About     Text   `json:"about" required:"false" doc:"What comes, and how often"`
	Open      bool   `json:"open" required:"false" doc:"Anybody may subscribe"`
	Archive   bool   `json:"archive" required:"false" doc:"What was sent to it is shown to everybody"`
	Closed    bool   `json:"closed" required:"false" doc:"Nothing is sent to it any more"`
}

// A MailingList is what people subscribe to.
type MailingList struct {
	ID       string `json:"id"`
	Revision int64  `json:"revision"`
	MailingListFields
	Counts map[string]int `json:"counts,omitempty" doc:"How many stand to it how, by state; of lists only"`
}

func mailingList(l *scheduling.MailingList) MailingList {
	return MailingList{l.ID, l.Rev, MailingListFields{l.Slug, l.ClusterID, l.GroupID, l.Topic, textOf(l.Name), textOf(l.About), l.Open, l.Archive, l.Closed}, nil}
}

func countedList(p *scheduling.ListPage) MailingList {
	out := mailingList(p.MailingList)
	out.Counts = map[string]int{}
	for _, st := range scheduling.SubStates {
		out.Counts[string(st)] = p.Counts[st]
	}
	return out
}

func (in MailingListFields) into(l *scheduling.MailingList) error {
	w := wrong{}
	l.Slug, l.GroupID, l.Topic, l.Name, l.About = in.Slug, in.GroupID, in.Topic, w.text("name", in.Name), w.text("about", in.About)
	l.Open, l.Archive, l.Closed = in.Open, in.Archive, in.Closed
	if l.Rev == 0 {
		l.ClusterID = in.ClusterID
	}
	return w.problem()
}

// A Subscription is how one address stands to one list.
type Subscription struct {
	ID       string     `json:"id"`
	Revision int64      `json:"revision"`
	ListID   string     `json:"list_id"`
	Email    string     `json:"email"`
	Name     string     `json:"name"`
	PersonID string     `json:"person_id,omitempty"`
	Lang     string     `json:"lang"`
	State    string     `json:"state" enum:"subscribed,unconfirmed,unsubscribed,bounced,complained"`
	Since    *time.Time `json:"since,omitempty" doc:"When it came to this state"`
	Reason   string     `json:"reason,omitempty" doc:"Of leaving, or what the mail server said"`
	Tracking bool       `json:"tracking" doc:"They allowed that openings and clicks are counted"`
	Proof    ListProof  `json:"proof"`
}

// A ListProof is how we know that somebody wanted to be on a list.
type ListProof struct {
	Source    string     `json:"source,omitempty" doc:"form, preferences, import, organiser or registration"`
	Asked     *time.Time `json:"asked,omitempty"`
	Confirmed *time.Time `json:"confirmed,omitempty" doc:"When the link in the mail was used"`
	Wording   string     `json:"wording,omitempty" doc:"The words they agreed to"`
	By        string     `json:"by,omitempty"`
}

func subscription(s *scheduling.Subscription) Subscription {
	p := s.Proof
	return Subscription{s.ID, s.Rev, s.ListID, s.Email, s.Name, s.PersonID, s.Lang, string(s.State), timeOf(s.Since), s.Reason, s.Tracking,
		ListProof{p.Source, timeOf(p.Asked), timeOf(p.Confirmed), p.Wording, p.By}}
}

// ListLists chooses mailing lists.
type ListLists struct {
	Cluster string `query:"cluster" maxLength:"64" doc:"Id of a cluster"`
}

// ListSubscriptions chooses subscriptions of a list.
type ListSubscriptions struct {
	ByID
	Paging
	State  string `query:"state" enum:"subscribed,unconfirmed,unsubscribed,bounced,complained"`
	Search string `query:"search" maxLength:"200" doc:"Words that name or address begin with"`
}

// AddSubscription is somebody to be put on a list, with proof.
type AddSubscription struct {
	ByID
	Body struct {
		Email   string `json:"email" minLength:"1" maxLength:"254"`
		Name    string `json:"name" required:"false" maxLength:"200"`
		Lang    string `json:"lang" required:"false" maxLength:"12" doc:"That they read"`
		Wording string `json:"wording" minLength:"1" maxLength:"2000" doc:"How they agreed; kept as proof"`
	} `nameHint:"NewSubscription"`
}

// AddedSubscription says what adding came to.
type AddedSubscription struct {
	Came         string       `json:"came" enum:"new,known,left,bounced,complained,stopped" doc:"Only of new anybody was put on the list: who left, bounced or complained comes back by their own wish alone"`
	Subscription Subscription `json:"subscription"`
}

// LeaveSubscription takes somebody off a list who asked for it.
type LeaveSubscription struct {
	ByID
	Body struct {
		Reason string `json:"reason" required:"false" maxLength:"2000"`
	} `nameHint:"Leaving"`
}

func (a *API) listRoutes() {
	add(a, op{method: http.MethodGet, path: "/lists", id: "list-lists", summary: "List the mailing lists of one's clusters with their counts", subject: "lists"},
		func(ctx context.Context, by scheduling.Actor, in *ListLists) (*Listed[MailingList], error) {
			found, err := a.cfg.Desk.MailingLists(ctx, by, in.Cluster)
			return whole(a, ctx, found, countedList, err)
		})
	keep(a, "list", false, keeper[scheduling.MailingList, MailingListFields, MailingList]{
		find:  a.listByID,
		save:  a.cfg.Desk.SaveMailingList,
		into:  MailingListFields.into,
		meta:  func(l *scheduling.MailingList) *storage.Meta { return &l.Meta },
		shape: seenByAll(mailingList),
	})
	add(a, op{method: http.MethodGet, path: "/lists/{id}/subscriptions", id: "list-subscriptions", summary: "List who stands to a list, by address", subject: "lists"}, a.listSubscriptions)
	add(a, op{method: http.MethodPost, path: "/lists/{id}/subscriptions", id: "add-subscription", summary: "Put somebody on a list, with proof", subject: "lists",
		about: "Who left, bounced or complained is passed over; the answer says so."}, a.addSubscription)
	add(a, op{method: http.MethodPost, path: "/subscriptions/{id}/leave", id: "leave-list", summary: "Take somebody off a list who asked for it", subject: "lists"}, a.leaveList)
	add(a, op{method: http.MethodGet, path: "/suppressions", id: "list-suppressions", summary: "List the addresses that mail is kept from, newest first", subject: "lists"}, a.listSuppressions)
	add(a, op{method: http.MethodPost, path: "/suppressions", id: "add-suppression", summary: "Keep mail from an address", subject: "lists", status: http.StatusNoContent}, a.addSuppression)
	add(a, op{method: http.MethodPost, path: "/suppressions/{id}/lift", id: "lift-suppression", summary: "Let mail go to an address again", subject: "lists", status: http.StatusNoContent,
		about: "What its reader decided, to leave or to complain, only they undo."}, a.liftSuppression)
}

func (a *API) listByID(ctx context.Context, by scheduling.Actor, id string) (*scheduling.MailingList, error) {
	p, err := a.cfg.Desk.MailingList(ctx, by, id)
	if err != nil {
		return nil, err
	}
	return p.MailingList, nil
}

func (a *API) listSubscriptions(ctx context.Context, by scheduling.Actor, in *ListSubscriptions) (*Listed[Subscription], error) {
	found, next, err := a.cfg.Desk.Subscriptions(ctx, by, in.ID, scheduling.SubFilter{
		State: scheduling.SubState(in.State), Text: in.Search, After: in.After, Limit: in.Limit,
	})
	if err != nil {
		return nil, err
	}
	return listed(a, ctx, found, next, subscription), nil
}

func (a *API) addSubscription(ctx context.Context, by scheduling.Actor, in *AddSubscription) (*One[AddedSubscription], error) {
	b := in.Body
	s, came, err := a.cfg.Desk.AddSubscriber(ctx, by, in.ID, scheduling.NewSubscriber{Email: b.Email, Name: b.Name, Lang: b.Lang, Wording: b.Wording})
	if err != nil {
		return nil, err
	}
	return one(s.Rev, AddedSubscription{string(came), subscription(s)}), nil
}

func (a *API) leaveList(ctx context.Context, by scheduling.Actor, in *LeaveSubscription) (*One[Subscription], error) {
	s, err := a.cfg.Desk.RemoveSubscriber(ctx, by, in.ID, in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return one(s.Rev, subscription(s)), nil
}

// A Suppression is an address that mail is kept from.
type Suppression struct {
	ID    string `json:"id" doc:"A hash of the address"`
	Email string `json:"email,omitempty" doc:"Where it is known from a subscription or a mail"`
	Holds []Hold `json:"holds"`
}

// A Hold is one reason of it.
type Hold struct {
	Cause  string     `json:"cause" enum:"hard,soft,complaint,left,manual"`
	Scope  string     `json:"scope" enum:"all,newsletters"`
	Source string     `json:"source" enum:"smtp,dsn,arf,person,organiser"`
	Since  time.Time  `json:"since"`
	Until  *time.Time `json:"until,omitempty" doc:"When it ends by itself"`
	Note   string     `json:"note,omitempty"`
}

// ListSuppressions chooses addresses that mail is kept from.
type ListSuppressions struct {
	Paging
	Cause string `query:"cause" enum:"hard,soft,complaint,left,manual"`
	Email string `query:"email" maxLength:"254" doc:"Exactly this address"`
}

func (a *API) listSuppressions(ctx context.Context, by scheduling.Actor, in *ListSuppressions) (*Listed[Suppression], error) {
	found, next, err := a.cfg.Desk.Suppressions(ctx, by, scheduling.SuppressionFilter{Cause: mailer.Cause(in.Cause), Address: in.Email, After: in.After, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	return listed(a, ctx, found, next, func(s *scheduling.SuppressedAddress) Suppression {
		return Suppression{s.ID, s.Address, mapped(s.Holds, func(h mailer.Hold) Hold {
			return Hold{string(h.Cause), string(h.Scope), string(h.Source), h.Since.UTC(), timeOf(h.Until), h.Note}
		})}
	}), nil
}

// AddSuppression names an address to keep mail from.
type AddSuppression struct {
	Body struct {
		Email  string `json:"email" minLength:"1" maxLength:"254"`
		Scope  string `json:"scope" enum:"all,newsletters"`
		Reason string `json:"reason" minLength:"1" maxLength:"200"`
	} `nameHint:"NewSuppression"`
}

func (a *API) addSuppression(ctx context.Context, by scheduling.Actor, in *AddSuppression) (*none, error) {
	return &none{}, a.cfg.Desk.StopAddress(ctx, by, in.Body.Email, mailer.Scope(in.Body.Scope), in.Body.Reason)
}

// LiftSuppression says why mail may go to an address again.
type LiftSuppression struct {
	ByID
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"200"`
	} `nameHint:"Lifting"`
}

func (a *API) liftSuppression(ctx context.Context, by scheduling.Actor, in *LiftSuppression) (*none, error) {
	return &none{}, a.cfg.Desk.LiftSuppression(ctx, by, in.ID, in.Body.Reason)
}
