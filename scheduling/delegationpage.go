package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"kohtaamo/storage"
)

// A DelegationPage is what a body sees of its visit by its link.
type DelegationPage struct {
	Trip     *Trip
	Cluster  *Cluster // whose name its mails carry; nil where several could take it
	Topic    DelegationTopic
	Visitors []*Traveller // by name
	Editable bool         // what is asked for can be changed
	Naming   bool         // visitors can be named
	Leaving  bool         // it can be withdrawn
	Planned  bool         // its programme can be seen
	Project  *Project     // that pays for it and has to be shown; nil for none
}

// delegationByLink finds a request by its link. A link that was never ours
// finds nothing.
func (d *Desk) delegationByLink(tx *storage.Tx, link string) (*Trip, error) {
	id, mac, ok := splitLink(link)
	if !ok {
		return nil, errHidden
	}
	t, err := trips.Get(tx, id)
	if err != nil {
		return nil, err
	}
	if t.Enquiry == nil || !d.signed("delegation", id, t.Enquiry.Generation, mac) {
		return nil, errHidden
	}
	return t, nil
}

// DelegationByLink shows a request's page to whoever has its link.
func (d *Desk) DelegationByLink(ctx context.Context, link string) (p *DelegationPage, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		t, err := d.delegationByLink(tx, link)
		if err != nil {
			return err
		}
		p, err = delegationPage(tx, t)
		return err
	})
	return p, err
}

func delegationPage(tx *storage.Tx, t *Trip) (p *DelegationPage, err error) {
	p = &DelegationPage{Trip: t, Topic: DelegationTopic{Key: t.Enquiry.Topic}, Editable: t.State == TripRequested, Planned: t.Past(TripPublished)}
	p.Naming = t.Past(TripAccepted) && !t.Past(TripVisited) && t.Ends.After(tx.Now())
	p.Leaving = !t.Off() && !t.Past(TripVisited)
	list, err := delegationTopics(tx)
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(list, func(x DelegationTopic) bool { return x.Key == t.Enquiry.Topic }); i >= 0 {
		p.Topic = list[i]
	}
	if len(t.ClusterIDs) == 1 {
		if p.Cluster, err = clusters.Get(tx, t.ClusterIDs[0]); err != nil {
			return nil, err
		}
	}
	if p.Visitors, err = travellersOf(tx, t.ID); err != nil {
		return nil, err
	}
	p.Project, err = tripFunding(tx, t, tx.Now())
	return p, err
}

