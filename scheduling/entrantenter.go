package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"kohtaamo/storage"
)

// Enter lets by's company into a round: the one that their record names, or
// else the one that in names, which is matched with those we know only as far
// as that is safe (see findCompany). An organiser of the round enters any company, by
// in.CompanyID, with the persons in in.People. What in does not say of itself
// is taken over from the company's record.
//
// Entering twice is one entrant: a company that is in already is given as it
// stands, with by among its people. A Problem of kind Full where no place is
// left, Closed where the round takes nobody.
func (d *Desk) Enter(ctx context.Context, by Actor, in *Entrant) (e *Entrant, err error) {
	f := faults{}
	in.checkProfile(f)
	for i := range in.People {
		in.People[i].check(f)
	}
	if err := f.problem(); err != nil {
		return nil, err
	}
	err = d.again(func() error {
		return d.update(ctx, func(tx *storage.Tx) error {
			r, err := d.roundToEnter(tx, by, in.RoundID)
			if err != nil {
				return err
			}
			fresh := *in
			if by.Organises(r.ClusterIDs...) && in.CompanyID != "" {
				e, err = d.enterFor(tx, by, r, &fresh)
			} else {
				e, err = d.enterOwn(tx, by, r, &fresh)
			}
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("enter round %s: %w", in.RoundID, changedMeanwhile(err))
	}
	return e, nil
}

// roundToEnter is a round that takes entrants; its organisers let them in until
// it is over.
func (d *Desk) roundToEnter(tx *storage.Tx, by Actor, id string) (*Round, error) {
	r, err := rounds.Get(tx, id)
	if err != nil {
		return nil, err
	}
	own := by.Organises(r.ClusterIDs...)
	switch {
	case r.Phase == RoundDraft && !own:
		return nil, errHidden
	case r.Phase == RoundProfiles, r.Phase == RoundRequests, own && !r.Past(RoundClosed) && r.Phase != RoundCancelled:
		return r, nil
	}
	return nil, &Problem{Kind: Closed, Key: "entrant.closed"}
}

// enterOwn is Enter for somebody signed in.
func (d *Desk) enterOwn(tx *storage.Tx, by Actor, r *Round, in *Entrant) (*Entrant, error) {
	if !by.SignedIn() {
		return nil, errHidden
	}
	p, err := people.Get(tx, by.ID)
	if err != nil {
		return nil, err // a token is no person
	}
	if e, err := entrantOf(tx, r.ID, p.ID); err == nil || !errors.Is(err, storage.ErrNotFound) {
		return e, err
	}
	me := Delegate{PersonID: p.ID, Name: p.Name, Title: p.Title, Languages: meetsIn(p.Lang), Manages: true}
	if len(in.People) > 0 { // what they say of themselves
		me.Title, me.Languages = in.People[0].Title, in.People[0].Languages
	}
	in.People = []Delegate{me}
	if p.CompanyID == "" {
		if err := d.findCompany(tx, by, r, p, in); err != nil {
			return nil, err
		}
	} else {
		c, err := companies.Get(tx, p.CompanyID)
		if err != nil {
			return nil, err
		}
		if e, err := liveEntrant(tx, r.ID, c.ID); err == nil {
			return d.joinOwn(tx, by, r, e, me)
		} else if !errors.Is(err, storage.ErrNotFound) {
			return nil, err
		}
		in.asCompany(c)
		in.fromCompany(c)
	}
	if err := knownTo(tx, p, r); err != nil {
		return nil, err
	}
	return d.begin(tx, by, r, in)
}

// meetsIn is the language that somebody reads, if it is one to meet in.
func meetsIn(lang string) []string {
	if slices.Contains(MeetingLanguages, lang) {
		return []string{lang}
	}
	return nil
}

// joinOwn puts a person of the company among the people of its entrant. They
// do not manage it: who entered first decides about that.
func (d *Desk) joinOwn(tx *storage.Tx, by Actor, r *Round, e *Entrant, me Delegate) (*Entrant, error) {
	if e.State == EntrantRejected {
		return nil, &Problem{Kind: Closed, Key: "entrant.rejected"}
	}
	me.Manages = false
	return e, d.addDelegate(tx, by, r, e, me)
}

// enterFor is Enter for an organiser of the round.
func (d *Desk) enterFor(tx *storage.Tx, by Actor, r *Round, in *Entrant) (*Entrant, error) {
	if e, err := liveEntrant(tx, r.ID, in.CompanyID); err == nil || !errors.Is(err, storage.ErrNotFound) {
		return e, err
	}
	f := faults{}
	if err := exists(tx, f, "company_id", companies.Get, in.CompanyID); err != nil {
		return nil, err
	}
	if err := d.delegatesFor(tx, by, r, in, f); err != nil {
		return nil, err
	}
	if err := f.problem(); err != nil {
		return nil, err
	}
	c, err := companies.Get(tx, in.CompanyID)
	if err != nil {
		return nil, err
	}
	in.asCompany(c)
	in.fromCompany(c)
	return d.begin(tx, by, r, in)
}

// delegatesFor completes the people whom an organiser named.
func (d *Desk) delegatesFor(tx *storage.Tx, by Actor, r *Round, in *Entrant, f faults) error {
	if len(in.People) == 0 {
		f.add("people", "entrant.nobody")
	}
	for i := range in.People {
		p, err := people.Get(tx, in.People[i].PersonID)
		switch {
		case errors.Is(err, storage.ErrNotFound), err == nil && !by.knows(p):
			f.add("people", "problem.choice")
			continue
		case err != nil:
			return err
		}
		if _, err := entrantOf(tx, r.ID, p.ID); err == nil {
			f.add("people", "entrant.elsewhere")
		} else if !errors.Is(err, storage.ErrNotFound) {
			return err
		}
		in.People[i].Name = p.Name
		if in.People[i].Title == "" {
			in.People[i].Title = p.Title
		}
		in.People[i].Manages = in.People[i].Manages || i == 0
	}
	return nil
}

// findCompany finds out whose the company is that p names, and notes it: theirs
// where nobody else belongs to it, new where we do not know it, and otherwise a
// claim, about which an organiser decides. Nothing of a claimed company's record
// is shown before.
func (d *Desk) findCompany(tx *storage.Tx, by Actor, r *Round, p *Person, in *Entrant) error {
	f := faults{}
	in.CompanyID = ""
	in.checkCompany(f)
	if err := f.problem(); err != nil {
		return err
	}
	c, err := companyMeant(tx, in)
	if errors.Is(err, storage.ErrNotFound) {
		c, err = d.newCompany(tx, by, in)
	} else if err == nil {
		var taken bool
		if taken, err = belongsToOthers(tx, c, p.ID); taken {
			in.Claims, in.Live = c.ID, r.ID+"/claim/"+p.ID
			return err
		}
	}
	if err != nil {
		return err
	}
	p.CompanyID = c.ID
	in.asCompany(c)
	in.fromCompany(c)
	return nil
}

// companyMeant is the company that somebody names by its business id, or by
// its exact name in its country where neither has a business id to tell them
// apart. Names that are but alike are other companies.
func companyMeant(tx *storage.Tx, in *Entrant) (*Company, error) {
	if in.BusinessID != "" {
		c, err := companies.First(tx, storage.Query{Where: []storage.Cond{storage.Is("business_id", in.BusinessID)}})
		if err == nil || !errors.Is(err, storage.ErrNotFound) {
			return c, err
		}
	}
	same, err := companies.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("sort", strings.ToLower(in.Name))}, Limit: 20})
	for _, c := range same {
		if c.Country == in.Country && (c.BusinessID == "" || in.BusinessID == "") {
			return c, nil
		}
	}
	if err == nil {
		err = fmt.Errorf("company: %w", storage.ErrNotFound)
	}
	return nil, err
}

