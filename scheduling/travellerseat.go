package scheduling

import "kohtaamo/storage"

// welcomeTraveller follows up a traveller who was just taken along on a seat of
// their company: what they are asked and told from here on.
func (d *Desk) welcomeTraveller(tx *storage.Tx, by Actor, t *Trip, v *Traveller) error {
	return d.log(tx, by, "traveller.name", v.ID, t.ID, v.Name, "")
}

// releaseTraveller lets somebody stay home whose seat is another's or free now.
// Their links lead nowhere from here on.
func (d *Desk) releaseTraveller(tx *storage.Tx, by Actor, t *Trip, v *Traveller, reason string) error {
	v.State, v.Live = TravellerOut, ""
	v.Generation++
	if err := travellers.Put(tx, v); err != nil {
		return err
	}
	return d.log(tx, by, "traveller.release", v.ID, t.ID, v.Name, reason)
}
