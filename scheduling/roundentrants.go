package scheduling

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"

	"kohtaamo/storage"
	"kohtaamo/templates"
)

// An EntrantFilter chooses entrants of one round. Zero fields do not restrict.
type EntrantFilter struct {
	State EntrantState
	Text  string // words that name, offers, needs or tags begin with
	After string
	Limit int // 50 if zero
}

func (f EntrantFilter) query(roundID string) storage.Query {
	q := storage.Query{Where: []storage.Cond{storage.Is("round_id", roundID)}, Sort: "sort", Limit: f.Limit, After: f.After}
	if q.Limit == 0 {
		q.Limit = 50
	}
	if f.State != "" {
		q.Where = append(q.Where, storage.Is("state", f.State))
	}
	q.Where = append(q.Where, search(f.Text)...)
	return q
}

// EntrantStates are all of them, in the order of a list.
var EntrantStates = []EntrantState{EntrantPending, EntrantIn, EntrantRejected, EntrantLeft}

// RoundEntrants lists the entrants of a round by name, for its organisers.
func (d *Desk) RoundEntrants(ctx context.Context, by Actor, roundID string, f EntrantFilter) (list []*Entrant, next string, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		if _, err := ownRound(tx, by, roundID); err != nil {
			return err
		}
		list, next, err = entrants.Page(tx, f.query(roundID))
		return err
	})
	if err != nil {
		return nil, "", fmt.Errorf("list entrants of round %s: %w", roundID, err)
	}
	return list, next, nil
}

// An EntrantRow is an entrant with what an export says of it besides.
type EntrantRow struct {
	*Entrant
	Emails   []string // of its people, in their order; "" of one who is gone
	Asked    int      // requests that it sent
	Received int
	Meetings int // that stand
}

// EachEntrant walks through the entrants of a round that f chooses, by name,
// holding one at a time: for exports of any length.
func (d *Desk) EachEntrant(ctx context.Context, by Actor, roundID string, f EntrantFilter, fn func(*Round, iter.Seq2[*EntrantRow, error]) error) error {
	q := f.query(roundID)
	q.Limit, q.After = 0, ""
	err := d.view(ctx, func(tx *storage.Tx) error {
		r, err := ownRound(tx, by, roundID)
		if err != nil {
			return err
		}
		figures, err := entrantFigures(tx, roundID)
		if err != nil {
			return err
		}
		return fn(r, func(yield func(*EntrantRow, error) bool) {
			for e, err := range entrants.Each(tx, q) {
				var row *EntrantRow
				if err == nil {
					row, err = figures.row(tx, e)
				}
				if !yield(row, err) || err != nil {
					return
				}
			}
		})
	})
	if err != nil {
		return fmt.Errorf("walk entrants of round %s: %w", roundID, err)
	}
	return nil
}

// figuresOf are counts of one round by entrant.
type figuresOf struct{ asked, received, meetings map[string]int }

// entrantFigures counts for all entrants at once.
func entrantFigures(tx *storage.Tx, roundID string) (f figuresOf, err error) {
	q := storage.Query{Where: []storage.Cond{storage.Is("round_id", roundID)}}
	if f.asked, err = requests.CountBy(tx, q, "from"); err != nil {
		return f, err
	}
	if f.received, err = requests.CountBy(tx, q, "to"); err != nil {
		return f, err
	}
	f.meetings = map[string]int{}
	for _, state := range []MeetingState{MeetingPublished, MeetingHeld, MeetingNotHeld} {
		found, err := meetings.CountBy(tx, storage.Query{Where: append(q.Where[:1:1], storage.Is("state", state))}, "entrant_ids")
		if err != nil {
			return f, err
		}
		for id, n := range found {
			f.meetings[id] += n
		}
	}
	return f, nil
}

func (f figuresOf) row(tx *storage.Tx, e *Entrant) (*EntrantRow, error) {
	row := &EntrantRow{Entrant: e, Asked: f.asked[e.ID], Received: f.received[e.ID], Meetings: f.meetings[e.ID]}
	for _, p := range e.People {
		person, err := people.Get(tx, p.PersonID)
		switch {
		case errors.Is(err, storage.ErrNotFound):
			row.Emails = append(row.Emails, "")
		case err != nil:
			return nil, err
		default:
			row.Emails = append(row.Emails, person.Email)
		}
	}
	return row, nil
}

// An EntrantExport turns entrants of one round into rows of text, in one
// language.
type EntrantExport struct {
	round *Round
	lang  *templates.Lang
}

// NewEntrantExport is an export of r's entrants in the words of l.
func NewEntrantExport(r *Round, l *templates.Lang) *EntrantExport { return &EntrantExport{r, l} }

// Head names the columns.
func (x *EntrantExport) Head() (out []string) {
	for _, key := range []string{"column.company", "column.state", "round.column.country", "round.column.business_id", "round.column.website",
		"round.column.about", "round.column.offers", "round.column.needs", "round.column.tags", "round.column.countries", "round.column.people",
		"column.email", "round.column.asked", "round.column.received", "round.column.meetings"} {
		out = append(out, x.lang.Text(key))
	}
	return append(out, x.lang.Text("column.registered")+" ("+x.round.Zone+")", x.lang.Text("column.reason"))
}

// Row is one entrant.
func (x *EntrantExport) Row(e *EntrantRow) []string {
	var names []string
	for _, p := range e.People {
		names = append(names, strings.TrimSuffix(p.Name+", "+p.Title, ", "))
	}
	state := x.lang.Text("state.entrant." + string(e.State))
	if e.State == EntrantIn && e.Paused {
		state = x.lang.Text("state.entrant.paused")
	}
	list := func(l []string) string { return strings.Join(l, "; ") }
	return []string{e.Name, state, e.Country, e.BusinessID, e.Website,
		e.About.In(x.lang.Code()), list(e.Offers), list(e.Needs), list(e.Tags), list(e.Countries), list(names),
		list(e.Emails), x.lang.Number(e.Asked), x.lang.Number(e.Received), x.lang.Number(e.Meetings),
		e.Created.In(x.round.Location()).Format("2006-01-02 15:04"), e.Reason}
}
