package scheduling

import (
	"cmp"
	"slices"
	"time"

	"kohtaamo/storage"
)

// A Programme is what happens on a trip, and who takes part in what. Its ID is
// the trip's. It is one document, so that no two people can put a traveller in
// two places at once.
type Programme struct {
	storage.Meta `bson:",inline"`
	Legs         []Leg       `bson:"legs"`
	Hotels       []Hotel     `bson:"hotels"`
	Hosts        []Host      `bson:"hosts"`
	Activities   []Activity  `bson:"activities"`
	Travel       []TravelLeg `bson:"travel,omitempty"`       // minutes between two places, by their names
	PublishedAt  time.Time   `bson:"published_at,omitempty"` // travellers see their itineraries from here on
	Dropped      []Part      `bson:"dropped,omitempty"`      // what left the published programme, while calendars have to be told
}

// A Crowd is whom a part of the programme is for.
type Crowd struct {
	Everyone     bool     `bson:"everyone" json:"everyone"`
	TravellerIDs []string `bson:"traveller_ids,omitempty" json:"traveller_ids,omitempty"` // if not for everyone
}

// Has reports whether a traveller takes part.
func (c Crowd) Has(travellerID string) bool {
	return c.Everyone || slices.Contains(c.TravellerIDs, travellerID)
}

// Revised is what calendars know of a part of the programme.
type Revised struct {
	UID      string    `bson:"uid" json:"uid"`           // never changes
	Sequence int       `bson:"sequence" json:"sequence"` // rises with every visible change of what is published (RFC 5545 §3.8.7.4)
	Changed  time.Time `bson:"changed" json:"changed"`
}

// LegKind says how people get from one place to another.
type LegKind string

// The kinds of leg.
const (
	ByAir   LegKind = "flight"
	ByTrain LegKind = "train"
	ByBus   LegKind = "bus"
	ByFerry LegKind = "ferry"
	ByCar   LegKind = "car"
)

// LegKinds are all of them, in the order of a form.
var LegKinds = []LegKind{ByAir, ByTrain, ByBus, ByFerry, ByCar}

// A Leg is a way from one place to another. It departs on the clock of one zone
// and arrives on that of another.
type Leg struct {
	ID      string `bson:"id" json:"id"`
	Revised `bson:",inline"`
	Crowd   `bson:",inline"`
	Kind    LegKind   `bson:"kind" json:"kind"`
	Carrier string    `bson:"carrier,omitempty" json:"carrier,omitempty"`
	Number  string    `bson:"number,omitempty" json:"number,omitempty"`
	From    Terminal  `bson:"from" json:"from"`
	To      Terminal  `bson:"to" json:"to"`
	Departs time.Time `bson:"departs" json:"departs"`
	Arrives time.Time `bson:"arrives" json:"arrives"`
	Meet    string    `bson:"meet,omitempty" json:"meet,omitempty"`       // where the group gathers, and when
	StopID  string    `bson:"stop_id,omitempty" json:"stop_id,omitempty"` // that it leads to; "": as its arrival tells, see Leads
	Minutes int       `bson:"minutes,omitempty" json:"minutes,omitempty"` // needed to change to it from the leg before; 0: as usual for its kind
	Note    string    `bson:"note,omitempty" json:"note,omitempty"`
	Contact string    `bson:"contact,omitempty" json:"contact,omitempty"` // the driver, the carrier's desk
	Late    int       `bson:"late,omitempty" json:"late,omitempty"`       // minutes that it departs, and arrives, later than planned, said on the day
}

// A Terminal is one end of a leg.
type Terminal struct {
	Name string `bson:"name" json:"name"`
	Code string `bson:"code,omitempty" json:"code,omitempty"` // IATA code of an airport
	Zone string `bson:"zone" json:"zone"`                     // IANA name
}

// HotelRoomKind says who sleeps in a room.
type HotelRoomKind string

