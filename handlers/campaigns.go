package handlers

import (
	"context"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/mailer"
	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// campaignRoutes are newsletters and invitations: written, looked at, sent and
// followed by the organisers of the clusters they reach.
func (s *Server) campaignRoutes() []route {
	const one = "/organise/campaigns/:id"
	return []route{
		get("/organise/campaigns", Organiser, s.showCampaigns),
		get("/organise/campaigns/new", Organiser, s.showNewCampaign),
		post("/organise/campaigns/new", Organiser, s.createCampaign),
		get(one, Organiser, s.showCampaign),
		get(one+"/edit", Organiser, s.showEditCampaign),
		post(one+"/edit", Organiser, s.editCampaign),
		get(one+"/audience", Organiser, s.showAudience),
		get(one+"/audience.csv", Organiser, s.exportAudience(csvFile)),
		get(one+"/audience.xlsx", Organiser, s.exportAudience(xlsx)),
		get(one+"/preview", Organiser, s.showCampaignPreview),
		get(one+"/body", Organiser, s.showCampaignBody),
		post(one+"/test", Organiser, s.testCampaign),
		get(one+"/send", Organiser, s.showSendCampaign),
		post(one+"/send", Organiser, s.sendCampaign),
		get(one+"/copies", Organiser, s.showCampaignCopies),
		post(one+"/do", Organiser, s.onCampaign),
	}
}

// campaignTabs are the pages about one.
func campaignTabs(c *scheduling.Campaign) []NavLink {
	base := "/organise/campaigns/" + c.ID
	tabs := []NavLink{{Key: "campaign.tab.overview", Path: base}}
	if c.Editable() {
		tabs = append(tabs, NavLink{Key: "campaign.tab.edit", Path: base + "/edit"})
	}
	tabs = append(tabs, NavLink{Key: "campaign.tab.audience", Path: base + "/audience"}, NavLink{Key: "campaign.tab.preview", Path: base + "/preview"})
	if !c.Begun.IsZero() {
		tabs = append(tabs, NavLink{Key: "campaign.tab.copies", Path: base + "/copies"})
	}
	return tabs
}

// campaignsPage is the data of templates/pages/campaigns.html.
type campaignsPage struct {
	Page
	Campaigns []*scheduling.Campaign
	Names     map[string]string // of clusters
	Chips     []chip
	State     string
	Zone      string
}

// showCampaigns answers GET /organise/campaigns.
func (s *Server) showCampaigns(c *fiber.Ctx) (err error) {
	p := &campaignsPage{Page: mailFrame(), State: c.Query("state"), Zone: houseZone}
	var next string
	p.Campaigns, next, err = s.desk.Campaigns(c.UserContext(), actor(c), scheduling.CampaignState(p.State), cursor(c), 0)
	if err != nil {
		return err
	}
	if p.Names, err = s.clusterNames(c); err != nil {
		return err
	}
	l := s.lang(c)
	p.Chips = []chip{{Label: l.Text("campaign.all"), Path: "/organise/campaigns", On: p.State == ""}}
	for _, st := range scheduling.CampaignStates {
		p.Chips = append(p.Chips, chip{Label: l.Text("state.campaign." + string(st)), Path: withQuery("/organise/campaigns", "state", string(st)), On: p.State == string(st)})
	}
	p.Pager = s.pager(c, next)
	return s.page(c, "campaigns", p)
}

// campaignPage is the data of templates/pages/campaign.html.
type campaignPage struct {
	Page
	*scheduling.CampaignPage
	Rules, Except []string // in words
	States        []stateCount
	Minutes       int    // that are left, about
	NewID         string // of a copy
	Zone          string
	Public        string // address in the archive
}

// A stateCount is how many copies are in a state, and where they are listed.
type stateCount struct {
	State mailer.State
	Count int
	Path  string
}

// showCampaign answers GET /organise/campaigns/:id: how it stands, and what came
// of it.
func (s *Server) showCampaign(c *fiber.Ctx) error { return s.campaign(c, nil) }

func (s *Server) campaign(c *fiber.Ctx, problem *FormProblem) error {
	found, err := s.desk.CampaignPage(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	one := found.Campaign
	p := &campaignPage{CampaignPage: found, Zone: found.Cluster.Zone, NewID: storage.NewID()}
	p.NoIndex, p.Section, p.Tabs, p.Problem = true, mailSection, campaignTabs(one), problem
	choices, err := s.desk.CampaignChoices(c.UserContext(), actor(c), one)
	if err != nil {
		return err
	}
	p.Rules, p.Except = s.rulesInWords(c, choices, one.Readers.Rules), s.rulesInWords(c, choices, one.Readers.Except)
	for _, st := range mailer.States {
		if n := found.Counts[st]; n > 0 {
			p.States = append(p.States, stateCount{st, n, withQuery("/organise/campaigns/"+one.ID+"/copies", "state", string(st))})
		}
	}
	p.Minutes = int(found.Remaining.Minutes() + 1)
	if one.State == scheduling.CampaignSending {
		p.Again = 10
	}
	if one.Shown {
		p.Public = "/newsletters/" + one.Slug
	}
	return s.page(c, "campaign", p)
}

// campaignCopiesPage is the data of templates/pages/campaign_copies.html.
type campaignCopiesPage struct {
	Page
	Campaign *scheduling.Campaign
	Copies   []*mailer.Delivery
	States   []option
	State    string
	Zone     string
}

// showCampaignCopies answers GET /organise/campaigns/:id/copies: who got it, who did not
// and why.
func (s *Server) showCampaignCopies(c *fiber.Ctx) error {
	one, err := s.desk.Campaign(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	p := &campaignCopiesPage{Campaign: one, State: c.Query("state"), Zone: houseZone}
	p.NoIndex, p.Section, p.Tabs = true, mailSection, campaignTabs(one)
	var next string
	p.Copies, next, err = s.desk.CampaignCopies(c.UserContext(), actor(c), one.ID, mailer.State(p.State), cursor(c), 50)
	if err != nil {
		return err
	}
	for _, st := range mailer.States {
		p.States = append(p.States, option{string(st), s.lang(c).Text("state.mail." + string(st))})
	}
	p.Pager = s.pager(c, next)
	return s.page(c, "campaign_copies", p)
}

// campaignActions are what a button can do to one, each with what is said then.
var campaignActions = map[string]struct {
	do  func(*scheduling.Desk, context.Context, scheduling.Actor, string) (*scheduling.Campaign, error)
	key string
}{
	"pause":      {(*scheduling.Desk).PauseCampaign, "campaign.flash.paused"},
	"resume":     {(*scheduling.Desk).ResumeCampaign, "campaign.flash.resumed"},
	"unschedule": {(*scheduling.Desk).UnscheduleCampaign, "campaign.flash.unscheduled"},
}

// onCampaign answers POST /organise/campaigns/:id/do.
func (s *Server) onCampaign(c *fiber.Ctx) error {
	f, id := s.form(c), c.Params("id")
	path, key, args, err := s.doToCampaign(c, f, id)
	if p := s.inForm(c, err); p != nil {
		return s.campaign(c, p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, path, key, args...)
}

// doToCampaign does what was pressed, and says where to go on and with which words.
func (s *Server) doToCampaign(c *fiber.Ctx, f *form, id string) (path, key string, args []any, err error) {
	ctx, by, here := c.UserContext(), actor(c), "/organise/campaigns/"+id
	switch do := f.Value("do"); do {
	case "cancel":
		_, err = s.desk.CancelCampaign(ctx, by, id, f.Text("reason"))
		return here, "campaign.flash.cancelled", nil, err
	case "delete":
		return "/organise/campaigns", "campaign.flash.deleted", nil, s.desk.DeleteCampaign(ctx, by, id)
	case "copy":
		made, err := s.desk.CopyCampaign(ctx, by, id, f.NewID())
		if err != nil {
			return "", "", nil, err
		}
		return "/organise/campaigns/" + made.ID + "/edit", "campaign.flash.copied", nil, nil
	case "resend":
		n, err := s.desk.ResendCampaign(ctx, by, id, f.EditRevision())
		return here, "campaign.flash.resent", []any{"count", n}, err
	default:
		action, ok := campaignActions[do]
		if !ok {
			return "", "", nil, fiber.ErrBadRequest
		}
		_, err := action.do(s.desk, ctx, by, id)
		return here, action.key, nil, err
	}
}

// rulesInWords say each rule.
func (s *Server) rulesInWords(c *fiber.Ctx, choices *scheduling.CampaignChoices, rules []scheduling.ReaderRule) []string {
	var out []string
	for _, r := range rules {
		out = append(out, s.ruleInWords(c, choices, r))
	}
	return out
}

func (s *Server) ruleInWords(c *fiber.Ctx, choices *scheduling.CampaignChoices, r scheduling.ReaderRule) string {
	l := s.lang(c)
	name := choices.Names[r.ID].In(l.Code())
	if name == "" {
		name = r.ID
	}
	var values []string
	for _, v := range r.Values {
		switch r.Kind {
		case scheduling.RuleCountry:
			v = l.Country(v)
		case scheduling.RuleLanguage:
			v = l.Tongue(v)
		case scheduling.RuleTag:
		case scheduling.RuleKindOf:
			v = l.Text("directory.kind." + v)
		default:
			v = l.Text("campaign.way." + v)
		}
		values = append(values, v)
	}
	slices.Sort(values)
	key := "campaign.rule." + string(r.Kind)
	if r.ID != "" && len(values) > 0 {
		key += "_way"
	}
	return l.Text(key, "name", name, "values", strings.Join(values, ", "), "from", r.From, "until", r.Until)
}
