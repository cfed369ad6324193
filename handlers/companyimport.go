package handlers

import (
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/scheduling/table"
)

// companyImportRoutes take companies and their people from a file.
func (s *Server) companyImportRoutes() []route {
	upload := post("/organise/import/companies", Organiser, s.importCompanies)
	upload.Body = 2*table.MaxBytes + formLimit // the second step sends the file as text
	return []route{get("/organise/import/companies", Organiser, s.showImportCompanies), upload}
}

// companyImportPage is the data of templates/pages/company_import.html.
type companyImportPage struct {
	Page
	Report           *scheduling.CompanyImportReport
	File, Name       string // the content once more, for the second step
	Cluster, Country string
	Clusters         []option
	Countries        []option
	Known            []string // how columns may be called
	Counts           []figure
	People           int // who are new
	Ready            int // lines that the import would store something of
}

// companyColumns are those that are named to whoever makes a list.
var companyColumns = []string{"company", "business_id", "kind", "country", "municipality", "website", "offers", "needs", "tags", "cluster", "name", "email", "title", "phone", "lang"}

// showImportCompanies answers GET /organise/import/companies.
func (s *Server) showImportCompanies(c *fiber.Ctx) error {
	return s.companyImport(c, &companyImportPage{Country: "FI"})
}

func (s *Server) companyImport(c *fiber.Ctx, p *companyImportPage) (err error) {
	problem := p.Problem
	p.Page = directoryPage()
	p.Problem = problem
	if p.Clusters, err = s.clusterOptions(c); err != nil {
		return err
	}
	p.Known, p.Countries = s.heads(c, companyColumns...), s.countryOptions(c)
	if r := p.Report; r != nil {
		for _, came := range scheduling.CompanyCames {
			p.Counts = append(p.Counts, figure{r.Count(came), "merging.came." + string(came)})
		}
		p.People = r.People(scheduling.CameNew)
		for _, l := range r.Lines {
			if l.Came == scheduling.CameNew || l.Came == scheduling.CameChanged || l.Came == scheduling.CameUnsure || l.PersonCame == scheduling.CameNew || l.PersonCame == scheduling.CameChanged {
				p.Ready++
			}
		}
	}
	return s.page(c, "company_import", p)
}

// importCompanies answers POST /organise/import/companies: first a look, then,
// with what was decided about the lines that are not sure, the import of the
// same content. Sent twice it changes nothing the second time.
func (s *Server) importCompanies(c *fiber.Ctx) error {
	f := s.form(c)
	p := &companyImportPage{Name: f.Text("filename"), Cluster: f.Value("cluster"), Country: strings.ToUpper(f.Text("country"))}
	commit := f.Text("do") == "import"
	data, err := p.content(f, commit)
	var rows []table.Row
	if err == nil {
		rows, err = readTable(data)
	}
	if err == nil {
		in := scheduling.CompanyImport{DryRun: !commit, ClusterID: p.Cluster, Country: p.Country, Decide: decisions(f)}
		p.Report, err = s.desk.ImportCompanies(c.UserContext(), actor(c), rows, in)
	}
	if p.Problem = s.inForm(c, err); p.Problem == nil && err != nil {
		return err
	}
	if err == nil && !commit {
		p.File = base64.StdEncoding.EncodeToString(data)
	}
	return s.companyImport(c, p)
}

// content is the uploaded file, or in the second step what the first one saw.
func (p *companyImportPage) content(f *form, commit bool) ([]byte, error) {
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

// decisions are what was chosen for lines: "line.12" is a company, "new" or
// "skip".
func decisions(f *form) map[int]string {
	out := map[int]string{}
	for _, name := range f.Names("line.") {
		if n, err := strconv.Atoi(strings.TrimPrefix(name, "line.")); err == nil && f.Text(name) != "" {
			out[n] = f.Text(name)
		}
	}
	return out
}
