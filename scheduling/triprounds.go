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

// RoundInStop is a draft in a stop of a trip, on its days, in its zone and
// under the trip's name.
func RoundInStop(t *Trip, stop Stop) *Round {
	first := midnight(stop.From, stop.Location()).In(stop.Location())
	r := NewRound(&Cluster{Zone: stop.Zone}, first)
	r.TripID, r.StopID, r.ClusterIDs, r.Contact, r.ContactEmail = t.ID, stop.ID, t.ClusterIDs, t.Contact, t.ContactEmail
	r.Title = Text{}
	for lang, s := range t.Title {
		r.Title[lang] = s + ": " + stop.City
	}
	last := midnight(stop.Until, stop.Location()).In(stop.Location())
	for day := 1; day <= min(daysBetween(first, last), maxDays-1); day++ {
		next := r.Days[0]
		next.Date = first.AddDate(0, 0, day).Format(time.DateOnly)
		r.Days = append(r.Days, next)
	}
	return r
}

// RoundAtStop is RoundInStop for an organiser of the trip.
func (d *Desk) RoundAtStop(ctx context.Context, by Actor, tripID, stopID string) (r *Round, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		t, err := ownTrip(tx, by, tripID)
		if err != nil {
			return err
		}
		s, ok := t.Stop(stopID)
		if !ok {
			return errHidden
		}
		r = RoundInStop(t, s)
		return nil
	})
	return r, err
}

// checkTrip wants a trip that r did not belong to before to be by's own, and
// the stop to be one of it.
func (r *Round) checkTrip(tx *storage.Tx, by Actor, f faults, linked string) error {
	if r.TripID == "" {
		r.StopID = ""
		return nil
	}
	t, err := trips.Get(tx, r.TripID)
	if errors.Is(err, storage.ErrNotFound) || err == nil && r.TripID != linked && !by.Organises(t.ClusterIDs...) {
		f.add("trip_id", "problem.choice")
		return nil
	}
	if err != nil {
		return err
	}
	if _, ok := t.Stop(r.StopID); !ok && r.TripID != linked {
		f.add("trip_id", "problem.choice")
	}
	return nil
}

// RoundsOfTrip are the rounds on the way that by may see, the next to meet
// first.
func (d *Desk) RoundsOfTrip(ctx context.Context, by Actor, tripID string) (list []*Round, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		list, err = roundsOfTrip(tx, by, tripID)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list rounds of trip %s: %w", tripID, err)
	}
	return list, nil
}

func roundsOfTrip(tx *storage.Tx, by Actor, tripID string) ([]*Round, error) {
	list, err := rounds.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("trip_id", tripID)}})
	list = slices.DeleteFunc(list, func(r *Round) bool { return !r.Open && !by.Organises(r.ClusterIDs...) })
	slices.SortStableFunc(list, func(a, b *Round) int { return a.Starts.Compare(b.Starts) })
	return list, err
}

// RoundFunding is the project that pays for the event or the trip that a round
// is part of, and that has to be shown now; nil for none.
func (d *Desk) RoundFunding(ctx context.Context, r *Round) (p *Project, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		e, err := roundEvent(tx, r)
		if err == nil {
			p, err = fundedBy(tx, e, tx.Now())
		}
		return err
	})
	return p, err
}

// A TripEntry says what came of entering a trip's companies into a round.
type TripEntry struct {
	Entered int      // companies that are in now
	Already int      // that were
	Left    []string // those that could not be entered: nobody of them is known, or their people are in another entrant
}

// A tripParty is a company to be entered with its people, who are contacts of
// the round's clusters by then.
type tripParty struct {
	company string // id
	name    string
	people  []Delegate
}

// EnterTrip enters into a round on the way all companies that travel, with
// their travellers, and all hosts of its stop, with their contacts; each is told
// as if an organiser had added it. A company that is in already stays as it is,
// so that it can be done again when others join. Who organises both the round
// and the trip may.
func (d *Desk) EnterTrip(ctx context.Context, by Actor, roundID string) (*TripEntry, error) {
	var parties []tripParty
	out := &TripEntry{}
	err := d.again(func() error {
		return d.update(ctx, func(tx *storage.Tx) error {
			r, page, err := ownTripRound(tx, by, roundID)
			if err != nil {
				return err
			}
			out.Left = nil
			parties, err = d.tripParties(tx, by, r, page, out)
			return err
		})
	})
	for _, p := range parties {
		if err != nil {
			break
		}
		err = d.enterParty(ctx, by, roundID, p, out)
	}
	if err != nil {
		return nil, fmt.Errorf("enter a trip into round %s: %w", roundID, changedMeanwhile(err))
	}
	return out, nil
}

