package scheduling

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"kohtaamo/storage"
)

// receiptFor is how long the address that follows a form shows what came of it.
const receiptFor = 2 * time.Hour

// ReceiptLink is the last part of the address that shows a Receipt to whoever
// sent the form: signed, good for two hours, and with the way to the
// registration's own page only where nobody else can have sent it.
func (d *Desk) ReceiptLink(rec *Receipt) string {
	r := rec.Lead()
	mark := "x"
	if (rec.Own || !rec.Repeated) && !r.Unconfirmed {
		mark = "o"
	}
	id := r.ID + "-" + mark + strconv.FormatInt(d.now().Add(receiptFor).Unix(), 36)
	return d.sign("receipt", id, r.Generation)
}

// A ReceiptPage is what a form led to, as it stands now. Link is the last part
// of the registration's own address, where its sender may have it.
type ReceiptPage struct {
	MyPage
	Link string
}

// ReceiptPage reads a receipt's link. One that has run out gives ErrGone, with
// the page; one that is not ours, storage.ErrNotFound.
func (d *Desk) ReceiptPage(ctx context.Context, link string) (*ReceiptPage, error) {
	text, mac, ok := splitLink(link)
	id, tail, marked := strings.Cut(text, "-")
	if !ok || !marked || len(tail) < 2 {
		return nil, errHidden
	}
	until, err := strconv.ParseInt(tail[1:], 36, 64)
	if err != nil {
		return nil, errHidden
	}
	var page *ReceiptPage
	err = d.view(ctx, func(tx *storage.Tx) error {
		p, err := d.fetch(tx, id)
		if err != nil {
			return err
		}
		if !d.signed("receipt", text, p.r.Generation, mac) {
			return errHidden
		}
		page, err = d.receiptPage(tx, p, tail[0] == 'o')
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("show receipt: %w", err)
	}
	if d.now().Unix() >= until {
		return page, ErrGone
	}
	return page, nil
}

func (d *Desk) receiptPage(tx *storage.Tx, p *place, own bool) (*ReceiptPage, error) {
	page := &ReceiptPage{MyPage: MyPage{Event: p.e, Seating: p.s, Registration: p.r}}
	if own {
		page.Link = d.MyLink(p.r)
	}
	var err error
	if page.Position, err = position(tx, nil, p.r); err != nil {
		return nil, err
	}
	page.Party, err = partyOf(tx, p.r)
	return page, err
}
