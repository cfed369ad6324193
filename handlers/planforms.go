package handlers

import (
	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// planFormPage is the data of templates/pages/plan_form.html.
type planFormPage struct {
	Page
	F        values
	Kinds    []option
	Clusters []option
	Langs    []option
}

// showNewPlan answers GET /organise/plans/new.
func (s *Server) showNewPlan(c *fiber.Ctx) error {
	return s.planForm(c, values{"id": {storage.NewID()}, "kind": {c.Query("kind", string(scheduling.PlanStrategy))}, "cluster": {c.Query("cluster")}, "lang": {s.lang(c).Code()}}, nil)
}

func (s *Server) planForm(c *fiber.Ctx, f values, problem *FormProblem) (err error) {
	p := &planFormPage{Page: figureFrame(), F: f}
	p.Problem = s.labelled(c, "plan.f.", problem)
	for _, k := range scheduling.PlanKinds {
		p.Kinds = append(p.Kinds, option{string(k), s.lang(c).Text("plan.kind." + string(k))})
	}
	for _, code := range s.texts.Langs() {
		p.Langs = append(p.Langs, option{code, s.texts.In(code).Text("common.language_name")})
	}
	if p.Clusters, err = s.clusterOptions(c); err != nil {
		return err
	}
	if f.Get("cluster") == "" && len(p.Clusters) > 0 {
		f["cluster"] = []string{p.Clusters[0].Value}
	}
	return s.page(c, "plan_form", p)
}

// createPlan answers POST /organise/plans/new. Sent twice, it makes one.
func (s *Server) createPlan(c *fiber.Ctx) error {
	f := s.form(c)
	in := &scheduling.Plan{Meta: storage.Meta{ID: f.NewID()}, ClusterID: f.Text("cluster"), Kind: scheduling.PlanKind(f.Text("kind")), Lang: f.Text("lang"), Title: f.Text("title")}
	p, err := s.desk.CreatePlan(c.UserContext(), actor(c), in)
	if problem := s.inForm(c, err, "title", "kind", "cluster", "lang"); problem != nil {
		return s.planForm(c, values(f.typed), problem)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/organise/plans/"+p.ID, "plan.flash.created")
}

// sectionPage is the data of templates/pages/plan_section.html.
type sectionPage struct {
	planPage
	Part scheduling.PlanSection
	New  bool
}

// showSection answers GET /organise/plans/:id/sections/:section; "new" is one
// that is not there yet.
func (s *Server) showSection(c *fiber.Ctx) error {
	p, err := s.section(c)
	if err != nil {
		return err
	}
	return s.page(c, "plan_section", p)
}

func (s *Server) section(c *fiber.Ctx) (*sectionPage, error) {
	found, err := s.plan(c)
	if err != nil {
		return nil, err
	}
	p := &sectionPage{planPage: *found, New: c.Params("section") == "new"}
	if p.New {
		p.Part.ID = storage.NewID()
		return p, nil
	}
	part, there := found.Plan.Section(c.Params("section"))
	if !there {
		return nil, storage.ErrNotFound
	}
	p.Part = part
	return p, nil
}

// writeSection answers POST /organise/plans/:id/sections/:section.
func (s *Server) writeSection(c *fiber.Ctx) error {
	p, err := s.section(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	if p.New {
		p.Part.ID = f.NewID()
	}
	p.Part.Title, p.Part.Body = f.Text("title"), f.Text("body")
	_, err = s.desk.WriteSection(c.UserContext(), actor(c), p.Plan.ID, f.Revision(), p.Part)
	if p.Problem = s.labelled(c, "report.f.", s.inForm(c, err, "title", "body")); p.Problem != nil {
		return s.page(c, "plan_section", p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, p.Base+"#s-"+p.Part.ID, "plan.flash.written")
}

// doSection answers POST /organise/plans/:id/sections/:section/do: up, down, drop.
func (s *Server) doSection(c *fiber.Ctx) (err error) {
	f, id, section := s.form(c), c.Params("id"), c.Params("section")
	switch f.Text("do") {
	case "up":
		_, err = s.desk.MoveSection(c.UserContext(), actor(c), id, f.Revision(), section, -1)
	case "down":
		_, err = s.desk.MoveSection(c.UserContext(), actor(c), id, f.Revision(), section, 1)
	case "drop":
		_, err = s.desk.DropSection(c.UserContext(), actor(c), id, f.Revision(), section)
	default:
		return storage.ErrNotFound
	}
	return s.planDone(c, "/organise/plans/"+id, err, "plan.flash.written")
}

// planItemPage is the data of templates/pages/plan_item.html.
type planItemPage struct {
	planPage
	Item     *scheduling.PlanItem
	Owner    string // address
	New      bool
	Sections []option
	States   []option
}

// showPlanItem answers GET /organise/plans/:id/items/:item; "new" is one that is
// not there yet.
func (s *Server) showPlanItem(c *fiber.Ctx) error {
	p, err := s.planItem(c)
	if err != nil {
		return err
	}
	return s.page(c, "plan_item", p)
}

func (s *Server) planItem(c *fiber.Ctx) (*planItemPage, error) {
	found, err := s.plan(c)
	if err != nil {
		return nil, err
	}
	p := &planItemPage{planPage: *found, New: c.Params("item") == "new"}
	if p.New {
		p.Item = &scheduling.PlanItem{Meta: storage.Meta{ID: storage.NewID()}, PlanID: found.Plan.ID, State: scheduling.ActionOpen, SectionID: c.Query("section")}
	}
	for _, x := range found.Items {
		if x.ID == c.Params("item") {
			p.Item, p.Owner = x, found.Emails[x.OwnerID]
		}
	}
	if p.Item == nil {
		return nil, storage.ErrNotFound
	}
	for _, x := range found.Plan.Sections {
		p.Sections = append(p.Sections, option{x.ID, x.Title})
	}
	p.States = s.options(c, "state.plan", string(scheduling.ActionOpen), string(scheduling.ActionDone), string(scheduling.ActionDropped))
	return p, nil
}

// savePlanItem answers POST /organise/plans/:id/items/:item.
func (s *Server) savePlanItem(c *fiber.Ctx) error {
	p, err := s.planItem(c)
	if err != nil {
		return err
	}
	f, now := s.form(c), p.Item.Rev
	if p.New {
		p.Item.ID = f.NewID()
	}
	p.Owner = f.Text("owner")
	p.Item.Rev, p.Item.What, p.Item.Due, p.Item.SectionID, p.Item.Note = f.Revision(), f.Text("what"), f.Day("due"), f.Text("section"), f.Text("note")
	if p.Item.State = scheduling.ActionState(f.Text("state")); p.Item.State == "" {
		p.Item.State = scheduling.ActionOpen
	}
	_, err = s.desk.SavePlanItem(c.UserContext(), actor(c), p.Item, p.Owner)
	p.Item.Rev = now
	if p.Problem = s.labelled(c, "plan.", s.inForm(c, err, "what", "owner", "due")); p.Problem != nil {
		return s.page(c, "plan_item", p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, p.Base+"#items", "plan.flash.item")
}

// deletePlanItem answers POST /organise/plans/:id/items/:item/delete.
func (s *Server) deletePlanItem(c *fiber.Ctx) error {
	err := s.desk.DeletePlanItem(c.UserContext(), actor(c), c.Params("id"), c.Params("item"))
	return s.planDone(c, "/organise/plans/"+c.Params("id")+"#items", err, "plan.flash.item_deleted")
}
