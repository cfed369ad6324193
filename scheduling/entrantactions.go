package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"kohtaamo/storage"
)

// errNoChange ends a change that changes nothing: neither an error nor an entry in
// the audit log comes of it.
var errNoChange = errors.New("nothing changes")

// onEntrant changes an entrant that by may act for, in a round that goes on.
func (d *Desk) onEntrant(ctx context.Context, by Actor, id, action string, change func(tx *storage.Tx, r *Round, e *Entrant) (reason string, err error)) (e *Entrant, err error) {
	err = d.again(func() error {
		return d.update(ctx, func(tx *storage.Tx) error {
			var r *Round
			if e, r, err = entrantFor(tx, by, id); err != nil {
				return err
			}
			if r.Phase == RoundCancelled || r.Phase == RoundClosed {
				return &Problem{Kind: Closed, Key: "entrant.over"}
			}
			return d.putEntrant(tx, by, r, e, action, change)
		})
	})
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", action, id, changedMeanwhile(err))
	}
	return e, nil
}

// putEntrant changes e and notes it, unless nothing changed.
func (d *Desk) putEntrant(tx *storage.Tx, by Actor, r *Round, e *Entrant, action string, change func(*storage.Tx, *Round, *Entrant) (string, error)) error {
	reason, err := change(tx, r, e)
	if errors.Is(err, errNoChange) {
		return nil
	}
	if err != nil {
		return err
	}
	e.index()
	if err := entrants.Put(tx, e); err != nil {
		return err
	}
	return d.log(tx, by, action, e.ID, r.ID, e.Name, reason)
}

// SaveEntrant changes what an entrant says of itself. With back, offers, needs
// and tags go into its company's record too. in.Rev is the revision that was
// looked at; 0 does not mind.
func (d *Desk) SaveEntrant(ctx context.Context, by Actor, in *Entrant, back bool) (*Entrant, error) {
	f := faults{}
	in.checkProfile(f)
	if err := f.problem(); err != nil {
		return nil, err
	}
	return d.onEntrant(ctx, by, in.ID, "entrant.profile", func(tx *storage.Tx, r *Round, e *Entrant) (string, error) {
		if in.Rev != 0 && in.Rev != e.Rev {
			return "", storage.ErrConflict
		}
		if e.State == EntrantLeft {
			return "", errHidden
		}
		e.About, e.Offers, e.Needs, e.Tags, e.Countries = in.About, in.Offers, in.Needs, in.Tags, in.Countries
		e.Listed, e.MaxMeetings = in.Listed, in.MaxMeetings
		if !back {
			return "", nil
		}
		return "", d.toCompany(tx, by, r, e)
	})
}

// toCompany writes what e says of itself into its company's record, for people
// of that company and for organisers.
func (d *Desk) toCompany(tx *storage.Tx, by Actor, r *Round, e *Entrant) error {
	if e.CompanyID == "" {
		return nil // claimed only
	}
	if !by.Organises(r.ClusterIDs...) {
		p, err := people.Get(tx, by.ID)
		if err != nil {
			return err
		}
		if p.CompanyID != e.CompanyID {
			return &Problem{Kind: Forbidden, Key: "entrant.not_your_company"}
		}
	}
	c, err := companies.Get(tx, e.CompanyID)
	if err != nil {
		return err
	}
	c.Offers, c.Needs, c.Tags = strings.Join(e.Offers, "\n"), strings.Join(e.Needs, "\n"), slices.Clone(e.Tags)
	c.index()
	if err := companies.Put(tx, c); err != nil {
		return err
	}
	if err := redressAll(tx, c); err != nil {
		return err
	}
	return d.log(tx, by, "company.save", c.ID, c.ID, c.Name, "")
}

// PauseEntrant takes an entrant out of the catalogue and the suggestions, and
// lets nobody ask it for a meeting; or ends that. What is agreed stays. Asking
// twice is asking once.
func (d *Desk) PauseEntrant(ctx context.Context, by Actor, id string, paused bool) (*Entrant, error) {
	return d.onEntrant(ctx, by, id, pauseAction(paused), func(_ *storage.Tx, _ *Round, e *Entrant) (string, error) {
		return "", e.pause(paused)
	})
}

