package scheduling

import (
	"context"
	"fmt"
	"slices"
	"time"

	"kohtaamo/storage"
)

// InviteHosts asks hosts of a trip whether they receive the delegation, each by
// a mail in its language. Those that were asked and have not answered, and
// those that said yes, are not asked again; one that said no is. A host without
// an address, or without a visit in the programme, is refused by its name.
func (d *Desk) InviteHosts(ctx context.Context, by Actor, tripID string, hostIDs ...string) (*ProgrammePage, error) {
	return d.changeHosts(ctx, by, tripID, 0, "host.invite", func(tx *storage.Tx, p *ProgrammePage) error {
		if p.Trip.Off() || !p.Trip.Ends.After(tx.Now()) {
			return &Problem{Kind: Closed, Key: "host.trip_over"}
		}
		asked := 0
		for _, id := range hostIDs {
			h := p.Programme.Host(id)
			if h == nil {
				return errHidden
			}
			if h.State != HostPlanned && h.State != HostDeclined {
				continue
			}
			asked++
			if err := d.inviteHost(tx, p, h); err != nil {
				return err
			}
		}
		if asked == 0 {
			return errSame
		}
		return nil
	})
}

func (d *Desk) inviteHost(tx *storage.Tx, p *ProgrammePage, h *Host) error {
	switch {
	case h.mailbox().Email == "":
		return &Problem{Kind: Invalid, Key: "host.no_address", Args: []any{"host", h.Name}}
	case len(p.Programme.VisitsOf(h.ID)) == 0:
		return &Problem{Kind: Invalid, Key: "host.no_visit", Args: []any{"host", h.Name}}
	}
	h.State, h.InvitedAt, h.AnsweredAt, h.AgainAt, h.Proposes = HostInvited, tx.Now(), time.Time{}, time.Time{}, ""
	return d.tellHost(tx, p, h, mailHostInvited, stamp(h.InvitedAt), "")
}

// SetHostState notes what a host said in another way than by its link. A host
// that says yes is thanked by mail.
func (d *Desk) SetHostState(ctx context.Context, by Actor, tripID, hostID string, state HostState, comment string) (*ProgrammePage, error) {
	comment = cleanText(comment)
	f := faults{}
	f.limit("comment", comment, noteLimit)
	if state != HostConfirmed && state != HostDeclined {
		f.add("state", "problem.choice")
	}
	if err := f.problem(); err != nil {
		return nil, err
	}
	return d.changeHosts(ctx, by, tripID, 0, "host.answer", func(tx *storage.Tx, p *ProgrammePage) error {
		h := p.Programme.Host(hostID)
		if h == nil {
			return errHidden
		}
		return d.hostSays(tx, p, h, state, "", comment)
	})
}

// HostAnswers are what a host can say, in the order of a form.
var HostAnswers = []string{"yes", "no", "other"}

// A HostAnswer is what a host says to its invitation.
type HostAnswer struct {
	Answer   string // of HostAnswers
	Proposes string // another time, in the host's words
	Comment  string
}

func (a *HostAnswer) check() error {
	f := faults{}
	a.Proposes, a.Comment = cleanText(a.Proposes), cleanText(a.Comment)
	if !slices.Contains(HostAnswers, a.Answer) {
		f.add("answer", "host.choose")
	}
	if a.Answer == "other" && a.Proposes == "" {
		f.add("proposes", "problem.required")
	}
	f.limit("proposes", a.Proposes, noteLimit)
	f.limit("comment", a.Comment, noteLimit)
	return f.problem()
}

// AnswerHost notes what a host says by its link. It can be changed until the
// day of the visit; the same answer twice is one.
func (d *Desk) AnswerHost(ctx context.Context, link string, in HostAnswer) (p *HostPage, err error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	err = d.again(func() error {
		return d.update(ctx, func(tx *storage.Tx) error {
			page, h, err := d.hostByLink(tx, link)
			if err != nil {
				return err
			}
			if p = d.hostPage(tx, page, h); !p.Open {
				return &Problem{Kind: Closed, Key: "host.closed"}
			}
			before, err := programmeOf(tx, page.Trip)
			if err != nil {
				return err
			}
			err = d.hostSays(tx, page, h, map[string]HostState{"yes": HostConfirmed, "no": HostDeclined, "other": HostInvited}[in.Answer], in.Proposes, in.Comment)
			if err == errSame {
				return nil
			}
			if err != nil {
				return err
			}
			p = d.hostPage(tx, page, h)
			return d.keepProgramme(tx, Actor{Name: h.Name, Via: "link"}, page, before, "host.answer")
		})
	})
	if err != nil {
		return nil, fmt.Errorf("answer as a host: %w", changedMeanwhile(err))
	}
	return p, nil
}

// hostSays brings a host to the state of its answer, and thanks one that says
// yes.
func (d *Desk) hostSays(tx *storage.Tx, p *ProgrammePage, h *Host, state HostState, proposes, comment string) error {
	if state != HostInvited {
		proposes = ""
	}
	if h.State == state && h.Proposes == proposes && h.Comment == comment && !h.AnsweredAt.IsZero() {
		return errSame
	}
	thanks := state == HostConfirmed && h.State != HostConfirmed
	h.State, h.Proposes, h.Comment, h.AnsweredAt = state, proposes, comment, tx.Now()
	if _, err := d.Outbox.Withdraw(tx, hostRef(p.Trip, h), mailHostAgain, mailHostConfirmed); err != nil {
		return err
	}
	if !thanks {
		return nil
	}
	return d.tellHost(tx, p, h, mailHostConfirmed, stamp(h.AnsweredAt), "")
}
