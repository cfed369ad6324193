package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"kohtaamo/storage"
)

// How many letters somebody's goals, and the code of their language, have at most.
const (
	goalsLimit = 2000
	langLimit  = 8
)

// TravellerRole says what somebody does on a trip.
type TravellerRole string

// The roles of a traveller.
const (
	AsLeader   TravellerRole = "leader"
	AsDelegate TravellerRole = "delegate" // of a company that was selected
	AsStaff    TravellerRole = "staff"    // an interpreter, somebody of the house
	AsVisitor  TravellerRole = "visitor"  // of an incoming delegation
)

// TravellerRoles are all of them, in the order of a form.
var TravellerRoles = []TravellerRole{AsDelegate, AsLeader, AsStaff, AsVisitor}

// TravellerState is whether somebody goes.
type TravellerState string

// The states of a traveller.
const (
	TravellerGoing TravellerState = "going"
	TravellerOut   TravellerState = "out" // gave the place up, or was replaced
)

// A Traveller is one person on one trip. What is asked of them is kept apart
// from who they are: it is purged some days after the trip, who came and what
// came of it stays.
type Traveller struct {
	storage.Meta  `bson:",inline"`
	TripID        string               `bson:"trip_id"`
	ApplicationID string               `bson:"application_id,omitempty"` // whose seat it is; none of leaders and staff
	CompanyID     string               `bson:"company_id,omitempty"`
	Company       string               `bson:"company,omitempty"`
	PersonID      string               `bson:"person_id"`
	Live          string               `bson:"live,omitempty"` // trip and person while they go: there is one at most
	Name          string               `bson:"name"`
	Sort          string               `bson:"sort"`
	Email         string               `bson:"email"`
	Phone         string               `bson:"phone,omitempty"`
	Lang          string               `bson:"lang"`
	Title         string               `bson:"title,omitempty"`
	Role          TravellerRole        `bson:"role"`
	State         TravellerState       `bson:"state"`
	Goals         string               `bson:"goals,omitempty"` // what they want to come home with
	Data          *TravellerData       `bson:"data,omitempty"`  // nil before they answered, and after it was purged
	DataAt        time.Time            `bson:"data_at,omitempty"`
	Kept          bool                 `bson:"kept"` // there is something to purge one day
	PurgedAt      time.Time            `bson:"purged_at,omitempty"`
	Marks         map[string]Mark      `bson:"marks,omitempty"`        // activity or leg id → whether they came
	Left          []Departed           `bson:"left,omitempty"`         // parts they no longer take part in, while calendars have to be told
	Known         []OwnPart            `bson:"known,omitempty"`        // their itinerary as their last mail told it
	Joined        map[string]Ahead     `bson:"joined,omitempty"`       // UID → what their own revision is ahead of the part's
	ChangedFrom   time.Time            `bson:"changed_from,omitempty"` // the first change of their itinerary that they were not told of; zero: they know it
	ChangedAt     time.Time            `bson:"changed_at,omitempty"`   // the last one
	Invites       bool                 `bson:"invites,omitempty"`      // they want each part as an invite
	Invited       map[string]int       `bson:"invited,omitempty"`      // UID → the revision of the invite that was promised last
	OutAt         time.Time            `bson:"out_at,omitempty"`       // when all parts of somebody who is out went to Left
	NDAs          map[string]string    `bson:"ndas,omitempty"`         // host or activity id → day on which they signed its agreement, 2006-01-02
	Told          map[string]time.Time `bson:"told,omitempty"`         // mails that went out once, by their kind
	Generation    int                  `bson:"generation"`             // of their links
	Words         []string             `bson:"words"`                  // of name and company alone
}

// TravellerFields are what a traveller can be asked for, in the order of a
// form. A trip asks for those it needs and no more.
var TravellerFields = []string{"diet", "emergency", "passport", "rooming", "access", "phone"}

// TravellerData is what a traveller answered; only leaders and organisers of
// the trip see it.
type TravellerData struct {
	Diets          []string      `bson:"diets,omitempty" json:"diets,omitempty"` // of Diets
	Allergies      string        `bson:"allergies,omitempty" json:"allergies,omitempty"`
	EmergencyName  string        `bson:"emergency_name,omitempty" json:"emergency_name,omitempty"`
	EmergencyPhone string        `bson:"emergency_phone,omitempty" json:"emergency_phone,omitempty"`
	PassportExpiry string        `bson:"passport_expiry,omitempty" json:"passport_expiry,omitempty"` // 2006-01-02
	Room           HotelRoomKind `bson:"room,omitempty" json:"room,omitempty"`
	RoomWith       string        `bson:"room_with,omitempty" json:"room_with,omitempty"` // whom they would share with, in their words
	Access         string        `bson:"access,omitempty" json:"access,omitempty"`       // what they need to take part
	Phone          string        `bson:"phone,omitempty" json:"phone,omitempty"`         // on the road
	Agreed         *Consent      `bson:"agreed,omitempty" json:"agreed,omitempty"`       // to the use of what they said about their health
}

// Diets are those that a caterer counts, in the order of a form.
var Diets = []string{"vegetarian", "vegan", "gluten_free", "lactose_free", "halal", "kosher", "no_pork", "no_fish", "no_nuts"}

// A Mark says whether somebody took part.
type Mark struct {
	Present bool      `bson:"present" json:"present"`
	At      time.Time `bson:"at" json:"at"`
	By      string    `bson:"by" json:"by"` // person id
	Note    string    `bson:"note,omitempty" json:"note,omitempty"`
}

