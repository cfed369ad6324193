package api

import (
	"context"
	"net/http"
	"time"

	"kohtaamo/scheduling"
)

// TravellerFields are what can be written about a new traveller. Phones and what
// travellers say about themselves are for people who lead a trip, on its pages.
type TravellerFields struct {
	Name    string `json:"name" minLength:"1" maxLength:"200"`
	Email   string `json:"email" maxLength:"254"`
	Company string `json:"company" required:"false" maxLength:"200"`
	Title   string `json:"title" required:"false" maxLength:"200"`
	Lang    string `json:"lang" required:"false" maxLength:"8" doc:"Of their mails"`
	Goals   string `json:"goals" required:"false" maxLength:"2000" doc:"What they want to come home with"`
}

// NewTraveller is somebody to be taken along.
type NewTraveller struct {
	TravellerFields
	Role string `json:"role" required:"false" enum:"delegate,leader,staff,visitor" default:"delegate"`
}

// A Traveller is one person on one trip.
type Traveller struct {
	ID       string `json:"id"`
	Revision int64  `json:"revision"`
	TripID   string `json:"trip_id"`
	TravellerFields
	Role     string     `json:"role"`
	State    string     `json:"state" enum:"going,out"`
	Answered *time.Time `json:"answered_at,omitempty" doc:"When they said what the trip has to know"`
	Missing  []string   `json:"missing" doc:"What they have not answered"`
}

func traveller(v *scheduling.Traveller, missing []string) Traveller {
	out := Traveller{v.ID, v.Rev, v.TripID, TravellerFields{v.Name, v.Email, v.Company, v.Title, v.Lang, v.Goals}, string(v.Role), string(v.State), nil,
		mapped(missing, func(f string) string { return f })}
	if !v.DataAt.IsZero() {
		at := v.DataAt.UTC()
		out.Answered = &at
	}
	return out
}

// HotelRooms are the rooms of one hotel.
type HotelRooms struct {
	HotelID  string      `json:"hotel_id"`
	Revision int64       `json:"revision" doc:"Of the trip's programme"`
	Name     string      `json:"name"`
	From     string      `json:"from" doc:"First night"`
	Until    string      `json:"until" doc:"Day of leaving"`
	Block    []RoomBlock `json:"block"`
	Rooms    []HotelRoom `json:"rooms"`
	Homeless []string    `json:"homeless" doc:"Ids of travellers who have no bed"`
}

// A RoomBlock is how many rooms of a kind are held, and how many are given.
type RoomBlock struct {
	Kind  string `json:"kind"`
	Held  int    `json:"held"`
	Given int    `json:"given"`
}

// A HotelRoom is a room with those who sleep in it.
type HotelRoom struct {
	ID         string   `json:"id,omitempty" required:"false" maxLength:"64" doc:"Of a room that there is; a new one gets its own"`
	Kind       string   `json:"kind" enum:"single,twin,double"`
	Number     string   `json:"number" required:"false" maxLength:"200"`
	Travellers []string `json:"traveller_ids" minItems:"1" maxItems:"2"`
}

func hotelRooms(p *scheduling.RoomsPage, h *scheduling.HotelPage) HotelRooms {
	out := HotelRooms{h.ID, p.Programme.Rev, h.Name, h.From, h.Until,
		mapped(h.Counts, func(c scheduling.RoomCount) RoomBlock { return RoomBlock{string(c.Kind), c.Block, c.Given} }),
		mapped(h.Rooms, func(r scheduling.HotelRoom) HotelRoom {
			return HotelRoom{r.ID, string(r.Kind), r.Number, r.TravellerIDs}
		}), []string{}}
	for _, x := range h.Sleepers {
		if x.Room == nil {
			out.Homeless = append(out.Homeless, x.ID)
		}
	}
	return out
}

func (a *API) travellerRoutes() {
	do := func(method, path, id, summary string) op {
		return op{method: method, path: path, id: id, summary: summary, subject: "travellers"}
	}
	add(a, do(http.MethodGet, "/trips/{id}/travellers", "list-travellers", "List who travels on a trip, and who was to"), a.listTravellers)
	o := do(http.MethodPost, "/trips/{id}/travellers", "add-traveller", "Take somebody along on a trip")
	o.status, o.about = http.StatusCreated, "They get a mail with a link of their own."
	add(a, o, a.addTraveller)
	o = do(http.MethodPost, "/trips/{id}/travellers/{traveller}/replace", "replace-traveller", "Give a traveller's place to a colleague")
	o.about = "The colleague takes over the programme, but nothing that was said about the other."
	add(a, o, a.replaceTraveller)
	add(a, do(http.MethodPost, "/trips/{id}/travellers/{traveller}/release", "release-traveller", "Take a traveller off a trip"), a.releaseTraveller)
	add(a, do(http.MethodGet, "/trips/{id}/rooms", "list-rooms", "Show who sleeps where on a trip"), a.listRooms)
	o = do(http.MethodPut, "/trips/{id}/rooms/{hotel}", "set-rooms", "Say who sleeps where in a hotel")
	o.matches, o.about = true, "No room holds more people than it has beds, and nobody sleeps in two rooms in the same night."
	add(a, o, a.setRooms)
}

