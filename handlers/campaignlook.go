package handlers

import (
	"iter"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/scheduling/table"
)

// audiencePage is the data of templates/pages/campaign_audience.html.
type audiencePage struct {
	Page
	Campaign *scheduling.Campaign
	*scheduling.AudienceView
	Rules []string // in words, by place
	Langs []langCount
	Outs  []outCount
	Query string
	Base  string
}

// A langCount is how many read in a language, which is a code.
type langCount struct {
	Lang  string
	Count int
}

// An outCount is how many get nothing, and why.
type outCount struct {
	Why   scheduling.LeftOut
	Count int
}

// showAudience answers GET /organise/campaigns/:id/audience: whom it would go to
// if it left now, and who is left out.
func (s *Server) showAudience(c *fiber.Ctx) error {
	p, err := s.audience(c, text(c, "q"))
	if err != nil {
		return err
	}
	return s.page(c, "campaign_audience", p)
}

func (s *Server) audience(c *fiber.Ctx, query string) (*audiencePage, error) {
	one, err := s.desk.Campaign(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return nil, err
	}
	p := &audiencePage{Campaign: one, Query: query, Base: "/organise/campaigns/" + one.ID}
	p.NoIndex, p.Section, p.Tabs = true, mailSection, campaignTabs(one)
	if p.AudienceView, err = s.desk.Audience(c.UserContext(), actor(c), one.ID, query); err != nil {
		return nil, err
	}
	choices, err := s.desk.CampaignChoices(c.UserContext(), actor(c), one)
	if err != nil {
		return nil, err
	}
	p.Rules = s.rulesInWords(c, choices, one.Readers.Rules)
	for _, lang := range one.Langs() {
		p.Langs = append(p.Langs, langCount{lang, p.ByLang[lang]})
	}
	for _, why := range scheduling.LeftOuts {
		if n := p.Out[why]; n > 0 {
			p.Outs = append(p.Outs, outCount{why, n})
		}
	}
	return p, nil
}

// WhyIn are the rules that somebody fits, in words.
func (p *audiencePage) WhyIn(r scheduling.Reader) string {
	var out []string
	for _, i := range r.Why {
		if i < len(p.Rules) {
			out = append(out, p.Rules[i])
		}
	}
	return strings.Join(out, "; ")
}

// exportAudience answers GET /organise/campaigns/:id/audience.csv and .xlsx with
// everybody whom the rules find, those who get nothing too.
func (s *Server) exportAudience(k fileKind) fiber.Handler {
	return func(c *fiber.Ctx) error {
		p, err := s.audience(c, "")
		if err != nil {
			return err
		}
		l := s.lang(c)
		return s.sendTable(c, k, "campaign.tab.audience", "audience", func(w table.Writer) error {
			head := append(s.heads(c, "name", "email", "company", "lang"), l.Text("campaign.why_in"), l.Text("campaign.left_out"))
			if err := w.Write(head); err != nil {
				return err
			}
			return s.desk.EachReader(c.UserContext(), actor(c), p.Campaign.ID, func(one *scheduling.Campaign, all iter.Seq2[*scheduling.Reader, error]) error {
				return rows(w, all, func(r *scheduling.Reader) []string {
					out := ""
					if r.Out != "" {
						out = l.Text("campaign.out." + string(r.Out))
					}
					return []string{r.Name, r.Email, r.Company, one.ReadIn(r.Lang), p.WhyIn(*r), out}
				})
			})
		})
	}
}

// campaignPreviewPage is the data of templates/pages/campaign_preview.html.
type campaignPreviewPage struct {
	Page
	*scheduling.CampaignPreview
	Langs   []chip
	As      string // the address it is looked at as; "" for nobody in particular
	Readers []scheduling.Reader
	Phone   bool
	Body    string // address of what the frame shows
	Here    string // of the page in another width
	To      string // of a test
}

// showCampaignPreview answers GET /organise/campaigns/:id/preview?as=&in=&width=.
func (s *Server) showCampaignPreview(c *fiber.Ctx) error { return s.campaignPreview(c, nil, "") }

