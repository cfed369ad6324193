package scheduling

import (
	"context"
	"slices"
	"strings"

	"kohtaamo/storage"
)

// How much of a matrix is shown: all of it up to so many entrants, else a page
// of rows with the entrants that those have to do with.
const (
	matrixWhole   = 40
	matrixRows    = 20
	matrixColumns = 60
)

// A MatrixView says which part of the requests matrix to show.
type MatrixView struct {
	Text  string // entrants whose name has words that begin so
	Skip  int    // rows
	Unmet bool   // only requests without a meeting
}

// A Matrix is who wants to meet whom: each row is what one entrant wishes, so
// that a pair stands in two cells, with the wish of one side in each.
type Matrix struct {
	Round    *Round
	Entrants int // of the round, that the filter lets through
	Skip     int
	Next     int // of the next page; 0: there is none
	Columns  []*Entrant
	Rows     []MatrixRow
	Sent     int // requests that wait for an answer
	Agreed   int
	Mutual   int // that both sides want or must have
	Missing  int // agreed ones without a meeting
}

// A MatrixRow is one entrant with a cell for each column.
type MatrixRow struct {
	Entrant *Entrant
	Cells   []MatrixCell
}

// A MatrixCell is what the entrant of the row wishes of the one of the column.
type MatrixCell struct {
	Self    bool
	Request *Request // nil: nothing between the two
	Wish    Wish     // of the row's entrant; "" if they have not answered yet
	Asked   bool     // the row's entrant sent it
	Meeting *Meeting // that stands; nil: none
}

// Matrix shows the wishes of a round to its organisers.
func (d *Desk) Matrix(ctx context.Context, by Actor, roundID string, v MatrixView) (m *Matrix, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		r, err := ownRound(tx, by, roundID)
		if err != nil {
			return err
		}
		m = &Matrix{Round: r, Skip: max(0, v.Skip)}
		return m.read(tx, v)
	})
	return m, err
}

func (m *Matrix) read(tx *storage.Tx, v MatrixView) error {
	in := []storage.Cond{storage.Is("round_id", m.Round.ID)}
	all, err := entrants.Find(tx, storage.Query{Sort: "sort", Where: append(in, storage.Is("state", string(EntrantIn)))})
	if err != nil {
		return err
	}
	stand, err := standing(tx, m.Round.ID)
	if err != nil {
		return err
	}
	met := map[string]*Meeting{}
	for _, x := range stand {
		met[x.RequestID] = x
	}
	pairs := map[[2]string]*Request{}
	for q, err := range requests.Each(tx, storage.Query{Where: in}) {
		if err != nil {
			return err
		}
		if q.State.Live() {
			m.count(q, met[q.ID])
		}
		if shown := q.State.Live() || q.State == RequestDeclined; shown && !(v.Unmet && met[q.ID] != nil) {
			pairs[[2]string{q.From, q.To}], pairs[[2]string{q.To, q.From}] = q, q
		}
	}
	m.lay(all, pairs, met, v)
	return nil
}

func (m *Matrix) count(q *Request, met *Meeting) {
	if q.State == RequestSent {
		m.Sent++
		return
	}
	m.Agreed++
	if worth[q.Wish] >= worth[Want] && worth[q.Answer] >= worth[Want] {
		m.Mutual++
	}
	if met == nil {
		m.Missing++
	}
}

// lay chooses rows and columns, and fills the cells.
func (m *Matrix) lay(all []*Entrant, pairs map[[2]string]*Request, met map[string]*Meeting, v MatrixView) {
	rows := slices.DeleteFunc(slices.Clone(all), func(e *Entrant) bool { return !e.named(v.Text) })
	m.Entrants = len(rows)
	if len(all) > matrixWhole || m.Skip > 0 {
		m.Skip = min(m.Skip, max(0, len(rows)-1))
		rows = rows[m.Skip:]
		if len(rows) > matrixRows {
			m.Next = m.Skip + matrixRows
			rows = rows[:matrixRows]
		}
	}
	for _, e := range all {
		concerned := slices.ContainsFunc(rows, func(row *Entrant) bool { return pairs[[2]string{row.ID, e.ID}] != nil })
		if (len(all) <= matrixWhole || concerned) && len(m.Columns) < matrixColumns {
			m.Columns = append(m.Columns, e)
		}
	}
	for _, e := range rows {
		row := MatrixRow{Entrant: e}
		for _, c := range m.Columns {
			row.Cells = append(row.Cells, matrixCell(e, c, pairs[[2]string{e.ID, c.ID}], met))
		}
		m.Rows = append(m.Rows, row)
	}
}

func matrixCell(row, column *Entrant, q *Request, met map[string]*Meeting) MatrixCell {
	c := MatrixCell{Self: row.ID == column.ID, Request: q}
	if q == nil {
		return c
	}
	c.Meeting, c.Asked, c.Wish = met[q.ID], q.From == row.ID, q.Answer
	if c.Asked {
		c.Wish = q.Wish
	} else if q.State == RequestDeclined {
		c.Wish = No
	}
	return c
}

// named reports whether words of e's name begin with all that was typed.
func (e *Entrant) named(typed string) bool {
	has := words(e.Name)
	for _, w := range words(typed) {
		if !slices.ContainsFunc(has, func(s string) bool { return strings.HasPrefix(s, w) }) {
			return false
		}
	}
	return true
}