func pauseAction(paused bool) string {
	if paused {
		return "entrant.pause"
	}
	return "entrant.resume"
}

func (e *Entrant) pause(paused bool) error {
	if e.State != EntrantIn {
		return &Problem{Kind: Closed, Key: "entrant.not_in"}
	}
	if e.Paused == paused {
		return errNoChange
	}
	e.Paused = paused
	return nil
}

// LeaveEntrant takes an entrant out of a round. It is refused while meetings of
// it stand: those who wait for it are to hear first.
func (d *Desk) LeaveEntrant(ctx context.Context, by Actor, id, reason string) (*Entrant, error) {
	return d.onEntrant(ctx, by, id, "entrant.leave", func(tx *storage.Tx, r *Round, e *Entrant) (string, error) {
		if e.State == EntrantLeft {
			return "", errNoChange
		}
		was := e.State
		e.Live, e.Claims, e.Invites = "", "", nil
		return cleanLine(reason), d.outOf(tx, r, e, was, EntrantLeft)
	})
}

// outOf takes e out of a round that it was in, or waited for. Nothing may
// stand that others rely on.
func (d *Desk) outOf(tx *storage.Tx, r *Round, e *Entrant, was, now EntrantState) error {
	n, err := standingOf(tx, e.ID)
	if err != nil {
		return err
	}
	if n > 0 {
		return &Problem{Kind: Closed, Key: "entrant.meetings_stand", Args: []any{"count", n}}
	}
	if err := d.endRequestsOf(tx, r, e); err != nil {
		return err
	}
	if _, err := d.Outbox.Withdraw(tx, roundRef(r, e)); err != nil {
		return err
	}
	e.State, e.Generation = now, e.Generation+1
	if was == EntrantIn {
		return enrol(tx, r, -1)
	}
	return nil
}

// standingOf counts the meetings of an entrant that are agreed and not over.
func standingOf(tx *storage.Tx, entrantID string) (n int, err error) {
	list, err := meetings.Find(tx, storage.Query{Where: []storage.Cond{{Field: "entrant_ids", Op: storage.Has, Value: entrantID}}})
	for _, m := range list {
		if m.State == MeetingPublished {
			n++
		}
	}
	return n, err
}

// entrantRequests are those that an entrant sent and got.
func entrantRequests(tx *storage.Tx, entrantID string) (list []*Request, err error) {
	for _, side := range []string{"from", "to"} {
		some, err := requests.Find(tx, storage.Query{Where: []storage.Cond{storage.Is(side, entrantID)}})
		if err != nil {
			return nil, err
		}
		list = append(list, some...)
	}
	return list, nil
}

// ApproveEntrant lets in an entrant that waits, for an organiser of the round.
// A claim becomes the company that was claimed: where that is in the round
// already, whoever claimed it is one more of its people.
func (d *Desk) ApproveEntrant(ctx context.Context, by Actor, id string) (*Entrant, error) {
	return d.byOrganiser(ctx, by, id, "entrant.approve", func(tx *storage.Tx, r *Round, e *Entrant) (string, error) {
		switch e.State {
		case EntrantIn:
			return "", errNoChange
		case EntrantLeft:
			return "", errHidden
		}
		if e.Claims != "" {
			merged, err := d.grantClaim(tx, by, r, e)
			if merged || err != nil {
				return "", err
			}
		}
		if err := enrol(tx, r, 1); err != nil {
			return "", err
		}
		e.State, e.Reason = EntrantIn, ""
		return "", d.tellEntrant(tx, r, e, mailEntrantIn)
	})
}

// RejectEntrant keeps an entrant out, for an organiser of the round.
func (d *Desk) RejectEntrant(ctx context.Context, by Actor, id, reason string) (*Entrant, error) {
	return d.byOrganiser(ctx, by, id, "entrant.reject", func(tx *storage.Tx, r *Round, e *Entrant) (string, error) {
		switch e.State {
		case EntrantRejected:
			return "", errNoChange
		case EntrantLeft:
			return "", errHidden
		}
		e.Reason = cleanText(reason)
		if err := d.outOf(tx, r, e, e.State, EntrantRejected); err != nil {
			return "", err
		}
		return e.Reason, d.tellEntrant(tx, r, e, mailEntrantRejected)
	})
}

