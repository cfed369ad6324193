package handlers

import (
	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/scheduling/table"
	"kohtaamo/storage"
)

// actionRoutes are what people of groups promised to do: for their members to
// read, for the owner to say that it is done, by a page or a link.
func (s *Server) actionRoutes() []route {
	const one = "/actions/:id"
	return []route{
		get("/action/:link", Link, s.showActionLink),
		post("/action/:link", Link, s.doneByLink),
		get("/actions", SignedIn, s.showOpenActions),
		get("/groups/:id/actions", SignedIn, s.showActions),
		post("/groups/:id/actions", SignedIn, s.createAction),
		get("/groups/:id/actions.csv", SignedIn, s.exportActions(csvFile)),
		get("/groups/:id/actions.xlsx", SignedIn, s.exportActions(xlsx)),
		get(one, SignedIn, s.showAction),
		post(one, SignedIn, s.editAction),
		post(one+"/set", SignedIn, s.setAction),
	}
}

// actionsPage is the data of templates/pages/actions.html.
type actionsPage struct {
	Page
	*scheduling.ActionsPage
	View    string
	Views   []chip
	Options []option // owners
	Today   string   // 2006-01-02: what is due before is overdue
	F       values
}

var actionViews = []string{"all", "overdue", "open", "done", "dropped"}

// actionFilter is what the address asks for.
func actionFilter(view string) scheduling.ActionFilter {
	switch view {
	case "overdue":
		return scheduling.ActionFilter{Overdue: true}
	case "open", "done", "dropped":
		return scheduling.ActionFilter{State: scheduling.ActionState(view)}
	}
	return scheduling.ActionFilter{}
}

func ownerOptions(people []*scheduling.Person) (out []option) {
	for _, p := range people {
		out = append(out, option{p.ID, p.Name})
	}
	return out
}

// actionsView is a list of action items with its filters.
func (s *Server) actionsView(c *fiber.Ctx, found *scheduling.ActionsPage, here, view string, views []string) *actionsPage {
	p := &actionsPage{ActionsPage: found, View: view, Options: ownerOptions(found.Owners), Today: scheduling.HouseDay(s.desk.DB.Now()), F: values{}}
	p.NoIndex = true
	for _, v := range views {
		x := chip{Label: s.lang(c).Text("action.view." + v), Path: withQuery(here, "view", v), On: v == view}
		switch v {
		case "open":
			x.Count, x.Counted = found.Open, true
		case "overdue":
			x.Count, x.Counted = found.Overdue, true
		}
		p.Views = append(p.Views, x)
	}
	return p
}

// showActions answers GET /groups/:id/actions.
func (s *Server) showActions(c *fiber.Ctx) error { return s.actions(c, nil, nil) }

func (s *Server) actions(c *fiber.Ctx, typed values, problem *FormProblem) error {
	view := c.Query("view", "all")
	found, err := s.desk.GroupActions(c.UserContext(), actor(c), c.Params("id"), actionFilter(view))
	if err != nil {
		return err
	}
	p := s.actionsView(c, found, "/groups/"+found.Group.ID+"/actions", view, actionViews)
	p.Problem = s.labelled(c, "action.f.", problem)
	if typed != nil {
		p.F = typed
	} else {
		p.F.set("id", storage.NewID())
	}
	return s.page(c, "actions", p)
}

