package handlers

import (
	"encoding/base64"
	"errors"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/scheduling/table"
)

// importPage is the data of templates/pages/import.html.
type importPage struct {
	boardPage
	Report *scheduling.ImportReport
	File   string // the content once more, for the second step
	Name   string
	Tell   bool
	Known  []string // how columns may be called
	Counts []figure
	Ready  int // how many the import would register
}

// showImport answers GET /organise/events/:id/import.
func (s *Server) showImport(c *fiber.Ctx) error {
	b, err := s.board(c)
	if err != nil {
		return err
	}
	return s.importPage(c, &importPage{boardPage: b, Tell: true})
}

func (s *Server) importPage(c *fiber.Ctx, p *importPage) error {
	l := s.lang(c)
	for _, key := range []string{"column.name", "column.email", "column.company", "column.title", "column.lang", "column.note"} {
		p.Known = append(p.Known, l.Text(key))
	}
	for _, q := range p.Event.Rules.Questions {
		p.Known = append(p.Known, q.Label.In(l.Code()))
	}
	if p.Report != nil {
		for _, o := range []scheduling.Admitted{scheduling.OutSeat, scheduling.OutWaiting, scheduling.OutKnown, scheduling.OutWrong} {
			p.Counts = append(p.Counts, figure{p.Report.Count(o), "import.figure." + string(o)})
		}
		p.Ready = p.Report.Count(scheduling.OutSeat) + p.Report.Count(scheduling.OutWaiting)
	}
	return s.page(c, "import", p)
}

// importFile answers POST /organise/events/:id/import: first a look at what
// would happen, and, when that was seen, the import of the same content. Sent
// twice it registers nobody twice.
func (s *Server) importFile(c *fiber.Ctx) error {
	b, err := s.board(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	p := &importPage{boardPage: b, Tell: f.Check("tell"), Name: f.Text("filename")}
	commit := f.Text("do") == "import"
	data, err := p.content(f, commit)
	var rows []table.Row
	if err == nil {
		rows, err = readTable(data)
	}
	if err == nil {
		opt := scheduling.ImportOptions{DryRun: !commit, Tell: p.Tell}
		p.Report, err = s.desk.ImportRegistrations(c.UserContext(), actor(c), b.Event.ID, rows, opt)
	}
	if p.Problem = s.inForm(c, err); p.Problem == nil && err != nil {
		return err
	}
	if err == nil && commit && p.Report.Count(scheduling.OutWrong) == 0 {
		return s.seeOther(c, p.Base, "flash.imported", "count", p.Report.Count(scheduling.OutSeat)+p.Report.Count(scheduling.OutWaiting))
	}
	if err == nil && !commit {
		p.File = base64.StdEncoding.EncodeToString(data)
	}
	return s.importPage(c, p)
}

// content is the uploaded file, or in the second step what the first one saw.
func (p *importPage) content(f *form, commit bool) ([]byte, error) {
	if !commit {
		var data []byte
		data, p.Name = f.File("file", table.MaxBytes)
		return data, f.Err()
	}
	data, err := base64.StdEncoding.DecodeString(f.Value("content"))
	if err != nil || len(data) == 0 {
		f.wrong("file", "input.file_missing")
	}
	return data, f.Err()
}

// tableFaults are what can be wrong with a whole file.
var tableFaults = map[error]string{
	table.ErrTooLarge: "input.file_large", table.ErrTooMany: "import.too_many",
	table.ErrEmpty: "import.empty", table.ErrFormat: "import.format",
}

// readTable reads a file; what is wrong with it is a problem with words.
func readTable(data []byte) ([]table.Row, error) {
	rows, err := table.Read(data)
	var syntax *table.SyntaxError
	if errors.As(err, &syntax) {
		return nil, &scheduling.Problem{Kind: scheduling.Invalid, Key: "import.syntax", Args: []any{"line", syntax.Line}}
	}
	for known, key := range tableFaults {
		if errors.Is(err, known) {
			return nil, &scheduling.Problem{Kind: scheduling.Invalid, Key: "problem.invalid", Fields: map[string]string{"file": key}}
		}
	}
	return rows, err
}
