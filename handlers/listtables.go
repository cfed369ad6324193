package handlers

import (
	"context"
	"errors"
	"iter"
	"strconv"

	"kohtaamo/scheduling"
	"kohtaamo/scheduling/table"
)

// writeEvents writes the owner's events of a view, with their seats.
func (s *Server) writeEvents(ctx context.Context, in listed, w table.Writer) error {
	l, now := s.texts.In(in.lang), s.desk.DB.Now()
	f := scheduling.EventFilter{Text: in.text(), Cluster: in.query.Get("cluster"), Limit: 200}
	viewEvents(&f, in.query.Get("view"), now)
	var heads []string
	for _, key := range []string{"own_events.event", "field.starts_day", "field.starts_time", "field.zone", "field.venue", "column.state", "field.seats", "organise.tab.registrations", "filters.waiting"} {
		heads = append(heads, l.Text(key))
	}
	if err := w.Write(heads); err != nil {
		return err
	}
	for {
		list, next, err := s.desk.EventsWithSeats(ctx, in.by, f)
		if err != nil {
			return err
		}
		for _, e := range list {
			at := e.Event.Starts.In(e.Event.Location())
			cells := []string{e.Event.Title.In(in.lang), at.Format("2006-01-02"), at.Format("15:04"), e.Event.Zone, e.Event.Place(),
				l.Text("state.event." + string(e.Event.Phase(now))), strconv.Itoa(e.Event.Rules.Seats), strconv.Itoa(e.Seating.Taken), strconv.Itoa(e.Seating.Waiting)}
			if err := w.Write(cells); err != nil {
				return err
			}
		}
		if f.After = next; next == "" {
			return nil
		}
	}
}

// writeRegistrations writes the registrations of an event that the filter
// chooses, as the event's own export does.
func (s *Server) writeRegistrations(ctx context.Context, in listed, w table.Writer) error {
	f := scheduling.RegFilter{State: scheduling.RegState(in.query.Get("state")), Answer: scheduling.Answer(in.query.Get("answer")),
		Text: in.text(), Queue: in.query.Get("sort") == "queue"}
	return s.desk.EachRegistration(ctx, in.by, in.about, f, func(e *scheduling.Event, all iter.Seq2[*scheduling.Registration, error]) error {
		x := scheduling.NewExport(e, s.texts.In(in.lang))
		return errors.Join(w.Write(x.Head()), rows(w, all, x.Row))
	})
}
