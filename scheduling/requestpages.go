package scheduling

import (
	"context"
	"slices"
	"time"

	"kohtaamo/storage"
)

// A RequestLine is a request as one of its two sees it. Of the other one it
// shows nobody's address.
type RequestLine struct {
	*Request
	Other   *Entrant
	Mine    bool     // they sent it
	Yours   bool     // it is theirs to answer
	Slot    Slot     // that is proposed; none: the zero one
	Held    bool     // it is held softly
	Meeting *Meeting // that came of it, standing or not; nil
	Book    bool     // accepting books the time at once
	Reopens bool     // they can still accept what is over
}

// Proposed reports whether a time is proposed.
func (l *RequestLine) Proposed() bool { return !l.Slot.Starts.IsZero() && l.State.Live() }

func (d *Desk) lineOf(tx *storage.Tx, x *exchange) (*RequestLine, error) {
	q := x.q
	l := &RequestLine{Request: q, Other: x.other, Mine: q.From == x.me.ID, Yours: q.Turn == x.me.ID,
		Held: q.Holds(tx.Now()), Book: x.r.Booking(), Reopens: q.reopens(x.me.ID) && x.r.Asking()}
	l.Slot, _ = x.r.Slot(q.Slot)
	if q.MeetingID == "" {
		return l, nil
	}
	m, err := meetings.Get(tx, q.MeetingID)
	l.Meeting = m
	return l, err
}

// RequestCounts say what an entrant has to do and to wait for.
type RequestCounts struct {
	Answer   int // waits for this one's answer
	Waiting  int // for the other's
	Agreed   int // accepted, without a time so far
	Meetings int // standing
	Moves    int // another time is asked for, and this one has to say
	Sent     int // live, by this one
	Musts    int // of this one
}

// A RequestsPage is what an entrant asked for and was asked for.
type RequestsPage struct {
	Round    *Round
	Me       *Entrant
	Answer   []*RequestLine // theirs to answer, the most urgent first
	Waiting  []*RequestLine // the other one's to answer
	Agreed   []*RequestLine
	Over     []*RequestLine
	Counts   RequestCounts
	Sessions []string
}

// Requests lists an entrant's requests for whoever may act for it.
func (d *Desk) Requests(ctx context.Context, by Actor, entrantID string) (p *RequestsPage, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		me, r, err := entrantFor(tx, by, entrantID)
		if err != nil {
			return err
		}
		p = &RequestsPage{Round: r, Me: me, Sessions: r.Sessions()}
		list, err := requestsOf(tx, me.ID)
		if err != nil {
			return err
		}
		for _, q := range list {
			other, err := entrants.Get(tx, q.Other(me.ID))
			if err != nil {
				return err
			}
			l, err := d.lineOf(tx, &exchange{r, q, me, other})
			if err != nil {
				return err
			}
			p.add(l)
		}
		slices.SortStableFunc(p.Answer, func(a, b *RequestLine) int { return a.Deadline.Compare(b.Deadline) })
		slices.Reverse(p.Over)
		p.Counts, err = countsOf(tx, me, list)
		return err
	})
	return p, err
}

func (p *RequestsPage) add(l *RequestLine) {
	switch {
	case !l.State.Live():
		p.Over = append(p.Over, l)
	case l.Yours:
		p.Answer = append(p.Answer, l)
	case l.State == RequestAccepted:
		p.Agreed = append(p.Agreed, l)
	default:
		p.Waiting = append(p.Waiting, l)
	}
}

// RequestCounts counts for the people of an entrant and its organisers.
func (d *Desk) RequestCounts(ctx context.Context, by Actor, entrantID string) (c RequestCounts, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		e, _, err := delegateFor(tx, by, entrantID)
		if err != nil {
			return err
		}
		list, err := requestsOf(tx, e.ID)
		if err != nil {
			return err
		}
		c, err = countsOf(tx, e, list)
		return err
	})
	return c, err
}

