package scheduling

import (
	"context"
	"slices"

	"kohtaamo/storage"
)

// RoomsPage is who sleeps where on a trip.
type RoomsPage struct {
	*ProgrammePage
	Hotels []*HotelPage
}

// A HotelPage is one hotel with its rooms, and who has none.
type HotelPage struct {
	*Hotel
	City     string
	Counts   []RoomCount
	Sleepers []Sleeper // all who travel, by name
	Homeless int       // of them, how many have no bed
}

// A RoomCount is how many rooms of a kind a hotel holds, and how many are given.
type RoomCount struct {
	Kind           HotelRoomKind
	Block, Given   int
	Short, Surplus int // by which more are given than held, or fewer
}

// A Sleeper is somebody with what they wish, and where they sleep.
type Sleeper struct {
	*Traveller
	Room   *HotelRoom // nil for none
	Wish   HotelRoomKind
	With   string     // whom they named, in their words
	Mutual *Traveller // whom they named, and who named them
	Named  *Traveller // whom they named, but who did not name them
}

// Rooms shows who sleeps where to whoever organises or leads the trip.
func (d *Desk) Rooms(ctx context.Context, by Actor, tripID string) (*RoomsPage, error) {
	p, err := d.Programme(ctx, by, tripID)
	if err != nil {
		return nil, err
	}
	return p.rooms(), nil
}

func (p *ProgrammePage) rooms() *RoomsPage {
	out := &RoomsPage{ProgrammePage: p}
	for i := range p.Programme.Hotels {
		h := &p.Programme.Hotels[i]
		s, _ := p.Trip.Stop(h.StopID)
		page := &HotelPage{Hotel: h, City: s.City, Counts: h.counts(), Sleepers: sleepers(h, p.Travellers)}
		for _, x := range page.Sleepers {
			if x.Room == nil {
				page.Homeless++
			}
		}
		out.Hotels = append(out.Hotels, page)
	}
	return out
}

// Hotel gives one by its ID, or nil.
func (p *RoomsPage) Hotel(id string) *HotelPage {
	i := slices.IndexFunc(p.Hotels, func(h *HotelPage) bool { return h.ID == id })
	if i < 0 {
		return nil
	}
	return p.Hotels[i]
}

// counts compares the rooms that are given with those that are held. Kinds of
// which there is neither are left out.
func (h *Hotel) counts() (out []RoomCount) {
	for _, k := range HotelRoomKinds {
		c := RoomCount{Kind: k}
		for _, b := range h.Block {
			if b.Kind == k {
				c.Block += b.Count
			}
		}
		for _, r := range h.Rooms {
			if r.Kind == k {
				c.Given++
			}
		}
		c.Short, c.Surplus = max(0, c.Given-c.Block), max(0, c.Block-c.Given)
		if c.Block+c.Given > 0 {
			out = append(out, c)
		}
	}
	return out
}

// sleepers are all who travel, with their wishes and their rooms in a hotel.
func sleepers(h *Hotel, all []*Traveller) (out []Sleeper) {
	named := roomWishes(all)
	for _, v := range all {
		x := Sleeper{Traveller: v}
		if v.Data != nil {
			x.Wish, x.With = v.Data.Room, v.Data.RoomWith
		}
		if other := named[v.ID]; other != nil && named[other.ID] == v {
			x.Mutual = other
		} else {
			x.Named = other
		}
		for i := range h.Rooms {
			if slices.Contains(h.Rooms[i].TravellerIDs, v.ID) {
				x.Room = &h.Rooms[i]
			}
		}
		out = append(out, x)
	}
	return out
}

// SetRooms says who sleeps where in one hotel. No room holds more people than it
// has beds, and nobody sleeps in two rooms in the same night. Rooms with nobody
// in them are rooms of the block that are not given: they are left out. rev is the
// revision of the programme that was looked at.
func (d *Desk) SetRooms(ctx context.Context, by Actor, tripID, hotelID string, rooms []HotelRoom, rev int64) (*RoomsPage, error) {
	p, err := d.changeProgramme(ctx, by, tripID, rev, "programme.rooms", func(_ *storage.Tx, p *ProgrammePage) error {
		h := p.Programme.Hotel(hotelID)
		if h == nil {
			return errHidden
		}
		h.Rooms = nil
		for _, r := range rooms {
			if r.Number = cleanLine(r.Number); len(r.TravellerIDs) > 0 {
				r.ID = orNew(r.ID)
				h.Rooms = append(h.Rooms, r)
			}
		}
		return p.checkRooms(h)
	})
	if err != nil {
		return nil, err
	}
	return p.rooms(), nil
}

// checkRooms says what is wrong with the rooms of a hotel.
func (p *ProgrammePage) checkRooms(h *Hotel) error {
	wrong := func(key, name string) error {
		return &Problem{Kind: Invalid, Key: key, Args: []any{"name", name}}
	}
	here := map[string]bool{}
	for _, r := range h.Rooms {
		if !slices.Contains(HotelRoomKinds, r.Kind) || len([]rune(r.Number)) > lineLimit {
			return &Problem{Kind: Invalid, Key: "room.wrong"}
		}
		if len(r.TravellerIDs) > r.Kind.Beds() {
			return wrong("room.too_many", p.nameOf(r.TravellerIDs[0]))
		}
		for _, id := range r.TravellerIDs {
			switch {
			case p.nameOf(id) == "":
				return &Problem{Kind: Invalid, Key: "room.stranger"}
			case here[id]:
				return wrong("room.twice", p.nameOf(id))
			case p.sleepsElsewhere(h, id):
				return wrong("room.elsewhere", p.nameOf(id))
			}
			here[id] = true
		}
	}
	return nil
}

// nameOf is what somebody who travels is called; "" for anybody else.
func (p *ProgrammePage) nameOf(travellerID string) string {
	for _, v := range p.Travellers {
		if v.ID == travellerID {
			return v.Name
		}
	}
	return ""
}

// sleepsElsewhere reports whether somebody has a bed in another hotel for one of
// the nights of h.
func (p *ProgrammePage) sleepsElsewhere(h *Hotel, travellerID string) bool {
	for _, o := range p.Programme.Hotels {
		if o.ID == h.ID || o.Until <= h.From || h.Until <= o.From {
			continue
		}
		for _, r := range o.Rooms {
			if slices.Contains(r.TravellerIDs, travellerID) {
				return true
			}
		}
	}
	return false
}

// Names are those of the people in a room.
func (h *HotelPage) Names(r HotelRoom) (names []string) {
	for _, id := range r.TravellerIDs {
		for _, v := range h.Sleepers {
			if v.ID == id {
				names = append(names, v.Name)
			}
		}
	}
	return names
}
