package handlers

import (
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/scheduling/table"
	"kohtaamo/storage"
)

// activityRoutes are the activity log: what was done beside the events.
func (s *Server) activityRoutes() []route {
	const one = "/organise/log/:id"
	upload := post(one+"/files", Organiser, s.addWorkFile)
	upload.Body = uploadLimit
	return []route{
		get("/organise/log", Organiser, s.showWorks),
		get("/organise/log.csv", Organiser, s.exportWorks(csvFile)),
		get("/organise/log.xlsx", Organiser, s.exportWorks(xlsx)),
		get("/organise/log/new", Organiser, s.showNewWork),
		post("/organise/log/new", Organiser, s.createWork),
		get(one, Organiser, s.showWork),
		post(one, Organiser, s.editWork),
		post(one+"/delete", Organiser, s.deleteWork),
		upload,
		get(one+"/files/:file", Organiser, s.sendWorkFile),
		post(one+"/files/:file/delete", Organiser, s.deleteWorkFile),
		get("/organise/contacts", Organiser, s.showContacts),
		get("/organise/contacts.csv", Organiser, s.exportContacts(csvFile)),
		get("/organise/contacts.xlsx", Organiser, s.exportContacts(xlsx)),
		post("/organise/contacts", Organiser, s.noteContact),
		get("/organise/companies/:id/timeline", Organiser, s.showCompanyTimeline),
		get("/organise/people/:id/timeline", Organiser, s.showPersonTimeline),
	}
}

// worksPage is the data of templates/pages/activity_log.html.
type worksPage struct {
	Page
	Works                            []*scheduling.WorkLine
	F                                scheduling.WorkFilter
	Company                          string // by name, as it was typed
	Unknown                          bool   // there is no such company
	Kinds, Clusters, Groups, Writers []option
	Filtered                         bool
	Export                           string // the filter, for the addresses of the exports
}

// workFilter reads the list's filter from the address. A company is named as
// people name it.
func (s *Server) workFilter(c *fiber.Ctx) (f scheduling.WorkFilter, known bool, err error) {
	f = scheduling.WorkFilter{Text: text(c, "q"), Kind: scheduling.WorkKind(c.Query("kind")), Cluster: c.Query("cluster"), Group: c.Query("group"),
		By: c.Query("by"), From: c.Query("from"), Until: c.Query("until"), After: cursor(c)}
	if name := text(c, "company"); name != "" {
		f.Company, err = s.desk.CompanyNamed(c.UserContext(), actor(c), name)
	}
	if scheduling.IsHidden(err) {
		return f, false, nil
	}
	return f, true, err
}

// showWorks answers GET /organise/log.
func (s *Server) showWorks(c *fiber.Ctx) error {
	f, known, err := s.workFilter(c)
	if err != nil {
		return err
	}
	p := &worksPage{Page: directoryPage(), F: f, Company: text(c, "company"), Unknown: !known, Kinds: s.workKinds(c)}
	next := ""
	if known {
		if p.Works, next, err = s.desk.Works(c.UserContext(), actor(c), f); err != nil {
			return err
		}
	}
	if p.Clusters, err = s.clusterOptions(c); err != nil {
		return err
	}
	if p.Groups, err = s.ownGroups(c); err != nil {
		return err
	}
	writers, err := s.desk.WorkPeople(c.UserContext(), actor(c))
	if err != nil {
		return err
	}
	for _, w := range writers {
		p.Writers = append(p.Writers, option{w.ID, w.Name})
	}
	p.Filtered = f.Text+string(f.Kind)+f.Cluster+p.Company+f.Group+f.By+f.From+f.Until != ""
	p.Export = withQuery("", "q", f.Text, "kind", string(f.Kind), "cluster", f.Cluster, "company", p.Company, "group", f.Group, "by", f.By, "from", f.From, "until", f.Until)
	p.Pager = s.pager(c, next)
	return s.page(c, "activity_log", p)
}

func (s *Server) workKinds(c *fiber.Ctx) []option {
	var list []string
	for _, k := range scheduling.WorkKinds {
		list = append(list, string(k))
	}
	return s.options(c, "activitylog.kind", list...)
}