func (a *API) listTravellers(ctx context.Context, by scheduling.Actor, in *ByID) (*Listed[Traveller], error) {
	list, err := a.cfg.Desk.Travellers(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	return listed(a, ctx, list.Lines, "", func(v scheduling.TravellerLine) Traveller { return traveller(v.Traveller, v.Missing) }), nil
}

// into is a new traveller of what can be written.
func (in *TravellerFields) into(who *caller) *scheduling.Traveller {
	v := &scheduling.Traveller{Name: in.Name, Email: in.Email, Company: in.Company, Title: in.Title, Lang: in.Lang, Goals: in.Goals}
	v.ID = who.made()
	return v
}

// AddTraveller takes somebody along.
type AddTraveller struct {
	ByID
	Body NewTraveller
}

func (a *API) addTraveller(ctx context.Context, by scheduling.Actor, in *AddTraveller) (*One[Traveller], error) {
	v := in.Body.into(callerIn(ctx))
	v.Role = scheduling.TravellerRole(in.Body.Role)
	out, err := a.cfg.Desk.AddTraveller(ctx, by, in.ID, v)
	if err != nil {
		return nil, err
	}
	return made(a, out.Rev, "/trips/"+in.ID+"/travellers", traveller(out, nil)), nil
}

// ByTraveller names a traveller of a trip.
type ByTraveller struct {
	ByID
	Traveller string `path:"traveller" maxLength:"64"`
}

// ReplaceTraveller names who travels instead.
type ReplaceTraveller struct {
	ByTraveller
	Body TravellerFields
}

func (a *API) replaceTraveller(ctx context.Context, by scheduling.Actor, in *ReplaceTraveller) (*One[Traveller], error) {
	v, err := a.cfg.Desk.ReplaceTraveller(ctx, by, in.ID, in.Traveller, in.Body.into(callerIn(ctx)))
	if err != nil {
		return nil, err
	}
	return one(v.Rev, traveller(v, nil)), nil
}

// ReleaseTraveller says why somebody does not travel.
type ReleaseTraveller struct {
	ByTraveller
	Body Reason
}

func (a *API) releaseTraveller(ctx context.Context, by scheduling.Actor, in *ReleaseTraveller) (*One[Traveller], error) {
	v, err := a.cfg.Desk.ReleaseTraveller(ctx, by, in.ID, in.Traveller, in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return one(v.Rev, traveller(v, nil)), nil
}

func (a *API) listRooms(ctx context.Context, by scheduling.Actor, in *ByID) (*Listed[HotelRooms], error) {
	p, err := a.cfg.Desk.Rooms(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	return listed(a, ctx, p.Hotels, "", func(h *scheduling.HotelPage) HotelRooms { return hotelRooms(p, h) }), nil
}

// SetRooms are the rooms of one hotel.
type SetRooms struct {
	ByID
	Match
	Hotel string `path:"hotel" maxLength:"64"`
	Body  struct {
		Rooms []HotelRoom `json:"rooms" maxItems:"500"`
	}
}

func (a *API) setRooms(ctx context.Context, by scheduling.Actor, in *SetRooms) (*One[HotelRooms], error) {
	p, err := a.cfg.Desk.Rooms(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	if err := in.against(callerIn(ctx), p.Programme.Rev); err != nil {
		return nil, err
	}
	rooms := mapped(in.Body.Rooms, func(r HotelRoom) scheduling.HotelRoom {
		return scheduling.HotelRoom{ID: r.ID, Kind: scheduling.HotelRoomKind(r.Kind), Number: r.Number, TravellerIDs: r.Travellers}
	})
	if p, err = a.cfg.Desk.SetRooms(ctx, by, in.ID, in.Hotel, rooms, p.Programme.Rev); err != nil {
		return nil, err
	}
	return one(p.Programme.Rev, hotelRooms(p, p.Hotel(in.Hotel))), nil
}