// The kinds of room.
const (
	SingleRoom HotelRoomKind = "single"
	DoubleRoom HotelRoomKind = "double"
	TwinRoom   HotelRoomKind = "twin"
)

// HotelRoomKinds are all of them, in the order of a form.
var HotelRoomKinds = []HotelRoomKind{SingleRoom, TwinRoom, DoubleRoom}

// Beds is how many people sleep in a room of the kind.
func (k HotelRoomKind) Beds() int {
	if k == SingleRoom {
		return 1
	}
	return 2
}

// A Hotel is where a trip sleeps, with the rooms that are held for it.
type Hotel struct {
	ID        string `bson:"id" json:"id"`
	Revised   `bson:",inline"`
	StopID    string      `bson:"stop_id" json:"stop_id"`
	Name      string      `bson:"name" json:"name"`
	Address   string      `bson:"address,omitempty" json:"address,omitempty"`
	Phone     string      `bson:"phone,omitempty" json:"phone,omitempty"`
	From      string      `bson:"from" json:"from"`   // first night, 2006-01-02
	Until     string      `bson:"until" json:"until"` // day of leaving
	Block     []RoomBlock `bson:"block,omitempty" json:"block,omitempty"`
	ReleaseBy string      `bson:"release_by,omitempty" json:"release_by,omitempty"` // day until which rooms can be given back
	Rooms     []HotelRoom `bson:"rooms,omitempty" json:"rooms,omitempty"`
}

// A RoomBlock is how many rooms of a kind a hotel holds. The price is of a room
// and night, in cents of the trip's currency.
type RoomBlock struct {
	Kind  HotelRoomKind `bson:"kind" json:"kind"`
	Count int           `bson:"count" json:"count"`
	Price int64         `bson:"price,omitempty" json:"price,omitempty"`
}

// A HotelRoom is a room with those who sleep in it.
type HotelRoom struct {
	ID           string        `bson:"id" json:"id"`
	Kind         HotelRoomKind `bson:"kind" json:"kind"`
	Number       string        `bson:"number,omitempty" json:"number,omitempty"`
	TravellerIDs []string      `bson:"traveller_ids" json:"traveller_ids"`
}

// HostState is whether a host receives the delegation.
type HostState string

// The states of a host.
const (
	HostPlanned   HostState = "planned"
	HostInvited   HostState = "invited"
	HostConfirmed HostState = "confirmed"
	HostDeclined  HostState = "declined"
)

// HostStates are all of them, in the order of a form.
var HostStates = []HostState{HostPlanned, HostInvited, HostConfirmed, HostDeclined}

// A Host is whom a delegation visits.
type Host struct {
	ID         string        `bson:"id" json:"id"`
	CompanyID  string        `bson:"company_id,omitempty" json:"company_id,omitempty"` // if it stands in the directory
	StopID     string        `bson:"stop_id" json:"stop_id"`
	Name       string        `bson:"name" json:"name"`
	About      Text          `bson:"about,omitempty" json:"about,omitempty"` // Markdown: the profile in the briefing pack
	Website    string        `bson:"website,omitempty" json:"website,omitempty"`
	Address    string        `bson:"address,omitempty" json:"address,omitempty"`
	Lang       string        `bson:"lang" json:"lang"` // that its mails are in
	Contacts   []HostContact `bson:"contacts,omitempty" json:"contacts,omitempty"`
	State      HostState     `bson:"state" json:"state"`
	InvitedAt  time.Time     `bson:"invited_at,omitempty" json:"invited_at,omitzero"`
	AnsweredAt time.Time     `bson:"answered_at,omitempty" json:"answered_at,omitzero"`
	Comment    string        `bson:"comment,omitempty" json:"comment,omitempty"`   // what it said with its answer
	Proposes   string        `bson:"proposes,omitempty" json:"proposes,omitempty"` // another time, where it asked for one
	AgainAt    time.Time     `bson:"again_at,omitempty" json:"again_at,omitzero"`  // when it was reminded of the invitation
	Kind       CompanyKind   `bson:"kind,omitempty" json:"kind,omitempty"`         // of one that does not stand in the directory
	Generation int           `bson:"generation,omitempty" json:"-"`                // of its links
}