// ownGroups are the groups of the actor's clusters.
func (s *Server) ownGroups(c *fiber.Ctx) (out []option, err error) {
	all, err := s.desk.Groups(c.UserContext(), "")
	for _, g := range all {
		if actor(c).Organises(g.ClusterID) {
			out = append(out, option{g.ID, g.Name.In(s.lang(c).Code())})
		}
	}
	return out, err
}

// exportWorks answers GET /organise/log.csv and .xlsx with the entries that the
// list's filter chooses.
func (s *Server) exportWorks(k fileKind) fiber.Handler {
	return func(c *fiber.Ctx) error {
		f, known, err := s.workFilter(c)
		if err != nil {
			return err
		}
		f.After = ""
		clusters, err := s.clusterNames(c)
		if err != nil {
			return err
		}
		return s.sendTable(c, k, "activitylog.title", "activity-log", func(w table.Writer) error {
			var heads []string
			for _, h := range []string{"day", "kind", "title", "companies", "people", "clusters", "group", "country", "reach", "link", "note", "by"} {
				heads = append(heads, s.lang(c).Text("activitylog.f."+h))
			}
			if err := w.Write(heads); err != nil || !known {
				return err
			}
			for x, err := range s.desk.EachWork(c.UserContext(), actor(c), f) {
				if err == nil {
					err = w.Write(s.workRow(c, x, clusters))
				}
				if err != nil {
					return err
				}
			}
			return nil
		})
	}
}

func (s *Server) workRow(c *fiber.Ctx, x *scheduling.WorkLine, clusters map[string]string) []string {
	l, group, reach := s.lang(c), "", ""
	if x.Group != nil {
		group = x.Group.Name.In(l.Code())
	}
	if x.Reach > 0 {
		reach = strconv.Itoa(x.Reach)
	}
	return []string{x.Day, l.Text("activitylog.kind." + string(x.Kind)), x.Title, labels(x.Companies), labels(x.People),
		strings.Join(named(clusters, x.ClusterIDs), ", "), group, x.Country, reach, x.Link, x.Note, x.ByName}
}

// labels are names in one line.
func labels(list []scheduling.Named) string {
	var out []string
	for _, n := range list {
		out = append(out, n.Name)
	}
	return strings.Join(out, ", ")
}

// workPage is the data of templates/pages/activity_entry.html.
type workPage struct {
	Page
	W                                *scheduling.Work
	Companies                        []string // names, as they are typed
	Known                            []string // the names to choose from
	People                           []tick   // of the companies
	Kinds, Clusters, Groups, Project []option
	Own                              []tick
	Countries                        []option
	Today                            string
	Files                            []*scheduling.File
	Zone                             string
}

// Kilobytes is a size as a list shows it, never nothing.
func (p *workPage) Kilobytes(n int) int { return max(1, (n+512)/1024) }

// typedCompanies is how many companies a form has room for.
const typedCompanies = 3

// workForm shows an entry as a form. names are the companies as they were
// typed; nil stands for those of the entry.
func (s *Server) workForm(c *fiber.Ctx, w *scheduling.Work, names []string, problem *FormProblem) (err error) {
	p := &workPage{Page: directoryPage(), W: w, Companies: names, Kinds: s.workKinds(c), Today: scheduling.HouseDay(s.desk.DB.Now())}
	p.Problem, p.Section, p.Zone = problem, "/organise/people/", houseZone
	if w.Rev > 0 {
		if p.Files, err = s.desk.WorkFiles(c.UserContext(), actor(c), w.ID); err != nil {
			return err
		}
	}
	known, err := s.desk.CompanyNames(c.UserContext(), actor(c), w.CompanyIDs...)
	if err != nil {
		return err
	}
	if names == nil {
		p.Companies = named(known, w.CompanyIDs)
	}
	p.Companies = append(p.Companies, make([]string, max(1, typedCompanies-len(p.Companies)))...)
	if p.People, err = s.peopleTicks(c, w); err != nil {
		return err
	}
	if p.Known, err = s.companyList(c); err != nil {
		return err
	}
	if p.Clusters, err = s.clusterOptions(c); err != nil {
		return err
	}
	p.Own = ticks(p.Clusters, w.ClusterIDs)
	if p.Groups, err = s.ownGroups(c); err != nil {
		return err
	}
	if p.Project, err = s.projectOptions(c); err != nil {
		return err
	}
	p.Countries = s.countryOptions(c)
	return s.page(c, "activity_entry", p)
}

