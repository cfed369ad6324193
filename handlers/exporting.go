package handlers

import (
	"context"
	"io"
	"iter"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/handlers/spool"
	"kohtaamo/scheduling"
	"kohtaamo/scheduling/table"
)

// exportCSV answers GET /organise/events/:id/export.csv.
func (s *Server) exportCSV(c *fiber.Ctx) error {
	return s.export(c, "csv", "text/csv; charset=utf-8", table.NewCSV)
}

// exportXLSX answers GET /organise/events/:id/export.xlsx.
func (s *Server) exportXLSX(c *fiber.Ctx) error {
	name := s.lang(c).Text("organise.tab.registrations")
	return s.export(c, "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
		func(w io.Writer) (table.Writer, error) { return table.NewXLSX(w, name) })
}

// export sends the registrations that the list's filter chooses, see package
// spool. It may take longer than other pages.
func (s *Server) export(c *fiber.Ctx, ext, mediaType string, open func(io.Writer) (table.Writer, error)) error {
	b, err := s.board(c)
	if err != nil {
		return err
	}
	f := scheduling.RegFilter{State: scheduling.RegState(c.Query("state")), Answer: scheduling.Answer(c.Query("answer")), Text: c.Query("q")}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.UserContext()), writeTimeout)
	defer cancel()
	file, err := spool.Of(func(w io.Writer) error {
		return s.desk.EachRegistration(ctx, actor(c), b.Event.ID, f, func(e *scheduling.Event, all iter.Seq2[*scheduling.Registration, error]) error {
			return writeAll(w, open, scheduling.NewExport(e, s.lang(c)), all)
		})
	})
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, mediaType)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+b.Event.Slug+"."+ext+`"`)
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Response().SetBodyStream(file, -1)
	return nil
}

func writeAll(file io.Writer, open func(io.Writer) (table.Writer, error), x *scheduling.Export, all iter.Seq2[*scheduling.Registration, error]) error {
	w, err := open(file)
	if err != nil {
		return err
	}
	if err := w.Write(x.Head()); err != nil {
		return err
	}
	for r, err := range all {
		if err != nil {
			return err
		}
		if err := w.Write(x.Row(r)); err != nil {
			return err
		}
	}
	return w.Close()
}
