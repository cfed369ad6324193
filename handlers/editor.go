package handlers

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// editorPage is the data of templates/pages/editor.html.
type editorPage struct {
	boardPage
	New      bool
	F        values
	Langs    []string
	Sections []string // of the form, as its anchors
	Agenda   []int    // the lines to show
	Asked    []askedRow
	Consents []int
	Tell     int         // how many people a move tells; 0: nothing to confirm
	Stale    []staleLine // what somebody else changed meanwhile

	Kinds, Modes, Audiences, AskKinds []option
	Clusters, Groups, Projects        []option
	Zones                             []string
	Foreign, ForeignGroups            []string // of the event, but not the actor's to choose
}

// An askedRow is one line of the question builder.
type askedRow struct {
	N     int
	Key   string
	Whens []option // the answers to other questions that it may depend on
}

// A staleLine is one field that is not the same in two versions.
type staleLine struct{ Label, Theirs, Mine string }

// zones are offered to choose from; any IANA name can be typed.
var zones = []string{"Europe/Helsinki", "Europe/Stockholm", "Europe/Tallinn", "Europe/Berlin", "Europe/Madrid", "Europe/Paris",
	"Europe/Lisbon", "Europe/Rome", "Europe/London", "America/New_York", "Asia/Tokyo", "Asia/Seoul", "UTC"}

var editorSections = []string{"what", "when", "where", "agenda", "rules", "questions", "consents", "mails", "who"}

// showNewEvent answers GET /organise/events/new with a draft three weeks ahead.
func (s *Server) showNewEvent(c *fiber.Ctx) error {
	own, err := s.ownClusters(c)
	if err != nil {
		return err
	}
	zone, cluster := houseZone, &scheduling.Cluster{Zone: houseZone}
	if len(own) > 0 {
		cluster, zone = own[0], own[0].Zone
	}
	loc, err := time.LoadLocation(zone)
	if err != nil {
		loc = time.UTC
	}
	day := s.desk.DB.Now().In(loc).AddDate(0, 0, 21)
	e := scheduling.NewEvent(cluster, time.Date(day.Year(), day.Month(), day.Day(), 9, 0, 0, 0, loc))
	if cluster.ID == "" {
		e.ClusterIDs = nil
	}
	e.Contact, e.ContactEmail = actor(c).Name, actor(c).Email
	p := &editorPage{New: true, F: eventValues(e)}
	p.F.set("new_id", storage.NewID())
	p.F["title.fi"] = []string{c.Query("title")}
	return s.editor(c, p)
}

// ownClusters are those that the actor organises.
func (s *Server) ownClusters(c *fiber.Ctx) (own []*scheduling.Cluster, err error) {
	list, err := s.desk.Clusters(c.UserContext())
	for _, cl := range list {
		if actor(c).Organises(cl.ID) {
			own = append(own, cl)
		}
	}
	return own, err
}

// showEditor answers GET /organise/events/:id/edit.
func (s *Server) showEditor(c *fiber.Ctx) error {
	b, err := s.board(c)
	if err != nil {
		return err
	}
	return s.editor(c, &editorPage{boardPage: b, F: eventValues(b.Event)})
}

// editor shows the form with what stands in p.F.
func (s *Server) editor(c *fiber.Ctx, p *editorPage) (err error) {
	if p.EventPage == nil {
		p.EventPage = &scheduling.EventPage{Event: &scheduling.Event{State: scheduling.Draft, Zone: p.F.Get("zone")}, Organise: true}
		p.Base = "/organise/events/new"
	}
	p.NoIndex, p.Langs, p.Zones, p.Sections = true, languages, zones, editorSections
	p.Kinds = s.options(c, "public.kind", scheduling.EventKinds...)
	p.Modes = s.options(c, "event.mode", "room", "online", "hybrid")
	p.Audiences = s.options(c, "event.audience", "all", "unlisted", "groups")
	for _, k := range scheduling.QuestionKinds {
		p.AskKinds = append(p.AskKinds, s.options(c, "question.kind", string(k))...)
	}
	p.rows(c)
	if p.Clusters, err = s.clusterOptions(c); err != nil {
		return err
	}
	if p.Groups, err = s.groupOptions(c, p.Clusters); err != nil {
		return err
	}
	if p.Projects, err = s.projectOptions(c); err != nil {
		return err
	}
	p.Foreign = notAmong(p.F["cluster_ids"], p.Clusters)
	p.ForeignGroups = notAmong(p.F["group_ids"], p.Groups)
	return s.page(c, "editor", p)
}

// notAmong are the ids that nobody can choose here: they stay as they are.
func notAmong(ids []string, choices []option) (out []string) {
	for _, id := range ids {
		if !slices.ContainsFunc(choices, func(o option) bool { return o.Value == id }) {
			out = append(out, id)
		}
	}
	return out
}

