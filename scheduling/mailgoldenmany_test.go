package scheduling

import (
	"mime"
	"strings"
	"testing"
	"time"

	"kohtaamo/mailer/mailtest"
	"kohtaamo/storage"
)

// TestGoldenChains has what begins the chains happen, lets time go by, and
// compares the mails that come of it.
func TestGoldenChains(t *testing.T) {
	for _, lang := range texts().Langs() {
		p := newPost(t, lang, nil)
		p.survey(t, p.event, nil)
		for _, name := range DefaultChains() {
			p.chain(t, name, nil)
		}
		p.chain(t, "practical", func(c *Chain) {
			c.Trigger = OnRegistered
			c.Steps = []ChainStep{{ID: "next", When: StepTime{Anchor: FromTrigger, Days: 1, At: "09:00"},
				Subject: Text{"en": "What happens next at {{event}}", "fi": "{{event}}: miten tästä eteenpäin"},
				Body:    Text{"en": "You see your place on the page of your registration.\n\nWe meet {{when}}.", "fi": "Näet paikkasi ilmoittautumisesi sivulla.\n\nTapaamme {{when}}."}}}
		})
		p.joins(t)
		comes, stays := p.registers(t, "comes"), p.registers(t, "stays")
		p.passes(t, p.event.Ends)
		p.becomes(t, comes, Attended)
		p.becomes(t, stays, NoShow)
		p.haveMet(t)
		p.passes(t, p.event.Ends.AddDate(0, 0, 30))
		p.compare(t, kindOfChainMail, 7)
	}
}

// registers stores a confirmed registration of the reader, for the chains to follow.
func (p *post) registers(t *testing.T, id string) *Registration {
	t.Helper()
	r := &Registration{Meta: fixed(id), EventID: p.event.ID, Name: p.reader.Name, Email: p.reader.Email, Lang: p.lang, State: Confirmed, Ticket: strings.ToUpper(id)}
	p.write(t, func(tx *storage.Tx) error {
		p.keep(registrations.Put(tx, r))
		return p.followRegistration(tx, p.event, r)
	})
	return r
}

func (p *post) becomes(t *testing.T, r *Registration, s RegState) {
	t.Helper()
	p.write(t, func(tx *storage.Tx) error {
		r.State, r.CheckedInAt = s, p.event.Starts
		p.keep(registrations.Put(tx, r))
		return p.followRegistration(tx, p.event, r)
	})
}

func (p *post) haveMet(t *testing.T) {
	t.Helper()
	p.write(t, func(tx *storage.Tx) error {
		p.meeting.State = MeetingHeld
		p.keep(meetings.Put(tx, p.meeting))
		return p.followMeeting(tx, p.meeting)
	})
}

func (p *post) joins(t *testing.T) {
	t.Helper()
	p.write(t, func(tx *storage.Tx) error {
		p.group.Members = append(p.group.Members, p.reader.ID)
		p.keep(groups.Put(tx, p.group))
		return p.followMember(tx, p.group, p.reader.ID)
	})
}

// passes runs the chains every three hours until then.
func (p *post) passes(t *testing.T, until time.Time) {
	t.Helper()
	for at := p.still(); !at.After(until); at = at.Add(3 * time.Hour) {
		p.due(t, at)
	}
}

// compare holds the reader's mails whose kind begins so to the rules, and the
// first of each kind to its golden files. It wants that many mails.
func (p *post) compare(t *testing.T, kind string, want int) {
	t.Helper()
	seen := map[string]bool{}
	n := 0
	for _, m := range p.mailsTo(t, p.reader.Email) {
		if !strings.HasPrefix(m.Kind, kind) {
			continue
		}
		n++
		shown, err := p.Outbox.Preview(m)
		must(t, err)
		g := mailtest.Golden{Kind: m.Kind, Lang: m.Lang, Subject: shown.Subject, Text: shown.Text, HTML: shown.HTML, Calendar: shown.Calendar}
		if seen[m.Kind] {
			for _, fault := range g.Faults() {
				t.Errorf("%q: %s", g.Subject, fault)
			}
			continue
		}
		seen[m.Kind] = true
		g.Compare(t, *update)
	}
	if n != want {
		t.Errorf("%d mails of the kind %s in %s, want %d", n, kind, p.lang, want)
	}
}

// TestGoldenSubscription has somebody ask for two lists.
func TestGoldenSubscription(t *testing.T) {
	for _, lang := range texts().Langs() {
		p := newPost(t, lang, nil)
		p.makeLists(t)
		must(t, p.Subscribe(t.Context(), SubscribeForm{Email: p.reader.Email, Name: p.reader.Name, Lang: lang, Lists: []string{"news", "visits"},
			Wording: p.in("News, please.", "Haluan uutiset.")}))
		p.compare(t, mailSubscription, 1)
	}
}

