package scheduling

import (
	"context"

	"kohtaamo/storage"
)

// EventURL is the public address of e.
func (d *Desk) EventURL(e *Event) string { return d.BaseURL + "/events/" + e.Slug }

// MyURL is the page of r's person, by a link that nobody can guess.
func (d *Desk) MyURL(r *Registration) string { return d.BaseURL + "/my/" + d.MyLink(r) }

// MyLink is the last part of MyURL.
func (d *Desk) MyLink(r *Registration) string { return d.sign("registration", r.ID, r.Generation) }

// A MyPage is what the holder of a registration's link may see.
type MyPage struct {
	Event        *Event
	Seating      *Seating
	Registration *Registration
	Position     int             // in the waiting list; 0 if it does not wait
	Party        []*Registration // who else came along, still live
}

// MyPage finds a registration by its link. A link that was never ours, or that
// a hand-over made useless, finds nothing.
func (d *Desk) MyPage(ctx context.Context, link string) (*MyPage, error) {
	id, mac, ok := splitLink(link)
	if !ok {
		return nil, errHidden
	}
	var page *MyPage
	err := d.view(ctx, func(tx *storage.Tx) error {
		p, err := d.fetch(tx, id)
		if err != nil {
			return err
		}
		if !d.signed("registration", id, p.r.Generation, mac) {
			return errHidden
		}
		page = &MyPage{Event: p.e, Seating: p.s, Registration: p.r}
		if page.Position, err = position(tx, nil, p.r); err != nil {
			return err
		}
		page.Party, err = partyOf(tx, p.r)
		return err
	})
	return page, err
}
