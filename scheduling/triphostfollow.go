package scheduling

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"kohtaamo/storage"
)

// hostPatience is how long a host that was asked has before it is asked again.
const hostPatience = 5 * 24 * time.Hour

// followHosts tells those hosts that said yes and whose visits a change of the
// programme moves: each of them once a change. A host whose last visit goes is
// told that nobody comes, and has to be asked anew if somebody is to.
func (d *Desk) followHosts(tx *storage.Tx, p *ProgrammePage, before *Programme) error {
	for i := range p.Programme.Hosts {
		h := &p.Programme.Hosts[i]
		old := before.Host(h.ID)
		if old == nil || h.State != HostConfirmed || old.State != HostConfirmed {
			continue
		}
		was, is := before.whenAt(old), p.Programme.whenAt(h)
		if reflect.DeepEqual(was, is) {
			continue
		}
		if err := d.hostMoved(tx, p, before, h, len(is) > 0); err != nil {
			return err
		}
	}
	return nil
}

func (d *Desk) hostMoved(tx *storage.Tx, p *ProgrammePage, before *Programme, h *Host, comes bool) error {
	if !comes {
		if err := d.callHostOff(tx, &ProgrammePage{p.Trip, before, p.Travellers}, h, ""); err != nil {
			return err
		}
		h.State, h.Comment, h.AnsweredAt = HostPlanned, "", time.Time{}
		return nil
	}
	if _, err := d.Outbox.Withdraw(tx, hostRef(p.Trip, h), mailHostChanged); err != nil {
		return err
	}
	return d.tellHost(tx, p, h, mailHostChanged, fmt.Sprint(p.Programme.Rev+1), "")
}

// A visitTime is what a host has to know of a visit.
type visitTime struct {
	Starts, Ends int64
	Where        string
}

// whenAt says when and where the visits to a host are, by their ids.
func (p *Programme) whenAt(h *Host) map[string]visitTime {
	out := map[string]visitTime{}
	for _, a := range p.VisitsOf(h.ID) {
		out[a.ID] = visitTime{a.Starts.UnixMilli(), a.Ends.UnixMilli(), visitPlace(a, h)}
	}
	return out
}

// followHostsOff tells the hosts of a trip that does not take place.
func (d *Desk) followHostsOff(tx *storage.Tx, by Actor, t *Trip, _ TripState) error {
	if !t.Off() {
		return nil
	}
	p, err := programmePage(tx, t)
	if err != nil {
		return err
	}
	for i := range p.Programme.Hosts {
		if err := d.callHostOff(tx, p, &p.Programme.Hosts[i], t.CancelReason); err != nil {
			return err
		}
	}
	return nil
}

// RemindHosts asks the hosts again that have not answered for five days, once
// an invitation, and says how many.
func (d *Desk) RemindHosts(ctx context.Context, now time.Time) (done int, err error) {
	var ids []string
	err = d.view(ctx, func(tx *storage.Tx) error {
		for t, err := range trips.Each(tx, storage.Query{Where: []storage.Cond{{Field: "ends", Op: storage.Gt, Value: now}}}) {
			if err != nil {
				return err
			}
			if !t.Off() {
				ids = append(ids, t.ID)
			}
		}
		return nil
	})
	for _, id := range ids {
		n, failed := d.remindHostsOf(ctx, id, now)
		done, err = done+n, errors.Join(err, failed)
	}
	return done, err
}

func (d *Desk) remindHostsOf(ctx context.Context, tripID string, now time.Time) (n int, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		n = 0
		t, err := trips.Get(tx, tripID)
		if err != nil || t.Off() {
			return ignoreMissing(err)
		}
		p, err := programmePage(tx, t)
		if err != nil {
			return err
		}
		for i := range p.Programme.Hosts {
			h := &p.Programme.Hosts[i]
			if !p.askAgain(h, now) {
				continue
			}
			n++
			h.AgainAt = now
			if err := d.tellHost(tx, p, h, mailHostAgain, stamp(h.InvitedAt), ""); err != nil {
				return err
			}
		}
		if n == 0 {
			return nil
		}
		before, err := programmeOf(tx, t)
		if err != nil {
			return err
		}
		return d.keepProgramme(tx, System("hosts"), p, before, "host.ask_again")
	})
	if err != nil {
		return 0, fmt.Errorf("remind the hosts of trip %s: %w", tripID, err)
	}
	return n, nil
}

// askAgain reports whether a host is due to be reminded: of a visit that is
// still to come.
func (p *ProgrammePage) askAgain(h *Host, now time.Time) bool {
	visits := p.Programme.VisitsOf(h.ID)
	return h.State == HostInvited && h.AnsweredAt.IsZero() && h.AgainAt.IsZero() && !h.InvitedAt.Add(hostPatience).After(now) &&
		len(visits) > 0 && visits[0].Starts.After(now)
}
