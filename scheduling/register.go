package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"kohtaamo/storage"
)

// unconfirmedFor is how long somebody may take to confirm their address.
const unconfirmedFor = 72 * time.Hour

// A Receipt answers a Signup: the registrations as they stand, the sender's
// first. Repeated says that they were there before, under the same address; Own
// says that the same form made them, so that its sender may see their page.
type Receipt struct {
	Registrations []*Registration
	Position      int // in the waiting list, from 1; 0 where the sender does not wait
	Repeated      bool
	Own           bool
}

// Lead is the registration of whoever sent the form.
func (r *Receipt) Lead() *Registration { return r.Registrations[0] }

// Register gives somebody, and whom they bring along, seats at an event or
// places in its queue. Sent twice, at once or later, it registers once and
// answers where things stand. An organiser of the event may register people
// outside the registration time; nobody may beyond the seats.
func (d *Desk) Register(ctx context.Context, by Actor, eventID string, u Signup) (*Receipt, error) {
	var rec *Receipt
	attempt := func() error {
		return d.update(ctx, func(tx *storage.Tx) (err error) {
			rec, err = d.register(tx, by, eventID, u)
			return err
		})
	}
	err := attempt()
	if errors.Is(err, storage.ErrDuplicate) { // the same person came twice at once, or a ticket code did
		err = attempt()
	}
	if err != nil {
		return nil, fmt.Errorf("register for event %s: %w", eventID, err)
	}
	return rec, nil
}

func (d *Desk) register(tx *storage.Tx, by Actor, eventID string, u Signup) (*Receipt, error) {
	e, err := d.eventToRegister(tx, by, eventID)
	if err != nil {
		return nil, err
	}
	if err := u.check(e); err != nil {
		return nil, err
	}
	if rec, err := d.repeated(tx, e, u); rec != nil || err != nil {
		return rec, err
	}
	if err := d.invitedToEvent(tx, by, e, u.Email); err != nil {
		return nil, err
	}
	s, err := seatings.Get(tx, e.ID)
	if err != nil {
		return nil, err
	}
	party, err := d.newParty(tx, by, e, u)
	if err != nil {
		return nil, err
	}
	if err := d.seat(tx, by, e, s, party, u.Split); err != nil {
		return nil, err
	}
	return receipt(tx, s, party)
}

// eventToRegister gives a published event that by may register people for now,
// to read only: those who come at once share it.
func (d *Desk) eventToRegister(tx *storage.Tx, by Actor, eventID string) (*Event, error) {
	e, err := events.Shared(tx, eventID)
	if err != nil {
		return nil, err
	}
	own := by.Organises(e.ClusterIDs...)
	switch now := tx.Now(); {
	case e.State == Draft && !own:
		return nil, errHidden
	case e.State == Draft:
		return nil, &Problem{Kind: Closed, Key: "register.draft"}
	case e.State == Cancelled:
		return nil, &Problem{Kind: Closed, Key: "register.cancelled"}
	case own && now.Before(e.Ends):
		return e, nil
	case now.Before(e.Opens()):
		return nil, &Problem{Kind: Closed, Key: "register.early"}
	case !e.Open(now):
		return nil, &Problem{Kind: Closed, Key: "register.closed"}
	}
	return e, nil
}

// invitedToEvent lets only members of its groups register for an event that
// is for groups.
func (d *Desk) invitedToEvent(tx *storage.Tx, by Actor, e *Event, email string) error {
	if e.Audience != ForGroups || by.Organises(e.ClusterIDs...) {
		return nil
	}
	refused := &Problem{Kind: Forbidden, Key: "register.groups", Fields: map[string]string{"email": "register.groups"}}
	p, err := personByEmail(tx, email)
	if errors.Is(err, storage.ErrNotFound) {
		return refused
	}
	if err != nil {
		return err
	}
	mine, err := groups.Find(tx, storage.Query{Where: []storage.Cond{{Field: "members", Op: storage.Has, Value: p.ID}}})
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(mine, func(g *Group) bool { return slices.Contains(e.GroupIDs, g.ID) }) {
		return refused
	}
	return nil
}

