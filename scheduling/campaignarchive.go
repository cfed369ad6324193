package scheduling

import (
	"context"
	"html/template"
	"strings"
	"time"

	"kohtaamo/storage"
	"kohtaamo/templates"
)

// An ArchivedCampaign is what everybody can read of a campaign: never who it
// went to.
type ArchivedCampaign struct {
	Slug    string
	Subject Text // without fields
	At      time.Time
	Zone    string
	Cluster *Cluster
	List    Text
	Langs   []string

	// Of one that is read, not of those in a list.
	Lang  string
	Parts []ArchivedPart
}

// An ArchivedPart is a piece of the text, or what stands for a block.
type ArchivedPart struct {
	HTML  template.HTML
	Items []templates.BulkItem
}

// Newsletters are what can be read by everybody, of a cluster or of all, newest
// first: what went to lists that have an archive.
func (d *Desk) Newsletters(ctx context.Context, clusterID, after string, limit int) (out []*ArchivedCampaign, next string, err error) {
	q := storage.Query{Where: []storage.Cond{storage.Is("shown", true)}, Sort: "-at", After: after, Limit: limit}
	if clusterID != "" {
		q.Where = append(q.Where, storage.Is("cluster_id", clusterID))
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		out = nil
		list, n, err := campaigns.Page(tx, q)
		if err != nil {
			return err
		}
		next = n
		for _, c := range list {
			a, err := d.archived(tx, c)
			if ignoreMissing(err) != nil {
				return err
			}
			if err == nil {
				out = append(out, a)
			}
		}
		return nil
	})
	return out, next, err
}

// archived is c for everybody; storage.ErrNotFound if it is not theirs to read.
func (d *Desk) archived(tx *storage.Tx, c *Campaign) (*ArchivedCampaign, error) {
	if !c.Shown || c.Begun.IsZero() {
		return nil, errHidden
	}
	l, err := mailingLists.Get(tx, c.ListID)
	if err != nil {
		return nil, err
	}
	if !l.Archive {
		return nil, errHidden
	}
	cl, err := clusters.Get(tx, c.ClusterID)
	if err != nil {
		return nil, err
	}
	a := &ArchivedCampaign{Slug: c.Slug, Subject: Text{}, At: c.Begun, Zone: cl.Zone, Cluster: cl, List: l.Name, Langs: c.Langs()}
	for _, lang := range a.Langs {
		a.Subject[lang] = withWords(c.subject(lang), d.wordsFor(lang))
	}
	return a, nil
}

// Newsletter gives one by the name of its page, in lang if it is written in it.
// Where it says a reader's name, it says that of nobody in particular.
func (d *Desk) Newsletter(ctx context.Context, slug, lang string) (a *ArchivedCampaign, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		c, err := campaigns.First(tx, storage.Query{Where: []storage.Cond{storage.Is("slug", slug)}})
		if err != nil {
			return err
		}
		if a, err = d.archived(tx, c); err != nil {
			return err
		}
		a.Lang = c.ReadIn(lang)
		a.Parts, err = d.archivedParts(tx, c, a.Lang)
		return err
	})
	return a, err
}

// archivedParts are the text as the site's pages show it. What a block showed
// and is gone since is left out.
func (d *Desk) archivedParts(tx *storage.Tx, c *Campaign, lang string) (out []ArchivedPart, err error) {
	pieces, err := campaignText(c.Body[lang], lang)
	if err != nil {
		return nil, err
	}
	w := d.wordsFor(lang)
	for name, s := range w {
		w[name] = template.HTMLEscapeString(s)
	}
	for _, p := range pieces {
		if p.block == "" {
			html := withWords(string(templates.Markdown(markFields(p.words))), w)
			out = append(out, ArchivedPart{HTML: template.HTML(html)})
			continue
		}
		b, err := d.block(tx, c, p, lang)
		if IsHidden(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, ArchivedPart{Items: b.items})
	}
	return out, nil
}

// listHeader names a list to mail programs (RFC 2919): its own name and the
// house's.
func (d *Desk) listHeader(slug string) string {
	_, host, _ := strings.Cut(d.BaseURL, "://")
	host, _, _ = strings.Cut(host, "/")
	host, _, _ = strings.Cut(host, ":")
	return slug + "." + host
}
