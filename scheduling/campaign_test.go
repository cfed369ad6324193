package scheduling

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/storage"
)

// newList makes a list of the cluster with subscribers: a state each, under
// person000@example.org and on.
func (h *testHouse) newList(t testing.TB, slug string, states ...SubState) *MailingList {
	t.Helper()
	l := &MailingList{Slug: slug, Name: Text{"en": "News of " + slug, "fi": "Uutiset " + slug}, ClusterID: h.cluster.ID, Open: true, Archive: true}
	must(t, h.DB.Update(t.Context(), func(tx *storage.Tx) error {
		if err := mailingLists.Put(tx, l); err != nil {
			return err
		}
		for i, s := range states {
			lang := []string{"en", "fi"}[i%2]
			if err := h.enlist(tx, l, fmt.Sprintf("person%03d@example.org", i), fmt.Sprintf("Person %03d", i), lang, s); err != nil {
				return err
			}
		}
		return nil
	}))
	return l
}

func (h *testHouse) enlist(tx *storage.Tx, l *MailingList, email, name, lang string, s SubState) error {
	return subscriptions.Put(tx, &Subscription{Meta: storage.Meta{ID: h.subscriptionID(l.ID, email)}, ListID: l.ID, Email: email, Key: mailer.AddressKey(email), Name: name,
		Lang: lang, State: s, Since: tx.Now(), Proof: Proof{Source: "form", Asked: tx.Now(), Confirmed: tx.Now(), Wording: "News, please."}})
}

func many(n int, s SubState) []SubState {
	out := make([]SubState, n)
	for i := range out {
		out[i] = s
	}
	return out
}

// newsletter is a draft to a list, after set has had its way.
func (h *testHouse) newsletter(t testing.TB, l *MailingList, set func(*Campaign)) *Campaign {
	t.Helper()
	c := &Campaign{ClusterID: h.cluster.ID, Subject: Text{"en": "News for {name}", "fi": "Uutisia, {name}"}, Body: Text{"en": "Hello {name} of {company}.", "fi": "Hei {name}."}}
	if l != nil {
		c.ListID = l.ID
	}
	if set != nil {
		set(c)
	}
	c, err := h.SaveCampaign(t.Context(), h.boss, c)
	must(t, err)
	return c
}

func (h *testHouse) sendNow(t testing.TB, c *Campaign) *Campaign {
	t.Helper()
	c, err := h.ScheduleCampaign(t.Context(), h.boss, c.ID, c.Rev, time.Time{})
	must(t, err)
	return c
}

// deliveries are all copies of a sending, by address.
func (h *testHouse) deliveriesOf(t testing.TB, issue string) map[string]*mailer.Delivery {
	t.Helper()
	out := map[string]*mailer.Delivery{}
	must(t, h.DB.View(t.Context(), func(tx *storage.Tx) error {
		for one, err := range h.Outbox.Copies(tx, issue) {
			if err != nil {
				return err
			}
			out[one.To] = one
		}
		return nil
	}))
	return out
}

// deliveryDocs is the outbox's collection, for tests that say what became of a copy.
var (
	deliveryDocs = storage.NewCollection[mailer.Delivery]("mail_deliveries", storage.Ordered("issue", "state", "due"))
	issueDocs    = storage.NewCollection[mailer.Issue]("mail_issues", storage.Ordered("state", "created"), storage.Ordered("ref"))
)

// became writes what the outbox would after trying.
func (h *testHouse) became(t testing.TB, one *mailer.Delivery, s mailer.State) {
	t.Helper()
	must(t, h.DB.Update(t.Context(), func(tx *storage.Tx) error {
		d, err := deliveryDocs.Get(tx, one.ID)
		if err != nil {
			return err
		}
		d.State, d.SentAt = s, tx.Now()
		return deliveryDocs.Put(tx, d)
	}))
}

