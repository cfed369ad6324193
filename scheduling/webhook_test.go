package scheduling

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"kohtaamo/storage"
)

// A hearing is what the desk's Post reaches in tests: the client itself is
// handlers/fetch's to test, and both together handlers'.
type hearing struct {
	heard  []heard
	answer func(address string) (*PostAnswer, error)
}

type heard struct {
	address string
	header  map[string]string
	body    string
}

func (h *testHouse) listen() *hearing {
	x := &hearing{answer: func(string) (*PostAnswer, error) { return &PostAnswer{Status: 204}, nil }}
	h.Post = func(_ context.Context, address string, header map[string]string, body []byte) (*PostAnswer, error) {
		x.heard = append(x.heard, heard{address, header, string(body)})
		return x.answer(address)
	}
	return x
}

// types are the kinds of what was heard.
func (x *hearing) types() (out []string) {
	for _, m := range x.heard {
		var body struct{ Type string }
		if json.Unmarshal([]byte(m.body), &body) == nil {
			out = append(out, body.Type)
		}
	}
	return out
}

func (h *testHouse) hook(t testing.TB, by Actor, clusterID string, topics ...Topic) *Webhook {
	t.Helper()
	in := NewWebhook{ID: storage.NewID(), Name: "CRM", Address: "https://crm.example/hook", ClusterID: clusterID}
	for _, topic := range topics {
		in.Topics = append(in.Topics, string(topic))
	}
	w, err := h.SaveWebhook(t.Context(), by, in)
	must(t, err)
	return w
}

func (h *testHouse) hookNow(t testing.TB, id string) *WebhookPage {
	t.Helper()
	p, err := h.Webhook(t.Context(), System("test"), id, "")
	must(t, err)
	return p
}

func (h *testHouse) delivers(t testing.TB, at time.Time) int {
	t.Helper()
	n, err := h.DeliverWebhooks(t.Context(), at)
	must(t, err)
	return n
}

func TestWebhookHearsOfRegistrations(t *testing.T) {
	h := newHouse(t)
	ear := h.listen()
	w := h.hook(t, h.boss, h.cluster.ID, TopicRegistration)
	h.hook(t, h.other, h.other.Grants[0].Cluster, TopicRegistration) // of another cluster: hears nothing
	h.hook(t, h.boss, h.cluster.ID, TopicMeeting)                    // of something else
	e := h.event(t, nil)
	r := h.register(t, e, 1)
	_, err := h.EditRegistration(t.Context(), h.boss, r.ID, Edit{Name: "New Name"})
	must(t, err)
	_, err = h.CancelRegistration(t.Context(), h.boss, r.ID, "ill")
	must(t, err)
	if n := h.delivers(t, h.time()); n != 2 {
		t.Errorf("%d delivered", n)
	}
	if got := ear.types(); !slices.Equal(got, []string{"registration.confirmed", "registration.cancelled"}) {
		t.Fatalf("heard %q", got)
	}
	first := ear.heard[0]
	for _, private := range []string{"person001", "Person 001", "New Name", "ill", r.Ticket} {
		if strings.Contains(ear.heard[0].body+ear.heard[1].body, private) {
			t.Errorf("it says %q: %s", private, first.body)
		}
	}
	for _, said := range []string{r.ID, e.ID, "CircularArena", `"zone":"Europe/Helsinki"`} {
		if !strings.Contains(first.body, said) {
			t.Errorf("it does not say %q: %s", said, first.body)
		}
	}
	want := signature(w.Secret, first.header["webhook-id"], first.header["webhook-timestamp"], []byte(first.body))
	if first.header["webhook-signature"] != want || first.address != w.Address {
		t.Errorf("sent with %v", first.header)
	}
	if n := h.delivers(t, h.time().Add(time.Hour)); n != 0 {
		t.Errorf("%d delivered twice", n)
	}
}

func TestSignature(t *testing.T) {
	w := &Webhook{Secret: []byte("secret"), OldSecret: []byte("old"), OldUntil: t0}
	x := &Delivery{Meta: storage.Meta{ID: "msg"}, Body: []byte(`{}`)}
	if got := w.header(x, t0.Add(-time.Second))["webhook-signature"]; len(strings.Fields(got)) != 2 {
		t.Errorf("while the old one holds: %q", got)
	}
	mac := hmac.New(sha256.New, []byte("secret"))
	fmt.Fprintf(mac, "msg.%d.{}", t0.Unix())
	if got := w.header(x, t0)["webhook-signature"]; got != "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)) {
		t.Errorf("after it: %q", got)
	}
}

