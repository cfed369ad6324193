package handlers

import (
	"io"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// labelRoutes are the questions of the label with their proofs.
func (s *Server) labelRoutes() []route {
	const all, one = "/organise/label/:cluster", "/organise/label/:cluster/:question"
	add := post(one+"/proofs", Organiser, s.addProof)
	add.Body = scheduling.FileLimit + formLimit
	return []route{
		get(all, Organiser, s.showLabel),
		get(all+"/print", Organiser, s.printLabel),
		get(all+"/label.docx", Organiser, s.labelDOCX),
		get(one, Organiser, s.showLabelQuestion),
		post(one, Organiser, s.answerLabel),
		add,
		get(one+"/proofs/:proof", Organiser, s.sendProof),
		post(one+"/proofs/:proof/drop", Organiser, s.dropProof),
	}
}

// labelPage is the data of templates/pages/label.html and label_print.html.
type labelPage struct {
	Page
	*scheduling.LabelPage
	Base    string
	Missing bool // only questions without a proof
	Views   []chip
	Zone    string
}

func (s *Server) label(c *fiber.Ctx, counted bool) (*labelPage, error) {
	found, err := s.desk.Label(c.UserContext(), actor(c), c.Params("cluster"), counted)
	if err != nil {
		return nil, err
	}
	p := &labelPage{Page: labelFrame(), LabelPage: found, Base: "/organise/label/" + found.Cluster.ID, Missing: c.Query("view") == "missing", Zone: houseZone}
	l := s.lang(c)
	p.Views = []chip{{Label: l.Text("label.view.all"), Path: p.Base, On: !p.Missing, Counted: true, Count: found.Of},
		{Label: l.Text("label.view.missing"), Path: p.Base + "?view=missing", On: p.Missing, Counted: true, Count: found.Of - found.Proven}}
	return p, nil
}

// labelFrame is the frame of the label's pages.
func labelFrame() Page {
	p := figureFrame()
	p.inTab("/organise/plans")
	return p
}

// showLabel answers GET /organise/label/:cluster; with view=missing it shows the
// questions that nothing proves yet.
func (s *Server) showLabel(c *fiber.Ctx) error {
	p, err := s.label(c, false)
	if err != nil {
		return err
	}
	return s.page(c, "label", p)
}

// printLabel answers GET /organise/label/:cluster/print, with figures counted.
func (s *Server) printLabel(c *fiber.Ctx) error {
	p, err := s.label(c, true)
	if err != nil {
		return err
	}
	p.Back, p.Missing = p.Base, false
	return s.page(c, "label_print", p)
}

// labelDOCX answers GET /organise/label/:cluster/label.docx.
func (s *Server) labelDOCX(c *fiber.Ctx) error {
	p, err := s.label(c, true)
	if err != nil {
		return err
	}
	return s.sendDocument(c, "label-"+p.Cluster.Slug, func(w io.Writer) error { return scheduling.WriteLabel(w, p.LabelPage, s.lang(c)) })
}

// labelQuestionPage is the data of templates/pages/label_question.html.
type labelQuestionPage struct {
	Page
	*scheduling.LabelQuestionPage
	Base, Up   string
	Answer     string // as it was typed
	Rev        int64
	Kinds      []option
	Indicators []option
	Parts      []option
	Sections   []option
	Files      []option
	Events     []option
	Records    []option
	Zone       string
}

// labelQuestion reads the question of the address.
func (s *Server) labelQuestion(c *fiber.Ctx) (*labelQuestionPage, error) {
	found, err := s.desk.LabelQuestion(c.UserContext(), actor(c), c.Params("cluster"), c.Params("question"))
	if err != nil {
		return nil, err
	}
	p := &labelQuestionPage{Page: labelFrame(), LabelQuestionPage: found, Up: "/organise/label/" + found.Cluster.ID, Zone: houseZone}
	p.Base, p.Answer, p.Rev = p.Up+"/"+found.Row.Question.Key, found.Row.Answer.Answer, found.Row.Answer.Rev
	s.proofOptions(c, p)
	return p, nil
}

// proofOptions are what the form of a proof offers.
func (s *Server) proofOptions(c *fiber.Ctx, p *labelQuestionPage) {
	l, o := s.lang(c), p.Choices
	for _, k := range scheduling.ProofKinds {
		p.Kinds = append(p.Kinds, option{string(k), l.Text("label.f." + string(k))})
	}
	p.Kinds = append(p.Kinds, option{"upload", l.Text("label.f.upload")})
	for _, i := range o.Indicators {
		p.Indicators = append(p.Indicators, option{i.Key, scheduling.FigureName(l, i)})
	}
	for _, x := range o.Periods {
		p.Parts = append(p.Parts, option{x.ID, x.Name})
	}
	for _, y := range o.Years {
		p.Parts = append(p.Parts, option{strconv.Itoa(y), strconv.Itoa(y)})
	}
	for _, x := range o.Plans {
		for _, part := range x.Sections {
			p.Sections = append(p.Sections, option{x.ID + "/" + part.ID, x.Title + ": " + part.Title})
		}
	}
	for _, x := range o.Files {
		p.Files = append(p.Files, option{x.ID, x.Name})
	}
	for _, e := range o.Events {
		p.Events = append(p.Events, option{e.ID, l.Day(e.Starts, e.Zone) + " " + e.Title.In(l.Code())})
	}
	for _, m := range o.Records {
		p.Records = append(p.Records, option{m.ID, l.Day(m.Starts, m.Zone) + " " + m.Title.In(l.Code())})
	}
}

// showLabelQuestion answers GET /organise/label/:cluster/:question.
func (s *Server) showLabelQuestion(c *fiber.Ctx) error {
	p, err := s.labelQuestion(c)
	if err != nil {
		return err
	}
	return s.page(c, "label_question", p)
}

// answerLabel answers POST /organise/label/:cluster/:question.
func (s *Server) answerLabel(c *fiber.Ctx) error {
	p, err := s.labelQuestion(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	p.Answer = f.Text("answer")
	_, err = s.desk.AnswerLabel(c.UserContext(), actor(c), p.Cluster.ID, p.Row.Question.Key, f.Revision(), p.Answer)
	if p.Problem = s.inForm(c, err, "answer"); p.Problem != nil {
		return s.page(c, "label_question", p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, p.Base, "label.flash.answered")
}

// addProof answers POST /organise/label/:cluster/:question/proofs.
func (s *Server) addProof(c *fiber.Ctx) error {
	p, err := s.labelQuestion(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	if f.Text("kind") == "upload" {
		err = s.uploadProof(c, f, p)
	} else {
		_, err = s.desk.AddProof(c.UserContext(), actor(c), p.Cluster.ID, p.Row.Question.Key, typedProof(f))
	}
	if p.Problem = s.labelled(c, "label.f.", s.inForm(c, err)); p.Problem != nil {
		return s.page(c, "label_question", p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, p.Base+"#proofs", "label.flash.added")
}

func (s *Server) uploadProof(c *fiber.Ctx, f *form, p *labelQuestionPage) error {
	body, name := f.File("file", scheduling.FileLimit)
	if err := f.Err(); err != nil {
		return err
	}
	_, err := s.desk.AddProofFile(c.UserContext(), actor(c), p.Cluster.ID, p.Row.Question.Key, name, body, f.Text("note"))
	return err
}

// typedProof is what a form points to: the field of its kind.
func typedProof(f *form) scheduling.LabelProof {
	p := scheduling.LabelProof{Kind: scheduling.ProofKind(f.Text("kind")), Note: f.Text("note")}
	p.Ref = f.Text(string(p.Kind))
	switch p.Kind {
	case scheduling.ProofIndicator:
		p.Part = f.Text("part")
	case scheduling.ProofSection:
		p.Ref, p.Part, _ = strings.Cut(p.Ref, "/")
	case scheduling.ProofFile:
		p.Ref = f.Text("known")
	}
	return p
}

// sendProof answers GET /organise/label/:cluster/:question/proofs/:proof with the
// file that it points to.
func (s *Server) sendProof(c *fiber.Ctx) error {
	x, body, err := s.desk.ProofBytes(c.UserContext(), actor(c), c.Params("cluster"), c.Params("question"), c.Params("proof"))
	if err != nil {
		return err
	}
	return sendFileOf(c, x, body)
}

// dropProof answers POST /organise/label/:cluster/:question/proofs/:proof/drop.
func (s *Server) dropProof(c *fiber.Ctx) error {
	cluster, question := c.Params("cluster"), c.Params("question")
	if _, known := scheduling.LabelQuestionOf(question); !known {
		return storage.ErrNotFound
	}
	_, err := s.desk.DropProof(c.UserContext(), actor(c), cluster, question, c.Params("proof"))
	return s.planDone(c, "/organise/label/"+cluster+"/"+question+"#proofs", err, "label.flash.dropped")
}
