package main

import (
	"testing"

	"kohtaamo/scheduling"
)

// groupRecords adds the meetings of the demo's working group: one in each
// state, an open poll with the link of somebody who is asked, and an action item
// in each state with its owner's link.
func (k known) groupRecords(t *testing.T, h *house, by scheduling.Actor) error {
	ctx := t.Context()
	groups, err := h.desk.Groups(ctx, "")
	if err != nil {
		return err
	}
	for _, g := range groups {
		p, err := h.desk.GroupRecords(ctx, by, g.ID)
		if err != nil {
			return err
		}
		if len(p.Polls) == 0 {
			continue
		}
		for _, r := range append(p.Past, p.Ahead...) {
			if k.first("record", r.State) || r.UID != "" && k.first("polled") {
				k.add("/records/", r.ID)
			}
		}
		for _, v := range p.Polls {
			k.add("/polls/", v.ID)
			k.add("/poll/", h.desk.PollLink(v, g.Members[len(g.Members)-1]))
		}
		list, err := h.desk.GroupActions(ctx, by, g.ID, scheduling.ActionFilter{})
		if err != nil {
			return err
		}
		for _, a := range list.Actions {
			if k.first("action", a.State) {
				k.add("/actions/", a.ID)
				k.add("/action/", h.desk.ActionLink(a))
			}
		}
	}
	return nil
}
