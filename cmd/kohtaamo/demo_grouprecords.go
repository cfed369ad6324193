package main

import (
	"context"
	"time"

	"kohtaamo/scheduling"
)

// A pastMeeting is what a working group's meeting said, and what it gave.
type pastMeeting struct {
	agenda    []scheduling.AgendaLine
	minutes   string
	decisions []string
	actions   []pastAction
}

// A pastAction is something that was promised there.
type pastAction struct {
	what     string
	owner    int // member of the group
	days     int // after the meeting that it was due
	doneOn   int // days after the meeting that it was done; 0: it is not
	whatCame string
}

// planGroupRecords writes up the meetings of the working group for circular
// construction: one whose date was found by a poll, the monthly ones after it,
// and a poll that runs.
func (d *demo) planGroupRecords() {
	kickOff := d.workday(-92, time.Thursday, "13:00")
	var poll *scheduling.DatePoll
	d.at(kickOff.AddDate(0, 0, -20), func(ctx context.Context) (err error) {
		poll, err = d.askForTime(ctx, tr("Circular construction: kick-off of the year", "Kiertotalousrakentaminen: vuoden aloitus"), tr("What do we want to have done in a year?", "Mitä haluamme saada vuodessa aikaan?"),
			kickOff.AddDate(0, 0, -10), kickOff.AddDate(0, 0, -1), kickOff, kickOff.AddDate(0, 0, 1))
		return err
	})
	d.at(kickOff.AddDate(0, 0, -18), func(ctx context.Context) error { return d.answerTimes(ctx, poll, 9) })
	d.at(kickOff.AddDate(0, 0, -9), func(ctx context.Context) error {
		r, err := d.desk.ClosePoll(ctx, d.staff.sara, poll.ID, poll.Times[1].ID)
		if err == nil {
			d.meet(r.ID, r.Starts, r.Ends, pastMeetings[0])
		}
		return err
	})
	n := 1
	for _, m := range d.constructionMeetings().Meetings() {
		if n == len(pastMeetings) || m.Ends.After(d.today.AddDate(0, 0, -2)) {
			break
		}
		past := pastMeetings[n]
		n++
		d.at(m.Starts.AddDate(0, 0, -6), func(ctx context.Context) error {
			p, err := d.desk.GroupMeetings(ctx, d.staff.sara, d.groups["circular-construction"].ID)
			if err == nil && len(p.Series) > 0 {
				m.Series = p.Series[0]
				d.meet(m.RecordID(), m.Starts, m.Ends, past)
			}
			return err
		})
	}
	d.at(d.day(-4, "9:30"), func(ctx context.Context) (err error) {
		visit := d.day(16, "12:00")
		poll, err = d.askForTime(ctx, tr("Visit to the timber yard", "Vierailu puutavarapihalle"), tr("We look at the store of reused beams together. Sturdy shoes, please.", "Katsomme yhdessä uusiokäyttöpalkkien varastoa. Tukevat kengät jalkaan."),
			d.day(4, "16:00"), visit, visit.AddDate(0, 0, 1), visit.AddDate(0, 0, 5))
		return err
	})
	d.at(d.day(-3, "11:10"), func(ctx context.Context) error { return d.answerTimes(ctx, poll, 5) })
}

// askForTime asks the group which times suit for a meeting of two hours.
func (d *demo) askForTime(ctx context.Context, title, about scheduling.Text, answerBy time.Time, times ...time.Time) (*scheduling.DatePoll, error) {
	return d.desk.SavePoll(ctx, d.staff.sara, scheduling.PollInput{GroupID: d.groups["circular-construction"].ID, Title: title, About: about, Zone: "Europe/Helsinki", Minutes: 120,
		Place: "Timber yard, Satamatie 4, 90520 Oulu", Starts: times, AnswerBy: answerBy})
}

// answerTimes has the first n members answer, each in their way.
func (d *demo) answerTimes(ctx context.Context, poll *scheduling.DatePoll, n int) error {
	for i, id := range d.groups["circular-construction"].Members[:n] {
		said := map[string]scheduling.GroupAnswer{}
		for j, t := range poll.Times {
			said[t.ID] = scheduling.GroupAnswers[(i*(j+2)+max(0, j-1))%len(scheduling.GroupAnswers)]
		}
		if _, err := d.desk.AnswerPoll(ctx, d.linked(id), poll.ID, id, said); err != nil {
			return err
		}
	}
	return nil
}

// linked is one of the demo's people who follows a link out of a mail.
func (d *demo) linked(id string) scheduling.Actor {
	for _, g := range d.people {
		if g.ID == id {
			return scheduling.Actor{ID: g.ID, Name: g.Name, Email: g.Email, Lang: g.Lang, Via: "link"}
		}
	}
	panic("demo: a member of a group is nobody") // a mistake in this package
}