// ownTripRound gives a round on the way to whoever organises it and its trip.
func ownTripRound(tx *storage.Tx, by Actor, roundID string) (*Round, *ProgrammePage, error) {
	r, err := ownRound(tx, by, roundID)
	if err != nil {
		return nil, nil, err
	}
	if r.TripID == "" {
		return nil, nil, &Problem{Kind: Closed, Key: "triprounds.no_trip"}
	}
	t, err := ownTrip(tx, by, r.TripID)
	if err != nil {
		return nil, nil, err
	}
	page, err := programmePage(tx, t)
	return r, page, err
}

// enterParty enters one company, unless it is in already.
func (d *Desk) enterParty(ctx context.Context, by Actor, roundID string, p tripParty, out *TripEntry) error {
	var in bool
	err := d.view(ctx, func(tx *storage.Tx) error {
		_, err := liveEntrant(tx, roundID, p.company)
		in = err == nil
		return ignoreMissing(err)
	})
	if in || err != nil {
		out.Already++
		return err
	}
	_, err = d.Enter(ctx, by, &Entrant{RoundID: roundID, CompanyID: p.company, People: p.people})
	if found := ProblemIn(err); found != nil && found.Kind == Invalid {
		out.Left = append(out.Left, p.name)
		return nil
	}
	if err == nil {
		out.Entered++
	}
	return err
}

