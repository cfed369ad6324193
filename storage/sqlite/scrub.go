package sqlite

import (
	"context"
	"fmt"

	"kohtaamo/storage"
)

// scrubWait is how long Scrub waits for others, in milliseconds.
var scrubWait = 5000

// Scrub writes the whole file anew and cuts off the log. SQLite leaves what was
// deleted where it was until the place is needed. Zeros over it (PRAGMA
// secure_delete) would cost every change a little and still leave some: where a
// page was divided, and where a transaction was rolled back. A copy of what there
// is has none of it. Writers wait meanwhile, a second for each hundred megabytes or so;
// readers do not.
func (e *Engine) Scrub(ctx context.Context) error {
	if err := e.scrub(ctx); err != nil {
		return fmt.Errorf("scrub: %w", explain(err))
	}
	return nil
}

func (e *Engine) scrub(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c, err := dial(e.path, []string{fmt.Sprintf("PRAGMA busy_timeout = %d", scrubWait), "PRAGMA synchronous = full", "PRAGMA trusted_schema = off"})
	if err != nil {
		return err
	}
	defer c.close()
	if err := c.exec("VACUUM"); err != nil {
		return err
	}
	done, err := c.row("PRAGMA wal_checkpoint(TRUNCATE)") // busy, pages of the log, pages copied
	if err != nil {
		return err
	}
	if len(done) == 0 || done[0] != int64(0) {
		return fmt.Errorf("%w: somebody still reads what is to go", storage.ErrBusy)
	}
	return nil
}