// repeated answers a signup whose address is registered already.
func (d *Desk) repeated(tx *storage.Tx, e *Event, u Signup) (*Receipt, error) {
	r, err := registrations.First(tx, storage.Query{Where: []storage.Cond{storage.Is("live", e.ID+"/"+u.Email)}})
	if errors.Is(err, storage.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	party := []*Registration{r}
	if r.Party == r.ID {
		rest, err := partyOf(tx, r)
		if err != nil {
			return nil, err
		}
		party = append(party, rest...)
	}
	rec, err := receipt(tx, nil, party)
	if err != nil {
		return nil, err
	}
	rec.Repeated = true
	rec.Own = u.Once != "" && u.Once == r.Once
	return rec, nil
}

// partyOf are the live registrations of r's party besides r.
func partyOf(tx *storage.Tx, r *Registration) ([]*Registration, error) {
	if r.Party == "" {
		return nil, nil
	}
	all, err := registrations.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("party", r.Party)}})
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(o *Registration) bool { return o.ID == r.ID || !o.State.Live() })
	slices.SortFunc(all, func(a, b *Registration) int { return strings.Compare(a.Sort, b.Sort) })
	return all, nil
}

// receipt says where the party stands; s is the seating it was just given a
// place in, nil if that was before.
func receipt(tx *storage.Tx, s *Seating, party []*Registration) (*Receipt, error) {
	rec := &Receipt{Registrations: party}
	pos, err := position(tx, s, party[0])
	rec.Position = pos
	return rec, err
}

// position is r's place in the waiting list, from 1; 0 if it does not wait.
// Whoever has just come to the end of the list is as many places from its end
// as have come since: in a storm of registrations nobody counts the queue.
func position(tx *storage.Tx, s *Seating, r *Registration) (int, error) {
	if r.State != Waitlisted {
		return 0, nil
	}
	if r.last && s != nil {
		return s.Waiting - int(s.Next-r.Queue), nil
	}
	ahead, err := registrations.Count(tx, storage.Query{Where: []storage.Cond{
		storage.Is("event_id", r.EventID), storage.Is("state", string(Waitlisted)),
		{Field: "queue", Op: storage.Lt, Value: r.Queue},
	}})
	return ahead + 1, err
}

// newParty makes the registrations of a signup, not yet stored or seated.
func (d *Desk) newParty(tx *storage.Tx, by Actor, e *Event, u Signup) ([]*Registration, error) {
	lead := u.registration(e, tx.Now())
	party := []*Registration{lead}
	for i, g := range u.Party {
		live, err := registrations.Count(tx, storage.Query{Where: []storage.Cond{storage.Is("live", e.ID+"/"+g.Email)}})
		if err != nil {
			return nil, err
		}
		if live > 0 {
			field := fmt.Sprintf("party.%d.email", i)
			return nil, &Problem{Kind: Exists, Key: "problem.invalid", Fields: map[string]string{field: "register.guest_exists"}}
		}
		lead.Party = lead.ID
		party = append(party, lead.guest(g))
	}
	lead.Split = u.Split && len(party) > 1
	for _, r := range party {
		r.Split = lead.Split
		if err := d.attach(tx, e, r); err != nil {
			return nil, err
		}
	}
	return party, nil
}

func (u Signup) registration(e *Event, now time.Time) *Registration {
	r := &Registration{
		Meta: storage.Meta{ID: orNew(u.ID)}, EventID: e.ID, Email: u.Email, Name: u.Name,
		Company: u.Company, Title: u.Title, Lang: u.Lang, Answers: u.Answers,
		Consents: e.consents(u.Consents, u.Lang, now), Ticket: storage.NewCode(), Once: u.Once,
	}
	r.index()
	return r
}

// guest is a registration for somebody whom r's person brings along. Consents
// and answers are personal: the guest gives theirs by their own link.
func (r *Registration) guest(g Guest) *Registration {
	o := &Registration{
		Meta: storage.Meta{ID: storage.NewID()}, EventID: r.EventID, Email: g.Email, Name: g.Name,
		Company: r.Company, Title: g.Title, Lang: r.Lang, Ticket: storage.NewCode(), Party: r.ID, Once: r.Once,
	}
	o.index()
	return o
}

