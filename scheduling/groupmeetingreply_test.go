package scheduling

import (
	"slices"
	"testing"
	"time"
)

// invites are the mails with a calendar part.
func (h *gatheringHouse) invites(t *testing.T) []received {
	return slices.DeleteFunc(h.post(t), func(m received) bool { return len(m.bodies) < 3 })
}

// The button in a calendar answers a group meeting as its page does.
func TestGatheringReplyByMail(t *testing.T) {
	h := gatheringIn(t, newInbound(t), "2027-02-09 09:00")
	mails := h.invites(t)
	yes := h.replyMail(t, to(t, mails, h.people[0].Email), AnswerYes)
	h.receives(t, yes.raw(), Recorded)
	h.receives(t, yes.raw(), Repeated)
	who, _ := h.now(t).Person(h.people[0].ID)
	if who.Answers[h.times[0].ID] != GroupYes || who.RSVP.Via != "mail" {
		t.Fatalf("person = %+v", who)
	}
	h.says(t, h.guest, 0, GroupYes)
	maybe := h.replyMail(t, to(t, mails, h.people[1].Email), AnswerMaybe)
	h.receives(t, maybe.raw(), Recorded)
	if g := h.now(t); g.State != GatheringConfirmed {
		t.Fatalf("two companies and the visitor come, and it is %s", g.State)
	}

	vouchedFor := h.replyMail(t, to(t, mails, h.people[2].Email), AnswerNo)
	vouchedFor.to, vouchedFor.header = h.Inbound, vouched
	h.receives(t, vouchedFor.raw(), Recorded)

	// What was said on the page since is newer than an older answer by mail.
	h.at(h.time().Add(time.Minute))
	h.says(t, h.people[1], 0, GroupYes)
	h.receives(t, maybe.raw(), Repeated)
	if who, _ := h.now(t).Person(h.people[1].ID); who.Answers[h.times[0].ID] != GroupYes {
		t.Errorf("an old mail undid what the page took: %+v", who)
	}
	h.at(h.time().Add(time.Minute))
	no := h.replyMail(t, to(t, h.invites(t), h.people[1].Email), AnswerNo) // to what the confirmation said
	h.receives(t, no.raw(), Recorded)
	if g := h.now(t); g.State != GatheringAtRisk {
		t.Errorf("one of two companies is gone, and it is %s", g.State)
	}
}

func TestForgedGatheringReplies(t *testing.T) {
	h := gatheringIn(t, newInbound(t), "2027-02-09 09:00")
	mails := h.invites(t)
	mine, others := h.replyMail(t, to(t, mails, h.people[0].Email), AnswerYes), h.replyMail(t, to(t, mails, h.people[1].Email), AnswerYes)
	for what, forge := range map[string]func(*replyMail){
		"to somebody else's address":    func(m *replyMail) { m.to = others.to },
		"for somebody else":             func(m *replyMail) { m.attendee = others.attendee },
		"to the mailbox alone":          func(m *replyMail) { m.to = h.Inbound },
		"for somebody who is not asked": func(m *replyMail) { m.attendee = "stranger@example.org" },
	} {
		m := mine
		forge(&m)
		t.Log(what)
		h.receives(t, m.raw(), Refused)
	}
	for _, p := range h.now(t).everybody() {
		if len(p.Answers) > 0 {
			t.Errorf("%s has answered %v", p.Name, p.Answers)
		}
	}
	// A meeting that was moved is not answered by what was said of its old time.
	for _, who := range []Actor{h.people[0], h.people[2], h.guest} {
		h.says(t, who, 0, GroupYes)
	}
	_, err := h.MoveGathering(t.Context(), h.keeper, h.id, helsinki(t, "2027-02-11 09:00"))
	must(t, err)
	h.at(h.time().Add(time.Minute))
	old := h.replyMail(t, to(t, mails, h.people[1].Email), AnswerYes)
	h.receives(t, old.raw(), Repeated)
	if who, _ := h.now(t).Person(h.people[1].ID); who.Answers[h.now(t).ownTime().ID] != "" {
		t.Errorf("the old time's answer counts for the new one: %+v", who)
	}
}
