package api

import (
	"context"
	"net/http"
	"time"

	"kohtaamo/scheduling"
)

// A Programme is what happens on a trip, and who takes part in what. Hosts and
// rooms have operations of their own.
type Programme struct {
	TripID      string     `json:"trip_id"`
	Revision    int64      `json:"revision"`
	PublishedAt *time.Time `json:"published_at,omitempty" doc:"Travellers see their itineraries from here on"`
	ProgrammeFields
	Travellers []ProgrammeTraveller `json:"travellers" doc:"Who travels"`
}

// ProgrammeFields are what can be written of a programme.
type ProgrammeFields struct {
	Legs       []ProgrammeLeg      `json:"legs" maxItems:"300"`
	Stays      []ProgrammeStay     `json:"stays" maxItems:"300"`
	Activities []ProgrammeActivity `json:"activities" maxItems:"300"`
	Travel     []ProgrammeWay      `json:"travel" required:"false" maxItems:"300" doc:"Minutes from place to place, either way; a quarter of an hour where none are named"`
}

// Known is what calendars know of a part. It is read, and never written.
type Known struct {
	UID      string `json:"uid" required:"false" readOnly:"true"`
	Sequence int    `json:"sequence" required:"false" readOnly:"true"`
}

// Crowd is whom a part is for.
type Crowd struct {
	Everyone     bool     `json:"everyone" required:"false"`
	TravellerIDs []string `json:"traveller_ids" required:"false" maxItems:"500" doc:"If it is not for everyone"`
}

// A ProgrammeEnd is one end of a leg.
type ProgrammeEnd struct {
	Name string `json:"name" minLength:"1" maxLength:"200"`
	Code string `json:"code,omitempty" required:"false" maxLength:"8" doc:"IATA code of an airport"`
	Zone string `json:"zone" maxLength:"64" example:"Europe/Madrid"`
}

// A ProgrammeLeg is a way from one place to another.
type ProgrammeLeg struct {
	ID string `json:"id,omitempty" required:"false" maxLength:"64" doc:"Of a leg that there is; a new one gets its own"`
	Known
	Crowd
	Kind    string       `json:"kind" enum:"flight,train,bus,ferry,car"`
	Carrier string       `json:"carrier,omitempty" required:"false" maxLength:"200"`
	Number  string       `json:"number,omitempty" required:"false" maxLength:"200"`
	From    ProgrammeEnd `json:"from"`
	To      ProgrammeEnd `json:"to"`
	Departs time.Time    `json:"departs"`
	Arrives time.Time    `json:"arrives"`
	StopID  string       `json:"stop_id,omitempty" required:"false" maxLength:"64" doc:"That it leads to; none: as its arrival tells"`
	Meet    string       `json:"meet,omitempty" required:"false" maxLength:"200"`
	Minutes int          `json:"minutes,omitempty" required:"false" minimum:"0" maximum:"1440" doc:"Needed to change to it; 0: as usual for its kind"`
	Note    string       `json:"note,omitempty" required:"false" maxLength:"5000"`
	Contact string       `json:"contact,omitempty" required:"false" maxLength:"200"`
}

// A ProgrammeStay is a hotel with the nights that the trip sleeps there.
type ProgrammeStay struct {
	ID string `json:"id,omitempty" required:"false" maxLength:"64" doc:"Of a stay that there is; it keeps its rooms"`
	Known
	StopID    string           `json:"stop_id" maxLength:"64"`
	Name      string           `json:"name" minLength:"1" maxLength:"200"`
	Address   string           `json:"address,omitempty" required:"false" maxLength:"200"`
	Phone     string           `json:"phone,omitempty" required:"false" maxLength:"200"`
	From      string           `json:"from" format:"date" doc:"First night"`
	Until     string           `json:"until" format:"date" doc:"Day of leaving"`
	Block     []ProgrammeBlock `json:"block" required:"false" maxItems:"12"`
	ReleaseBy string           `json:"release_by,omitempty" required:"false" maxLength:"10" doc:"Day until which rooms can be given back"`
}

// A ProgrammeBlock is how many rooms of a kind a hotel holds.
type ProgrammeBlock struct {
	Kind  string `json:"kind" enum:"single,twin,double"`
	Count int    `json:"count" minimum:"0" maximum:"300"`
	Price int64  `json:"price" required:"false" minimum:"0" doc:"Of a room and night, in cents of the trip's currency"`
}

