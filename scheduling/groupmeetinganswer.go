package scheduling

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"kohtaamo/scheduling/ical"
	"kohtaamo/storage"
)

// A GatheringAnswer is what a person says about the times of a gathering.
// Times that it does not name stay as they were answered.
type GatheringAnswer struct {
	Answers map[string]GroupAnswer // by time ID
	Zone    string                 // of their wall clock; none: as it was
	UseBusy *bool                  // who decides may see when their calendars say they are busy
}

// GatheringLink is the last part of the address where a person answers.
func (d *Desk) GatheringLink(g *Gathering, personID string) string {
	return d.sign("gathering", g.ID+"-"+personID, 0)
}

// GatheringByLink finds the gathering of a link out of a mail, and whoever it
// was sent to as one who asks. Somebody who is not asked any more finds nothing.
func (d *Desk) GatheringByLink(ctx context.Context, link string) (p *GatheringPage, by Actor, err error) {
	key, mac, ok := splitLink(link)
	if !ok || !d.signed("gathering", key, 0, mac) {
		return nil, by, errHidden
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		p, by, err = d.linkedGathering(tx, key)
		return err
	})
	return p, by, err
}

func (d *Desk) linkedGathering(tx *storage.Tx, key string) (*GatheringPage, Actor, error) {
	if len(key) < 2*16+1 {
		return nil, Actor{}, errHidden
	}
	cut := len(key) - 16 // an id has 16
	g, err := gatherings.Get(tx, key[:cut-1])
	if err != nil {
		return nil, Actor{}, err
	}
	who, _ := g.Person(key[cut:])
	if who == nil {
		return nil, Actor{}, errHidden
	}
	by := Actor{ID: who.PersonID, Name: who.Name, Email: who.Email, Lang: who.Lang, Via: "link"}
	p, err := d.gatheringPage(tx, by, g.ID)
	return p, by, err
}

// AnswerGathering notes what a person says, by themselves or by who decides,
// and does what follows from it. The same answer twice is one.
func (d *Desk) AnswerGathering(ctx context.Context, by Actor, id, personID string, in GatheringAnswer) (out *Gathering, err error) {
	if _, err := ical.LoadZone(in.Zone); err != nil {
		return nil, &Problem{Kind: Invalid, Key: "problem.invalid", Fields: map[string]string{"zone": "event.zone"}}
	}
	err = d.again(func() error {
		return d.update(ctx, func(tx *storage.Tx) error {
			p, err := d.gatheringPage(tx, by, id)
			if err != nil {
				return err
			}
			who, _ := p.Gathering.Person(personID)
			if who == nil || !p.Manage && who.PersonID != by.ID {
				return errHidden
			}
			out = p.Gathering
			return d.answer(tx, by, p, who, in)
		})
	})
	if err != nil {
		return nil, fmt.Errorf("answer group meeting %s: %w", id, changedMeanwhile(err))
	}
	return out, nil
}

func (d *Desk) answer(tx *storage.Tx, by Actor, p *GatheringPage, who *GatheringPerson, in GatheringAnswer) error {
	g, chosen := p.Gathering, p.Gathering.Chosen
	had := who.Answers[chosen]
	said, err := d.say(tx, g, who, in.Answers)
	if err != nil {
		return err
	}
	if who.PersonID == by.ID {
		if err := who.prefer(tx, in); err != nil {
			return err
		}
	}
	if said {
		if err := d.followUp(tx, p.Group, g); err != nil {
			return err
		}
		if g.Chosen == chosen { // else everybody was told
			err = d.comeOrGo(tx, p.Group, g, who, had)
		}
		if err != nil {
			return err
		}
	}
	g.index()
	if err := d.storeGathering(tx, p.Group, g); err != nil || !said {
		return err
	}
	return d.log(tx, by, "gathering.answer", g.ID, g.GroupID, who.Name, "")
}

