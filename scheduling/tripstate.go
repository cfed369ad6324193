package scheduling

import "kohtaamo/storage"

// tripFollowers are what has to be kept in step when a trip comes to another
// state, each in a function of its own subject's file. They are called in the
// transaction that moves the trip, with the state it came from.
var tripFollowers = []func(d *Desk, tx *storage.Tx, by Actor, t *Trip, from TripState) error{
	(*Desk).travellersFollow,
}

// moveTrip brings t to a state, stores it and keeps in step what follows from
// it. Whether it may go there is for the caller to ask.
func (d *Desk) moveTrip(tx *storage.Tx, by Actor, t *Trip, to TripState, reason string) error {
	from := t.State
	t.State, t.StateAt = to, tx.Now()
	if err := d.putTrip(tx, by, t, "trip."+string(to), reason); err != nil {
		return err
	}
	for _, follow := range tripFollowers {
		if err := follow(d, tx, by, t, from); err != nil {
			return err
		}
	}
	return nil
}
