package handlers

import (
	"bytes"
	"fmt"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/scheduling/docx"
	"kohtaamo/storage"
)

// recordRoutes are what is written of the meetings of groups: for their members
// to read, for who plans the meetings to write. Who is none of these gets the
// answer for what does not exist, from the desk.
func (s *Server) recordRoutes() []route {
	const one = "/records/:id"
	return append([]route{
		get("/groups/:id/records", SignedIn, s.showRecords),
		get(one, SignedIn, s.showRecord),
		get(one+"/print", SignedIn, s.printRecord),
		get(one+"/document", SignedIn, s.downloadRecord),
		get(one+"/agenda", SignedIn, s.showAgendaForm),
		post(one+"/agenda", SignedIn, s.saveAgenda),
		post(one+"/agenda/copy", SignedIn, s.copyAgenda),
		post(one+"/agenda/mail", SignedIn, s.mailAgenda),
		get(one+"/attendance", SignedIn, s.showAttendance),
		post(one+"/attendance", SignedIn, s.markAttendance),
		get(one+"/minutes", SignedIn, s.showMinutesForm),
		post(one+"/minutes", SignedIn, s.saveMinutes),
		post(one+"/minutes/mail", SignedIn, s.mailMinutes),
		get(one+"/edit", SignedIn, s.showMoveRecord),
		post(one+"/edit", SignedIn, s.moveRecord),
		post(one+"/do", SignedIn, s.actOnRecord),
	}, append(s.pollRoutes(), s.actionRoutes()...)...)
}

// recordsPage is the data of templates/pages/records.html.
type recordsPage struct {
	Page
	*scheduling.RecordsPage
}

