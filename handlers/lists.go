package handlers

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/scheduling/table"
	"kohtaamo/storage"
)

// listRoutes are mailing lists: what everybody may join, what whoever has a
// link may choose and leave, and what organisers keep.
func (s *Server) listRoutes() []route { return slices.Concat(s.subscribeRoutes(), s.listBoardRoutes()) }

func (s *Server) listBoardRoutes() []route {
	const one = "/organise/lists/:id"
	upload := post(one+"/import", Organiser, s.importSubscribers)
	upload.Body = 2*table.MaxBytes + formLimit // the second step sends the file as text
	return []route{
		get("/organise/lists", Organiser, s.showLists),
		get("/organise/lists/new", Organiser, s.showNewList),
		post("/organise/lists/new", Organiser, s.createList),
		get(one, Organiser, s.showList),
		get(one+"/edit", Organiser, s.showEditList),
		post(one+"/edit", Organiser, s.editList),
		get(one+"/export.csv", Organiser, s.exportSubscribers(csvFile)),
		get(one+"/export.xlsx", Organiser, s.exportSubscribers(xlsx)),
		get(one+"/add", Organiser, s.showAddSubscriber),
		post(one+"/add", Organiser, s.addSubscriber),
		get(one+"/import", Organiser, s.showImportSubscribers),
		upload,
		get("/organise/subscriptions/:id", Organiser, s.showSubscription),
		post("/organise/subscriptions/:id/remove", Organiser, s.removeSubscriber),
		get("/organise/suppressions", Organiser, s.showSuppressions),
		post("/organise/suppressions", Organiser, s.stopAddress),
		post("/organise/suppressions/:id/lift", Organiser, s.liftSuppression),
	}
}

// listsPage is the data of templates/pages/mailinglists.html.
type listsPage struct {
	Page
	Lists        []listRow
	ClusterNames map[string]string
}

// A listRow is a list with the figures of its row.
type listRow struct {
	*scheduling.ListPage
	Subscribed, Waiting, Gone int
}

func newListRow(l *scheduling.ListPage) listRow {
	n := l.Counts
	return listRow{l, n[scheduling.Subscribed], n[scheduling.Unconfirmed],
		n[scheduling.Unsubscribed] + n[scheduling.Bounced] + n[scheduling.Complained]}
}

// showLists answers GET /organise/lists.
func (s *Server) showLists(c *fiber.Ctx) error {
	list, err := s.desk.MailingLists(c.UserContext(), actor(c), "")
	if err != nil {
		return err
	}
	p := &listsPage{Page: mailFrame()}
	for _, l := range list {
		p.Lists = append(p.Lists, newListRow(l))
	}
	if p.ClusterNames, err = s.clusterNames(c); err != nil {
		return err
	}
	return s.page(c, "mailinglists", p)
}

// listPage is the data of templates/pages/mailinglist.html.
type listPage struct {
	Page
	*scheduling.ListPage
	Chips         []chip
	Subscriptions []*scheduling.Subscription
	Query         string
	State         string
	Filtered      bool
	Zone          string
}

