package scheduling

import (
	"cmp"
	"errors"
	"slices"

	"kohtaamo/storage"
	"kohtaamo/templates"
)

// A shownBlock is what stands in the place of a block.
type shownBlock struct {
	items []templates.BulkItem
	event *Event // of {event:…}
}

// upcomingShown is how many events {events:upcoming} shows.
const upcomingShown = 8

// block fills one in. What is not there, is a draft or belongs to others is
// storage.ErrNotFound: a mail shows nothing that its readers may not see.
func (d *Desk) block(tx *storage.Tx, c *Campaign, p textPiece, lang string) (shownBlock, error) {
	l := d.Texts.In(lang)
	switch p.block {
	case "event":
		e, err := bySlug(tx, events.First, events.Get, p.name)
		if err != nil {
			return shownBlock{}, err
		}
		if e.State == Draft || e.Audience == ForGroups || !overlap(e.ClusterIDs, c.Reach) && !e.Listed {
			return shownBlock{}, errHidden
		}
		return shownBlock{[]templates.BulkItem{d.eventItem(tx, c, e, l)}, e}, nil
	case "events":
		return d.upcomingBlock(tx, c, l)
	case "round":
		r, err := bySlug(tx, rounds.First, rounds.Get, p.name)
		if err == nil && (r.Phase == RoundDraft || !overlap(r.ClusterIDs, c.Reach)) {
			err = errHidden
		}
		if err != nil {
			return shownBlock{}, err
		}
		return shownBlock{items: []templates.BulkItem{d.roundItem(c, r, l)}}, nil
	case "trip":
		t, err := bySlug(tx, trips.First, trips.Get, p.name)
		if err == nil && (!t.Listed || !overlap(t.ClusterIDs, c.Reach)) {
			err = errHidden
		}
		if err != nil {
			return shownBlock{}, err
		}
		return shownBlock{items: []templates.BulkItem{d.tripItem(tx, t, l)}}, nil
	case "trips":
		return d.openTripsBlock(tx, c, l)
	case "foresight":
		return d.foresightBlock(tx, c, p.name, l)
	}
	return d.groupBlock(tx, c, p.name, l)
}

// bySlug finds a document by its slug or its id.
func bySlug[T any](tx *storage.Tx, first func(*storage.Tx, storage.Query) (*T, error), get func(*storage.Tx, string) (*T, error), name string) (*T, error) {
	v, err := first(tx, storage.Query{Where: []storage.Cond{storage.Is("slug", name)}})
	if errors.Is(err, storage.ErrNotFound) {
		return get(tx, name)
	}
	return v, err
}

// eventItem shows an event as it stands now.
func (d *Desk) eventItem(tx *storage.Tx, c *Campaign, e *Event, l *templates.Lang) templates.BulkItem {
	i := templates.BulkItem{
		When: l.Range(e.Starts, e.Ends, e.Zone), Title: e.Title.In(l.Code()), Where: e.Place(), About: e.Summary.In(l.Code()),
		URL: d.EventURL(e), Action: l.Text("campaign.mail.read_more"),
	}
	if e.AllDay {
		i.When = l.Days(e.Starts, e.Ends, e.Zone)
	}
	switch {
	case e.State == Cancelled:
		i.When = l.Text("campaign.mail.cancelled", "when", i.When)
	case e.Open(tx.Now()):
		i.Action = l.Text("campaign.mail.register")
	}
	return i
}

func (d *Desk) upcomingBlock(tx *storage.Tx, c *Campaign, l *templates.Lang) (out shownBlock, err error) {
	where := []storage.Cond{storage.Is("listed", true), {Field: "starts", Op: storage.Gt, Value: tx.Now()},
		{Field: "cluster_ids", Op: storage.Has, Value: c.ClusterID}}
	list, err := events.Find(tx, storage.Query{Where: where, Sort: "starts", Limit: 4 * upcomingShown})
	for _, e := range list {
		if e.State == Published && len(out.items) < upcomingShown {
			out.items = append(out.items, d.eventItem(tx, c, e, l))
		}
	}
	return out, err
}

