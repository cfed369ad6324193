package handlers

import (
	"io"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
)

// planRoutes are strategies, plans and reviews: documents that are written on,
// of which versions are kept.
func (s *Server) planRoutes() []route {
	const one = "/organise/plans/:id"
	upload := post(one+"/files", Organiser, s.addPlanFile)
	upload.Body = scheduling.FileLimit + formLimit
	return []route{
		get("/organise/plans", Organiser, s.showPlans),
		get("/organise/plans/new", Organiser, s.showNewPlan),
		post("/organise/plans/new", Organiser, s.createPlan),
		get(one, Organiser, s.showPlan),
		post(one+"/title", Organiser, s.renamePlan),
		post(one+"/keep", Organiser, s.keepPlan),
		post(one+"/approve", Organiser, s.approvePlan),
		post(one+"/delete", Organiser, s.deletePlan),
		get(one+"/print", Organiser, s.printPlan),
		get(one+"/plan.docx", Organiser, s.planDOCX),
		get(one+"/compare", Organiser, s.comparePlan),
		get(one+"/sections/:section", Organiser, s.showSection),
		post(one+"/sections/:section", Organiser, s.writeSection),
		post(one+"/sections/:section/do", Organiser, s.doSection),
		get(one+"/items/:item", Organiser, s.showPlanItem),
		post(one+"/items/:item", Organiser, s.savePlanItem),
		post(one+"/items/:item/delete", Organiser, s.deletePlanItem),
		upload,
		get(one+"/files/:file", Organiser, s.sendPlanFile),
		post(one+"/files/:file/delete", Organiser, s.deletePlanFile),
		get("/account/plans", SignedIn, s.showMyPlans),
		post("/account/plans/:item", SignedIn, s.endPlanItem),
	}
}

// plansPage is the data of templates/pages/plans.html.
type plansPage struct {
	Page
	Plans    []scheduling.PlanRow
	Clusters []option
}

// showPlans answers GET /organise/plans.
func (s *Server) showPlans(c *fiber.Ctx) error {
	list, err := s.desk.Plans(c.UserContext(), actor(c), "")
	if err != nil {
		return err
	}
	p := &plansPage{Page: figureFrame(), Plans: list}
	if p.Clusters, err = s.clusterOptions(c); err != nil {
		return err
	}
	return s.page(c, "plans", p)
}

// planPage is what the pages of one plan share.
type planPage struct {
	Page
	*scheduling.PlanPage
	Base    string
	Zone    string
	Version *scheduling.PlanVersion // that is shown; its number is 0 for what is being written
	Line    string
}

// plan reads the plan of the address, and the version that ?version= names.
func (s *Server) plan(c *fiber.Ctx) (*planPage, error) {
	found, err := s.desk.Plan(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return nil, err
	}
	p := &planPage{Page: figureFrame(), PlanPage: found, Base: "/organise/plans/" + found.Plan.ID, Zone: houseZone, Version: found.Now()}
	if n, err := strconv.Atoi("0" + text(c, "version")); err != nil {
		return nil, fiber.ErrNotFound
	} else if n > 0 {
		if p.Version = found.Version(n); p.Version == nil {
			return nil, fiber.ErrNotFound
		}
	}
	p.Line = found.Line(p.Version, s.lang(c))
	return p, nil
}

// showPlan answers GET /organise/plans/:id: what is being written, or with
// ?version= that version.
func (s *Server) showPlan(c *fiber.Ctx) error {
	p, err := s.plan(c)
	if err != nil {
		return err
	}
	if p.Version.Version > 0 {
		return s.page(c, "plan_version", p)
	}
	return s.page(c, "plan", p)
}

// printPlan answers GET /organise/plans/:id/print: the document alone.
func (s *Server) printPlan(c *fiber.Ctx) error {
	p, err := s.plan(c)
	if err != nil {
		return err
	}
	p.Back = p.Base
	return s.page(c, "plan_print", p)
}

// planDOCX answers GET /organise/plans/:id/plan.docx.
func (s *Server) planDOCX(c *fiber.Ctx) error {
	p, err := s.plan(c)
	if err != nil {
		return err
	}
	name := scheduling.Slug(p.Version.Title) + "-" + strconv.Itoa(p.Version.Version)
	return s.sendDocument(c, name, func(w io.Writer) error {
		return scheduling.WritePlan(w, p.PlanPage, p.Version, s.texts.In(p.Plan.Lang))
	})
}

// planDiffPage is the data of templates/pages/plan_diff.html.
type planDiffPage struct {
	planPage
	Diff     *scheduling.PlanDiff
	From, To string
	Choices  []option
	Before   string
	After    string
}

// comparePlan answers GET /organise/plans/:id/compare?from=1&to=2; 0 is what is
// being written. Without them it compares the last version with that.
func (s *Server) comparePlan(c *fiber.Ctx) error {
	found, err := s.plan(c)
	if err != nil {
		return err
	}
	p := &planDiffPage{planPage: *found, From: c.Query("from", strconv.Itoa(found.Plan.Versions)), To: c.Query("to", "0")}
	l := s.lang(c)
	versions := map[string]*scheduling.PlanVersion{"0": found.Now()}
	names := map[string]string{"0": l.Text("plan.now")}
	p.Choices = []option{{"0", names["0"]}}
	for _, v := range found.Versions {
		n := strconv.Itoa(v.Version)
		versions[n], names[n] = v, l.Text("plan.version", "version", v.Version)
		p.Choices = append(p.Choices, option{n, names[n] + ", " + l.Day(v.At, houseZone)})
	}
	from, to := versions[p.From], versions[p.To]
	if from == nil || to == nil {
		return fiber.ErrNotFound
	}
	p.Diff, p.Before, p.After = scheduling.Compare(from, to), names[p.From], names[p.To]
	return s.page(c, "plan_diff", p)
}

