package scheduling

import (
	"context"
	"html"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kohtaamo/mailer"
	"kohtaamo/storage"
)

// allows has the reader of an address say on the page of their preferences
// whether what they open may be counted.
func (h *testHouse) allows(t testing.TB, yes bool, emails ...string) {
	t.Helper()
	for _, email := range emails {
		must(t, h.SavePreferences(t.Context(), path.Base(h.PreferencesURL(email)), PreferencesForm{Others: true, Lang: "en", Tracking: yes, Asked: "Count me."}))
	}
}

// reads are the readings of an address, sorted.
func (h *testHouse) reads(t testing.TB, email string) (out []string) {
	t.Helper()
	must(t, h.DB.View(t.Context(), func(tx *storage.Tx) error {
		list, err := readings.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("reader", mailer.AddressKey(email))}})
		for _, r := range list {
			out = append(out, r.What)
		}
		return err
	}))
	slices.Sort(out)
	return out
}

func (h *testHouse) follows(t testing.TB, c *Campaign) *FollowCounts {
	t.Helper()
	p, err := h.CampaignPage(t.Context(), h.boss, c.ID)
	must(t, err)
	return p.Followed
}

func wantReads(t testing.TB, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("what is known: %q, want %q", got, want)
	}
}

const vanAddress = "https://van.example/a?b=1&c=2"

// counted is a newsletter with links of all kinds.
func (h *testHouse) counted(t testing.TB, l *MailingList) *Campaign {
	t.Helper()
	e := h.event(t, nil)
	return h.newsletter(t, l, func(c *Campaign) {
		c.Body = Text{"en": "Hello {name}: [a van](" + vanAddress + "), [the same](" + vanAddress + "), [your data](https://kohtaamo.example/privacy), [write](mailto:a@example.org).\n\n{event:" + e.Slug + "}"}
		c.Subject = Text{"en": "News"}
	})
}

var (
	readLink  = regexp.MustCompile(`https://kohtaamo\.example/r/([^"]+)`)
	pixelLink = regexp.MustCompile(`https://kohtaamo\.example/o/([^"]+)`)
)

// Two readers over SMTP, of whom one allows that it is counted: the other's copy
// knows nothing of it, and neither does the plain text of the one.
func TestOnlyWhoAllowsItIsCounted(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	l := h.newList(t, "news", Subscribed, Subscribed)
	h.allows(t, true, "person000@example.org")
	c := h.sendNow(t, h.counted(t, l))
	list := h.post(t)
	plain, yes := to(t, list, "person001@example.org"), to(t, list, "person000@example.org")
	for i, body := range plain.bodies {
		if strings.Contains(body, "/r/") || strings.Contains(body, "/o/") || strings.Contains(body, "<img") || !strings.Contains(html.UnescapeString(body), vanAddress) {
			t.Errorf("part %d of the other's copy: %s", i, body)
		}
	}
	if readLink.MatchString(yes.bodies[0]) || !strings.Contains(yes.bodies[0], vanAddress) {
		t.Errorf("the plain text says %s", yes.bodies[0])
	}
	page := yes.bodies[1]
	for _, own := range []string{`href="https://kohtaamo.example/privacy"`, `href="mailto:a@example.org"`, `href="https://kohtaamo.example/unsubscribe/`, `href="https://kohtaamo.example/preferences/`, `href="https://kohtaamo.example/newsletters/`} {
		if !strings.Contains(page, own) {
			t.Errorf("the page has no %s: %s", own, page)
		}
	}
	links, image := readLink.FindAllStringSubmatch(page, -1), pixelLink.FindStringSubmatch(page)
	if len(links) != 3 || links[0][1] != links[1][1] || image == nil || strings.Contains(page, "van.example") || yes.header.Get("Content-Language") != "en" {
		t.Fatalf("%d links and %v in %s", len(links), image, page)
	}
	wantReads(t, h.reads(t, "person000@example.org"), readingAllowed)

	must(t, h.OpenCopy(ctx, image[1], false))
	wantReads(t, h.reads(t, "person000@example.org"), readingAllowed)
	for range 2 { // the same twice is once
		must(t, h.OpenCopy(ctx, image[1], true))
		wantReads(t, h.reads(t, "person000@example.org"), readingAllowed, readingOpened)
	}
	for range 2 {
		where, err := h.FollowLink(ctx, links[0][1], true)
		if err != nil || where != vanAddress {
			t.Errorf("it leads to %q, %v", where, err)
		}
		wantReads(t, h.reads(t, "person000@example.org"), readingAllowed, readingClicked, "link1", readingOpened)
	}
	if f := h.follows(t, c); f != nil {
		t.Errorf("figures about one reader are shown: %+v", f)
	}
	wantReads(t, h.reads(t, "person001@example.org"))
}

