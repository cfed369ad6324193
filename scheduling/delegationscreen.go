package scheduling

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"kohtaamo/storage"
)

// An EnquiryPage is a request for a visit as its organisers see it.
type EnquiryPage struct {
	*DelegationPage
	Programme *Programme
	Earlier   []*Trip     // by the same body about the same, the latest first
	Hidden    int         // of those, how many the reader may not see
	Next      []TripState // that it can be brought to
	Missing   []string    // hosts that have not said yes, or visits without one
	Clusters  []*Cluster  // that it belongs to
	Days      []*VisitDay // on which it meets groups
	Points    int         // of MaxPoints
	MaxPoints int
}

// Mark gives what was thought of the request by one criterion, or a zero mark.
func (p *EnquiryPage) Mark(criterion string) ScreenMark {
	i := slices.IndexFunc(p.Trip.Enquiry.Screened, func(m ScreenMark) bool { return m.Criterion == criterion })
	if i < 0 {
		return ScreenMark{}
	}
	return p.Trip.Enquiry.Screened[i]
}

// Enquiry shows a request to the organisers of its clusters.
func (d *Desk) Enquiry(ctx context.Context, by Actor, tripID string) (p *EnquiryPage, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		t, err := incomingTrip(tx, by, tripID)
		if err != nil {
			return err
		}
		p, err = enquiryPage(tx, by, t)
		return err
	})
	return p, err
}

// incomingTrip gives a request of by's clusters.
func incomingTrip(tx *storage.Tx, by Actor, id string) (*Trip, error) {
	t, err := ownTrip(tx, by, id)
	if err == nil && t.Enquiry == nil {
		return nil, errHidden
	}
	return t, err
}

func enquiryPage(tx *storage.Tx, by Actor, t *Trip) (p *EnquiryPage, err error) {
	p = &EnquiryPage{Next: t.nextStates(), MaxPoints: MaxScreenPoints * len(DelegationCriteria)}
	if p.DelegationPage, err = delegationPage(tx, t); err != nil {
		return nil, err
	}
	if p.Programme, err = programmeOf(tx, t); err != nil {
		return nil, err
	}
	p.Missing = p.Programme.unhosted()
	for _, m := range t.Enquiry.Screened {
		p.Points += m.Points
	}
	found, err := byIDs(tx, trips.Get, t.Enquiry.Earlier)
	if err != nil {
		return nil, err
	}
	for _, e := range found {
		if by.Organises(e.ClusterIDs...) {
			p.Earlier = append(p.Earlier, e)
		} else {
			p.Hidden++
		}
	}
	if p.Clusters, err = byIDs(tx, clusters.Get, t.ClusterIDs); err != nil {
		return nil, err
	}
	p.Days, err = visitDaysOf(tx, t.ID)
	return p, err
}

// deskMoves are the states that an organiser brings an incoming trip to by
// hand, by the state that it is in.
var deskMoves = map[TripState][]TripState{
	TripRequested: {TripScreening},
	TripAccepted:  {TripProgramme},
	TripProgramme: {TripHosted},
	TripHosted:    {TripPublished, TripProgramme},
	TripPublished: {TripVisited},
	TripVisited:   {TripReported},
}

func (t *Trip) nextStates() []TripState { return deskMoves[t.State] }

// onEnquiry lets an organiser change a request.
func (d *Desk) onEnquiry(ctx context.Context, by Actor, tripID string, change func(*storage.Tx, *Trip) error) (p *EnquiryPage, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		t, err := incomingTrip(tx, by, tripID)
		if err != nil {
			return err
		}
		if err := change(tx, t); err != nil && err != errSame {
			return err
		}
		p, err = enquiryPage(tx, by, t)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("change enquiry %s: %w", tripID, changedMeanwhile(err))
	}
	return p, nil
}

