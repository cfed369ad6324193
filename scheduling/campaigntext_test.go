package scheduling

import (
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"kohtaamo/mailer"
	"kohtaamo/storage"
)

// sheetOf lays a campaign out in English.
func (h *testHouse) sheetOf(t testing.TB, c *Campaign) (s mailer.Sheet) {
	t.Helper()
	must(t, h.DB.View(t.Context(), func(tx *storage.Tx) (err error) {
		s, err = h.sheet(tx, c, h.cluster, "en")
		return err
	}))
	return s
}

func TestTextIsRefusedWithItsLine(t *testing.T) {
	h := newHouse(t)
	draft := h.event(t, func(e *Event) { e.Slug = "shown" })
	elsewhere := NewEvent(h.cluster, draft.Starts)
	elsewhere.Slug, elsewhere.Title, elsewhere.ClusterIDs = "hidden", Text{"en": "Hidden"}, []string{h.other.Grants[0].Cluster}
	_, err := h.SaveEvent(t.Context(), System("test"), elsewhere)
	must(t, err)
	for _, test := range []struct{ body, key, line, what string }{
		{"Hello {nmae}", "campaign.unknown_mark", "1", "{nmae}"},
		{"Hello\n\n{evnt:shown}\n", "campaign.unknown_mark", "3", "{evnt:shown}"},
		{"Come to {event:shown} now", "campaign.block_alone", "1", "{event:shown}"},
		{"a\nb\n{event:nothing}", "campaign.no_such_thing", "3", "{event:nothing}"},
		{"{event:hidden}", "campaign.no_such_thing", "1", "{event:hidden}"},
		{"{events:past}", "campaign.unknown_mark", "1", "{events:past}"},
		{"ok\n\n[you](https://example.org/{name})", "campaign.field_in_link", "1", ""},
	} {
		c := &Campaign{ClusterID: h.cluster.ID, Subject: Text{"en": "x"}, Body: Text{"en": test.body}}
		_, err := h.SaveCampaign(t.Context(), h.boss, c)
		p := ProblemIn(err)
		if p == nil || p.Key != test.key || p.Fields["body"] == "" {
			t.Errorf("%q: %v, want %s", test.body, err, test.key)
			continue
		}
		if said := h.Texts.In("en").Text(p.Key, p.Args...); !strings.Contains(said, "ine "+test.line) || !strings.Contains(said, test.what) {
			t.Errorf("%q: %s", test.body, said)
		}
	}
	c := &Campaign{ClusterID: h.cluster.ID, Subject: Text{"en": "x"}, Body: Text{"en": "{event:shown}\n\n{events:upcoming}\n\n\\{as it is\\} {name}"}}
	c, err = h.SaveCampaign(t.Context(), h.boss, c)
	must(t, err)
	if len(c.EventIDs) != 1 || c.EventIDs[0] != draft.ID {
		t.Errorf("it shows %v", c.EventIDs)
	}
}

// A sheet says the same in both parts, with gaps where readers differ and the
// house's own links.
func TestSheet(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, nil)
	l := h.newList(t, "news", Subscribed)
	c := h.newsletter(t, l, func(c *Campaign) {
		c.Body = Text{"en": "Hello **{name}**\n\n## What is new\n\n- one\n- [two](https://example.org/two)\n\n{event:" + e.Slug + "}\n\nSee you", "fi": "Hei"}
	})
	s := h.sheetOf(t, c)
	if s.Subject != "News for {{name}}" {
		t.Errorf("subject = %q", s.Subject)
	}
	for _, want := range []string{"<strong>{{name}}</strong>", `href="{{unsubscribe}}"`, `href="{{preferences}}"`, "CircularArena", "https://kohtaamo.example/events/" + e.Slug,
		"https://kohtaamo.example/newsletters/" + c.Slug, `<a class="link" style="color:#0b5d4e" href="https://example.org/two"`} {
		if !strings.Contains(s.HTML, want) {
			t.Errorf("the page does not have %q:\n%s", want, s.HTML)
		}
	}
	for _, want := range []string{"Hello {{name}}", "What is new\n-----------", "- one\n- two (https://example.org/two)", "CircularArena\n", "\nRegister:\nhttps://kohtaamo.example/events/", "Unsubscribe:\n{{unsubscribe}}\n", "Read in a browser:\n"} {
		if !strings.Contains(s.Text, want) {
			t.Errorf("the text does not have %q:\n%s", want, s.Text)
		}
	}
	p, err := h.PreviewCampaign(t.Context(), h.boss, c, "person000@example.org", "")
	must(t, err)
	if p.Shown.Subject != "News for Person 000" || strings.Contains(p.Shown.HTML+p.Shown.Text, "{{") || !strings.Contains(p.LinkedIn, "Hello reader") ||
		!strings.HasSuffix(p.LinkedIn, "/newsletters/"+c.Slug) || strings.Contains(p.LinkedIn, "**") {
		t.Errorf("%+v", p)
	}
}

