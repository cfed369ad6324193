package scheduling

import (
	"cmp"
	"slices"
	"strconv"

	"kohtaamo/storage"
)

// roomWishes finds whom each traveller wishes to share a room with, by the id of
// who wishes. A wish that fits nobody, or several, is none.
func roomWishes(all []*Traveller) map[string]*Traveller {
	out := map[string]*Traveller{}
	for _, v := range all {
		if v.Data == nil || v.Data.RoomWith == "" {
			continue
		}
		said := wordsIn(v.Data.RoomWith)
		var fit []*Traveller
		for _, o := range all {
			if name := wordsIn(o.Name); o.ID != v.ID && len(said) > 0 && (saidIn(name, said) || saidIn(said, name)) {
				fit = append(fit, o)
			}
		}
		if len(fit) == 1 {
			out[v.ID] = fit[0]
		}
	}
	return out
}

// saidIn reports whether all words of a are among those of b.
func saidIn(a, b []string) bool {
	return len(a) > 0 && !slices.ContainsFunc(a, func(w string) bool { return !slices.Contains(b, w) })
}

// SuggestRooms gives beds to those who have none in a hotel, within its block,
// and leaves everybody else where they sleep. Those who named each other share a
// room; then those who wish to be alone are; then the others, while there are
// single rooms. Nobody is put beside a stranger: who is left has no bed, for a
// person to decide. The same people and rooms give the same answer, in whatever
// order they come. New rooms have no ID.
func SuggestRooms(h *Hotel, all []*Traveller) []HotelRoom {
	s := &suggestion{rooms: slices.Clone(h.Rooms), free: map[HotelRoomKind]int{}, placed: map[string]bool{}}
	for _, c := range h.counts() {
		s.free[c.Kind] = c.Surplus
	}
	for _, r := range h.Rooms {
		for _, id := range r.TravellerIDs {
			s.placed[id] = true
		}
	}
	all = slices.Clone(all)
	slices.SortFunc(all, func(a, b *Traveller) int { return cmp.Or(cmp.Compare(a.Sort, b.Sort), cmp.Compare(a.ID, b.ID)) })
	named := roomWishes(all)
	for _, v := range all {
		if o := named[v.ID]; o != nil && named[o.ID] == v && !s.placed[o.ID] && !s.placed[v.ID] {
			s.share(v, o)
		}
	}
	for _, alone := range []bool{true, false} {
		for _, v := range all {
			if !s.placed[v.ID] && (v.Data != nil && v.Data.Room == SingleRoom) == alone {
				s.give(SingleRoom, v)
			}
		}
	}
	return s.rooms
}

// A suggestion is what SuggestRooms has come to so far.
type suggestion struct {
	rooms  []HotelRoom
	free   map[HotelRoomKind]int
	placed map[string]bool
}

// share gives a room to two who wish it: a double one only if both do.
func (s *suggestion) share(a, b *Traveller) {
	kinds := []HotelRoomKind{TwinRoom, DoubleRoom}
	if a.Data.Room == DoubleRoom && b.Data.Room == DoubleRoom {
		slices.Reverse(kinds)
	} else if a.Data.Room == TwinRoom || b.Data.Room == TwinRoom {
		kinds = kinds[:1]
	}
	for _, k := range kinds {
		if s.give(k, a, b) {
			return
		}
	}
}

// give takes a room of a kind out of the block, if one is left.
func (s *suggestion) give(k HotelRoomKind, who ...*Traveller) bool {
	if s.free[k] == 0 {
		return false
	}
	s.free[k]--
	r := HotelRoom{Kind: k}
	for _, v := range who {
		r.TravellerIDs = append(r.TravellerIDs, v.ID)
		s.placed[v.ID] = true
	}
	s.rooms = append(s.rooms, r)
	return true
}

// NumberRooms gives rooms that are shared and have no number one that is free,
// so that a form can say who sleeps together.
func NumberRooms(rooms []HotelRoom) []HotelRoom {
	rooms = slices.Clone(rooms)
	used := map[string]bool{}
	for _, r := range rooms {
		used[r.Number] = true
	}
	n := 0
	for i := range rooms {
		for rooms[i].Number == "" && len(rooms[i].TravellerIDs) > 1 {
			if n++; !used[strconv.Itoa(n)] {
				rooms[i].Number = strconv.Itoa(n)
			}
		}
	}
	return rooms
}

// A RoomChoice is where one traveller is to sleep, as a form says it.
type RoomChoice struct {
	TravellerID string
	Kind        HotelRoomKind // "" for no bed
	Number      string        // those of one number share a room; "" for a room alone
}

// RoomsOf makes rooms of what was chosen for each traveller. Rooms that there are
// keep their IDs. Two kinds for one number are a Problem.
func (h *Hotel) RoomsOf(choices []RoomChoice) (rooms []HotelRoom, err error) {
	for _, c := range choices {
		c.Number = cleanLine(c.Number)
		if c.Kind == "" {
			continue
		}
		i := slices.IndexFunc(rooms, func(r HotelRoom) bool { return c.Number != "" && r.Number == c.Number })
		if i < 0 {
			rooms = append(rooms, HotelRoom{ID: h.roomID(c, rooms), Kind: c.Kind, Number: c.Number, TravellerIDs: []string{c.TravellerID}})
			continue
		}
		if rooms[i].Kind != c.Kind {
			return nil, &Problem{Kind: Invalid, Key: "room.two_kinds", Args: []any{"number", c.Number}}
		}
		rooms[i].TravellerIDs = append(rooms[i].TravellerIDs, c.TravellerID)
	}
	return rooms, nil
}

// roomID is that of the room in which somebody sleeps, unless it is taken.
func (h *Hotel) roomID(c RoomChoice, taken []HotelRoom) string {
	for _, r := range h.Rooms {
		if slices.Contains(r.TravellerIDs, c.TravellerID) && !slices.ContainsFunc(taken, func(o HotelRoom) bool { return o.ID == r.ID }) {
			return r.ID
		}
	}
	return storage.NewID()
}