// planDone answers a change of a plan: what is wrong with it is said on the
// plan's page.
func (s *Server) planDone(c *fiber.Ctx, to string, err error, flash string) error {
	if p := scheduling.ProblemIn(err); p != nil {
		key := p.Key
		for _, k := range p.Fields {
			key = k
		}
		return s.seeOtherBad(c, to, key, p.Args...)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, to, flash)
}

// renamePlan answers POST /organise/plans/:id/title.
func (s *Server) renamePlan(c *fiber.Ctx) error {
	f := s.form(c)
	_, err := s.desk.RenamePlan(c.UserContext(), actor(c), c.Params("id"), f.Revision(), f.Text("title"))
	return s.planDone(c, "/organise/plans/"+c.Params("id"), err, "plan.flash.written")
}

// keepPlan answers POST /organise/plans/:id/keep.
func (s *Server) keepPlan(c *fiber.Ctx) error {
	f := s.form(c)
	_, err := s.desk.KeepPlan(c.UserContext(), actor(c), c.Params("id"), f.Revision(), f.Text("note"))
	return s.planDone(c, "/organise/plans/"+c.Params("id")+"#versions", err, "plan.flash.kept")
}

// approvePlan answers POST /organise/plans/:id/approve.
func (s *Server) approvePlan(c *fiber.Ctx) error {
	f := s.form(c)
	_, err := s.desk.ApprovePlan(c.UserContext(), actor(c), c.Params("id"), f.Revision(), f.Int("version", 0, 10_000), f.Text("note"))
	return s.planDone(c, "/organise/plans/"+c.Params("id")+"#versions", err, "plan.flash.approved")
}

// deletePlan answers POST /organise/plans/:id/delete.
func (s *Server) deletePlan(c *fiber.Ctx) error {
	err := s.desk.DeletePlan(c.UserContext(), actor(c), c.Params("id"))
	if scheduling.ProblemIn(err) != nil {
		return s.planDone(c, "/organise/plans/"+c.Params("id"), err, "")
	}
	return s.planDone(c, "/organise/plans", err, "plan.flash.deleted")
}

// addPlanFile answers POST /organise/plans/:id/files.
func (s *Server) addPlanFile(c *fiber.Ctx) error {
	f := s.form(c)
	body, name := f.File("file", scheduling.FileLimit)
	err := f.Err()
	if err == nil {
		_, err = s.desk.AddPlanFile(c.UserContext(), actor(c), c.Params("id"), name, body)
	}
	return s.planDone(c, "/organise/plans/"+c.Params("id")+"#files", err, "plan.flash.file")
}

// sendPlanFile answers GET /organise/plans/:id/files/:file.
func (s *Server) sendPlanFile(c *fiber.Ctx) error {
	x, body, err := s.desk.PlanFile(c.UserContext(), actor(c), c.Params("id"), c.Params("file"))
	if err != nil {
		return err
	}
	return sendFileOf(c, x, body)
}

// sendFileOf answers with a file that was uploaded, to be kept and not shown.
func sendFileOf(c *fiber.Ctx, x *scheduling.File, body []byte) error {
	c.Attachment(x.Name)
	c.Set(fiber.HeaderContentType, x.Type)
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	return c.Send(body)
}

// deletePlanFile answers POST /organise/plans/:id/files/:file/delete.
func (s *Server) deletePlanFile(c *fiber.Ctx) error {
	err := s.desk.DeletePlanFile(c.UserContext(), actor(c), c.Params("id"), c.Params("file"))
	return s.planDone(c, "/organise/plans/"+c.Params("id")+"#files", err, "plan.flash.file_deleted")
}

// myPlansPage is the data of templates/pages/plans_mine.html.
type myPlansPage struct {
	Page
	Items []scheduling.OwnedItem
	Today string
}

// showMyPlans answers GET /account/plans: what one has promised in plans.
func (s *Server) showMyPlans(c *fiber.Ctx) error {
	list, err := s.desk.MyPlanItems(c.UserContext(), actor(c))
	if err != nil {
		return err
	}
	p := &myPlansPage{Items: list, Today: scheduling.HouseDay(s.desk.DB.Now())}
	p.NoIndex = true
	return s.page(c, "plans_mine", p)
}

// endPlanItem answers POST /account/plans/:item.
func (s *Server) endPlanItem(c *fiber.Ctx) error {
	f, back := s.form(c), "/account/plans"
	if f.Value("from") == "account" {
		back = "/account"
	}
	return s.planDone(c, back, s.desk.EndPlanItem(c.UserContext(), actor(c), c.Params("item"), f.Text("note")), "plan.flash.done")
}

// openPlanItems are what the reader has still to do of what they promised in
// plans.
func (s *Server) openPlanItems(c *fiber.Ctx) ([]scheduling.OwnedItem, error) {
	list, err := s.desk.MyPlanItems(c.UserContext(), actor(c))
	return slices.DeleteFunc(list, func(o scheduling.OwnedItem) bool { return o.Item.State != scheduling.ActionOpen }), err
}
