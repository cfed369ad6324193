package scheduling

// Asking reports whether meetings can be asked for and answered: while requests
// are gathered, and later as long as companies book by themselves.
func (r *Round) Asking() bool { return r.Phase == RoundRequests || r.Booking() }

// Booking reports whether an accepted request takes a slot at once.
func (r *Round) Booking() bool {
	after := r.Phase == RoundPublished || r.Phase == RoundRunning
	switch r.Way {
	case ByBooking:
		return !r.Frozen && (after || r.Phase == RoundRequests)
	case ByBoth:
		return !r.Frozen && after
	}
	return false
}