func TestNewsletterGoesToItsListOnce(t *testing.T) {
	h := newHouse(t)
	l := h.newList(t, "news", Subscribed, Subscribed, Unsubscribed, Bounced, Complained, Unconfirmed, Subscribed)
	p := &Person{Name: "Aino Lehtola", Email: "person000@example.org", Lang: "fi", ClusterIDs: []string{h.cluster.ID}}
	must(t, h.SavePerson(t.Context(), h.boss, p))
	c := h.sendNow(t, h.newsletter(t, l, nil))
	if c.State != CampaignSending || c.People != 3 || c.Left != 3 {
		t.Errorf("%s to %d people, %d left out", c.State, c.People, c.Left)
	}
	got := h.deliveriesOf(t, c.ID)
	for _, email := range []string{"person000@example.org", "person001@example.org", "person006@example.org"} {
		if got[email] == nil || got[email].List != l.ID || !strings.HasPrefix(got[email].Unsubscribe, "https://kohtaamo.example/unsubscribe/") {
			t.Errorf("%s gets %+v", email, got[email])
		}
	}
	if one := got["person000@example.org"]; len(got) != 3 || one.Person != p.ID || one.Lang != "fi" || one.Params["name"] != "Aino Lehtola" || one.Params["company"] != "organisaatiosi" {
		t.Errorf("%d copies, %+v", len(got), one)
	}

	again, err := h.ScheduleCampaign(t.Context(), h.boss, c.ID, c.Rev-1, time.Time{})
	must(t, err)
	if again.Rev != c.Rev || len(h.deliveriesOf(t, c.ID)) != 3 {
		t.Errorf("pressed twice: revision %d after %d", again.Rev, c.Rev)
	}
}

// Two presses at the same moment begin one sending.
func TestTwoClicksAtOnce(t *testing.T) {
	h := newHouse(t)
	c := h.newsletter(t, h.newList(t, "news", many(40, Subscribed)...), nil)
	errs := make(chan error)
	for range 4 {
		go func() {
			_, err := h.ScheduleCampaign(t.Context(), h.boss, c.ID, c.Rev, time.Time{})
			errs <- err
		}()
	}
	for range 4 {
		if err := <-errs; err != nil && ProblemIn(err) == nil {
			t.Error(err)
		}
	}
	if n := len(h.deliveriesOf(t, c.ID)); n != 40 {
		t.Errorf("%d copies", n)
	}
	h.wantAudit(t, c.ID, map[string]int{"campaign.create": 1, "campaign.schedule": 1})
}

func (h *testHouse) wantAudit(t testing.TB, subject string, want map[string]int) {
	t.Helper()
	list, _, err := h.Audit(t.Context(), System("test"), AuditFilter{Subject: subject, Limit: 100})
	must(t, err)
	got := map[string]int{}
	for _, e := range list {
		got[e.Action]++
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("the log says %v, want %v", got, want)
	}
}

// A campaign of several pages goes on wherever it was cut short, and everybody
// is promised one copy.
func TestExpansionGoesOn(t *testing.T) {
	h := newHouse(t)
	l := h.newList(t, "news", many(2300, Subscribed)...)
	c := h.sendNow(t, h.newsletter(t, l, nil)) // the first page
	if _, err := h.sendCampaign(t.Context(), c.ID, 1); err != nil {
		t.Fatal(err)
	}
	if n := len(h.deliveriesOf(t, c.ID)); n != 2000 {
		t.Fatalf("%d copies after two pages", n)
	}
	for range 3 {
		if _, err := h.SendCampaigns(t.Context(), h.now()); err != nil {
			t.Fatal(err)
		}
	}
	got, err := h.CampaignPage(t.Context(), h.boss, c.ID)
	must(t, err)
	if len(h.deliveriesOf(t, c.ID)) != 2300 || got.Campaign.People != 2300 || !got.Campaign.Place.Over || got.Open != 2300 {
		t.Errorf("%+v", got.Campaign)
	}
}

