package main

import (
	"path"
	"slices"
	"testing"

	"kohtaamo/mailer"
	"kohtaamo/scheduling"
)

// checkDemoLists finds a list of every kind, and readers in every state.
func checkDemoLists(t *testing.T, h *house) {
	by := scheduling.System("test")
	list, err := h.desk.MailingLists(t.Context(), by, "")
	if err != nil {
		t.Fatal(err)
	}
	states := map[scheduling.SubState]int{}
	for _, l := range list {
		for st, n := range l.Counts {
			states[st] += n
		}
		if l.Counts[scheduling.Subscribed] < 8 {
			t.Errorf("%s has %v", l.Slug, l.Counts)
		}
	}
	for _, st := range scheduling.SubStates {
		if states[st] == 0 {
			t.Errorf("nobody is %s: %v", st, states)
		}
	}
	stopped, _, err := h.desk.Suppressions(t.Context(), by, scheduling.SuppressionFilter{})
	if err != nil || len(list) != 4 || len(stopped) < 3 {
		t.Errorf("%d lists, %d stopped addresses, %v", len(list), len(stopped), err)
	}
}

// lists adds a list, a subscription in each state, and the links of readers.
func (k known) lists(t *testing.T, h *house, by scheduling.Actor) error {
	list, err := h.desk.MailingLists(t.Context(), by, "")
	if err != nil {
		return err
	}
	at := slices.IndexFunc(list, func(l *scheduling.ListPage) bool { return l.Slug == "circular-news" })
	l := list[at]
	k.add("/organise/lists/", l.ID)
	all, _, err := h.desk.Subscriptions(t.Context(), by, l.ID, scheduling.SubFilter{Limit: 200})
	if err != nil {
		return err
	}
	for _, s := range all {
		if k.first("subscription", s.State) {
			k.add("/organise/subscriptions/", s.ID)
			k.add("/unsubscribe/", path.Base(h.desk.LeaveURL(s.Email, l.ID)))
		}
	}
	k.add("/unsubscribe/", path.Base(h.desk.LeaveURL(all[0].Email, "")))
	k.add("/preferences/", path.Base(h.desk.PreferencesURL(all[0].Email)))
	mails, _, err := h.outbox.List(t.Context(), mailer.Filter{Kind: "subscription.confirm"})
	if err != nil {
		return err
	}
	for _, m := range []*mailer.Mail{mails[0], mails[len(mails)-1]} {
		k.add("/newsletters/confirm/", path.Base(m.Letter.Button.URL))
	}
	return nil
}
