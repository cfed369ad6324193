package scheduling

import (
	"fmt"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/storage"
	"kohtaamo/templates"
)

// The kinds of mail about applications. Each has its words under "letter.KIND"
// in templates/locales.
const (
	applicationReceived    = "application.received"
	applicationAgain       = "application.again" // somebody else applied for the same company
	applicationShortlisted = "application.shortlisted"
	applicationOffered     = "application.offered"
	applicationReminder    = "application.offer_reminder" // a day before the deadline
	applicationAccepted    = "application.accepted"
	applicationConfirmed   = "application.confirmed" // the trip takes place
	applicationCommitAsked = "application.commit_reminder"
	applicationCommitted   = "application.committed"
	applicationReserve     = "application.reserve"
	applicationDeclined    = "application.declined"
	applicationExpired     = "application.expired"
	applicationWithdrawn   = "application.withdrawn"
	applicationCalledOff   = "application.called_off" // the trip does not take place
)

// applicationMailKinds are all of them, in the order of a list.
var applicationMailKinds = []string{applicationReceived, applicationAgain, applicationShortlisted, applicationOffered, applicationReminder, applicationAccepted,
	applicationConfirmed, applicationCommitAsked, applicationCommitted, applicationReserve, applicationDeclined, applicationExpired, applicationWithdrawn, applicationCalledOff}

// mailForApplication is the kind that says where a stands; "" where there is
// nothing to say.
func mailForApplication(a *Application) string {
	switch a.State {
	case ApplicationSubmitted:
		return applicationReceived
	case ApplicationShortlisted:
		return applicationShortlisted
	case ApplicationReserve:
		return applicationReserve
	case ApplicationOffered:
		return applicationOffered
	case ApplicationAccepted:
		return applicationAccepted
	case ApplicationCommitted:
		return applicationCommitted
	case ApplicationExpired:
		return applicationExpired
	case ApplicationDeclined, ApplicationWithdrawn:
		return mailForEnd(a)
	}
	return ""
}

// mailForEnd says who ended a.
func mailForEnd(a *Application) string {
	switch {
	case a.EndedBy == endedByCompany:
		return applicationWithdrawn
	case a.EndedBy == endedByTrip && a.State == ApplicationWithdrawn:
		return applicationCalledOff
	}
	return applicationDeclined
}

// tellApplicant promises the mail of a kind to the person who applied. It
// speaks of a as it is stored: what changes about that later withdraws it.
func (d *Desk) tellApplicant(tx *storage.Tx, t *Trip, a *Application, kind string) error {
	if kind == "" {
		return nil
	}
	l := d.Texts.In(a.Lang)
	w := tripLetter{kind: kind, email: a.Email, name: a.Name, lang: a.Lang, facts: applicationFacts(l, t, a, kind), button: d.applicationStep(t, a, kind),
		args: []any{"company", a.Company, "when", t.Days(l)}}
	if a.Reason != "" && !a.State.Live() {
		w.said = []string{l.Text("letter.reason", "reason", a.Reason)}
	}
	m, err := d.tripMail(tx, t, w)
	if err != nil {
		return err
	}
	m.ID, m.Ref, m.Order = fmt.Sprintf("%s/%s/%d", kind, a.ID, a.Rev), a.ID, a.ID
	m.Expires = applicationMailUntil(t, a, kind)
	return d.Outbox.Add(tx, *m)
}

// applicationMailUntil is when a mail of the kind is of no use any more.
func applicationMailUntil(t *Trip, a *Application, kind string) time.Time {
	switch kind {
	case applicationOffered, applicationReminder:
		return a.Deadline
	case applicationCommitAsked:
		return t.Selection.CommitBy
	case applicationConfirmed, applicationReserve:
		return t.Starts
	}
	return time.Time{}
}

// applicationFacts are what a mail is about: the trip, when, where, how many
// seats, and until when something is asked.
func applicationFacts(l *templates.Lang, t *Trip, a *Application, kind string) []mailer.Fact {
	fs := []mailer.Fact{
		{Label: l.Text("application.fact.trip"), Value: t.Title.In(l.Code())},
		{Label: l.Text("letter.fact.when"), Value: t.Days(l)},
		{Label: l.Text("letter.fact.where"), Value: t.Route()},
		{Label: l.Text("application.fact.company"), Value: a.Company},
		{Label: l.Text("application.fact.seats"), Value: l.Number(a.Seats)},
	}
	switch by := t.Selection.CommitBy; kind {
	case applicationOffered, applicationReminder:
		fs = append(fs, mailer.Fact{Label: l.Text("application.fact.accept_by"), Value: l.When(a.Deadline, t.Zone)})
	case applicationAccepted, applicationConfirmed, applicationCommitAsked:
		if !by.IsZero() && a.State == ApplicationAccepted {
			fs = append(fs, mailer.Fact{Label: l.Text("application.fact.commit_by"), Value: l.When(by, t.Zone)})
		}
	}
	return fs
}

// applicationStep is where the one button of a mail leads.
func (d *Desk) applicationStep(t *Trip, a *Application, kind string) string {
	switch kind {
	case applicationDeclined, applicationExpired, applicationWithdrawn:
		return d.TripURL(t)
	case applicationCalledOff:
		return d.BaseURL + "/trips"
	}
	return d.ApplicationURL(a)
}