// No link leads anywhere but where its campaign was pinned to lead.
func TestForgedLinks(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	l := h.newList(t, "news", Subscribed)
	h.allows(t, true, "person000@example.org")
	c := h.sendNow(t, h.counted(t, l))
	copyID := mailer.DeliveryKey(c.ID, "person000@example.org")
	good := h.readingLink("followed", copyID, 1)
	if _, err := h.FollowLink(ctx, good, false); err != nil {
		t.Fatal(err)
	}
	stranger := &Desk{Key: []byte("another house's key")}
	for name, link := range map[string]string{
		"empty":              "",
		"no signature":       strings.Split(good, ".")[0],
		"another's":          strings.Split(h.readingLink("followed", copyID, 2), ".")[0] + "." + strings.Split(good, ".")[1],
		"of another house":   stranger.readingLink("followed", copyID, 1),
		"of an image":        h.readingLink("opened", copyID, 0),
		"no such link":       h.readingLink("followed", copyID, 3),
		"link 0":             h.readingLink("followed", copyID, 0),
		"below":              h.readingLink("followed", copyID, -1),
		"no such campaign":   h.readingLink("followed", "gone/x", 1),
		"no campaign":        h.readingLink("followed", "x", 1),
		"of a subscription":  h.subscriberLink("followed", "https://evil.example/", "x"),
		"an address":         "https://evil.example/",
		"an address, signed": h.sign("followed", "aHR0cHM6Ly9ldmlsLmV4YW1wbGUv", 0),
	} {
		if where, err := h.FollowLink(ctx, link, true); !IsHidden(err) || where != "" {
			t.Errorf("%s leads to %q, %v", name, where, err)
		}
	}
	if err := h.OpenCopy(ctx, good, true); !IsHidden(err) {
		t.Errorf("a link as an image: %v", err)
	}
	wantReads(t, h.reads(t, "person000@example.org"), readingAllowed)
}

// use has a reader use the first link of a copy.
func (h *testHouse) use(t testing.TB, c *Campaign, emails ...string) {
	t.Helper()
	for _, email := range emails {
		where, err := h.FollowLink(t.Context(), h.readingLink("followed", mailer.DeliveryKey(c.ID, email), 1), true)
		if err != nil || where != vanAddress {
			t.Errorf("it leads to %q, %v", where, err)
		}
	}
}

func sixReaders() (out []string) {
	for i := range 6 {
		out = append(out, "person00"+strconv.Itoa(i)+"@example.org")
	}
	return out
}

// Who withdraws or leaves takes with them what was counted, at once; their links
// still lead where they did, and nothing is counted any more.
func TestWithdrawal(t *testing.T) {
	h := newHouse(t)
	ctx, all := t.Context(), sixReaders()
	l := h.newList(t, "news", many(7, Subscribed)...)
	h.allows(t, true, all...)
	c := h.sendNow(t, h.counted(t, l))
	h.use(t, c, all[:4]...)
	if got, want := h.follows(t, c), (&FollowCounts{Allowed: 6, Opened: 4, Clicked: 4, Links: []int{4, 0}}); !reflect.DeepEqual(got, want) {
		t.Errorf("counted %+v, want %+v", got, want)
	}
	h.allows(t, false, all[0])
	wantReads(t, h.reads(t, all[0]))
	h.use(t, c, all[0])
	h.allows(t, true, all[0]) // only for what comes from now on
	h.use(t, c, all[0])
	wantReads(t, h.reads(t, all[0]))
	if got, want := h.follows(t, c), (&FollowCounts{Allowed: 5, Opened: 3, Clicked: 3, Links: []int{3, 0}}); !reflect.DeepEqual(got, want) {
		t.Errorf("after a withdrawal %+v, want %+v", got, want)
	}
	_, err := h.Leave(ctx, path.Base(h.LeaveURL(all[1], l.ID)), "")
	must(t, err)
	wantReads(t, h.reads(t, all[1]))
	h.use(t, c, all[1])
	wantReads(t, h.reads(t, all[1]))
	if f := h.follows(t, c); f != nil {
		t.Errorf("figures of four readers are shown: %+v", f)
	}
}

