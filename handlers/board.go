package handlers

import (
	"fmt"
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/templates"
)

// scheduleBoardPage is the data of templates/pages/schedule_board.html.
type scheduleBoardPage struct {
	schedulePage
	*scheduling.Board
	ID             string // of the proposal; "published"
	Days           []chip
	Faults         []string
	Earlier, Later string // addresses of the tables before and after
	Proposals      []chip // other schedules of the round
}

// Rev is what a change of an item has to name.
func (p *scheduleBoardPage) Rev(item *scheduling.BoardItem) int64 {
	if p.Proposal != nil {
		return p.Proposal.Rev
	}
	return item.Rev
}

// Editable reports whether the schedule can be changed by hand.
func (p *scheduleBoardPage) Editable() bool { return editableBoard(p.Round, p.Proposal) }

func editableBoard(r *scheduling.Round, p *scheduling.Proposal) bool {
	if p != nil {
		return p.Open()
	}
	return !r.Over()
}

// showBoard answers GET /organise/rounds/:id/board.
func (s *Server) showBoard(c *fiber.Ctx) error {
	tables, _ := strconv.Atoi(c.Query("tables"))
	v := scheduling.BoardView{Proposal: c.Query("proposal"), Day: c.Query("day"), Tables: tables}
	b, err := s.desk.Board(c.UserContext(), actor(c), c.Params("id"), v)
	if err != nil {
		return err
	}
	list, err := s.desk.Proposals(c.UserContext(), actor(c), b.Round.ID)
	if err != nil {
		return err
	}
	p := &scheduleBoardPage{schedulePage: newSchedulePage(b.Round), Board: b, ID: v.Proposal}
	if p.Wide = true; b.Proposal == nil {
		p.ID = scheduling.BasedOnPublished
	}
	p.Faults = s.said(c, b.Faults)
	s.boardLinks(c, p, list)
	return s.page(c, "schedule_board", p)
}

// boardLinks are the ways to other days, tables and schedules.
func (s *Server) boardLinks(c *fiber.Ctx, p *scheduleBoardPage, list *scheduling.ProposalsPage) {
	path := p.Base + "/board"
	for _, day := range p.Board.Days {
		d, _ := parseDay(day)
		p.Days = append(p.Days, chip{Label: s.lang(c).Day(d, "UTC"), Path: withQuery(path, "proposal", c.Query("proposal"), "day", day), On: day == p.Day})
	}
	at := func(n int) string {
		return withQuery(path, "proposal", c.Query("proposal"), "day", p.Day, "tables", fmt.Sprint(n))
	}
	if p.Skipped > 0 {
		p.Earlier = at(max(0, p.Skipped-scheduling.BoardTables))
	}
	if p.More > 0 {
		p.Later = at(p.Skipped + scheduling.BoardTables)
	}
	p.Proposals = append(p.Proposals, chip{Label: s.lang(c).Text("board.published"), Path: path, On: p.Proposal == nil})
	for _, x := range list.Proposals {
		if x.Open() {
			p.Proposals = append(p.Proposals, chip{Label: s.lang(c).Text("board.proposal_named", "name", x.Name), Path: withQuery(path, "proposal", x.ID), On: p.ID == x.ID})
		}
	}
}

// moveOf is the move that an address or a form asks for.
func moveOf(get func(string) string) scheduling.BoardMove {
	rev, err := strconv.ParseInt(get("rev"), 10, 64)
	if err != nil {
		rev = 0
	}
	m := scheduling.BoardMove{Proposal: get("proposal"), Rev: rev, Reason: get("reason")}
	m.Key, m.Slot, m.Table, m.Swap = get("key"), get("slot"), get("table"), get("swap") != ""
	return m
}

// judgeMove answers GET /organise/rounds/:id/board/judge: what a move would
// break, without making it.
func (s *Server) judgeMove(c *fiber.Ctx) error {
	m := moveOf(func(name string) string { return c.Query(name) })
	v, err := s.desk.Judge(c.UserContext(), actor(c), c.Params("id"), m.Proposal, m.Move)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.JSON(s.verdict(c, v))
}

// verdict is what the judge says, in words.
func (s *Server) verdict(c *fiber.Ctx, v scheduling.Verdict) moveAnswer {
	l := s.lang(c)
	place := l.Text("board.place", "time", l.Clock(v.Where.Starts, v.Zone), "table", v.At.Name)
	out := moveAnswer{OK: v.OK}
	switch {
	case v.OK && v.Gaps > 0:
		out.Text = l.Text("board.fits_more", "place", place, "count", v.Gaps)
	case v.OK && v.Gaps < 0:
		out.Text = l.Text("board.fits_fewer", "place", place, "count", -v.Gaps)
	case v.OK:
		out.Text = l.Text("board.fits", "place", place)
	case v.SwapOK:
		out.Swap, out.Text = true, l.Text("board.swap_with", "place", place, "names", v.Swap)
	default:
		out.Text = place + ": "
		for _, why := range s.said(c, v.Breaks) {
			out.Text += why + " "
		}
	}
	return out
}

// moveOnBoard answers POST /organise/rounds/:id/board/move. An empty slot takes
// the meeting off the schedule.
func (s *Server) moveOnBoard(c *fiber.Ctx) error {
	m := moveOf(placeTyped(s.form(c)))
	err := s.desk.MoveOnBoard(c.UserContext(), actor(c), c.Params("id"), m)
	done := "board.flash.moved"
	if m.Slot == "" {
		done = "board.flash.removed"
	}
	path := s.boardPath(c, m.Proposal)
	if err != nil && s.form(c).Text("at") != "" {
		path = s.meetingPath(c, m.Proposal, m.Key)
	}
	return s.answerBoard(c, err, path, done)
}