var gap = regexp.MustCompile(`{{(\w+)}}`)

// FuzzCampaignText: whatever an organiser writes, the mail has no gaps but its
// own, fetches nothing, runs nothing, and its HTML is as well-formed as before.
func FuzzCampaignText(f *testing.F) {
	for _, s := range []string{"Hello {name}", "{{unsubscribe}} {{name}} {{{company}}}", "\\{name\\}", "<script>x</script> ![x](https://a.example/x.png)",
		"[a](javascript:alert(1)) [b](/relative)", "```\n{name}\n```", "a\n{events:upcoming}\nb", "\ue000name\ue001 \ue000unsubscribe\ue001", "{" + "{name}" + "}", "| a | b |\n|---|---|\n| {name} | {{x}} |", "{name}{{name}}{{"} {
		f.Add(s)
	}
	h := newHouse(f)
	f.Fuzz(func(t *testing.T, src string) {
		c := &Campaign{ClusterID: h.cluster.ID, Reach: []string{h.cluster.ID}, Subject: Text{"en": cleanLine(src)}, Body: Text{"en": cleanText(src)}}
		if c.check() != nil || len(c.Langs()) == 0 {
			return
		}
		if err := h.DB.View(t.Context(), func(tx *storage.Tx) error { return h.checkText(tx, c) }); err != nil {
			if ProblemIn(err) == nil {
				t.Fatal(err)
			}
			return
		}
		s := h.sheetOf(t, c)
		for part, text := range map[string]string{"subject": s.Subject, "html": s.HTML, "text": s.Text} {
			for _, m := range gap.FindAllStringSubmatch(text, -1) {
				if own := m[1] == "unsubscribe" || m[1] == "preferences"; m[1] != "name" && m[1] != "company" && (!own || part == "subject") {
					t.Errorf("%s has the gap %s: %q", part, m[0], text)
				}
			}
			if n := strings.Count(text, "{{unsubscribe}}"); part == "html" && n != 1 || part == "text" && n != 1 {
				t.Errorf("%s has %d links to leave", part, n)
			}
		}
		z := html.NewTokenizer(strings.NewReader(s.HTML))
		for z.Next() != html.ErrorToken {
			name, _ := z.TagName()
			if tag := string(name); tag == "img" || tag == "script" || tag == "iframe" || tag == "form" || tag == "link" {
				t.Errorf("the page has <%s>", tag)
			}
		}
	})
}

// The emblem is carried by what a funded project sends, and by what shows only
// events of one.
func TestCampaignEmblem(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	p := &Project{Name: Text{"en": "Circular North"}, Code: "CN", From: "2026-01-01", Until: "2027-12-31"}
	must(t, h.SaveProject(ctx, System("test"), p))
	funded := h.event(t, func(e *Event) { e.Slug, e.ProjectID = "funded", p.ID })
	plain := h.event(t, func(e *Event) { e.Slug = "plain" })
	for _, test := range []struct {
		project string
		events  []string
		want    bool
	}{{"", nil, false}, {p.ID, nil, true}, {"", []string{funded.Slug}, true}, {"", []string{funded.Slug, plain.Slug}, false}} {
		body := "Hello"
		for _, slug := range test.events {
			body += "\n\n{event:" + slug + "}"
		}
		c := h.newsletter(t, nil, func(c *Campaign) { c.ProjectID, c.Subject, c.Body = test.project, Text{"en": "x"}, Text{"en": body} })
		if got := strings.Contains(h.sheetOf(t, c).HTML, "Circular North"); got != test.want {
			t.Errorf("%+v: emblem %v", test, got)
		}
	}
}
