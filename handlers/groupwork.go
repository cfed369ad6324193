package handlers

import (
	"bytes"
	"fmt"
	"mime"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/scheduling/docx"
)

// groupWorkRoutes are what a group is for, who is in it, its files and its
// year: for its members to see, for its coordinators and its cluster's
// organisers to keep. Who is none of these gets the answer for what does not
// exist, from the desk.
func (s *Server) groupWorkRoutes() []route {
	const one, year = "/groups/:id", "/groups/:id/years/:year"
	upload := post(one+"/files", SignedIn, s.addGroupFile)
	upload.Body = scheduling.FileLimit + formLimit
	return []route{
		get(one+"/mandate", SignedIn, s.showMandate),
		get(one+"/mandate/edit", SignedIn, s.showEditMandate),
		post(one+"/mandate/edit", SignedIn, s.editMandate),
		get(one+"/members", SignedIn, s.showGroupPeople),
		post(one+"/members/role", SignedIn, s.setGroupRole),
		post(one+"/members/coordinator", SignedIn, s.setCoordinator),
		get(one+"/files", SignedIn, s.showGroupFiles),
		upload,
		get(one+"/files/:file", SignedIn, s.downloadGroupFile),
		post(one+"/files/:file/delete", SignedIn, s.deleteGroupFile),
		get(one+"/years", SignedIn, s.showThisYear),
		get(year, SignedIn, s.showGroupYear),
		get(year+"/summary.docx", SignedIn, s.downloadGroupYear),
	}
}

// groupTabs are the pages of a group.
func groupTabs(id string) []NavLink {
	base := "/groups/" + id
	return []NavLink{
		{Key: "series.meetings", Path: base, Alone: true},
		{Key: "groupwork.mandate", Path: base + "/mandate"},
		{Key: "groupwork.members", Path: base + "/members"},
		{Key: "groupwork.files", Path: base + "/files"},
		{Key: "groupwork.foresight", Path: base + "/foresight"},
		{Key: "groupwork.years", Path: base + "/years"},
	}
}

// groupPages is the frame of a group's pages.
func groupPages(g *scheduling.Group) Page { return Page{NoIndex: true, Tabs: groupTabs(g.ID)} }

// mandatePage is the data of templates/pages/group_mandate.html.
type mandatePage struct {
	Page
	*scheduling.MandatePage
	Zone string
}