func countsOf(tx *storage.Tx, e *Entrant, list []*Request) (c RequestCounts, err error) {
	for _, q := range list {
		if !q.State.Live() {
			continue
		}
		if q.From == e.ID {
			c.Sent++
		}
		if q.wishOf(e.ID) == Must {
			c.Musts++
		}
		switch {
		case q.Turn == e.ID:
			c.Answer++
		case q.Turn != "":
			c.Waiting++
		case q.MeetingID == "":
			c.Agreed++
		}
	}
	mine, err := meetingsStanding(tx, e)
	c.Meetings = len(mine)
	for _, m := range mine {
		if m.Asked != nil && m.Asked.EntrantID != e.ID {
			c.Moves++
		}
	}
	return c, err
}

// CommonTimes are the slots at which an entrant can meet another one of its
// round as things are, with the table it would be at.
func (d *Desk) CommonTimes(ctx context.Context, by Actor, entrantID, otherID string) (found []Vacancy, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		me, r, err := entrantFor(tx, by, entrantID)
		if err != nil {
			return err
		}
		other, err := entrants.Get(tx, otherID)
		if err != nil {
			return err
		}
		if other.RoundID != r.ID || other.State != EntrantIn || other.ID == me.ID {
			return errHidden
		}
		found, err = d.common(tx, r, me, other, "")
		return err
	})
	return found, err
}

// common are the times that suit two entrants, as if a meeting of theirs did
// not stand.
func (d *Desk) common(tx *storage.Tx, r *Round, a, b *Entrant, except string) ([]Vacancy, error) {
	ay, err := d.diaryOf(tx, r, a, except)
	if err != nil {
		return nil, err
	}
	by, err := d.diaryOf(tx, r, b, except)
	if err != nil {
		return nil, err
	}
	return vacancies(tx, r, ay, by, "", 0)
}

// An AgendaRow is one slot of an entrant's day.
type AgendaRow struct {
	Slot     Slot
	Meetings []*Meeting     // of the entrant; one at most, of the one person or of all
	Held     []*RequestLine // proposed for this slot, and held softly
	Free     []Delegate     // who could come
	Break    bool           // there is time before it in which no slot lies
}

// An AgendaPage is the day grid of an entrant.
type AgendaPage struct {
	Round   *Round
	Me      *Entrant
	Manages bool
	Rows    []AgendaRow
	Late    map[string]bool // meeting id → the entrant said it comes late
}

// Agenda is the day grid of an entrant, for its people and its organisers.
func (d *Desk) Agenda(ctx context.Context, by Actor, entrantID string) (p *AgendaPage, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		me, r, err := delegateFor(tx, by, entrantID)
		if err != nil {
			return err
		}
		p = &AgendaPage{Round: r, Me: me, Manages: me.managed(by, r), Late: map[string]bool{}}
		y, err := d.diaryOf(tx, r, me, "")
		if err != nil {
			return err
		}
		held, err := d.heldFor(tx, r, me)
		if err != nil {
			return err
		}
		p.rows(y, held)
		return nil
	})
	return p, err
}

func (p *AgendaPage) rows(y *diary, held map[string][]*RequestLine) {
	var before time.Time
	usual := time.Duration(p.Round.Buffer) * time.Minute
	for _, s := range p.Round.Slots {
		row := AgendaRow{Slot: s, Held: held[s.ID], Free: y.free[s.ID], Break: !before.IsZero() && s.Starts.Sub(before) > usual}
		for _, m := range y.mine {
			if m.Slot == s.ID {
				row.Meetings = append(row.Meetings, m)
				p.Late[m.ID] = slices.Contains(m.Late, p.Me.ID)
			}
		}
		p.Rows, before = append(p.Rows, row), s.Ends
	}
}

// heldFor are the requests that hold a slot of an entrant softly, by slot.
func (d *Desk) heldFor(tx *storage.Tx, r *Round, me *Entrant) (map[string][]*RequestLine, error) {
	list, err := requestsOf(tx, me.ID)
	if err != nil {
		return nil, err
	}
	held := map[string][]*RequestLine{}
	for _, q := range list {
		if !q.Holds(tx.Now()) {
			continue
		}
		other, err := entrants.Get(tx, q.Other(me.ID))
		if err != nil {
			return nil, err
		}
		l, err := d.lineOf(tx, &exchange{r, q, me, other})
		if err != nil {
			return nil, err
		}
		held[q.Slot] = append(held[q.Slot], l)
	}
	return held, nil
}
