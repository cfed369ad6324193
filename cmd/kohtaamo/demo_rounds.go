package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"kohtaamo/scheduling"
)

// A matchmaking is one round of B2B meetings of the demo with what becomes of it.
type matchmaking struct {
	d       *demo
	by      scheduling.Actor
	round   *scheduling.Round // what the organiser types; once made, as it is stored
	event   *occasion         // that it is part of
	created time.Time
	guests  []guest // one from each company that enters
	asks    int     // that each of them sends
	solved  time.Time

	entrants []*scheduling.Entrant // as they entered
}

// planRounds plans last winter's round with what came of it, the one of
// Northern Power, solved and published, and one in which companies book by
// themselves and are asking each other just now.
func (d *demo) planRounds(power *occasion) {
	d.planLastRound()
	day := power.event.Starts.In(d.zone)
	r := scheduling.NewRound(d.automotive, day)
	r.Slug = "northern-power-meetings-" + day.Format("2006")
	r.Title = tr("Northern Power: B2B meetings", "Northern Power: yritystapaamiset")
	r.About = tr("Twenty minutes each, at tables beside the auditorium. Say what you offer and what you look for, ask for those you want to meet, and find your own schedule a week before.",
		"Kaksikymmentä minuuttia kukin, auditorion viereisissä pöydissä. Kerro, mitä tarjoat ja mitä etsit, pyydä tapaamisia ja saat oman aikataulusi viikkoa ennen.")
	r.Days[0].Windows = []scheduling.Window{{From: "10:00", To: "12:15", Name: "Morning"}, {From: "13:15", To: "16:40", Name: "Afternoon"}}
	r.Tables = demoTables(20)
	r.Limits = scheduling.RoundLimits{Meetings: 10, Requests: 12, Musts: 3, ExpireHours: 10 * 24, Entrants: 80, Public: true}
	r.Plan = scheduling.RoundPlan{ProfilesAt: d.day(-48, "9:00"), RequestsAt: d.day(-30, "9:00"), SchedulingAt: d.day(-6, "9:00")}
	r.Contact, r.ContactEmail = d.staff.mikko.Name, d.staff.mikko.Email
	d.match(&matchmaking{by: d.staff.mikko, round: r, event: power, created: d.day(-49, "14:10"), guests: d.oneEach(60, nil), asks: 6, solved: d.day(-5, "11:20")})

	day = d.workday(48, time.Wednesday, "9:00")
	r = scheduling.NewRound(d.circular, day)
	r.Slug = "circular-partners-" + day.Format("2006-01")
	r.Title = tr("Circular partners: book your meetings", "Kiertotalouskumppanit: varaa tapaamisesi")
	r.About = tr("An open day of short meetings, at tables or by video. An accepted request takes the first time that suits both.",
		"Avoin päivä lyhyille tapaamisille pöydissä tai videolla. Hyväksytty pyyntö saa ensimmäisen ajan, joka sopii molemmille.")
	r.Way, r.Tables = scheduling.ByBooking, append(demoTables(6), scheduling.Table{Name: "Video 1", Kind: scheduling.ByVideo, Link: "https://meet.oulujoki-business-house.example/partners-1"})
	r.Limits = scheduling.RoundLimits{Requests: 10, ExpireHours: 14 * 24}
	r.Plan = scheduling.RoundPlan{ProfilesAt: d.day(-21, "9:00"), RequestsAt: d.day(-9, "9:00"), SchedulingAt: d.day(40, "9:00")}
	r.Contact, r.ContactEmail = d.staff.sara.Name, d.staff.sara.Email
	d.match(&matchmaking{by: d.staff.sara, round: r, created: d.day(-22, "10:05"), guests: d.oneEach(26, of(d.circular)), asks: 4})
}