// onDelegation lets whoever has the link of a request change it.
func (d *Desk) onDelegation(ctx context.Context, link string, change func(*storage.Tx, *Trip) error) (p *DelegationPage, err error) {
	err = d.again(func() error {
		return d.update(ctx, func(tx *storage.Tx) error {
			t, err := d.delegationByLink(tx, link)
			if err != nil {
				return err
			}
			if err := change(tx, t); err != nil && err != errSame {
				return err
			}
			p, err = delegationPage(tx, t)
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("change a delegation: %w", changedMeanwhile(err))
	}
	return p, nil
}

// EditDelegation changes what a body asks for, until somebody looks at it. Its
// address stays: it was confirmed.
func (d *Desk) EditDelegation(ctx context.Context, link string, in Enquiry) (*DelegationPage, error) {
	return d.onDelegation(ctx, link, func(tx *storage.Tx, t *Trip) error {
		if t.State != TripRequested {
			return &Problem{Kind: Closed, Key: "delegation.not_editable"}
		}
		old := t.Enquiry
		in.Email, in.Lang = old.Email, d.Texts.In(in.Lang).Code()
		if err := in.check(tx.Now()); err != nil {
			return err
		}
		ids, known, err := topicClusters(tx, in.Topic)
		if err != nil {
			return err
		}
		if !known {
			return &Problem{Kind: Invalid, Key: "problem.invalid", Fields: map[string]string{"topic": "problem.choice"}}
		}
		if in.Topic != old.Topic {
			t.ClusterIDs = ids
		}
		next := in.asked()
		next.AskedAt, next.Generation, next.Note = old.AskedAt, old.Generation, old.Note
		next.Keys = next.delegationKeys()
		if next.Earlier, err = earlierRequests(tx, &next, t.ID); err != nil {
			return err
		}
		t.Enquiry, t.Title = &next, d.delegationTitle(next.Body)
		t.wished()
		return d.putTrip(tx, next.actor(), t, "delegation.edit", "")
	})
}

// WithdrawDelegation takes a request back, or calls a visit off that was
// accepted; hosts that were asked are told. Done twice it is done once.
func (d *Desk) WithdrawDelegation(ctx context.Context, link, reason string) (*DelegationPage, error) {
	reason = cleanText(reason)
	return d.onDelegation(ctx, link, func(tx *storage.Tx, t *Trip) error {
		switch {
		case t.State == TripCancelled:
			return errSame
		case t.Off() || t.Past(TripVisited):
			return &Problem{Kind: Closed, Key: "delegation.not_open"}
		case len([]rune(reason)) > noteLimit:
			return &Problem{Kind: Invalid, Key: "problem.invalid", Fields: map[string]string{"reason": "problem.too_long"}}
		}
		t.CancelledAt, t.CancelReason, t.Enquiry.Withdrawn = tx.Now(), reason, true
		return d.moveTrip(tx, t.Enquiry.actor(), t, TripCancelled, reason)
	})
}

// AddVisitor names one of those who come with a delegation. The trip counts
// them, so that two named at once never are more than it has room for.
func (d *Desk) AddVisitor(ctx context.Context, link string, in Traveller) (*DelegationPage, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	p, err := d.onDelegation(ctx, link, func(tx *storage.Tx, t *Trip) error {
		if err := mayName(tx, t); err != nil {
			return err
		}
		here, err := travellersOf(tx, t.ID)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(here, func(v *Traveller) bool { return v.Email == in.Email }) {
			return &Problem{Kind: Exists, Key: "traveller.twice", Fields: map[string]string{"email": "traveller.twice"}}
		}
		if t.Held = len(here) + 1; t.Held > t.Selection.Seats {
			return &Problem{Kind: Full, Key: "delegation.full", Args: []any{"n", t.Selection.Seats}}
		}
		v := &Traveller{Meta: storage.Meta{ID: storage.NewID()}, TripID: t.ID, Name: in.Name, Email: in.Email, Title: in.Title, Company: in.Company,
			Lang: t.Enquiry.Lang, Role: AsVisitor, State: TravellerGoing}
		if v.Company == "" {
			v.Company = t.Enquiry.Body
		}
		if err := d.takeAlong(tx, t.Enquiry.actor(), t, v); err != nil {
			return err
		}
		return trips.Put(tx, t)
	})
	if errors.Is(err, storage.ErrDuplicate) {
		return nil, &Problem{Kind: Exists, Key: "traveller.twice", Fields: map[string]string{"email": "traveller.twice"}}
	}
	return p, err
}

func mayName(tx *storage.Tx, t *Trip) error {
	if !t.Past(TripAccepted) || t.Past(TripVisited) || !t.Ends.After(tx.Now()) {
		return &Problem{Kind: Closed, Key: "delegation.not_naming"}
	}
	return nil
}

// DropVisitor takes back that somebody comes. Done twice it is done once.
func (d *Desk) DropVisitor(ctx context.Context, link, travellerID string) (*DelegationPage, error) {
	return d.onDelegation(ctx, link, func(tx *storage.Tx, t *Trip) error {
		if err := mayName(tx, t); err != nil {
			return err
		}
		v, err := travellers.Get(tx, travellerID)
		if err != nil || v.TripID != t.ID || v.Role != AsVisitor {
			return errors.Join(err, errHidden)
		}
		if !v.Goes() {
			return errSame
		}
		v.State, v.Live = TravellerOut, ""
		if err := travellers.Put(tx, v); err != nil {
			return err
		}
		t.Held = max(0, t.Held-1)
		if err := trips.Put(tx, t); err != nil {
			return err
		}
		return d.log(tx, t.Enquiry.actor(), "delegation.visitor_out", v.ID, t.ID, v.Name, "")
	})
}

// A VisitorsProgramme is the programme of a delegation as its link shows it.
type VisitorsProgramme struct {
	*DelegationPage
	Days []VisitorsDay
}

// A VisitorsDay is a day of a programme at one stop.
type VisitorsDay struct {
	Day   time.Time // when it begins there
	Stop  Stop
	Lines []VisitorsLine
}

// A VisitorsLine is a part of a programme as visitors read it. Nothing in it is
// for those who lead it alone.
type VisitorsLine struct {
	Starts, Ends       time.Time
	StartZone, EndZone string
	Kind               string // of a leg, of an activity, or "meeting" with a group
	Title              Text
	About              Text
	Where, Meet        string
	Language           string
	Group              string
	Late               int // minutes
	Host               *Host
	NDA                bool
}

// DelegationProgramme shows the published programme of a delegation to whoever
// has its link: all parts, in the order they happen. One that is not published
// is not there.
func (d *Desk) DelegationProgramme(ctx context.Context, link string) (p *VisitorsProgramme, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		t, err := d.delegationByLink(tx, link)
		if err != nil {
			return err
		}
		page, err := delegationPage(tx, t)
		if err != nil {
			return err
		}
		if !page.Planned || t.Off() {
			return errHidden
		}
		pr, err := programmeOf(tx, t)
		if err != nil {
			return err
		}
		days, err := visitDaysOf(tx, t.ID)
		if err != nil {
			return err
		}
		lines, err := visitorsLines(tx, t, pr, days)
		p = &VisitorsProgramme{DelegationPage: page, Days: byStopAndDay(t, lines)}
		return err
	})
	return p, err
}

func visitorsLines(tx *storage.Tx, t *Trip, p *Programme, days []*VisitDay) (out []VisitorsLine, err error) {
	for _, l := range p.Legs {
		out = append(out, VisitorsLine{Starts: l.Departs, Ends: l.Arrives, StartZone: l.From.Zone, EndZone: l.To.Zone, Kind: string(l.Kind),
			Title: Text{"en": l.From.Name + " → " + l.To.Name}, Where: cleanLine(l.Carrier + " " + l.Number), Meet: l.Meet})
	}
	for _, a := range p.Activities {
		s, _ := t.Stop(a.StopID)
		h := p.Host(a.HostID)
		line := VisitorsLine{Starts: a.Starts, Ends: a.Ends, StartZone: s.Zone, EndZone: s.Zone, Kind: string(a.Kind), Title: a.Title, About: a.About, Meet: a.Meet,
			Language: a.Language, Group: a.Group, Late: a.Late, Host: h, NDA: a.NDA}
		if h == nil {
			h = &Host{}
		}
		line.Where = visitPlace(a, h)
		out = append(out, line)
	}
	for _, v := range days {
		met, err := groupLines(tx, v)
		if err != nil {
			return nil, err
		}
		out = append(out, met...)
	}
	slices.SortStableFunc(out, func(a, b VisitorsLine) int { return a.Starts.Compare(b.Starts) })
	return out, nil
}

// byStopAndDay divides lines at midnights of the clock that they begin on.
func byStopAndDay(t *Trip, lines []VisitorsLine) (out []VisitorsDay) {
	for _, l := range lines {
		stop := Stop{Zone: l.StartZone}
		day := hostDay(l.Starts, stop)
		for _, s := range t.Stops {
			if s.Zone == l.StartZone && !day.Before(midnight(s.From, s.Location())) && !day.After(midnight(s.Until, s.Location())) {
				stop = s
				break
			}
		}
		if n := len(out); n == 0 || !out[n-1].Day.Equal(day) || out[n-1].Stop.ID != stop.ID {
			out = append(out, VisitorsDay{Day: day, Stop: stop})
		}
		last := &out[len(out)-1]
		last.Lines = append(last.Lines, l)
	}
	return out
}
