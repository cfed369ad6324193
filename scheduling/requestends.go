package scheduling

import "kohtaamo/storage"

// endRequestsOf ends what an entrant that leaves a round asked for and what it
// was asked for. Whoever waited for it, or had agreed to meet it, is told.
func (d *Desk) endRequestsOf(tx *storage.Tx, r *Round, e *Entrant) error {
	list, err := requestsOf(tx, e.ID)
	if err != nil {
		return err
	}
	for _, q := range list {
		if !q.State.Live() {
			continue
		}
		other, err := entrants.Get(tx, q.Other(e.ID))
		if err != nil {
			return err
		}
		if err := d.endRequest(tx, &exchange{r, q, e, other}); err != nil {
			return err
		}
	}
	return nil
}

// endRequest ends the request of an exchange for the one that leaves.
func (d *Desk) endRequest(tx *storage.Tx, x *exchange) error {
	unread, err := d.Outbox.Withdraw(tx, requestRef(x.q), requestReceived)
	if err != nil {
		return err
	}
	state, kind := RequestWithdrawn, requestWithdrawn
	switch {
	case x.q.To == x.me.ID:
		state, kind = RequestDeclined, requestDeclined
	case unread > 0:
		kind = ""
	}
	x.q.end(state, tx.Now())
	return d.keepRequest(tx, System("entrants"), x, "request.end", kind)
}
