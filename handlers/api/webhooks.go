package api

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"kohtaamo/scheduling"
)

// WebhookFields are what can be written about a webhook.
type WebhookFields struct {
	Name      string   `json:"name" minLength:"1" maxLength:"200"`
	Address   string   `json:"address" minLength:"1" maxLength:"2000" example:"https://crm.example/hook"`
	ClusterID string   `json:"cluster_id" required:"false" maxLength:"64" doc:"Empty: every cluster's"`
	Topics    []string `json:"topics" minItems:"1" maxItems:"10" enum:"registration,meeting,membership"`
}

// A Webhook is an address of another program that is told of changes (Standard
// Webhooks).
type Webhook struct {
	ID       string `json:"id"`
	Revision int64  `json:"revision"`
	WebhookFields
	Active       bool       `json:"active"`
	FailingSince *time.Time `json:"failing_since"`
	OffAt        *time.Time `json:"switched_off_at" doc:"When it was switched off because it failed, or said that it is gone"`
}

func webhook(h *scheduling.Webhook) Webhook {
	return Webhook{h.ID, h.Rev, WebhookFields{h.Name, h.Address, h.ClusterID, list(h.Topics)}, h.Active, timeOf(h.FailingSince), timeOf(h.SwitchedOffAt)}
}

// A Delivery is one change that a webhook is told of, with every try.
type Delivery struct {
	ID    string                   `json:"id" doc:"The webhook-id that all its tries share"`
	Type  string                   `json:"type" example:"registration.confirmed"`
	State string                   `json:"state" enum:"queued,sent,failed"`
	At    time.Time                `json:"at"`
	Next  *time.Time               `json:"next"`
	Body  json.RawMessage          `json:"body"`
	Tries []scheduling.DeliveryTry `json:"tries"`
}

func delivery(x *scheduling.Delivery) Delivery {
	return Delivery{x.ID, x.Type, x.State, x.At.UTC(), timeOf(x.Next), json.RawMessage(x.Body), list(x.Log)}
}

// A WebhookSecret is what signs a webhook's messages.
type WebhookSecret struct {
	Secret string `json:"secret" example:"whsec_…" doc:"The one before signs too, for a day"`
}

func (a *API) webhookRoutes() {
	do := func(method, path, id, summary string) op {
		return op{method: method, path: path, id: id, summary: summary, subject: "webhooks"}
	}
	add(a, do(http.MethodGet, "/webhooks", "list-webhooks", "List the webhooks of one's clusters"), a.listWebhooks)
	o := do(http.MethodPost, "/webhooks", "create-webhook", "Have another program told of changes")
	o.status = http.StatusCreated
	add(a, o, a.createWebhook)
	add(a, do(http.MethodGet, "/webhooks/{id}", "get-webhook", "Show a webhook"), a.getWebhook)
	o = do(http.MethodPut, "/webhooks/{id}", "update-webhook", "Change a webhook")
	o.matches = true
	add(a, o, a.updateWebhook)
	o = do(http.MethodDelete, "/webhooks/{id}", "delete-webhook", "Remove a webhook with its log")
	o.status = http.StatusNoContent
	add(a, o, func(ctx context.Context, by scheduling.Actor, in *ByID) (*none, error) {
		return &none{}, a.cfg.Desk.DropWebhook(ctx, by, in.ID)
	})
	for _, x := range []struct {
		path, summary string
		act           func(context.Context, scheduling.Actor, string) error
	}{
		{"pause", "Have a webhook hear of nothing more", a.cfg.Desk.PauseWebhook},
		{"resume", "Have a webhook hear again", a.cfg.Desk.ResumeWebhook},
		{"test", "Send a test to a webhook", a.cfg.Desk.TestWebhook},
	} {
		add(a, do(http.MethodPost, "/webhooks/{id}/"+x.path, x.path+"-webhook", x.summary), func(ctx context.Context, by scheduling.Actor, in *ByID) (*One[Webhook], error) {
			if err := x.act(ctx, by, in.ID); err != nil {
				return nil, err
			}
			return a.getWebhook(ctx, by, in)
		})
	}
	o = do(http.MethodPost, "/webhooks/{id}/secret", "rotate-webhook-secret", "Give a webhook a new secret, and show it")
	add(a, o, a.rotateWebhook)
	add(a, do(http.MethodGet, "/webhooks/{id}/deliveries", "list-deliveries", "List what a webhook was told, newest first"), a.listDeliveries)
	add(a, do(http.MethodPost, "/webhooks/{id}/deliveries/{delivery}/again", "send-delivery-again", "Send something to a webhook once more"), a.deliverAgain)
}