// ScreenDelegation notes what by thinks of a request by some criteria, and a
// note for those who organise it. Looking at a request ends the time in which
// its sender can change it.
func (d *Desk) ScreenDelegation(ctx context.Context, by Actor, tripID string, marks []ScreenMark, note string) (*EnquiryPage, error) {
	note = cleanText(note)
	f := faults{}
	f.limit("note", note, noteLimit)
	for i := range marks {
		m := &marks[i]
		m.Note = cleanText(m.Note)
		f.limit("note."+m.Criterion, m.Note, noteLimit)
		if !slices.Contains(DelegationCriteria, m.Criterion) || m.Points < 0 || m.Points > MaxScreenPoints {
			f.add("points."+m.Criterion, "problem.choice")
		}
	}
	if err := f.problem(); err != nil {
		return nil, err
	}
	return d.onEnquiry(ctx, by, tripID, func(tx *storage.Tx, t *Trip) error {
		if t.State != TripRequested && t.State != TripScreening {
			return &Problem{Kind: Closed, Key: "delegation.decided"}
		}
		for _, m := range marks {
			m.By, m.At = by.Name, tx.Now()
			t.Enquiry.mark(m)
		}
		t.Enquiry.Note = note
		if t.State == TripRequested {
			return d.moveTrip(tx, by, t, TripScreening, "")
		}
		return d.putTrip(tx, by, t, "delegation.screen", "")
	})
}

// mark keeps one mark a criterion; the same again keeps who gave it.
func (q *Enquiry) mark(m ScreenMark) {
	i := slices.IndexFunc(q.Screened, func(x ScreenMark) bool { return x.Criterion == m.Criterion })
	if i < 0 {
		q.Screened = append(q.Screened, m)
	} else if q.Screened[i].Points != m.Points || q.Screened[i].Note != m.Note {
		q.Screened[i] = m
	}
}

// AssignDelegation says whose a request is. An organiser may hand it to any
// cluster, also to one that is not theirs.
func (d *Desk) AssignDelegation(ctx context.Context, by Actor, tripID string, clusterIDs []string) error {
	clusterIDs = slices.Compact(slices.Sorted(slices.Values(clusterIDs)))
	err := d.update(ctx, func(tx *storage.Tx) error {
		t, err := incomingTrip(tx, by, tripID)
		if err != nil {
			return err
		}
		f := faults{}
		if len(clusterIDs) == 0 {
			f.add("cluster_ids", "problem.required")
		}
		if err := exists(tx, f, "cluster_ids", clusters.Get, clusterIDs...); err != nil {
			return err
		}
		if err := f.problem(); err != nil {
			return err
		}
		t.ClusterIDs = clusterIDs
		return d.putTrip(tx, by, t, "delegation.assign", "")
	})
	if err != nil {
		return fmt.Errorf("assign enquiry %s: %w", tripID, changedMeanwhile(err))
	}
	return nil
}

// An Acceptance is what the house offers a delegation.
type Acceptance struct {
	From, Until string // days in Oulu, 2006-01-02
	Seats       int    // visitors
	Message     string
}

func (a *Acceptance) check() error {
	f := faults{}
	a.Message = cleanText(a.Message)
	f.limit("message", a.Message, noteLimit)
	from, err := time.Parse(time.DateOnly, a.From)
	if err != nil {
		f.add("from", "problem.date")
	}
	until, err := time.Parse(time.DateOnly, a.Until)
	if err != nil || until.Before(from) || until.Sub(from) > maxDelegationDays*24*time.Hour {
		f.add("until", "delegation.accept_until")
	}
	if a.Seats < 1 || a.Seats > maxDelegation {
		f.add("seats", "delegation.size")
	}
	return f.problem()
}

// AcceptDelegation takes a delegation in on days in Oulu, and tells it so: its
// visitors can be named from here on. Done twice it is done once.
func (d *Desk) AcceptDelegation(ctx context.Context, by Actor, tripID string, in Acceptance) (*EnquiryPage, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	return d.onEnquiry(ctx, by, tripID, func(tx *storage.Tx, t *Trip) error {
		switch {
		case t.State == TripAccepted:
			return errSame
		case t.State != TripRequested && t.State != TripScreening:
			return &Problem{Kind: Closed, Key: "delegation.decided"}
		}
		t.Stops = []Stop{{ID: storage.NewID(), Country: "FI", City: homeCity, Zone: HouseZone, From: in.From, Until: in.Until}}
		if t.Selection.Seats = in.Seats; t.ContactEmail == "" {
			t.Contact, t.ContactEmail = by.Name, by.Email
		}
		t.Enquiry.AcceptNote = in.Message
		if err := d.moveTrip(tx, by, t, TripAccepted, ""); err != nil {
			return err
		}
		return d.tellDelegation(tx, t, mailDelegationAccepted, t.ID, d.DelegationURL(t), in.Message)
	})
}

