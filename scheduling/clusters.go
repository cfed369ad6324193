package scheduling

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"kohtaamo/storage"
)

// Clusters are all clusters, by slug. Everybody may know them.
func (d *Desk) Clusters(ctx context.Context) (list []*Cluster, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		list, err = clusters.Find(tx, storage.Query{Sort: "slug"})
		return err
	})
	return list, err
}

// Cluster finds one by slug or id.
func (d *Desk) Cluster(ctx context.Context, slug string) (c *Cluster, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		c, err = clusters.First(tx, storage.Query{Where: []storage.Cond{storage.Is("slug", slug)}})
		if errors.Is(err, storage.ErrNotFound) {
			c, err = clusters.Get(tx, slug)
		}
		return err
	})
	return c, err
}

// SaveCluster stores a new cluster for an administrator, or its organisers' changes.
func (d *Desk) SaveCluster(ctx context.Context, by Actor, c *Cluster) error {
	if err := c.check(); err != nil {
		return err
	}
	if c.Rev == 0 && !by.Administers() || c.Rev > 0 && !by.Organises(c.ID) {
		return errHidden
	}
	return d.save(ctx, by, "cluster", c.Slug, "slug", func(tx *storage.Tx) (string, error) {
		c.ID = orNew(c.ID)
		return c.ID, clusters.Put(tx, c)
	})
}

var colourForm = regexp.MustCompile(`^#[0-9a-f]{6}$`)

func (c *Cluster) check() error {
	f := faults{}
	c.Name, c.About = c.Name.trimmed(), c.About.trimmed()
	if c.Name.Empty() {
		f.add("name", "problem.required")
	}
	if c.Slug == "" || Slug(c.Slug) != c.Slug || slices.Contains(reservedSlugs, c.Slug) {
		f.add("slug", "event.slug_form")
	}
	if _, err := time.LoadLocation(c.Zone); err != nil || c.Zone == "" || c.Zone == "Local" {
		f.add("zone", "event.zone")
	}
	for field, v := range map[string]*string{"sender": &c.Sender, "reply_to": &c.ReplyTo} {
		if *v = cleanLine(*v); *v != "" {
			*v = f.address(field, *v)
		}
	}
	f.colour("colour", &c.Colour, 1)
	f.colour("dark_colour", &c.DarkColour, 0)
	c.Address = cleanLine(c.Address)
	f.limit("postal_address", c.Address, lineLimit)
	if c.Website != "" && !webAddress(c.Website) {
		f.add("website", "problem.link")
	}
	return f.problem()
}

// colour checks a cluster's own colour: links in it must stay readable, 4.5 to
// 1 (WCAG 2.1, 1.4.3) on white paper or on the dark one.
func (f faults) colour(field string, v *string, paper float64) {
	if *v = strings.ToLower(cleanLine(*v)); *v == "" {
		return
	}
	if !colourForm.MatchString(*v) {
		f.add(field, "cluster.colour_form")
		return
	}
	dark := 0.012 // of #131b1a, the dark paper
	if paper == 1 {
		dark = luminance(*v)
		if (1+0.05)/(dark+0.05) < 4.5 {
			f.add(field, "cluster.colour_contrast")
		}
		return
	}
	if (luminance(*v)+0.05)/(dark+0.05) < 4.5 {
		f.add(field, "cluster.colour_contrast")
	}
}

// SaveProject stores a funded project for an administrator.
func (d *Desk) SaveProject(ctx context.Context, by Actor, p *Project) error {
	f := faults{}
	p.Name, p.Code = p.Name.trimmed(), cleanLine(p.Code)
	if p.Name.Empty() {
		f.add("name", "problem.required")
	}
	f.need("code", p.Code, lineLimit)
	for field, day := range map[string]string{"from": p.From, "until": p.Until} {
		if _, err := time.Parse(time.DateOnly, day); err != nil {
			f.add(field, "problem.date")
		}
	}
	if p.Until < p.From {
		f.add("until", "event.ends_before")
	}
	if err := f.problem(); err != nil {
		return err
	}
	if !by.Administers() {
		return errHidden
	}
	return d.save(ctx, by, "project", p.Code, "code", func(tx *storage.Tx) (string, error) {
		p.ID = orNew(p.ID)
		return p.ID, projects.Put(tx, p)
	})
}

// Project gives a funded project.
func (d *Desk) Project(ctx context.Context, id string) (p *Project, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		p, err = projects.Get(tx, id)
		return err
	})
	return p, err
}

// Projects are all funded projects.
func (d *Desk) Projects(ctx context.Context) (list []*Project, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		list, err = projects.Find(tx, storage.Query{Sort: "code"})
		return err
	})
	return list, err
}

// Groups are a cluster's groups, or all of them.
func (d *Desk) Groups(ctx context.Context, clusterID string) (list []*Group, err error) {
	q := storage.Query{Sort: "slug"}
	if clusterID != "" {
		q.Where = []storage.Cond{storage.Is("cluster_id", clusterID)}
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		list, err = groups.Find(tx, q)
		return err
	})
	return list, err
}

// SaveGroup stores a group of a cluster that by organises.
func (d *Desk) SaveGroup(ctx context.Context, by Actor, g *Group) error {
	f := faults{}
	g.Name, g.About = g.Name.trimmed(), g.About.trimmed()
	if g.Name.Empty() {
		f.add("name", "problem.required")
	}
	if g.Slug == "" || Slug(g.Slug) != g.Slug {
		f.add("slug", "event.slug_form")
	}
	if !slices.Contains(GroupKinds, g.Kind) {
		f.add("kind", "problem.choice")
	}
	if g.ClusterID == "" {
		f.add("cluster_id", "problem.required")
	}
	if err := f.problem(); err != nil {
		return err
	}
	if !by.Organises(g.ClusterID) {
		return errHidden
	}
	return d.save(ctx, by, "group", g.Slug, "slug", func(tx *storage.Tx) (string, error) {
		if err := g.checkReferences(tx); err != nil {
			return "", err
		}
		g.ID = orNew(g.ID)
		old, err := groups.Get(tx, g.ID)
		if err := ignoreMissing(err); err != nil {
			return "", err
		}
		if g.Terms = nil; old != nil {
			g.Terms = old.Terms
		}
		return g.ID, d.keepGroup(tx, g)
	})
}
