package handlers

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/scheduling/table"
	"kohtaamo/storage"
)

// organiseRoutes are the work of organisers; whoever only stands at the door
// gets as far as the check-in.
func (s *Server) organiseRoutes() []route {
	const event, reg = "/organise/events/:id", "/organise/registrations/:id"
	upload := post(event+"/import", Organiser, s.importFile)
	upload.Body = 2*table.MaxBytes + formLimit // the second step sends the file as text
	return []route{
		get("/organise", Organiser, s.showDashboard),
		get("/organise/door", Door, s.showDoor),
		get("/organise/events", Organiser, s.showOwnEvents),

		get("/organise/events/new", Organiser, s.showNewEvent),
		post("/organise/events/new", Organiser, s.createEvent),
		post("/organise/events/preview", Organiser, s.previewTyped),
		get(event+"/edit", Organiser, s.showEditor),
		get(event+"/preview", Organiser, s.previewStored),
		post(event+"/preview", Organiser, s.previewTyped),
		post(event+"/edit", Organiser, s.editEvent),
		post(event+"/publish", Organiser, s.publishEvent),
		get(event+"/cancel", Organiser, s.showCancelEvent),
		post(event+"/cancel", Organiser, s.cancelEvent),
		post(event+"/delete", Organiser, s.deleteEvent),
		get(event+"/copy", Organiser, s.showCopyEvent),
		post(event+"/copy", Organiser, s.copyEvent),

		get(event, Organiser, s.showRegistrations),
		post(event+"/bulk", Organiser, s.bulk),
		get(event+"/add", Organiser, s.showAdd),
		post(event+"/add", Organiser, s.addByHand),
		get(event+"/export.csv", Organiser, s.exportCSV),
		get(event+"/export.xlsx", Organiser, s.exportXLSX),
		get(event+"/import", Organiser, s.showImport),
		upload,
		get(event+"/answers", Organiser, s.showAnswers),
		get(event+"/badges", Organiser, s.showBadges),
		get(event+"/names", Organiser, s.showNames),
		get(event+"/participants", Organiser, s.showParticipants),

		get(event+"/checkin", Door, s.showCheckIn),
		post(event+"/checkin", Door, s.checkIn),
		post(event+"/checkin/undo", Door, s.undoCheckIn),
		post(event+"/checkin/walkin", Door, s.walkIn),
		get(event+"/counts", Door, s.showCounts),

		get(reg, Organiser, s.showRegistration),
		post(reg+"/edit", Organiser, s.editRegistration),
		post(reg+"/handover", Organiser, s.passOn),
		post(reg+"/do", Organiser, s.actOnRegistration),
	}
}

// organiseNav is the navigation of those who work here.
func organiseNav(a scheduling.Actor) []NavLink {
	switch {
	case a.OrganisesAny():
		return []NavLink{{Key: "organise.nav.dashboard", Path: "/organise", Alone: true}, {Key: "organise.nav.events", Path: "/organise/events"}, {Key: "figures.title", Path: "/organise/figures"}}
	case a.Has(scheduling.Door):
		return []NavLink{{Key: "organise.nav.door", Path: "/organise/door"}}
	}
	return nil
}

// boardPage is what the pages about one event share.
type boardPage struct {
	Page
	*scheduling.EventPage
	Phase scheduling.Phase
	Base  string // address of the event's pages
}

// board reads the event of the address for its organisers. The tabs lead to its
// other pages.
func (s *Server) board(c *fiber.Ctx) (boardPage, error) {
	p, err := s.doorBoard(c)
	if err == nil && !p.Organise {
		err = storage.ErrNotFound
	}
	return p, err
}

// doorBoard is board for whoever checks people in, too.
func (s *Server) doorBoard(c *fiber.Ctx) (boardPage, error) {
	found, err := s.desk.EventBoard(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return boardPage{}, err
	}
	p := boardPage{EventPage: found, Phase: found.Event.Phase(s.desk.DB.Now()), Base: "/organise/events/" + found.Event.ID}
	p.NoIndex = true
	if found.Organise {
		p.Tabs = eventTabs(found)
	}
	return p, nil
}

func eventTabs(p *scheduling.EventPage) []NavLink {
	base, st := "/organise/events/"+p.Event.ID, p.Seating
	tabs := []NavLink{
		{Key: "organise.tab.registrations", Path: base, Count: st.Taken + st.Waiting + st.Pending},
		{Key: "organise.tab.checkin", Path: base + "/checkin"},
		{Key: "organise.tab.answers", Path: base + "/answers"},
		{Key: "organise.tab.edit", Path: base + "/edit"},
		{Key: "organise.tab.chains", Path: base + "/chains"},
		{Key: "organise.tab.survey", Path: base + "/survey"},
	}
	if p.Event.State == scheduling.Draft {
		tabs = []NavLink{tabs[3], tabs[0], tabs[4], tabs[5]}
	}
	return tabs
}

// An option is one line of a select or a row of radio buttons.
type option struct{ Value, Label string }

// options are the texts PREFIX.VALUE of the values.
func (s *Server) options(c *fiber.Ctx, prefix string, values ...string) []option {
	var out []option
	for _, v := range values {
		out = append(out, option{v, s.lang(c).Text(prefix + "." + v)})
	}
	return out
}

// withQuery is a path with what is after "?", of alternating names and values;
// empty values are left out.
func withQuery(path string, pairs ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}
