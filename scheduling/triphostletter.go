package scheduling

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/storage"
	"kohtaamo/templates"
)

// The kinds of mail to the hosts of a trip. Each has its words under
// "letter.KIND" in templates/locales.
const (
	mailHostInvited   = "host.invited"
	mailHostAgain     = "host.asked_again"
	mailHostConfirmed = "host.confirmed"
	mailHostChanged   = "host.changed"
	mailHostCalledOff = "host.called_off"
)

var hostMailKinds = []string{mailHostInvited, mailHostAgain, mailHostConfirmed, mailHostChanged, mailHostCalledOff}

// hostRef is what mails to a host speak of, by which they are withdrawn.
func hostRef(t *Trip, h *Host) string { return "host/" + t.ID + "/" + h.ID }

// tellHost promises a mail to a host, once under its key. One without an
// address is told by whoever leads the trip.
func (d *Desk) tellHost(tx *storage.Tx, p *ProgrammePage, h *Host, kind, key, why string) error {
	to := h.mailbox()
	if to.Email == "" {
		return nil
	}
	l := d.Texts.In(h.Lang)
	w := tripLetter{kind: kind, email: to.Email, name: to.Name, lang: l.Code(), args: []any{"host", h.Name}, facts: p.hostFacts(l, h)}
	if w.button = d.HostURL(p.Trip, h); kind == mailHostCalledOff {
		w.button = d.BaseURL + "/events"
	}
	if why != "" {
		w.said = []string{l.Text("letter.reason", "reason", why)}
	}
	m, err := d.tripMail(tx, p.Trip, w)
	if err != nil {
		return err
	}
	ref := hostRef(p.Trip, h)
	m.ID, m.Ref, m.Order = kind+"/"+ref+"/"+key, ref, ref
	if err := d.Outbox.Add(tx, *m); err != nil {
		return fmt.Errorf("tell host %s of trip %s: %w", h.ID, p.Trip.ID, err)
	}
	return nil
}

// hostFacts are what, when and where, and how many come.
func (p *ProgrammePage) hostFacts(l *templates.Lang, h *Host) (out []mailer.Fact) {
	for _, a := range p.Programme.VisitsOf(h.ID) {
		s, _ := p.Trip.Stop(a.StopID)
		out = append(out, mailer.Fact{Label: l.Text("host.fact.what"), Value: a.Title.In(l.Code())},
			mailer.Fact{Label: l.Text("letter.fact.when"), Value: l.Range(a.Starts, a.Ends, s.Zone)})
		if where := visitPlace(a, h); where != "" {
			out = append(out, mailer.Fact{Label: l.Text("letter.fact.where"), Value: where})
		}
	}
	if n := p.HostSize(h); n > 0 {
		out = append(out, mailer.Fact{Label: l.Text("host.delegation"), Value: l.Text("host.people", "count", n)})
	}
	return out
}

// visitPlace is where an activity at a host takes place, as far as is known.
func visitPlace(a Activity, h *Host) string {
	parts := []string{a.Place, a.Address}
	if a.Place == "" && a.Address == "" {
		parts = []string{h.Address}
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", ")
}

// HostSize is how many people come to a host: those who take part in its
// visits, or while nobody does yet, as many as the trip has seats for.
func (p *ProgrammePage) HostSize(h *Host) int {
	if n := len(p.visitorsOf(h)); n > 0 {
		return n
	}
	if p.Trip.Selection.Seats == 0 && p.Trip.Enquiry != nil {
		return p.Trip.Enquiry.Size
	}
	return p.Trip.Selection.Seats
}

// visitorsOf are those who take part in a visit to a host, by name.
func (p *ProgrammePage) visitorsOf(h *Host) (out []*Traveller) {
	visits := p.Programme.VisitsOf(h.ID)
	for _, v := range p.Travellers {
		if slices.ContainsFunc(visits, func(a Activity) bool { return a.Has(v.ID) }) {
			out = append(out, v)
		}
	}
	return out
}

// stamp is a moment as part of a key of mails.
func stamp(t time.Time) string { return fmt.Sprint(t.UnixMilli()) }

// callHostOff tells a host that was invited that nobody comes, and takes back
// what it was to be told besides.
func (d *Desk) callHostOff(tx *storage.Tx, p *ProgrammePage, h *Host, reason string) error {
	if h.State != HostInvited && h.State != HostConfirmed {
		return nil
	}
	if _, err := d.Outbox.Withdraw(tx, hostRef(p.Trip, h)); err != nil {
		return err
	}
	return d.tellHost(tx, p, h, mailHostCalledOff, stamp(tx.Now()), reason)
}