func TestPauseResumeCancel(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	c := h.sendNow(t, h.newsletter(t, h.newList(t, "news", many(30, Subscribed)...), nil))
	issue := func() (i *mailer.Issue) {
		must(t, h.DB.View(ctx, func(tx *storage.Tx) (err error) {
			i, err = h.Outbox.IssueIn(tx, c.ID)
			return err
		}))
		return i
	}
	for _, step := range []struct {
		do    func() (*Campaign, error)
		state CampaignState
		issue mailer.IssueState
	}{
		{func() (*Campaign, error) { return h.PauseCampaign(ctx, h.boss, c.ID) }, CampaignPaused, mailer.IssuePaused},
		{func() (*Campaign, error) { return h.PauseCampaign(ctx, h.boss, c.ID) }, CampaignPaused, mailer.IssuePaused},
		{func() (*Campaign, error) { return h.ResumeCampaign(ctx, h.boss, c.ID) }, CampaignSending, mailer.IssueSending},
		{func() (*Campaign, error) { return h.CancelCampaign(ctx, h.boss, c.ID, "wrong date") }, CampaignCancelled, mailer.IssueCancelled},
	} {
		got, err := step.do()
		must(t, err)
		if got.State != step.state || issue().State != step.issue {
			t.Errorf("%s with its issue %s, want %s and %s", got.State, issue().State, step.state, step.issue)
		}
	}
	_, err := h.ResumeCampaign(ctx, h.boss, c.ID)
	wantProblem(t, err, Closed)
	h.wantAudit(t, c.ID, map[string]int{"campaign.create": 1, "campaign.schedule": 1, "campaign.pause": 1, "campaign.resume": 1, "campaign.cancel": 1})
}

// When the outbox stops an issue by itself, its campaign says so and why.
func TestTheOutboxPauses(t *testing.T) {
	h := newHouse(t)
	c := h.sendNow(t, h.newsletter(t, h.newList(t, "news", many(3, Subscribed)...), nil))
	must(t, h.DB.Update(t.Context(), func(tx *storage.Tx) error {
		i, err := issueDocs.Get(tx, c.ID)
		if err != nil {
			return err
		}
		i.State, i.Why = mailer.IssuePaused, mailer.WhyRefused
		return issueDocs.Put(tx, i)
	}))
	_, err := h.SendCampaigns(t.Context(), h.now())
	must(t, err)
	got, err := h.Campaign(t.Context(), h.boss, c.ID)
	must(t, err)
	if got.State != CampaignPaused || got.Why.Key != mailer.WhyRefused {
		t.Errorf("%s because of %q", got.State, got.Why)
	}
	a, err := h.Attention(t.Context(), h.boss)
	must(t, err)
	if len(a.Campaigns) != 1 || a.Campaigns[0].ID != c.ID {
		t.Errorf("the dashboard has %v", a.Campaigns)
	}
}

// Figures are those of the copies, and only whom it did not reach get it again.
func TestResultsAndAgain(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	l := h.newList(t, "news", many(10, Subscribed)...)
	c := h.sendNow(t, h.newsletter(t, l, nil))
	for email, one := range h.deliveriesOf(t, c.ID) {
		switch email {
		case "person003@example.org", "person005@example.org", "person007@example.org":
			h.became(t, one, mailer.Failed)
		case "person004@example.org":
			h.became(t, one, mailer.Assumed)
		default:
			h.became(t, one, mailer.Sent)
		}
	}
	_, err := h.SendCampaigns(ctx, h.now())
	must(t, err)
	p, err := h.CampaignPage(ctx, h.boss, c.ID)
	must(t, err)
	if p.Campaign.State != CampaignSent || p.Sent != 6 || p.Counts[mailer.Failed] != 3 || p.Missed != 4 || p.Open != 0 {
		t.Fatalf("%s: %+v", p.Campaign.State, p.Counts)
	}
	must(t, h.DB.Update(ctx, func(tx *storage.Tx) error { // two leave, one of whom it had not reached
		for _, email := range []string{"person001@example.org", "person007@example.org"} {
			s, err := subscriptions.Get(tx, h.subscriptionID(l.ID, email))
			if err != nil {
				return err
			}
			s.State, s.Since = Unsubscribed, tx.Now()
			if err := subscriptions.Put(tx, s); err != nil {
				return err
			}
		}
		return nil
	}))
	n, err := h.ResendCampaign(ctx, h.boss, c.ID, p.Campaign.Rev)
	must(t, err)
	again := h.deliveriesOf(t, sending(c, 1))
	if n != 3 || len(again) != 3 || again["person004@example.org"] == nil || again["person007@example.org"] != nil {
		t.Errorf("%d get it again: %v", n, again)
	}
	_, err = h.ResendCampaign(ctx, h.boss, c.ID, p.Campaign.Rev)
	wantProblem(t, err, Closed) // pressed twice
	p, err = h.CampaignPage(ctx, h.boss, c.ID)
	must(t, err)
	if p.Sent != 6 || p.Open != 3 || p.Unsubscribed != 2 || p.Campaign.State != CampaignSending {
		t.Errorf("%s: %+v, %d left", p.Campaign.State, p.Counts, p.Unsubscribed)
	}
}

