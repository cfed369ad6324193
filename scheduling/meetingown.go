package scheduling

import (
	"context"
	"fmt"
	"slices"
	"time"

	"kohtaamo/storage"
)

// What companies do to their own meetings. Each of these can be asked for by
// whoever manages the entrant, or a round's organiser for it.

// A MeetingPage is a meeting as one of its entrants sees it.
type MeetingPage struct {
	Round   *Round
	Me      *Entrant
	Meeting *Meeting
	Others  []*Entrant
	Manages bool // may change it
	Table   Table
	Venue   Venue
	Times   []Vacancy  // at which it could be instead
	Asked   Slot       // that is asked for instead; none: the zero one
	Theirs  bool       // the other side asks for it
	Takers  []Delegate // colleagues who could take over
	Mine    []Person   // who comes for this side
	Whom    []Person   // who comes for the others, with their addresses: it is agreed
	Late    bool       // this side said it is late
	Soon    bool       // it is the time to say so
}

// An own meeting, as whoever acts for one of its entrants has it.
type own struct {
	r  *Round
	me *Entrant
	m  *Meeting
}

// ownMeetingOf finds a meeting of an entrant that by manages.
func ownMeetingOf(tx *storage.Tx, by Actor, entrantID, id string) (*own, error) {
	me, r, err := entrantFor(tx, by, entrantID)
	if err != nil {
		return nil, err
	}
	m, err := meetings.Get(tx, id)
	if err == nil && !slices.Contains(m.EntrantIDs, me.ID) {
		return nil, errHidden
	}
	return &own{r, me, m}, err
}

// onOwnMeeting changes a meeting for one of its entrants.
func (d *Desk) onOwnMeeting(ctx context.Context, by Actor, entrantID, id, what string, fn func(*storage.Tx, *own) error) (out *Meeting, err error) {
	err = twiceAtOnce(func() error {
		return d.update(ctx, func(tx *storage.Tx) error {
			x, err := ownMeetingOf(tx, by, entrantID, id)
			if err != nil {
				return err
			}
			out = x.m
			return fn(tx, x)
		})
	})
	if err != nil {
		return nil, fmt.Errorf("%s meeting %s: %w", what, id, changedMeanwhile(err))
	}
	return out, nil
}

// changing reports what keeps a company from changing its meeting now.
func (x *own) changing(now time.Time) error {
	switch {
	case !x.m.State.Stands():
		return errMeetingOver
	case !x.r.Changing():
		return &Problem{Kind: Closed, Key: "meeting.frozen"}
	case !now.Before(x.m.Starts):
		return &Problem{Kind: Closed, Key: "meeting.begun"}
	}
	return nil
}

// AskToMove asks the other side of a meeting to meet at another time, at which
// both and a table are free as things are. The meeting stays where it is until
// they agree. Asking for another time replaces what was asked for before.
func (d *Desk) AskToMove(ctx context.Context, by Actor, entrantID, id, slot, message string) (*Meeting, error) {
	return d.onOwnMeeting(ctx, by, entrantID, id, "ask to move", func(tx *storage.Tx, x *own) error {
		if err := x.changing(tx.Now()); err != nil {
			return err
		}
		if a := x.m.Asked; a != nil && a.EntrantID == x.me.ID && a.Slot == slot || slot == x.m.Slot {
			return nil
		}
		if _, err := d.vacantFor(tx, by, x, slot); err != nil {
			return err
		}
		x.m.Asked = &MoveAsk{EntrantID: x.me.ID, Slot: slot, Message: clipped(cleanText(message), requestLimit), At: tx.Now()}
		if err := meetings.Put(tx, x.m); err != nil {
			return err
		}
		if err := d.log(tx, by, "meeting.ask_move", x.m.ID, x.r.ID, x.m.label(), ""); err != nil {
			return err
		}
		return d.tellOthers(tx, x, meetingAsked)
	})
}

// vacantFor is where a meeting of two could be at a slot instead.
func (d *Desk) vacantFor(tx *storage.Tx, by Actor, x *own, slot string) (*Vacancy, error) {
	if len(x.m.EntrantIDs) != 2 {
		return nil, &Problem{Kind: Closed, Key: "meeting.of_many"}
	}
	a, err := entrants.Get(tx, x.m.EntrantIDs[0])
	if err != nil {
		return nil, err
	}
	b, err := entrants.Get(tx, x.m.EntrantIDs[1])
	if err != nil {
		return nil, err
	}
	all, err := d.common(tx, x.r, a, b, x.m.ID)
	for i := range all {
		if all[i].Slot.ID == slot {
			return &all[i], nil
		}
	}
	if err == nil {
		err = d.gone(by, x.r, all)
	}
	return nil, err
}