// say notes answers, and reports whether one of them is news.
func (d *Desk) say(tx *storage.Tx, g *Gathering, who *GatheringPerson, answers map[string]GroupAnswer) (news bool, err error) {
	if !g.State.Open() {
		return false, &Problem{Kind: Closed, Key: "b2b.meeting_over"}
	}
	f := faults{}
	all := maps.Clone(who.Answers)
	if all == nil {
		all = map[string]GroupAnswer{}
	}
	for id, a := range answers {
		t, ok := g.TimeOf(id)
		if !ok || !slices.Contains(GroupAnswers, a) {
			f.add("answer", "problem.choice")
			continue
		}
		if all[id] == a {
			continue
		}
		if !g.EndOf(t).After(tx.Now()) {
			f.add("answer."+id, "event.in_the_past")
		}
		taken, err := takenAt(tx, g.ID, who.PersonID, t.Starts, g.EndOf(t))
		if err != nil {
			return false, err
		}
		if taken && a.Comes() {
			f.add("answer."+id, "b2b.booked")
		}
		all[id], news = a, true
	}
	if err := f.problem(); err != nil || !news {
		return false, err
	}
	who.Answers, who.AnsweredAt = all, tx.Now()
	who.RSVP = RSVP{Answer: all[g.ownTime().ID].single(), At: tx.Now(), Via: "link", Sequence: who.Invite.Sequence, Stamp: tx.Now()}
	who.Revision++
	return true, nil
}

// prefer keeps how a person wants to be asked: their zone with them, for the
// next time too.
func (p *GatheringPerson) prefer(tx *storage.Tx, in GatheringAnswer) error {
	if in.UseBusy != nil {
		p.UseBusy = *in.UseBusy
	}
	if in.Zone == "" || in.Zone == p.Zone {
		return nil
	}
	p.Zone = in.Zone
	who, err := people.Get(tx, p.PersonID)
	if err != nil {
		return err
	}
	who.Zone = in.Zone
	return people.Put(tx, who)
}

// followUp lets g's state follow from its answers, books who comes and tells
// those whom that concerns. The caller stores g.
func (d *Desk) followUp(tx *storage.Tx, grp *Group, g *Gathering) error {
	was := g.State
	state, t, err := d.following(tx, g)
	if err != nil {
		return err
	}
	if g.Chosen != "" && g.Count(t).Meets {
		g.Stood = nil
	}
	switch {
	case was == GatheringTentative && state == GatheringConfirmed:
		return d.confirm(tx, grp, g, t)
	case was == GatheringConfirmed && state == GatheringAtRisk:
		g.State = state
		g.Falls++
		err = d.tellRisk(tx, grp, g, mailMeetingRisk)
	case was == GatheringAtRisk && state == GatheringConfirmed:
		g.State = state
		err = d.tellRisk(tx, grp, g, mailMeetingSafe)
	}
	if err != nil || !g.State.Fixed() {
		return err
	}
	return rebook(tx, g)
}

// following is follow, for people who may have been booked elsewhere since they
// answered: these cannot come.
func (d *Desk) following(tx *storage.Tx, g *Gathering) (GatheringState, CandidateTime, error) {
	for {
		state, t := g.follow(tx.Now())
		if g.State != GatheringTentative || state != GatheringConfirmed {
			return state, t, nil
		}
		before := g.Count(t)
		if err := d.excuse(tx, g, t); err != nil {
			return state, t, err
		}
		if g.Count(t) == before {
			return state, t, nil
		}
	}
}

// excuse makes no of the yes of everybody who has another meeting of ours at a
// time.
func (d *Desk) excuse(tx *storage.Tx, g *Gathering, t CandidateTime) error {
	for _, p := range g.everybody() {
		if !p.Answers[t.ID].Comes() {
			continue
		}
		taken, err := takenAt(tx, g.ID, p.PersonID, t.Starts, g.EndOf(t))
		if err != nil {
			return err
		}
		if taken {
			p.Answers[t.ID] = GroupNo
			p.AnsweredAt = tx.Now()
			p.Revision++
		}
	}
	return nil
}