// The figures of a campaign outlive its copies, and whom it did not reach nobody
// can say any more.
func TestResultsOutliveCopies(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	h.Outbox.Forgetting = h.KeepResults
	l := h.newList(t, "news", many(10, Subscribed)...)
	c := h.sendNow(t, h.newsletter(t, l, nil))
	purge := func() (n int) {
		n, err := h.Outbox.PurgeIssues(ctx, h.now(), 4)
		must(t, err)
		return n
	}
	for email, one := range h.deliveriesOf(t, c.ID) {
		if email == "person003@example.org" {
			h.became(t, one, mailer.Failed)
		} else {
			h.became(t, one, mailer.Sent)
		}
	}
	must(t, h.DB.Update(ctx, func(tx *storage.Tx) error {
		s, err := subscriptions.Get(tx, h.subscriptionID(l.ID, "person001@example.org"))
		if err != nil {
			return err
		}
		s.State, s.Since = Unsubscribed, tx.Now()
		return subscriptions.Put(tx, s)
	}))
	must(t, h.DB.Update(ctx, func(tx *storage.Tx) error { // as the outbox does when it is out of date
		i, err := issueDocs.Get(tx, c.ID)
		if err != nil {
			return err
		}
		i.Open = false
		return issueDocs.Put(tx, i)
	}))
	h.at(h.now().AddDate(0, 0, 181))
	if n := purge(); n != 0 {
		t.Fatalf("%d copies of a campaign under way are gone", n)
	}
	_, err := h.SendCampaigns(ctx, h.now())
	must(t, err)
	before, err := h.CampaignPage(ctx, h.boss, c.ID)
	must(t, err)
	if before.Sent != 9 || before.Missed != 1 || before.Unsubscribed != 1 {
		t.Fatalf("%+v, %d left", before.Counts, before.Unsubscribed)
	}
	for purge() > 0 {
		after, err := h.CampaignPage(ctx, h.boss, c.ID)
		must(t, err)
		if !maps.Equal(after.Counts, before.Counts) || after.Sent != 9 || after.Missed != 1 || after.Unsubscribed != 1 {
			t.Fatalf("%+v, %d left", after.Counts, after.Unsubscribed)
		}
	}
	if left := h.deliveriesOf(t, c.ID); len(left) > 0 {
		t.Errorf("%d copies are left", len(left))
	}
	after, err := h.Campaign(ctx, h.boss, c.ID)
	must(t, err)
	if n, err := h.ResendCampaign(ctx, h.boss, c.ID, after.Rev); n != 0 || err != nil {
		t.Errorf("sent again to %d, %v", n, err)
	}
}

