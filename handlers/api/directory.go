package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// ClusterFields are what can be written about a cluster.
type ClusterFields struct {
	Slug       string   `json:"slug" minLength:"1" maxLength:"60"`
	Name       Text     `json:"name"`
	About      Text     `json:"about" required:"false" doc:"Markdown"`
	Languages  []string `json:"languages" required:"false" maxItems:"20"`
	Zone       string   `json:"zone" maxLength:"64" example:"Europe/Helsinki"`
	Sender     string   `json:"sender" required:"false" maxLength:"254" doc:"Address its mails come from; the house's if empty"`
	ReplyTo    string   `json:"reply_to" required:"false" maxLength:"254"`
	Colour     string   `json:"colour" required:"false" maxLength:"7" example:"#0b5d4e"`
	DarkColour string   `json:"dark_colour" required:"false" maxLength:"7"`
	Website    string   `json:"website" required:"false" maxLength:"2000"`
	Address    string   `json:"postal_address" required:"false" maxLength:"200" doc:"Postal, on one line; its mails say it" example:"Nahkatehtaankatu 2, 90130 Oulu"`
}

// A Cluster is a community with members, groups and a public page.
type Cluster struct {
	ID       string `json:"id"`
	Revision int64  `json:"revision"`
	ClusterFields
	Created time.Time `json:"created"`
	Updated time.Time `json:"updated"`
}

func cluster(c *scheduling.Cluster) Cluster {
	return Cluster{c.ID, c.Rev, ClusterFields{
		c.Slug, textOf(c.Name), textOf(c.About), list(c.Languages), c.Zone, c.Sender, c.ReplyTo, c.Colour, c.DarkColour, c.Website, c.Address,
	}, c.Created.UTC(), c.Updated.UTC()}
}

func (in ClusterFields) into(c *scheduling.Cluster) error {
	w := wrong{}
	c.Slug, c.Name, c.About, c.Languages, c.Zone = in.Slug, w.text("name", in.Name), w.text("about", in.About), in.Languages, in.Zone
	c.Sender, c.ReplyTo, c.Colour, c.DarkColour, c.Website, c.Address = in.Sender, in.ReplyTo, in.Colour, in.DarkColour, in.Website, in.Address
	for _, lang := range in.Languages {
		if !languageForm.MatchString(lang) {
			w["languages"] = "api.language"
		}
	}
	return w.problem()
}

func (a *API) clusterRoutes() {
	o := op{method: http.MethodGet, path: "/clusters", id: "list-clusters", summary: "List all clusters", subject: "clusters", open: true}
	add(a, o, func(ctx context.Context, by scheduling.Actor, _ *struct{}) (*Listed[Cluster], error) {
		found, err := a.cfg.Desk.Clusters(ctx)
		return whole(a, ctx, found, cluster, err)
	})
	keep(a, "cluster", true, keeper[scheduling.Cluster, ClusterFields, Cluster]{
		find: func(ctx context.Context, _ scheduling.Actor, id string) (*scheduling.Cluster, error) {
			return a.cfg.Desk.Cluster(ctx, id)
		},
		save:  a.cfg.Desk.SaveCluster,
		into:  ClusterFields.into,
		meta:  func(c *scheduling.Cluster) *storage.Meta { return &c.Meta },
		shape: seenByAll(cluster),
	})
}

// ProjectFields are what can be written about a funded project.
type ProjectFields struct {
	Name  Text   `json:"name"`
	Code  string `json:"code" minLength:"1" maxLength:"200"`
	From  string `json:"from" format:"date" doc:"First day"`
	Until string `json:"until" format:"date" doc:"Last day"`
}

// A Project is what public money was given for; its events carry the emblem
// between its dates.
type Project struct {
	ID       string `json:"id"`
	Revision int64  `json:"revision"`
	ProjectFields
}

func project(p *scheduling.Project) Project {
	return Project{p.ID, p.Rev, ProjectFields{textOf(p.Name), p.Code, p.From, p.Until}}
}

func (in ProjectFields) into(p *scheduling.Project) error {
	w := wrong{}
	p.Name, p.Code, p.From, p.Until = w.text("name", in.Name), in.Code, in.From, in.Until
	return w.problem()
}