// showRecords answers GET /groups/:id/records.
func (s *Server) showRecords(c *fiber.Ctx) error {
	found, err := s.desk.GroupRecords(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	p := &recordsPage{RecordsPage: found}
	p.NoIndex = true
	return s.page(c, "records", p)
}

// recordPage is the data of templates/pages/record.html and record_print.html.
type recordPage struct {
	Page
	*scheduling.RecordPage
	Now     time.Time
	Zone    string   // of days
	Options []option // owners
	F       values
}

func (s *Server) recordPage(c *fiber.Ctx) (*recordPage, error) {
	found, err := s.desk.MeetingRecord(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return nil, err
	}
	p := &recordPage{RecordPage: found, Now: s.desk.DB.Now(), Zone: houseZone, Options: ownerOptions(found.Owners), F: values{}}
	p.NoIndex = true
	return p, nil
}

// keptRecord is the record of the address, for who may write it.
func (s *Server) keptRecord(c *fiber.Ctx) (*recordPage, error) {
	p, err := s.recordPage(c)
	if err == nil && !p.Manage {
		return nil, storage.ErrNotFound
	}
	return p, err
}

// showRecord answers GET /records/:id.
func (s *Server) showRecord(c *fiber.Ctx) error { return s.record(c, nil, nil) }

func (s *Server) record(c *fiber.Ctx, typed values, problem *FormProblem) error {
	p, err := s.recordPage(c)
	if err != nil {
		return err
	}
	p.Problem = s.labelled(c, "action.f.", problem)
	if typed != nil {
		p.F = typed
	} else {
		p.F.set("id", storage.NewID())
	}
	return s.page(c, "record", p)
}

// recordDone answers a change of a record.
func (s *Server) recordDone(c *fiber.Ctx, err error, said string) error {
	if p := s.inForm(c, err); p != nil {
		return s.record(c, nil, p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/records/"+c.Params("id"), said)
}

// printRecord answers GET /records/:id/print: agenda or minutes alone.
func (s *Server) printRecord(c *fiber.Ctx) error {
	p, err := s.recordPage(c)
	if err != nil {
		return err
	}
	p.Back = "/records/" + p.Record.ID
	return s.page(c, "record_print", p)
}

// downloadRecord answers GET /records/:id/document: the same for a word
// processor.
func (s *Server) downloadRecord(c *fiber.Ctx) error {
	p, err := s.recordPage(c)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := scheduling.WriteRecord(&b, p.RecordPage, s.lang(c)); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, docx.Type)
	c.Set(fiber.HeaderContentDisposition, fmt.Sprintf(`attachment; filename="%s-%s.docx"`, p.Group.Slug, p.Record.Starts.Format(time.DateOnly)))
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	return c.Send(b.Bytes())
}

// actOnRecord answers POST /records/:id/do: held, not held after all, approved,
// called off.
func (s *Server) actOnRecord(c *fiber.Ctx) (err error) {
	f, ctx, by, id := s.form(c), c.UserContext(), actor(c), c.Params("id")
	switch f.Value("do") {
	case "hold":
		_, err = s.desk.HoldRecord(ctx, by, id)
		return s.recordDone(c, err, "record.flash.held")
	case "unhold":
		_, err = s.desk.UnholdRecord(ctx, by, id)
		return s.recordDone(c, err, "record.flash.unheld")
	case "approve":
		_, err = s.desk.ApproveRecord(ctx, by, id)
		return s.recordDone(c, err, "record.flash.approved")
	case "cancel":
		_, err = s.desk.CancelRecord(ctx, by, id, short(f.Text("reason")))
		return s.recordDone(c, err, "record.flash.cancelled")
	}
	return storage.ErrNotFound
}

// copyAgenda answers POST /records/:id/agenda/copy.
func (s *Server) copyAgenda(c *fiber.Ctx) error {
	_, err := s.desk.CopyAgenda(c.UserContext(), actor(c), c.Params("id"))
	return s.recordDone(c, err, "record.flash.copied")
}

// mailAgenda answers POST /records/:id/agenda/mail.
func (s *Server) mailAgenda(c *fiber.Ctx) error {
	_, err := s.desk.MailAgenda(c.UserContext(), actor(c), c.Params("id"))
	return s.recordDone(c, err, "record.flash.agenda_mailed")
}

// mailMinutes answers POST /records/:id/minutes/mail.
func (s *Server) mailMinutes(c *fiber.Ctx) error {
	return s.recordDone(c, s.desk.MailMinutes(c.UserContext(), actor(c), c.Params("id")), "record.flash.minutes_mailed")
}

// showAttendance answers GET /records/:id/attendance: who is there, one press
// each.
func (s *Server) showAttendance(c *fiber.Ctx) error { return s.attendance(c, nil, nil) }

func (s *Server) attendance(c *fiber.Ctx, typed values, problem *FormProblem) error {
	p, err := s.keptRecord(c)
	if err != nil {
		return err
	}
	p.Problem = s.labelled(c, "record.f.", problem)
	if typed != nil {
		p.F = typed
	}
	return s.page(c, "record_attendance", p)
}

// markAttendance answers POST /records/:id/attendance: of a member, a guest, or
// all the members of whom nothing is noted.
func (s *Server) markAttendance(c *fiber.Ctx) (err error) {
	f, ctx, by, id := s.form(c), c.UserContext(), actor(c), c.Params("id")
	state := f.Value("state")
	if f.Check("rest") {
		_, err = s.desk.MarkRest(ctx, by, id, state)
	} else {
		_, err = s.desk.MarkPresence(ctx, by, id, scheduling.Presence{PersonID: f.Value("person"), Name: f.Text("name"), State: state})
	}
	if p := s.inForm(c, err); p != nil {
		return s.attendance(c, f.typed, p)
	}
	if err != nil {
		return err
	}
	to := "/records/" + id + "/attendance"
	if f.Has("at") {
		to += "#p" + strconv.Itoa(f.Int("at", 0, 1000)) // the phone stays where it was
	}
	return c.Redirect(to, fiber.StatusSeeOther)
}
