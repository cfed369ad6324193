package scheduling

import (
	"cmp"
	"slices"
	"strings"

	"kohtaamo/mailer"
	"kohtaamo/storage"
)

// loadReturned is somebody who came home from a trip, or a visitor who was here.
func loadReturned(d *Desk, tx *storage.Tx, _ Trigger, ref []string) (*subject, error) {
	t, err := trips.Get(tx, ref[0])
	if err != nil {
		return nil, err
	}
	v, err := travellers.Get(tx, ref[1])
	if err != nil || v.TripID != t.ID {
		return nil, orHidden(err)
	}
	if _, err := people.Get(tx, v.PersonID); err != nil {
		return nil, err // erased
	}
	said, err := readSaid(tx, t)
	if err != nil {
		return nil, err
	}
	l := d.Texts.In(v.Lang)
	s := &subject{ref: "trip/" + t.ID + "/" + v.ID, turn: v.Generation, about: t.ID, title: t.Title, loc: t.Location(), at: t.homecoming(), starts: t.Starts, ends: t.Ends,
		email: v.Email, name: v.Name, lang: v.Lang, personID: v.PersonID, companyID: v.CompanyID, contact: t.Contact, replyTo: t.ContactEmail,
		within: &Event{ClusterIDs: t.ClusterIDs, ProjectID: t.ProjectID, Zone: t.Zone},
		holds:  t.returned(v, said.tookPart(v, tx.Now())),
		links:  []mailer.Link{{Label: l.Text("tripoutcome.tell"), URL: d.OutcomesURL(v)}}}
	if len(t.ClusterIDs) > 0 {
		s.clusterID = t.ClusterIDs[0]
	}
	hosts, open := said.metBy(v)
	s.answered = open == 0
	s.fields = map[string]string{"name": v.Name, "trip": t.Title.In(v.Lang), "hosts": cmp.Or(strings.Join(hosts, ", "), l.Text("tripoutcome.your_hosts"))}
	return s, nil
}

// metBy are the names of the hosts that somebody met, and of how many their
// side has said nothing.
func (s *tripSaid) metBy(v *Traveller) (hosts []string, open int) {
	for _, r := range s.Rows {
		if !r.with(v.ID) {
			continue
		}
		hosts = append(hosts, r.Host.Name)
		if r.Waiting() {
			open++
		}
	}
	return hosts, open
}

// returned says why somebody has not come back from the trip; "" if they have.
func (t *Trip) returned(v *Traveller, tookPart bool) string {
	switch {
	case t.Off():
		return whyCalledOff
	case !v.Goes():
		return whyCancelled
	case !t.Back():
		return whyNotBack
	case !tookPart:
		return whyAbsent
	case v.Email == "":
		return whyAddress
	}
	return ""
}

// followReturned starts what follows on a trip that is over, for everybody who
// went, and stops it where it turns out not to be.
func (d *Desk) followReturned(tx *storage.Tx, _ Actor, t *Trip, from TripState) error {
	was := Trip{Direction: t.Direction, State: from}
	if !t.Back() && !was.Back() {
		return nil
	}
	vs, err := travellers.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("trip_id", t.ID)}, Sort: "sort"})
	if err != nil {
		return err
	}
	return d.followReturnedOf(tx, t, vs)
}

// followReturnedOf is followReturned for some of the travellers.
func (d *Desk) followReturnedOf(tx *storage.Tx, t *Trip, vs []*Traveller) error {
	if len(t.ClusterIDs) == 0 {
		return nil
	}
	on, err := chainsOf(tx, t.ClusterIDs[0])
	if err != nil {
		return err
	}
	for _, v := range vs {
		ref := []string{t.ID, v.ID}
		err := d.follow(tx, "trip/"+strings.Join(ref, "/"), slices.Clone(on), func(g Trigger) (*subject, error) { return loadReturned(d, tx, g, ref) })
		if ignoreMissing(err) != nil {
			return err
		}
	}
	return nil
}
