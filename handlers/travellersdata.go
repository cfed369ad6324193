package handlers

import (
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
)

// travelDataPage is the data of templates/pages/travel_data.html: what a
// traveller is asked, on a page that only their link leads to.
type travelDataPage struct {
	Page
	*scheduling.TravelDataPage
	F     values
	Diets []tick
	Rooms []option
	Until time.Time // when the last of the answers is deleted
	Asked map[string]bool
	Gone  map[string]time.Time // when those are deleted that go earlier, by field
}

// travelDataInputs are the inputs of the form, in their order.
var travelDataInputs = []string{"diets", "allergies", "access", "agreed", "emergency_name", "emergency_phone", "passport_expiry", "room", "room_with", "phone"}

// showTravelData answers GET /travel/:link/data.
func (s *Server) showTravelData(c *fiber.Ctx) error { return s.travelData(c, nil, nil) }

func (s *Server) travelData(c *fiber.Ctx, typed values, problem *FormProblem) error {
	found, err := s.desk.TravelData(c.UserContext(), c.Params("link"))
	if err != nil {
		return err
	}
	p := &travelDataPage{TravelDataPage: found, F: typed, Asked: map[string]bool{}, Gone: map[string]time.Time{}}
	p.NoIndex, p.NoSignIn, p.Problem, p.Emblem = true, true, s.labelled(c, "travel.data.", problem), s.emblem(c, found.Project)
	if p.F == nil {
		p.F = travelDataValues(found)
	}
	for _, f := range found.Trip.Asks.Fields {
		p.Asked[f], p.Gone[f] = true, found.Trip.PurgeAt(f)
		if p.Gone[f].After(p.Until) {
			p.Until = p.Gone[f]
		}
	}
	for f, at := range p.Gone {
		if at.Equal(p.Until) {
			delete(p.Gone, f)
		}
	}
	for _, d := range scheduling.Diets {
		p.Diets = append(p.Diets, tick{option{d, s.lang(c).Text("traveller.diet." + d)}, p.F.Has("diets", d)})
	}
	for _, k := range scheduling.HotelRoomKinds {
		p.Rooms = append(p.Rooms, option{string(k), s.lang(c).Text("room." + string(k))})
	}
	return s.page(c, "travel_data", p)
}

// travelDataValues are the fields of the form for what was answered.
func travelDataValues(p *scheduling.TravelDataPage) values {
	v := values{}
	v.set("seen", strconv.FormatInt(p.Seen(), 10))
	x := p.Traveller.Data
	if x == nil {
		return v
	}
	v["diets"] = x.Diets
	for name, s := range map[string]string{"allergies": x.Allergies, "emergency_name": x.EmergencyName, "emergency_phone": x.EmergencyPhone, "passport_expiry": x.PassportExpiry,
		"room": string(x.Room), "room_with": x.RoomWith, "access": x.Access, "phone": x.Phone} {
		v.set(name, s)
	}
	v.tick("agreed", x.Agreed != nil)
	return v
}

// saveTravelData answers POST /travel/:link/data.
func (s *Server) saveTravelData(c *fiber.Ctx) error {
	f := s.form(c)
	in := scheduling.TravellerData{Diets: f.List("diets"), Allergies: f.Text("allergies"), EmergencyName: f.Text("emergency_name"), EmergencyPhone: f.Text("emergency_phone"),
		PassportExpiry: f.Day("passport_expiry"), Room: scheduling.HotelRoomKind(f.Value("room")), RoomWith: f.Text("room_with"), Access: f.Text("access"), Phone: f.Text("phone")}
	if f.Check("agreed") {
		in.Agreed = &scheduling.Consent{Given: true, Wording: s.lang(c).Text("travel.data.agreed")}
	}
	seen, err := strconv.ParseInt(f.Value("seen"), 10, 64)
	if err != nil {
		seen = 0
	}
	if _, err = s.desk.SaveTravelData(c.UserContext(), c.Params("link"), seen, in); err != nil {
		err = f.Join(err)
	}
	if p := s.inForm(c, err, travelDataInputs...); p != nil {
		return s.travelData(c, f.typed, p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/travel/"+c.Params("link")+"/data", "travel.data.saved")
}