// belongsToOthers reports whether anybody but the person belongs to c, or has
// entered it into a round.
func belongsToOthers(tx *storage.Tx, c *Company, personID string) (bool, error) {
	staff, err := people.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("company_id", c.ID)}, Limit: 2})
	if err != nil || slices.ContainsFunc(staff, func(p *Person) bool { return p.ID != personID }) {
		return true, err
	}
	n, err := entrants.Count(tx, storage.Query{Where: []storage.Cond{storage.Is("company_id", c.ID)}})
	return n > 0, err
}

// newCompany keeps a company that somebody names for the first time.
func (d *Desk) newCompany(tx *storage.Tx, by Actor, in *Entrant) (*Company, error) {
	c := &Company{Meta: storage.Meta{ID: storage.NewID()}, Name: in.Name, Kind: in.Kind, BusinessID: in.BusinessID,
		Country: in.Country, Website: in.Website, ClusterIDs: []string{}}
	c.index()
	if err := companies.Put(tx, c); err != nil {
		return nil, err
	}
	return c, d.log(tx, by, "company.save", c.ID, c.ID, c.Name, "")
}

// knownTo makes p a contact of the round's clusters. It stores p in any case, so
// that somebody who enters twice at the same moment meets themselves there.
func knownTo(tx *storage.Tx, p *Person, r *Round) error {
	for _, id := range r.ClusterIDs {
		if !slices.Contains(p.ClusterIDs, id) {
			p.ClusterIDs = append(p.ClusterIDs, id)
		}
	}
	return people.Put(tx, p)
}