// tripParties are the companies to be entered: those of travellers first, then
// those of hosts.
func (d *Desk) tripParties(tx *storage.Tx, by Actor, r *Round, page *ProgrammePage, out *TripEntry) (list []tripParty, err error) {
	for _, v := range page.Travellers {
		if v.Role == AsLeader || v.Role == AsStaff {
			continue
		}
		c, err := d.companyOfTraveller(tx, by, page.Trip, v)
		if err != nil {
			return nil, err
		}
		if c == nil {
			out.Left = append(out.Left, v.Name)
			continue
		}
		who, err := people.Get(tx, v.PersonID)
		if err != nil {
			return nil, err
		}
		if list, err = join(tx, list, c, r, who, v.Title); err != nil {
			return nil, err
		}
	}
	for _, h := range page.Programme.Hosts {
		if h.StopID != r.StopID || h.State == HostDeclined {
			continue
		}
		if list, err = d.joinHost(tx, by, list, r, page.Trip, &h, out); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// join puts a person among the people of their company in a list of parties.
func join(tx *storage.Tx, list []tripParty, c *Company, r *Round, who *Person, title string) ([]tripParty, error) {
	if err := knownTo(tx, who, r); err != nil {
		return nil, err
	}
	i := slices.IndexFunc(list, func(p tripParty) bool { return p.company == c.ID })
	if i < 0 {
		i, list = len(list), append(list, tripParty{company: c.ID, name: c.Name})
	}
	if !slices.ContainsFunc(list[i].people, func(p Delegate) bool { return p.PersonID == who.ID }) {
		list[i].people = append(list[i].people, Delegate{PersonID: who.ID, Title: title, Languages: meetsIn(who.Lang)})
	}
	return list, nil
}

// companyOfTraveller is the company that somebody travels for; nil if it is not
// known. One of a visiting delegation is taken in by its name and country.
func (d *Desk) companyOfTraveller(tx *storage.Tx, by Actor, t *Trip, v *Traveller) (*Company, error) {
	if v.CompanyID != "" {
		c, err := companies.Get(tx, v.CompanyID)
		return c, ignoreMissing(err)
	}
	if t.Enquiry == nil || v.Company == "" {
		return nil, nil
	}
	return d.companyCalled(tx, by, v.Company, t.Enquiry.Country, "", "")
}

// companyCalled finds a company by its exact name in its country, or keeps a
// new one.
func (d *Desk) companyCalled(tx *storage.Tx, by Actor, name, country, website string, kind CompanyKind) (*Company, error) {
	in := &Entrant{Name: name, Country: country, Website: website, Kind: kind}
	c, err := companyMeant(tx, in)
	if !errors.Is(err, storage.ErrNotFound) {
		return c, err
	}
	if in.Kind == "" {
		in.Kind = SME
	}
	return d.newCompany(tx, by, in)
}

// joinHost puts a host among the parties, with those of its contacts that have
// an address. A host by hand becomes a company of the directory.
func (d *Desk) joinHost(tx *storage.Tx, by Actor, list []tripParty, r *Round, t *Trip, h *Host, out *TripEntry) ([]tripParty, error) {
	if h.mailbox().Email == "" {
		out.Left = append(out.Left, h.Name)
		return list, nil
	}
	var c *Company
	var err error
	if h.CompanyID != "" {
		if c, err = companies.Get(tx, h.CompanyID); ignoreMissing(err) != nil {
			return nil, err
		}
	}
	if c == nil {
		stop, _ := t.Stop(h.StopID)
		if c, err = d.companyCalled(tx, by, h.Name, stop.Country, h.Website, h.Kind); err != nil {
			return nil, err
		}
	}
	for _, x := range h.Contacts {
		if x.Email == "" {
			continue
		}
		who, err := travelling(tx, r.ClusterIDs, &Traveller{Name: x.Name, Email: x.Email, Title: x.Title, Phone: x.Phone, Lang: h.Lang, CompanyID: c.ID})
		if err != nil {
			return nil, err
		}
		if list, err = join(tx, list, c, r, who, x.Title); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// PutRoundInProgramme keeps the times of a round in the programme of its trip:
// one activity a day, from its first slot to the end of its last, for those
// travellers who are among the people of its entrants. Done again it follows
// what the round has become.
func (d *Desk) PutRoundInProgramme(ctx context.Context, by Actor, roundID string) (*ProgrammePage, error) {
	var r *Round
	var entered map[string]bool
	err := d.view(ctx, func(tx *storage.Tx) (err error) {
		if r, _, err = ownTripRound(tx, by, roundID); err != nil {
			return err
		}
		entered, err = peopleIn(tx, roundID)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("round %s in its trip's programme: %w", roundID, err)
	}
	return d.changeHosts(ctx, by, r.TripID, 0, "programme.round", func(_ *storage.Tx, p *ProgrammePage) error {
		stop, ok := p.Trip.Stop(r.StopID)
		if !ok {
			return &Problem{Kind: Closed, Key: "triprounds.no_stop"}
		}
		var who []string
		for _, v := range p.Travellers {
			if entered[v.PersonID] {
				who = append(who, v.ID)
			}
		}
		p.Programme.putRound(r, stop, who)
		return nil
	})
}

// peopleIn are the people of the entrants that are in a round.
func peopleIn(tx *storage.Tx, roundID string) (map[string]bool, error) {
	out := map[string]bool{}
	for e, err := range entrants.Each(tx, storage.Query{Where: []storage.Cond{storage.Is("round_id", roundID), storage.Is("state", EntrantIn)}}) {
		if err != nil {
			return nil, err
		}
		for _, id := range e.PersonIDs {
			out[id] = true
		}
	}
	return out, nil
}

// putRound makes the activities of a round what its slots say. One of a day
// that stays keeps its identity, so that calendars see it move.
func (p *Programme) putRound(r *Round, stop Stop, travellerIDs []string) {
	var days []Activity
	for _, s := range r.Slots {
		day := hostDay(s.Starts, stop)
		if n := len(days); n > 0 && hostDay(days[n-1].Starts, stop).Equal(day) {
			days[n-1].Ends = s.Ends
			continue
		}
		a := Activity{Kind: B2B, RoundID: r.ID}
		for _, old := range p.Activities {
			if old.RoundID == r.ID && hostDay(old.Starts, stop).Equal(day) {
				a = old
				break
			}
		}
		a.StopID, a.Starts, a.Ends, a.Title, a.Crowd = stop.ID, s.Starts, s.Ends, r.Title, Crowd{TravellerIDs: travellerIDs}
		if a.Place == "" {
			a.Place, a.Address, _ = strings.Cut(r.Place(), ", ")
		}
		days = append(days, a)
	}
	p.Activities = slices.DeleteFunc(p.Activities, func(a Activity) bool { return a.RoundID == r.ID })
	p.Activities = append(p.Activities, days...)
}