func TestWebhookThatFails(t *testing.T) {
	h := newHouse(t)
	ear := h.listen()
	owner := h.someone(t, "owner", nil)
	owner.Grants = h.boss.Grants
	w := h.hook(t, owner, h.cluster.ID, TopicRegistration)
	ear.answer = func(string) (*PostAnswer, error) { return &PostAnswer{Status: 500, Begin: "out of\norder"}, nil }
	e := h.event(t, nil)
	for i := range 3 {
		h.register(t, e, i)
	}
	now := h.time()
	h.delivers(t, now)
	if len(ear.heard) != 1 {
		t.Errorf("%d tries at once at one that fails", len(ear.heard))
	}
	h.delivers(t, now.Add(time.Second))
	if len(ear.heard) != 1 {
		t.Error("it was asked again at once")
	}
	p := h.hookNow(t, w.ID)
	i := slices.IndexFunc(p.Deliveries, func(x *Delivery) bool { return x.Tries > 0 })
	if x := p.Deliveries[i]; p.Waiting != 3 || x.Status != 500 || x.Log[0].Answer != "out of order" || !x.Next.Equal(now.Add(time.Minute).Truncate(time.Millisecond)) {
		t.Errorf("waiting %d, tried %+v", p.Waiting, x)
	}

	ear.answer = func(string) (*PostAnswer, error) { return nil, fmt.Errorf("%w: it took too long", ErrUnreachable) }
	at := now
	for p = h.hookNow(t, w.ID); p.Webhook.Active && at.Before(now.AddDate(0, 0, 9)); p = h.hookNow(t, w.ID) {
		at = at.Add(time.Hour)
		h.delivers(t, at)
	}
	if days := at.Sub(now); days < patienceWith || days > patienceWith+retryPauses[len(retryPauses)-1] || p.Webhook.SwitchedOffAt.IsZero() || p.Waiting != 0 {
		t.Errorf("switched off after %v, %d waiting: %+v", at.Sub(now), p.Waiting, p.Webhook)
	}
	if got := h.mails(t, owner.Email); !slices.Equal(got, []string{mailWebhookOff}) {
		t.Errorf("mails = %q", got)
	}
	ids := map[string]bool{}
	for _, m := range ear.heard {
		ids[m.header["webhook-id"]] = true
	}
	if len(ids) != 3 {
		t.Errorf("%d ids of three deliveries", len(ids))
	}

	must(t, h.ResumeWebhook(t.Context(), owner, w.ID))
	ear.answer, ear.heard = func(string) (*PostAnswer, error) { return &PostAnswer{Status: 200}, nil }, nil
	must(t, h.SendDeliveryAgain(t.Context(), owner, w.ID, p.Deliveries[0].ID))
	must(t, h.TestWebhook(t.Context(), owner, w.ID))
	h.delivers(t, at.Add(time.Hour))
	h.delivers(t, time.Date(2028, 1, 1, 0, 0, 0, 0, time.UTC))
	if got := ear.types(); len(got) != 2 || !slices.Contains(got, "test.ping") || !ids[p.Deliveries[0].ID] {
		t.Errorf("after it was mended: %q", got)
	}
	if n, err := h.ForgetDeliveries(t.Context(), time.Date(2028, 3, 1, 0, 0, 0, 0, time.UTC)); err != nil || n != 4 || len(h.hookNow(t, w.ID).Deliveries) != 0 {
		t.Errorf("forgot %d, %v", n, err)
	}
}

func TestWebhookThatIsGone(t *testing.T) {
	h := newHouse(t)
	ear := h.listen()
	w := h.hook(t, h.boss, h.cluster.ID, TopicRegistration)
	ear.answer = func(string) (*PostAnswer, error) { return &PostAnswer{Status: 410}, nil }
	e := h.event(t, nil)
	h.register(t, e, 1)
	h.register(t, e, 2)
	h.delivers(t, h.time())
	p := h.hookNow(t, w.ID)
	if p.Webhook.Active || p.Waiting != 0 || len(ear.heard) != 1 {
		t.Errorf("after 410: %+v, %d waiting, %d tries", p.Webhook, p.Waiting, len(ear.heard))
	}
	h.register(t, e, 3)
	if got := h.hookNow(t, w.ID); len(got.Deliveries) != 2 {
		t.Errorf("one that is off was promised something: %d", len(got.Deliveries))
	}
	wantProblem(t, h.TestWebhook(t.Context(), h.boss, w.ID), Closed)
}

