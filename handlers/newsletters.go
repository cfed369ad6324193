package handlers

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"time"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// newsletterRoutes are what everybody can read of newsletters. They stand behind
// all other addresses below /newsletters.
func (s *Server) newsletterRoutes() []route {
	return []route{
		get("/newsletters", Public, s.showNewsletters),
		get("/newsletters.atom", Public, s.newsletterFeed),
		get("/newsletters/:slug", Public, s.showNewsletter),
	}
}

// newslettersPage is the data of templates/pages/newsletters.html.
type newslettersPage struct {
	Page
	Newsletters []*scheduling.ArchivedCampaign
	Chips       []chip
	Feed        string // address of the same as a feed
}

// showNewsletters answers GET /newsletters, of one cluster with ?cluster=SLUG.
func (s *Server) showNewsletters(c *fiber.Ctx) error {
	cl, err := s.clusterAsked(c)
	if err != nil {
		return err
	}
	p := &newslettersPage{Feed: "/newsletters.atom"}
	id := ""
	if cl != nil {
		id, p.Feed, p.Brand = cl.ID, withQuery("/newsletters.atom", "cluster", cl.Slug), s.brand(c, cl)
	}
	var next string
	if p.Newsletters, next, err = s.desk.Newsletters(c.UserContext(), id, cursor(c), 30); err != nil {
		return err
	}
	list, err := s.desk.Clusters(c.UserContext())
	if err != nil {
		return err
	}
	p.Chips = []chip{{Label: s.lang(c).Text("campaign.all"), Path: "/newsletters", On: cl == nil}}
	for _, one := range list {
		p.Chips = append(p.Chips, chip{Label: one.Name.In(s.lang(c).Code()), Path: withQuery("/newsletters", "cluster", one.Slug), On: one.ID == id})
	}
	p.Pager = s.pager(c, next)
	return s.page(c, "newsletters", p)
}

// clusterAsked is the one of ?cluster=SLUG; nil where none is asked for.
func (s *Server) clusterAsked(c *fiber.Ctx) (*scheduling.Cluster, error) {
	slug := c.Query("cluster")
	if slug == "" {
		return nil, nil
	}
	cl, err := s.desk.Cluster(c.UserContext(), slug)
	if err == nil && cl.Slug != slug {
		err = storage.ErrNotFound
	}
	return cl, err
}

// newsletterPage is the data of templates/pages/newsletter.html.
type newsletterPage struct {
	Page
	*scheduling.ArchivedCampaign
	Others []chip // the same in other languages
}

// showNewsletter answers GET /newsletters/:slug, in the reader's language or in
// that of ?in=.
func (s *Server) showNewsletter(c *fiber.Ctx) error {
	in := c.Query("in")
	if in == "" {
		in = s.lang(c).Code()
	}
	found, err := s.desk.Newsletter(c.UserContext(), c.Params("slug"), in)
	if err != nil {
		return err
	}
	p := &newsletterPage{ArchivedCampaign: found}
	p.Brand = s.brand(c, found.Cluster)
	for _, lang := range found.Langs {
		p.Others = append(p.Others, chip{Label: s.lang(c).Tongue(lang), Path: withQuery(c.Path(), "in", lang), On: lang == found.Lang})
	}
	return s.page(c, "newsletter", p)
}

// An atomFeed is a list of newsletters for feed readers (RFC 4287).
type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string      `xml:"xml:lang,attr"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Links   []atomLink  `xml:"link"`
	Author  atomAuthor  `xml:"author"`
	Entries []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type atomAuthor struct {
	Name string `xml:"name"`
}

type atomEntry struct {
	ID        string      `xml:"id"`
	Title     string      `xml:"title"`
	Published string      `xml:"published"`
	Updated   string      `xml:"updated"`
	Link      atomLink    `xml:"link"`
	Author    atomAuthor  `xml:"author"`
	Content   atomContent `xml:"content"`
}

type atomContent struct {
	Type string `xml:"type,attr"`
	HTML string `xml:",chardata"`
}

// newsletterFeed answers GET /newsletters.atom?cluster=SLUG&lang=fi.
func (s *Server) newsletterFeed(c *fiber.Ctx) error {
	cl, err := s.clusterAsked(c)
	if err != nil {
		return err
	}
	lang, id, path := s.lang(c).Code(), "", "/newsletters"
	f := atomFeed{Lang: lang, Title: s.lang(c).Text("newsletters.title") + " – " + s.desk.House, Author: atomAuthor{s.desk.House}}
	if cl != nil {
		id, path = cl.ID, withQuery(path, "cluster", cl.Slug)
		f.Author.Name = cl.Name.In(lang)
		f.Title = s.lang(c).Text("newsletters.title") + " – " + f.Author.Name
	}
	list, _, err := s.desk.Newsletters(c.UserContext(), id, "", 20)
	if err != nil {
		return err
	}
	self := withQuery("/newsletters.atom", "cluster", c.Query("cluster"), "lang", c.Query("lang"))
	f.ID = s.BaseURL + path
	f.Links = []atomLink{{"self", "application/atom+xml", s.BaseURL + self}, {"alternate", fiber.MIMETextHTML, s.BaseURL + path}}
	f.Updated = time.Unix(0, 0).UTC().Format(time.RFC3339)
	for _, one := range list {
		e, err := s.atomEntry(c, one.Slug, lang)
		if errors.Is(err, storage.ErrNotFound) {
			continue // its list closed its archive meanwhile
		}
		if err != nil {
			return err
		}
		f.Entries = append(f.Entries, e)
	}
	if len(f.Entries) > 0 {
		f.Updated = f.Entries[0].Updated
	}
	return sendAtom(c, f)
}

func (s *Server) atomEntry(c *fiber.Ctx, slug, lang string) (atomEntry, error) {
	one, err := s.desk.Newsletter(c.UserContext(), slug, lang)
	if err != nil {
		return atomEntry{}, err
	}
	var body bytes.Buffer
	for _, part := range one.Parts {
		body.WriteString(string(part.HTML))
		for _, i := range part.Items {
			fmt.Fprintf(&body, `<p><a href="%s">%s</a><br>%s<br>%s</p>`, html.EscapeString(i.URL), html.EscapeString(i.Title), html.EscapeString(i.When), html.EscapeString(i.Where))
		}
	}
	at, address := one.At.UTC().Format(time.RFC3339), s.BaseURL+"/newsletters/"+slug
	return atomEntry{ID: address, Title: one.Subject.In(one.Lang), Published: at, Updated: at, Link: atomLink{Rel: "alternate", Href: address},
		Author: atomAuthor{one.Cluster.Name.In(lang)}, Content: atomContent{"html", body.String()}}, nil
}

func sendAtom(c *fiber.Ctx, f atomFeed) error {
	body, err := xml.MarshalIndent(f, "", " ")
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/atom+xml; charset=utf-8")
	c.Set(fiber.HeaderCacheControl, "public, max-age=600")
	return c.Send(append([]byte(xml.Header), body...))
}
