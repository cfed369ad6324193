package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"kohtaamo/scheduling/ical"
	"kohtaamo/storage"
)

// A TravelPage is what a traveller sees of their trip.
type TravelPage struct {
	Trip      *Trip
	Traveller *Traveller
	Itinerary *Itinerary // nil before the programme is published, and for who is out
	Leaders   []TripContact
	Project   *Project // whose emblem the page carries; nil for none
	Asked     bool     // for what a trip has to know of its travellers; DataAt of Traveller says when they answered
	Home      bool     // the trip is over: what came of it is asked for
}

// A TripContact is somebody to call on a trip.
type TripContact struct {
	Name, Role   string // Role is a text key; empty for none
	Phone, Email string
}

// Travel gives a traveller by their link their trip, in a language.
func (d *Desk) Travel(ctx context.Context, link, lang string) (p *TravelPage, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		v, t, err := d.travellerByLink(tx, link)
		if err != nil {
			return err
		}
		p, err = d.travelPage(tx, t, v, lang)
		return err
	})
	return p, err
}

// TravellerItinerary gives those who organise or lead a trip what one of its
// travellers sees, in a language.
func (d *Desk) TravellerItinerary(ctx context.Context, by Actor, tripID, travellerID, lang string) (p *TravelPage, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		t, err := ledTrip(tx, by, tripID)
		if err != nil {
			return err
		}
		v, err := travellers.Get(tx, travellerID)
		if err != nil {
			return err
		}
		if v.TripID != t.ID {
			return errHidden
		}
		p, err = d.travelPage(tx, t, v, lang)
		return err
	})
	return p, err
}

func (d *Desk) travelPage(tx *storage.Tx, t *Trip, v *Traveller, lang string) (*TravelPage, error) {
	p := &TravelPage{Trip: t, Traveller: v}
	pr, err := programmeOf(tx, t)
	if err != nil {
		return nil, err
	}
	if v.Goes() && !t.Off() && !pr.PublishedAt.IsZero() {
		p.Itinerary = itineraryOf(d.Texts.In(lang), t, pr, v.ID)
	}
	p.Asked = v.Goes() && !t.Off() && len(t.Asks.Fields) > 0 && v.PurgedAt.IsZero()
	p.Home = v.Goes() && !t.Off() && !tx.Now().Before(t.Ends)
	if p.Leaders, err = leadersOf(tx, t); err != nil {
		return nil, err
	}
	p.Project, err = tripFunding(tx, t, tx.Now())
	return p, err
}

// leadersOf are those who lead a trip, and its contact at home if that is
// somebody else.
func leadersOf(tx *storage.Tx, t *Trip) (out []TripContact, err error) {
	for _, id := range t.LeaderIDs {
		p, err := people.Get(tx, id)
		if errors.Is(err, storage.ErrNotFound) {
			continue // erased
		}
		if err != nil {
			return nil, err
		}
		out = append(out, TripContact{Name: p.Name, Role: "itinerary.leader", Phone: p.Phone, Email: p.Email})
	}
	leads := slices.ContainsFunc(out, func(c TripContact) bool { return c.Email != "" && strings.EqualFold(c.Email, t.ContactEmail) })
	if !leads && (t.Contact != "" || t.ContactEmail != "") {
		out = append(out, TripContact{Name: t.Contact, Role: "itinerary.office", Email: t.ContactEmail})
	}
	return out, nil
}

// TravelCalendar is the itinerary behind a traveller's link as a calendar, to
// keep or to subscribe to. It names nobody else who goes.
func (d *Desk) TravelCalendar(ctx context.Context, link, lang string) (*Feed, error) {
	lang = d.Texts.In(lang).Code()
	var v *Traveller
	changes := d.DB.Changes(trips.Spec, programmes.Spec, travellers.Spec)
	err := d.view(ctx, func(tx *storage.Tx) (err error) {
		v, _, err = d.travellerByLink(tx, link)
		return err
	})
	if err != nil {
		return nil, err
	}
	key := "travel/" + v.ID + "/" + strconv.Itoa(v.Generation) + "/" + lang
	f, err := d.feed(ctx, order{key: key, changes: changes, build: func(tx *storage.Tx) (*source, error) {
		return d.travelSource(tx, v.ID, lang)
	}})
	if err != nil {
		return nil, fmt.Errorf("calendar of traveller %s: %w", v.ID, err)
	}
	return f.feed, nil
}

func (d *Desk) travelSource(tx *storage.Tx, id, lang string) (*source, error) {
	v, err := travellers.Get(tx, id)
	if err != nil {
		return nil, err
	}
	t, err := trips.Get(tx, v.TripID)
	if err != nil {
		return nil, err
	}
	entries, err := d.itineraryEntries(tx, t, v, lang, dayOf(tx.Now()))
	return &source{private: true, entries: entries, calendar: ical.Calendar{
		Name: t.Title.In(lang), Zone: t.Zone, Lang: lang, Refresh: time.Hour}}, err
}
