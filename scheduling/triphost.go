package scheduling

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"kohtaamo/storage"
)

// The limits of a host.
const (
	maxHosts        = 200 // of a trip
	maxHostContacts = 20
	hostAboutLimit  = 10_000 // runes of a profile in one language
)

// errSame ends a change that would change nothing.
var errSame = errors.New("nothing changes")

// changeHosts is changeProgramme for what may turn out to be done already.
func (d *Desk) changeHosts(ctx context.Context, by Actor, tripID string, rev int64, action string, change func(*storage.Tx, *ProgrammePage) error) (*ProgrammePage, error) {
	p, err := d.changeProgramme(ctx, by, tripID, rev, action, change)
	if errors.Is(err, errSame) {
		return d.Programme(ctx, by, tripID)
	}
	return p, err
}

// SaveHost adds a host to a trip, under in.ID if that is set, or changes the
// profile of one. rev is the revision of the programme that was looked at; 0
// adds, and a host that is there already under that ID stays as it is, so that
// a form sent twice adds one. How the host answered is not changed here; where
// the address that it is written to changes, its earlier links are of no use.
func (d *Desk) SaveHost(ctx context.Context, by Actor, tripID string, rev int64, in *Host) (*ProgrammePage, error) {
	action := "host.edit"
	if rev == 0 {
		action = "host.add"
	}
	return d.changeHosts(ctx, by, tripID, rev, action, func(tx *storage.Tx, p *ProgrammePage) error {
		h := *in
		if err := h.check(d, p.Trip); err != nil {
			return err
		}
		f := faults{}
		if err := exists(tx, f, "company_id", companies.Get, optional(h.CompanyID)...); err != nil {
			return err
		}
		if err := f.problem(); err != nil {
			return err
		}
		if old := p.Programme.Host(h.ID); old != nil && h.ID != "" {
			if rev == 0 {
				return errSame
			}
			return p.editHost(old, &h)
		}
		if rev != 0 {
			return errHidden
		}
		return p.addHost(&h)
	})
}

func (p *ProgrammePage) addHost(h *Host) error {
	if len(p.Programme.Hosts) >= maxHosts {
		return &Problem{Kind: Full, Key: "host.too_many"}
	}
	h.ID, h.State = orNew(h.ID), HostPlanned
	h.InvitedAt, h.AnsweredAt, h.AgainAt = time.Time{}, time.Time{}, time.Time{}
	h.Comment, h.Proposes, h.Generation = "", "", 0
	p.Programme.Hosts = append(p.Programme.Hosts, *h)
	return nil
}

// editHost takes what can be written about a host. Where its visits are stays
// with them, so a host with visits stays at its stop.
func (p *ProgrammePage) editHost(h, in *Host) error {
	if in.StopID != h.StopID && len(p.Programme.VisitsOf(h.ID)) > 0 {
		return &Problem{Kind: Invalid, Key: "problem.invalid", Fields: map[string]string{"stop_id": "host.stop_has_visits"}}
	}
	was := h.mailbox()
	h.CompanyID, h.StopID, h.Name, h.About, h.Website, h.Address = in.CompanyID, in.StopID, in.Name, in.About, in.Website, in.Address
	h.Lang, h.Contacts, h.Kind = in.Lang, in.Contacts, in.Kind
	if h.mailbox().Email != was.Email {
		h.Generation++
	}
	return nil
}

// check cleans what was typed and says everything that is wrong with it.
func (h *Host) check(d *Desk, t *Trip) error {
	f := faults{}
	h.Name, h.Website, h.Address = cleanLine(h.Name), cleanLine(h.Website), cleanLine(h.Address)
	f.need("name", h.Name, lineLimit)
	f.limit("address", h.Address, lineLimit)
	if h.Website != "" && !webAddress(h.Website) {
		f.add("website", "host.website")
	}
	if _, ok := t.Stop(h.StopID); !ok {
		f.add("stop_id", "problem.choice")
	}
	if h.About = h.About.trimmed(); h.About.longest() > hostAboutLimit {
		f.add("about", "problem.too_long")
	}
	if h.Kind != "" && !slices.Contains(CompanyKinds, h.Kind) {
		f.add("kind", "problem.choice")
	}
	h.Lang = d.Texts.In(h.Lang).Code()
	h.checkContacts(f)
	return f.problem()
}

