package handlers

import (
	"html"
	"slices"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
)

// wordingRoutes are the texts of a cluster's mails, for its organisers.
func (s *Server) wordingRoutes() []route {
	const one = "/organise/wordings/:cluster/:kind/:lang"
	return []route{
		get("/organise/wordings", Organiser, s.showWordings),
		get("/organise/wordings/:cluster", Organiser, s.showWordings),
		get(one, Organiser, s.showWording),
		post(one, Organiser, s.saveWording),
		get(one+"/body", Organiser, s.showWordingBody),
		post(one+"/body", Organiser, s.showTypedBody),
	}
}

// wordingsPage is the data of templates/pages/wordings.html.
type wordingsPage struct {
	Page
	Cluster  *scheduling.Cluster // nil where the reader has none
	Chips    []chip              // the reader's clusters
	Subjects []wordingSubject
}

// A wordingSubject is a part of the list.
type wordingSubject struct {
	Key   string // of its name
	Kinds []scheduling.WordingLine
}

// showWordings answers GET /organise/wordings/:cluster, and without a cluster
// with the first of the reader's own.
func (s *Server) showWordings(c *fiber.Ctx) error {
	p := &wordingsPage{Page: mailFrame()}
	own, err := s.ownClusters(c)
	if err != nil {
		return err
	}
	id := c.Params("cluster")
	if id == "" && len(own) == 0 {
		return s.page(c, "wordings", p)
	}
	if id == "" {
		id = own[0].ID
	}
	found, err := s.desk.Wordings(c.UserContext(), actor(c), id)
	if err != nil {
		return err
	}
	p.Cluster = found.Cluster
	for _, cl := range own {
		p.Chips = append(p.Chips, chip{Label: cl.Name.In(s.lang(c).Code()), Path: "/organise/wordings/" + cl.ID, On: cl.ID == id})
	}
	for _, subject := range scheduling.WordingSubjects {
		of := slices.DeleteFunc(slices.Clone(found.Kinds), func(k scheduling.WordingLine) bool { return k.Subject() != subject })
		p.Subjects = append(p.Subjects, wordingSubject{"wording.subject." + subject, of})
	}
	return s.page(c, "wordings", p)
}

// wordingPage is the data of templates/pages/wording.html.
type wordingPage struct {
	Page
	*scheduling.WordingPage
	Parts    []wordingPart
	Fields   []wordingField
	Langs    []NavLink // the same kind in every language
	Here     string    // address of the page
	KindName string
}

// A wordingPart is one input with what stands there by default.
type wordingPart struct {
	Name, Label    string // Label is the key of one
	Value, Default string
	Was            string // the default that Value was written over, if it has changed since
	Own, Many      bool   // written by organisers; has several lines
}

// A wordingField is what the texts can mention.
type wordingField struct {
	Name, About, Example string
	Needed               bool
}

// wordingAddress are the parameters of the address.
func wordingAddress(c *fiber.Ctx) (cluster, kind, lang string) {
	return c.Params("cluster"), c.Params("kind"), c.Params("lang")
}

// showWording answers GET /organise/wordings/:cluster/:kind/:lang.
func (s *Server) showWording(c *fiber.Ctx) error {
	cluster, kind, lang := wordingAddress(c)
	found, err := s.desk.Wording(c.UserContext(), actor(c), cluster, kind, lang)
	if err != nil {
		return err
	}
	return s.wordingForm(c, found, found.Wording.Texts, nil)
}