// A ProgrammeActivity is a line of the programme, on the clock of its stop.
type ProgrammeActivity struct {
	ID string `json:"id,omitempty" required:"false" maxLength:"64" doc:"Of an activity that there is; a new one gets its own"`
	Known
	Crowd
	Kind     string    `json:"kind" enum:"visit,common,meal,transfer,b2b,free"`
	StopID   string    `json:"stop_id" maxLength:"64"`
	Zone     string    `json:"zone" required:"false" readOnly:"true" doc:"Of the stop"`
	HostID   string    `json:"host_id,omitempty" required:"false" maxLength:"64"`
	RoundID  string    `json:"round_id,omitempty" required:"false" maxLength:"64"`
	Title    Text      `json:"title" doc:"May be empty for a visit of a host"`
	About    Text      `json:"about" required:"false"`
	Group    string    `json:"group,omitempty" required:"false" maxLength:"200" doc:"What the sub-group is called"`
	Language string    `json:"language,omitempty" required:"false" maxLength:"200"`
	Place    string    `json:"place,omitempty" required:"false" maxLength:"200"`
	Address  string    `json:"address,omitempty" required:"false" maxLength:"200"`
	Meet     string    `json:"meet,omitempty" required:"false" maxLength:"200"`
	Starts   time.Time `json:"starts"`
	Ends     time.Time `json:"ends"`
	Capacity int       `json:"capacity" required:"false" minimum:"0" maximum:"10000" doc:"0: no limit"`
	NDA      bool      `json:"nda" required:"false" doc:"Those who go have to have signed one"`
	Note     string    `json:"note,omitempty" required:"false" maxLength:"5000" doc:"For those who lead the trip"`
}

// A ProgrammeWay is how long the way between two places takes.
type ProgrammeWay struct {
	A       string `json:"a" minLength:"1" maxLength:"200" doc:"Name of a place"`
	B       string `json:"b" minLength:"1" maxLength:"200"`
	Minutes int    `json:"minutes" minimum:"0" maximum:"1440"`
}

// A ProgrammeTraveller is somebody who travels.
type ProgrammeTraveller struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Company string `json:"company,omitempty"`
}

// A ProgrammeFault is one thing that is wrong with a programme.
type ProgrammeFault struct {
	Kind         string   `json:"kind" enum:"passport,legs,late,room,connection,twice,way,data,host,capacity,nda,home,outside"`
	TravellerIDs []string `json:"traveller_ids"`
	PartIDs      []string `json:"part_ids" doc:"Legs, stays and activities"`
	Key          string   `json:"key"`
	Message      string   `json:"message" doc:"In the language of the request"`
}

// revisionOf counts from 1, so that a programme that was never stored has one
// that can be named.
func revisionOf(p *scheduling.Programme) int64 { return p.Rev + 1 }

func programme(p *scheduling.ProgrammePage) Programme {
	pr := p.Programme
	known := func(r scheduling.Revised) Known { return Known{r.UID, r.Sequence} }
	crowd := func(c scheduling.Crowd) Crowd {
		return Crowd{c.Everyone, mapped(c.TravellerIDs, func(id string) string { return id })}
	}
	return Programme{p.Trip.ID, revisionOf(pr), timeOf(pr.PublishedAt), ProgrammeFields{
		mapped(pr.Legs, func(l scheduling.Leg) ProgrammeLeg {
			return ProgrammeLeg{l.ID, known(l.Revised), crowd(l.Crowd), string(l.Kind), l.Carrier, l.Number, ProgrammeEnd(l.From), ProgrammeEnd(l.To),
				l.Departs.UTC(), l.Arrives.UTC(), l.StopID, l.Meet, l.Minutes, l.Note, l.Contact}
		}),
		mapped(pr.Hotels, func(h scheduling.Hotel) ProgrammeStay {
			return ProgrammeStay{h.ID, known(h.Revised), h.StopID, h.Name, h.Address, h.Phone, h.From, h.Until, mapped(h.Block, func(b scheduling.RoomBlock) ProgrammeBlock {
				return ProgrammeBlock{string(b.Kind), b.Count, b.Price}
			}), h.ReleaseBy}
		}),
		mapped(pr.Activities, func(a scheduling.Activity) ProgrammeActivity {
			stop, _ := p.Trip.Stop(a.StopID)
			return ProgrammeActivity{a.ID, known(a.Revised), crowd(a.Crowd), string(a.Kind), a.StopID, stop.Zone, a.HostID, a.RoundID, textOf(a.Title), textOf(a.About),
				a.Group, a.Language, a.Place, a.Address, a.Meet, a.Starts.UTC(), a.Ends.UTC(), a.Capacity, a.NDA, a.Note}
		}),
		mapped(pr.Travel, func(x scheduling.TravelLeg) ProgrammeWay { return ProgrammeWay(x) }),
	}, mapped(p.Travellers, func(v *scheduling.Traveller) ProgrammeTraveller { return ProgrammeTraveller{v.ID, v.Name, v.Company} })}
}