func (h *Host) checkContacts(f faults) {
	h.Contacts = slices.Clone(h.Contacts)
	if len(h.Contacts) > maxHostContacts {
		f.add("contacts", "host.contacts_many")
	}
	for i := range h.Contacts {
		c := &h.Contacts[i]
		c.Name, c.Title, c.Phone = cleanLine(c.Name), cleanLine(c.Title), cleanLine(c.Phone)
		if c.Name == "" || len([]rune(c.Name+c.Title+c.Phone)) > 2*lineLimit {
			f.add("contacts", "host.contacts")
		}
		if strings.TrimSpace(c.Email) == "" {
			c.Email = ""
			continue
		}
		email, ok := NormalEmail(c.Email)
		if c.Email = email; !ok {
			f.add("contacts", "host.contacts")
		}
	}
}

// mailbox is the contact that the host is written to: the first with an
// address; a zero one if nobody has any.
func (h *Host) mailbox() HostContact {
	for _, c := range h.Contacts {
		if c.Email != "" {
			return c
		}
	}
	return HostContact{}
}

// VisitsOf are the activities at a host, by their start.
func (p *Programme) VisitsOf(hostID string) (out []Activity) {
	for _, a := range p.Activities {
		if a.HostID == hostID && hostID != "" {
			out = append(out, a)
		}
	}
	slices.SortStableFunc(out, func(a, b Activity) int { return a.Starts.Compare(b.Starts) })
	return out
}

// DropHost takes a host out of a trip. One whose visits stand in the programme
// is refused, unless withVisits says that they go as well. A host that was
// invited is told, with the reason.
func (d *Desk) DropHost(ctx context.Context, by Actor, tripID, hostID string, withVisits bool, reason string) (*ProgrammePage, error) {
	reason = cleanText(reason)
	return d.changeHosts(ctx, by, tripID, 0, "host.drop", func(tx *storage.Tx, p *ProgrammePage) error {
		h := p.Programme.Host(hostID)
		if h == nil {
			return errHidden
		}
		if n := len(p.Programme.VisitsOf(h.ID)); n > 0 && !withVisits {
			return &Problem{Kind: Closed, Key: "host.has_visits", Args: []any{"host", h.Name, "n", n}}
		}
		if err := d.callHostOff(tx, p, h, reason); err != nil {
			return err
		}
		p.Programme.Activities = slices.DeleteFunc(p.Programme.Activities, func(a Activity) bool { return a.HostID == hostID })
		p.Programme.Hosts = slices.DeleteFunc(p.Programme.Hosts, func(x Host) bool { return x.ID == hostID })
		return nil
	})
}

// HostURL is the page of a host, by a link that nobody can guess.
func (d *Desk) HostURL(t *Trip, h *Host) string { return d.BaseURL + "/hosts/" + d.HostLink(t, h) }

// HostLink is the last part of HostURL.
func (d *Desk) HostLink(t *Trip, h *Host) string {
	return d.sign("trip-host", t.ID+"~"+h.ID, h.Generation)
}

// hostByLink finds a host by its link, with the trip and its programme. A link
// that was never ours, or that a change of address made useless, finds nothing.
func (d *Desk) hostByLink(tx *storage.Tx, link string) (*ProgrammePage, *Host, error) {
	id, mac, ok := splitLink(link)
	tripID, hostID, both := strings.Cut(id, "~")
	if !ok || !both {
		return nil, nil, errHidden
	}
	t, err := trips.Get(tx, tripID)
	if err != nil {
		return nil, nil, err
	}
	p, err := programmePage(tx, t)
	if err != nil {
		return nil, nil, err
	}
	h := p.Programme.Host(hostID)
	if h == nil || !d.signed("trip-host", id, h.Generation, mac) {
		return nil, nil, errHidden
	}
	return p, h, nil
}

// CompanyHost is a host as the directory knows it, not stored yet: the
// company's name and website, and those of its people that by knows.
func (d *Desk) CompanyHost(ctx context.Context, by Actor, tripID, companyID string) (h *Host, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		if _, err := ledTrip(tx, by, tripID); err != nil {
			return err
		}
		if !by.OrganisesAny() {
			return errHidden
		}
		c, err := companies.Get(tx, companyID)
		if err != nil {
			return err
		}
		h = &Host{CompanyID: c.ID, Name: c.Name, Address: c.Municipality, Kind: c.Kind}
		if webAddress(c.Website) {
			h.Website = c.Website
		}
		staff, err := people.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("company_id", c.ID)}, Limit: maxHostContacts})
		for _, p := range staff {
			if by.knows(p) {
				h.Contacts = append(h.Contacts, HostContact{Name: p.Name, Title: p.Title, Email: p.Email, Phone: p.Phone})
				h.Lang = cmp.Or(h.Lang, p.Lang)
			}
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("host from company %s: %w", companyID, err)
	}
	return h, nil
}
