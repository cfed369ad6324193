package scheduling

import (
	"context"
	"errors"
	"fmt"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/storage"
)

// The kinds of mail to travellers about their itinerary.
const (
	mailItinerary          = "itinerary.published"
	mailItineraryChanged   = "itinerary.changed"
	mailItineraryLate      = "itinerary.late"
	mailItineraryCancelled = "itinerary.cancelled"
)

// A leader who plans changes one thing after the other: their travellers get one
// mail when it has been quiet for a while, but soon enough to act on it.
const (
	itineraryQuiet = 10 * time.Minute // since the last change
	itineraryWaits = 30 * time.Minute // since the first, at most
	itinerarySoon  = 3 * time.Hour    // what begins within is told at once
)

func itineraryRef(v *Traveller) string { return "itinerary/" + v.ID }

func lateRef(v *Traveller, x Part) string { return itineraryRef(v) + "/late/" + x.ID }

// publishItineraries sends everybody who goes their whole itinerary.
func (d *Desk) publishItineraries(tx *storage.Tx, p *ProgrammePage) error {
	for _, v := range p.Travellers {
		if err := d.tellWhole(tx, p.Trip, p.Programme, v); err != nil {
			return err
		}
	}
	return nil
}

// tellWhole sends v all that they do, once; from then on they are told of
// changes. Who has nothing to do yet waits for it.
func (d *Desk) tellWhole(tx *storage.Tx, t *Trip, p *Programme, v *Traveller) error {
	own := p.ownParts(t, v.ID)
	v.ChangedAt, v.ChangedFrom = time.Time{}, time.Time{}
	if len(own) == 0 || t.Off() || !tx.Now().Before(t.Ends) {
		return travellers.Put(tx, v)
	}
	l := d.Texts.In(v.Lang)
	var facts []mailer.Fact
	for _, line := range itineraryOf(l, t, p, v.ID).Lines() {
		facts = append(facts, mailer.Fact{Label: line.When, Value: line.Short()})
	}
	m, err := d.itineraryMail(tx, t, v, mailItinerary, facts)
	if err != nil {
		return err
	}
	m.ID = mailItinerary + "/" + v.ID
	if err := d.promiseTo(tx, v, m); err != nil {
		return err
	}
	v.Known = own
	if v.Told == nil {
		v.Told = map[string]time.Time{}
	}
	v.Told[mailItinerary] = tx.Now()
	if err := d.inviteParts(tx, t, v); err != nil {
		return err
	}
	return travellers.Put(tx, v)
}

// itineraryMail writes to a traveller, with the way to their page and their
// calendar. The caller gives it its key.
func (d *Desk) itineraryMail(tx *storage.Tx, t *Trip, v *Traveller, kind string, facts []mailer.Fact, args ...any) (*mailer.Mail, error) {
	page, l := d.TravelURL(v), d.Texts.In(v.Lang)
	m, err := d.tripMail(tx, t, tripLetter{kind: kind, email: v.Email, name: v.Name, lang: v.Lang, args: args, facts: facts, button: page,
		links: []mailer.Link{{Label: l.Text("letter.itinerary.file"), URL: page + "/itinerary.ics?lang=" + l.Code()}}})
	if err != nil {
		return nil, err
	}
	m.Ref, m.Expires = itineraryRef(v), t.Ends
	if !m.Expires.After(tx.Now()) {
		m.Expires = time.Time{}
	}
	return m, nil
}

// promiseTo promises m to v, who may have no address any more.
func (d *Desk) promiseTo(tx *storage.Tx, v *Traveller, m *mailer.Mail) error {
	if v.Email == "" {
		return nil
	}
	return d.Outbox.Add(tx, *m)
}

// SendItineraries tells each traveller whose itinerary changed what is new,
// moved and dropped since they were told last, in one mail, once it has been
// quiet or what changed begins soon. It can be stopped and repeated at any point.
func (d *Desk) SendItineraries(ctx context.Context, now time.Time) (done int, err error) {
	var ids []string
	err = d.view(ctx, func(tx *storage.Tx) error {
		ids = nil
		for v, err := range travellers.Each(tx, storage.Query{Sort: "changed_at", Where: []storage.Cond{{Field: "changed_at", Op: storage.Gt, Value: time.Unix(0, 0)}}}) {
			if err != nil {
				return err
			}
			ids = append(ids, v.ID)
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("send itineraries: %w", err)
	}
	for _, id := range ids {
		told, err := d.sendItinerary(ctx, id, now)
		if err != nil && !errors.Is(err, storage.ErrNotFound) {
			return done, fmt.Errorf("send the itinerary of traveller %s: %w", id, err)
		}
		if told {
			done++
		}
	}
	return done, nil
}

// sendItinerary tells one traveller, if it is time to.
func (d *Desk) sendItinerary(ctx context.Context, id string, now time.Time) (told bool, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		told = false
		v, err := travellers.Get(tx, id)
		if err != nil || v.ChangedAt.IsZero() {
			return err
		}
		t, err := trips.Get(tx, v.TripID)
		if err != nil {
			return err
		}
		p, err := programmeOf(tx, t)
		if err != nil {
			return err
		}
		told, err = d.tellChanges(tx, t, p, v, now)
		return err
	})
	return told, err
}

