package handlers

import (
	"errors"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
)

// scheduleRoutes are the making of a round's schedule: proposals, the board, the
// requests matrix, print-outs, and the day itself.
func (s *Server) scheduleRoutes() []route {
	const round = "/organise/rounds/:id"
	return slices.Concat([]route{
		get(round+"/board", Organiser, s.showBoard),
		get(round+"/board/judge", Organiser, s.judgeMove),
		get(round+"/board/meeting", Organiser, s.showBoardMeeting),
		post(round+"/board/move", Organiser, s.moveOnBoard),
		post(round+"/board/best", Organiser, s.placeBest),
		post(round+"/board/room", Organiser, s.placeInRoom),
		post(round+"/board/pin", Organiser, s.pinOnBoard),
		get(round+"/matrix", Organiser, s.showMatrix),
		get(round+"/live", Organiser, s.showLive),
		post(round+"/live/mark", Organiser, s.markMeeting),
		post(round+"/live/walkin", Organiser, s.walkInMeeting),
		get(round+"/schedule.csv", Organiser, s.exportSchedule(csvFile)),
		get(round+"/schedule.xlsx", Organiser, s.exportSchedule(xlsx)),
		get(round+"/print/agendas", Organiser, s.printAgendas),
		get(round+"/print/tables", Organiser, s.printTables),
		get(round+"/print/slots", Organiser, s.printSlots),
	}, s.proposalRoutes())
}

// schedulePage is what the pages about one round's schedule share.
type schedulePage struct {
	Page
	Base string // address of the round's pages
}

func newSchedulePage(r *scheduling.Round) schedulePage {
	p := schedulePage{Base: "/organise/rounds/" + r.ID}
	p.NoIndex = true
	p.Tabs = roundLinks(p.Base, 0)
	return p
}

// said puts what the desk says into words, each once.
func (s *Server) said(c *fiber.Ctx, list []scheduling.Said) (out []string) {
	l := s.lang(c)
	for _, x := range list {
		if text := l.Text(x.Key, x.Args()...); !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return out
}

// refusal is what keeps a change from being made, in words; "" for an error that
// is not the person's to mend.
func (s *Server) refusal(c *fiber.Ctx, err error) string {
	if r, ok := errors.AsType[*scheduling.RefusedMove](err); ok {
		return strings.Join(s.said(c, r.Breaks), " ")
	}
	if p := scheduling.ProblemIn(err); p != nil {
		return s.lang(c).Text(p.Key, p.Args...)
	}
	return ""
}

// answerBoard answers a change on a round's board.
func (s *Server) answerBoard(c *fiber.Ctx, err error, path, done string) error {
	return s.answerChange(c, err, s.refusal(c, err), path, done, "board.flash.refused")
}

// answerChange answers a change on a board: a program with what it says, a browser
// by going on to a page. The text is what keeps it from being made, "" for an
// error that is not the person's to mend; refused is the words around it.
func (s *Server) answerChange(c *fiber.Ctx, err error, text, path, done, refused string) error {
	switch {
	case err != nil && text == "":
		return err
	case wantsJSON(c) && err != nil:
		return c.Status(statusOf(err)).JSON(moveAnswer{Text: text})
	case wantsJSON(c):
		return c.JSON(moveAnswer{OK: true, Text: s.lang(c).Text(done)})
	case err != nil:
		return s.seeOtherBad(c, path, refused, "why", text)
	}
	return s.seeOther(c, path, done)
}

// moveAnswer is what a script gets to know of a move.
type moveAnswer struct {
	OK   bool   `json:"ok"`
	Text string `json:"text"`
	Swap bool   `json:"swap,omitempty"` // the meeting that is there could change places with this one
}