// Another cluster's organiser finds nothing, and cannot have its people written to.
func TestCampaignsAreTheirClusters(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	c := h.newsletter(t, h.newList(t, "news", Subscribed), nil)
	for name, err := range map[string]error{
		"see":      second(h.Campaign(ctx, h.other, c.ID)),
		"page":     second(h.CampaignPage(ctx, h.other, c.ID)),
		"audience": second(h.Audience(ctx, h.other, c.ID, "")),
		"schedule": second(h.ScheduleCampaign(ctx, h.other, c.ID, c.Rev, time.Time{})),
		"cancel":   second(h.CancelCampaign(ctx, h.other, c.ID, "")),
		"test":     second(h.TestCampaign(ctx, h.other, c.ID, []string{"a@example.org"})),
		"delete":   h.DeleteCampaign(ctx, h.other, c.ID),
		"copy":     second(h.CopyCampaign(ctx, h.other, c.ID, "copy")),
		"preview":  second(h.PreviewCampaign(ctx, h.other, c, "", "en")),
	} {
		if !IsHidden(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	list, _, err := h.Campaigns(ctx, h.other, "", "", 0)
	if err != nil || len(list) != 0 {
		t.Errorf("the other organiser's list has %d, %v", len(list), err)
	}
	stolen := *c
	stolen.Readers = Readers{Rules: []ReaderRule{{Kind: RuleCluster, ID: h.other.Grants[0].Cluster}}}
	_, err = h.SaveCampaign(ctx, h.boss, &stolen)
	wantProblem(t, err, Forbidden)
}

func second[T any](_ T, err error) error { return err }

// What was changed since it was looked at is not sent.
func TestChangedIsLookedAtAgain(t *testing.T) {
	h := newHouse(t)
	c := h.newsletter(t, h.newList(t, "news", Subscribed), nil)
	seen := c.Rev
	c.Body = Text{"en": "Something else", "fi": "Jotain muuta"}
	_, err := h.SaveCampaign(t.Context(), h.boss, c)
	must(t, err)
	_, err = h.ScheduleCampaign(t.Context(), h.boss, c.ID, seen, time.Time{})
	wantProblem(t, err, Changed)
}

// A scheduled one waits for its time, can be taken back, and stops where what it
// shows is gone by then.
func TestScheduled(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	e := h.event(t, nil)
	c := h.newsletter(t, h.newList(t, "news", Subscribed), func(c *Campaign) {
		c.Body = Text{"en": "Come:\n\n{event:" + e.Slug + "}", "fi": "Tule:\n\n{event:" + e.Slug + "}"}
	})
	at := t0.AddDate(0, 0, 1)
	c, err := h.ScheduleCampaign(ctx, h.boss, c.ID, c.Rev, at)
	must(t, err)
	if n, err := h.SendCampaigns(ctx, at.Add(-time.Second)); err != nil || n != 0 || c.State != CampaignScheduled {
		t.Errorf("%d before its time, %v", n, err)
	}
	c, err = h.UnscheduleCampaign(ctx, h.boss, c.ID)
	must(t, err)
	c, err = h.ScheduleCampaign(ctx, h.boss, c.ID, c.Rev, at)
	must(t, err)
	must(t, h.DB.Update(ctx, func(tx *storage.Tx) error {
		e, err := events.Get(tx, e.ID)
		if err != nil {
			return err
		}
		return events.Delete(tx, e)
	}))
	h.at(at)
	_, err = h.SendCampaigns(ctx, h.now())
	must(t, err)
	c, err = h.Campaign(ctx, h.boss, c.ID)
	must(t, err)
	if c.State != CampaignPaused || len(h.deliveriesOf(t, c.ID)) != 0 {
		t.Errorf("%s because of %q", c.State, c.Why)
	}
	for lang, want := range map[string]string{"en": "Line 3 of the text (en): {event:" + e.Slug + "} names nothing", "fi": "Tekstin rivi 3 (en): {event:" + e.Slug + "} ei viittaa"} {
		if got := c.Why.In(h.Texts.In(lang)); !strings.HasPrefix(got, want) {
			t.Errorf("in %s it says why: %q", lang, got)
		}
	}
	c, err = h.UnscheduleCampaign(ctx, h.boss, c.ID)
	if err != nil || c.State != CampaignDraft {
		t.Errorf("back to a draft: %s, %v", c.State, err)
	}
}
