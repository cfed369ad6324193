package scheduling

import (
	"crypto/hmac"
	"errors"

	"kohtaamo/mailer"
	"kohtaamo/scheduling/ical"
	"kohtaamo/storage"
)

// gatheringReplyTo is the address that p's answers to the invite of g go to, as
// those of registrations do (see replyTo); "" where there is no mailbox for them.
func (d *Desk) gatheringReplyTo(g *Gathering, p *GatheringPerson) string {
	return d.replyAddress(g.ID, d.gatheringSignature(g, p))
}

func (d *Desk) gatheringSignature(g *Gathering, p *GatheringPerson) []byte {
	return d.mac("gathering-reply", g.ID+"-"+p.PersonID, 0)[:replySignature]
}

// receiveForGathering takes an answer to the invite of a group meeting out of a
// message; ours says whether it is one.
func (d *Desk) receiveForGathering(tx *storage.Tx, in *mailer.Incoming, a ical.Reply) (out Received, ours bool, err error) {
	g, err := gatherings.First(tx, storage.Query{Where: []storage.Cond{storage.Is("uid", a.UID)}})
	if errors.Is(err, storage.ErrNotFound) {
		return out, false, nil
	}
	if err != nil {
		return out, true, err
	}
	who, why := d.gatheringAnswered(g, in, a)
	if why != "" {
		return Received{Refused, why}, true, nil
	}
	said := RSVP{Answer: answerOf(a.Answer), Comment: a.Comment, Via: "mail", Sequence: a.Sequence, Stamp: a.Stamp}
	if said.Answer == "" {
		return Received{Ignored, "the answer is neither yes nor maybe nor no"}, true, nil
	}
	weighed, err := d.noteForGathering(tx, g, who, said)
	var problem *Problem
	if errors.As(err, &problem) { // the page would say it; nothing was kept
		return Received{Ignored, "it cannot be taken any more: " + problem.Key}, true, nil
	}
	return weighed.received(said.Answer), true, err
}

// gatheringAnswered finds the person of a group meeting whom a message is shown
// to be from, or says why there is none. It is decided as for registrations: see
// answered.
func (d *Desk) gatheringAnswered(g *Gathering, in *mailer.Incoming, a ical.Reply) (who *GatheringPerson, why string) {
	attendee, _ := NormalEmail(a.Attendee)
	from, _ := NormalEmail(in.From)
	for _, p := range g.everybody() {
		if p.Email == attendee && attendee != "" {
			who = p
		}
	}
	for _, to := range in.To {
		id, signature, ok := d.replyToken(to)
		if !ok || id != g.ID {
			continue
		}
		if who == nil || !hmac.Equal(signature, d.gatheringSignature(g, who)) {
			return nil, "the answer is somebody else's than the one who was invited"
		}
		return who, ""
	}
	switch {
	case who == nil:
		return nil, "there is no such invite"
	case from == "" || from != attendee:
		return nil, "it was not sent to the address of an invite, and its sender is not the attendee"
	case !in.Vouched(d.Authserv):
		return nil, "it was not sent to the address of an invite, and nothing we trust vouches for its sender"
	}
	return who, ""
}

// noteForGathering weighs an answer and does what the same answer on the page
// would do.
func (d *Desk) noteForGathering(tx *storage.Tx, g *Gathering, who *GatheringPerson, a RSVP) (verdict, error) {
	a = a.sane(who.Invite, tx.Now())
	if w := a.against(who.RSVP, who.Invite, g.State.Open()); w != counts {
		return w, nil
	}
	known := who.RSVP
	by := Actor{ID: who.PersonID, Name: who.Name, Email: who.Email, Lang: who.Lang, Via: "mail"}
	p, err := d.gatheringPage(tx, by, g.ID)
	if err != nil {
		return counts, err
	}
	g = p.Gathering
	who, _ = g.Person(by.ID)
	own := g.ownTime().ID
	if said := a.Answer.group(); who.Answers[own] != said {
		err = d.answer(tx, by, p, who, GatheringAnswer{Answers: map[string]GroupAnswer{own: said}})
	}
	if err != nil {
		return counts, err
	}
	who.RSVP = a
	if err := d.storeGathering(tx, p.Group, g); err != nil {
		return counts, err
	}
	if known.Answer == a.Answer && known.Comment == a.Comment {
		return repeats, nil
	}
	return counts, nil
}

// group is a as group meetings ask for it.
func (a Answer) group() GroupAnswer {
	switch a {
	case AnswerYes:
		return GroupYes
	case AnswerMaybe:
		return GroupIfNeeded
	}
	return GroupNo
}

// single is a as it is said to one invite.
func (a GroupAnswer) single() Answer {
	switch a {
	case GroupYes:
		return AnswerYes
	case GroupIfNeeded:
		return AnswerMaybe
	case GroupNo:
		return AnswerNo
	}
	return ""
}
