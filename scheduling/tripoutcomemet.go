package scheduling

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"kohtaamo/storage"
)

// A TripDelegate is who outcomes of a trip are told of: a company with those of
// it who travel, or a traveller who is of none.
type TripDelegate struct {
	Key       string // company id, a name for what has none, or traveller id
	Name      string
	CompanyID string
	Travel    []*Traveller // by name
}

// delegating reports whether somebody travels for a company or a body, rather
// than to lead or to help.
func (v *Traveller) delegating() bool { return v.Role == AsDelegate || v.Role == AsVisitor }

// delegatesAmong is how many of those who go travel for somebody.
func delegatesAmong(list []*Traveller) (n int) {
	for _, v := range list {
		if v.Goes() && v.delegating() {
			n++
		}
	}
	return n
}

// delegatesOf are the delegates among the travellers, by name. Colleagues are
// one delegate: by the company's id, or by its name where one of them has none.
func delegatesOf(vs []*Traveller) (out []*TripDelegate) {
	ids := map[string]string{} // name in lower case → company id
	for _, v := range vs {
		if v.CompanyID != "" {
			ids[strings.ToLower(v.Company)] = v.CompanyID
		}
	}
	by := map[string]*TripDelegate{}
	for _, v := range vs {
		if !v.delegating() {
			continue
		}
		company := cmp.Or(v.CompanyID, ids[strings.ToLower(v.Company)])
		key := cmp.Or(company, nameKey(v.Company), v.ID)
		if by[key] == nil {
			by[key] = &TripDelegate{Key: key, Name: cmp.Or(v.Company, v.Name), CompanyID: company}
			out = append(out, by[key])
		}
		by[key].Travel = append(by[key].Travel, v)
	}
	slices.SortStableFunc(out, func(a, b *TripDelegate) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), strings.Compare(a.Key, b.Key))
	})
	return out
}

// nameKey is a key made of a name; "" for none.
func nameKey(name string) string {
	if name == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(strings.ToLower(name)))
	return "as-" + hex.EncodeToString(sum[:8])
}

// goesBy reports whether a key is the delegate's, or was: what was said before a
// company came into the directory stands under its name.
func (t *TripDelegate) goesBy(key string) bool {
	return key == t.Key || key == nameKey(t.Name) || slices.ContainsFunc(t.Travel, func(v *Traveller) bool { return v.ID == key })
}

// absentFrom reports whether somebody was marked as not there.
func (v *Traveller) absentFrom(partID string) bool {
	m, marked := v.Marks[partID]
	return marked && !m.Present
}

// attended are the parts of the programme that somebody took part in and that
// began before now: those meant for them, unless they were marked absent.
func (p *ProgrammePage) attended(v *Traveller, now time.Time) (came []Part, due int) {
	for _, x := range p.Programme.Parts(p.Trip) {
		if x.Kind == StayPart || !x.Has(v.ID) || !x.Starts.Before(now) {
			continue
		}
		if due++; !v.absentFrom(x.ID) {
			came = append(came, x)
		}
	}
	return came, due
}

// tookPart reports whether somebody went: they were not marked absent from
// everything that was meant for them.
func (p *ProgrammePage) tookPart(v *Traveller, now time.Time) bool {
	came, due := p.attended(v, now)
	return v.Goes() && (due == 0 || len(came) > 0)
}

// A TripRow is a delegate and a host that it met on a trip, with what the two
// said came of it.
type TripRow struct {
	Delegate *TripDelegate
	Host     *Host
	People   []*Traveller // who took part; none of what was only told
	Said     *TripOutcome // by the delegate; nil: not yet
	HostSaid *TripOutcome
	Furthest Ladder // the highest step that a side names; "" while nobody has said anything
	Disagree bool
}

// rowsOf are the delegates and hosts of a trip that met before now, by the
// order of the delegates and of the hosts, with what was said. What was said
// stays, whatever became of the programme since.
func (p *ProgrammePage) rowsOf(said []*TripOutcome, now time.Time) (out []*TripRow) {
	delegates := delegatesOf(p.Travellers)
	for _, d := range delegates {
		for i := range p.Programme.Hosts {
			h := &p.Programme.Hosts[i]
			if people := p.met(d, h, now); len(people) > 0 {
				out = append(out, &TripRow{Delegate: d, Host: h, People: people})
			}
		}
	}
	for _, o := range said {
		i := slices.IndexFunc(out, func(r *TripRow) bool { return r.Host.ID == o.HostID && r.Delegate.goesBy(o.Delegate) })
		if i < 0 {
			i = len(out)
			out = append(out, p.toldOf(delegates, o))
		}
		out[i].hear(o)
	}
	return out
}

// met are those of a delegate who visited a host.
func (p *ProgrammePage) met(d *TripDelegate, h *Host, now time.Time) (people []*Traveller) {
	if h.State == HostDeclined {
		return nil
	}
	for _, v := range d.Travel {
		if slices.ContainsFunc(p.Programme.Activities, func(a Activity) bool {
			return a.HostID == h.ID && a.Has(v.ID) && a.Starts.Before(now) && !v.absentFrom(a.ID)
		}) {
			people = append(people, v)
		}
	}
	return people
}

// toldOf is the row of an outcome whose visit the programme does not have any more.
func (p *ProgrammePage) toldOf(delegates []*TripDelegate, o *TripOutcome) *TripRow {
	r := &TripRow{Host: p.Programme.Host(o.HostID)}
	if r.Host == nil {
		r.Host = &Host{ID: o.HostID, Name: o.Host}
	}
	if i := slices.IndexFunc(delegates, func(d *TripDelegate) bool { return d.goesBy(o.Delegate) }); i >= 0 {
		r.Delegate = delegates[i]
	} else {
		r.Delegate = &TripDelegate{Key: o.Delegate, Name: o.Company}
	}
	return r
}

// hear adds what a side said.
func (r *TripRow) hear(o *TripOutcome) {
	if o.HostSide {
		r.HostSaid = o
	} else {
		r.Said = o
	}
	if r.Furthest == "" || o.Step.rung() > r.Furthest.rung() {
		r.Furthest = o.Step
	}
	r.Disagree = r.Said != nil && r.HostSaid != nil && r.Said.Step != r.HostSaid.Step
}

// Side is what one side said; nil for nothing.
func (r *TripRow) Side(host bool) *TripOutcome {
	if host {
		return r.HostSaid
	}
	return r.Said
}

// Waiting reports whether the delegate has not said what came of it.
func (r *TripRow) Waiting() bool { return r.Said == nil }

// with reports whether somebody took part in what the row is about.
func (r *TripRow) with(travellerID string) bool {
	return slices.ContainsFunc(r.People, func(v *Traveller) bool { return v.ID == travellerID })
}

// tripSaid is a trip with its programme, its travellers and what was said, as
// all that is about outcomes sees it.
type tripSaid struct {
	*ProgrammePage
	Rows []*TripRow
}

func readSaid(tx *storage.Tx, t *Trip) (*tripSaid, error) {
	p, err := programmePage(tx, t)
	if err != nil {
		return nil, err
	}
	said, err := tripOutcomes.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("trip_id", t.ID)}, Sort: "answered_at"})
	if err != nil {
		return nil, err
	}
	return &tripSaid{p, p.rowsOf(said, tx.Now())}, nil
}