// An invitation is counted for who allows it somewhere; who leaves everything
// takes that with them, though they are on no list of invitations.
func TestCountedInvitation(t *testing.T) {
	h := newHouse(t)
	ctx, email := t.Context(), "person000@example.org"
	h.newList(t, "news", Subscribed, Subscribed)
	h.allows(t, true, email)
	for _, name := range []string{"person000", "person001"} {
		must(t, h.SavePerson(ctx, h.boss, &Person{Name: name, Email: name + "@example.org", Lang: "en", ClusterIDs: []string{h.cluster.ID}}))
	}
	c := h.newsletter(t, nil, func(c *Campaign) {
		c.Subject, c.Body = Text{"en": "Come"}, Text{"en": "[A van](" + vanAddress + ")"}
		c.Readers.Rules = []ReaderRule{{Kind: RuleCluster, ID: h.cluster.ID}}
	})
	c = h.sendNow(t, c)
	h.use(t, c, email, "person001@example.org")
	wantReads(t, h.reads(t, email), readingAllowed, readingClicked, "link1", readingOpened)
	wantReads(t, h.reads(t, "person001@example.org"))
	must(t, h.LeaveEverything(ctx, path.Base(h.PreferencesURL(email))))
	wantReads(t, h.reads(t, email))
}

// After half a year nobody's readings are left; their sums are.
func TestForgetReadings(t *testing.T) {
	h := newHouse(t)
	ctx, all := t.Context(), sixReaders()
	l := h.newList(t, "news", many(6, Subscribed)...)
	h.allows(t, true, all...)
	c := h.sendNow(t, h.counted(t, l))
	h.use(t, c, all[0], all[1])
	want := &FollowCounts{Allowed: 6, Opened: 2, Clicked: 2, Links: []int{2, 0}}
	for _, test := range []struct {
		later int // seconds
		gone  int
	}{{-60, 0}, {60, 12}, {120, 0}} {
		now := c.Begun.Add(readingsKept + time.Duration(test.later)*time.Second)
		h.at(now)
		n, err := h.ForgetReadings(ctx, now)
		if err != nil || n != test.gone {
			t.Errorf("%d s later %d are forgotten, %v", test.later, n, err)
		}
		if got := h.follows(t, c); !reflect.DeepEqual(got, want) {
			t.Errorf("%d s later: %+v, want %+v", test.later, got, want)
		}
	}
	h.use(t, c, all[2])
	wantReads(t, h.reads(t, all[2]))
}

// A copy that is sent again is counted with the first, and only for who still
// allows it.
func TestCountedAgain(t *testing.T) {
	h := newHouse(t)
	ctx, all := t.Context(), sixReaders()
	l := h.newList(t, "news", many(6, Subscribed)...)
	h.allows(t, true, all...)
	c := h.sendNow(t, h.counted(t, l))
	for _, one := range h.deliveriesOf(t, c.ID) {
		h.became(t, one, mailer.Failed)
	}
	_, err := h.SendCampaigns(ctx, h.now())
	must(t, err)
	h.allows(t, false, all[5])
	c, err = h.Campaign(ctx, h.boss, c.ID)
	must(t, err)
	_, err = h.ResendCampaign(ctx, h.boss, c.ID, c.Rev)
	must(t, err)
	again := h.deliveriesOf(t, sending(c, 1))
	if again[all[0]].Sheet != "en+counted" || again[all[5]].Sheet != "" {
		t.Errorf("sent again with %q and %q", again[all[0]].Sheet, again[all[5]].Sheet)
	}
	for _, m := range h.post(t) {
		if got, want := pixelLink.MatchString(m.bodies[1]), !strings.Contains(m.header.Get("To"), all[5]); got != want {
			t.Errorf("%s: counted %v, want %v", m.header.Get("To"), got, want)
		}
	}
	if got := h.follows(t, c); got == nil || got.Allowed != 5 {
		t.Errorf("counted %+v", got)
	}
}