// meet plans what is written of a meeting, and what becomes of what it gave.
func (d *demo) meet(id string, starts, ends time.Time, m pastMeeting) {
	by := d.staff.sara
	d.at(starts.AddDate(0, 0, -5), func(ctx context.Context) error {
		if _, err := d.desk.SaveAgenda(ctx, by, id, "", m.agenda); err != nil {
			return err
		}
		_, err := d.desk.MailAgenda(ctx, by, id)
		return err
	})
	d.at(ends.Add(10*time.Minute), func(ctx context.Context) error { return d.writeUp(ctx, id, ends, m) })
	d.at(ends.AddDate(0, 0, 2), func(ctx context.Context) error { return d.desk.MailMinutes(ctx, by, id) })
	d.at(ends.AddDate(0, 0, 20), func(ctx context.Context) error {
		_, err := d.desk.ApproveRecord(ctx, by, id)
		return err
	})
}

// writeUp notes who was there, what was said and who promised what.
func (d *demo) writeUp(ctx context.Context, id string, ends time.Time, m pastMeeting) error {
	by, g := d.staff.sara, d.groups["circular-construction"]
	var there []scheduling.Presence
	for i, member := range g.Members {
		there = append(there, scheduling.Presence{PersonID: member, State: []string{scheduling.Present, scheduling.Present, scheduling.Remote, scheduling.Present, scheduling.Excused, scheduling.Absent}[(i+len(m.minutes))%6]})
	}
	there = append(there, scheduling.Presence{Name: "Tuulikki Ojala, City of Oulu", State: scheduling.Present})
	if _, err := d.desk.MarkPresence(ctx, by, id, there...); err != nil {
		return err
	}
	var decisions []scheduling.Resolution
	for _, s := range m.decisions {
		decisions = append(decisions, scheduling.Resolution{Text: s})
	}
	if _, err := d.desk.SaveMinutes(ctx, by, id, "", m.minutes, decisions); err != nil {
		return err
	}
	for _, a := range m.actions {
		x, err := d.desk.SaveAction(ctx, by, scheduling.ActionInput{GroupID: g.ID, RecordID: id, What: a.what, OwnerID: g.Members[a.owner], Due: ends.AddDate(0, 0, a.days).Format(time.DateOnly)})
		if err != nil {
			return err
		}
		if a.doneOn > 0 {
			owner := d.linked(x.OwnerID)
			d.at(ends.AddDate(0, 0, a.doneOn), func(ctx context.Context) error {
				_, err := d.desk.SetAction(ctx, owner, x.ID, scheduling.ActionDone, a.whatCame)
				return err
			})
		}
	}
	_, err := d.desk.HoldRecord(ctx, by, id)
	return err
}

var pastMeetings = []pastMeeting{
	{
		agenda: []scheduling.AgendaLine{{Title: "Opening and who is here", Minutes: 15, Who: "Sara Niskanen"}, {Title: "What we want to have done in a year", Minutes: 60}, {Title: "How we work", Minutes: 30}},
		minutes: "## What we want to have done in a year\n\nThree things were named by most:\n\n- a **shared list of parts** that come out of buildings in Oulu\n- one public building that is taken apart with it\n- a common way to test reused beams\n\n## How we work\n\n" +
			"The group meets once a month, ninety minutes, in the room or online.",
		decisions: []string{"The group meets on the second Tuesday of each month at nine.", "The shared list of parts comes first."},
		actions: []pastAction{
			{what: "Draft the columns of the shared list of parts", owner: 1, days: 21, doneOn: 18, whatCame: "Sent to everybody; eleven columns."},
			{what: "Ask the city which buildings come down next year", owner: 3, days: 30, doneOn: 33, whatCame: "Two schools and a depot."},
		},
	},
	{
		agenda:    []scheduling.AgendaLine{{Title: "Minutes of the last meeting", Minutes: 5, Who: "Sara Niskanen"}, {Title: "The shared list of parts", Minutes: 40}, {Title: "Testing of beams", Minutes: 30}, {Title: "Next steps", Minutes: 15}},
		minutes:   "## The shared list of parts\n\nThe draft was gone through line by line. Fire class and drilling marks were added.\n\n## Testing of beams\n\nThe university can test *ten beams a week* from spring on. Who pays is open.",
		decisions: []string{"The list of parts is used from now on as it stands.", "Two members ask for offers for testing."},
		actions: []pastAction{
			{what: "Put the list of parts where all members can write in it", owner: 2, days: 14, doneOn: 12, whatCame: "Everybody has the address."},
			{what: "Get an offer for testing ten beams", owner: 5, days: 25},
			{what: "Find out what the insurer wants to know about reused parts", owner: 4, days: 60},
		},
	},
	{
		agenda:    []scheduling.AgendaLine{{Title: "Minutes of the last meeting", Minutes: 5, Who: "Sara Niskanen"}, {Title: "Open action items", Minutes: 15}, {Title: "The depot: what comes out of it", Minutes: 45}, {Title: "Visit to the timber yard", Minutes: 10}},
		minutes:   "## The depot\n\nThe first count gives some **240 beams** and 60 doors. The beams are worth testing, the doors go straight to the marketplace.\n\n## Visit\n\nThe timber yard shows its store. Dates are asked by a poll.",
		decisions: []string{"The depot is the first building of the group."},
		actions: []pastAction{
			{what: "Count the windows of the depot", owner: 0, days: 10, doneOn: 9, whatCame: "84, of which 70 whole."},
			{what: "Write to the marketplace about sixty doors", owner: 6, days: 45},
		},
	},
}