func (d *Desk) tellChanges(tx *storage.Tx, t *Trip, p *Programme, v *Traveller, now time.Time) (bool, error) {
	if !v.Goes() || t.Off() || !now.Before(t.Ends) {
		v.ChangedAt, v.ChangedFrom = time.Time{}, time.Time{}
		return false, travellers.Put(tx, v)
	}
	own := p.ownParts(t, v.ID)
	news := itineraryNews(v.Known, own, now)
	if len(news) > 0 && !v.timeToTell(news, now) {
		return false, nil
	}
	if v.Told[mailItinerary].IsZero() {
		return len(own) > 0, d.tellWhole(tx, t, p, v)
	}
	if len(news) > 0 {
		if err := d.tellNews(tx, t, v, news); err != nil {
			return false, err
		}
	}
	if err := d.inviteParts(tx, t, v); err != nil {
		return false, err
	}
	v.Known, v.ChangedAt, v.ChangedFrom = own, time.Time{}, time.Time{}
	return len(news) > 0, travellers.Put(tx, v)
}

// timeToTell reports whether v waits no longer for further changes.
func (v *Traveller) timeToTell(news []partNews, now time.Time) bool {
	if !now.Before(v.ChangedAt.Add(itineraryQuiet)) || !now.Before(v.ChangedFrom.Add(itineraryWaits)) {
		return true
	}
	for _, n := range news {
		if n.soon(now, itinerarySoon) {
			return true
		}
	}
	return false
}

func (d *Desk) tellNews(tx *storage.Tx, t *Trip, v *Traveller, news []partNews) error {
	l := d.Texts.In(v.Lang)
	var facts []mailer.Fact
	for _, n := range news {
		label, text := n.say(l)
		facts = append(facts, mailer.Fact{Label: label, Value: text})
	}
	m, err := d.itineraryMail(tx, t, v, mailItineraryChanged, facts)
	if err != nil {
		return err
	}
	m.ID = fmt.Sprintf("%s/%s/%d", mailItineraryChanged, v.ID, v.Rev) // telling it makes the next revision
	return d.promiseTo(tx, v, m)
}

// endItineraries tells those who go that their trip is called off, once, and
// takes back what was to be said about their itineraries.
func (d *Desk) endItineraries(tx *storage.Tx, _ Actor, t *Trip, from TripState) error {
	if !t.Off() || from == TripDraft || from == t.State {
		return nil
	}
	list, err := travellersOf(tx, t.ID)
	if err != nil {
		return err
	}
	for _, v := range list {
		if err := d.takeBackPending(tx, v); err != nil {
			return err
		}
		v.ChangedAt, v.ChangedFrom = time.Time{}, time.Time{}
		if err := d.inviteParts(tx, t, v); err != nil {
			return err
		}
		if err := travellers.Put(tx, v); err != nil {
			return err
		}
		if err := d.tellOff(tx, t, v); err != nil {
			return err
		}
	}
	return nil
}

// takeBackPending takes back what did not leave yet about the itinerary of v.
func (d *Desk) takeBackPending(tx *storage.Tx, v *Traveller) error {
	refs := []string{itineraryRef(v)}
	for _, x := range v.Known {
		refs = append(refs, lateRef(v, x.Part))
	}
	for _, ref := range refs {
		if _, err := d.Outbox.Withdraw(tx, ref); err != nil {
			return err
		}
	}
	return nil
}

func (d *Desk) tellOff(tx *storage.Tx, t *Trip, v *Traveller) error {
	if !tx.Now().Before(t.Ends) {
		return nil
	}
	l := d.Texts.In(v.Lang)
	facts := []mailer.Fact{{Label: l.Text("letter.fact.when"), Value: itineraryDays(l, t)}}
	m, err := d.itineraryMail(tx, t, v, mailItineraryCancelled, facts)
	if err != nil {
		return err
	}
	if t.CancelReason != "" {
		m.Letter.Paragraphs = append(m.Letter.Paragraphs, t.CancelReason)
	}
	m.ID, m.Ref = mailItineraryCancelled+"/"+v.ID, mailItineraryCancelled+"/"+v.ID
	return d.promiseTo(tx, v, m)
}