// showList answers GET /organise/lists/:id.
func (s *Server) showList(c *fiber.Ctx) error {
	l, err := s.desk.MailingList(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	p := &listPage{Page: mailFrame(), ListPage: l, Query: text(c, "q"), State: c.Query("state"), Zone: houseZone}
	f := subFilter(c)
	f.After = cursor(c)
	var next string
	if p.Subscriptions, next, err = s.desk.Subscriptions(c.UserContext(), actor(c), l.ID, f); err != nil {
		return err
	}
	p.Filtered, p.Pager = p.Query+p.State != "", s.pager(c, next)
	p.Chips = s.subChips(c, l, p)
	return s.page(c, "mailinglist", p)
}

func subFilter(c *fiber.Ctx) scheduling.SubFilter {
	return scheduling.SubFilter{State: scheduling.SubState(c.Query("state")), Text: text(c, "q")}
}

// subChips lead to the subscriptions of each state.
func (s *Server) subChips(c *fiber.Ctx, l *scheduling.ListPage, p *listPage) (chips []chip) {
	all := 0
	for _, n := range l.Counts {
		all += n
	}
	one := func(label, state string, n int) {
		path := withQuery("/organise/lists/"+l.ID, "state", state, "q", p.Query)
		chips = append(chips, chip{Label: label, Path: path, Count: n, Counted: true, On: state == p.State})
	}
	one(s.lang(c).Text("lists.any_state"), "", all)
	for _, st := range scheduling.SubStates {
		if n := l.Counts[st]; n > 0 || string(st) == p.State {
			one(s.lang(c).Text("state.subscription."+string(st)), string(st), n)
		}
	}
	return chips
}

// listFormPage is the data of templates/pages/mailinglist_form.html.
type listFormPage struct {
	Page
	List             *scheduling.MailingList
	Clusters, Groups []option
}

// showNewList answers GET /organise/lists/new; ?group= makes it a group's.
func (s *Server) showNewList(c *fiber.Ctx) error {
	l := &scheduling.MailingList{Meta: storage.Meta{ID: storage.NewID()}, Open: true, Archive: true, GroupID: c.Query("group"), ClusterID: c.Query("cluster")}
	return s.listForm(c, l, nil)
}

func (s *Server) listForm(c *fiber.Ctx, l *scheduling.MailingList, problem *FormProblem) (err error) {
	p := &listFormPage{Page: mailFrame(), List: l}
	p.Problem = problem
	if p.Clusters, err = s.clusterOptions(c); err != nil {
		return err
	}
	all, err := s.desk.Groups(c.UserContext(), "")
	if err != nil {
		return err
	}
	for _, g := range all {
		if actor(c).Organises(g.ClusterID) && (l.Rev == 0 || g.ClusterID == l.ClusterID) {
			p.Groups = append(p.Groups, option{g.ID, g.Name.In(s.lang(c).Code())})
		}
	}
	return s.page(c, "mailinglist_form", p)
}

// createList answers POST /organise/lists/new. Sent twice, it makes one.
func (s *Server) createList(c *fiber.Ctx) error {
	f := s.form(c)
	l := &scheduling.MailingList{Meta: storage.Meta{ID: f.NewID()}, ClusterID: f.Value("cluster_id")}
	readList(f, l)
	err := s.desk.SaveMailingList(c.UserContext(), actor(c), l)
	if exists(err) {
		if _, found := s.desk.MailingList(c.UserContext(), actor(c), l.ID); found == nil {
			err = nil
		}
	}
	return s.listSaved(c, l, err)
}

// showEditList answers GET /organise/lists/:id/edit.
func (s *Server) showEditList(c *fiber.Ctx) error {
	found, err := s.desk.MailingList(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	return s.listForm(c, found.MailingList, nil)
}

// editList answers POST /organise/lists/:id/edit. A list stays with its cluster.
func (s *Server) editList(c *fiber.Ctx) error {
	found, err := s.desk.MailingList(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	f, l, now := s.form(c), found.MailingList, found.Rev
	l.Rev = f.EditRevision()
	readList(f, l)
	if err = s.desk.SaveMailingList(c.UserContext(), actor(c), l); err != nil {
		l.Rev = now
	}
	return s.listSaved(c, l, err)
}

func (s *Server) listSaved(c *fiber.Ctx, l *scheduling.MailingList, err error) error {
	if p := s.inForm(c, err, "name", "about", "slug", "cluster_id", "group_id", "topic"); p != nil {
		return s.listForm(c, l, p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/organise/lists/"+l.ID, "lists.flash.saved", "name", l.Name.In(s.lang(c).Code()))
}

func readList(f *form, l *scheduling.MailingList) {
	l.Name, l.About, l.GroupID, l.Topic = f.Langs("name"), f.Langs("about"), f.Value("group_id"), f.Text("topic")
	l.Open, l.Archive, l.Closed = f.Check("open"), f.Check("archive"), f.Check("closed")
	if l.Slug = f.Text("slug"); l.Slug == "" {
		l.Slug = scheduling.Slug(l.Name.In("en"))
	}
}
