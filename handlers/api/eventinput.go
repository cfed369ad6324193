package api

import (
	"strconv"
	"time"

	"kohtaamo/scheduling"
)

// into writes what came in over e; whether it holds together is for the desk to
// say.
func (in EventFields) into(e *scheduling.Event) error {
	w := wrong{}
	e.Slug = in.Slug
	e.Title, e.Summary, e.Body = w.text("title", in.Title), w.text("summary", in.Summary), w.text("body", in.Body)
	e.Kind, e.Mode, e.Audience = in.Kind, scheduling.Mode(in.Mode), scheduling.Audience(in.Audience)
	e.Starts, e.Ends = w.instant("starts", in.Starts), w.instant("ends", in.Ends)
	e.Zone, e.AllDay = in.Zone, in.AllDay
	e.Venue, e.Address, e.Geo, e.Link = in.Venue, in.Address, (*scheduling.Geo)(in.Geo), in.Link
	e.ClusterIDs, e.GroupIDs, e.ProjectID = list(in.ClusterIDs), list(in.GroupIDs), in.ProjectID
	e.Contact, e.ContactEmail = in.Contact, in.ContactEmail
	e.Agenda = make([]scheduling.Item, len(in.Agenda))
	for i, it := range in.Agenda {
		e.Agenda[i] = it.item(w, "agenda."+strconv.Itoa(i))
	}
	e.Rules = in.Registration.rules(w)
	return w.problem()
}

func (in AgendaItem) item(w wrong, at string) scheduling.Item {
	return scheduling.Item{
		UID: in.UID, Starts: w.instant(at+".starts", in.Starts), Ends: w.instant(at+".ends", in.Ends),
		Title: w.text(at+".title", in.Title), Room: in.Room, Speaker: in.Speaker, About: w.text(at+".about", in.About),
	}
}

func (in RegRules) rules(w wrong) scheduling.EventRules {
	r := scheduling.EventRules{
		Seats: in.Seats, OpensAt: w.instant("opens_at", or(in.OpensAt, time.Time{})),
		ClosesAt: w.instant("closes_at", or(in.ClosesAt, time.Time{})), LockAt: w.instant("lock_at", or(in.LockAt, time.Time{})),
		Approval: in.Approval, ConfirmAddress: in.ConfirmAddress, PartyMax: max(1, in.PartyMax),
		OfferHours: or(in.OfferHours, 48), Waitlist: or(in.Waitlist, true), Reminders: in.Reminders,
		FollowUp: or(in.FollowUp, true), ShowList: in.ShowList,
	}
	if in.Reminders == nil {
		r.Reminders = []int{7, 1}
	}
	for i, q := range in.Questions {
		r.Questions = append(r.Questions, q.question(w, "questions."+strconv.Itoa(i)))
	}
	for i, c := range in.Consents {
		label := w.text("consents."+strconv.Itoa(i)+".label", c.Label)
		r.Consents = append(r.Consents, scheduling.ConsentAsk{Purpose: c.Purpose, Label: label, Required: c.Required})
	}
	return r
}

func (in Question) question(w wrong, at string) scheduling.Question {
	q := scheduling.Question{
		Key: in.Key, Kind: scheduling.QuestionKind(in.Kind), Required: in.Required,
		Label: w.text(at+".label", in.Label), Help: w.text(at+".help", in.Help),
	}
	for i, o := range in.Options {
		q.Options = append(q.Options, scheduling.Option{Key: o.Key, Label: w.text(at+".options."+strconv.Itoa(i)+".label", o.Label)})
	}
	if in.When != nil {
		q.When = &scheduling.ShownWhen{Question: in.When.Question, Is: in.When.Is}
	}
	return q
}
