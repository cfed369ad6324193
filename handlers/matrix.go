package handlers

import (
	"fmt"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
)

// matrixPage is the data of templates/pages/matrix.html.
type matrixPage struct {
	schedulePage
	*scheduling.Matrix
	Query string
	Unmet bool
}

// showMatrix answers GET /organise/rounds/:id/matrix.
func (s *Server) showMatrix(c *fiber.Ctx) error {
	skip, _ := strconv.Atoi(c.Query("skip"))
	v := scheduling.MatrixView{Text: text(c, "q"), Skip: skip, Unmet: c.Query("unmet") != ""}
	m, err := s.desk.Matrix(c.UserContext(), actor(c), c.Params("id"), v)
	if err != nil {
		return err
	}
	p := &matrixPage{schedulePage: newSchedulePage(m.Round), Matrix: m, Query: v.Text, Unmet: v.Unmet}
	p.Wide = true
	at := func(n int) string {
		return withQuery(p.Base+"/matrix", "q", v.Text, "unmet", c.Query("unmet"), "skip", fmt.Sprint(n))
	}
	p.Pager = &Pager{}
	if m.Skip > 0 {
		p.Pager.First = at(0)
	}
	if m.Next > 0 {
		p.Pager.Next = at(m.Next)
	}
	return s.page(c, "matrix", p)
}