func (p *post) makeLists(t *testing.T) {
	t.Helper()
	p.write(t, func(tx *storage.Tx) error {
		for id, name := range map[string]Text{"news": {"en": "Cluster news", "fi": "Klusterin uutiset"}, "visits": {"en": "Visits and delegations", "fi": "Vierailut ja valtuuskunnat"}} {
			p.keep(mailingLists.Put(tx, &MailingList{Meta: fixed(id), Slug: id, Name: name, ClusterID: p.cluster.ID, Open: true, Archive: true}))
		}
		return nil
	})
}

// TestGoldenCampaigns compares a newsletter, an invitation and a test as they
// arrive over SMTP.
func TestGoldenCampaigns(t *testing.T) {
	for _, lang := range texts().Langs() {
		for kind, send := range map[string]func(*post, *testing.T) string{
			kindCampaign: (*post).sendNews, kindTest: (*post).sendTest, kindCampaign + ".invitation": (*post).sendInvitation,
		} {
			p := newPost(t, lang, nil)
			p.makeLists(t)
			listID := send(p, t)
			subject, bodies := p.arrived(t)
			g := mailtest.Golden{Kind: kind, Lang: lang, Subject: subject, Text: bodies[0], HTML: bodies[1],
				Leads: []string{p.LeaveURL(p.reader.Email, listID), p.PreferencesURL(p.reader.Email)}}
			g.Compare(t, *update)
			for _, body := range bodies {
				if !strings.Contains(body, p.cluster.Address) {
					t.Errorf("%s in %s does not say where its sender is", kind, lang)
				}
			}
		}
	}
}

// arrived is the mail to the reader in their language, as it arrives.
func (p *post) arrived(t *testing.T) (subject string, bodies []string) {
	t.Helper()
	for _, m := range p.post(t) {
		if m.header.Get("Content-Language") != p.lang || !strings.Contains(m.header.Get("To"), p.reader.Email) {
			continue
		}
		subject, err := new(mime.WordDecoder).DecodeHeader(m.header.Get("Subject"))
		must(t, err)
		for _, body := range m.bodies {
			bodies = append(bodies, strings.ReplaceAll(body, "\r\n", "\n"))
		}
		return subject, bodies
	}
	t.Fatalf("no mail in %s arrived", p.lang)
	return "", nil
}

// written is a campaign that shows one of everything.
func (p *post) written(t *testing.T, set func(*Campaign)) *Campaign {
	t.Helper()
	c := &Campaign{ClusterID: p.cluster.ID,
		Subject: Text{"en": "{name}, the spring of the cluster", "fi": "{name}, klusterin kevät"},
		Body: Text{
			"en": "Dear {name},\n\nthis spring **three things** are worth your time:\n\n- the arena\n- the meetings of {company}\n- [the report of last year](https://kohtaamo.example/report)\n\n## Come and meet\n\n{event:circular-arena}\n\n{round:northern-power}\n\n## A group of its own\n\n{group:spain}\n\n> See you in the spring.\n",
			"fi": "Hei {name},\n\ntänä keväänä **kolme asiaa** on aikasi arvoisia:\n\n- areena\n- tapaamiset, joihin {company} pääsee mukaan\n- [viime vuoden raportti](https://kohtaamo.example/report)\n\n## Tule tapaamaan\n\n{event:circular-arena}\n\n{round:northern-power}\n\n## Oma ryhmä\n\n{group:spain}\n\n> Nähdään keväällä.\n",
		}}
	c.ID = "campaign"
	set(c)
	c, err := p.SaveCampaign(t.Context(), p.boss, c)
	must(t, err)
	return c
}

func (p *post) sendNews(t *testing.T) (listID string) {
	p.write(t, func(tx *storage.Tx) error {
		l, err := mailingLists.Get(tx, "news")
		p.keep(err)
		return p.enlist(tx, l, p.reader.Email, p.reader.Name, p.lang, Subscribed)
	})
	p.sendNow(t, p.written(t, func(c *Campaign) { c.ListID = "news" }))
	return "news"
}

func (p *post) sendTest(t *testing.T) (listID string) {
	c := p.written(t, func(c *Campaign) { c.ListID = "news" })
	_, err := p.TestCampaign(t.Context(), p.boss, c.ID, []string{p.reader.Email})
	must(t, err)
	return "news"
}

func (p *post) sendInvitation(t *testing.T) (listID string) {
	p.write(t, func(tx *storage.Tx) error {
		p.reader.ClusterIDs = []string{p.cluster.ID}
		return people.Put(tx, p.reader)
	})
	p.sendNow(t, p.written(t, func(c *Campaign) { c.Readers = Readers{Rules: []ReaderRule{{Kind: RuleCluster, ID: p.cluster.ID}}} }))
	return ""
}