func (a *API) listWebhooks(ctx context.Context, by scheduling.Actor, _ *struct{}) (*Listed[Webhook], error) {
	found, err := a.cfg.Desk.Webhooks(ctx, by)
	return whole(a, ctx, found, webhook, err)
}

// CreateWebhook is a new webhook.
type CreateWebhook struct{ Body WebhookFields }

func (in WebhookFields) read(id string, rev int64) scheduling.NewWebhook {
	return scheduling.NewWebhook{ID: id, Rev: rev, Name: in.Name, Address: in.Address, ClusterID: in.ClusterID, Topics: in.Topics}
}

func (a *API) createWebhook(ctx context.Context, by scheduling.Actor, in *CreateWebhook) (*One[Webhook], error) {
	h, err := a.cfg.Desk.SaveWebhook(ctx, by, in.Body.read(callerIn(ctx).made(), 0))
	if err != nil {
		return nil, err
	}
	return made(a, h.Rev, "/webhooks/"+h.ID, webhook(h)), nil
}

func (a *API) getWebhook(ctx context.Context, by scheduling.Actor, in *ByID) (*One[Webhook], error) {
	p, err := a.cfg.Desk.Webhook(ctx, by, in.ID, "")
	if err != nil {
		return nil, err
	}
	return one(p.Webhook.Rev, webhook(p.Webhook)), nil
}

// UpdateWebhook is a change of a webhook.
type UpdateWebhook struct {
	ByID
	Match
	Body WebhookFields
}

func (a *API) updateWebhook(ctx context.Context, by scheduling.Actor, in *UpdateWebhook) (*One[Webhook], error) {
	p, err := a.cfg.Desk.Webhook(ctx, by, in.ID, "")
	if err != nil {
		return nil, err
	}
	if err := in.against(callerIn(ctx), p.Webhook.Rev); err != nil {
		return nil, err
	}
	h, err := a.cfg.Desk.SaveWebhook(ctx, by, in.Body.read(in.ID, p.Webhook.Rev))
	if err != nil {
		return nil, err
	}
	return one(h.Rev, webhook(h)), nil
}

func (a *API) rotateWebhook(ctx context.Context, by scheduling.Actor, in *ByID) (*One[WebhookSecret], error) {
	if err := a.cfg.Desk.RotateWebhook(ctx, by, in.ID); err != nil {
		return nil, err
	}
	p, err := a.cfg.Desk.Webhook(ctx, by, in.ID, "")
	if err != nil {
		return nil, err
	}
	return one(p.Webhook.Rev, WebhookSecret{p.Webhook.SecretText()}), nil
}

// ListDeliveries is a page of a webhook's log.
type ListDeliveries struct {
	ByID
	After string `query:"after" maxLength:"500" doc:"Where the list goes on"`
}

func (a *API) listDeliveries(ctx context.Context, by scheduling.Actor, in *ListDeliveries) (*Listed[Delivery], error) {
	p, err := a.cfg.Desk.Webhook(ctx, by, in.ID, in.After)
	if err != nil {
		return nil, err
	}
	return listed(a, ctx, p.Deliveries, p.Next, delivery), nil
}

// OneDelivery names a delivery of a webhook.
type OneDelivery struct {
	ByID
	Delivery string `path:"delivery" maxLength:"64"`
}

func (a *API) deliverAgain(ctx context.Context, by scheduling.Actor, in *OneDelivery) (*One[Webhook], error) {
	if err := a.cfg.Desk.SendDeliveryAgain(ctx, by, in.ID, in.Delivery); err != nil {
		return nil, err
	}
	return a.getWebhook(ctx, by, &ByID{ID: in.ID})
}
