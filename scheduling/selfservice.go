package scheduling

import (
	"context"
	"slices"

	"kohtaamo/storage"
)

// An Edit is what somebody changes about a registration. The address is not
// among it: that would be another person (see HandOver).
type Edit struct {
	Name, Company, Title string
	Answers              Answers
	Consents             map[string]bool // by purpose; nil leaves them
	Note                 *string         // the organiser's own; nil leaves it
	Rev                  int64           // the revision that was looked at; 0 does not mind
}

// EditRegistration changes what was answered, until the event's lock date; an
// organiser may change it at any time.
func (d *Desk) EditRegistration(ctx context.Context, by Actor, id string, in Edit) (*Registration, error) {
	return d.change(ctx, by, id, "registration.edit", "", func(tx *storage.Tx, p *place) error {
		p.silent = true
		if in.Rev != 0 && in.Rev != p.r.Rev {
			return storage.ErrConflict
		}
		own := by.Organises(p.e.ClusterIDs...)
		if !own && !p.r.CanEdit(p.e, tx.Now()) {
			return &Problem{Kind: Closed, Key: "registration.locked"}
		}
		u := Signup{Name: in.Name, Company: in.Company, Title: in.Title, Email: p.r.Email, Answers: in.Answers, Consents: in.Consents}
		if err := u.checkEdit(p.e, p.r, own && !owns(by, p.r)); err != nil {
			return err
		}
		p.r.Name, p.r.Company, p.r.Title, p.r.Answers = u.Name, u.Company, u.Title, u.Answers
		if in.Consents != nil {
			p.r.Consents = revise(p.r.Consents, p.e.consents(in.Consents, p.r.Lang, tx.Now()))
		}
		if own && in.Note != nil {
			p.r.Note = cleanText(*in.Note)
		}
		p.r.index()
		return nil
	})
}

// checkEdit is check for a registration that is there already: its party and
// its address stay out of it. An organiser may leave open what only the person
// can say.
func (u *Signup) checkEdit(e *Event, r *Registration, byHand bool) error {
	if r.Email == "" { // a walk-in
		f := faults{}
		u.Name = cleanLine(u.Name)
		f.need("name", u.Name, lineLimit)
		return f.problem()
	}
	if byHand {
		return u.checkByHand(e)
	}
	return u.check(e)
}

// revise adds the answers that differ from the last ones: what was agreed to,
// when and in which words stays.
func revise(old, now []Consent) []Consent {
	out := slices.Clone(old)
	for _, c := range now {
		asked := slices.ContainsFunc(old, func(o Consent) bool { return o.Purpose == c.Purpose })
		if !asked || Agreed(old, c.Purpose) != c.Given {
			out = append(out, c)
		}
	}
	return out
}

// HandOver gives a registration to a colleague: the seat or the place in the
// queue stays, the link, the ticket and the personal answers do not. Both are
// told.
func (d *Desk) HandOver(ctx context.Context, by Actor, id string, to Guest) (*Registration, error) {
	return d.change(ctx, by, id, "registration.hand_over", "", func(tx *storage.Tx, p *place) error {
		if err := d.checkHandOver(tx, by, p, &to); err != nil {
			return err
		}
		if err := d.farewell(tx, p); err != nil {
			return err
		}
		r := p.r
		r.Email, r.Name, r.Title = to.Email, to.Name, to.Title
		r.Answers, r.Consents, r.Once = nil, nil, ""
		r.Generation++
		r.Ticket = storage.NewCode()
		r.Invited, r.Invite, r.RSVP = false, Invite{}, RSVP{}
		deadline, queue := r.Deadline, r.Queue
		p.s.move(r, r.State) // the live key is the new person's
		r.Deadline, r.Queue = deadline, queue
		r.passOn(tx.Now())
		r.index()
		r.Sequence++
		return d.attach(tx, p.e, r)
	})
}

func (d *Desk) checkHandOver(tx *storage.Tx, by Actor, p *place, to *Guest) error {
	switch p.r.State {
	case Confirmed, Offered, Waitlisted:
	default:
		return errNothingToDo
	}
	if !by.Organises(p.e.ClusterIDs...) && (p.e.State != Published || !tx.Now().Before(p.e.Starts)) {
		return errNothingToDo
	}
	f := faults{}
	to.Name, to.Title = cleanLine(to.Name), cleanLine(to.Title)
	f.need("name", to.Name, lineLimit)
	f.limit("title", to.Title, lineLimit)
	to.Email = f.address("email", to.Email)
	if err := f.problem(); err != nil {
		return err
	}
	if err := d.invitedToEvent(tx, by, p.e, to.Email); err != nil {
		return err
	}
	n, err := registrations.Count(tx, storage.Query{Where: []storage.Cond{storage.Is("live", p.e.ID+"/"+to.Email)}})
	if err == nil && n > 0 {
		return &Problem{Kind: Exists, Key: "problem.invalid", Fields: map[string]string{"email": "registration.colleague_exists"}}
	}
	return err
}
