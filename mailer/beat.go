package mailer

import (
	"context"
	"fmt"
	"os"
	"time"

	"kohtaamo/storage"
)

// A Beat says that a program lives that sends mail, and how that goes.
type Beat struct {
	storage.Meta `bson:",inline"` // the id is the program's own, new at each start
	Host         string           `bson:"host"`
	Seen         time.Time        `bson:"seen"`
	Relays       []RelayStatus    `bson:"relays,omitempty"`
	Slow         []SlowDomain     `bson:"slow,omitempty"`
}

var beats = storage.NewCollection[Beat]("mail_workers", storage.Ordered("seen"))

// How often a program says that it lives, after which silence it counts as gone,
// and when that is forgotten.
const (
	beatTime  = 20 * time.Second
	beatLife  = 2 * time.Minute
	beatTrace = 24 * time.Hour
)

// beat says that this program lives until ctx ends, then that it does not.
func (w *Worker) beat(ctx context.Context) {
	for ctx.Err() == nil {
		if err := w.Outbox.putBeat(ctx, w.state()); err != nil && ctx.Err() == nil {
			w.Log.WarnContext(ctx, "mail", "error", err)
		}
		w.sleep(ctx, beatTime, nil)
	}
	last, cancel := lasting(ctx)
	defer cancel()
	if err := w.Outbox.endBeat(last, w.run); err != nil {
		w.Log.WarnContext(last, "mail", "error", err)
	}
}

// state is how this program is.
func (w *Worker) state() Beat {
	host, _ := os.Hostname()
	b := Beat{Meta: storage.Meta{ID: w.run}, Host: host, Slow: w.throttle.slow(w.Outbox.DB.Now())}
	if f, ok := w.Transport.(*fleet); ok {
		b.Relays = f.status()
	}
	if s := w.rest.status(); len(b.Relays) == 0 && s.Reason != "" {
		b.Relays = []RelayStatus{{Resting: s.Resting, Reason: s.Reason, Alarm: s.Alarm}}
	}
	return b
}

// putBeat writes a beat over the last one, and forgets old ones.
func (o *Outbox) putBeat(ctx context.Context, b Beat) error {
	err := o.DB.Update(ctx, func(tx *storage.Tx) error {
		next := b
		next.Seen = tx.Now()
		old, err := beats.Find(tx, storage.Query{Where: []storage.Cond{{Field: "seen", Op: storage.Lt, Value: tx.Now().Add(-beatTrace)}}})
		if err != nil {
			return err
		}
		for _, x := range old {
			if x.ID == b.ID {
				continue
			}
			if err := beats.Delete(tx, x); err != nil {
				return err
			}
		}
		mine, err := beats.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("_id", b.ID)}})
		if err != nil {
			return err
		}
		for _, x := range mine {
			next.Meta = x.Meta
		}
		return beats.Put(tx, &next)
	})
	if err != nil {
		return fmt.Errorf("say that mail is sent: %w", err)
	}
	return nil
}

func (o *Outbox) endBeat(ctx context.Context, run string) error {
	return o.DB.Update(ctx, func(tx *storage.Tx) error {
		mine, err := beats.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("_id", run)}})
		for _, b := range mine {
			if err := beats.Delete(tx, b); err != nil {
				return err
			}
		}
		return err
	})
}

// Beats are the programs that send mail, as they said within the last minutes.
func (o *Outbox) Beats(ctx context.Context) (list []*Beat, err error) {
	err = o.DB.View(ctx, func(tx *storage.Tx) error {
		list, err = beats.Find(tx, storage.Query{
			Where: []storage.Cond{{Field: "seen", Op: storage.Gt, Value: tx.Now().Add(-beatLife)}}, Sort: "-seen",
		})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look who sends mail: %w", err)
	}
	return list, nil
}
