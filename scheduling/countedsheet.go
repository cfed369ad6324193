package scheduling

import (
	"context"
	"encoding/base64"
	"html"
	"html/template"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"kohtaamo/mailer"
	"kohtaamo/storage"
	"kohtaamo/templates"
)

// Who allows that it is counted gets a copy of a second sheet: the links of what
// was written lead through us, and an image of ours is in it. It says the same
// in the same places; its plain text is that of all others, where links would be
// nothing that anybody could read. Nothing of this is in the sheets of others.

// countedName is what the counted sheet of a language is called in its issue.
func countedName(lang string) string { return lang + "+counted" }

// The addresses of the counted sheet, as the layout writes them: gaps take their
// place.
const (
	pixelMark   = "https://reader.invalid/opened"
	linkMark    = "https://reader.invalid/link/"
	pixelGap    = "opened"
	mostCounted = 100  // links of a campaign; any more lead where they lead
	longestLink = 2000 // letters of one that is counted
)

var (
	contentLink = regexp.MustCompile(`href="(https?://[^"]+)"`)
	linkMarked  = regexp.MustCompile(`href="` + regexp.QuoteMeta(linkMark) + `([0-9]+)"`)
)

// linkGap is the gap of a campaign's nth link, from 1.
func linkGap(n int) string { return "link" + strconv.Itoa(n) }

// addCounted adds the counted sheets to an issue, and notes on c where their
// links lead.
func (d *Desk) addCounted(tx *storage.Tx, c *Campaign, i *mailer.Issue) error {
	cl, err := clusters.Get(tx, c.ClusterID)
	if err != nil {
		return err
	}
	c.Links = nil
	for _, lang := range c.Langs() {
		b, err := d.bulk(tx, c, cl, lang)
		if err != nil {
			return err
		}
		b.Parts, b.Pixel = d.throughUs(c, b.Parts), pixelMark
		s, err := sheetOf(b)
		if err != nil {
			return err
		}
		s.HTML = strings.Replace(linkMarked.ReplaceAllString(s.HTML, `href="{{link$1}}"`), `src="`+pixelMark+`"`, `src="{{`+pixelGap+`}}"`, 1)
		s.Text, s.Lang = i.Sheets[lang].Text, lang
		i.Sheets[countedName(lang)] = s
	}
	return nil
}

// throughUs are parts whose links are marks with their numbers.
func (d *Desk) throughUs(c *Campaign, parts []templates.BulkPart) []templates.BulkPart {
	out := slices.Clone(parts)
	for i := range out {
		p := &out[i]
		p.HTML = template.HTML(contentLink.ReplaceAllStringFunc(string(p.HTML), func(m string) string {
			if n := d.linkNumber(c, html.UnescapeString(contentLink.FindStringSubmatch(m)[1])); n > 0 {
				return `href="` + linkMark + strconv.Itoa(n) + `"`
			}
			return m
		}))
		p.Items = slices.Clone(p.Items)
		for k := range p.Items {
			if n := d.linkNumber(c, p.Items[k].URL); n > 0 {
				p.Items[k].URL = linkMark + strconv.Itoa(n)
			}
		}
	}
	return out
}

// notCounted are addresses of ours that readers reach for their rights: nobody
// looks on there.
var notCounted = []string{"/unsubscribe", "/preferences", "/newsletters", "/privacy", "/accessibility"}

// linkNumber is the number of an address among c's links, from 1; 0 for one that
// is not counted.
func (d *Desk) linkNumber(c *Campaign, to string) int {
	u, err := url.Parse(to)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || len(to) > longestLink {
		return 0
	}
	if path, ours := strings.CutPrefix(to, d.BaseURL); ours && slices.ContainsFunc(notCounted, func(p string) bool { return strings.HasPrefix(path, p) }) {
		return 0
	}
	if at := slices.Index(c.Links, to); at >= 0 {
		return at + 1
	}
	if len(c.Links) == mostCounted {
		return 0
	}
	c.Links = append(c.Links, to)
	return len(c.Links)
}

// countedParams adds the addresses of a copy's gaps.
func (d *Desk) countedParams(c *Campaign, copyID string, params map[string]string) {
	params[pixelGap] = d.BaseURL + "/o/" + d.readingLink("opened", copyID, 0)
	for i := range c.Links {
		params[linkGap(i+1)] = d.BaseURL + "/r/" + d.readingLink("followed", copyID, i+1)
	}
}

// readingLink signs a copy and the number of a link.
func (d *Desk) readingLink(purpose, copyID string, n int) string {
	return d.sign(purpose, base64.RawURLEncoding.EncodeToString([]byte(copyID+"\x00"+strconv.Itoa(n))), 0)
}

// readingOf reads what readingLink wrote.
func (d *Desk) readingOf(purpose, link string) (copyID string, n int, ok bool) {
	id, mac, ok := splitLink(link)
	if !ok || !d.signed(purpose, id, 0, mac) {
		return "", 0, false
	}
	raw, err := base64.RawURLEncoding.DecodeString(id)
	if err != nil {
		return "", 0, false
	}
	copyID, number, _ := strings.Cut(string(raw), "\x00")
	n, err = strconv.Atoi(number)
	return copyID, n, err == nil
}

// FollowLink gives where a counted link leads: an address that its campaign was
// pinned with, whatever the link says. It is storage.ErrNotFound for a link that
// is not ours. With count it notes that the link was used; where that fails, the
// reader goes on all the same.
func (d *Desk) FollowLink(ctx context.Context, link string, count bool) (to string, err error) {
	copyID, n, ok := d.readingOf("followed", link)
	if !ok {
		return "", errHidden
	}
	campaignID := copyID[:max(0, strings.LastIndexByte(copyID, '/'))]
	err = d.view(ctx, func(tx *storage.Tx) error {
		c, err := campaigns.Get(tx, campaignID)
		if err != nil {
			return err
		}
		if n < 1 || n > len(c.Links) {
			return errHidden
		}
		to = c.Links[n-1]
		return nil
	})
	if err != nil {
		return "", err
	}
	if count {
		d.countQuietly(ctx, copyID, readingOpened, readingClicked, readingOfLink(n))
	}
	return to, nil
}

// OpenCopy takes in that the image of a counted copy was fetched, and notes it
// with count. It is storage.ErrNotFound for an address that is not ours.
func (d *Desk) OpenCopy(ctx context.Context, link string, count bool) error {
	copyID, _, ok := d.readingOf("opened", link)
	if !ok {
		return errHidden
	}
	if count {
		d.countQuietly(ctx, copyID, readingOpened)
	}
	return nil
}

func (d *Desk) countQuietly(ctx context.Context, copyID string, what ...string) {
	if err := d.countReading(ctx, copyID, what...); err != nil {
		d.Log.WarnContext(ctx, "could not count a reading", "err", err)
	}
}
