package main

import (
	"context"
	"path"
	"testing"

	"kohtaamo/mailer"
	"kohtaamo/scheduling"
)

// demoDelegate is whoever of the demo's closed round takes part in most rounds.
func demoDelegate(t *testing.T, h *house) (me scheduling.Actor) {
	t.Helper()
	ctx, by, most := t.Context(), scheduling.System("test"), 0
	closed := demoRound(t, h, scheduling.RoundClosed)
	list, _, err := h.desk.RoundEntrants(ctx, by, closed.ID, scheduling.EntrantFilter{Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		p, err := h.desk.Person(ctx, by, e.People[0].PersonID)
		if err != nil {
			t.Fatal(err)
		}
		own, err := h.desk.MyRounds(ctx, p.Person.Actor())
		if err != nil {
			t.Fatal(err)
		}
		if len(own) > most {
			me, most = p.Person.Actor(), len(own)
		}
	}
	return me
}

// demoRound is the demo's round in a phase.
func demoRound(t *testing.T, h *house, phase scheduling.RoundPhase) *scheduling.Round {
	t.Helper()
	list, _, err := h.desk.Rounds(t.Context(), scheduling.System("test"), scheduling.RoundFilter{Phase: phase}, true)
	if err != nil || len(list) != 1 {
		t.Fatalf("%d rounds are %s, %v", len(list), phase, err)
	}
	return list[0]
}

// rounds adds the rounds of B2B meetings and what one person has in each.
func (k known) rounds(t *testing.T, h *house, by scheduling.Actor) error {
	me := demoDelegate(t, h)
	for _, phase := range []scheduling.RoundPhase{scheduling.RoundPublished, scheduling.RoundClosed, scheduling.RoundRequests} {
		r := demoRound(t, h, phase)
		k.add("/rounds/", r.Slug)
		k.add("/organise/rounds/", r.ID)
		k.add("/organise/rounds/"+r.ID+"/phase", "?to="+string(scheduling.RoundCancelled))
		for _, find := range []func(context.Context, *house, scheduling.Actor, *scheduling.Round) error{k.entrants, k.schedule} {
			if err := find(t.Context(), h, by, r); err != nil {
				return err
			}
		}
		if err := k.ownRound(t.Context(), h, me, r); err != nil {
			return err
		}
	}
	return k.roundMails(t.Context(), h)
}

// entrants adds an entry of the catalogue, whom it can be asked and paused by.
func (k known) entrants(ctx context.Context, h *house, by scheduling.Actor, r *scheduling.Round) error {
	list, _, err := h.desk.RoundEntrants(ctx, by, r.ID, scheduling.EntrantFilter{})
	if err != nil {
		return err
	}
	k.add("/rounds/"+r.Slug+"/pause/", path.Base(h.desk.PauseURL(r, list[0])))
	for _, e := range list[:2] { // one of them at least is not one's own
		k.add("/rounds/"+r.Slug+"/catalogue/", e.ID)
	}
	k.add("/rounds/"+r.Slug+"/my/requests/new", "?to="+list[1].ID)
	return nil
}

// schedule adds the proposals of a round, and a meeting on its board.
func (k known) schedule(ctx context.Context, h *house, by scheduling.Actor, r *scheduling.Round) error {
	base := "/organise/rounds/" + r.ID
	list, err := h.desk.Proposals(ctx, by, r.ID)
	if err != nil {
		return err
	}
	k.add(base+"/proposals/", "none") // a round in which companies book has none
	if len(list.Proposals) == 0 {
		return nil
	}
	p := list.Proposals[0]
	k[base+"/proposals/"] = []string{p.ID}
	k.add(base+"/proposals/compare", "?a="+scheduling.BasedOnPublished+"&b="+p.ID)
	meeting := p.Placed[0]
	k.add(base+"/board/meeting", "?key="+meeting.Key())
	k.add(base+"/board/judge", "?key="+meeting.Key()+"&slot="+meeting.Slot+"&table="+meeting.Table)
	return nil
}

// ownRound adds a request and a meeting of somebody who takes part.
func (k known) ownRound(ctx context.Context, h *house, me scheduling.Actor, r *scheduling.Round) error {
	base := "/rounds/" + r.Slug + "/my"
	k.add(base+"/requests/", "none")
	k.add(base+"/meetings/", "none")
	own, err := h.desk.EntrantFor(ctx, me, r.Slug)
	if isMissing(err) {
		return nil
	}
	if err != nil {
		return err
	}
	asked, err := h.desk.Requests(ctx, me, own.Entrant.ID)
	if err != nil {
		return err
	}
	for _, list := range [][]*scheduling.RequestLine{asked.Answer, asked.Waiting, asked.Agreed} {
		if len(list) > 0 {
			k[base+"/requests/"] = append(k[base+"/requests/"], list[0].ID)
		}
	}
	agenda, err := h.desk.Agenda(ctx, me, own.Entrant.ID)
	if err != nil {
		return err
	}
	for _, row := range agenda.Rows {
		for _, m := range row.Meetings {
			k.add(base+"/meetings/", m.ID)
			k.add("/outcomes/", path.Base(h.desk.OutcomeURL(m, own.Entrant, me.ID)))
			return nil
		}
	}
	return nil
}

// roundMails adds the links that came by mail.
func (k known) roundMails(ctx context.Context, h *house) error {
	asked, _, err := h.outbox.List(ctx, mailer.Filter{Kind: "request.received", Limit: 1})
	if err != nil {
		return err
	}
	agendas, _, err := h.outbox.List(ctx, mailer.Filter{Kind: "meeting.agenda", Limit: 1})
	if err != nil {
		return err
	}
	k.add("/b2b/", path.Base(asked[0].Letter.Button.URL))
	k.add("/b2b/agenda/", path.Base(agendas[0].Letter.Links[0].URL))
	return nil
}
