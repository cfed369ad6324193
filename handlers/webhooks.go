package handlers

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// webhookRoutes are the other programs that are told of changes.
func (s *Server) webhookRoutes() []route {
	const one = "/organise/webhooks/:id"
	return []route{
		get("/organise/webhooks", Organiser, s.showWebhooks),
		get("/organise/webhooks/new", Organiser, s.showNewWebhook),
		post("/organise/webhooks/new", Organiser, s.createWebhook),
		get(one, Organiser, s.showWebhook),
		get(one+"/edit", Organiser, s.showEditWebhook),
		post(one+"/edit", Organiser, s.editWebhook),
		post(one+"/do", Organiser, s.actOnWebhook),
		post(one+"/deliveries/:delivery/again", Organiser, s.sendDeliveryAgain),
	}
}

// webhooksPage is the data of templates/pages/webhooks.html.
type webhooksPage struct {
	Page
	Webhooks     []*scheduling.Webhook
	ClusterNames map[string]string
	Zone         string
}

// showWebhooks answers GET /organise/webhooks.
func (s *Server) showWebhooks(c *fiber.Ctx) (err error) {
	p := &webhooksPage{Page: directoryPage(), Zone: houseZone}
	if p.Webhooks, err = s.desk.Webhooks(c.UserContext(), actor(c)); err != nil {
		return err
	}
	if p.ClusterNames, err = s.clusterNames(c); err != nil {
		return err
	}
	return s.page(c, "webhooks", p)
}

// webhookState is how a webhook stands, in one word.
func webhookState(h *scheduling.Webhook) string {
	switch {
	case !h.SwitchedOffAt.IsZero():
		return "off"
	case !h.Active:
		return "paused"
	case !h.FailingSince.IsZero():
		return "failing"
	}
	return "active"
}

// States are how its webhooks stand, for the page.
func (p *webhooksPage) States(h *scheduling.Webhook) string { return webhookState(h) }

// webhookPage is the data of templates/pages/webhook.html.
type webhookPage struct {
	Page
	*scheduling.WebhookPage
	State, Cluster, Zone string
	Lines                []deliveryLine
}

// A deliveryLine is a delivery with its body as people read it.
type deliveryLine struct {
	*scheduling.Delivery
	Pretty string
}

// showWebhook answers GET /organise/webhooks/:id.
func (s *Server) showWebhook(c *fiber.Ctx) error { return s.webhook(c, nil) }

func (s *Server) webhook(c *fiber.Ctx, problem *FormProblem) (err error) {
	p := &webhookPage{Page: directoryPage(), Zone: houseZone}
	p.Problem = problem
	if p.WebhookPage, err = s.desk.Webhook(c.UserContext(), actor(c), c.Params("id"), cursor(c)); err != nil {
		return err
	}
	names, err := s.clusterNames(c)
	if err != nil {
		return err
	}
	p.State, p.Cluster, p.Pager = webhookState(p.Webhook), names[p.Webhook.ClusterID], s.pager(c, p.Next)
	for _, x := range p.Deliveries {
		var pretty bytes.Buffer
		if json.Indent(&pretty, x.Body, "", "  ") != nil {
			pretty.Write(x.Body)
		}
		p.Lines = append(p.Lines, deliveryLine{x, pretty.String()})
	}
	secret(c)
	return s.page(c, "webhook", p)
}

// OldUntil is until when the secret before signs too; zero where it does not.
func (p *webhookPage) OldUntil() time.Time { return p.Webhook.OldUntil }

// webhookFormPage is the data of templates/pages/webhook_form.html.
type webhookFormPage struct {
	Page
	Form     scheduling.NewWebhook
	Topics   []tick
	Clusters []option
	Every    bool // the actor may hear of every cluster
}

