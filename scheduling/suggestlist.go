package scheduling

import (
	"context"
	"slices"

	"kohtaamo/storage"
)

// Suggest names the entrants of a round that suit one of by's best, with the
// reasons, at most limit of them. A common language alone is no reason. Never
// among them: itself, who is paused or out, whom it asked or who asked it, and
// whom either did not want.
func (d *Desk) Suggest(ctx context.Context, by Actor, entrantID string, limit int) (list []Match, err error) {
	version := d.DB.Changes(entrants.Spec)
	err = d.view(ctx, func(tx *storage.Tx) error {
		e, r, err := delegateFor(tx, by, entrantID)
		if err != nil {
			return err
		}
		list, err = d.suggestFor(tx, r, e, limit, version)
		return err
	})
	return list, err
}

func (d *Desk) suggestFor(tx *storage.Tx, r *Round, e *Entrant, limit int, version uint64) ([]Match, error) {
	if e.State != EntrantIn || e.Paused || r.Phase == RoundCancelled {
		return nil, nil
	}
	met, err := settledWith(tx, e.ID)
	if err != nil {
		return nil, err
	}
	c, release, err := d.catalogue(tx, r.ID, version)
	if err != nil {
		return nil, err
	}
	defer release()
	b := &beholder{round: r, mine: e}
	var others []*listing
	for _, o := range c.all {
		if b.finds(o) && o.ID != e.ID && !met[o.ID] {
			others = append(others, o)
		}
	}
	all := c.ranked(b, others, ByMatch)
	return all.matches(0, min(max(limit, 0), all.worth())), nil
}

// worth is how many of a ranking have a reason to meet.
func (r ranking) worth() int {
	n := slices.IndexFunc(r.all, func(e ranked) bool { return e.score <= PointsLanguage })
	if n < 0 {
		return len(r.all)
	}
	return n
}

// settledWith are the entrants about whom nothing is to be suggested any more:
// one of both has asked, or did not want to.
func settledWith(tx *storage.Tx, entrantID string) (map[string]bool, error) {
	list, err := entrantRequests(tx, entrantID)
	out := map[string]bool{}
	for _, q := range list {
		if q.State.Live() || q.State == RequestDeclined || q.Wish == No || q.Answer == No {
			out[q.From], out[q.To] = true, true
		}
	}
	return out, err
}

// A CatalogueEntry is one entrant as another sees it.
type CatalogueEntry struct {
	Round  *Round
	Mine   *Entrant // who looks; nil for the public and for organisers
	Public bool     // people are not shown
	Match
	Asked bool // one of both has asked, or did not want to
}

// CatalogueEntry shows one entrant of a round to whoever may see it in its
// catalogue, and a paused one to those who have to do with it.
func (d *Desk) CatalogueEntry(ctx context.Context, by Actor, slug, id string) (v *CatalogueEntry, err error) {
	version := d.DB.Changes(entrants.Spec)
	err = d.view(ctx, func(tx *storage.Tx) error {
		b, err := beholds(tx, by, slug)
		if err != nil {
			return err
		}
		c, release, err := d.catalogue(tx, b.round.ID, version)
		if err != nil {
			return err
		}
		defer release()
		e := c.get(id)
		if e == nil {
			return errHidden
		}
		v = &CatalogueEntry{Round: b.round, Mine: b.mine, Public: b.public}
		return d.showEntry(tx, c, b, e, v)
	})
	return v, err
}

func (d *Desk) showEntry(tx *storage.Tx, c *catalogue, b *beholder, e *listing, v *CatalogueEntry) error {
	if b.mine != nil {
		met, err := settledWith(tx, b.mine.ID)
		if err != nil {
			return err
		}
		v.Asked = met[e.ID] && e.ID != b.mine.ID
	}
	known := v.Asked || b.mine != nil && e.ID == b.mine.ID
	if !b.finds(e) && !(known && e.State == EntrantIn) {
		return errHidden
	}
	v.Match = c.ranked(b, []*listing{e}, ByName).matches(0, 1)[0]
	if b.mine == nil || e.ID == b.mine.ID {
		return nil
	}
	var err error
	v.Common, err = d.commonSlots(tx, b.round, b.mine, e.Entrant)
	return err
}

// TagsInUse are the tags that companies of the house and entrants of its rounds
// use most, for whoever writes a profile.
func (d *Desk) TagsInUse(ctx context.Context, limit int) (tags []string, err error) {
	counts := map[string]int{}
	err = d.view(ctx, func(tx *storage.Tx) error {
		ofCompanies, err := companies.CountBy(tx, storage.Query{}, "tags")
		if err != nil {
			return err
		}
		ofEntrants, err := entrants.CountBy(tx, storage.Query{}, "tags")
		for _, some := range []map[string]int{ofCompanies, ofEntrants} {
			for tag, n := range some {
				if tag != "" {
					counts[tag] += n
				}
			}
		}
		return err
	})
	for _, f := range facets(counts, limit) {
		tags = append(tags, f.Value)
	}
	return tags, err
}