var linkOfGap = regexp.MustCompile(`\{\{link([0-9]+)\}\}`)

// Whatever is written, the sheet of those who allow nothing is what it was
// without any counting, and the counted one differs from it in where its links
// lead and in the image alone.
func TestCountedSheetSaysTheSame(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, nil)
	pieces := []string{"Hello {name}", "[a](https://a.example/x?y=1&z=%20)", "[b](http://b.example/\\{\\{link1\\}\\})", "https://reader.invalid/link/7", "[c](https://reader.invalid/opened)",
		"[d](mailto:d@example.org)", "\\{\\{opened\\}\\}", "[e](https://kohtaamo.example/preferences/x)", "[f](/events)", "<img src=https://evil.example/>", "`href=\"https://a.example/\"`", "\n\n", " ", "\n\n{event:" + e.Slug + "}\n\n", "- ", "&amp;"}
	rapid.Check(t, func(rt *rapid.T) {
		c := &Campaign{Meta: storage.Meta{ID: "c"}, ClusterID: h.cluster.ID, Reach: []string{h.cluster.ID}, Subject: Text{"en": "News for {name}"},
			Body: Text{"en": strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 1, 12).Draw(rt, "text"), "")}}
		err := h.DB.View(context.Background(), func(tx *storage.Tx) error {
			if _, err := campaignText(c.Body["en"], "en"); err != nil {
				return nil // nothing that could be saved
			}
			was, err := h.sheet(tx, c, h.cluster, "en")
			if err != nil {
				return err
			}
			i, err := h.issue(tx, c, c.ID, kindCampaign)
			if err != nil {
				return err
			}
			if err := h.addCounted(tx, c, i); err != nil {
				return err
			}
			counted := i.Sheets["en+counted"]
			if i.Sheets["en"] != was || counted.Text != was.Text || counted.Subject != was.Subject {
				rt.Errorf("the sheets say other things:\n%+v\n%+v", was, i.Sheets)
			}
			page := strings.Replace(counted.HTML, `<img src="{{opened}}" width="1" height="1" alt="" style="display:block;border:0">`, "", 1)
			page = linkOfGap.ReplaceAllStringFunc(page, func(m string) string {
				n, _ := strconv.Atoi(linkOfGap.FindStringSubmatch(m)[1])
				if n < 1 || n > len(c.Links) {
					rt.Fatalf("%s of %d links", m, len(c.Links))
				}
				return html.EscapeString(c.Links[n-1])
			})
			if html.UnescapeString(page) != html.UnescapeString(was.HTML) || strings.Count(counted.HTML, "<img") != 1 {
				rt.Errorf("the counted page is\n%s\nof %q, want\n%s", counted.HTML, c.Links, was.HTML)
			}
			return nil
		})
		if err != nil {
			rt.Fatal(err)
		}
	})
}

// Clicks at the same moment count once; of those that meet a withdrawal nothing
// is left.
func TestClicksMeetAWithdrawal(t *testing.T) {
	h := newHouse(t)
	email := "person000@example.org"
	l := h.newList(t, "news", Subscribed)
	h.allows(t, true, email)
	c := h.sendNow(t, h.counted(t, l))
	link := h.readingLink("followed", mailer.DeliveryKey(c.ID, email), 1)
	click := func(also ...func() error) {
		all := also
		for range 8 {
			all = append(all, func() error { return second(h.FollowLink(t.Context(), link, true)) })
		}
		errs := make(chan error)
		for _, do := range all {
			go func() { errs <- do() }()
		}
		for range all {
			must(t, <-errs)
		}
	}
	click()
	wantReads(t, h.reads(t, email), readingAllowed, readingClicked, "link1", readingOpened)
	click(func() error {
		return h.SavePreferences(t.Context(), path.Base(h.PreferencesURL(email)), PreferencesForm{Others: true, Lang: "en"})
	})
	wantReads(t, h.reads(t, email))
}