// companyList are the names of the companies of the actor's clusters, as many as
// a page can carry: others are typed in full.
func (s *Server) companyList(c *fiber.Ctx) (names []string, err error) {
	list, _, err := s.desk.Companies(c.UserContext(), actor(c), scheduling.ListFilter{Limit: 400})
	for _, co := range list {
		names = append(names, co.Name)
	}
	return names, err
}

// peopleTicks are the people of an entry and of its companies.
func (s *Server) peopleTicks(c *fiber.Ctx, w *scheduling.Work) (out []tick, err error) {
	seen := map[string]bool{}
	for _, id := range w.CompanyIDs {
		list, _, err := s.desk.People(c.UserContext(), actor(c), scheduling.ListFilter{Company: id, Limit: 60})
		if err != nil {
			return nil, err
		}
		for _, p := range list {
			seen[p.ID] = true
			out = append(out, tick{option{p.ID, p.Name}, slices.Contains(w.PersonIDs, p.ID)})
		}
	}
	for _, id := range w.PersonIDs {
		if seen[id] {
			continue
		}
		found, err := s.desk.Person(c.UserContext(), actor(c), id)
		if scheduling.IsHidden(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, tick{option{id, found.Person.Name}, true})
	}
	return out, nil
}

// showNewWork answers GET /organise/log/new; ?kind=, ?company=, ?person= and
// ?cluster= fill it in.
func (s *Server) showNewWork(c *fiber.Ctx) error {
	w := &scheduling.Work{Meta: storage.Meta{ID: storage.NewID()}, Kind: scheduling.WorkKind(c.Query("kind")), Day: scheduling.HouseDay(s.desk.DB.Now())}
	if w.Kind == "" {
		w.Kind = scheduling.WorkCall
	}
	if co, err := s.desk.Company(c.UserContext(), actor(c), c.Query("company")); err == nil {
		w.CompanyIDs = []string{co.ID}
		w.ClusterIDs = ownAmong(actor(c), nil, co.ClusterIDs)
	}
	if p, err := s.desk.Person(c.UserContext(), actor(c), c.Query("person")); err == nil {
		w.PersonIDs = []string{p.Person.ID}
		if p.Company != nil && len(w.CompanyIDs) == 0 {
			w.CompanyIDs = []string{p.Company.ID}
			w.ClusterIDs = ownAmong(actor(c), nil, p.Company.ClusterIDs)
		}
	}
	return s.workForm(c, w, nil, nil)
}

// readWork reads what the form says; companies that nobody knows are noted.
func (s *Server) readWork(c *fiber.Ctx, f *form, w *scheduling.Work) (names []string, err error) {
	w.Kind, w.Title, w.Day, w.Link, w.Note = scheduling.WorkKind(f.Value("kind")), f.Text("title"), f.Text("day"), f.Text("link"), f.Text("note")
	w.GroupID, w.ProjectID, w.Country = f.Value("group"), f.Value("project"), f.Value("country")
	w.PersonIDs, w.Reach = f.List("people"), f.Int("reach", 0, 1_000_000_000)
	w.ClusterIDs = ownAmong(actor(c), w.ClusterIDs, f.List("clusters"))
	w.CompanyIDs = nil
	for _, name := range f.List("companies") {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		names = append(names, name)
		id, err := s.desk.CompanyNamed(c.UserContext(), actor(c), name)
		if scheduling.IsHidden(err) {
			f.wrong("companies", "activitylog.no_company")
		} else if err != nil {
			return nil, err
		}
		w.CompanyIDs = append(w.CompanyIDs, id)
	}
	w.CompanyIDs = slices.DeleteFunc(w.CompanyIDs, func(id string) bool { return id == "" })
	return names, nil
}