// rows are the lines of the form: those there are, one more where a line was
// asked for, and one to begin with.
func (p *editorPage) rows(c *fiber.Ctx) {
	more := map[string]int{}
	if c.Method() == fiber.MethodPost {
		more[c.FormValue("do")] = 1
	}
	upTo := func(n int) (out []int) {
		for i := range n {
			out = append(out, i)
		}
		return out
	}
	p.Agenda = upTo(max(1, p.F.rows("agenda")+more["agenda"]))
	p.Consents = upTo(p.F.rows("consents") + more["consent"])
	n := p.F.rows("questions") + more["question"]
	for i := range n {
		p.Asked = append(p.Asked, askedRow{N: i, Key: p.F.Get(fmt.Sprintf("questions.%d.key", i)), Whens: p.whens(i)})
	}
}

// whens are the answers to the questions before the nth.
func (p *editorPage) whens(n int) (out []option) {
	for i := range n {
		at := fmt.Sprintf("questions.%d", i)
		key, label := p.F.Get(at+".key"), p.F.Get(at+".label.fi")
		if label == "" {
			label = p.F.Get(at + ".label.en")
		}
		switch kind := scheduling.QuestionKind(p.F.Get(at + ".kind")); {
		case key == "":
		case kind == scheduling.AskYesNo:
			out = append(out, option{key + "=yes", label + " ✓"}, option{key + "=no", label + " ✕"})
		case kind == scheduling.AskChoice || kind == scheduling.AskMany:
			for _, o := range p.F[at+".option_keys"] {
				out = append(out, option{key + "=" + o, label + ": " + o})
			}
		}
	}
	return out
}

func (s *Server) groupOptions(c *fiber.Ctx, own []option) ([]option, error) {
	list, err := s.desk.Groups(c.UserContext(), "")
	if err != nil {
		return nil, err
	}
	var out []option
	for _, g := range list {
		if slices.ContainsFunc(own, func(o option) bool { return o.Value == g.ClusterID }) {
			out = append(out, option{g.ID, g.Name.In(s.lang(c).Code())})
		}
	}
	return out, nil
}

func (s *Server) projectOptions(c *fiber.Ctx) ([]option, error) {
	list, err := s.desk.Projects(c.UserContext())
	if err != nil {
		return nil, err
	}
	var out []option
	for _, p := range list {
		out = append(out, option{p.ID, p.Name.In(s.lang(c).Code())})
	}
	return out, nil
}

// createEvent answers POST /organise/events/new.
func (s *Server) createEvent(c *fiber.Ctx) error {
	return s.saveEvent(c, &editorPage{New: true}, scheduling.Event{})
}

// editEvent answers POST /organise/events/:id/edit.
func (s *Server) editEvent(c *fiber.Ctx) error {
	b, err := s.board(c)
	if err != nil {
		return err
	}
	return s.saveEvent(c, &editorPage{boardPage: b}, *b.Event)
}

// saveEvent stores what was typed over base, unless the form asks for something
// else first: another line, a preview, or to confirm that people are told.
func (s *Server) saveEvent(c *fiber.Ctx, p *editorPage, base scheduling.Event) error {
	f := s.eventForm(c)
	p.F = f.v
	in := f.event(base)
	if p.New && newID.MatchString(f.Text("new_id")) {
		in.ID = f.Text("new_id")
	}
	switch c.FormValue("do") {
	case "agenda", "question", "consent":
		return s.editor(c, p)
	}
	if err := f.all(in.Check()); err != nil {
		return s.notSaved(c, p, f, err)
	}
	if p.tells(&base, in) && f.Value("tell") == "" {
		p.Tell = p.Seating.Reach()
		return s.editor(c, p)
	}
	saved, err := s.desk.SaveEvent(c.UserContext(), actor(c), in)
	if p.New && err != nil && s.madeBefore(c, in.ID) {
		return s.seeOther(c, "/organise/events/"+in.ID+"/edit", "flash.event_saved")
	}
	if err != nil {
		return s.notSaved(c, p, f, f.all(err))
	}
	return s.afterSave(c, saved)
}

// newID is the form of the number that a form for a new event brings along, so
// that the form sent twice makes one event.
var newID = regexp.MustCompile(`^[a-z0-9]{16}$`)

// madeBefore reports whether this very form has made its event already.
func (s *Server) madeBefore(c *fiber.Ctx, id string) bool {
	if id == "" {
		return false
	}
	_, err := s.desk.EventBoard(c.UserContext(), actor(c), id)
	return err == nil
}

// eventForm reads the editor's fields.
func (s *Server) eventForm(c *fiber.Ctx) *eventForm {
	f := &eventForm{form: s.form(c)}
	f.v = values(f.typed)
	return f
}

// tells reports whether saving in over base sends people mail.
func (p *editorPage) tells(base, in *scheduling.Event) bool {
	return base.State == scheduling.Published && in.MovedFrom(base) && p.Seating.Reach() > 0
}

