package scheduling

import "kohtaamo/storage"

// followApplications keeps applications in step with their trip: those of one
// that is called off end, those of one that takes place are told, whoever went
// has travelled, and who waited when it left waits no more.
func (d *Desk) followApplications(tx *storage.Tx, by Actor, t *Trip, from TripState) error {
	if t.Direction != Outgoing || t.State == from {
		return nil
	}
	return d.choose(tx, by, t, func(s *selection) error {
		switch {
		case t.Off():
			return s.callOff()
		case t.Past(TripUnderWay):
			return s.leave()
		case t.State == TripConfirmed:
			return s.takesPlace()
		}
		return nil
	})
}

// callOff ends every application that something could still come of.
func (s *selection) callOff() error {
	for _, a := range s.all {
		if a.State.Live() && a.State != ApplicationTravelled && a.State != ApplicationReported {
			s.end(a, ApplicationWithdrawn, endedByTrip, "application.call_off", s.t.CancelReason)
		}
	}
	return nil
}

// leave notes who travels, and lets go who has no seat.
func (s *selection) leave() error {
	went, done := ApplicationTravelled, s.t.Past(TripReported)
	if done {
		went = ApplicationReported
	}
	for _, a := range s.all {
		switch {
		case a.State == went || !a.State.Live():
		case a.State.Going():
			s.move(a, went, a.Seats, "application."+string(went), "")
		default:
			s.end(a, ApplicationDeclined, endedByTrip, "application.left_behind", "")
		}
	}
	return nil
}

// takesPlace tells those who have accepted, once.
func (s *selection) takesPlace() error {
	for _, a := range s.all {
		if a.State != ApplicationAccepted && a.State != ApplicationCommitted || !a.Told[applicationConfirmed].IsZero() {
			continue
		}
		if err := a.tell(s.tx, applicationConfirmed); err != nil {
			return err
		}
		if err := s.d.tellApplicant(s.tx, s.t, a, applicationConfirmed); err != nil {
			return err
		}
	}
	return nil
}
