package handlers

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/scheduling/table"
	"kohtaamo/storage"
)

// contactsShown is how many companies one page of the list of contacts has.
const contactsShown = 50

// contactsPage is the data of templates/pages/contacts.html.
type contactsPage struct {
	Page
	Lines          []*scheduling.ContactLine
	Total          int
	Cluster, Kind  string
	Since, Shown   string
	Clusters       []option
	Kinds, Showing []option
	Zone           string
	Export         string
	Filtered       bool
	Once           map[string]string // company id → of the entry that a click makes
}

// contactFilter reads the filter of the list from the address: of the first of
// the actor's clusters and the year that is going on, where it says nothing.
func (s *Server) contactFilter(c *fiber.Ctx, p *contactsPage) (f scheduling.ContactFilter, err error) {
	if p.Clusters, err = s.clusterOptions(c); err != nil {
		return f, err
	}
	p.Cluster, p.Kind, p.Since, p.Shown = c.Query("cluster"), c.Query("kind"), text(c, "since"), c.Query("shown")
	if p.Cluster == "" && len(p.Clusters) > 0 {
		p.Cluster = p.Clusters[0].Value
	}
	year := scheduling.HouseDay(s.desk.DB.Now())[:4] + "-01-01"
	since := scheduling.HouseMidnight(p.Since)
	if since.IsZero() {
		p.Since, since = year, scheduling.HouseMidnight(year)
	}
	p.Filtered = p.Kind+p.Shown != "" || p.Since != year
	return scheduling.ContactFilter{Cluster: p.Cluster, Kind: scheduling.CompanyKind(p.Kind), Since: since, Met: p.Shown == "met", All: p.Shown == "all"}, nil
}

// showContacts answers GET /organise/contacts: whom have we not met this year.
func (s *Server) showContacts(c *fiber.Ctx) error {
	p := &contactsPage{Page: directoryPage(), Zone: houseZone, Kinds: s.companyKinds(c), Showing: s.options(c, "activitylog.shown", "met", "all")}
	f, err := s.contactFilter(c, p)
	if err != nil {
		return err
	}
	if p.Cluster != "" {
		if p.Lines, err = s.desk.Contacts(c.UserContext(), actor(c), f); err != nil {
			return err
		}
	}
	p.Total = len(p.Lines)
	p.Export = withQuery("", "cluster", p.Cluster, "kind", p.Kind, "since", p.Since, "shown", p.Shown)
	next := ""
	p.Lines, next = pageOf(p.Lines, cursor(c))
	p.Pager = s.pager(c, next)
	p.Once = map[string]string{}
	for _, l := range p.Lines {
		p.Once[l.Company.ID] = storage.NewID()
	}
	return s.page(c, "contacts", p)
}

// pageOf is the part of a list behind the company that the page before ended
// with.
func pageOf(all []*scheduling.ContactLine, after string) (list []*scheduling.ContactLine, next string) {
	from := 1 + slices.IndexFunc(all, func(l *scheduling.ContactLine) bool { return l.Company.ID == after })
	list = all[from:]
	if len(list) > contactsShown {
		list = list[:contactsShown]
		next = list[contactsShown-1].Company.ID
	}
	return list, next
}

// exportContacts answers GET /organise/contacts.csv and .xlsx.
func (s *Server) exportContacts(k fileKind) fiber.Handler {
	return func(c *fiber.Ctx) error {
		p := &contactsPage{}
		f, err := s.contactFilter(c, p)
		if err != nil {
			return err
		}
		list, err := s.desk.Contacts(c.UserContext(), actor(c), f)
		if err != nil {
			return err
		}
		l := s.lang(c)
		return s.sendTable(c, k, "activitylog.contacts", "contacts", func(w table.Writer) error {
			heads := append(s.heads(c, "company", "kind", "municipality", "country"), l.Text("activitylog.last"), l.Text("activitylog.f.kind"))
			if err := w.Write(heads); err != nil {
				return err
			}
			for _, x := range list {
				day, how := "", ""
				if x.Last != nil {
					day, how = scheduling.HouseDay(x.Last.At), l.Text("activitylog.kind."+x.Last.Kind)
				}
				co := x.Company
				if err := w.Write([]string{co.Name, l.Text("directory.kind." + string(co.Kind)), co.Municipality, co.Country, day, how}); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

// noteContact answers POST /organise/contacts: one click writes down that a
// company was called or visited today. Sent twice, it is written once.
func (s *Server) noteContact(c *fiber.Ctx) error {
	f := s.form(c)
	kind := scheduling.WorkKind(f.Value("kind"))
	co, err := s.desk.Company(c.UserContext(), actor(c), f.Value("company"))
	if err != nil {
		return err
	}
	w := scheduling.Work{Kind: kind, Day: scheduling.HouseDay(s.desk.DB.Now()), CompanyIDs: []string{co.ID}, ClusterIDs: ownAmong(actor(c), nil, co.ClusterIDs)}
	w.ID = f.NewID()
	_, err = s.desk.SaveWork(c.UserContext(), actor(c), w)
	if err != nil && !exists(err) {
		return err
	}
	return s.seeOther(c, "/organise/log/"+w.ID, "activitylog.flash.noted", "company", co.Name)
}

// timelinePage is the data of templates/pages/timeline.html.
type timelinePage struct {
	Page
	Name, Base, Of string // of whom: "companies" or "people"
	ID             string
	Lines          []*scheduling.TimelineLine
	Last           *scheduling.Encounter
	Zone           string
}

// showCompanyTimeline answers GET /organise/companies/:id/timeline.
func (s *Server) showCompanyTimeline(c *fiber.Ctx) error {
	co, err := s.desk.Company(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	last, err := s.desk.LastContact(c.UserContext(), actor(c), co.ID)
	if err != nil {
		return err
	}
	return s.timeline(c, &timelinePage{Name: co.Name, Of: "companies", ID: co.ID, Last: last}, co.ID, "")
}

// showPersonTimeline answers GET /organise/people/:id/timeline.
func (s *Server) showPersonTimeline(c *fiber.Ctx) error {
	found, err := s.desk.Person(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	return s.timeline(c, &timelinePage{Name: found.Person.Name, Of: "people", ID: found.Person.ID}, "", found.Person.ID)
}

func (s *Server) timeline(c *fiber.Ctx, p *timelinePage, companyID, personID string) error {
	list, next, err := s.desk.Timeline(c.UserContext(), actor(c), companyID, personID, cursor(c))
	if err != nil {
		return err
	}
	p.Page, p.Lines, p.Zone, p.Base = directoryPage(), list, houseZone, "/organise/"+p.Of+"/"+p.ID
	p.Pager = s.pager(c, next)
	return s.page(c, "timeline", p)
}
