package handlers

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/handlers/spool"
	"kohtaamo/scheduling"
	"kohtaamo/scheduling/table"
	"kohtaamo/storage"
)

// savedListRoutes are lists that organisers keep, and their secret addresses.
func (s *Server) savedListRoutes() []route {
	const one = "/organise/saved/:id"
	file := get("/lists/:file", Link, s.sharedList)
	file.Limit = 60
	return []route{
		get("/organise/saved", Organiser, s.showSavedLists),
		get("/organise/saved/new", Organiser, s.showNewSavedList),
		post("/organise/saved/new", Organiser, s.createSavedList),
		post(one+"/do", Organiser, s.actOnSavedList),
		file,
	}
}

// A listKind is a list of organisers that can be kept: where its page is, and
// how its rows are written for somebody, in a language.
type listKind struct {
	page  func(about string) string
	write func(s *Server, ctx context.Context, in listed, w table.Writer) error
}

// listed is what a list shows: for whom, of what, with which filter.
type listed struct {
	by    scheduling.Actor
	lang  string
	about string
	query url.Values
}

// listKinds are all of them. A subject adds its own list here.
var listKinds = map[string]listKind{
	"companies":     {func(string) string { return "/organise/companies" }, (*Server).writeCompanies},
	"people":        {func(string) string { return "/organise/people" }, (*Server).writePeople},
	"events":        {func(string) string { return "/organise/events" }, (*Server).writeEvents},
	"registrations": {func(about string) string { return "/organise/events/" + url.PathEscape(about) }, (*Server).writeRegistrations},
}

// savedListsPage is the data of templates/pages/saved_lists.html.
type savedListsPage struct {
	Page
	Lists []savedLine
}

// A savedLine is a list with where it opens.
type savedLine struct {
	*scheduling.SavedList
	Path string
}

// showSavedLists answers GET /organise/saved.
func (s *Server) showSavedLists(c *fiber.Ctx) error {
	list, err := s.desk.SavedLists(c.UserContext(), actor(c))
	if err != nil {
		return err
	}
	p := &savedListsPage{Page: directoryPage()}
	for _, l := range list {
		if k, ok := listKinds[l.Kind]; ok {
			p.Lists = append(p.Lists, savedLine{l, pathWith(k.page(l.About), l.Query)})
		}
	}
	secret(c)
	return s.page(c, "saved_lists", p)
}

func pathWith(path, query string) string {
	if query == "" {
		return path
	}
	return path + "?" + query
}

// savedListFormPage is the data of templates/pages/saved_list_form.html.
type savedListFormPage struct {
	Page
	ID, Of, About, Query, Name, Lang string
	Back                             string // the list's page
	Langs                            []option
}

// showNewSavedList answers GET /organise/saved/new?of=KIND with the filter beside it.
func (s *Server) showNewSavedList(c *fiber.Ctx) error {
	q, err := url.ParseQuery(string(c.Request().URI().QueryString()))
	if err != nil {
		return fiber.ErrBadRequest
	}
	p := &savedListFormPage{ID: storage.NewID(), Of: q.Get("of"), About: q.Get("about"), Lang: s.lang(c).Code()}
	q.Del("of")
	q.Del("about")
	p.Query = q.Encode()
	return s.savedListForm(c, p)
}

func (s *Server) savedListForm(c *fiber.Ctx, p *savedListFormPage) error {
	k, ok := listKinds[p.Of]
	if !ok {
		return storage.ErrNotFound
	}
	problem := p.Problem
	p.Page = directoryPage()
	p.Problem = problem
	p.Langs, p.Back = s.languageOptions(), pathWith(k.page(p.About), p.Query)
	return s.page(c, "saved_list_form", p)
}

// createSavedList answers POST /organise/saved/new. Sent twice, it keeps one.
func (s *Server) createSavedList(c *fiber.Ctx) error {
	f := s.form(c)
	p := &savedListFormPage{ID: f.NewID(), Of: f.Value("of"), About: f.Value("about"), Query: f.Value("query"), Name: f.Text("name"), Lang: f.Value("lang")}
	q, err := url.ParseQuery(p.Query)
	if err != nil {
		return fiber.ErrBadRequest
	}
	_, err = s.desk.SaveList(c.UserContext(), actor(c), scheduling.NewList{ID: p.ID, Name: p.Name, Kind: p.Of, About: p.About, Query: q, Lang: p.Lang},
		ListKinds())
	if p.Problem = s.inForm(c, err, "name", "lang"); p.Problem != nil {
		return s.savedListForm(c, p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/organise/saved", "flash.filters.saved", "name", p.Name)
}

// actOnSavedList answers POST /organise/saved/:id/do.
func (s *Server) actOnSavedList(c *fiber.Ctx) (err error) {
	ctx, by, id := c.UserContext(), actor(c), c.Params("id")
	do := s.form(c).Text("do")
	switch do {
	case "share":
		err = s.desk.ShareList(ctx, by, id)
	case "unshare":
		err = s.desk.UnshareList(ctx, by, id)
	case "drop":
		err = s.desk.DropList(ctx, by, id)
	default:
		return fiber.ErrBadRequest
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/organise/saved", "flash.filters."+do)
}

// sharedList answers GET /lists/:token.csv with what the list's owner may see
// now. An address that ended, or whose owner may see nothing of it any more, is
// gone. Whoever has the same rows already is told so (RFC 9110, section 13.1.2).
func (s *Server) sharedList(c *fiber.Ctx) error {
	link, ok := strings.CutSuffix(c.Params("file"), ".csv")
	if !ok {
		return storage.ErrNotFound
	}
	l, owner, err := s.desk.OpenList(c.UserContext(), link)
	if errors.Is(err, scheduling.ErrGone) {
		return fiber.ErrGone
	}
	if err != nil {
		return err
	}
	file, tag, err := s.listFile(c.UserContext(), owner, l)
	if scheduling.IsHidden(err) {
		return fiber.ErrGone
	}
	if err != nil {
		return err
	}
	secret(c)
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	c.Set(fiber.HeaderETag, tag)
	if slices.Contains(strings.FieldsFunc(c.Get(fiber.HeaderIfNoneMatch), func(r rune) bool { return r == ',' || r == ' ' }), tag) {
		c.Status(fiber.StatusNotModified)
		return file.Close()
	}
	c.Set(fiber.HeaderContentType, csvFile.mediaType)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+l.Kind+`.csv"`)
	c.Response().SetBodyStream(file, -1)
	return nil
}

// listFile gives a list as a file, and says what it is by its content.
func (s *Server) listFile(ctx context.Context, by scheduling.Actor, l *scheduling.SavedList) (file *spool.File, tag string, err error) {
	sum := sha256.New()
	file, err = spool.Of(func(w io.Writer) error { return s.WriteList(ctx, by, l, io.MultiWriter(w, sum)) })
	return file, `"` + hex.EncodeToString(sum.Sum(nil)[:16]) + `"`, err
}

// ListKinds are the kinds of lists that can be kept.
func ListKinds() []string { return slices.Sorted(maps.Keys(listKinds)) }

// WriteList writes what by may see of a list as CSV. It is storage.ErrNotFound
// where that is nothing any more.
func (s *Server) WriteList(ctx context.Context, by scheduling.Actor, l *scheduling.SavedList, out io.Writer) error {
	k, ok := listKinds[l.Kind]
	if !ok {
		return storage.ErrNotFound
	}
	w, err := table.NewCSV(out)
	if err != nil {
		return err
	}
	return errors.Join(k.write(s, ctx, listed{by, l.Lang, l.About, l.Filter()}, w), w.Close())
}