// placeTyped reads a form; one whose place was chosen from a list has slot and
// table in one field.
func placeTyped(f *form) func(string) string {
	slot, table := f.Text("slot"), f.Text("table")
	if at, err := url.ParseQuery(f.Text("at")); err == nil && at.Get("slot") != "" {
		slot, table = at.Get("slot"), at.Get("table")
	}
	return func(name string) string {
		switch name {
		case "slot":
			return slot
		case "table":
			return table
		}
		return f.Text(name)
	}
}

// boardPath is the board that a form came from.
func (s *Server) boardPath(c *fiber.Ctx, proposal string) string {
	if proposal == scheduling.BasedOnPublished {
		proposal = ""
	}
	return withQuery("/organise/rounds/"+c.Params("id")+"/board", "proposal", proposal, "day", s.form(c).Text("day"), "tables", s.form(c).Text("tables"))
}

func (s *Server) meetingPath(c *fiber.Ctx, proposal, key string) string {
	return withQuery("/organise/rounds/"+c.Params("id")+"/board/meeting", "proposal", proposal, "key", key)
}

// placeBest answers POST /organise/rounds/:id/board/best. Where nothing is free
// it goes on to what would have to move.
func (s *Server) placeBest(c *fiber.Ctx) error {
	m := moveOf(placeTyped(s.form(c)))
	err := s.desk.PlaceBest(c.UserContext(), actor(c), c.Params("id"), m.Proposal, m.Key, m.Rev)
	path := s.boardPath(c, m.Proposal)
	if p := scheduling.ProblemIn(err); p != nil && p.Kind == scheduling.Full {
		path = s.meetingPath(c, m.Proposal, m.Key)
	}
	return s.answerBoard(c, err, path, "board.flash.placed")
}

// placeInRoom answers POST /organise/rounds/:id/board/room: others make room, as
// the page of the meeting has shown.
func (s *Server) placeInRoom(c *fiber.Ctx) error {
	f := s.form(c)
	proposal, key := f.Text("proposal"), f.Text("key")
	err := s.desk.PlaceInRoom(c.UserContext(), actor(c), c.Params("id"), proposal, key, f.Text("seen"))
	return s.answerBoard(c, err, s.meetingPath(c, proposal, key), "board.flash.placed")
}

// pinOnBoard answers POST /organise/rounds/:id/board/pin.
func (s *Server) pinOnBoard(c *fiber.Ctx) error {
	f := s.form(c)
	on := f.Check("on")
	err := s.desk.Pin(c.UserContext(), actor(c), c.Params("id"), f.Text("proposal"), f.Text("key"), on)
	done := "board.flash.unpinned"
	if on {
		done = "board.flash.pinned"
	}
	return s.answerBoard(c, err, s.meetingPath(c, f.Text("proposal"), f.Text("key")), done)
}

// boardMeetingPage is the data of templates/pages/board_meeting.html.
type boardMeetingPage struct {
	schedulePage
	*scheduling.BoardMeeting
	ID     string // of the proposal; "published"
	Rev    int64
	Board  string // address of the board
	Spots  []option
	Slots  []option
	Tables []option
}

// Editable reports whether the schedule can be changed by hand.
func (p *boardMeetingPage) Editable() bool { return editableBoard(p.Round, p.Proposal) }

// Here is where the meeting is.
func (p *boardMeetingPage) Here() (s scheduling.Spot) {
	s.Slot, _ = p.Round.Slot(p.Item.Place.Slot)
	s.Table, _ = p.Round.Table(p.Item.Place.Table)
	return s
}

// showBoardMeeting answers GET /organise/rounds/:id/board/meeting?key=…: one
// meeting, and where it could be.
func (s *Server) showBoardMeeting(c *fiber.Ctx) error {
	m, err := s.desk.BoardMeeting(c.UserContext(), actor(c), c.Params("id"), c.Query("proposal"), c.Query("key"))
	if err != nil {
		return err
	}
	p := &boardMeetingPage{schedulePage: newSchedulePage(m.Round), BoardMeeting: m, ID: scheduling.BasedOnPublished, Rev: m.Item.Rev}
	p.Board = p.Base + "/board"
	if m.Proposal != nil {
		p.ID, p.Rev = m.Proposal.ID, m.Proposal.Rev
		p.Board = withQuery(p.Board, "proposal", p.ID)
	}
	p.places(s.lang(c))
	return s.page(c, "board_meeting", p)
}

// places are the lists of a form: the good places first, then every slot and
// table to choose from.
func (p *boardMeetingPage) places(l *templates.Lang) {
	day := func(sl scheduling.Slot) string {
		return l.Text("board.day_time", "day", l.ShortDay(sl.Starts, p.Round.Zone), "time", l.Clock(sl.Starts, p.Round.Zone))
	}
	for _, x := range p.BoardMeeting.Spots {
		at := url.Values{"slot": {x.Slot.ID}, "table": {x.Table.ID}}.Encode()
		label := l.Text("board.place", "time", day(x.Slot), "table", x.Table.Name)
		if x.Gaps != 0 {
			label += l.Text("board.gaps_change", "n", fmt.Sprintf("%+d", x.Gaps))
		}
		p.Spots = append(p.Spots, option{at, label})
	}
	for _, x := range p.Round.Slots {
		p.Slots = append(p.Slots, option{x.ID, day(x)})
	}
	for _, x := range p.Round.Tables {
		p.Tables = append(p.Tables, option{x.ID, x.Name})
	}
}
