package scheduling

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"kohtaamo/storage"
)

// A Topic is what a webhook can be told of.
type Topic string

// The topics.
const (
	TopicRegistration Topic = "registration"
	TopicMeeting      Topic = "meeting"
	TopicMembership   Topic = "membership"
)

// Topics are all of them, in the order of a form.
var Topics = []Topic{TopicRegistration, TopicMeeting, TopicMembership}

// topicTest is that of what a hook is tried with.
const topicTest Topic = "test"

// A Webhook is an address of another program that is told of changes.
type Webhook struct {
	storage.Meta  `bson:",inline"`
	Name          string    `bson:"name"`
	Address       string    `bson:"address"`
	ClusterID     string    `bson:"cluster_id,omitempty"` // empty: every cluster's
	Topics        []string  `bson:"topics"`
	Secret        []byte    `bson:"secret"`               // signs what is sent
	OldSecret     []byte    `bson:"old_secret,omitempty"` // signs it too, until OldUntil: who is told has time to take over the new one
	OldUntil      time.Time `bson:"old_until,omitempty"`
	Active        bool      `bson:"active"`
	OwnerID       string    `bson:"owner_id,omitempty"` // the person who made it, and hears of its end
	Next          time.Time `bson:"next,omitempty"`     // while it fails: nothing is tried before
	FailingSince  time.Time `bson:"failing_since,omitempty"`
	SwitchedOffAt time.Time `bson:"switched_off_at,omitempty"` // after it failed for days, or said that it is gone
}

// What a Delivery may be.
const (
	DeliveryQueued = "queued"
	DeliverySent   = "sent"
	DeliveryFailed = "failed"
)

// A DeliveryTry is one attempt at a delivery, and what was answered.
type DeliveryTry struct {
	At     time.Time `bson:"at" json:"at"`
	Status int       `bson:"status,omitempty" json:"status,omitempty"` // of HTTP; 0: there was no answer
	Error  string    `bson:"error,omitempty" json:"error,omitempty"`   // in English: why there was none
	Answer string    `bson:"answer,omitempty" json:"answer,omitempty"` // how it began
}

// A Delivery is one change that one webhook is told of.
type Delivery struct {
	storage.Meta `bson:",inline"`
	WebhookID    string    `bson:"webhook_id"`
	Topic        Topic     `bson:"topic"`
	Type         string    `bson:"type"`  // "registration.confirmed"
	About        string    `bson:"about"` // id of what changed
	At           time.Time `bson:"at"`
	Body         []byte    `bson:"body"`  // JSON, as it is signed and sent
	State        string    `bson:"state"` // "queued", "sent", "failed"
	Tries        int       `bson:"tries"`
	Next         time.Time `bson:"next,omitempty"` // when it is tried
	Status       int       `bson:"status,omitempty"`
	Error        string    `bson:"error,omitempty"`
	Done         time.Time `bson:"done,omitempty"`

	Log []DeliveryTry `bson:"log,omitempty"` // the last tries, oldest first
}

var (
	webhooks   = storage.NewCollection[Webhook]("webhooks", storage.Many("topics"), storage.Ordered("cluster_id"))
	deliveries = storage.NewCollection[Delivery]("webhook_deliveries",
		storage.Ordered("webhook_id", "at"), storage.Ordered("webhook_id", "state", "next"), storage.Ordered("state", "next"), storage.Ordered("about", "at"), storage.Ordered("done"))
)

// announce promises, in the transaction of a change, to tell the webhooks of
// the topic that listen to one of the clusters; something without a cluster is
// told to those of every cluster. what is the part of "registration.confirmed"
// behind the dot; data is put into JSON, and names nobody who did not agree to
// be named.
func (d *Desk) announce(tx *storage.Tx, topic Topic, what, about string, clusterIDs []string, data any) error {
	hooks, err := webhooks.Find(tx, storage.Query{Where: []storage.Cond{{Field: "topics", Op: storage.Has, Value: string(topic)}}})
	if err != nil || len(hooks) == 0 {
		return err
	}
	for _, h := range hooks {
		if !h.Active || h.ClusterID != "" && !slices.Contains(clusterIDs, h.ClusterID) {
			continue
		}
		if err := deliver(tx, h, topic, what, about, data); err != nil {
			return err
		}
	}
	return nil
}

// deliver promises to tell one webhook.
func deliver(tx *storage.Tx, h *Webhook, topic Topic, what, about string, data any) error {
	kind, at := string(topic)+"."+what, tx.Now()
	body, err := json.Marshal(map[string]any{"type": kind, "timestamp": at, "data": data})
	if err != nil {
		return fmt.Errorf("announce %s: %w", kind, err)
	}
	return deliveries.Put(tx, &Delivery{Meta: storage.Meta{ID: storage.NewID()}, WebhookID: h.ID, Topic: topic, Type: kind, About: about,
		At: at, Body: body, State: DeliveryQueued, Next: at})
}