// TestWebhookAtLeastOnce ends the program between a delivery and its note: it
// is sent again under the same id.
func TestWebhookAtLeastOnce(t *testing.T) {
	h := newHouse(t)
	ear := h.listen()
	h.hook(t, h.boss, h.cluster.ID, TopicRegistration)
	h.register(t, h.event(t, nil), 1)
	ctx, kill := context.WithCancel(t.Context())
	ear.answer = func(string) (*PostAnswer, error) { kill(); return &PostAnswer{Status: 200}, nil }
	if _, err := h.DeliverWebhooks(ctx, h.time()); err == nil {
		t.Fatal("it was not stopped")
	}
	ear.answer = func(string) (*PostAnswer, error) { return &PostAnswer{Status: 200}, nil }
	h.delivers(t, h.time())
	h.delivers(t, h.time())
	if len(ear.heard) != 2 || ear.heard[0].header["webhook-id"] != ear.heard[1].header["webhook-id"] || ear.heard[0].body != ear.heard[1].body {
		t.Errorf("heard %+v", ear.heard)
	}
}

func TestWebhookHearsOfMeetings(t *testing.T) {
	h := newHouse(t)
	ear := h.listen()
	h.hook(t, h.boss, h.cluster.ID, TopicMeeting)
	r := h.morning(t, nil)
	a, b := h.entrant(t, r, "Alpha", 1), h.entrant(t, r, "Beta", 1)
	var m *Meeting
	h.write(t, func(tx *storage.Tx) error {
		m = &Meeting{Slot: r.Slots[0].ID, Table: r.Tables[0].ID, WalkIn: true, Parties: []Party{{EntrantID: a.ID}, {EntrantID: b.ID}}}
		return h.placeMeeting(tx, h.boss, r, m)
	})
	h.write(t, func(tx *storage.Tx) error { return h.cancelMeeting(tx, h.boss, r, m, "a storm") })
	h.delivers(t, h.time())
	if got := ear.types(); !slices.Equal(got, []string{"meeting.published", "meeting.cancelled"}) || !strings.Contains(ear.heard[0].body, "Alpha") || strings.Contains(ear.heard[1].body, "storm") {
		t.Errorf("heard %q: %v", got, ear.heard)
	}
}

func TestWebhooksMay(t *testing.T) {
	h := newHouse(t)
	w := h.hook(t, h.boss, h.cluster.ID, TopicRegistration)
	everywhere := h.hook(t, System("test"), "", TopicMembership)
	ctx := t.Context()
	for name, err := range map[string]error{
		"rotate": h.RotateWebhook(ctx, h.other, w.ID), "pause": h.PauseWebhook(ctx, h.other, w.ID), "drop": h.DropWebhook(ctx, h.other, w.ID),
		"test": h.TestWebhook(ctx, h.boss, everywhere.ID), "again": h.SendDeliveryAgain(ctx, h.boss, w.ID, "none"),
	} {
		if !IsHidden(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := h.Webhook(ctx, h.other, w.ID, "")
	wantHidden(t, err)
	_, err = h.SaveWebhook(ctx, h.boss, NewWebhook{Name: "x", Address: "https://x.example", Topics: []string{"meeting"}})
	if p := wantProblem(t, err, Invalid); p.Fields["cluster_id"] == "" {
		t.Errorf("faults = %v", p.Fields)
	}
	_, err = h.SaveWebhook(ctx, h.boss, NewWebhook{Address: "javascript:x", Topics: []string{"x"}})
	if p := wantProblem(t, err, Invalid); len(p.Fields) != 3 {
		t.Errorf("faults = %v", p.Fields)
	}
	if list, err := h.Webhooks(ctx, h.boss); err != nil || len(list) != 1 {
		t.Errorf("sees %v, %v", list, err)
	}
	secret := w.SecretText()
	must(t, h.RotateWebhook(ctx, h.boss, w.ID))
	if now := h.hookNow(t, w.ID).Webhook; now.SecretText() == secret || len(now.OldSecret) == 0 {
		t.Error("the secret was not rotated")
	}
	again, err := h.SaveWebhook(ctx, h.boss, NewWebhook{ID: w.ID, Name: "sent twice", Address: w.Address, ClusterID: w.ClusterID, Topics: w.Topics})
	if err != nil || again.Name != "CRM" {
		t.Errorf("sent twice: %+v, %v", again, err)
	}
	must(t, h.DropWebhook(ctx, h.boss, w.ID))
	if left := h.linesNaming(t, w.ID); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
}