// planLastRound is a small round of last winter, of which both sides have said
// what came.
func (d *demo) planLastRound() {
	day := d.workday(-70, time.Thursday, "9:00")
	r := scheduling.NewRound(d.automotive, day)
	r.Slug = "winter-testing-meetings"
	r.Title = tr("Winter testing: B2B meetings", "Talvitestaus: yritystapaamiset")
	r.About = tr("Test sites and those who need them.", "Testiradat ja niiden käyttäjät.")
	r.Days[0].Windows = r.Days[0].Windows[:1]
	r.Tables = demoTables(6)
	before := func(days int) time.Time { return clockTime(day.AddDate(0, 0, -days), "9:00") }
	r.Plan = scheduling.RoundPlan{ProfilesAt: before(30), RequestsAt: before(20), SchedulingAt: before(6)}
	r.Limits = scheduling.RoundLimits{Meetings: 6, ExpireHours: 7 * 24}
	m := &matchmaking{by: d.staff.mikko, round: r, created: before(31), guests: d.oneEach(14, of(d.automotive)), asks: 4, solved: before(5)}
	d.match(m)
	m.planOutcomes(day.AddDate(0, 0, 1))
}

func demoTables(n int) (out []scheduling.Table) {
	for i := range n {
		out = append(out, scheduling.Table{Name: fmt.Sprint(i + 1), Kind: scheduling.AtTable})
	}
	return out
}

// oneEach takes the first person of each of n companies; those of the house
// itself do not meet.
func (d *demo) oneEach(n int, from func(guest) bool) (out []guest) {
	seen := map[string]bool{}
	for _, pass := range []func(guest) bool{of(d.automotive), nil} { // the automotive ones first
		for _, g := range d.people {
			if len(out) < n && !seen[g.CompanyID] && g.company.Name != demoHouse && (from == nil || from(g)) && (from != nil || pass == nil || pass(g)) {
				seen[g.CompanyID] = true
				out = append(out, g)
			}
		}
	}
	return out
}

// match plans a round: companies enter, ask for whom they are suggested,
// answer, and get the schedule.
func (d *demo) match(m *matchmaking) {
	m.d = d
	d.at(m.created, func(ctx context.Context) (err error) {
		if m.event != nil {
			m.round.EventID = m.event.event.ID
		}
		m.round, err = d.desk.SaveRound(ctx, m.by, m.round)
		return err
	})
	plan := m.round.Plan
	for _, at := range []time.Time{plan.ProfilesAt, plan.RequestsAt, plan.SchedulingAt} {
		d.at(at, func(ctx context.Context) error {
			_, err := d.desk.MoveRounds(ctx, d.clock)
			return err
		})
	}
	m.entrants = make([]*scheduling.Entrant, len(m.guests))
	for i, t := range d.spread(len(m.guests), plan.ProfilesAt.Add(time.Hour), plan.RequestsAt.Add(-time.Hour)) {
		d.at(t, func(ctx context.Context) error { return m.enter(ctx, i) })
	}
	until := earliest(plan.SchedulingAt.Add(-36*time.Hour), d.today.Add(-time.Hour))
	for i, t := range d.spread(len(m.guests), plan.RequestsAt.Add(time.Hour), until.Add(-24*time.Hour)) {
		d.at(t, func(ctx context.Context) error { return m.ask(ctx, i) })
	}
	if !m.solved.IsZero() {
		d.at(m.solved, m.solve)
	}
}

// actor is a guest as one who is signed in.
func (g guest) actor() scheduling.Actor {
	return scheduling.Actor{ID: g.ID, Name: g.Name, Email: g.Email, Lang: g.Lang, Via: "page"}
}

func (m *matchmaking) enter(ctx context.Context, i int) (err error) {
	g := m.guests[i]
	in := &scheduling.Entrant{RoundID: m.round.ID, CompanyID: g.CompanyID, Listed: i%4 != 3,
		Offers: sentence(g.company.Offers), Needs: sentence(g.company.Needs), Tags: g.company.Tags, Country: g.company.Country}
	m.entrants[i], err = m.d.desk.Enter(ctx, g.actor(), in)
	return err
}

// sentence takes a list in words apart.
func sentence(s string) (out []string) {
	for _, part := range strings.Split(s, ", ") {
		if part != "" {
			out = append(out, strings.ToUpper(part[:1])+part[1:])
		}
	}
	return out
}

