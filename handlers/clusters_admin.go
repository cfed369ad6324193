package handlers

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// clusterRoutes are how clusters are kept: by their organisers, and new ones by
// administrators.
func (s *Server) clusterRoutes() []route {
	return []route{
		get("/organise/clusters", Organiser, s.showOwnClusters),
		get("/organise/clusters/new", Administrator, s.showNewCluster),
		post("/organise/clusters/new", Administrator, s.createCluster),
		get("/organise/clusters/:id", Organiser, s.showEditCluster),
		post("/organise/clusters/:id", Organiser, s.editCluster),
	}
}

// ownClustersPage is the data of templates/pages/own_clusters.html.
type ownClustersPage struct {
	Page
	Clusters []*scheduling.Cluster
}

// showOwnClusters answers GET /organise/clusters.
func (s *Server) showOwnClusters(c *fiber.Ctx) error {
	all, err := s.desk.Clusters(c.UserContext())
	if err != nil {
		return err
	}
	p := &ownClustersPage{Page: directoryPage()}
	p.Clusters = slices.DeleteFunc(all, func(cl *scheduling.Cluster) bool { return !actor(c).Organises(cl.ID) })
	return s.page(c, "own_clusters", p)
}

// clusterFormPage is the data of templates/pages/cluster_form.html.
type clusterFormPage struct {
	Page
	Cluster *scheduling.Cluster
	Langs   []tick
	Zones   []string
}

// showNewCluster answers GET /organise/clusters/new.
func (s *Server) showNewCluster(c *fiber.Ctx) error {
	cl := &scheduling.Cluster{Meta: storage.Meta{ID: storage.NewID()}, Zone: houseZone, Languages: s.texts.Langs()}
	return s.clusterForm(c, cl, nil)
}

func (s *Server) clusterForm(c *fiber.Ctx, cl *scheduling.Cluster, problem *FormProblem) error {
	p := &clusterFormPage{Page: directoryPage(), Cluster: cl, Langs: ticks(s.languageOptions(), cl.Languages), Zones: zones}
	p.Problem = problem
	return s.page(c, "cluster_form", p)
}

// createCluster answers POST /organise/clusters/new. Sent twice, it makes one.
func (s *Server) createCluster(c *fiber.Ctx) error {
	f := s.form(c)
	cl := &scheduling.Cluster{Meta: storage.Meta{ID: f.NewID()}}
	s.readCluster(f, cl)
	err := s.saveCluster(c, f, cl)
	if exists(err) {
		if _, found := s.ownCluster(c, cl.ID); found == nil {
			err = nil
		}
	}
	return s.clusterSaved(c, cl, err)
}

// ownCluster finds a cluster by its id for those who organise it.
func (s *Server) ownCluster(c *fiber.Ctx, id string) (*scheduling.Cluster, error) {
	cl, err := s.desk.Cluster(c.UserContext(), id)
	if err == nil && (cl.ID != id || !actor(c).Organises(id)) {
		return nil, storage.ErrNotFound
	}
	return cl, err
}

// showEditCluster answers GET /organise/clusters/:id.
func (s *Server) showEditCluster(c *fiber.Ctx) error {
	cl, err := s.ownCluster(c, c.Params("id"))
	if err != nil {
		return err
	}
	return s.clusterForm(c, cl, nil)
}

// editCluster answers POST /organise/clusters/:id.
func (s *Server) editCluster(c *fiber.Ctx) error {
	cl, err := s.ownCluster(c, c.Params("id"))
	if err != nil {
		return err
	}
	f, now := s.form(c), cl.Rev
	cl.Rev = f.EditRevision()
	s.readCluster(f, cl)
	if err = s.saveCluster(c, f, cl); err != nil {
		cl.Rev = now
	}
	return s.clusterSaved(c, cl, err)
}

func (s *Server) saveCluster(c *fiber.Ctx, f *form, cl *scheduling.Cluster) error {
	if err := f.Err(); err != nil {
		return err
	}
	return s.desk.SaveCluster(c.UserContext(), actor(c), cl)
}

func (s *Server) clusterSaved(c *fiber.Ctx, cl *scheduling.Cluster, err error) error {
	if p := s.inForm(c, err, "name", "slug", "about", "languages", "zone", "website", "postal_address", "sender", "reply_to", "colour", "dark_colour"); p != nil {
		return s.clusterForm(c, cl, p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/organise/clusters", "directory.flash.saved", "name", cl.Name.In(s.lang(c).Code()))
}

func (s *Server) readCluster(f *form, cl *scheduling.Cluster) {
	cl.Name, cl.About, cl.Slug = f.Langs("name"), f.Langs("about"), f.Text("slug")
	if cl.Slug == "" {
		cl.Slug = scheduling.Slug(cl.Name.In("en"))
	}
	cl.Zone, cl.Website = f.Text("zone"), f.Text("website")
	cl.Sender, cl.ReplyTo, cl.Address = f.Text("sender"), f.Text("reply_to"), f.Text("postal_address")
	cl.Colour, cl.DarkColour = f.Text("colour"), f.Text("dark_colour")
	cl.Languages = slices.DeleteFunc(f.List("languages"), func(l string) bool { return !s.texts.Has(l) })
	if len(cl.Languages) == 0 {
		f.wrong("languages", "problem.required")
	}
}
