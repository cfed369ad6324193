package scheduling

import (
	"context"
	"slices"
	"strings"
	"time"

	"kohtaamo/storage"
)

// A HostPage is what a host sees by its link: its visits and who comes.
type HostPage struct {
	Trip    *Trip
	Host    Host
	Stop    Stop
	Visits  []HostVisitLine
	Size    int         // people of the delegation
	Guests  []HostGuest // who come, companies by name
	Open    bool        // it can answer
	Until   time.Time   // until which it can: the day of the visit begins
	Project *Project    // that pays for the trip and has to be shown; nil for none
}

// A HostVisitLine is a visit with where it takes place.
type HostVisitLine struct {
	Activity
	Where string
}

// A HostGuest is a company of the delegation. Until the host has said yes, it
// reads what its people do, and no names.
type HostGuest struct {
	Company string
	People  []HostPerson
}

// A HostPerson is one of the people of a company who come.
type HostPerson struct {
	Name  string // "" until the host said yes
	Title string
}

// HostByLink shows a host's page to whoever has its link. It changes nothing:
// mail programs and their guards open links too.
func (d *Desk) HostByLink(ctx context.Context, link string) (p *HostPage, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		page, h, err := d.hostByLink(tx, link)
		if err != nil {
			return err
		}
		p = d.hostPage(tx, page, h)
		p.Project, err = tripFunding(tx, page.Trip, tx.Now())
		return err
	})
	return p, err
}

func (d *Desk) hostPage(tx *storage.Tx, page *ProgrammePage, h *Host) *HostPage {
	p := &HostPage{Trip: page.Trip, Host: *h, Size: page.HostSize(h)}
	p.Stop, _ = page.Trip.Stop(h.StopID)
	p.Until = midnight(p.Stop.From, p.Stop.Location())
	for i, a := range page.Programme.VisitsOf(h.ID) {
		p.Visits = append(p.Visits, HostVisitLine{a, visitPlace(a, h)})
		if i == 0 {
			p.Until = hostDay(a.Starts, p.Stop)
		}
	}
	p.Open = h.State != HostPlanned && !page.Trip.Off() && len(p.Visits) > 0 && tx.Now().Before(p.Until)
	if h.State == HostPlanned { // nobody asks it any more
		p.Visits, p.Size = nil, 0
	} else if !page.Trip.Off() {
		p.Guests = guestsOf(page.visitorsOf(h), h.State == HostConfirmed)
	}
	return p
}

// hostDay is when the day of a moment begins on the clock of a stop.
func hostDay(t time.Time, s Stop) time.Time {
	return midnight(t.In(s.Location()).Format(time.DateOnly), s.Location())
}

// guestsOf are the companies of travellers. Those who come without one stand
// under their role's.
func guestsOf(list []*Traveller, named bool) (out []HostGuest) {
	for _, v := range list {
		i := slices.IndexFunc(out, func(g HostGuest) bool { return g.Company == v.Company })
		if i < 0 {
			i, out = len(out), append(out, HostGuest{Company: v.Company})
		}
		who := HostPerson{Title: v.Title}
		if named {
			who.Name = v.Name
		}
		if named || v.Title != "" {
			out[i].People = append(out[i].People, who)
		}
	}
	slices.SortStableFunc(out, func(a, b HostGuest) int {
		return strings.Compare(strings.ToLower(a.Company), strings.ToLower(b.Company))
	})
	return out
}