func (s *Server) webhookForm(c *fiber.Ctx, in scheduling.NewWebhook, problem *FormProblem) (err error) {
	p := &webhookFormPage{Page: directoryPage(), Form: in, Every: actor(c).Organises()}
	p.Problem = problem
	var topics []string
	for _, t := range scheduling.Topics {
		topics = append(topics, string(t))
	}
	p.Topics = ticks(s.options(c, "webhooks.topic", topics...), in.Topics)
	if p.Clusters, err = s.clusterOptions(c); err != nil {
		return err
	}
	return s.page(c, "webhook_form", p)
}

// showNewWebhook answers GET /organise/webhooks/new.
func (s *Server) showNewWebhook(c *fiber.Ctx) error {
	in := scheduling.NewWebhook{ID: storage.NewID()}
	for _, t := range scheduling.Topics {
		in.Topics = append(in.Topics, string(t))
	}
	return s.webhookForm(c, in, nil)
}

// createWebhook answers POST /organise/webhooks/new. Sent twice, it makes one.
func (s *Server) createWebhook(c *fiber.Ctx) error {
	f := s.form(c)
	return s.saveWebhook(c, readWebhook(f, f.NewID(), 0))
}

func readWebhook(f *form, id string, rev int64) scheduling.NewWebhook {
	return scheduling.NewWebhook{ID: id, Rev: rev, Name: f.Text("name"), Address: f.Text("address"), ClusterID: f.Value("cluster_id"), Topics: f.List("topics")}
}

func (s *Server) saveWebhook(c *fiber.Ctx, in scheduling.NewWebhook) error {
	h, err := s.desk.SaveWebhook(c.UserContext(), actor(c), in)
	if p := s.inForm(c, err, "name", "address", "cluster_id", "topics"); p != nil {
		return s.webhookForm(c, in, p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/organise/webhooks/"+h.ID, "flash.webhook.saved", "name", h.Name)
}

// showEditWebhook answers GET /organise/webhooks/:id/edit.
func (s *Server) showEditWebhook(c *fiber.Ctx) error {
	p, err := s.desk.Webhook(c.UserContext(), actor(c), c.Params("id"), "")
	if err != nil {
		return err
	}
	h := p.Webhook
	return s.webhookForm(c, scheduling.NewWebhook{ID: h.ID, Rev: h.Rev, Name: h.Name, Address: h.Address, ClusterID: h.ClusterID, Topics: h.Topics}, nil)
}

// editWebhook answers POST /organise/webhooks/:id/edit.
func (s *Server) editWebhook(c *fiber.Ctx) error {
	f := s.form(c)
	return s.saveWebhook(c, readWebhook(f, c.Params("id"), f.EditRevision()))
}

// actOnWebhook answers POST /organise/webhooks/:id/do.
func (s *Server) actOnWebhook(c *fiber.Ctx) (err error) {
	ctx, by, id, back := c.UserContext(), actor(c), c.Params("id"), "/organise/webhooks/"+c.Params("id")
	do := s.form(c).Text("do")
	switch do {
	case "pause":
		err = s.desk.PauseWebhook(ctx, by, id)
	case "resume":
		err = s.desk.ResumeWebhook(ctx, by, id)
	case "rotate":
		err = s.desk.RotateWebhook(ctx, by, id)
	case "test":
		err = s.desk.TestWebhook(ctx, by, id)
	case "drop":
		err, back = s.desk.DropWebhook(ctx, by, id), "/organise/webhooks"
	default:
		return fiber.ErrBadRequest
	}
	if p := s.inForm(c, err); p != nil {
		return s.webhook(c, p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, back, "flash.webhook."+do)
}

// sendDeliveryAgain answers POST /organise/webhooks/:id/deliveries/:delivery/again.
func (s *Server) sendDeliveryAgain(c *fiber.Ctx) error {
	err := s.desk.SendDeliveryAgain(c.UserContext(), actor(c), c.Params("id"), c.Params("delivery"))
	if p := s.inForm(c, err); p != nil {
		return s.webhook(c, p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/organise/webhooks/"+c.Params("id"), "flash.webhook.again")
}