// Departed is a part of the programme that somebody no longer takes part in,
// as they had it.
type Departed struct {
	Part     OwnPart   `bson:"part"`
	Sequence int       `bson:"sequence"` // of the entry that takes it back
	At       time.Time `bson:"at"`
}

// Ahead is how far somebody's own revision of a part is ahead of the part's:
// they came back to it, or something in it changed for them alone.
type Ahead struct {
	By int       `bson:"by"`
	At time.Time `bson:"at"`
}

var travellers = storage.NewCollection[Traveller]("travellers",
	storage.UniqueIf("live"), storage.Ordered("trip_id", "sort"), storage.Ordered("person_id"), storage.Ordered("application_id"),
	storage.Ordered("company_id"), storage.Ordered("changed_at"), storage.Ordered("kept", "trip_id"), storage.Ordered("purged_at"), storage.Many("words"))

// Goes reports whether somebody travels.
func (v *Traveller) Goes() bool { return v.State == TravellerGoing }

// travellersOf are those who go on a trip, by name.
func travellersOf(tx *storage.Tx, tripID string) (out []*Traveller, err error) {
	for v, err := range travellers.Each(tx, storage.Query{Where: []storage.Cond{storage.Is("trip_id", tripID)}, Sort: "sort"}) {
		if err != nil {
			return nil, err
		}
		if v.Goes() {
			out = append(out, v)
		}
	}
	return out, nil
}

// AddTraveller takes somebody along on a trip: a leader, staff, or a delegate
// whose seat an organiser knows of. They are welcomed with a link of their own. A
// leader may lead the trip from here on; only its organisers name one.
func (d *Desk) AddTraveller(ctx context.Context, by Actor, tripID string, in *Traveller) (*Traveller, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	var out *Traveller
	err := d.update(ctx, func(tx *storage.Tx) error {
		t, err := ledTrip(tx, by, tripID)
		if err != nil {
			return err
		}
		if err := t.takes(tx.Now()); err != nil {
			return err
		}
		v := *in
		v.Meta, v.TripID, v.State = storage.Meta{ID: orNew(in.ID)}, t.ID, TravellerGoing
		out = &v
		if err := d.takeAlong(tx, by, t, out); err != nil {
			return err
		}
		if err := d.nameLeader(tx, by, t, out); err != nil {
			return err
		}
		return d.welcomeTraveller(tx, by, t, out)
	})
	if err != nil {
		return nil, fmt.Errorf("add traveller: %w", travelsTwice(err))
	}
	return out, nil
}

// travelsTwice turns a second place of the same person into words.
func travelsTwice(err error) error {
	if errors.Is(err, storage.ErrDuplicate) {
		return &Problem{Kind: Exists, Key: "traveller.twice", Fields: map[string]string{"email": "traveller.twice"}}
	}
	return err
}

// takes reports why nobody can be taken along any more.
func (t *Trip) takes(now time.Time) error {
	if t.Off() || !now.Before(t.Ends) {
		return &Problem{Kind: Closed, Key: "traveller.trip_over"}
	}
	return nil
}

// takeAlong stores a new traveller, as one person of the directory.
func (d *Desk) takeAlong(tx *storage.Tx, by Actor, t *Trip, v *Traveller) error {
	p, err := travelling(tx, t.ClusterIDs, v)
	if err != nil {
		return err
	}
	v.PersonID, v.Live = p.ID, t.ID+"/"+p.ID
	if v.CompanyID == "" && v.Company == "" && p.CompanyID != "" {
		c, err := companies.Get(tx, p.CompanyID)
		if ignoreMissing(err) != nil {
			return err
		}
		if c != nil {
			v.CompanyID, v.Company = c.ID, c.Name
		}
	}
	v.index()
	if err := d.joinItinerary(tx, t, v); err != nil {
		return err
	}
	if err := travellers.Put(tx, v); err != nil {
		return err
	}
	return d.log(tx, by, "traveller.add", v.ID, t.ID, v.Name, "")
}

// travelling is the person with a traveller's address; who is not known yet
// is taken in as they say. Their phone is for the trip alone: it does not go into
// the directory, where it would outlive it.
func travelling(tx *storage.Tx, clusterIDs []string, v *Traveller) (*Person, error) {
	p, err := people.First(tx, storage.Query{Where: []storage.Cond{storage.Is("email", v.Email)}})
	if err == nil || !errors.Is(err, storage.ErrNotFound) {
		return p, err
	}
	p = &Person{Email: v.Email, Name: v.Name, Lang: v.Lang, CompanyID: v.CompanyID, Title: v.Title, ClusterIDs: clusterIDs}
	p.index()
	return p, people.Put(tx, p)
}

// check cleans what was typed and says everything that is wrong with it.
func (v *Traveller) check() error {
	f := faults{}
	v.Name, v.Company, v.Title, v.Phone = cleanLine(v.Name), cleanLine(v.Company), cleanLine(v.Title), cleanLine(v.Phone)
	f.need("name", v.Name, lineLimit)
	f.limit("company", v.Company, lineLimit)
	f.limit("title", v.Title, lineLimit)
	v.Goals = cleanText(v.Goals)
	f.limit("goals", v.Goals, goalsLimit)
	f.limit("lang", v.Lang, langLimit)
	v.Phone = f.phone("phone", v.Phone)
	v.Email = f.address("email", v.Email)
	if v.Role == "" {
		v.Role = AsDelegate
	}
	if !slices.Contains(TravellerRoles, v.Role) {
		f.add("role", "problem.choice")
	}
	return f.problem()
}

func (v *Traveller) index() {
	v.Sort = strings.ToLower(v.Name)
	v.Words = words(v.Name, v.Company)
	v.Kept = v.Data != nil || v.Phone != ""
}
