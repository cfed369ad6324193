package handlers

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// campaignFormPage is the data of templates/pages/campaign_form.html.
type campaignFormPage struct {
	Page
	Campaign *scheduling.Campaign // as typed
	New      bool
	Clusters []option
	Lists    []option
	Projects []option
	Rules    []ruleLine
	Whats    []optionGroup
	Ways     []optionGroup
	What     string // of the rule that is being added
	Way      string
	Value    string
	Side     string
	Blocks   []optionGroup // what can be put into the text
}

// An optionGroup is options under a heading.
type optionGroup struct {
	Label   string
	Options []option
}

// A ruleLine is a rule that is there already. Field and Code carry it through
// the form, Drop takes it away.
type ruleLine struct {
	Field, Code, Drop, Words string
	Except                   bool
}

// showNewCampaign answers GET /organise/campaigns/new.
func (s *Server) showNewCampaign(c *fiber.Ctx) error {
	one := &scheduling.Campaign{Meta: storage.Meta{ID: storage.NewID()}, Subject: scheduling.Text{}, Body: scheduling.Text{}}
	return s.campaignForm(c, &campaignFormPage{Campaign: one, New: true})
}

// showEditCampaign answers GET /organise/campaigns/:id/edit.
func (s *Server) showEditCampaign(c *fiber.Ctx) error {
	one, err := s.desk.Campaign(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	if !one.Editable() {
		return s.seeOtherBad(c, "/organise/campaigns/"+one.ID, "campaign.not_draft")
	}
	return s.campaignForm(c, &campaignFormPage{Campaign: one})
}

func (s *Server) campaignForm(c *fiber.Ctx, p *campaignFormPage) error {
	choices, err := s.desk.CampaignChoices(c.UserContext(), actor(c), p.Campaign)
	if err != nil {
		return err
	}
	p.NoIndex, p.Section, p.Tabs = true, mailSection, mailFrame().Tabs
	if !p.New {
		p.Tabs = campaignTabs(p.Campaign)
	}
	lang := s.lang(c).Code()
	for _, cl := range choices.Clusters {
		p.Clusters = append(p.Clusters, option{cl.ID, cl.Name.In(lang)})
	}
	for _, l := range choices.Lists {
		p.Lists = append(p.Lists, option{l.ID, l.Name.In(lang)})
	}
	for _, pr := range choices.Projects {
		p.Projects = append(p.Projects, option{pr.ID, pr.Name.In(lang)})
	}
	p.Rules = slices.Concat(s.ruleLines(c, choices, p.Campaign.Readers.Rules, "rule"), s.ruleLines(c, choices, p.Campaign.Readers.Except, "except"))
	p.Whats, p.Ways, p.Blocks = s.ruleWhats(c, choices), s.ruleWays(c), s.blockChoices(c, choices)
	return s.page(c, "campaign_form", p)
}

func (s *Server) ruleLines(c *fiber.Ctx, choices *scheduling.CampaignChoices, rules []scheduling.ReaderRule, field string) []ruleLine {
	var out []ruleLine
	for i, r := range rules {
		code, err := json.Marshal(r)
		if err != nil {
			continue // texts can be marshalled
		}
		out = append(out, ruleLine{field, string(code), field + "." + strconv.Itoa(i), s.ruleInWords(c, choices, r), field == "except"})
	}
	return out
}

// ruleWhats are what a new rule can be about: KIND:ID for things, KIND:VALUE for
// what people are, KIND alone where something has to be typed.
func (s *Server) ruleWhats(c *fiber.Ctx, choices *scheduling.CampaignChoices) []optionGroup {
	l := s.lang(c)
	lang := l.Code()
	group := func(name string) optionGroup { return optionGroup{Label: l.Text("campaign.group." + name)} }
	lists, clusters, groups, events, rounds, trips, people := group("lists"), group("clusters"), group("groups"), group("events"), group("rounds"), group("trips"), group("people")
	for _, x := range choices.Lists {
		lists.Options = append(lists.Options, option{"list:" + x.ID, x.Name.In(lang)})
	}
	for _, x := range choices.Clusters {
		clusters.Options = append(clusters.Options, option{"cluster:" + x.ID, x.Name.In(lang)})
	}
	for _, x := range choices.Groups {
		groups.Options = append(groups.Options, option{"group:" + x.ID, x.Name.In(lang)})
	}
	for _, x := range choices.Events {
		events.Options = append(events.Options, option{"event:" + x.ID, x.Title.In(lang) + " · " + l.ShortDay(x.Starts, x.Zone)})
	}
	for _, x := range choices.Rounds {
		rounds.Options = append(rounds.Options, option{"round:" + x.ID, x.Title.In(lang)})
	}
	for _, x := range choices.Trips {
		trips.Options = append(trips.Options, option{"trip:" + x.ID, x.Title.In(lang)})
	}
	for _, role := range scheduling.ReaderRoles {
		people.Options = append(people.Options, option{"role:" + role, l.Text("campaign.way." + role)})
	}
	for _, kind := range scheduling.CompanyKinds {
		people.Options = append(people.Options, option{"kind:" + string(kind), l.Text("directory.kind." + string(kind))})
	}
	for _, code := range s.texts.Langs() {
		people.Options = append(people.Options, option{"language:" + code, l.Text("campaign.reads", "language", l.Tongue(code))})
	}
	for _, kind := range []string{"country", "tag", "attended", "absent"} {
		people.Options = append(people.Options, option{kind, l.Text("campaign.type." + kind)})
	}
	return slices.DeleteFunc([]optionGroup{lists, clusters, groups, events, rounds, trips, people}, func(g optionGroup) bool { return len(g.Options) == 0 })
}

// ruleWays are which people of an event, a round or a trip a new rule means.
func (s *Server) ruleWays(c *fiber.Ctx) []optionGroup {
	l := s.lang(c)
	return []optionGroup{
		{l.Text("campaign.group.events"), s.options(c, "campaign.way", scheduling.ReaderEventWays...)},
		{l.Text("campaign.group.rounds"), s.options(c, "campaign.way", scheduling.ReaderRoundWays...)},
		{l.Text("campaign.group.trips"), s.options(c, "campaign.way", scheduling.ReaderTripWays...)},
	}
}

// blocksShown is how many events are offered for the text.
const blocksShown = 15

// blockChoices are what can be put into the text, each with how it is written.
func (s *Server) blockChoices(c *fiber.Ctx, choices *scheduling.CampaignChoices) []optionGroup {
	l := s.lang(c)
	lang, now := l.Code(), s.desk.DB.Now()
	fields := optionGroup{Label: l.Text("campaign.group.fields")}
	for _, f := range scheduling.CampaignFields {
		fields.Options = append(fields.Options, option{"{" + f + "}", l.Text("campaign.field." + f)})
	}
	events := optionGroup{l.Text("campaign.group.events"), []option{{"{events:upcoming}", l.Text("campaign.upcoming")}}}
	for _, e := range choices.Events {
		if e.State == scheduling.Published && e.Ends.After(now) && len(events.Options) < blocksShown {
			events.Options = append(events.Options, option{"{event:" + e.Slug + "}", e.Title.In(lang)})
		}
	}
	rounds, groups := optionGroup{Label: l.Text("campaign.group.rounds")}, optionGroup{Label: l.Text("campaign.group.groups")}
	for _, r := range choices.Rounds {
		if r.Phase != scheduling.RoundDraft && !r.Over() {
			rounds.Options = append(rounds.Options, option{"{round:" + r.Slug + "}", r.Title.In(lang)})
		}
	}
	trips := optionGroup{l.Text("trip.campaign.trips"), []option{{"{trips:open}", l.Text("trip.campaign.open")}}}
	for _, t := range choices.Trips {
		if !t.Over() && t.Ends.After(now) && len(trips.Options) < blocksShown {
			trips.Options = append(trips.Options, option{"{trip:" + t.Slug + "}", t.Title.In(lang)})
		}
	}
	for _, g := range choices.Groups {
		groups.Options = append(groups.Options, option{"{group:" + g.Slug + "}", g.Name.In(lang)})
	}
	return slices.DeleteFunc([]optionGroup{fields, events, rounds, trips, groups, s.issueChoices(c, choices)}, func(g optionGroup) bool { return len(g.Options) == 0 })
}

// issueChoices are the blocks of foresight issues: the newest of the cluster, the
// newest of each group that has some, and each.
func (s *Server) issueChoices(c *fiber.Ctx, choices *scheduling.CampaignChoices) (out optionGroup) {
	l := s.lang(c)
	if len(choices.Issues) == 0 {
		return out
	}
	out = optionGroup{l.Text("campaign.group.foresight"), []option{{"{foresight:latest}", l.Text("campaign.latest_issues")}}}
	for _, g := range choices.Groups {
		if slices.ContainsFunc(choices.Issues, func(x *scheduling.ForesightIssue) bool { return x.GroupID == g.ID }) {
			out.Options = append(out.Options, option{"{foresight:" + g.Slug + "}", l.Text("campaign.latest_issues_of", "group", g.Name.In(l.Code()))})
		}
	}
	for _, x := range choices.Issues[:min(len(choices.Issues), blocksShown)] {
		label := x.Title.In(l.Code())
		if !x.Public {
			label = l.Text("campaign.issue_for_members", "title", label)
		}
		out.Options = append(out.Options, option{"{foresight:" + x.ID + "}", label})
	}
	return out
}

// typedCampaign reads the form. It says whether only the rules are to be looked
// at again.
func (s *Server) typedCampaign(c *fiber.Ctx, p *campaignFormPage) (f *form, rulesOnly bool) {
	f = s.form(c)
	one := p.Campaign
	one.Rev, one.ClusterID, one.ListID, one.ProjectID = f.Revision(), f.Value("cluster_id"), f.Value("list_id"), f.Value("project_id")
	one.Subject, one.Body = f.Langs("subject"), f.Langs("body")
	one.Readers = scheduling.Readers{Any: f.Value("any") == "any", Rules: carried(f, "rule"), Except: carried(f, "except")}
	p.What, p.Way, p.Value, p.Side = f.Value("what"), f.Value("way"), f.Text("value"), f.Value("side")
	if p.What != "" {
		s.addRule(f, p)
	}
	return f, f.Value("do") == "rules"
}

// carried are the rules of a form that are not to be dropped.
func carried(f *form, field string) []scheduling.ReaderRule {
	dropped := f.List("drop")
	var out []scheduling.ReaderRule
	for i, code := range f.typed[field] {
		var r scheduling.ReaderRule
		if json.Unmarshal([]byte(code), &r) == nil && !slices.Contains(dropped, field+"."+strconv.Itoa(i)) {
			out = append(out, r)
		}
	}
	return out
}

// addRule adds the rule that was typed, or notes what is wrong with it.
func (s *Server) addRule(f *form, p *campaignFormPage) {
	kind, rest, _ := strings.Cut(p.What, ":")
	r := scheduling.ReaderRule{Kind: scheduling.RuleKind(kind)}
	switch r.Kind {
	case scheduling.RuleRole, scheduling.RuleKindOf, scheduling.RuleLanguage:
		r.Values = []string{rest}
	case scheduling.RuleEvent, scheduling.RuleRound, scheduling.RuleTrip:
		r.ID = rest
		if p.Way != "" {
			r.Values = []string{p.Way}
		}
	case scheduling.RuleAttended, scheduling.RuleAbsent:
		r.From, r.Until = period(f, p.Value)
	case scheduling.RuleCountry, scheduling.RuleTag:
		r.Values = strings.FieldsFunc(p.Value, func(c rune) bool { return c == ',' || c == ';' })
		if len(r.Values) == 0 {
			f.wrong("value", "campaign.rule_value")
		}
	default:
		r.ID = rest
	}
	if len(f.faults) > 0 {
		return
	}
	if p.Side == "except" {
		p.Campaign.Readers.Except = append(p.Campaign.Readers.Except, r)
	} else {
		p.Campaign.Readers.Rules = append(p.Campaign.Readers.Rules, r)
	}
	p.What, p.Way, p.Value = "", "", ""
}

// period reads two days with a space between them.
func period(f *form, s string) (from, until string) {
	days := strings.Fields(strings.NewReplacer("–", " ", "…", " ", "..", " ").Replace(s))
	if len(days) != 2 {
		f.wrong("value", "campaign.rule_period")
		return "", ""
	}
	first, ok := parseDay(days[0])
	last, also := parseDay(days[1])
	if !ok || !also {
		f.wrong("value", "campaign.rule_period")
	}
	return first.Format(time.DateOnly), last.Format(time.DateOnly)
}

// createCampaign answers POST /organise/campaigns/new. Sent twice, it makes one.
func (s *Server) createCampaign(c *fiber.Ctx) error {
	p := &campaignFormPage{Campaign: &scheduling.Campaign{}, New: true}
	p.Campaign.ID = s.form(c).NewID()
	return s.saveCampaign(c, p)
}

// editCampaign answers POST /organise/campaigns/:id/edit.
func (s *Server) editCampaign(c *fiber.Ctx) error {
	one, err := s.desk.Campaign(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	return s.saveCampaign(c, &campaignFormPage{Campaign: one})
}

func (s *Server) saveCampaign(c *fiber.Ctx, p *campaignFormPage) error {
	f, rulesOnly := s.typedCampaign(c, p)
	if p.New {
		p.Campaign.Rev = 0
	} else if p.Campaign.Rev < 1 {
		p.Campaign.Rev = -1
	}
	typed := *p.Campaign
	var made *scheduling.Campaign
	err := f.Err()
	if err == nil && !rulesOnly {
		made, err = s.desk.SaveCampaign(c.UserContext(), actor(c), &typed)
	}
	p.Problem = s.labelled(c, "campaign.f.", s.inForm(c, err, "cluster_id", "list_id", "subject", "body", "readers", "value"))
	if p.Problem != nil || err == nil && rulesOnly {
		return s.campaignForm(c, p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/organise/campaigns/"+made.ID+"/preview", "campaign.flash.saved")
}