// byOrganiser is onEntrant for the organisers of the round alone.
func (d *Desk) byOrganiser(ctx context.Context, by Actor, id, action string, change func(*storage.Tx, *Round, *Entrant) (string, error)) (*Entrant, error) {
	return d.onEntrant(ctx, by, id, action, func(tx *storage.Tx, r *Round, e *Entrant) (string, error) {
		if !by.Organises(r.ClusterIDs...) {
			return "", errHidden
		}
		return change(tx, r, e)
	})
}

// grantClaim gives the claimed company to whoever claimed it, and reports
// whether they went over to its entrant.
func (d *Desk) grantClaim(tx *storage.Tx, by Actor, r *Round, e *Entrant) (merged bool, err error) {
	c, err := companies.Get(tx, e.Claims)
	if err != nil {
		return false, err
	}
	for _, p := range e.People {
		if err := belongs(tx, p.PersonID, c.ID); err != nil {
			return false, err
		}
	}
	e.Claims, e.Live = "", r.ID+"/"+c.ID
	e.asCompany(c)
	has, err := liveEntrant(tx, r.ID, c.ID)
	if errors.Is(err, storage.ErrNotFound) {
		e.fromCompany(c)
		return false, nil
	}
	if err != nil {
		return false, err
	}
	e.Live, e.State, e.Invites = "", EntrantLeft, nil
	for _, p := range e.People {
		p.Manages = false
		if err := d.addDelegate(tx, by, r, has, p); err != nil {
			return false, err
		}
	}
	return true, d.tellEntrant(tx, r, has, mailEntrantIn, e.PersonIDs...)
}

// belongs makes a person of a company one, if they are of none.
func belongs(tx *storage.Tx, personID, companyID string) error {
	p, err := people.Get(tx, personID)
	if err != nil || p.CompanyID != "" || companyID == "" {
		return err
	}
	p.CompanyID = companyID
	return people.Put(tx, p)
}

// PauseURL leads to a page with one button that pauses e, for mails: who has
// the link needs not sign in.
func (d *Desk) PauseURL(r *Round, e *Entrant) string {
	return d.BaseURL + "/rounds/" + r.Slug + "/pause/" + d.sign("entrant", e.ID, e.Generation)
}

// EntrantByLink finds an entrant and its round by a link of PauseURL. One that
// was never ours, or of another round, finds nothing.
func (d *Desk) EntrantByLink(ctx context.Context, slug, link string) (e *Entrant, r *Round, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		e, r, err = d.entrantByLink(tx, slug, link)
		return err
	})
	return e, r, err
}

func (d *Desk) entrantByLink(tx *storage.Tx, slug, link string) (*Entrant, *Round, error) {
	id, mac, ok := splitLink(link)
	if !ok {
		return nil, nil, errHidden
	}
	e, err := entrants.Get(tx, id)
	if err != nil {
		return nil, nil, err
	}
	r, err := rounds.Get(tx, e.RoundID)
	if err != nil {
		return nil, nil, err
	}
	if r.Slug != slug || !d.signed("entrant", id, e.Generation, mac) {
		return nil, nil, errHidden
	}
	return e, r, nil
}

// PauseByLink is PauseEntrant for whoever has the link of PauseURL.
func (d *Desk) PauseByLink(ctx context.Context, slug, link string, paused bool) (e *Entrant, err error) {
	by := Actor{Via: "link"}
	err = d.update(ctx, func(tx *storage.Tx) error {
		var r *Round
		if e, r, err = d.entrantByLink(tx, slug, link); err != nil {
			return err
		}
		by.Name = e.Name
		return d.putEntrant(tx, by, r, e, pauseAction(paused), func(*storage.Tx, *Round, *Entrant) (string, error) { return "", e.pause(paused) })
	})
	if err != nil {
		return nil, fmt.Errorf("pause by link: %w", changedMeanwhile(err))
	}
	return e, nil
}
