package handlers

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/scheduling/table"
	"kohtaamo/storage"
)

// roomsPage is the data of templates/pages/trip_rooms.html and
// trip_rooming.html.
type roomsPage struct {
	tripPage
	Rooms  *scheduling.RoomsPage
	Hotels []*scheduling.HotelPage
}

// showRooms answers GET /organise/trips/:id/rooms.
func (s *Server) showRooms(c *fiber.Ctx) error {
	p, err := s.rooms(c)
	if err != nil {
		return err
	}
	return s.page(c, "trip_rooms", p)
}

func (s *Server) rooms(c *fiber.Ctx) (*roomsPage, error) {
	t, err := s.trip(c)
	if err != nil {
		return nil, err
	}
	found, err := s.desk.Rooms(c.UserContext(), actor(c), t.Trip.ID)
	if err != nil {
		return nil, err
	}
	return &roomsPage{tripPage: t, Rooms: found, Hotels: found.Hotels}, nil
}

// showRoomingList answers GET /organise/trips/:id/rooms/list: what hotels get,
// one of them or all.
func (s *Server) showRoomingList(c *fiber.Ctx) error {
	p, err := s.rooms(c)
	if err != nil {
		return err
	}
	p.Back = p.Base + "/rooms"
	if id := c.Query("hotel"); id != "" {
		h := p.Rooms.Hotel(id)
		if h == nil {
			return storage.ErrNotFound
		}
		p.Hotels = []*scheduling.HotelPage{h}
	}
	return s.tripPrint(c, "trip_rooming", p, p.Trip)
}

// exportRooms answers GET /organise/trips/:id/rooms/:hotel/list.csv and .xlsx:
// names and kinds of room, for the hotel.
func (s *Server) exportRooms(k fileKind) fiber.Handler {
	return func(c *fiber.Ctx) error {
		p, h, err := s.hotel(c)
		if err != nil {
			return err
		}
		l := s.lang(c)
		return s.sendTable(c, k, "room.print", p.Trip.Slug+"-"+scheduling.Slug(h.Name), func(w table.Writer) error {
			if err := w.Write([]string{l.Text("room.column.number"), l.Text("room.column.kind"), l.Text("room.people")}); err != nil {
				return err
			}
			for _, r := range h.Rooms {
				if err := w.Write([]string{r.Number, l.Text("room." + string(r.Kind)), strings.Join(h.Names(r), "; ")}); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

func (s *Server) hotel(c *fiber.Ctx) (*roomsPage, *scheduling.HotelPage, error) {
	p, err := s.rooms(c)
	if err != nil {
		return nil, nil, err
	}
	h := p.Rooms.Hotel(c.Params("hotel"))
	if h == nil {
		return nil, nil, storage.ErrNotFound
	}
	return p, h, nil
}

// hotelRoomsPage is the data of templates/pages/trip_hotel.html.
type hotelRoomsPage struct {
	*roomsPage
	Hotel     *scheduling.HotelPage
	F         values
	Kinds     []option
	Suggested bool
}

// showHotelRooms answers GET /organise/trips/:id/rooms/:hotel. With ?suggest=1 its
// fields say what the program suggests; nothing is stored.
func (s *Server) showHotelRooms(c *fiber.Ctx) error {
	p, h, err := s.hotel(c)
	if err != nil {
		return err
	}
	rooms, suggest := h.Rooms, c.Query("suggest") != ""
	if suggest {
		rooms = scheduling.SuggestRooms(h.Hotel, p.Rooms.Travellers)
	}
	v := values{}
	v.set("rev", number64(p.Rooms.Programme.Rev))
	for _, r := range scheduling.NumberRooms(rooms) {
		for _, id := range r.TravellerIDs {
			v.set("kind."+id, string(r.Kind))
			v.set("number."+id, r.Number)
		}
	}
	return s.hotelRooms(c, p, h, v, suggest, nil)
}

func (s *Server) hotelRooms(c *fiber.Ctx, rooms *roomsPage, h *scheduling.HotelPage, v values, suggested bool, problem *FormProblem) error {
	p := &hotelRoomsPage{roomsPage: rooms, Hotel: h, F: v, Suggested: suggested, Kinds: []option{{"", s.lang(c).Text("room.no_bed")}}}
	p.Problem = problem
	for _, k := range scheduling.HotelRoomKinds {
		p.Kinds = append(p.Kinds, option{string(k), s.lang(c).Text("room." + string(k))})
	}
	return s.page(c, "trip_hotel", p)
}

// saveHotelRooms answers POST /organise/trips/:id/rooms/:hotel.
func (s *Server) saveHotelRooms(c *fiber.Ctx) error {
	p, h, err := s.hotel(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	var chosen []scheduling.RoomChoice
	for _, v := range h.Sleepers {
		chosen = append(chosen, scheduling.RoomChoice{TravellerID: v.ID, Kind: scheduling.HotelRoomKind(f.Value("kind." + v.ID)), Number: f.Text("number." + v.ID)})
	}
	rooms, err := h.RoomsOf(chosen)
	if err == nil {
		_, err = s.desk.SetRooms(c.UserContext(), actor(c), p.Trip.ID, h.ID, rooms, f.EditRevision())
	}
	if problem := s.inForm(c, err); problem != nil {
		values(f.typed).set("rev", number64(p.Rooms.Programme.Rev))
		return s.hotelRooms(c, p, h, f.typed, false, problem)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, p.Base+"/rooms", "room.flash.saved")
}