// AnswerMove says yes or no to the time that the other side asked for. Yes
// moves the meeting, if the time is still free; else it
// is a *SlotGone, and the meeting stays.
func (d *Desk) AnswerMove(ctx context.Context, by Actor, entrantID, id string, yes bool) (*Meeting, error) {
	return d.onOwnMeeting(ctx, by, entrantID, id, "answer the move of", func(tx *storage.Tx, x *own) error {
		if err := x.changing(tx.Now()); err != nil {
			return err
		}
		ask := x.m.Asked
		if ask == nil || ask.EntrantID == x.me.ID {
			return &Problem{Kind: Closed, Key: "meeting.not_asked"}
		}
		if !yes {
			return d.refuseMove(tx, by, x)
		}
		v, err := d.vacantFor(tx, by, x, ask.Slot)
		if err != nil {
			return err
		}
		if err := d.moveMeeting(tx, by, x.r, x.m, v.Slot.ID, v.Table.ID); err != nil {
			return err
		}
		return d.tellMeeting(tx, x.r, x.m, tellMoved)
	})
}

func (d *Desk) refuseMove(tx *storage.Tx, by Actor, x *own) error {
	x.m.Asked = nil
	if err := meetings.Put(tx, x.m); err != nil {
		return err
	}
	if err := d.log(tx, by, "meeting.refuse_move", x.m.ID, x.r.ID, x.m.label(), ""); err != nil {
		return err
	}
	return d.tellOthers(tx, x, meetingStays)
}

// CancelOwnMeeting ends a meeting for one of its entrants. The others are told
// why, and the time is free for all. The same twice is one.
func (d *Desk) CancelOwnMeeting(ctx context.Context, by Actor, entrantID, id, reason string) (*Meeting, error) {
	return d.onOwnMeeting(ctx, by, entrantID, id, "cancel", func(tx *storage.Tx, x *own) error {
		if x.m.State == MeetingCancelled && x.m.EndedBy == x.me.ID {
			return nil
		}
		if err := x.changing(tx.Now()); err != nil {
			return err
		}
		if err := d.endMeeting(tx, by, x.r, x.m, x.me.ID, clipped(reason, requestLimit)); err != nil {
			return err
		}
		return d.tellMeeting(tx, x.r, x.m, tellCancelled)
	})
}

// HandOverMeeting sends a colleague to a meeting instead of one of an entrant's
// people, or of all of them where from is empty. The meeting stays as it is.
// A person who does not manage can hand over what is theirs.
func (d *Desk) HandOverMeeting(ctx context.Context, by Actor, entrantID, id, from, to string) (out *Meeting, err error) {
	err = twiceAtOnce(func() error {
		return d.update(ctx, func(tx *storage.Tx) error {
			me, r, err := delegateFor(tx, by, entrantID)
			if err != nil {
				return err
			}
			if !me.managed(by, r) {
				from = by.ID
			}
			if out, err = meetings.Get(tx, id); err != nil {
				return err
			}
			if !out.State.Stands() || !tx.Now().Before(out.Ends) {
				return errMeetingOver
			}
			if p, ours := out.Party(me.ID); ours && slices.Equal(p.PersonIDs, []string{to}) {
				return nil
			}
			if err := d.handOver(tx, by, out, me.ID, from, to); err != nil {
				return err
			}
			return d.tellMeeting(tx, r, out, tellPeople)
		})
	})
	if err != nil {
		return nil, fmt.Errorf("hand over meeting %s: %w", id, changedMeanwhile(err))
	}
	return out, nil
}

// lateFrom is how long before a meeting somebody can say that they are late.
const lateFrom = 2 * time.Hour

// SayLate notes that an entrant comes some minutes late to a meeting, or that
// it does not. The other side and the organisers see it at once; nobody is
// written to, as no mail is read in time.
func (d *Desk) SayLate(ctx context.Context, by Actor, entrantID, id string, late bool) (out *Meeting, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		me, r, err := delegateFor(tx, by, entrantID)
		if err != nil {
			return err
		}
		if out, err = meetings.Get(tx, id); err != nil {
			return err
		}
		switch says := slices.Contains(out.Late, me.ID); {
		case !slices.Contains(out.EntrantIDs, me.ID):
			return errHidden
		case !out.soon(tx.Now()):
			return &Problem{Kind: Closed, Key: "meeting.not_now"}
		case says == late:
			return nil
		case late:
			out.Late = append(out.Late, me.ID)
		default:
			out.Late = slices.DeleteFunc(out.Late, func(id string) bool { return id == me.ID })
		}
		if err := meetings.Put(tx, out); err != nil {
			return err
		}
		return d.log(tx, by, "meeting.late", out.ID, r.ID, out.label(), "")
	})
	if err != nil {
		return nil, fmt.Errorf("say that one is late: %w", changedMeanwhile(err))
	}
	return out, nil
}

// soon reports whether m stands and is about to begin, or goes on.
func (m *Meeting) soon(now time.Time) bool {
	return m.State.Stands() && now.After(m.Starts.Add(-lateFrom)) && now.Before(m.Ends)
}
