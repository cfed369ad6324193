package scheduling

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"kohtaamo/storage"
)

// A SavedList is a list of an organiser with its filter, under a name. It can
// have a secret address as a CSV file, which shows what its owner may see at
// the time. The address's text is signed, not stored; a higher generation
// rotates it.
type SavedList struct {
	storage.Meta `bson:",inline"`
	OwnerID      string `bson:"owner_id"` // person
	Name         string `bson:"name"`
	Sort         string `bson:"sort"`
	Kind         string `bson:"kind"`            // "companies", "people", "events", "registrations", …
	About        string `bson:"about,omitempty"` // id of what it belongs to: the event of registrations
	Query        string `bson:"query"`           // the filter, as the page's address has it
	Lang         string `bson:"lang"`            // of the file
	Shared       bool   `bson:"shared"`          // its address works
	Generation   int    `bson:"generation"`      // of the address
	Ended        bool   `bson:"ended,omitempty"` // it is no more; its address says so
	OwnerName    string `bson:"-"`               // where somebody else looks
	URL          string `bson:"-"`               // the address; empty where it is not shared
}

var savedLists = storage.NewCollection[SavedList]("saved_lists", storage.Ordered("owner_id", "sort"))

// maxSavedLists is how many lists one person can keep.
const maxSavedLists = 100

// A NewList is what somebody keeps as a list.
type NewList struct {
	ID    string
	Name  string
	Kind  string
	About string
	Query url.Values // of the page's address; what says where a list goes on is left out
	Lang  string
}

// SaveList keeps a list for by, an organiser; kinds are those that there are.
// Sent twice it is kept once.
func (d *Desk) SaveList(ctx context.Context, by Actor, in NewList, kinds []string) (l *SavedList, err error) {
	f := faults{}
	in.Name = cleanLine(in.Name)
	f.need("name", in.Name, lineLimit)
	query := filterOf(in.Query)
	f.limit("name", query, answerLimit)
	if !slices.Contains(kinds, in.Kind) {
		f.add("kind", "problem.choice")
	}
	if !d.Texts.Has(in.Lang) {
		f.add("lang", "problem.choice")
	}
	if err := f.problem(); err != nil {
		return nil, err
	}
	if !by.OrganisesAny() || !by.SignedIn() {
		return nil, errHidden
	}
	l = &SavedList{Meta: storage.Meta{ID: orNew(in.ID)}, OwnerID: by.ID, Name: in.Name, Sort: strings.ToLower(in.Name), Kind: in.Kind,
		About: in.About, Query: query, Lang: in.Lang}
	err = d.again(func() error {
		return d.update(ctx, func(tx *storage.Tx) error { return d.keepList(tx, by, l) })
	})
	if err != nil {
		return nil, fmt.Errorf("save a list: %w", err)
	}
	return l, nil
}

func (d *Desk) keepList(tx *storage.Tx, by Actor, l *SavedList) error {
	had, err := ownSaved(tx, by, l.ID)
	if err == nil {
		*l = *had
		return nil
	}
	if !errors.Is(err, storage.ErrNotFound) {
		return err
	}
	n, err := savedLists.Count(tx, storage.Query{Where: []storage.Cond{storage.Is("owner_id", by.ID)}})
	if err != nil {
		return err
	}
	if n >= maxSavedLists {
		return &Problem{Kind: Full, Key: "filters.too_many", Args: []any{"count", maxSavedLists}}
	}
	if err := savedLists.Put(tx, l); err != nil {
		return err
	}
	return d.log(tx, by, "list_saved.save", l.ID, by.ID, l.Name, "")
}

// filterOf is the filter in a page's address: without what is empty, and
// without where a list goes on or which language it is in.
func filterOf(q url.Values) string {
	out := url.Values{}
	for name, list := range q {
		if !slices.Contains([]string{"after", "cursor", "lang", "back"}, name) && len(list) > 0 && list[0] != "" {
			out.Set(name, cleanLine(list[0]))
		}
	}
	return out.Encode()
}

// Filter is the list's filter, as a page's address has it.
func (l *SavedList) Filter() url.Values {
	q, err := url.ParseQuery(l.Query)
	if err != nil {
		return url.Values{}
	}
	return q
}