// A HostContact is somebody at a host.
type HostContact struct {
	Name  string `bson:"name" json:"name"`
	Title string `bson:"title,omitempty" json:"title,omitempty"`
	Email string `bson:"email,omitempty" json:"email,omitempty"`
	Phone string `bson:"phone,omitempty" json:"phone,omitempty"`
}

// ActivityKind says what an activity is.
type ActivityKind string

// The kinds of activity.
const (
	HostVisit ActivityKind = "visit"    // of a host, by a sub-group or all
	Common    ActivityKind = "common"   // of the common programme: a seminar, a reception
	Meal      ActivityKind = "meal"     // diets are counted for it
	Transfer  ActivityKind = "transfer" // a bus within a city
	B2B       ActivityKind = "b2b"      // the meetings of a round
	FreeTime  ActivityKind = "free"     // takes nobody's time
)

// ActivityKinds are all of them, in the order of a form.
var ActivityKinds = []ActivityKind{HostVisit, Common, Meal, Transfer, B2B, FreeTime}

// An Activity is a line of a trip's programme, on the clock of its stop.
type Activity struct {
	ID       string `bson:"id" json:"id"`
	Revised  `bson:",inline"`
	Crowd    `bson:",inline"`
	Kind     ActivityKind `bson:"kind" json:"kind"`
	StopID   string       `bson:"stop_id" json:"stop_id"`
	HostID   string       `bson:"host_id,omitempty" json:"host_id,omitempty"`
	RoundID  string       `bson:"round_id,omitempty" json:"round_id,omitempty"`
	Title    Text         `bson:"title" json:"title"`
	About    Text         `bson:"about,omitempty" json:"about,omitempty"`
	Group    string       `bson:"group,omitempty" json:"group,omitempty"`       // what the sub-group is called
	Language string       `bson:"language,omitempty" json:"language,omitempty"` // spoken there
	Place    string       `bson:"place,omitempty" json:"place,omitempty"`
	Address  string       `bson:"address,omitempty" json:"address,omitempty"`
	Meet     string       `bson:"meet,omitempty" json:"meet,omitempty"` // where the group gathers, and when
	Starts   time.Time    `bson:"starts" json:"starts"`
	Ends     time.Time    `bson:"ends" json:"ends"`
	Capacity int          `bson:"capacity" json:"capacity"`             // 0: no limit
	NDA      bool         `bson:"nda,omitempty" json:"nda,omitempty"`   // those who go have to have signed one
	Note     string       `bson:"note,omitempty" json:"note,omitempty"` // for those who lead it
	Late     int          `bson:"late,omitempty" json:"late,omitempty"` // minutes that it begins later than planned, said on the day
}

// Leg gives one by its ID; nil if there is none. What is behind the pointer is
// p's own, as with the other finders.
func (p *Programme) Leg(id string) *Leg { return byID(p.Legs, id, func(x *Leg) string { return x.ID }) }

// Hotel gives one by its ID, or nil.
func (p *Programme) Hotel(id string) *Hotel {
	return byID(p.Hotels, id, func(x *Hotel) string { return x.ID })
}

// Host gives one by its ID, or nil.
func (p *Programme) Host(id string) *Host {
	return byID(p.Hosts, id, func(x *Host) string { return x.ID })
}

// Activity gives one by its ID, or nil.
func (p *Programme) Activity(id string) *Activity {
	return byID(p.Activities, id, func(x *Activity) string { return x.ID })
}

func byID[T any](list []T, id string, of func(*T) string) *T {
	for i := range list {
		if of(&list[i]) == id {
			return &list[i]
		}
	}
	return nil
}

// PartKind says what a part of a programme is.
type PartKind string

// The kinds of part.
const (
	LegPart      PartKind = "leg"
	StayPart     PartKind = "stay"
	ActivityPart PartKind = "activity"
)