func (s *Server) wordingForm(c *fiber.Ctx, found *scheduling.WordingPage, texts map[scheduling.WordingPart]string, problem *FormProblem) error {
	p := &wordingPage{Page: mailFrame(), WordingPage: found, Here: wordingPath(found)}
	p.Problem, p.KindName = problem, s.lang(c).Text("outbox.kind."+found.Kind.Kind)
	for _, part := range scheduling.WordingParts {
		if found.Defaults[part] == "" {
			continue // a mail without a button
		}
		x := wordingPart{Name: "texts." + string(part), Label: "wording.part." + string(part), Value: texts[part], Default: found.Defaults[part], Many: part == scheduling.WordingBody}
		x.Own = found.Wording.Texts[part] != ""
		if slices.Contains(found.Outdated, part) {
			x.Was = found.Wording.Defaults[part]
		}
		p.Parts = append(p.Parts, x)
	}
	for _, f := range found.Kind.Fields {
		p.Fields = append(p.Fields, wordingField{"{{" + f + "}}", s.lang(c).Text("wording.field." + f),
			s.desk.WordingExample(found.Wording.Lang, f), slices.Contains(found.Kind.Needs, f)})
	}
	for _, code := range s.texts.Langs() {
		link := NavLink{Key: s.texts.In(code).Text("common.language_name"), Path: "/organise/wordings/" + found.Cluster.ID + "/" + found.Kind.Kind + "/" + code}
		if code == found.Wording.Lang {
			link.Current = "page"
		}
		p.Langs = append(p.Langs, link)
	}
	c.Set("Content-Security-Policy", framed)
	return s.page(c, "wording", p)
}

func wordingPath(p *scheduling.WordingPage) string {
	return "/organise/wordings/" + p.Cluster.ID + "/" + p.Kind.Kind + "/" + p.Wording.Lang
}

// typedWording are the texts of a form.
func typedWording(f *form) map[scheduling.WordingPart]string {
	out := map[scheduling.WordingPart]string{}
	for _, p := range scheduling.WordingParts {
		out[p] = f.Value("texts." + string(p))
	}
	return out
}

// saveWording answers POST /organise/wordings/:cluster/:kind/:lang: the texts are
// kept, or the program's come back.
func (s *Server) saveWording(c *fiber.Ctx) error {
	cluster, kind, lang := wordingAddress(c)
	f := s.form(c)
	typed := typedWording(f)
	if f.Value("do") == "reset" {
		p, err := s.desk.ResetWording(c.UserContext(), actor(c), cluster, kind, lang, f.Revision())
		return s.wordingSaved(c, p, err, "wording.flash.reset", nil)
	}
	p, err := s.desk.SaveWording(c.UserContext(), actor(c), cluster, kind, lang, f.Revision(), typed)
	return s.wordingSaved(c, p, err, "wording.flash.saved", typed)
}

func (s *Server) wordingSaved(c *fiber.Ctx, p *scheduling.WordingPage, err error, flash string, typed map[scheduling.WordingPart]string) error {
	if problem := s.inForm(c, err, "texts.subject", "texts.preheader", "texts.heading", "texts.body", "texts.button"); problem != nil {
		cluster, kind, lang := wordingAddress(c)
		now, err := s.desk.Wording(c.UserContext(), actor(c), cluster, kind, lang)
		if err != nil {
			return err
		}
		if typed == nil {
			typed = now.Wording.Texts
		}
		return s.wordingForm(c, now, typed, problem)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, wordingPath(p), flash)
}

// showWordingBody answers GET …/body: the mail as it is now.
func (s *Server) showWordingBody(c *fiber.Ctx) error { return s.wordingBody(c, nil) }

// showTypedBody answers POST …/body: the mail as it would be with what is typed.
func (s *Server) showTypedBody(c *fiber.Ctx) error { return s.wordingBody(c, typedWording(s.form(c))) }

// wordingBody answers with a mail for a frame; with words in its place where the
// texts cannot be used.
func (s *Server) wordingBody(c *fiber.Ctx, typed map[scheduling.WordingPart]string) error {
	cluster, kind, lang := wordingAddress(c)
	shown, err := s.desk.PreviewWording(c.UserContext(), actor(c), cluster, kind, lang, typed)
	body := shown.HTML
	if problem := s.inForm(c, err); problem != nil {
		l := s.lang(c)
		body = `<!DOCTYPE html><html lang="` + l.Code() + `"><title>` + html.EscapeString(l.Text("wording.preview")) + `</title><p>` + html.EscapeString(problem.Text)
	} else if err != nil {
		return err
	}
	return mailBody(c, body)
}