// ownSaved gives one of by's lists.
func ownSaved(tx *storage.Tx, by Actor, id string) (*SavedList, error) {
	l, err := savedLists.Get(tx, id)
	if err == nil && (!by.SignedIn() || l.OwnerID != by.ID || l.Ended) {
		err = errHidden
	}
	if err != nil {
		return nil, err
	}
	return l, nil
}

// SavedLists are by's own, by name.
func (d *Desk) SavedLists(ctx context.Context, by Actor) (list []*SavedList, err error) {
	if !by.OrganisesAny() || !by.SignedIn() {
		return nil, errHidden
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		list, err = savedLists.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("owner_id", by.ID)}, Sort: "sort"})
		return err
	})
	list = slices.DeleteFunc(list, func(l *SavedList) bool { return l.Ended })
	for _, l := range list {
		d.listAddress(l)
	}
	return list, err
}

// SavedList gives one of by's own.
func (d *Desk) SavedList(ctx context.Context, by Actor, id string) (l *SavedList, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		if l, err = ownSaved(tx, by, id); err == nil {
			d.listAddress(l)
		}
		return err
	})
	return l, err
}

func (d *Desk) listAddress(l *SavedList) {
	if l.Shared && !l.Ended {
		l.URL = d.BaseURL + "/lists/" + d.sign("list", l.ID, l.Generation) + ".csv"
	}
}

// ShareList gives one of by's lists a secret address, a new one if it has one:
// the one before answers that it is gone.
func (d *Desk) ShareList(ctx context.Context, by Actor, id string) error {
	return d.onList(ctx, by, id, "list_saved.share", func(l *SavedList) {
		l.Shared = true
		l.Generation++
	})
}

// UnshareList ends the address of one of by's lists.
func (d *Desk) UnshareList(ctx context.Context, by Actor, id string) error {
	return d.onList(ctx, by, id, "list_saved.unshare", func(l *SavedList) { l.Shared = false })
}

// DropList ends one of by's lists. What stays of it says only that its address
// is gone.
func (d *Desk) DropList(ctx context.Context, by Actor, id string) error {
	return d.onList(ctx, by, id, "list_saved.drop", (*SavedList).end)
}

func (l *SavedList) end() {
	l.Shared, l.Ended, l.Query, l.About, l.Name, l.Sort = false, true, "", "", "", ""
}

func (d *Desk) onList(ctx context.Context, by Actor, id, action string, change func(*SavedList)) error {
	err := d.update(ctx, func(tx *storage.Tx) error {
		l, err := ownSaved(tx, by, id)
		if err != nil {
			return err
		}
		name := l.Name
		change(l)
		if err := savedLists.Put(tx, l); err != nil {
			return err
		}
		return d.log(tx, by, action, l.ID, by.ID, name, "")
	})
	if err != nil {
		return fmt.Errorf("%s %s: %w", action, id, changedMeanwhile(err))
	}
	return nil
}

// OpenList finds a list by the secret part of its address, with its owner as
// they are today. ErrGone where the address ended, or its owner organises
// nothing any more.
func (d *Desk) OpenList(ctx context.Context, link string) (l *SavedList, owner Actor, err error) {
	id, mac, ok := splitLink(link)
	if !ok {
		return nil, Actor{}, errHidden
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		if l, err = savedLists.Get(tx, id); err != nil {
			return err
		}
		if err := d.opensList(l, mac); err != nil {
			return err
		}
		p, err := people.Get(tx, l.OwnerID)
		if err != nil {
			return errEnded(err)
		}
		if owner = p.Actor(); !owner.OrganisesAny() {
			return ErrGone
		}
		owner.Via = "link"
		return nil
	})
	if err != nil {
		return nil, Actor{}, err
	}
	return l, owner, nil
}

// opensList checks the secret part of a list's address.
func (d *Desk) opensList(l *SavedList, mac []byte) error {
	for g := l.Generation; g >= 1; g-- {
		if d.signed("list", l.ID, g, mac) {
			if g < l.Generation || !l.Shared {
				return ErrGone
			}
			return nil
		}
	}
	return errHidden
}