// ask sends a guest's requests to whom the house suggests, and has most of
// these answered some time later.
func (m *matchmaking) ask(ctx context.Context, i int) error {
	me := m.guests[i].actor()
	found, err := m.d.desk.Suggest(ctx, me, m.entrants[i].ID, m.asks)
	if err != nil {
		return err
	}
	for k, s := range found {
		wish := []scheduling.Wish{scheduling.Want, scheduling.Maybe}[k%2]
		if k == 0 && i%4 == 0 {
			wish = scheduling.Must
		}
		q, err := m.d.desk.SendRequest(ctx, me, m.entrants[i].ID, scheduling.Ask{To: s.Entrant.ID, Wish: wish})
		if err != nil {
			return err
		}
		if q.State == scheduling.RequestSent && m.d.rand.IntN(10) > 0 {
			m.d.at(m.d.clock.Add(time.Duration(2+m.d.rand.IntN(28))*time.Hour), func(ctx context.Context) error { return m.answer(ctx, q) })
		}
	}
	return nil
}

func (m *matchmaking) answer(ctx context.Context, q *scheduling.Request) error {
	i := m.entrantAt(q.To)
	in := scheduling.Reply{Wish: []scheduling.Wish{scheduling.Want, scheduling.Maybe, scheduling.Want, scheduling.Must, scheduling.Want, scheduling.No}[m.d.rand.IntN(6)]}
	if in.Wish == scheduling.No {
		in.Text = "Thank you, but this is not for us now."
	}
	_, err := m.d.desk.AnswerRequest(ctx, m.guests[i].actor(), q.To, q.ID, in)
	if p := scheduling.ProblemIn(err); p != nil && p.Kind != scheduling.Invalid {
		return nil // answered meanwhile by asking back, or no time suits both
	}
	return err
}

// entrantAt is which one of the guests' companies an entrant is.
func (m *matchmaking) entrantAt(id string) int {
	for i, e := range m.entrants {
		if e != nil && e.ID == id {
			return i
		}
	}
	panic("demo: a request to nobody") // a mistake in this package
}

// solve has the schedule made and publishes it.
func (m *matchmaking) solve(ctx context.Context) error {
	p, err := m.d.desk.Propose(ctx, m.by, m.round.ID, scheduling.ProposalInput{Name: "First proposal", Budget: 3 * time.Second})
	if err != nil {
		return err
	}
	if _, err := m.d.desk.SolveNext(ctx); err != nil {
		return err
	}
	m.d.at(m.d.clock.Add(26*time.Hour), func(ctx context.Context) error {
		_, err := m.d.desk.Publish(ctx, m.by, p.ID)
		return err
	})
	return nil
}

// planOutcomes has most of those who met say what came of it.
func (m *matchmaking) planOutcomes(day time.Time) {
	m.d.at(clockTime(day, "10:00"), func(ctx context.Context) error {
		for i, e := range m.entrants {
			me := m.guests[i].actor()
			_, had, err := m.d.desk.MyOutcomes(ctx, me, m.round.Slug)
			if err != nil {
				return err
			}
			for _, o := range had {
				if err := m.tell(ctx, me, e, o); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func (m *matchmaking) tell(ctx context.Context, me scheduling.Actor, e *scheduling.Entrant, o *scheduling.OutcomePage) error {
	n := m.d.rand.IntN(12)
	in := scheduling.Outcome{Met: n != 0, Step: scheduling.Ladders[min(n/2, len(scheduling.Ladders)-1)], Rating: 2 + n%4}
	switch {
	case n > 9:
		return nil // says nothing
	case n == 0:
		for _, side := range o.OtherSides() {
			in.Absent = append(in.Absent, side.EntrantID)
		}
	case n > 3:
		in.Next, in.Owner, in.Due = "Send the data sheet and agree on a call", me.ID, o.Meeting.Starts.AddDate(0, 0, 14).Format(time.DateOnly)
		in.Done = n > 6
	}
	_, err := m.d.desk.SaveOutcome(ctx, me, o.Meeting.ID, e.ID, in)
	return err
}