// into writes what can be written into p. What was there keeps what only the
// house writes: rooms, delays.
func (in *ProgrammeFields) into(p *scheduling.Programme) error {
	w := wrong{}
	legs, hotels, activities, travel := []scheduling.Leg{}, []scheduling.Hotel{}, []scheduling.Activity{}, []scheduling.TravelLeg{}
	for _, l := range in.Legs {
		legs = append(legs, scheduling.Leg{ID: l.ID, Crowd: scheduling.Crowd(l.Crowd), Kind: scheduling.LegKind(l.Kind), Carrier: l.Carrier, Number: l.Number,
			From: scheduling.Terminal(l.From), To: scheduling.Terminal(l.To), Departs: w.instant("legs", l.Departs), Arrives: w.instant("legs", l.Arrives),
			StopID: l.StopID, Meet: l.Meet, Minutes: l.Minutes, Note: l.Note, Contact: l.Contact})
	}
	for _, s := range in.Stays {
		h := scheduling.Hotel{ID: s.ID, StopID: s.StopID, Name: s.Name, Address: s.Address, Phone: s.Phone, From: s.From, Until: s.Until, ReleaseBy: s.ReleaseBy}
		for _, b := range s.Block {
			h.Block = append(h.Block, scheduling.RoomBlock{Kind: scheduling.HotelRoomKind(b.Kind), Count: b.Count, Price: b.Price})
		}
		if old := p.Hotel(s.ID); old != nil {
			h.Rooms = old.Rooms
		}
		hotels = append(hotels, h)
	}
	for _, a := range in.Activities {
		x := scheduling.Activity{ID: a.ID, Crowd: scheduling.Crowd(a.Crowd), Kind: scheduling.ActivityKind(a.Kind), StopID: a.StopID, HostID: a.HostID, RoundID: a.RoundID,
			Title: w.text("title", a.Title), About: w.text("about", a.About), Group: a.Group, Language: a.Language, Place: a.Place, Address: a.Address, Meet: a.Meet,
			Starts: w.instant("activities", a.Starts), Ends: w.instant("activities", a.Ends), Capacity: a.Capacity, NDA: a.NDA, Note: a.Note}
		if old := p.Activity(a.ID); old != nil {
			x.Late = old.Late
		}
		activities = append(activities, x)
	}
	for _, x := range in.Travel {
		travel = append(travel, scheduling.TravelLeg(x))
	}
	p.Legs, p.Hotels, p.Activities, p.Travel = legs, hotels, activities, travel
	return w.problem()
}

func (a *API) programmeRoutes() {
	do := func(method, path, id, summary string) op {
		return op{method: method, path: "/trips/{id}/programme" + path, id: id, summary: summary, subject: "programmes"}
	}
	add(a, do(http.MethodGet, "", "get-programme", "Show the programme of a trip, with who takes part in what"), a.getProgramme)
	o := do(http.MethodPut, "", "update-programme", "Change the programme of a trip")
	o.matches, o.about = true, "Parts that are left out are taken out of it, and cancelled in calendars once it is published. Nobody can be in two places at once."
	add(a, o, a.updateProgramme)
	add(a, do(http.MethodGet, "/faults", "check-programme", "List what is wrong with the programme of a trip"), a.checkProgramme)
	o = do(http.MethodPost, "/move", "move-activity", "Take an activity to another time or stop")
	o.about = "It keeps its length."
	add(a, o, a.moveActivity)
	o = do(http.MethodPost, "/assign", "assign-travellers", "Put travellers on a leg or an activity, or take them off it")
	add(a, o, a.assignTravellers)
	o = do(http.MethodPost, "/publish", "publish-programme", "Let travellers see their itineraries")
	o.about = "Every later change is told to those whom it concerns."
	add(a, o, a.publishProgramme)
}

