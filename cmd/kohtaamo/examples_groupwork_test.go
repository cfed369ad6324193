package main

import (
	"testing"

	"kohtaamo/scheduling"
)

// groupWork adds what a group is for, its files, notes and issues.
func (k known) groupWork(t *testing.T, h *house, by scheduling.Actor) error {
	ctx := t.Context()
	groups, err := h.desk.Groups(ctx, "")
	if err != nil {
		return err
	}
	for _, g := range groups {
		p, err := h.desk.Foresight(ctx, by, g.ID, scheduling.NoteFilter{})
		if err != nil {
			return err
		}
		if len(p.Notes) == 0 {
			continue
		}
		x, err := h.desk.AddGroupFile(ctx, by, g.ID, "plan.md", []byte("# Plan"))
		if err != nil {
			return err
		}
		base := "/groups/" + g.ID
		k.add("/groups/", g.ID)
		k.add(base+"/files/", x.ID)
		k.add(base+"/foresight/", p.Notes[0].ID)
		k.add(base+"/years/", h.db.Now().Format("2006"))
		for _, i := range p.Issues {
			k.add(base+"/issues/", i.ID)
			k.add("/foresight/", i.ID)
		}
	}
	for _, id := range k["/groups/"] { // groups that have none of these
		base := "/groups/" + id
		for _, path := range []string{base + "/files/", base + "/foresight/", base + "/issues/"} {
			if len(k[path]) == 0 {
				k.add(path, "none")
			}
		}
		k.add(base+"/years/", h.db.Now().Format("2006"))
	}
	return nil
}

// activities adds an entry of the activity log with a file.
func (k known) activities(t *testing.T, h *house, by scheduling.Actor) error {
	list, _, err := h.desk.Works(t.Context(), by, scheduling.WorkFilter{Limit: 1})
	for _, w := range list {
		k.add("/organise/log/", w.ID)
		x, err := h.desk.AddWorkFile(t.Context(), by, w.ID, "report.md", []byte("# Report"))
		if err != nil {
			return err
		}
		k.add("/organise/log/"+w.ID+"/files/", x.ID)
	}
	return err
}
