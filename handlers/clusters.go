package handlers

import (
	"fmt"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// clustersPage is the data of templates/pages/clusters.html.
type clustersPage struct {
	Page
	Clusters []*scheduling.Cluster
}

// showClusters answers GET /clusters.
func (s *Server) showClusters(c *fiber.Ctx) error {
	list, err := s.desk.Clusters(c.UserContext())
	if err != nil {
		return err
	}
	return s.page(c, "clusters", &clustersPage{Clusters: list})
}

// clusterPage is the data of templates/pages/cluster.html.
type clusterPage struct {
	Page
	Cluster *scheduling.Cluster
	Groups  []*scheduling.Group
	Months  []eventMonth
	More    bool
	Feed    subscription
	Lists   []listChoice // that can be subscribed to
	Trips   []tripRow    // listed ones that are not over
	Issues  []*scheduling.ForesightIssue
	Zone    string
}

// showCluster answers GET /clusters/:slug.
func (s *Server) showCluster(c *fiber.Ctx) error {
	cl, err := s.cluster(c)
	if err != nil {
		return err
	}
	p := &clusterPage{Cluster: cl, Zone: cl.Zone, Feed: subscribe(s.publicAddress(cl.Slug, s.lang(c).Code()))}
	p.Feed.How = "/calendar/" + cl.Slug + "/subscribe"
	if p.Groups, err = s.desk.Groups(c.UserContext(), cl.ID); err != nil {
		return err
	}
	open, err := s.desk.OpenLists(c.UserContext(), cl.ID)
	if err != nil {
		return err
	}
	p.Lists = listChoices(open, nil, "")
	f := scheduling.EventFilter{Cluster: cl.ID, From: s.desk.DB.Now(), Limit: 10}
	list, next, err := s.desk.Events(c.UserContext(), actor(c), f, false)
	if err != nil {
		return err
	}
	rows, err := s.eventRows(c, list, nil)
	if err != nil {
		return err
	}
	p.Months, p.More = byMonth(rows), next != ""
	if p.Trips, err = s.comingTrips(c, cl.ID); err != nil {
		return err
	}
	if p.Issues, err = s.issuesFor(c, cl.ID); err != nil {
		return err
	}
	p.Brand = s.brand(c, cl)
	p.Feeds = []Feed{{"/calendar/" + cl.Slug + ".ics", p.Brand.Name}}
	return s.page(c, "cluster", p)
}

// cluster finds the one of the address, under its own name only.
func (s *Server) cluster(c *fiber.Ctx) (*scheduling.Cluster, error) {
	cl, err := s.desk.Cluster(c.UserContext(), c.Params("slug"))
	if err == nil && cl.Slug != c.Params("slug") {
		return nil, storage.ErrNotFound
	}
	return cl, err
}

// brand is a cluster's name and colours on its pages. The revision in the
// address lets the colours be kept for long.
func (s *Server) brand(c *fiber.Ctx, cl *scheduling.Cluster) Brand {
	b := Brand{Name: cl.Name.In(s.lang(c).Code()), Path: "/clusters/" + cl.Slug}
	if cl.Colour != "" {
		b.Theme = fmt.Sprintf("/clusters/%s/colours.css?v=%d", cl.Slug, cl.Rev)
	}
	return b
}

// clusterColours answers GET /clusters/:slug/colours.css. The colours were
// checked for their form and contrast when they were saved.
func (s *Server) clusterColours(c *fiber.Ctx) error {
	cl, err := s.cluster(c)
	if err != nil {
		return err
	}
	css := ""
	if cl.Colour != "" {
		css = ":root{--brand:" + cl.Colour + "}\n"
	}
	if cl.DarkColour != "" {
		css += "@media(prefers-color-scheme:dark){:root{--brand:" + cl.DarkColour + "}}\n"
	}
	c.Set(fiber.HeaderContentType, "text/css; charset=utf-8")
	c.Set(fiber.HeaderCacheControl, "public, max-age=86400")
	return c.SendString(css)
}