func (s *Server) campaignPreview(c *fiber.Ctx, problem *FormProblem, to string) error {
	one, err := s.desk.Campaign(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	p := &campaignPreviewPage{As: text(c, "as"), Phone: c.Query("width") == "phone", To: to}
	if p.CampaignPreview, err = s.desk.PreviewCampaign(c.UserContext(), actor(c), one, p.As, c.Query("in")); err != nil {
		return err
	}
	v, err := s.desk.Audience(c.UserContext(), actor(c), one.ID, "")
	if err != nil {
		return err
	}
	p.NoIndex, p.Section, p.Tabs, p.Problem, p.Readers = true, mailSection, campaignTabs(one), problem, v.First
	if p.To == "" {
		p.To = actor(c).Email
	}
	base, width := "/organise/campaigns/"+one.ID, ""
	if p.Phone {
		width = "phone"
	}
	for _, lang := range one.Langs() {
		p.Langs = append(p.Langs, chip{Label: s.lang(c).Tongue(lang), Path: withQuery(base+"/preview", "in", lang, "as", p.As, "width", width), On: lang == p.Lang})
	}
	p.Body = withQuery(base+"/body", "in", p.Lang, "as", p.As)
	other := "phone"
	if p.Phone {
		other = ""
	}
	p.Here = withQuery(base+"/preview", "in", p.Lang, "as", p.As, "width", other)
	c.Set("Content-Security-Policy", framed)
	return s.page(c, "campaign_preview", p)
}

// showCampaignBody answers GET /organise/campaigns/:id/body: the mail as its
// reader sees it, for a frame.
func (s *Server) showCampaignBody(c *fiber.Ctx) error {
	one, err := s.desk.Campaign(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	p, err := s.desk.PreviewCampaign(c.UserContext(), actor(c), one, text(c, "as"), c.Query("in"))
	if err != nil {
		return err
	}
	c.Set("Content-Security-Policy", bodyPolicy)
	c.Set("X-Frame-Options", "SAMEORIGIN")
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	return c.SendString(p.Shown.HTML)
}

// testCampaign answers POST /organise/campaigns/:id/test.
func (s *Server) testCampaign(c *fiber.Ctx) error {
	f, id := s.form(c), c.Params("id")
	to := strings.FieldsFunc(f.Value("to"), func(r rune) bool { return strings.ContainsRune(",; \n\r\t", r) })
	n, err := s.desk.TestCampaign(c.UserContext(), actor(c), id, to)
	if p := s.labelled(c, "campaign.f.", s.inForm(c, err)); p != nil {
		return s.campaignPreview(c, p, f.Value("to"))
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/organise/campaigns/"+id+"/preview", "campaign.flash.tested", "count", n)
}

// sendCampaignPage is the data of templates/pages/campaign_send.html.
type sendCampaignPage struct {
	Page
	*audiencePage
	When      string // "now" or "later"
	Day, Time string // later, on the cluster's clock
	Zone      string
	Nowhere   string // path of the cluster's form, if it says no postal address
}

// showSendCampaign answers GET /organise/campaigns/:id/send: the question once
// more, with the figures.
func (s *Server) showSendCampaign(c *fiber.Ctx) error {
	return s.askToSend(c, &sendCampaignPage{When: "now"})
}

func (s *Server) askToSend(c *fiber.Ctx, p *sendCampaignPage) error {
	a, err := s.audience(c, "")
	if err != nil {
		return err
	}
	if !a.Campaign.Editable() {
		return s.seeOther(c, a.Base, "")
	}
	problem := p.Problem
	p.audiencePage, p.Page = a, a.Page
	p.Page.Problem = problem
	cl, err := s.desk.Cluster(c.UserContext(), a.Campaign.ClusterID)
	if err != nil {
		return err
	}
	if p.Zone = cl.Zone; cl.Address == "" {
		p.Nowhere = "/organise/clusters/" + cl.ID
	}
	return s.page(c, "campaign_send", p)
}

// campaignZone is whose clock a campaign leaves by: its cluster's.
func (s *Server) campaignZone(c *fiber.Ctx, one *scheduling.Campaign) (string, error) {
	cl, err := s.desk.Cluster(c.UserContext(), one.ClusterID)
	if err != nil {
		return "", err
	}
	return cl.Zone, nil
}

// sendCampaign answers POST /organise/campaigns/:id/send. Pressed twice, it is
// sent once.
func (s *Server) sendCampaign(c *fiber.Ctx) error {
	one, err := s.desk.Campaign(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	zone, err := s.campaignZone(c, one)
	if err != nil {
		return err
	}
	f := s.form(c)
	p := &sendCampaignPage{When: f.Value("when"), Day: f.Value("at_day"), Time: f.Value("at_time")}
	var at time.Time
	if p.When == "later" {
		if at = f.Moment("at", zone); at.IsZero() && len(f.faults) == 0 {
			f.wrong("at_day", "problem.required")
		}
	}
	if err = f.Err(); err == nil {
		one, err = s.desk.ScheduleCampaign(c.UserContext(), actor(c), one.ID, f.EditRevision(), at)
	}
	if p.Problem = s.labelled(c, "campaign.f.", s.inForm(c, err)); p.Problem != nil {
		return s.askToSend(c, p)
	}
	if err != nil {
		return err
	}
	key := "campaign.flash.begun"
	if one.State == scheduling.CampaignScheduled {
		key = "campaign.flash.scheduled"
	}
	return s.seeOther(c, "/organise/campaigns/"+one.ID, key)
}