func (a *API) getProgramme(ctx context.Context, by scheduling.Actor, in *ByID) (*One[Programme], error) {
	return programmeAnswer(a.cfg.Desk.Programme(ctx, by, in.ID))
}

func programmeAnswer(p *scheduling.ProgrammePage, err error) (*One[Programme], error) {
	if err != nil {
		return nil, err
	}
	return one(revisionOf(p.Programme), programme(p)), nil
}

// UpdateProgramme is a change of a whole programme.
type UpdateProgramme struct {
	ByID
	Match
	Body ProgrammeFields
}

func (a *API) updateProgramme(ctx context.Context, by scheduling.Actor, in *UpdateProgramme) (*One[Programme], error) {
	p, err := a.cfg.Desk.Programme(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	if err := in.against(callerIn(ctx), revisionOf(p.Programme)); err != nil {
		return nil, err
	}
	pr := *p.Programme
	if err := in.Body.into(&pr); err != nil {
		return nil, err
	}
	return programmeAnswer(a.cfg.Desk.SaveProgramme(ctx, by, in.ID, &pr))
}

func (a *API) checkProgramme(ctx context.Context, by scheduling.Actor, in *ByID) (*Listed[ProgrammeFault], error) {
	b, err := a.cfg.Desk.ProgrammeBoard(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	same := func(id string) string { return id }
	return listed(a, ctx, b.Faults, "", func(f scheduling.TripFault) ProgrammeFault {
		return ProgrammeFault{string(f.Kind), mapped(f.TravellerIDs, same), mapped(f.PartIDs, same), f.Key, callerIn(ctx).text(f.Key, f.Args...)}
	}), nil
}

// MoveActivity takes an activity elsewhere.
type MoveActivity struct {
	ByID
	Body struct {
		Revision   int64     `json:"revision" minimum:"1" doc:"As it was read"`
		ActivityID string    `json:"activity_id" minLength:"1" maxLength:"64"`
		Starts     time.Time `json:"starts"`
		StopID     string    `json:"stop_id" required:"false" maxLength:"64" doc:"None: it stays at its stop"`
	}
}

func (a *API) moveActivity(ctx context.Context, by scheduling.Actor, in *MoveActivity) (*One[Programme], error) {
	w := wrong{}
	m := scheduling.ActivityMove{ID: in.Body.ActivityID, Starts: w.instant("starts", in.Body.Starts), StopID: in.Body.StopID}
	if err := w.problem(); err != nil {
		return nil, err
	}
	return programmeAnswer(a.cfg.Desk.MoveActivity(ctx, by, in.ID, in.Body.Revision-1, m))
}

// AssignTravellers says who takes part, or who does not any more.
type AssignTravellers struct {
	ByID
	Body struct {
		Revision     int64    `json:"revision" minimum:"1" doc:"As it was read"`
		PartID       string   `json:"part_id" minLength:"1" maxLength:"64" doc:"A leg or an activity"`
		TravellerIDs []string `json:"traveller_ids" minItems:"1" maxItems:"500"`
		Out          bool     `json:"out" required:"false" doc:"They do not take part any more"`
	}
}

func (a *API) assignTravellers(ctx context.Context, by scheduling.Actor, in *AssignTravellers) (*One[Programme], error) {
	x := scheduling.Assignment{PartID: in.Body.PartID, TravellerIDs: in.Body.TravellerIDs, Out: in.Body.Out}
	return programmeAnswer(a.cfg.Desk.Assign(ctx, by, in.ID, in.Body.Revision-1, x))
}

func (a *API) publishProgramme(ctx context.Context, by scheduling.Actor, in *ByID) (*One[Programme], error) {
	return programmeAnswer(a.cfg.Desk.PublishProgramme(ctx, by, in.ID))
}