// A Part is a leg, a hotel stay or an activity, as all that go through the
// programme see it. A stay is from the first night's date to the day of
// leaving; its moments are midnights of its stop's clock.
type Part struct {
	Kind      PartKind `bson:"kind"`
	ID        string   `bson:"id"`
	Revised   `bson:",inline"`
	Crowd     `bson:",inline"`
	StopID    string    `bson:"stop_id,omitempty"` // none of a leg
	Starts    time.Time `bson:"starts"`
	Ends      time.Time `bson:"ends"`
	StartZone string    `bson:"start_zone"`
	EndZone   string    `bson:"end_zone"`
	From      string    `bson:"from"` // where one has to be when it starts
	To        string    `bson:"to"`   // where one is when it ends
	Title     Text      `bson:"title,omitempty"`
	Bulky     bool      `bson:"bulky"` // takes the time of those who take part: not a stay, not free time
}

// Parts are all parts of the programme by their start, what does not take time
// after what does.
func (p *Programme) Parts(t *Trip) []Part {
	var out []Part
	for _, l := range p.Legs {
		out = append(out, l.part())
	}
	for _, h := range p.Hotels {
		out = append(out, h.part(t))
	}
	for _, a := range p.Activities {
		out = append(out, a.part(t, p))
	}
	slices.SortStableFunc(out, func(a, b Part) int {
		return cmp.Or(a.Starts.Compare(b.Starts), a.Ends.Compare(b.Ends), cmp.Compare(a.ID, b.ID))
	})
	return out
}

func (l *Leg) part() Part {
	return Part{Kind: LegPart, ID: l.ID, Revised: l.Revised, Crowd: l.Crowd, Starts: l.Departs, Ends: l.Arrives, StartZone: l.From.Zone, EndZone: l.To.Zone,
		From: l.From.Name, To: l.To.Name, Bulky: true}
}

func (h *Hotel) part(t *Trip) Part {
	s, _ := t.Stop(h.StopID)
	x := Part{Kind: StayPart, ID: h.ID, Revised: h.Revised, StopID: h.StopID, StartZone: s.Zone, EndZone: s.Zone, From: h.Name, To: h.Name}
	x.Starts, x.Ends = midnight(h.From, s.Location()), midnight(h.Until, s.Location())
	for _, r := range h.Rooms {
		x.TravellerIDs = append(x.TravellerIDs, r.TravellerIDs...)
	}
	return x
}

func (a *Activity) part(t *Trip, p *Programme) Part {
	s, _ := t.Stop(a.StopID)
	place := cmp.Or(a.Place, a.Address)
	if h := p.Host(a.HostID); place == "" && h != nil {
		place = cmp.Or(h.Name, h.Address)
	}
	x := Part{Kind: ActivityPart, ID: a.ID, Revised: a.Revised, Crowd: a.Crowd, StopID: a.StopID, Starts: a.Starts, Ends: a.Ends, StartZone: s.Zone, EndZone: s.Zone,
		From: place, To: place, Title: a.Title, Bulky: a.Kind != FreeTime}
	if a.Kind == Transfer {
		x.To = "" // where the next part begins
	}
	return x
}

// midnight is when a date begins on a wall clock; zero if s is none.
func midnight(s string, loc *time.Location) time.Time {
	day, err := time.ParseInLocation(time.DateOnly, s, loc)
	if err != nil {
		return time.Time{}
	}
	return day.UTC()
}

var programmes = storage.NewCollection[Programme]("trip_programmes")

// programmeOf is the programme of a trip: an empty one where there is none yet.
func programmeOf(tx *storage.Tx, t *Trip) (*Programme, error) {
	p, err := programmes.Get(tx, t.ID)
	if ignoreMissing(err) != nil {
		return nil, err
	}
	if p == nil {
		p = &Programme{Meta: storage.Meta{ID: t.ID}}
	}
	return p, nil
}
