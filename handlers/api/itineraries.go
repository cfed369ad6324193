package api

import (
	"context"
	"net/http"
	"time"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// An Itinerary is what one traveller does on a trip, in the language of
// Accept-Language.
type Itinerary struct {
	TravellerID string          `json:"traveller_id"`
	Name        string          `json:"name"`
	Published   bool            `json:"published" doc:"Without a published programme there is nothing yet"`
	Lines       []ItineraryLine `json:"lines"`
}

// An ItineraryLine is a leg, a stay or an activity.
type ItineraryLine struct {
	Part    string          `json:"part" doc:"Its id in the programme"`
	UID     string          `json:"uid" doc:"Of its entry in calendars"`
	Kind    string          `json:"kind"`
	Title   string          `json:"title"`
	When    string          `json:"when" doc:"In words: both clocks of a leg with their zones, and how long it takes"`
	Where   string          `json:"where"`
	Starts  time.Time       `json:"starts"`
	Ends    time.Time       `json:"ends"`
	Zone    string          `json:"zone" doc:"Where it starts, as an IANA name"`
	EndZone string          `json:"end_zone" doc:"Where it ends"`
	Late    int             `json:"late" doc:"Minutes later than planned; starts and ends have them in"`
	Facts   []ItineraryFact `json:"facts"`
	Mark    *TravellerMark  `json:"mark,omitempty" doc:"Whether they took part, once somebody said"`
}

// An ItineraryFact is something to know about a line.
type ItineraryFact struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

// A TravellerMark is whether somebody took part.
type TravellerMark struct {
	Present bool      `json:"present"`
	At      time.Time `json:"at" required:"false" doc:"When it was seen; now if left out. Of two marks the later one holds"`
}

func itinerary(p *scheduling.TravelPage) Itinerary {
	out := Itinerary{TravellerID: p.Traveller.ID, Name: p.Traveller.Name, Published: p.Itinerary != nil, Lines: []ItineraryLine{}}
	if p.Itinerary == nil {
		return out
	}
	for _, x := range p.Itinerary.Lines() {
		line := ItineraryLine{x.PartID, x.UID, x.Kind, x.Title, x.When, x.Where, x.Starts.UTC(), x.Ends.UTC(), x.Zone, x.EndZone, x.Late,
			mapped(x.Facts, func(f scheduling.ItineraryFact) ItineraryFact { return ItineraryFact(f) }), nil}
		if m, ok := p.Traveller.Marks[x.PartID]; ok {
			line.Mark = &TravellerMark{m.Present, m.At.UTC()}
		}
		out.Lines = append(out.Lines, line)
	}
	return out
}

func (a *API) itineraryRoutes() {
	add(a, op{method: http.MethodGet, path: "/trips/{id}/travellers/{traveller}/itinerary", id: "get-itinerary", subject: "trips", summary: "Show what a traveller does on a trip",
		about: "As the traveller reads it on their page."}, a.getItinerary)
	add(a, op{method: http.MethodPut, path: "/trips/{id}/marks/{part}/{traveller}", id: "mark-traveller", subject: "trips", summary: "Say whether a traveller takes part in a leg or an activity",
		about: "The same mark twice, and one that is older than the one there is, change nothing."}, a.markTraveller)
	add(a, op{method: http.MethodPut, path: "/trips/{id}/delays/{part}", id: "delay-part", subject: "trips", summary: "Say how much later a leg or an activity begins",
		about: "Those who take part are told at once."}, a.delayPart)
	add(a, op{method: http.MethodPost, path: "/trips/{id}/notes", id: "note-trip", subject: "trips", summary: "Keep a note of a trip's leader", status: http.StatusCreated}, a.noteTrip)
	add(a, op{method: http.MethodGet, path: "/trips/{id}/notes", id: "list-trip-notes", subject: "trips", summary: "List the notes of a trip's leaders", about: "The newest first."}, a.listTripNotes)
}

// ATraveller names a traveller of a trip.
type ATraveller struct {
	ByID
	Traveller string `path:"traveller" maxLength:"64"`
}

func (a *API) getItinerary(ctx context.Context, by scheduling.Actor, in *ATraveller) (*One[Itinerary], error) {
	p, err := a.cfg.Desk.TravellerItinerary(ctx, by, in.ID, in.Traveller, callerIn(ctx).lang.Code())
	if err != nil {
		return nil, err
	}
	return one(p.Traveller.Rev, itinerary(p)), nil
}

// MarkTraveller says whether a traveller takes part.
type MarkTraveller struct {
	ByID
	Part      string `path:"part" maxLength:"64"`
	Traveller string `path:"traveller" maxLength:"64"`
	Body      TravellerMark
}

func (a *API) markTraveller(ctx context.Context, by scheduling.Actor, in *MarkTraveller) (*One[TravellerMark], error) {
	v, err := a.cfg.Desk.MarkTraveller(ctx, by, in.ID, scheduling.Marking{TravellerID: in.Traveller, PartID: in.Part, Present: in.Body.Present, At: in.Body.At})
	if err != nil {
		return nil, err
	}
	m := v.Marks[in.Part]
	return one(v.Rev, TravellerMark{m.Present, m.At.UTC()}), nil
}

// DelayPart says how much later something begins.
type DelayPart struct {
	ByID
	Part string `path:"part" maxLength:"64"`
	Body struct {
		Minutes int `json:"minutes" minimum:"0" maximum:"720" doc:"0: as planned after all"`
	}
}

// Delayed is a part that begins later.
type Delayed struct {
	Part    string `json:"part"`
	Minutes int    `json:"minutes"`
}

func (a *API) delayPart(ctx context.Context, by scheduling.Actor, in *DelayPart) (*One[Delayed], error) {
	p, err := a.cfg.Desk.DelayPart(ctx, by, in.ID, in.Part, in.Body.Minutes)
	if err != nil {
		return nil, err
	}
	return one(p.Programme.Rev, Delayed{in.Part, in.Body.Minutes}), nil
}

// NoteTrip is a new note.
type NoteTrip struct {
	ByID
	Body struct {
		Text string    `json:"text" minLength:"1" maxLength:"2000"`
		Part string    `json:"part" required:"false" maxLength:"64" doc:"Id of the part of the programme that it is about"`
		At   time.Time `json:"at" required:"false" doc:"When it was written; now if left out"`
	}
}

// A TripNote is what a leader wrote down on the road.
type TripNote struct {
	ID   string    `json:"id"`
	Text string    `json:"text"`
	Part string    `json:"part" doc:"Id of the part of the programme that it is about; empty for none"`
	At   time.Time `json:"at"`
	By   string    `json:"by" doc:"Name of its author"`
}

func tripNote(n *scheduling.TripNote) TripNote {
	return TripNote{n.ID, n.Text, n.PartID, n.At.UTC(), n.Name}
}

func (a *API) noteTrip(ctx context.Context, by scheduling.Actor, in *NoteTrip) (*One[TripNote], error) {
	note, err := a.cfg.Desk.NoteTrip(ctx, by, in.ID, scheduling.TripNote{Meta: storage.Meta{ID: callerIn(ctx).made()}, Text: in.Body.Text, PartID: in.Body.Part, At: in.Body.At})
	if err != nil {
		return nil, err
	}
	return made(a, note.Rev, "/trips/"+in.ID+"/notes", tripNote(note)), nil
}

func (a *API) listTripNotes(ctx context.Context, by scheduling.Actor, in *ByID) (*Listed[TripNote], error) {
	s, err := a.cfg.Desk.DaySheet(ctx, by, in.ID, "", callerIn(ctx).lang.Code())
	if err != nil {
		return nil, err
	}
	return listed(a, ctx, s.Notes, "", tripNote), nil
}
