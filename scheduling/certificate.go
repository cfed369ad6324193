package scheduling

import (
	"context"
	"time"

	"kohtaamo/storage"
)

// A Certificate says that somebody took part in a trip that is over.
type Certificate struct {
	Trip      *Trip
	Traveller *Traveller
	Cluster   *Cluster  // that issues it; nil for none
	Attended  []Part    // visits and the common programme that they took part in
	Funding   *Project  // whose emblem it carries today
	At        time.Time // when it is issued
}

// Certificate gives the certificate of a traveller by their link: once the trip
// is over, to who took part. Somebody who was not there has none.
func (d *Desk) Certificate(ctx context.Context, link string) (c *Certificate, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		v, t, err := d.travellerByLink(tx, link)
		if err != nil || !v.Goes() || t.Off() {
			return orHidden(err)
		}
		if !t.Back() {
			return &Problem{Kind: Closed, Key: "certificate.early"}
		}
		p, err := programmePage(tx, t)
		if err != nil {
			return err
		}
		if !p.tookPart(v, tx.Now()) {
			return errHidden
		}
		c = &Certificate{Trip: t, Traveller: v, At: tx.Now()}
		c.attended(p, tx)
		return c.issuer(tx)
	})
	return c, err
}

// attended lists what somebody took part in that is worth a line: not the way
// there, nor meals.
func (c *Certificate) attended(p *ProgrammePage, tx *storage.Tx) {
	came, _ := p.attended(c.Traveller, tx.Now())
	for _, x := range came {
		if a := p.Programme.Activity(x.ID); x.Kind == ActivityPart && a != nil && (a.Kind == HostVisit || a.Kind == Common || a.Kind == B2B) {
			c.Attended = append(c.Attended, x)
		}
	}
}

func (c *Certificate) issuer(tx *storage.Tx) (err error) {
	if c.Funding, err = tripFunding(tx, c.Trip, tx.Now()); err != nil || len(c.Trip.ClusterIDs) == 0 {
		return err
	}
	c.Cluster, err = clusters.Get(tx, c.Trip.ClusterIDs[0])
	return ignoreMissing(err)
}
