package handlers

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// visitRoutes are the days on which one party visits several groups.
func (s *Server) visitRoutes() []route {
	const one = "/visit-days/:id"
	return []route{
		get("/groups/:id/visits/new", SignedIn, s.showNewVisit),
		post("/groups/:id/visits/new", SignedIn, s.createVisit),
		get(one, SignedIn, s.showVisit),
		get(one+"/edit", SignedIn, s.showEditVisit),
		post(one+"/edit", SignedIn, s.editVisit),
		post(one+"/propose", SignedIn, s.proposeVisit),
		post(one+"/programme", SignedIn, s.editProgramme),
		post(one+"/confirm", SignedIn, s.confirmVisit),
		post(one+"/cancel", SignedIn, s.cancelVisit),
	}
}

// visitPage is the data of templates/pages/visit.html.
type visitPage struct {
	Page
	*scheduling.VisitPage
	Lines []visitLine
	Fine  bool // nothing is wrong with the programme

	Organise bool // the reader organises the cluster, and sees the delegation that visits
}

// A visitLine is one stop as the page shows it.
type visitLine struct {
	Stop      scheduling.VisitStop
	Group     string
	Venue     string
	Starts    time.Time // zero: it has no place
	Ends      time.Time
	Clock     string // as typed
	Faults    []string
	Gathering *scheduling.Gathering
}

// showVisit answers GET /visit-days/:id.
func (s *Server) showVisit(c *fiber.Ctx) error { return s.visit(c, nil) }