// confirm gives g its time, books everybody who comes and tells all.
func (d *Desk) confirm(tx *storage.Tx, grp *Group, g *Gathering, t CandidateTime) error {
	g.fix(t, tx.Now())
	if err := rebook(tx, g); err != nil {
		return err
	}
	return d.tellFixed(tx, grp, g)
}

// rebook makes the bookings of g those of who comes, so that nobody is in two
// meetings at once, of whatever kind.
func rebook(tx *storage.Tx, g *Gathering) error {
	if err := free(tx, g.ID); err != nil {
		return err
	}
	err := book(tx, &Meeting{Meta: storage.Meta{ID: g.ID}, PersonIDs: g.comers(), Starts: g.Starts, Ends: g.Ends})
	var clash *Clash
	if errors.As(err, &clash) {
		return &Problem{Kind: Full, Key: "b2b.booked"}
	}
	return err
}

// comeOrGo tells somebody alone who comes to a gathering that had its time
// already, or comes no more, so that their calendar knows it.
func (d *Desk) comeOrGo(tx *storage.Tx, grp *Group, g *Gathering, who *GatheringPerson, had GroupAnswer) error {
	if g.Chosen == "" || had == who.Answers[g.Chosen] {
		return nil
	}
	switch now := who.Answers[g.Chosen]; {
	case had == "" && !who.Invited && !now.Comes():
		return nil // they had no entry, and need none
	case now.Comes() && !had.Comes():
		return d.tellPerson(tx, grp, g, who, mailMeetingFixed)
	case !now.Comes() && (had.Comes() || who.Invited):
		return d.tellPerson(tx, grp, g, who, mailMeetingOut)
	}
	return nil
}

// KeepGatherings does what comes with time: those are confirmed whose answers
// were waited for, those are over that took place, and those are called off
// that found no time. It says how many.
func (d *Desk) KeepGatherings(ctx context.Context, now time.Time) (done int, err error) {
	var due []string
	err = d.view(ctx, func(tx *storage.Tx) error {
		due = nil
		for g, err := range gatherings.Each(tx, storage.Query{Where: []storage.Cond{storage.Is("open", true)}}) {
			if err != nil {
				return err
			}
			if g.due(now) {
				due = append(due, g.ID)
			}
		}
		return nil
	})
	for _, id := range due {
		if err != nil || ctx.Err() != nil {
			break
		}
		err = d.keepGathering(ctx, id, now)
		done++
	}
	if err != nil {
		return done, fmt.Errorf("keep group meetings: %w", err)
	}
	return done, nil
}

// due reports whether there may be something to do about g at now. One that is
// at risk at its end is for its coordinator to say something about.
func (g *Gathering) due(now time.Time) bool {
	switch g.State {
	case GatheringTentative:
		return !now.Before(g.Last) || !g.AnswerBy.IsZero() && !now.Before(g.AnswerBy)
	case GatheringConfirmed:
		return !now.Before(g.Ends)
	}
	return false
}

func (d *Desk) keepGathering(ctx context.Context, id string, now time.Time) error {
	return d.update(ctx, func(tx *storage.Tx) error {
		g, err := gatherings.Get(tx, id)
		if err != nil || !g.due(now) {
			return err
		}
		grp, err := groups.Get(tx, g.GroupID)
		if err != nil {
			return err
		}
		was, action := g.State, "gathering.keep"
		switch {
		case g.State == GatheringConfirmed:
			g.State, g.EndedAt, action = GatheringHeld, now, "gathering.hold"
		case !now.Before(g.Last):
			action, err = "gathering.lapse", d.callOff(tx, grp, g, "") // no time was found
		default:
			if err = d.followUp(tx, grp, g); err == nil && g.State == was {
				err = d.tellRisk(tx, grp, g, mailMeetingNone)
			}
		}
		if err != nil || g.State == was {
			return err
		}
		return d.putGathering(tx, System("meetings"), grp, g, action, "")
	})
}
