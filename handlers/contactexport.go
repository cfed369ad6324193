package handlers

import (
	"context"
	"errors"
	"io"
	"iter"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/handlers/spool"
	"kohtaamo/scheduling"
	"kohtaamo/scheduling/table"
	"kohtaamo/templates"
)

// A fileKind is a kind of file that a list can be had as.
type fileKind struct {
	ext, mediaType string
	open           func(w io.Writer, title string) (table.Writer, error)
}

var (
	csvFile = fileKind{"csv", "text/csv; charset=utf-8", func(w io.Writer, _ string) (table.Writer, error) { return table.NewCSV(w) }}
	xlsx    = fileKind{"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", table.NewXLSX}
)

// exportPeople answers GET /organise/people.csv and .xlsx with the people that
// the list's filter chooses.
func (s *Server) exportPeople(k fileKind) fiber.Handler {
	return s.exportList(k, "directory.people", "people", (*Server).writePeople)
}

// exportCompanies answers GET /organise/companies.csv and .xlsx.
func (s *Server) exportCompanies(k fileKind) fiber.Handler {
	return s.exportList(k, "directory.companies", "organisations", (*Server).writeCompanies)
}

// exportList answers with a list as a file, for whoever asks.
func (s *Server) exportList(k fileKind, title, name string, write func(*Server, context.Context, listed, table.Writer) error) fiber.Handler {
	return func(c *fiber.Ctx) error {
		q, err := url.ParseQuery(string(c.Request().URI().QueryString()))
		if err != nil {
			return fiber.ErrBadRequest
		}
		in := listed{actor(c), s.lang(c).Code(), "", q}
		return s.sendTable(c, k, title, name, func(w table.Writer) error { return write(s, c.UserContext(), in, w) })
	}
}

// writePeople writes the people that the filter chooses.
func (s *Server) writePeople(ctx context.Context, in listed, w table.Writer) error {
	f := scheduling.ListFilter{Text: in.text(), Cluster: in.query.Get("cluster"), Company: in.query.Get("company")}
	clusters, err := s.clusterNamesIn(ctx, in.lang)
	if err != nil {
		return err
	}
	if err := w.Write(headsIn(s.texts.In(in.lang), "name", "email", "company", "title", "phone", "lang", "cluster")); err != nil {
		return err
	}
	return s.desk.EachPerson(ctx, in.by, f, func(all iter.Seq2[*scheduling.Contact, error]) error {
		return rows(w, all, func(p *scheduling.Contact) []string {
			return []string{p.Name, p.Email, p.CompanyName, p.Title, p.Phone, p.Lang, strings.Join(named(clusters, p.ClusterIDs), ", ")}
		})
	})
}

// writeCompanies writes the companies that the filter chooses.
func (s *Server) writeCompanies(ctx context.Context, in listed, w table.Writer) error {
	f := scheduling.ListFilter{Text: in.text(), Kind: scheduling.CompanyKind(in.query.Get("kind")), Cluster: in.query.Get("cluster")}
	clusters, err := s.clusterNamesIn(ctx, in.lang)
	if err != nil {
		return err
	}
	l := s.texts.In(in.lang)
	if err := w.Write(headsIn(l, "name", "kind", "business_id", "country", "municipality", "website", "offers", "needs", "tags", "cluster")); err != nil {
		return err
	}
	return s.desk.EachCompany(ctx, in.by, f, func(all iter.Seq2[*scheduling.Company, error]) error {
		return rows(w, all, func(co *scheduling.Company) []string {
			return []string{co.Name, l.Text("directory.kind." + string(co.Kind)), co.BusinessID, co.Country, co.Municipality,
				co.Website, co.Offers, co.Needs, strings.Join(co.Tags, ", "), strings.Join(named(clusters, co.ClusterIDs), ", ")}
		})
	})
}

// text is what is searched for, as the list's page reads it.
func (in listed) text() string {
	s := []rune(in.query.Get("q"))
	return string(s[:min(len(s), 200)])
}

// heads are the names of fields, for columns.
func (s *Server) heads(c *fiber.Ctx, fields ...string) []string { return headsIn(s.lang(c), fields...) }

func headsIn(l *templates.Lang, fields ...string) []string {
	var out []string
	for _, f := range fields {
		out = append(out, l.Text("field."+f))
	}
	return out
}

func rows[T any](w table.Writer, all iter.Seq2[*T, error], row func(*T) []string) error {
	for v, err := range all {
		if err != nil {
			return err
		}
		if err := w.Write(row(v)); err != nil {
			return err
		}
	}
	return nil
}

// sendTable answers with a file, see package spool.
func (s *Server) sendTable(c *fiber.Ctx, k fileKind, title, name string, write func(table.Writer) error) error {
	file, err := spool.Of(func(file io.Writer) error {
		w, err := k.open(file, s.lang(c).Text(title))
		if err != nil {
			return err
		}
		return errors.Join(write(w), w.Close())
	})
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, k.mediaType)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+name+"."+k.ext+`"`)
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Response().SetBodyStream(file, -1)
	return nil
}
