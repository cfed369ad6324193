package main

import (
	"context"

	"kohtaamo/scheduling"
)

// write has each cluster say one thing in its mails in its own words.
func (d *demo) write(ctx context.Context) error {
	for _, own := range []struct {
		cluster    *scheduling.Cluster
		kind, lang string
		texts      map[scheduling.WordingPart]string
	}{
		{d.circular, "registration.confirmed", "en", map[scheduling.WordingPart]string{
			scheduling.WordingHeading: "Welcome, you have a seat",
			scheduling.WordingBody:    "Your seat at {{event}} is yours. Show the ticket code at the door, and bring your own cup: the coffee is good, and there are no paper ones.",
		}},
		{d.automotive, "registration.reminder", "fi", map[scheduling.WordingPart]string{
			scheduling.WordingHeading: "Nähdään pian",
			scheduling.WordingBody:    "Sinulla on paikka tapahtumassa {{event}}.\n\nTalvella kannattaa varata matkaan hetki ylimääräistä. Jos et pääse, anna paikkasi toiselle.",
		}},
	} {
		if _, err := d.desk.SaveWording(ctx, d.staff.helena, own.cluster.ID, own.kind, own.lang, 0, own.texts); err != nil {
			return err
		}
	}
	return nil
}
