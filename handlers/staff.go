package handlers

import (
	"context"
	"slices"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
)

// staffRoutes are what organisers keep besides events, and what administrators
// look after.
func (s *Server) staffRoutes() []route {
	return slices.Concat(
		s.companyRoutes(), s.peopleRoutes(), s.groupRoutes(), s.clusterRoutes(), s.outboxRoutes(),
		s.campaignRoutes(),
		s.wordingRoutes(),
		s.adminRoutes(), s.userRoutes(), s.projectRoutes(), s.tokenRoutes(), s.jobRoutes(), s.auditRoutes(),
	)
}

// staffNav leads there.
func staffNav(a scheduling.Actor) []NavLink {
	var out []NavLink
	if a.OrganisesAny() {
		out = append(out, NavLink{Key: "directory.nav", Path: "/organise/people"}, NavLink{Key: "outbox.nav", Path: "/organise/outbox"})
	}
	if a.Administers() {
		out = append(out, NavLink{Key: "admin.nav", Path: "/admin"})
	}
	return out
}

// mailSection is where the pages about mail stand in the navigation.
const mailSection = "/organise/outbox/"

// mailFrame is the frame of the pages about mail.
func mailFrame() Page {
	return Page{NoIndex: true, Section: mailSection, Tabs: []NavLink{
		{Key: "campaign.nav", Path: "/organise/campaigns"},
		{Key: "chain.nav", Path: "/organise/chains"},
		{Key: "lists.title", Path: "/organise/lists"},
		{Key: "wording.title", Path: "/organise/wordings"},
		{Key: "outbox.tab", Path: "/organise/outbox"},
		{Key: "suppressions.title", Path: "/organise/suppressions"},
		{Key: "filters.title", Path: "/organise/saved"},
		{Key: "webhooks.title", Path: "/organise/webhooks"},
	}}
}

// directoryPage is the frame of the pages about people, companies, groups and clusters.
func directoryPage() Page {
	return Page{NoIndex: true, Section: "/organise/people/", Tabs: []NavLink{
		{Key: "directory.people", Path: "/organise/people"},
		{Key: "directory.companies", Path: "/organise/companies"},
		{Key: "membership.tab", Path: "/organise/memberships"},
		{Key: "directory.groups", Path: "/organise/groups"},
		{Key: "directory.clusters", Path: "/organise/clusters"},
		{Key: "activitylog.title", Path: "/organise/log"},
		{Key: "activitylog.contacts", Path: "/organise/contacts"},
		{Key: "suppressions.title", Path: "/organise/suppressions"},
		{Key: "consents.title", Path: "/organise/consents"},
	}}
}

// adminPage is the frame of the administrators' pages.
func adminPage() Page {
	return Page{NoIndex: true, Tabs: []NavLink{
		{Key: "admin.overview", Path: "/admin"},
		{Key: "admin.users", Path: "/admin/users"},
		{Key: "admin.projects", Path: "/admin/projects"},
		{Key: "admin.tokens", Path: "/admin/tokens"},
		{Key: "admin.jobs", Path: "/admin/jobs"},
		{Key: "admin.audit", Path: "/admin/audit"},
		{Key: "retention.tab", Path: "/admin/privacy"},
	}}
}

// names are the clusters by id, in the reader's language.
func (s *Server) clusterNames(c *fiber.Ctx) (map[string]string, error) {
	return s.clusterNamesIn(c.UserContext(), s.lang(c).Code())
}

// clusterNamesIn is clusterNames in a language.
func (s *Server) clusterNamesIn(ctx context.Context, lang string) (map[string]string, error) {
	list, err := s.desk.Clusters(ctx)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, cl := range list {
		names[cl.ID] = cl.Name.In(lang)
	}
	return names, nil
}
