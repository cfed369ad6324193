package scheduling

import (
	"context"
	"fmt"
	"iter"

	"kohtaamo/storage"
)

// An AnswerSummary counts the answers of those who hold a seat: what a caterer
// or a bus company has to know.
type AnswerSummary struct {
	Event     *Event
	People    int // who hold a seat
	Questions []QuestionCount
}

// A QuestionCount is how one question was answered.
type QuestionCount struct {
	Question Question
	Answered int            // people
	Counts   map[string]int // people by option key, or "yes" and "no"
	Texts    []WrittenBy    // of a question to write to, the first ones by name
}

// WrittenBy is what one person wrote.
type WrittenBy struct{ Name, Text string }

// textsShown is how many written answers a summary holds.
const textsShown = 500

// AnswerSummary counts the answers of an event for its organisers.
func (d *Desk) AnswerSummary(ctx context.Context, by Actor, eventID string) (sum *AnswerSummary, err error) {
	err = d.EachRegistration(ctx, by, eventID, RegFilter{}, func(e *Event, all iter.Seq2[*Registration, error]) error {
		if !by.Organises(e.ClusterIDs...) {
			return errHidden
		}
		sum = &AnswerSummary{Event: e}
		for _, q := range e.Rules.Questions {
			sum.Questions = append(sum.Questions, QuestionCount{Question: q, Counts: map[string]int{}})
		}
		for r, err := range all {
			if err != nil {
				return err
			}
			if r.Holds() {
				sum.count(r)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("summarise answers: %w", err)
	}
	return sum, nil
}

func (s *AnswerSummary) count(r *Registration) {
	s.People++
	for i := range s.Questions {
		q := &s.Questions[i]
		vs := r.Answers[q.Question.Key]
		if len(vs) == 0 {
			continue
		}
		q.Answered++
		for _, v := range vs {
			switch q.Question.Kind {
			case AskText, AskLong:
				if len(q.Texts) < textsShown {
					q.Texts = append(q.Texts, WrittenBy{r.Name, v})
				}
			default:
				q.Counts[v]++
			}
		}
	}
}

// History is what happened to a registration, newest first, for organisers of
// its event.
func (d *Desk) History(ctx context.Context, by Actor, id string) (entries []*Entry, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		p, err := d.fetch(tx, id)
		if err != nil {
			return err
		}
		if !by.Organises(p.e.ClusterIDs...) {
			return errHidden
		}
		entries, err = audit.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("subject", id)}, Sort: "-at", Limit: 100})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the history of registration %s: %w", id, err)
	}
	return entries, nil
}

// SendAgain promises, once more, the mail that says where a registration
// stands, with its calendar entry.
func (d *Desk) SendAgain(ctx context.Context, by Actor, id string) (*Registration, error) {
	return d.change(ctx, by, id, "registration.send_again", "", func(tx *storage.Tx, p *place) error {
		if !by.Organises(p.e.ClusterIDs...) {
			return errHidden
		}
		if mailFor(p.r) == "" || p.r.Email == "" {
			return errNothingToDo
		}
		p.r.Sequence++ // clients ignore an entry that is not newer
		return nil
	})
}

// Reach is how many people hear of a change of the event by mail.
func (s *Seating) Reach() int { return s.Taken - s.Attended + s.Waiting + s.Pending }

// MovedFrom reports whether people have to be told when old becomes e: another
// time, place or address to join at.
func (e *Event) MovedFrom(old *Event) bool { return moved(old, e) }