func (d *Desk) roundItem(c *Campaign, r *Round, l *templates.Lang) templates.BulkItem {
	i := templates.BulkItem{Title: r.Title.In(l.Code()), About: shortened(templates.PlainText(r.About.In(l.Code())), 300),
		URL: d.RoundURL(r), Action: l.Text("campaign.mail.read_more")}
	if len(r.Slots) > 0 {
		i.When = l.Range(r.Starts, r.Ends, r.Zone)
	}
	if r.Entering() {
		i.Action = l.Text("campaign.mail.take_part")
	}
	return i
}

// tripItem shows a trip as it stands now: its days, where it goes, and how long
// companies can apply.
func (d *Desk) tripItem(tx *storage.Tx, t *Trip, l *templates.Lang) templates.BulkItem {
	i := templates.BulkItem{When: l.Dates(t.FirstDay(), t.LastDay()), Title: t.Title.In(l.Code()), Where: t.Route(), About: t.Summary.In(l.Code()),
		URL: d.TripURL(t), Action: l.Text("campaign.mail.read_more")}
	switch {
	case t.Off():
		i.When = l.Text("campaign.mail.cancelled", "when", i.When)
	case t.TakesApplications(tx.Now()):
		i.Action = l.Text("trip.campaign.apply", "when", l.When(t.Selection.ClosesAt, t.Zone))
	}
	return i
}

func (d *Desk) openTripsBlock(tx *storage.Tx, c *Campaign, l *templates.Lang) (out shownBlock, err error) {
	list, err := comingTrips(tx, c.ClusterID, upcomingShown)
	for _, t := range list {
		if t.TakesApplications(tx.Now()) {
			out.items = append(out.items, d.tripItem(tx, t, l))
		}
	}
	return out, err
}

// groupBlock shows a group of one of the clusters. A B2B group leads to its own
// page where it has one, others to their calendar.
func (d *Desk) groupBlock(tx *storage.Tx, c *Campaign, name string, l *templates.Lang) (shownBlock, error) {
	g, err := bySlug(tx, groups.First, groups.Get, name)
	if err != nil {
		return shownBlock{}, err
	}
	if !slices.Contains(c.Reach, g.ClusterID) {
		return shownBlock{}, errHidden
	}
	i := templates.BulkItem{Title: g.Name.In(l.Code()), About: shortened(templates.PlainText(g.About.In(l.Code())), 300),
		URL: d.BaseURL + "/calendar/groups/" + g.Slug + "/subscribe", Action: l.Text("campaign.mail.calendar")}
	b, err := b2bGroups.Get(tx, g.ID)
	if ignoreMissing(err) != nil {
		return shownBlock{}, err
	}
	if err == nil && b.Public {
		i.URL, i.Action = d.BaseURL+"/b2b-groups/"+g.Slug, l.Text("campaign.mail.read_more")
	}
	return shownBlock{items: []templates.BulkItem{i}}, nil
}

// fundedCampaign is the project whose emblem c carries today: its own, or that
// of all its events. Nil for none.
func fundedCampaign(tx *storage.Tx, c *Campaign, cl *Cluster) (*Project, error) {
	if c.ProjectID != "" {
		p, err := projects.Get(tx, c.ProjectID)
		if err != nil {
			return nil, ignoreMissing(err)
		}
		if day := tx.Now().In(cl.Location()).Format("2006-01-02"); day < p.From || day > p.Until {
			return nil, nil
		}
		return p, nil
	}
	var common *Project
	for _, id := range c.EventIDs {
		e, err := events.Get(tx, id)
		if err != nil {
			return nil, ignoreMissing(err)
		}
		p, err := fundedBy(tx, e, tx.Now())
		if err != nil || p == nil || common != nil && common.ID != p.ID {
			return nil, err
		}
		common = p
	}
	return common, nil
}

// sheetColours are a cluster's colour, what can be read on it, and the colour as
// text on the ground of a mail.
func sheetColours(c *Cluster) (colour, on, ink string) {
	colour = cmp.Or(c.Colour, "#0b5d4e")
	if on, ink = "#ffffff", colour; (luminance("#f3f6f5")+0.05)/(luminance(colour)+0.05) < 4.5 {
		ink = "#16211f"
	}
	return colour, on, ink
}
