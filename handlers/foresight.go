package handlers

import (
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// foresightRoutes are the signals and trends that groups collect, for their
// members, and the issues made of them, for whom each is published.
func (s *Server) foresightRoutes() []route {
	const all, note, issue = "/groups/:id/foresight", "/groups/:id/foresight/:note", "/groups/:id/issues/:issue"
	return []route{
		get(all, SignedIn, s.showForesight),
		get("/groups/:id/issues/new", SignedIn, s.showNewIssue),
		post("/groups/:id/issues/new", SignedIn, s.createIssue),
		get(all+"/new", SignedIn, s.showNewNote),
		post(all+"/new", SignedIn, s.createNote),
		get(note, SignedIn, s.showNote),
		post(note, SignedIn, s.editNote),
		post(note+"/delete", SignedIn, s.deleteNote),
		get(issue, SignedIn, s.showEditIssue),
		post(issue, SignedIn, s.editIssue),
		post(issue+"/publish", SignedIn, s.publishIssue),
		get("/foresight", Public, s.showIssues),
		get("/foresight/:issue", Public, s.showIssue),
	}
}

// foresightPage is the data of templates/pages/foresight.html.
type foresightPage struct {
	Page
	*scheduling.ForesightPage
	Zone                      string
	Query, Kind, Horizon, Tag string
	Kinds, Horizons           []option
	Filtered                  bool
	Mine                      map[string]bool // notes that the reader may change
}

// showForesight answers GET /groups/:id/foresight.
func (s *Server) showForesight(c *fiber.Ctx) error {
	f := scheduling.NoteFilter{Text: text(c, "q"), Kind: c.Query("kind"), Horizon: scheduling.Horizon(c.Query("horizon")), Tag: text(c, "tag"), After: cursor(c)}
	found, err := s.desk.Foresight(c.UserContext(), actor(c), c.Params("id"), f)
	if err != nil {
		return err
	}
	p := &foresightPage{Page: groupPages(found.Group), ForesightPage: found, Zone: found.Cluster.Zone,
		Query: f.Text, Kind: f.Kind, Horizon: string(f.Horizon), Tag: f.Tag, Mine: map[string]bool{}}
	p.Filtered = p.Query+p.Kind+p.Horizon+p.Tag != ""
	p.Kinds, p.Horizons = s.noteKinds(c), s.horizons(c)
	for _, n := range found.Notes {
		p.Mine[n.ID] = found.Writes(actor(c), n)
	}
	p.Pager = s.pager(c, found.Next)
	return s.page(c, "foresight", p)
}

func (s *Server) noteKinds(c *fiber.Ctx) []option {
	return s.options(c, "groupwork.note_kind", scheduling.ForesightKinds...)
}

func (s *Server) horizons(c *fiber.Ctx) []option {
	var list []string
	for _, h := range scheduling.Horizons {
		list = append(list, string(h))
	}
	return s.options(c, "groupwork.horizon", list...)
}

// foresightNotePage is the data of templates/pages/foresight_note.html.
type foresightNotePage struct {
	Page
	Group                  *scheduling.Group
	Note                   *scheduling.ForesightNote
	Tags                   string
	Kinds, Horizons, Marks []option
}

func (s *Server) noteForm(c *fiber.Ctx, g *scheduling.Group, n *scheduling.ForesightNote, tags string, problem *FormProblem) error {
	p := &foresightNotePage{Page: groupPages(g), Group: g, Note: n, Tags: tags, Kinds: s.noteKinds(c), Horizons: s.horizons(c)}
	p.Problem = problem
	for i := 1; i <= 5; i++ {
		p.Marks = append(p.Marks, option{strconv.Itoa(i), s.lang(c).Text("groupwork.mark." + strconv.Itoa(i))})
	}
	return s.page(c, "foresight_note", p)
}

// showNewNote answers GET /groups/:id/foresight/new.
func (s *Server) showNewNote(c *fiber.Ctx) error {
	found, err := s.desk.GroupMeetings(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	n := &scheduling.ForesightNote{Meta: storage.Meta{ID: storage.NewID()}, Kind: scheduling.ForesightKinds[0], Horizon: scheduling.HorizonMid}
	return s.noteForm(c, found.Group, n, "", nil)
}

// readNote reads what the form says of a note.
func readNote(f *form, n *scheduling.ForesightNote) {
	n.Kind, n.Title, n.Text, n.Link = f.Value("kind"), f.Text("title"), f.Text("text"), f.Text("link")
	n.Horizon, n.Tags = scheduling.Horizon(f.Value("horizon")), commaList(f.Text("tags"))
	n.Likelihood, n.Impact = f.Int("likelihood", 0, 5), f.Int("impact", 0, 5)
}

// createNote answers POST /groups/:id/foresight/new. Sent twice, it makes one.
func (s *Server) createNote(c *fiber.Ctx) error {
	found, err := s.desk.GroupMeetings(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	f := s.form(c)
	n := &scheduling.ForesightNote{Meta: storage.Meta{ID: f.NewID()}, GroupID: found.Group.ID}
	readNote(f, n)
	_, err = s.desk.SaveForesightNote(c.UserContext(), actor(c), *n)
	if exists(err) {
		if _, _, there := s.desk.ForesightNote(c.UserContext(), actor(c), found.Group.ID, n.ID); there == nil {
			err = nil
		}
	}
	return s.noteSaved(c, f, found.Group, n, err)
}

func (s *Server) noteSaved(c *fiber.Ctx, f *form, g *scheduling.Group, n *scheduling.ForesightNote, err error) error {
	if p := s.groupProblem(c, err, "kind", "title", "text", "link", "horizon", "tags", "likelihood", "impact"); p != nil {
		return s.noteForm(c, g, n, f.Text("tags"), p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/groups/"+g.ID+"/foresight", "groupwork.flash.note")
}

// showNote answers GET /groups/:id/foresight/:note: to change it.
func (s *Server) showNote(c *fiber.Ctx) error {
	found, n, err := s.desk.ForesightNote(c.UserContext(), actor(c), c.Params("id"), c.Params("note"))
	if err != nil {
		return err
	}
	return s.noteForm(c, found.Group, n, strings.Join(n.Tags, ", "), nil)
}

// editNote answers POST /groups/:id/foresight/:note.
func (s *Server) editNote(c *fiber.Ctx) error {
	found, n, err := s.desk.ForesightNote(c.UserContext(), actor(c), c.Params("id"), c.Params("note"))
	if err != nil {
		return err
	}
	f, now := s.form(c), n.Rev
	n.Rev = f.EditRevision()
	readNote(f, n)
	_, err = s.desk.SaveForesightNote(c.UserContext(), actor(c), *n)
	n.Rev = now
	return s.noteSaved(c, f, found.Group, n, err)
}

// deleteNote answers POST /groups/:id/foresight/:note/delete.
func (s *Server) deleteNote(c *fiber.Ctx) error {
	id := c.Params("id")
	if err := s.desk.DeleteForesightNote(c.UserContext(), actor(c), id, c.Params("note")); err != nil {
		return err
	}
	return s.seeOther(c, "/groups/"+id+"/foresight", "groupwork.flash.note_gone")
}

// issueFormPage is the data of templates/pages/foresight_issue_form.html.
type issueFormPage struct {
	Page
	Group *scheduling.Group
	Issue *scheduling.ForesightIssue
	Notes []tick
}

// issueForm offers the newest notes of a group, and those that are ticked.
func (s *Server) issueForm(c *fiber.Ctx, x *scheduling.ForesightIssue, problem *FormProblem) error {
	found, err := s.desk.Foresight(c.UserContext(), actor(c), c.Params("id"), scheduling.NoteFilter{Limit: 200})
	if err != nil {
		return err
	}
	if !found.Manage {
		return fiber.ErrNotFound
	}
	p := &issueFormPage{Page: groupPages(found.Group), Group: found.Group, Issue: x}
	p.Problem = problem
	for _, n := range found.Notes {
		p.Notes = append(p.Notes, tick{option{n.ID, n.Title}, slices.Contains(x.NoteIDs, n.ID)})
	}
	return s.page(c, "foresight_issue_form", p)
}

// showNewIssue answers GET /groups/:id/issues/new.
func (s *Server) showNewIssue(c *fiber.Ctx) error {
	return s.issueForm(c, &scheduling.ForesightIssue{Meta: storage.Meta{ID: storage.NewID()}}, nil)
}

func readIssue(f *form, x *scheduling.ForesightIssue) {
	x.Title, x.Intro, x.Public, x.NoteIDs = f.Langs("title"), f.Langs("intro"), f.Check("public"), f.List("notes")
}

// createIssue answers POST /groups/:id/issues/new. Sent twice, it makes one.
func (s *Server) createIssue(c *fiber.Ctx) error {
	f := s.form(c)
	x := &scheduling.ForesightIssue{Meta: storage.Meta{ID: f.NewID()}, GroupID: c.Params("id")}
	readIssue(f, x)
	_, err := s.desk.SaveForesightIssue(c.UserContext(), actor(c), *x)
	if exists(err) {
		if found, failed := s.desk.ForesightIssue(c.UserContext(), actor(c), x.ID); failed == nil && found.Manage {
			err = nil
		}
	}
	return s.issueSaved(c, x, err)
}

func (s *Server) issueSaved(c *fiber.Ctx, x *scheduling.ForesightIssue, err error) error {
	if p := s.groupProblem(c, err, "title", "intro", "notes"); p != nil {
		return s.issueForm(c, x, p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/foresight/"+x.ID, "groupwork.flash.issue")
}

// keptIssue gives an issue that the actor may change.
func (s *Server) keptIssue(c *fiber.Ctx) (*scheduling.ForesightIssue, error) {
	found, err := s.desk.ForesightIssue(c.UserContext(), actor(c), c.Params("issue"))
	if err == nil && (!found.Manage || found.Group.ID != c.Params("id")) {
		return nil, fiber.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return found.Issue, nil
}

// showEditIssue answers GET /groups/:id/issues/:issue.
func (s *Server) showEditIssue(c *fiber.Ctx) error {
	x, err := s.keptIssue(c)
	if err != nil {
		return err
	}
	return s.issueForm(c, x, nil)
}

// editIssue answers POST /groups/:id/issues/:issue. The notes of a published
// one stay.
func (s *Server) editIssue(c *fiber.Ctx) error {
	x, err := s.keptIssue(c)
	if err != nil {
		return err
	}
	f, now, notes := s.form(c), x.Rev, x.NoteIDs
	readIssue(f, x)
	if x.State == scheduling.IssuePublished {
		x.NoteIDs = notes
	}
	x.Rev = f.EditRevision()
	_, err = s.desk.SaveForesightIssue(c.UserContext(), actor(c), *x)
	x.Rev = now
	return s.issueSaved(c, x, err)
}

// publishIssue answers POST /groups/:id/issues/:issue/publish: publishes, or
// takes back.
func (s *Server) publishIssue(c *fiber.Ctx) error {
	x, err := s.keptIssue(c)
	if err != nil {
		return err
	}
	back := s.form(c).Value("do") == "withdraw"
	if x, err = s.desk.PublishForesight(c.UserContext(), actor(c), x.ID, !back); err != nil {
		return err
	}
	if back {
		return s.seeOther(c, "/foresight/"+x.ID, "groupwork.flash.withdrawn")
	}
	return s.seeOther(c, "/foresight/"+x.ID, "groupwork.flash.published")
}

// issuesPage is the data of templates/pages/foresight_issues.html.
type issuesPage struct {
	Page
	Issues []*scheduling.ForesightIssue
	Zone   string
}

// newestIssues is how many issues pages show that lead to more of them.
const newestIssues = 3

// issuesFor are the newest issues of a cluster, or of all, that the reader may
// read.
func (s *Server) issuesFor(c *fiber.Ctx, clusterID string) ([]*scheduling.ForesightIssue, error) {
	list, _, err := s.desk.ForesightIssues(c.UserContext(), actor(c), scheduling.IssueFilter{Cluster: clusterID, Limit: newestIssues})
	return list, err
}

// showIssues answers GET /foresight: what the reader may read.
func (s *Server) showIssues(c *fiber.Ctx) error {
	list, next, err := s.desk.ForesightIssues(c.UserContext(), actor(c), scheduling.IssueFilter{After: cursor(c)})
	if err != nil {
		return err
	}
	p := &issuesPage{Issues: list, Zone: houseZone}
	p.Pager = s.pager(c, next)
	return s.page(c, "foresight_issues", p)
}

// issuePage is the data of templates/pages/foresight_issue.html.
type issuePage struct {
	Page
	*scheduling.ForesightRead
	Base string
}

// showIssue answers GET /foresight/:issue.
func (s *Server) showIssue(c *fiber.Ctx) error {
	found, err := s.desk.ForesightIssue(c.UserContext(), actor(c), c.Params("issue"))
	if err != nil {
		return err
	}
	p := &issuePage{ForesightRead: found, Base: "/groups/" + found.Group.ID + "/issues/" + found.Issue.ID}
	p.NoIndex = !found.Issue.Public
	return s.page(c, "foresight_issue", p)
}