// showMandate answers GET /groups/:id/mandate.
func (s *Server) showMandate(c *fiber.Ctx) error {
	found, err := s.desk.Mandate(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	return s.page(c, "group_mandate", &mandatePage{groupPages(found.Group), found, houseZone})
}

// mandateFormPage is the data of templates/pages/group_mandate_form.html.
type mandateFormPage struct {
	Page
	Group  *scheduling.Group
	M      *scheduling.Mandate
	After  int // the version that is looked at
	States []option
}

// keptMandate gives a mandate that the actor may write.
func (s *Server) keptMandate(c *fiber.Ctx) (*scheduling.MandatePage, error) {
	found, err := s.desk.Mandate(c.UserContext(), actor(c), c.Params("id"))
	if err == nil && !found.Manage {
		return nil, fiber.ErrNotFound
	}
	return found, err
}

// showEditMandate answers GET /groups/:id/mandate/edit.
func (s *Server) showEditMandate(c *fiber.Ctx) error {
	found, err := s.keptMandate(c)
	if err != nil {
		return err
	}
	m := &scheduling.Mandate{From: scheduling.HouseDay(s.desk.DB.Now())}
	if now := found.Present(); now != nil {
		copied := *now
		m = &copied
		m.Note = ""
	}
	return s.mandateForm(c, found, m, len(found.Versions), nil)
}

func (s *Server) mandateForm(c *fiber.Ctx, found *scheduling.MandatePage, m *scheduling.Mandate, after int, problem *FormProblem) error {
	p := &mandateFormPage{Page: groupPages(found.Group), Group: found.Group, M: m, After: after}
	p.Problem = problem
	m.Goals = append(m.Goals, make([]scheduling.Goal, max(0, min(3, scheduling.MaxGoals-len(m.Goals))))...)
	for _, g := range scheduling.GoalStates {
		p.States = append(p.States, option{string(g), s.lang(c).Text("groupwork.goal." + string(g))})
	}
	return s.page(c, "group_mandate_form", p)
}

// editMandate answers POST /groups/:id/mandate/edit.
func (s *Server) editMandate(c *fiber.Ctx) error {
	found, err := s.keptMandate(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	m := scheduling.Mandate{Text: f.Text("text"), From: f.Text("from"), Until: f.Text("until"), Note: f.Text("note")}
	for i := range scheduling.MaxGoals {
		n := strconv.Itoa(i)
		m.Goals = append(m.Goals, scheduling.Goal{Text: f.Text("goal." + n), State: scheduling.GoalState(f.Value("state." + n))})
	}
	after := f.Int("after", 0, 1_000_000)
	_, err = s.desk.SaveMandate(c.UserContext(), actor(c), found.Group.ID, m, after)
	if p := s.groupProblem(c, err, "text", "from", "until", "goals", "note"); p != nil {
		m.Goals = typedGoals(m.Goals)
		return s.mandateForm(c, found, &m, len(found.Versions), p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/groups/"+found.Group.ID+"/mandate", "groupwork.flash.mandate")
}

// typedGoals are the goals up to the last that says something.
func typedGoals(goals []scheduling.Goal) []scheduling.Goal {
	for len(goals) > 0 && goals[len(goals)-1].Text == "" {
		goals = goals[:len(goals)-1]
	}
	return goals
}

// groupProblem is inForm with the labels of the group's forms.
func (s *Server) groupProblem(c *fiber.Ctx, err error, order ...string) *FormProblem {
	p := s.inForm(c, err, order...)
	if p == nil {
		return nil
	}
	for i := range p.Faults {
		if label := "groupwork.f." + p.Faults[i].Name; s.lang(c).Has(label) {
			p.Faults[i].Label = s.lang(c).Text(label)
		}
	}
	return p
}

// groupPeoplePage is the data of templates/pages/group_people.html.
type groupPeoplePage struct {
	Page
	*scheduling.GroupPeoplePage
	Zone  string
	Today string
	Roles []option
	Wrong string // whose role could not be set: person id
}

// showGroupPeople answers GET /groups/:id/members.
func (s *Server) showGroupPeople(c *fiber.Ctx) error { return s.groupPeople(c, "", nil) }

func (s *Server) groupPeople(c *fiber.Ctx, wrong string, problem *FormProblem) error {
	found, err := s.desk.GroupPeople(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	p := &groupPeoplePage{Page: groupPages(found.Group), GroupPeoplePage: found, Wrong: wrong, Zone: found.Cluster.Zone, Today: scheduling.HouseDay(s.desk.DB.Now())}
	p.Problem = problem
	for _, r := range scheduling.GroupRoles {
		p.Roles = append(p.Roles, option{string(r), s.lang(c).Text("groupwork.role." + string(r))})
	}
	return s.page(c, "group_people", p)
}

// setGroupRole answers POST /groups/:id/members/role.
func (s *Server) setGroupRole(c *fiber.Ctx) error {
	f, id := s.form(c), c.Params("id")
	err := s.desk.SetGroupRole(c.UserContext(), actor(c), id, f.Value("person"), scheduling.GroupRole(f.Value("role")), f.Text("since"))
	if p := s.groupProblem(c, err, "role", "since"); p != nil {
		return s.groupPeople(c, f.Value("person"), p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/groups/"+id+"/members", "groupwork.flash.role")
}

// setCoordinator answers POST /groups/:id/members/coordinator: names one, or
// ends it.
func (s *Server) setCoordinator(c *fiber.Ctx) error {
	f, id := s.form(c), c.Params("id")
	change := s.desk.NameCoordinator
	if f.Value("do") == "drop" {
		change = s.desk.DropCoordinator
	}
	if err := change(c.UserContext(), actor(c), id, f.Value("person")); err != nil {
		return err
	}
	return s.seeOther(c, "/groups/"+id+"/members", "groupwork.flash.coordinator")
}

// groupFilesPage is the data of templates/pages/group_files.html.
type groupFilesPage struct {
	Page
	*scheduling.GroupFilesPage
	Zone string
}

// Kilobytes is a size of bytes, rounded up.
func (p *groupFilesPage) Kilobytes(n int) int { return (n + 1023) / 1024 }

// showGroupFiles answers GET /groups/:id/files.
func (s *Server) showGroupFiles(c *fiber.Ctx) error { return s.groupFiles(c, nil) }

func (s *Server) groupFiles(c *fiber.Ctx, problem *FormProblem) error {
	found, err := s.desk.GroupFiles(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	p := &groupFilesPage{groupPages(found.Group), found, found.Cluster.Zone}
	p.Problem = problem
	return s.page(c, "group_files", p)
}

// addGroupFile answers POST /groups/:id/files.
func (s *Server) addGroupFile(c *fiber.Ctx) error {
	f, id := s.form(c), c.Params("id")
	body, name := f.File("file", scheduling.FileLimit)
	err := f.Err()
	if err == nil {
		_, err = s.desk.AddGroupFile(c.UserContext(), actor(c), id, name, body)
	}
	if p := s.groupProblem(c, err, "file"); p != nil {
		return s.groupFiles(c, p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/groups/"+id+"/files", "groupwork.flash.file")
}

// downloadGroupFile answers GET /groups/:id/files/:file. A browser saves it and
// opens nothing by itself.
func (s *Server) downloadGroupFile(c *fiber.Ctx) error {
	x, body, err := s.desk.GroupFile(c.UserContext(), actor(c), c.Params("id"), c.Params("file"))
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentDisposition, mime.FormatMediaType("attachment", map[string]string{"filename": x.Name}))
	c.Set(fiber.HeaderContentType, x.Type)
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Set(fiber.HeaderCacheControl, "private, no-store")
	return c.Send(body)
}

// deleteGroupFile answers POST /groups/:id/files/:file/delete.
func (s *Server) deleteGroupFile(c *fiber.Ctx) error {
	id := c.Params("id")
	if err := s.desk.RemoveGroupFile(c.UserContext(), actor(c), id, c.Params("file")); err != nil {
		return err
	}
	return s.seeOther(c, "/groups/"+id+"/files", "groupwork.flash.file_gone")
}

// groupYearPage is the data of templates/pages/group_year.html.
type groupYearPage struct {
	Page
	*scheduling.GroupYear
	Base           string
	Before, Behind string // the years beside it
	Numbers        []reportNumber
}

// showThisYear answers GET /groups/:id/years: the year that is going on.
func (s *Server) showThisYear(c *fiber.Ctx) error {
	found, err := s.desk.GroupPeople(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	year := s.desk.DB.Now().In(found.Cluster.Location()).Year()
	return c.Redirect(fmt.Sprintf("/groups/%s/years/%d", found.Group.ID, year), fiber.StatusFound)
}

// groupYear counts the year of the address.
func (s *Server) groupYear(c *fiber.Ctx) (*scheduling.GroupYear, error) {
	year, err := strconv.Atoi(c.Params("year"))
	if err != nil || year < 1990 || year > 2200 {
		return nil, fiber.ErrNotFound
	}
	return s.desk.GroupYear(c.UserContext(), actor(c), c.Params("id"), year)
}

// showGroupYear answers GET /groups/:id/years/:year.
func (s *Server) showGroupYear(c *fiber.Ctx) error {
	y, err := s.groupYear(c)
	if err != nil {
		return err
	}
	l := s.lang(c)
	base := "/groups/" + y.Group.ID + "/years/"
	p := &groupYearPage{Page: groupPages(y.Group), GroupYear: y, Base: base + strconv.Itoa(y.Year), Before: base + strconv.Itoa(y.Year-1)}
	if y.Year < s.desk.DB.Now().In(y.Cluster.Location()).Year() {
		p.Behind = base + strconv.Itoa(y.Year+1)
	}
	for _, n := range []struct {
		key string
		n   int
	}{{"meetings", len(y.Meetings)}, {"decisions", len(y.Decisions)}, {"done", y.Done}, {"open", y.Open}, {"overdue", y.Overdue}, {"notes", len(y.Notes)}} {
		p.Numbers = append(p.Numbers, reportNumber{l.Text("groupwork.figure." + n.key), n.n})
	}
	return s.page(c, "group_year", p)
}

// downloadGroupYear answers GET /groups/:id/years/:year/summary.docx.
func (s *Server) downloadGroupYear(c *fiber.Ctx) error {
	y, err := s.groupYear(c)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := scheduling.WriteGroupYear(&b, y, s.lang(c)); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, docx.Type)
	c.Set(fiber.HeaderContentDisposition, fmt.Sprintf(`attachment; filename="%s-%d-%s.docx"`, y.Group.Slug, y.Year, s.lang(c).Code()))
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	return c.Send(b.Bytes())
}
