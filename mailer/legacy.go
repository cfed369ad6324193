package mailer

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"kohtaamo/storage"
)

// inherit writes down what dead programs on the same journal left behind, so
// that nothing waits for their leases and nothing that was taken leaves again.
func (w *Worker) inherit(ctx context.Context) error {
	return w.Journal.inherit(ctx, w.Outbox.settleLegacy)
}

// settleLegacy deals with what one dead program left: replies that it had are
// written down; of deliveries whose end mark was out, it is assumed that they
// were taken; other mails leave again, with the same Message-ID and Date, and
// everything it had claimed is free.
func (o *Outbox) settleLegacy(ctx context.Context, l legacy) error {
	ids := slices.Sorted(maps.Keys(l.open))
	for some := range slices.Chunk(ids, clerkPage) {
		err := o.DB.Update(ctx, func(tx *storage.Tx) error {
			for _, id := range some {
				if err := o.settleEntry(tx, l.open[id]); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("settle what a killed program left: %w", err)
		}
	}
	if err := o.freeMails(ctx, l); err != nil {
		return fmt.Errorf("free the mail of a killed program: %w", err)
	}
	return o.endTurns(ctx, l.run)
}

// settleEntry writes down what is known of a delivery's try, unless the outbox
// has that, or a later one, in writing.
func (o *Outbox) settleEntry(tx *storage.Tx, e entry) error {
	id, ok := strings.CutPrefix(e.id, copyMark)
	if !ok {
		return nil
	}
	d, err := deliveries.Get(tx, id)
	if errors.Is(err, storage.ErrNotFound) || err == nil && (!d.State.Open() || strconv.Itoa(d.Tries) != e.turn) {
		return nil
	}
	if err != nil {
		return err
	}
	out := outcome{d: d}
	if e.said == nil {
		out.assumed = true
	} else {
		out.cause = e.said.err()
		out.verdict = classify(out.cause)
	}
	return o.settleCopy(tx, out, *d, tx.Now())
}

// err is the error that the reply was, nil if the mail was taken.
func (r *reply) err() error {
	if r.stage == StageFinal && r.code == 250 {
		return nil
	}
	return &SendError{Stage: r.stage, Code: r.code, Enhanced: r.enhanced, Err: fmt.Errorf("%d %s", r.code, r.enhanced)}
}

// freeMails ends the claims of a dead program.
func (o *Outbox) freeMails(ctx context.Context, l legacy) error {
	var claimed []*Mail
	err := o.DB.View(ctx, func(tx *storage.Tx) (err error) {
		claimed, err = mails.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("state", string(Sending))}})
		return err
	})
	if err != nil {
		return err
	}
	for _, m := range claimed {
		if !strings.HasPrefix(m.Owner, l.run+".") {
			continue
		}
		v, cause := verdict{fate: goBack}, error(nil)
		if e, ok := l.open[mailMark+m.ID]; ok && e.turn == m.Owner && e.said != nil {
			cause = e.said.err()
			v = classify(cause)
		}
		if err := o.settle(ctx, m.ID, m.Owner, o.DB.Now(), v, cause); err != nil {
			return err
		}
	}
	return nil
}