func (s *Server) visit(c *fiber.Ctx, problem *FormProblem) error {
	found, err := s.desk.VisitDay(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	p := &visitPage{VisitPage: found, Fine: len(found.Visit.Programme) > 0 && len(found.Faults) == 0}
	p.NoIndex, p.Problem, p.Organise = true, problem, actor(c).Organises(found.Visit.ClusterID)
	for _, place := range found.Visit.Programme {
		if stop, ok := found.Visit.Stop(place.StopID); ok {
			p.Lines = append(p.Lines, s.visitLine(c, found, stop))
		}
	}
	for _, stop := range found.Visit.Stops {
		if _, placed := found.Visit.Place(stop.ID); !placed {
			p.Lines = append(p.Lines, s.visitLine(c, found, stop))
		}
	}
	return s.page(c, "visit", p)
}

func (s *Server) visitLine(c *fiber.Ctx, p *scheduling.VisitPage, stop scheduling.VisitStop) visitLine {
	venue, _ := p.Visit.Venue(stop.VenueID)
	line := visitLine{Stop: stop, Group: s.groupName(c, p, stop.ID), Venue: venue.Name, Gathering: p.Made[stop.ID]}
	if place, ok := p.Visit.Place(stop.ID); ok {
		line.Starts, line.Ends = place.Starts, place.Ends
		line.Clock = place.Starts.In(p.Visit.Location()).Format("15:04")
	}
	for _, list := range [][]scheduling.VisitFault{p.Faults, p.Missing} {
		for _, f := range list {
			if f.StopID == stop.ID {
				line.Faults = append(line.Faults, s.faultText(c, p, f))
			}
		}
	}
	return line
}

func (s *Server) groupName(c *fiber.Ctx, p *scheduling.VisitPage, stopID string) string {
	stop, _ := p.Visit.Stop(stopID)
	if g := p.Groups[stop.GroupID]; g != nil {
		return g.Name.In(s.lang(c).Code())
	}
	return ""
}

// faultText is a fault in words. The stops that one names are those of groups.
func (s *Server) faultText(c *fiber.Ctx, p *scheduling.VisitPage, f scheduling.VisitFault) string {
	args := []any{}
	for _, a := range f.Args {
		if ids, ok := a.([]string); ok {
			var names []string
			for _, id := range ids {
				names = append(names, s.groupName(c, p, id))
			}
			a = strings.Join(names, ", ")
		}
		args = append(args, a)
	}
	return s.lang(c).Text(f.Key, args...)
}

// visitDone answers a change of a visit day.
func (s *Server) visitDone(c *fiber.Ctx, err error, said string) error {
	if p := s.inForm(c, err); p != nil {
		return s.visit(c, p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/visit-days/"+c.Params("id"), said)
}

// proposeVisit answers POST /visit-days/:id/propose.
func (s *Server) proposeVisit(c *fiber.Ctx) error {
	_, err := s.desk.ProposeVisit(c.UserContext(), actor(c), c.Params("id"))
	return s.visitDone(c, err, "visit.flash.proposed")
}

// confirmVisit answers POST /visit-days/:id/confirm.
func (s *Server) confirmVisit(c *fiber.Ctx) error {
	_, err := s.desk.ConfirmVisit(c.UserContext(), actor(c), c.Params("id"))
	return s.visitDone(c, err, "visit.flash.confirmed")
}

// cancelVisit answers POST /visit-days/:id/cancel.
func (s *Server) cancelVisit(c *fiber.Ctx) error {
	_, err := s.desk.CancelVisit(c.UserContext(), actor(c), c.Params("id"), short(s.form(c).Text("reason")))
	return s.visitDone(c, err, "visit.flash.cancelled")
}

// editProgramme answers POST /visit-days/:id/programme: the times by hand.
func (s *Server) editProgramme(c *fiber.Ctx) error {
	found, err := s.desk.VisitDay(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	f, starts := s.form(c), map[string]time.Time{}
	for _, stop := range found.Visit.Stops {
		clock := f.Text("at." + stop.ID)
		if clock == "" {
			continue
		}
		hour, minute, ok := parseClock(clock)
		if !ok {
			f.wrong("at."+stop.ID, "input.time")
			continue
		}
		if starts[stop.ID], err = found.Visit.At(fmt.Sprintf("%02d:%02d", hour, minute)); err != nil {
			f.wrong("at."+stop.ID, "input.time")
		}
	}
	if err = f.Err(); err == nil {
		_, err = s.desk.EditProgramme(c.UserContext(), actor(c), found.Visit.ID, f.EditRevision(), starts)
	}
	return s.visitDone(c, err, "visit.flash.saved")
}

// visitFormPage is the data of templates/pages/visit_form.html.
type visitFormPage struct {
	Page
	F      values
	Visit  *scheduling.VisitDay // as stored; nil for a new one
	Home   string
	Groups []option
	Venues []option // by the line that names them
	Lines  []string // numbers of the stops
	Zones  []string
}

// visitStopLines is how many groups a form has room for at least.
const visitStopLines = 4

func (s *Server) visitForm(c *fiber.Ctx, v values, visit *scheduling.VisitDay, home, clusterID string, problem *FormProblem) error {
	p := &visitFormPage{F: v, Visit: visit, Home: home, Zones: zones, Groups: []option{{"", s.lang(c).Text("visit.group_none")}}}
	p.NoIndex, p.Problem = true, s.labelled(c, "visit.f.", problem)
	list, err := s.desk.HostGroups(c.UserContext(), actor(c), clusterID)
	if err != nil {
		return err
	}
	for _, g := range list {
		p.Groups = append(p.Groups, option{g.ID, g.Name.In(s.lang(c).Code())})
	}
	for i := range min(8, max(visitStopLines, v.rows("stops")+1)) {
		p.Lines = append(p.Lines, strconv.Itoa(i))
	}
	return s.page(c, "visit_form", p)
}

// showNewVisit answers GET /groups/:id/visits/new.
func (s *Server) showNewVisit(c *fiber.Ctx) error {
	p, err := s.keptB2B(c)
	if err != nil {
		return err
	}
	v := values{}
	for name, value := range map[string]string{"id": storage.NewID(), "zone": p.Cluster.Zone, "from": "09:00", "to": "16:00", "breaks": "12:00-13:00", "stops.0.group": p.Group.ID, "stops.0.minutes": "60"} {
		v.set(name, value)
	}
	return s.visitForm(c, v, nil, "/groups/"+p.Group.ID+"/meetings", p.Group.ClusterID, nil)
}

// createVisit answers POST /groups/:id/visits/new. Sent twice, it makes one.
func (s *Server) createVisit(c *fiber.Ctx) error {
	p, err := s.keptB2B(c)
	if err != nil {
		return err
	}
	in := &scheduling.VisitDay{ClusterID: p.Group.ClusterID}
	f := s.form(c)
	in.ID = f.NewID()
	return s.saveVisit(c, f, in, nil, "/groups/"+p.Group.ID+"/meetings")
}

// showEditVisit answers GET /visit-days/:id/edit.
func (s *Server) showEditVisit(c *fiber.Ctx) error {
	v, err := s.keptVisit(c)
	if err != nil {
		return err
	}
	return s.visitForm(c, visitValues(v), v, "/visit-days/"+v.ID, v.ClusterID, nil)
}

func (s *Server) keptVisit(c *fiber.Ctx) (*scheduling.VisitDay, error) {
	p, err := s.desk.VisitDay(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return nil, err
	}
	if !p.Manage {
		return nil, storage.ErrNotFound
	}
	return p.Visit, nil
}

// editVisit answers POST /visit-days/:id/edit.
func (s *Server) editVisit(c *fiber.Ctx) error {
	v, err := s.keptVisit(c)
	if err != nil {
		return err
	}
	f, in := s.form(c), *v
	in.Rev = f.EditRevision()
	return s.saveVisit(c, f, &in, v, "/visit-days/"+v.ID)
}

func (s *Server) saveVisit(c *fiber.Ctx, f *form, in, stored *scheduling.VisitDay, home string) error {
	f.readVisit(in)
	err := f.Err()
	if err == nil {
		_, err = s.desk.SaveVisitDay(c.UserContext(), actor(c), in)
	} else {
		err = f.Join(in.Check())
	}
	if problem := s.inForm(c, err, "title", "party", "people", "date", "from", "to", "zone", "breaks", "venues", "travel", "begin", "stops"); problem != nil {
		if stored != nil {
			values(f.typed).set("rev", number64(stored.Rev))
		}
		return s.visitForm(c, f.typed, stored, home, in.ClusterID, problem)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/visit-days/"+in.ID, "visit.flash.saved")
}

// readVisit reads what the form says. Venues are named by their names.
func (f *form) readVisit(v *scheduling.VisitDay) {
	v.Title, v.Party, v.People = f.Langs("title"), f.Text("party"), guestLines(f.Text("people"))
	v.Date, v.Zone, v.From, v.To = f.Day("date"), f.Text("zone"), f.clock("from"), f.clock("to")
	v.Breaks, v.Venues, v.Travel, v.Stops = nil, nil, nil, nil
	for _, line := range lines(f.Text("breaks")) {
		from, to, _ := strings.Cut(strings.ReplaceAll(line, "–", "-"), "-")
		v.Breaks = append(v.Breaks, scheduling.Window{From: normalClock(from), To: normalClock(to)})
	}
	ids := map[string]string{}
	for i, line := range lines(f.Text("venues")) {
		name, address, _ := strings.Cut(line, ",")
		venue := scheduling.Venue{ID: fmt.Sprintf("v%d", i+1), Name: strings.TrimSpace(name), Address: strings.TrimSpace(address)}
		ids[strings.ToLower(venue.Name)] = venue.ID
		v.Venues = append(v.Venues, venue)
	}
	find := func(name string) string {
		if name = strings.ToLower(strings.TrimSpace(name)); name == "" {
			return ""
		}
		if id := ids[name]; id != "" {
			return id
		}
		return "?" // which no venue has: the desk says what is wrong
	}
	for _, line := range lines(f.Text("travel")) {
		way, minutes, _ := cutLast(line, ":")
		a, b, _ := strings.Cut(strings.ReplaceAll(way, "–", "-"), " - ")
		n, err := strconv.Atoi(strings.TrimSpace(minutes))
		if err != nil {
			n = -1
		}
		v.Travel = append(v.Travel, scheduling.TravelLeg{A: find(a), B: find(b), Minutes: n})
	}
	v.Begin = find(f.Text("begin"))
	for i := range values(f.typed).rows("stops") {
		f.readStop(v, fmt.Sprintf("stops.%d", i), find)
	}
}

func (f *form) readStop(v *scheduling.VisitDay, at string, venue func(string) string) {
	if f.Value(at+".group") == "" {
		return
	}
	id := f.Value(at + ".id")
	if id == "" {
		id = storage.NewID()
	}
	name := f.Text(at + ".venue")
	if name == "" && len(v.Venues) > 0 {
		name = v.Venues[0].Name
	}
	minutes, _ := strconv.Atoi(f.Text(at + ".minutes"))
	need, err := strconv.Atoi("0" + f.Text(at+".need"))
	if err != nil {
		need = -1
	}
	v.Stops = append(v.Stops, scheduling.VisitStop{ID: id, GroupID: f.Value(at + ".group"), VenueID: venue(name), Minutes: minutes, Need: need})
}

// clock reads a time of day as "09:00"; what is none stays as it was typed, for
// the desk to refuse.
func (f *form) clock(name string) string { return normalClock(f.Text(name)) }

func normalClock(s string) string {
	s = strings.TrimSpace(s)
	if hour, minute, ok := parseClock(s); ok {
		return fmt.Sprintf("%02d:%02d", hour, minute)
	}
	return s
}

// lines are those that say something.
func lines(s string) (out []string) {
	for _, line := range strings.Split(s, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

func cutLast(s, sep string) (before, after string, ok bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// visitValues are the fields of the form for a visit day.
func visitValues(d *scheduling.VisitDay) values {
	v := values{}
	v.set("rev", number64(d.Rev))
	v.text("title", d.Title)
	for name, s := range map[string]string{"party": d.Party, "date": d.Date, "zone": d.Zone, "from": d.From, "to": d.To} {
		v.set(name, s)
	}
	var people, breaks, venues, travel []string
	names := map[string]string{}
	for _, p := range d.People {
		people = append(people, p.Name+", "+p.Email)
	}
	for _, w := range d.Breaks {
		breaks = append(breaks, w.From+"-"+w.To)
	}
	for _, x := range d.Venues {
		names[x.ID] = x.Name
		line := x.Name
		if x.Address != "" {
			line += ", " + x.Address
		}
		venues = append(venues, line)
	}
	for _, leg := range d.Travel {
		travel = append(travel, fmt.Sprintf("%s - %s: %d", names[leg.A], names[leg.B], leg.Minutes))
	}
	for name, list := range map[string][]string{"people": people, "breaks": breaks, "venues": venues, "travel": travel} {
		v.set(name, strings.Join(list, "\n"))
	}
	v.set("begin", names[d.Begin])
	for i, s := range d.Stops {
		at := fmt.Sprintf("stops.%d", i)
		v.set(at+".id", s.ID)
		v.set(at+".group", s.GroupID)
		v.set(at+".venue", names[s.VenueID])
		v.number(at+".minutes", s.Minutes)
		v.number(at+".need", s.Need)
	}
	return v
}
