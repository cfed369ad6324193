package scheduling

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"
)

// An OwnPart is a part of the programme as one traveller has it: at the time it
// takes place after all, with their own room, and naming nobody else who goes.
type OwnPart struct {
	Part     Part          `bson:"part"`               // without whom it is for
	Leg      *Leg          `bson:"leg,omitempty"`      // one of the three is set
	Hotel    *Hotel        `bson:"hotel,omitempty"`    // without rooms and prices
	Activity *Activity     `bson:"activity,omitempty"` // without what its leaders alone read
	City     string        `bson:"city,omitempty"`     // of its stop
	Host     string        `bson:"host,omitempty"`
	Address  string        `bson:"address,omitempty"` // of the host
	Room     HotelRoomKind `bson:"room,omitempty"`    // theirs; none while none is given
	Number   string        `bson:"number,omitempty"`  // of it
}

// ownParts are the parts that a traveller takes part in, by their start.
func (p *Programme) ownParts(t *Trip, travellerID string) (out []OwnPart) {
	for _, x := range p.Parts(t) {
		if x.Has(travellerID) {
			out = append(out, p.ownPart(t, x, travellerID))
		}
	}
	sortOwn(out)
	return out
}

func sortOwn(list []OwnPart) {
	slices.SortStableFunc(list, func(a, b OwnPart) int {
		return cmp.Or(a.Part.Starts.Compare(b.Part.Starts), a.Part.Ends.Compare(b.Part.Ends), cmp.Compare(a.Part.ID, b.Part.ID))
	})
}

// ownPart is x as a traveller has it; as everybody has it for "".
func (p *Programme) ownPart(t *Trip, x Part, travellerID string) OwnPart {
	s, _ := t.Stop(x.StopID)
	own := OwnPart{Part: x, City: s.City}
	own.Part.Crowd = Crowd{}
	switch x.Kind {
	case LegPart:
		leg := *p.Leg(x.ID)
		leg.Revised, leg.Crowd, leg.Minutes = Revised{}, Crowd{}, 0
		own.Leg = &leg
	case StayPart:
		h := p.Hotel(x.ID)
		own.Hotel = &Hotel{ID: h.ID, StopID: h.StopID, Name: h.Name, Address: h.Address, Phone: h.Phone, From: h.From, Until: h.Until}
		own.Room, own.Number = h.roomOf(travellerID)
	case ActivityPart:
		a := *p.Activity(x.ID)
		a.Revised, a.Crowd, a.Capacity, a.Note = Revised{}, Crowd{}, 0, ""
		own.Activity = &a
		if h := p.Host(a.HostID); h != nil {
			own.Host, own.Address = h.Name, h.Address
		}
	}
	late := time.Duration(own.late()) * time.Minute
	own.Part.Starts, own.Part.Ends = x.Starts.Add(late).UTC(), x.Ends.Add(late).UTC()
	return own
}

// roomOf is the room that somebody sleeps in.
func (h *Hotel) roomOf(travellerID string) (kind HotelRoomKind, number string) {
	for _, r := range h.Rooms {
		if slices.Contains(r.TravellerIDs, travellerID) {
			return r.Kind, r.Number
		}
	}
	return "", ""
}

// late is how many minutes later than planned x begins.
func (x *OwnPart) late() int {
	switch {
	case x.Leg != nil:
		return x.Leg.Late
	case x.Activity != nil:
		return x.Activity.Late
	}
	return 0
}

// says is all that an itinerary says of x, to tell two versions apart; its
// revision is no part of that.
func (x OwnPart) says() string {
	x.Part.Revised = Revised{}
	b, err := json.Marshal(x)
	if err != nil {
		return err.Error() // it holds nothing that JSON does not know
	}
	return string(b)
}