// createWork answers POST /organise/log/new. Sent twice, it makes one.
func (s *Server) createWork(c *fiber.Ctx) error {
	f := s.form(c)
	w := &scheduling.Work{Meta: storage.Meta{ID: f.NewID()}}
	names, err := s.readWork(c, f, w)
	if err != nil {
		return err
	}
	return s.storeWork(c, f, w, names, 0)
}

// storeWork saves what was read; now is the revision that a form shows again,
// as whoever read what is wrong decides about the present version.
func (s *Server) storeWork(c *fiber.Ctx, f *form, w *scheduling.Work, names []string, now int64) error {
	err := f.Err()
	if err == nil {
		_, err = s.desk.SaveWork(c.UserContext(), actor(c), *w)
	}
	if exists(err) {
		if _, found := s.desk.Work(c.UserContext(), actor(c), w.ID); found == nil {
			err = nil
		}
	}
	w.Rev = now
	if p := s.workProblem(c, err); p != nil {
		return s.workForm(c, w, names, p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/organise/log", "activitylog.flash.saved")
}

func (s *Server) workProblem(c *fiber.Ctx, err error) *FormProblem {
	p := s.inForm(c, err, "kind", "day", "companies", "people", "title", "link", "reach", "note", "clusters", "group", "project", "country", "file")
	if p == nil {
		return nil
	}
	for i := range p.Faults {
		if label := "activitylog.f." + p.Faults[i].Name; s.lang(c).Has(label) {
			p.Faults[i].Label = s.lang(c).Text(label)
		}
	}
	return p
}

// showWork answers GET /organise/log/:id: to read and to change it.
func (s *Server) showWork(c *fiber.Ctx) error {
	x, err := s.desk.Work(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	return s.workForm(c, x.Work, nil, nil)
}

// editWork answers POST /organise/log/:id.
func (s *Server) editWork(c *fiber.Ctx) error {
	x, err := s.desk.Work(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	f, w := s.form(c), x.Work
	names, err := s.readWork(c, f, w)
	if err != nil {
		return err
	}
	now := w.Rev
	w.Rev = f.EditRevision()
	return s.storeWork(c, f, w, names, now)
}

// deleteWork answers POST /organise/log/:id/delete.
func (s *Server) deleteWork(c *fiber.Ctx) error {
	if err := s.desk.DeleteWork(c.UserContext(), actor(c), c.Params("id"), s.form(c).Text("reason")); err != nil {
		return err
	}
	return s.seeOther(c, "/organise/log", "activitylog.flash.deleted")
}

// addWorkFile answers POST /organise/log/:id/files.
func (s *Server) addWorkFile(c *fiber.Ctx) error {
	x, err := s.desk.Work(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	f := s.form(c)
	body, name := f.File("file", scheduling.FileLimit)
	if err = f.Err(); err == nil {
		_, err = s.desk.AddWorkFile(c.UserContext(), actor(c), x.ID, name, body)
	}
	if p := s.workProblem(c, err); p != nil {
		return s.workForm(c, x.Work, nil, p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/organise/log/"+x.ID+"#files", "activitylog.flash.file")
}

// sendWorkFile answers GET /organise/log/:id/files/:file.
func (s *Server) sendWorkFile(c *fiber.Ctx) error {
	x, body, err := s.desk.WorkFile(c.UserContext(), actor(c), c.Params("id"), c.Params("file"))
	if err != nil {
		return err
	}
	return s.sendFile(c, x, body)
}

// deleteWorkFile answers POST /organise/log/:id/files/:file/delete.
func (s *Server) deleteWorkFile(c *fiber.Ctx) error {
	id := c.Params("id")
	if err := s.desk.RemoveWorkFile(c.UserContext(), actor(c), id, c.Params("file")); err != nil {
		return err
	}
	return s.seeOther(c, "/organise/log/"+id+"#files", "activitylog.flash.file_gone")
}
