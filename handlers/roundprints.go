package handlers

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/scheduling/table"
)

// roundPrintPage is the data of templates/pages/agendas.html, table_plan.html
// and slot_plan.html.
type roundPrintPage struct {
	schedulePage
	*scheduling.Timetable
	Agendas []*scheduling.Agenda
	Tables  []scheduling.TablePlan
	Slots   []scheduling.SlotPlan
}

// agendaSheets is how many agendas one print-out has.
const agendaSheets = 500

func (s *Server) printedRound(c *fiber.Ctx) (*roundPrintPage, error) {
	t, err := s.desk.Timetable(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return nil, err
	}
	p := &roundPrintPage{schedulePage: newSchedulePage(t.Round), Timetable: t}
	p.Back = p.Base + "/board"
	return p, nil
}

// printAgendas answers GET /organise/rounds/:id/print/agendas: a sheet for each
// person, or for those of one entrant.
func (s *Server) printAgendas(c *fiber.Ctx) error {
	p, err := s.printedRound(c)
	if err != nil {
		return err
	}
	only := c.Query("entrant")
	for _, a := range p.Timetable.Agendas() {
		if only == "" || a.Entrant.ID == only {
			p.Agendas = append(p.Agendas, a)
		}
	}
	from, _ := strconv.Atoi(c.Query("from"))
	from = min(max(0, from), len(p.Agendas))
	p.Agendas = p.Agendas[from:]
	if len(p.Agendas) > agendaSheets {
		p.Pager = &Pager{Next: withQuery(c.Path(), "from", fmt.Sprint(from+agendaSheets))}
		p.Agendas = p.Agendas[:agendaSheets]
	}
	return s.fundedRound(c, "agendas", p, p.Round)
}

// printTables answers GET /organise/rounds/:id/print/tables.
func (s *Server) printTables(c *fiber.Ctx) error {
	p, err := s.printedRound(c)
	if err != nil {
		return err
	}
	p.Tables = p.TablePlans()
	return s.fundedRound(c, "table_plan", p, p.Round)
}

// printSlots answers GET /organise/rounds/:id/print/slots.
func (s *Server) printSlots(c *fiber.Ctx) error {
	p, err := s.printedRound(c)
	if err != nil {
		return err
	}
	p.Slots = p.SlotPlans()
	return s.fundedRound(c, "slot_plan", p, p.Round)
}

// exportSchedule answers GET /organise/rounds/:id/schedule.csv and .xlsx.
func (s *Server) exportSchedule(k fileKind) fiber.Handler {
	return func(c *fiber.Ctx) error {
		t, err := s.desk.Timetable(c.UserContext(), actor(c), c.Params("id"))
		if err != nil {
			return err
		}
		return s.sendTable(c, k, "board.tab.board", t.Round.Slug, func(w table.Writer) error {
			return s.writeSchedule(c, w, t)
		})
	}
}

// scheduleColumns are those of an export, by their texts.
var scheduleColumns = []string{"board.column.day", "board.column.from", "board.column.to", "board.column.table", "board.column.venue",
	"board.column.company", "board.column.country", "board.column.people", "board.column.with", "board.column.with_country",
	"board.column.with_people", "board.column.wish", "board.column.answer", "column.state", "board.column.walk_in"}

func (s *Server) writeSchedule(c *fiber.Ctx, w table.Writer, t *scheduling.Timetable) error {
	l := s.lang(c)
	var head []string
	for _, key := range scheduleColumns {
		head = append(head, l.Text(key))
	}
	if err := w.Write(head); err != nil {
		return err
	}
	for _, m := range t.Meetings {
		local := m.Starts.In(t.Round.Location())
		row := []string{local.Format("2006-01-02"), local.Format("15:04"), m.Ends.In(t.Round.Location()).Format("15:04"), m.Table.Name, m.Venue.Name}
		for i := range 2 {
			row = append(row, sideCells(m, i)...)
		}
		row = append(row, s.wishText(c, m.Wish), s.wishText(c, m.Reply), l.Text("state.meeting."+string(m.State)), yesNo(m.WalkIn))
		if err := w.Write(row); err != nil {
			return err
		}
	}
	return nil
}

// sideCells are an entrant's name and country, and who comes.
func sideCells(m *scheduling.TimetableEntry, i int) []string {
	if i >= len(m.Sides) {
		return []string{"", "", ""}
	}
	var people []string
	for _, p := range m.Sides[i].People {
		people = append(people, p.Name)
	}
	return []string{m.Sides[i].Name, m.Sides[i].Country, strings.Join(people, ", ")}
}

// wishText is a wish in words; "" for none.
func (s *Server) wishText(c *fiber.Ctx, w scheduling.Wish) string {
	if w == "" {
		return ""
	}
	return s.lang(c).Text("board.wish." + string(w))
}

// yesNo is a mark for a cell of a table.
func yesNo(yes bool) string {
	if yes {
		return "x"
	}
	return ""
}
