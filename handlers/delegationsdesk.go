package handlers

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// enquiryPage is the data of templates/pages/trip_enquiry.html.
type enquiryPage struct {
	tripPage
	*scheduling.EnquiryPage
	F        values
	Criteria []screenLine
	Scale    []option
	Assign   []tick // clusters
	Deciding bool   // it can be accepted or declined
}

// A screenLine is a criterion with what was thought of the request by it.
type screenLine struct {
	Key  string
	Mark scheduling.ScreenMark
	Set  string // points as they were given, "" before
}

// showEnquiry answers GET /organise/trips/:id/enquiry.
func (s *Server) showEnquiry(c *fiber.Ctx) error { return s.enquiry(c, nil, nil) }

func (s *Server) enquiry(c *fiber.Ctx, typed values, problem *FormProblem) error {
	head, err := s.trip(c)
	if err != nil {
		return err
	}
	found, err := s.desk.Enquiry(c.UserContext(), actor(c), head.Trip.ID)
	if err != nil {
		return err
	}
	l := s.lang(c)
	p := &enquiryPage{tripPage: head, EnquiryPage: found, F: typed}
	p.Problem = s.labelled(c, "delegation.f.", problem)
	st := found.Trip.State
	p.Deciding = st == scheduling.TripRequested || st == scheduling.TripScreening
	for n := range scheduling.MaxScreenPoints + 1 {
		p.Scale = append(p.Scale, option{strconv.Itoa(n), l.Text("delegation.points." + strconv.Itoa(n))})
	}
	for _, key := range scheduling.DelegationCriteria {
		line := screenLine{Key: key, Mark: found.Mark(key)}
		if line.Mark.Criterion != "" {
			line.Set = strconv.Itoa(line.Mark.Points)
		}
		p.Criteria = append(p.Criteria, line)
	}
	if p.F == nil {
		q := found.Trip.Enquiry
		p.F = values{}
		for name, v := range map[string]string{"from": q.From, "until": q.From, "seats": strconv.Itoa(q.Size), "note": q.Note} {
			p.F.set(name, v)
		}
	}
	all, err := s.desk.Clusters(c.UserContext())
	if err != nil {
		return err
	}
	var options []option
	for _, cl := range all {
		options = append(options, option{cl.ID, cl.Name.In(l.Code())})
	}
	p.Assign = ticks(options, found.Trip.ClusterIDs)
	return s.page(c, "trip_enquiry", p)
}

// enquiryDone answers a decision about a request.
func (s *Server) enquiryDone(c *fiber.Ctx, f *form, err error, said string) error {
	if p := s.inForm(c, err); p != nil {
		return s.enquiry(c, f.typed, p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/organise/trips/"+c.Params("id")+"/enquiry", said)
}

// screenEnquiry answers POST …/enquiry/screen. A criterion left open has no mark.
func (s *Server) screenEnquiry(c *fiber.Ctx) error {
	f := s.form(c)
	var marks []scheduling.ScreenMark
	for _, key := range scheduling.DelegationCriteria {
		if f.Text("points."+key) == "" {
			continue
		}
		marks = append(marks, scheduling.ScreenMark{Criterion: key, Points: f.Int("points."+key, 0, scheduling.MaxScreenPoints), Note: f.Text("note." + key)})
	}
	err := f.Err()
	if err == nil {
		_, err = s.desk.ScreenDelegation(c.UserContext(), actor(c), c.Params("id"), marks, f.Text("note"))
	}
	return s.enquiryDone(c, f, err, "delegation.flash.screened")
}

// assignEnquiry answers POST …/enquiry/clusters. Whoever hands a request to
// others may not see it afterwards.
func (s *Server) assignEnquiry(c *fiber.Ctx) error {
	f := s.form(c)
	err := s.desk.AssignDelegation(c.UserContext(), actor(c), c.Params("id"), f.List("cluster_ids"))
	if err == nil && !actor(c).Organises(f.List("cluster_ids")...) {
		return s.seeOther(c, "/organise/trips", "delegation.flash.assigned")
	}
	return s.enquiryDone(c, f, err, "delegation.flash.assigned")
}

// acceptEnquiry answers POST …/enquiry/accept.
func (s *Server) acceptEnquiry(c *fiber.Ctx) error {
	f := s.form(c)
	in := scheduling.Acceptance{From: f.Day("from"), Until: f.Day("until"), Seats: f.Int("seats", 0, 100_000), Message: f.Text("message")}
	err := f.Err()
	if err == nil {
		_, err = s.desk.AcceptDelegation(c.UserContext(), actor(c), c.Params("id"), in)
	}
	return s.enquiryDone(c, f, err, "delegation.flash.accepted")
}

// declineEnquiry answers POST …/enquiry/decline.
func (s *Server) declineEnquiry(c *fiber.Ctx) error {
	f := s.form(c)
	_, err := s.desk.DeclineDelegation(c.UserContext(), actor(c), c.Params("id"), f.Text("reason"))
	return s.enquiryDone(c, f, err, "delegation.flash.declined")
}

// moveEnquiry answers POST …/enquiry/state.
func (s *Server) moveEnquiry(c *fiber.Ctx) error {
	f := s.form(c)
	_, err := s.desk.MoveDelegation(c.UserContext(), actor(c), c.Params("id"), scheduling.TripState(f.Value("to")))
	return s.enquiryDone(c, f, err, "delegation.flash.moved")
}

// showNewGroupMeetings answers GET /organise/trips/:id/group-meetings/new: a day
// on which a delegation meets groups.
func (s *Server) showNewGroupMeetings(c *fiber.Ctx) error {
	d, err := s.desk.VisitDayFor(c.UserContext(), actor(c), c.Params("id"))
	if p := s.inForm(c, err); p != nil {
		return s.enquiry(c, nil, p)
	}
	if err != nil {
		return err
	}
	v := visitValues(d)
	v.set("id", storage.NewID())
	v.set("breaks", "12:00-13:00")
	v.set("stops.0.minutes", "60")
	return s.visitForm(c, v, nil, "/organise/trips/"+d.TripID+"/enquiry", d.ClusterID, nil)
}

// createGroupMeetings answers POST /organise/trips/:id/group-meetings/new. Sent
// twice, it makes one.
func (s *Server) createGroupMeetings(c *fiber.Ctx) error {
	d, err := s.desk.VisitDayFor(c.UserContext(), actor(c), c.Params("id"))
	if p := s.inForm(c, err); p != nil {
		return s.enquiry(c, nil, p)
	}
	if err != nil {
		return err
	}
	f, in := s.form(c), &scheduling.VisitDay{ClusterID: d.ClusterID, TripID: d.TripID}
	in.ID = f.NewID()
	return s.saveVisit(c, f, in, nil, "/organise/trips/"+d.TripID+"/enquiry")
}