// exportActions answers GET /groups/:id/actions.csv and .xlsx with those that the
// list shows.
func (s *Server) exportActions(k fileKind) fiber.Handler {
	return func(c *fiber.Ctx) error {
		found, err := s.desk.GroupActions(c.UserContext(), actor(c), c.Params("id"), actionFilter(c.Query("view")))
		if err != nil {
			return err
		}
		l := s.lang(c)
		return s.sendTable(c, k, "action.title", found.Group.Slug+"-actions", func(w table.Writer) error {
			var heads []string
			for _, f := range []string{"what", "owner", "due", "state", "note"} {
				heads = append(heads, l.Text("action.f."+f))
			}
			if err := w.Write(heads); err != nil {
				return err
			}
			for _, a := range found.Actions {
				if err := w.Write([]string{a.What, a.OwnerName, a.Due, l.Text("state.action." + string(a.State)), a.Note}); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

// showOpenActions answers GET /actions: the open ones of all groups that one
// looks after.
func (s *Server) showOpenActions(c *fiber.Ctx) error {
	view := c.Query("view", "open")
	found, err := s.desk.OpenActions(c.UserContext(), actor(c), actionFilter(view))
	if err != nil {
		return err
	}
	return s.page(c, "actions", s.actionsView(c, found, "/actions", view, []string{"open", "overdue"}))
}

// readAction reads what a form says of an action item.
func (f *form) readAction(in scheduling.ActionInput) scheduling.ActionInput {
	in.What, in.OwnerID, in.Due = f.Text("what"), f.Value("owner"), f.Day("due")
	return in
}

// createAction answers POST /groups/:id/actions, from the list or from the
// record of a meeting. Sent twice, it makes one.
func (s *Server) createAction(c *fiber.Ctx) error {
	f := s.form(c)
	in := f.readAction(scheduling.ActionInput{ID: f.NewID(), GroupID: c.Params("id"), RecordID: f.Value("record")})
	_, err := s.desk.SaveAction(c.UserContext(), actor(c), in)
	if p := s.inForm(c, f.Join(err), "what", "owner", "due"); p != nil {
		return s.actions(c, f.typed, p)
	}
	if err != nil {
		return err
	}
	to := "/groups/" + in.GroupID + "/actions"
	if in.RecordID != "" {
		to = "/records/" + in.RecordID
	}
	return s.seeOther(c, to, "action.flash.made")
}

// actionPage is the data of templates/pages/action.html and action_done.html.
type actionPage struct {
	Page
	*scheduling.ActionPage
	Overdue bool
	Options []option
	Base    string // where a link's reader says that it is done
	Zone    string
	F       values
}

func (s *Server) actionPage(c *fiber.Ctx, found *scheduling.ActionPage, problem *FormProblem) *actionPage {
	p := &actionPage{ActionPage: found, Overdue: found.Action.Overdue(s.desk.DB.Now()), Options: ownerOptions(found.Owners), Zone: houseZone, F: values{}}
	p.NoIndex, p.Problem = true, s.labelled(c, "action.f.", problem)
	return p
}

// showAction answers GET /actions/:id.
func (s *Server) showAction(c *fiber.Ctx) error { return s.action(c, nil, nil) }

func (s *Server) action(c *fiber.Ctx, typed values, problem *FormProblem) error {
	found, err := s.desk.Action(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	p, a := s.actionPage(c, found, problem), found.Action
	if p.F = typed; typed == nil {
		p.F = values{}
		p.F.set("what", a.What)
		p.F.set("owner", a.OwnerID)
		p.F.set("due", a.Due)
	}
	p.F.set("rev", number64(a.Rev))
	return s.page(c, "action", p)
}

// editAction answers POST /actions/:id.
func (s *Server) editAction(c *fiber.Ctx) error {
	f := s.form(c)
	in := f.readAction(scheduling.ActionInput{ID: c.Params("id"), Rev: max(f.EditRevision(), 1)})
	_, err := s.desk.SaveAction(c.UserContext(), actor(c), in)
	return s.actionDone(c, f, f.Join(err), "action.flash.saved")
}

func (s *Server) actionDone(c *fiber.Ctx, f *form, err error, said string) error {
	if p := s.inForm(c, err, "what", "owner", "due", "note"); p != nil {
		return s.action(c, f.typed, p)
	}
	if err != nil {
		return err
	}
	if f.Value("from") == "account" {
		return s.seeOther(c, "/account", said)
	}
	return s.seeOther(c, "/actions/"+c.Params("id"), said)
}

// setAction answers POST /actions/:id/set.
func (s *Server) setAction(c *fiber.Ctx) error {
	f := s.form(c)
	to := scheduling.ActionState(f.Value("to"))
	_, err := s.desk.SetAction(c.UserContext(), actor(c), c.Params("id"), to, f.Text("note"))
	return s.actionDone(c, f, err, actionSaid(to))
}

// actionSaid is what is said once an action item has come to a state.
func actionSaid(to scheduling.ActionState) string {
	switch to {
	case scheduling.ActionDone:
		return "action.flash.done"
	case scheduling.ActionDropped:
		return "action.flash.dropped"
	}
	return "action.flash.reopened"
}

// showActionLink answers GET /action/:link: one button says that it is done.
func (s *Server) showActionLink(c *fiber.Ctx) error { return s.actionLink(c, nil) }

func (s *Server) actionLink(c *fiber.Ctx, problem *FormProblem) error {
	secret(c)
	found, _, err := s.desk.ActionByLink(c.UserContext(), c.Params("link"))
	if err != nil {
		return err
	}
	p := s.actionPage(c, found, problem)
	p.Base = "/action/" + c.Params("link")
	return s.page(c, "action_done", p)
}

// doneByLink answers POST /action/:link.
func (s *Server) doneByLink(c *fiber.Ctx) error {
	found, by, err := s.desk.ActionByLink(c.UserContext(), c.Params("link"))
	if err != nil {
		return err
	}
	f := s.form(c)
	to := scheduling.ActionDone
	if f.Value("to") == string(scheduling.ActionOpen) {
		to = scheduling.ActionOpen
	}
	_, err = s.desk.SetAction(c.UserContext(), by, found.Action.ID, to, f.Text("note"))
	if p := s.inForm(c, err); p != nil {
		return s.actionLink(c, p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/action/"+c.Params("link"), actionSaid(to))
}