func (a *API) projectRoutes() {
	o := op{method: http.MethodGet, path: "/projects", id: "list-projects", summary: "List all funded projects", subject: "projects"}
	add(a, o, func(ctx context.Context, _ scheduling.Actor, _ *struct{}) (*Listed[Project], error) {
		found, err := a.cfg.Desk.Projects(ctx)
		return whole(a, ctx, found, project, err)
	})
	keep(a, "project", false, keeper[scheduling.Project, ProjectFields, Project]{
		find:  a.projectByID,
		save:  a.cfg.Desk.SaveProject,
		into:  ProjectFields.into,
		meta:  func(p *scheduling.Project) *storage.Meta { return &p.Meta },
		shape: seenByAll(project),
	})
}

func (a *API) projectByID(ctx context.Context, _ scheduling.Actor, id string) (*scheduling.Project, error) {
	all, err := a.cfg.Desk.Projects(ctx)
	return pick(all, err, func(p *scheduling.Project) bool { return p.ID == id })
}

// GroupFields are what can be written about a group.
type GroupFields struct {
	Slug      string   `json:"slug" minLength:"1" maxLength:"60"`
	ClusterID string   `json:"cluster_id" minLength:"1" maxLength:"64"`
	Kind      string   `json:"kind" enum:"working,board,b2b"`
	Name      Text     `json:"name"`
	About     Text     `json:"about" required:"false"`
	Members   []string `json:"members" required:"false" maxItems:"5000" doc:"Ids of people; only the cluster's organisers see them"`
}

// A Group is a working group, an advisory board or a B2B group of a cluster.
type Group struct {
	ID       string `json:"id"`
	Revision int64  `json:"revision"`
	GroupFields
}

// group is g as by may see it.
func group(by scheduling.Actor, g *scheduling.Group) Group {
	out := Group{g.ID, g.Rev, GroupFields{g.Slug, g.ClusterID, g.Kind, textOf(g.Name), textOf(g.About), list(g.Members)}}
	if !by.Organises(g.ClusterID) {
		out.Members = []string{}
	}
	return out
}

func (in GroupFields) into(g *scheduling.Group) error {
	w := wrong{}
	g.Slug, g.ClusterID, g.Kind, g.Members = in.Slug, in.ClusterID, in.Kind, list(in.Members)
	g.Name, g.About = w.text("name", in.Name), w.text("about", in.About)
	return w.problem()
}

// ListGroups chooses groups.
type ListGroups struct {
	Cluster string `query:"cluster" maxLength:"64" doc:"Id of a cluster"`
}

func (a *API) groupRoutes() {
	o := op{method: http.MethodGet, path: "/groups", id: "list-groups", summary: "List groups", subject: "groups"}
	add(a, o, func(ctx context.Context, by scheduling.Actor, in *ListGroups) (*Listed[Group], error) {
		found, err := a.cfg.Desk.Groups(ctx, in.Cluster)
		return whole(a, ctx, found, func(g *scheduling.Group) Group { return group(by, g) }, err)
	})
	keep(a, "group", false, keeper[scheduling.Group, GroupFields, Group]{
		find:  a.groupByID,
		own:   a.ownGroup,
		save:  a.cfg.Desk.SaveGroup,
		into:  GroupFields.into,
		meta:  func(g *scheduling.Group) *storage.Meta { return &g.Meta },
		shape: group,
	})
}

func (a *API) groupByID(ctx context.Context, _ scheduling.Actor, id string) (*scheduling.Group, error) {
	all, err := a.cfg.Desk.Groups(ctx, "")
	return pick(all, err, func(g *scheduling.Group) bool { return g.ID == id })
}

// ownGroup gives a group of a cluster that by organises: into could name another.
func (a *API) ownGroup(ctx context.Context, by scheduling.Actor, id string) (*scheduling.Group, error) {
	g, err := a.groupByID(ctx, by, id)
	if err == nil && !by.Organises(g.ClusterID) {
		return nil, storage.ErrNotFound
	}
	return g, err
}

func pick[S any](all []*S, err error, is func(*S) bool) (*S, error) {
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(all, is); i >= 0 {
		return all[i], nil
	}
	return nil, storage.ErrNotFound
}

// seenByAll is a shape that does not mind who looks.
func seenByAll[S, T any](shape func(*S) T) func(scheduling.Actor, *S) T {
	return func(_ scheduling.Actor, s *S) T { return shape(s) }
}