// notSaved shows the form again, with what is wrong or what somebody else has
// changed meanwhile.
func (s *Server) notSaved(c *fiber.Ctx, p *editorPage, f *eventForm, err error) error {
	problem := scheduling.ProblemIn(err)
	if problem == nil {
		return err
	}
	if problem.Kind == scheduling.Changed && p.EventPage != nil {
		p.Stale = s.differences(c, eventValues(p.Event), f.v)
		f.typed["rev"] = []string{number64(p.Event.Rev)}
	}
	p.Problem = s.inForm(c, err)
	return s.editor(c, p)
}

// compared are the fields in which two versions of an event are compared.
var compared = []string{"title.fi", "title.en", "summary.fi", "summary.en", "body.fi", "body.en", "kind", "mode", "starts_day", "starts_time",
	"ends_day", "ends_time", "zone", "venue", "address", "link", "seats", "contact", "contact_email", "audience", "reminders"}

func (s *Server) differences(c *fiber.Ctx, theirs, mine values) (out []staleLine) {
	for _, name := range compared {
		if a, b := theirs.Get(name), mine.Get(name); a != b {
			out = append(out, staleLine{s.lang(c).Text("field." + name), a, b})
		}
	}
	return out
}

// afterSave goes on to what the pressed button asks for.
func (s *Server) afterSave(c *fiber.Ctx, e *scheduling.Event) error {
	base := "/organise/events/" + e.ID
	if c.FormValue("do") == "publish" {
		return s.publish(c, e.ID)
	}
	return s.seeOther(c, base+"/edit", "flash.event_saved")
}

// publishEvent answers POST /organise/events/:id/publish.
func (s *Server) publishEvent(c *fiber.Ctx) error { return s.publish(c, c.Params("id")) }

func (s *Server) publish(c *fiber.Ctx, id string) error {
	_, err := s.desk.PublishEvent(c.UserContext(), actor(c), id)
	if p := scheduling.ProblemIn(err); p != nil {
		key := p.Key
		for _, k := range p.Fields {
			key = k
		}
		return s.seeOtherBad(c, "/organise/events/"+id+"/edit", key)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/organise/events/"+id, "flash.event_published")
}

// eventActionPage is the data of cancel_event.html and copy_event.html.
type eventActionPage struct {
	boardPage
	Reason, Day string
}

// showCancelEvent answers GET /organise/events/:id/cancel: how many are told.
func (s *Server) showCancelEvent(c *fiber.Ctx) error {
	b, err := s.board(c)
	if err != nil {
		return err
	}
	return s.page(c, "cancel_event", &eventActionPage{boardPage: b})
}

// cancelEvent answers POST /organise/events/:id/cancel.
func (s *Server) cancelEvent(c *fiber.Ctx) error {
	b, err := s.board(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	p := &eventActionPage{boardPage: b, Reason: f.Text("reason")}
	if p.Reason == "" {
		f.wrong("reason", "problem.required")
	}
	if err = f.Err(); err == nil {
		_, err = s.desk.CancelEvent(c.UserContext(), actor(c), b.Event.ID, p.Reason)
	}
	if p.Problem = s.inForm(c, err); p.Problem != nil {
		return s.page(c, "cancel_event", p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, p.Base, "flash.event_cancelled", "count", b.Seating.Reach())
}

// deleteEvent answers POST /organise/events/:id/delete.
func (s *Server) deleteEvent(c *fiber.Ctx) error {
	err := s.desk.DeleteEvent(c.UserContext(), actor(c), c.Params("id"))
	if p := scheduling.ProblemIn(err); p != nil {
		return s.seeOtherBad(c, "/organise/events/"+c.Params("id")+"/edit", p.Key)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/organise/events", "flash.event_deleted")
}

// showCopyEvent answers GET /organise/events/:id/copy, with the same weekday a
// year later.
func (s *Server) showCopyEvent(c *fiber.Ctx) error {
	b, err := s.board(c)
	if err != nil {
		return err
	}
	day := b.Event.Starts.In(b.Event.Location()).AddDate(0, 0, 52*7)
	return s.page(c, "copy_event", &eventActionPage{boardPage: b, Day: day.Format(time.DateOnly)})
}

// copyEvent answers POST /organise/events/:id/copy.
func (s *Server) copyEvent(c *fiber.Ctx) error {
	b, err := s.board(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	p := &eventActionPage{boardPage: b, Day: f.Text("day")}
	day := f.Day("day")
	if day == "" {
		f.wrong("day", "problem.required")
	}
	var made *scheduling.Event
	if err = f.Err(); err == nil {
		noon, parseErr := time.ParseInLocation("2006-01-02 15", day+" 12", b.Event.Location())
		made, err = s.desk.CopyEvent(c.UserContext(), actor(c), b.Event.ID, noon)
		err = errors.Join(parseErr, err)
	}
	if p.Problem = s.inForm(c, err); p.Problem != nil {
		return s.page(c, "copy_event", p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/organise/events/"+made.ID+"/edit", "flash.event_copied")
}
