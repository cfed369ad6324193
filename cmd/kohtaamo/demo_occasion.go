package main

import (
	"context"
	"time"

	"kohtaamo/scheduling"
)

// An occasion is one event of the demo with what becomes of it.
type occasion struct {
	d         *demo
	by        scheduling.Actor
	event     *scheduling.Event // what the organiser types; once made, as it is stored
	created   time.Time
	published time.Time // zero: it stays a draft
	guests    []guest   // who registers
	from      time.Time // when the first one does; the zero time means when it is published
	until     time.Time // when the last one does; the zero time means when it starts
	signup    func(i int, u *scheduling.Signup)
	share     float64 // of those confirmed who come
	regs      []*scheduling.Registration
}

// hold plans an occasion.
func (d *demo) hold(o *occasion) *occasion {
	o.d = d
	d.at(o.created, func(ctx context.Context) (err error) {
		o.event, err = d.desk.SaveEvent(ctx, o.by, o.event)
		return err
	})
	if o.published.IsZero() {
		return o
	}
	d.at(o.published, func(ctx context.Context) (err error) {
		o.event, err = d.desk.PublishEvent(ctx, o.by, o.event.ID)
		return err
	})
	o.planSignups()
	if o.event.Ends.Before(d.today) && o.share > 0 {
		o.planDoor()
	}
	return o
}

// planSignups spreads the guests over the time from publication, or the
// opening, until it closes or today.
func (o *occasion) planSignups() {
	from, until := o.from, o.until
	if from.IsZero() {
		from = o.published.Add(time.Hour)
	}
	if until.IsZero() {
		until = o.event.Starts.Add(-time.Hour)
	}
	until = earliest(until, o.d.today.Add(-30*time.Minute))
	o.regs = make([]*scheduling.Registration, len(o.guests))
	for i, t := range o.d.spread(len(o.guests), from, until) {
		o.d.at(t, func(ctx context.Context) error { return o.register(ctx, i) })
	}
}

func (o *occasion) register(ctx context.Context, i int) error {
	g := o.guests[i]
	u := scheduling.Signup{
		Name: g.Name, Email: g.Email, Company: g.company.Name, Title: g.Title, Lang: g.Lang,
		Answers: scheduling.Answers{}, Consents: map[string]bool{"participants": i%3 != 2, "newsletter": i%2 == 0, "photos": i%5 != 0},
	}
	if o.signup != nil {
		o.signup(i, &u)
	}
	rec, err := o.d.desk.Register(ctx, scheduling.Actor{Lang: g.Lang, Via: "page"}, o.event.ID, u)
	if err != nil {
		return err
	}
	o.regs[i] = rec.Lead()
	return nil
}

// planDoor checks in those who come, from twenty minutes before the start, and
// one who had not registered.
func (o *occasion) planDoor() {
	door := o.d.staff.eetu
	for i := range o.guests {
		late := o.event.Starts.Add(time.Duration(i)*40*time.Second - 20*time.Minute)
		if o.d.rand.Float64() > o.share {
			continue
		}
		o.d.at(late, func(ctx context.Context) error {
			r, err := o.d.desk.Registration(ctx, o.by, o.regs[i].ID)
			if err != nil || !r.Registration.Holds() {
				return err
			}
			_, err = o.d.desk.CheckIn(ctx, door, o.event.ID, r.Registration.Ticket)
			return err
		})
	}
	extra := o.d.crowd(1, func(g guest) bool { return !o.invites(g) })
	o.d.at(o.event.Starts.Add(25*time.Minute), func(ctx context.Context) error {
		_, err := o.d.desk.WalkIn(ctx, door, o.event.ID, scheduling.Signup{
			Name: extra[0].Name, Email: extra[0].Email, Company: extra[0].company.Name, Lang: extra[0].Lang})
		return err
	})
}

// invites reports whether g is among the guests.
func (o *occasion) invites(g guest) bool {
	for _, x := range o.guests {
		if x.Email == g.Email {
			return true
		}
	}
	return false
}

// cancels lets the i-th guest cancel by the link they have.
func (o *occasion) cancels(i int, at time.Time, reason string) {
	o.d.at(at, func(ctx context.Context) error {
		_, err := o.d.desk.CancelRegistration(ctx, o.regs[i].Holder(), o.regs[i].ID, reason)
		return err
	})
}

// handsOver lets the i-th guest send a colleague.
func (o *occasion) handsOver(i int, at time.Time, to scheduling.Guest) {
	o.d.at(at, func(ctx context.Context) error {
		_, err := o.d.desk.HandOver(ctx, o.regs[i].Holder(), o.regs[i].ID, to)
		return err
	})
}

// decides approves or rejects the i-th guest; an empty reason approves.
func (o *occasion) decides(i int, at time.Time, reason string) {
	o.d.at(at, func(ctx context.Context) (err error) {
		if reason == "" {
			_, err = o.d.desk.Approve(ctx, o.by, o.regs[i].ID)
		} else {
			_, err = o.d.desk.Reject(ctx, o.by, o.regs[i].ID, reason)
		}
		return err
	})
}

// changes lets the organiser edit the event.
func (o *occasion) changes(at time.Time, edit func(*scheduling.Event)) {
	o.d.at(at, func(ctx context.Context) error {
		p, err := o.d.desk.EventPage(ctx, o.by, o.event.Slug)
		if err != nil {
			return err
		}
		edit(p.Event)
		o.event, err = o.d.desk.SaveEvent(ctx, o.by, p.Event)
		return err
	})
}

// calledOff lets the organiser cancel the event.
func (o *occasion) calledOff(at time.Time, reason string) {
	o.d.at(at, func(ctx context.Context) error {
		_, err := o.d.desk.CancelEvent(ctx, o.by, o.event.ID, reason)
		return err
	})
}

// item is a line of an agenda on a day, from one time of the clock to another.
func item(day time.Time, from, to string, title scheduling.Text, room, speaker string) scheduling.Item {
	return scheduling.Item{Starts: clockTime(day, from), Ends: clockTime(day, to), Title: title, Room: room, Speaker: speaker}
}