// index sets what lists are sorted and searched by.
func (r *Registration) index() {
	r.Sort = strings.ToLower(r.Name)
	r.Words = words(r.Name, r.Email, r.Company, r.Ticket)
}

// attach ties r to its person and company, and lets its calendar entry go on
// from that of an earlier, ended registration of the same address.
func (d *Desk) attach(tx *storage.Tx, e *Event, r *Registration) error {
	p, fresh, err := d.contact(tx, r, e.ClusterIDs)
	if err != nil {
		return err
	}
	r.PersonID = p.ID
	if r.CompanyID = p.CompanyID; r.CompanyID == "" && r.Company != "" {
		if r.CompanyID, err = companyNamed(tx, r.Company); err != nil {
			return err
		}
	}
	if fresh {
		return nil
	}
	return r.continueEntry(tx)
}

// continueEntry raises r's sequence above that of every earlier registration of
// the address for the event: calendars ignore what is not newer.
func (r *Registration) continueEntry(tx *storage.Tx) error {
	for old, err := range registrations.Each(tx, storage.Query{Where: []storage.Cond{storage.Is("email", r.Email), storage.Is("event_id", r.EventID)}}) {
		if err != nil {
			return err
		}
		r.Sequence = max(r.Sequence, old.Sequence+1)
	}
	return nil
}

// seat gives a new party its state, stores it and promises its mail.
func (d *Desk) seat(tx *storage.Tx, by Actor, e *Event, s *Seating, party []*Registration, split bool) error {
	own := by.Organises(e.ClusterIDs...)
	switch lead := party[0]; {
	case e.Rules.ConfirmAddress && !own && by.Email != lead.Email:
		for _, r := range party {
			s.move(r, Pending)
			r.Unconfirmed, r.Deadline = true, tx.Now().Add(unconfirmedFor)
		}
	case e.Rules.Approval && !own:
		for _, r := range party {
			s.move(r, Pending)
		}
	case !s.admit(party, e.Rules.Waitlist, split):
		return &Problem{Kind: Full, Key: "register.full"}
	}
	if err := seatings.Put(tx, s); err != nil {
		return err
	}
	for _, r := range party {
		if err := d.settle(tx, by, &place{e: e, s: s, r: r}, "registration.create", ""); err != nil {
			return err
		}
	}
	return nil
}

// keep stores r after a change, starts and stops what follows from it, and notes
// it in the audit log.
func (d *Desk) keep(tx *storage.Tx, by Actor, e *Event, r *Registration, action, reason string) error {
	attended := r.Tenure.State == Attended
	r.revise(tx.Now())
	was := r.Tenure.State
	r.stand(tx.Now())
	if err := registrations.Put(tx, r); err != nil {
		return err
	}
	if err := meetAtEvent(tx, e, r, attended); err != nil {
		return err
	}
	if r.State != was {
		if err := d.announceRegistration(tx, e, r); err != nil {
			return err
		}
	}
	if err := d.followRegistration(tx, e, r); err != nil {
		return err
	}
	return d.log(tx, by, action, r.ID, e.ID, r.Ticket, reason)
}

// settle keeps p's registration and promises the mail that says where it stands
// now. What was promised before and has not left no longer holds.
func (d *Desk) settle(tx *storage.Tx, by Actor, p *place, action, reason string) error {
	fresh := p.r.Rev == 0
	p.r.revise(tx.Now())
	m, err := d.standing(tx, p)
	if err != nil {
		return err
	}
	if err := d.keep(tx, by, p.e, p.r, action, reason); err != nil {
		return err
	}
	if !fresh {
		if _, err := d.Outbox.Withdraw(tx, p.r.ID); err != nil {
			return err
		}
	}
	if m == nil {
		return nil
	}
	m.ID = fmt.Sprintf("%s/%s/%d", m.Kind, p.r.ID, p.r.Rev)
	return d.Outbox.Add(tx, *m)
}