// DeclineDelegation says no to a delegation, with the reason that it is told.
// Done twice it is done once.
func (d *Desk) DeclineDelegation(ctx context.Context, by Actor, tripID, reason string) (*EnquiryPage, error) {
	reason = cleanText(reason)
	f := faults{}
	f.need("reason", reason, noteLimit)
	if err := f.problem(); err != nil {
		return nil, err
	}
	return d.onEnquiry(ctx, by, tripID, func(tx *storage.Tx, t *Trip) error {
		switch {
		case t.State == TripDeclined:
			return errSame
		case t.State != TripRequested && t.State != TripScreening:
			return &Problem{Kind: Closed, Key: "delegation.decided"}
		}
		t.CancelReason, t.CancelledAt = reason, tx.Now()
		if err := d.moveTrip(tx, by, t, TripDeclined, reason); err != nil {
			return err
		}
		return d.tellDelegation(tx, t, mailDelegationDeclined, t.ID, d.DelegationURL(t), reason)
	})
}

// MoveDelegation brings a visit to its next state. Its hosts are confirmed only
// when the host of every visit has said yes: a Problem names those that have
// not. Publishing lets visitors see the programme and mails the body its
// address.
func (d *Desk) MoveDelegation(ctx context.Context, by Actor, tripID string, to TripState) (*EnquiryPage, error) {
	return d.onEnquiry(ctx, by, tripID, func(tx *storage.Tx, t *Trip) error {
		if t.State == to {
			return errSame
		}
		if !slices.Contains(t.nextStates(), to) {
			return &Problem{Kind: Closed, Key: "delegation.no_way"}
		}
		if err := d.readyFor(tx, t, to); err != nil {
			return err
		}
		if err := d.moveTrip(tx, by, t, to, ""); err != nil || to != TripPublished {
			return err
		}
		return d.publishDelegation(tx, by, t)
	})
}

// readyFor says what keeps a visit from a state.
func (d *Desk) readyFor(tx *storage.Tx, t *Trip, to TripState) error {
	if to == TripVisited && t.Ends.After(tx.Now()) {
		return &Problem{Kind: Closed, Key: "delegation.not_over"}
	}
	if to != TripHosted && to != TripPublished {
		return nil
	}
	p, err := programmeOf(tx, t)
	if err != nil {
		return err
	}
	visits := slices.ContainsFunc(p.Activities, func(a Activity) bool { return a.Kind == HostVisit })
	if missing := p.unhosted(); len(missing) > 0 {
		return &Problem{Kind: Closed, Key: "delegation.hosts_missing", Args: []any{"hosts", strings.Join(missing, ", ")}}
	} else if !visits {
		return &Problem{Kind: Closed, Key: "delegation.no_visits"}
	}
	return nil
}

// unhosted are the names of hosts of visits that have not said yes, and the
// titles of visits without a host, each once.
func (p *Programme) unhosted() (out []string) {
	for _, a := range p.Activities {
		if a.Kind != HostVisit {
			continue
		}
		name := a.Title.In("en")
		if h := p.Host(a.HostID); h != nil {
			if h.State == HostConfirmed {
				continue
			}
			name = h.Name
		}
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

func (d *Desk) publishDelegation(tx *storage.Tx, by Actor, t *Trip) error {
	p, err := programmePage(tx, t)
	if err != nil {
		return err
	}
	before, err := programmeOf(tx, t)
	if err != nil {
		return err
	}
	if p.Programme.PublishedAt.IsZero() {
		p.Programme.PublishedAt = tx.Now()
		if err := d.keepProgramme(tx, by, p, before, "programme.publish"); err != nil {
			return err
		}
	}
	return d.tellDelegation(tx, t, mailDelegationPublished, t.ID, d.DelegationURL(t)+"/programme", "")
}

// Delegations lists incoming delegations of by's clusters, by their first day or
// the earliest that they wish for. state limits them to one; "" is all.
func (d *Desk) Delegations(ctx context.Context, by Actor, state TripState, after string, limit int) (list []*Trip, next string, err error) {
	own, all := by.ownClusters(Organiser)
	if len(own) == 0 && !all {
		return nil, "", errHidden
	}
	q := storage.Query{Where: []storage.Cond{storage.Is("direction", string(Incoming))}, Sort: "starts", After: after, Limit: limit}
	if state != "" {
		q.Where = append(q.Where, storage.Is("state", string(state)))
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		list, next, err = pageWhere(q, func(q storage.Query) ([]*Trip, string, error) { return trips.Page(tx, q) },
			func(t *Trip) bool { return t.Enquiry != nil && (all || overlap(t.ClusterIDs, own)) })
		return err
	})
	if err != nil {
		return nil, "", fmt.Errorf("list delegations: %w", err)
	}
	return list, next, nil
}
