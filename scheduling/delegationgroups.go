package scheduling

import (
	"context"
	"errors"
	"slices"

	"kohtaamo/storage"
)

// visitDaysOf are the days on which a delegation meets groups, the first first.
func visitDaysOf(tx *storage.Tx, tripID string) ([]*VisitDay, error) {
	list, err := visitDays.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("trip_id", tripID)}})
	slices.SortFunc(list, func(a, b *VisitDay) int { return a.Starts.Compare(b.Starts) })
	return list, err
}

// groupLines are the meetings of a confirmed visit day.
func groupLines(tx *storage.Tx, v *VisitDay) (out []VisitorsLine, err error) {
	if v.State != VisitConfirmed {
		return nil, nil
	}
	for _, place := range v.Programme {
		stop, _ := v.Stop(place.StopID)
		g, err := groups.Get(tx, stop.GroupID)
		if err != nil {
			return nil, err
		}
		venue, _ := v.Venue(stop.VenueID)
		where := venue.Name
		if venue.Address != "" {
			where += ", " + venue.Address
		}
		out = append(out, VisitorsLine{Starts: place.Starts, Ends: place.Ends, StartZone: v.Zone, EndZone: v.Zone, Kind: "meeting", Title: g.Name, Where: where})
	}
	return out, nil
}

// VisitDayFor is a draft of a day on which a delegation meets groups, not
// stored yet: on its first day, with its visitors as the party.
func (d *Desk) VisitDayFor(ctx context.Context, by Actor, tripID string) (v *VisitDay, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		t, err := incomingTrip(tx, by, tripID)
		if err != nil {
			return err
		}
		if len(t.Stops) == 0 || t.Off() {
			return &Problem{Kind: Closed, Key: "delegation.not_accepted"}
		}
		visitors, err := travellersOf(tx, t.ID)
		if err != nil {
			return err
		}
		v = &VisitDay{TripID: t.ID, Title: t.Title, Party: t.Enquiry.Body, Date: t.Stops[0].From, Zone: t.Stops[0].Zone, From: "09:00", To: "16:00"}
		for _, id := range t.ClusterIDs {
			if by.Organises(id) {
				v.ClusterID = id
				break
			}
		}
		for _, x := range visitors[:min(len(visitors), maxOutside)] {
			v.People = append(v.People, Guest{Name: x.Name, Email: x.Email})
		}
		return nil
	})
	return v, err
}

// checkTrip lets a visit day belong to a delegation of by's own, or stay with
// the one that it belongs to.
func (v *VisitDay) checkTrip(tx *storage.Tx, by Actor, linked string) error {
	if v.TripID == "" || v.TripID == linked {
		return nil
	}
	_, err := incomingTrip(tx, by, v.TripID)
	if errors.Is(err, storage.ErrNotFound) {
		return &Problem{Kind: Invalid, Key: "problem.invalid", Fields: map[string]string{"trip_id": "problem.choice"}}
	}
	return err
}
