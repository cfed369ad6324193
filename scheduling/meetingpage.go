package scheduling

import (
	"context"
	"errors"
	"slices"
	"strings"

	"kohtaamo/scheduling/ical"
	"kohtaamo/storage"
)

// MeetingPage gives a meeting to the people of one of its entrants, and to the
// organisers of its round.
func (d *Desk) MeetingPage(ctx context.Context, by Actor, entrantID, id string) (p *MeetingPage, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		me, r, err := delegateFor(tx, by, entrantID)
		if err != nil {
			return err
		}
		m, err := meetings.Get(tx, id)
		if err != nil {
			return err
		}
		if !slices.Contains(m.EntrantIDs, me.ID) {
			return errHidden
		}
		p = &MeetingPage{Round: r, Me: me, Meeting: m, Manages: me.managed(by, r), Late: slices.Contains(m.Late, me.ID), Soon: m.soon(tx.Now())}
		p.where()
		return d.fillMeeting(tx, by, p)
	})
	return p, err
}

func (p *MeetingPage) where() {
	p.Table, _ = p.Round.Table(p.Meeting.Table)
	for _, v := range p.Round.Venues {
		if v.ID == p.Table.VenueID {
			p.Venue = v
		}
	}
}

// fillMeeting adds who comes, who could, and when else.
func (d *Desk) fillMeeting(tx *storage.Tx, by Actor, p *MeetingPage) (err error) {
	m := p.Meeting
	for _, party := range m.Parties {
		mine := party.EntrantID == p.Me.ID
		if !mine {
			e, err := entrants.Get(tx, party.EntrantID)
			if err != nil {
				return err
			}
			p.Others = append(p.Others, e)
		}
		for _, id := range party.PersonIDs {
			who, err := people.Get(tx, id)
			if errors.Is(err, storage.ErrNotFound) {
				continue // erased
			}
			if err != nil {
				return err
			}
			if mine {
				p.Mine = append(p.Mine, *who)
			} else if m.State.Stands() {
				p.Whom = append(p.Whom, *who)
			}
		}
	}
	if !m.State.Stands() || !tx.Now().Before(m.Starts) {
		return nil
	}
	if p.Takers, err = d.takers(tx, by, p); err != nil {
		return err
	}
	if !p.Manages || !p.Round.Changing() || len(p.Others) != 1 {
		return nil
	}
	if m.Asked != nil {
		p.Asked, _ = p.Round.Slot(m.Asked.Slot)
		p.Theirs = m.Asked.EntrantID != p.Me.ID
	}
	p.Times, err = d.common(tx, p.Round, p.Me, p.Others[0], m.ID)
	p.Times = slices.DeleteFunc(p.Times, func(v Vacancy) bool { return v.Slot.ID == m.Slot })
	return err
}

// takers are the colleagues who are free at the time of a meeting. Who manages
// can send each of them, others only somebody instead of themselves.
func (d *Desk) takers(tx *storage.Tx, by Actor, p *MeetingPage) (out []Delegate, err error) {
	party, _ := p.Meeting.Party(p.Me.ID)
	if !p.Manages && !slices.Contains(party.PersonIDs, by.ID) {
		return nil, nil
	}
	can, err := d.freePeople(tx, p.Round, p.Me, Slot{p.Meeting.Slot, p.Meeting.Starts, p.Meeting.Ends}, p.Meeting.ID)
	for _, id := range can.unbooked {
		if who, ok := p.Me.Delegate(id); ok && !slices.Contains(party.PersonIDs, id) {
			out = append(out, who)
		}
	}
	return out, err
}

// AgendaCalendar is a person's own agenda of a round as a calendar file, with
// the same entries as their feed has.
func (d *Desk) AgendaCalendar(ctx context.Context, by Actor, entrantID, lang string) (body []byte, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		_, r, err := delegateFor(tx, by, entrantID)
		if err != nil {
			return err
		}
		body, err = d.agendaFile(ctx, tx, r, by.ID, lang)
		return err
	})
	return body, err
}

// AgendaByLink is AgendaCalendar for the holder of a link out of a mail.
func (d *Desk) AgendaByLink(ctx context.Context, link string) (body []byte, err error) {
	both, mac, ok := splitLink(link)
	roundID, personID, two := strings.Cut(both, "-")
	if !ok || !two || !d.signed("b2b-agenda", both, 0, mac) {
		return nil, errHidden
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		r, err := rounds.Get(tx, roundID)
		if err != nil {
			return err
		}
		p, err := people.Get(tx, personID)
		if err != nil {
			return err
		}
		if _, err := entrantOf(tx, roundID, personID); err != nil {
			return err
		}
		body, err = d.agendaFile(ctx, tx, r, p.ID, p.Lang)
		return err
	})
	return body, err
}

func (d *Desk) agendaFile(ctx context.Context, tx *storage.Tx, r *Round, personID, lang string) ([]byte, error) {
	mine, err := agendaOf(tx, r.ID, personID)
	if err != nil {
		return nil, err
	}
	l := d.Texts.In(lang)
	src := &source{private: true, calendar: ical.Calendar{Name: r.Title.In(l.Code()), Zone: r.Zone, Lang: l.Code()}}
	for _, m := range mine {
		src.entries = append(src.entries, d.ownMeeting(m, m.Invitee(personID), l.Code()))
	}
	return d.encode(ctx, src)
}