// begin stores a new entrant, in the round or waiting for its organisers, and
// tells its people.
func (d *Desk) begin(tx *storage.Tx, by Actor, r *Round, e *Entrant) (*Entrant, error) {
	e.Meta = storage.Meta{ID: storage.NewID()}
	e.State, e.Paused, e.Invites, e.Reason = EntrantIn, false, nil, ""
	if e.Claims == "" {
		e.Live = r.ID + "/" + e.CompanyID
	}
	if e.Claims != "" || r.Limits.Approval && !by.Organises(r.ClusterIDs...) {
		e.State = EntrantPending
	} else if err := enrol(tx, r, 1); err != nil {
		return nil, err
	}
	e.index()
	if err := entrants.Put(tx, e); err != nil {
		return nil, err
	}
	if err := d.log(tx, by, "entrant.enter", e.ID, r.ID, e.Name, ""); err != nil {
		return nil, err
	}
	return e, d.tellEntrant(tx, r, e, e.mailFor())
}

// enrol counts n entrants more into a round, or says that it is full.
func enrol(tx *storage.Tx, r *Round, n int) error {
	c, err := enrolments.Get(tx, r.ID)
	if errors.Is(err, storage.ErrNotFound) {
		c, err = &enrolment{Meta: storage.Meta{ID: r.ID}}, nil
	}
	if err != nil {
		return err
	}
	if c.In += n; n > 0 && r.Limits.Entrants > 0 && c.In > r.Limits.Entrants {
		return &Problem{Kind: Full, Key: "entrant.full"}
	}
	return enrolments.Put(tx, c)
}

// entrantOf is the entrant of a round that a person is one of the people of.
func entrantOf(tx *storage.Tx, roundID, personID string) (*Entrant, error) {
	list, err := entrants.Find(tx, storage.Query{Where: []storage.Cond{
		{Field: "person_ids", Op: storage.Has, Value: personID}, storage.Is("round_id", roundID)}, Sort: "updated"})
	if err != nil {
		return nil, err
	}
	for _, e := range slices.Backward(list) {
		if e.State != EntrantLeft {
			return e, nil
		}
	}
	return nil, fmt.Errorf("entrant: %w", storage.ErrNotFound)
}

// liveEntrant is the entrant of a round that a company is.
func liveEntrant(tx *storage.Tx, roundID, companyID string) (*Entrant, error) {
	return entrants.First(tx, storage.Query{Where: []storage.Cond{storage.Is("live", roundID+"/"+companyID)}})
}
