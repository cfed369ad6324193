package auth

import (
	"strings"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// PersonalStores are the collections of this package that know persons.
func PersonalStores() []scheduling.PersonalStore {
	return []scheduling.PersonalStore{
		{Name: "sessions", Copy: copySessions, Erase: eraseSessions},
		{Name: "sign_in_links", Copy: nil, Erase: eraseLinks},
		{Name: "api_tokens", Copy: copyTokens, Erase: eraseTokens},
	}
}

func copySessions(tx *storage.Tx, p *scheduling.Person) (out []any, err error) {
	list, err := sessions.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("person_id", p.ID)}})
	for _, s := range list {
		out = append(out, map[string]any{"agent": s.Agent, "created": s.Created, "seen": s.Seen})
	}
	return out, err
}

// eraseSessions signs the person out everywhere.
func eraseSessions(tx *storage.Tx, p *scheduling.Person) (int, error) {
	n, err := sessions.Count(tx, storage.Query{Where: []storage.Cond{storage.Is("person_id", p.ID)}})
	if err != nil || n == 0 {
		return 0, err
	}
	return n, EndAll(tx, p.ID)
}

// eraseLinks puts links out of use, also those of somebody new under the address.
func eraseLinks(tx *storage.Tx, p *scheduling.Person) (n int, err error) {
	for l, err := range links.Each(tx, storage.Query{}) {
		if err != nil {
			return n, err
		}
		if l.PersonID != p.ID && (l.Newcomer == nil || !strings.EqualFold(l.Newcomer.Email, p.Email) || p.Erased() && !l.Created.Before(p.ErasedAt)) {
			continue
		}
		if err := links.Delete(tx, l); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

func copyTokens(tx *storage.Tx, p *scheduling.Person) (out []any, err error) {
	for t, err := range tokens.Each(tx, storage.Query{}) {
		if err != nil {
			return nil, err
		}
		if t.OwnerID == p.ID {
			out = append(out, map[string]any{"name": t.Name, "created": t.Created, "last_used": t.LastUsed})
		}
	}
	return out, nil
}

// eraseTokens leaves the tokens to the house whose programs use them, without who
// made them.
func eraseTokens(tx *storage.Tx, p *scheduling.Person) (n int, err error) {
	for t, err := range tokens.Each(tx, storage.Query{}) {
		if err != nil {
			return n, err
		}
		if t.OwnerID != p.ID {
			continue
		}
		t.OwnerID, t.OwnerName = "", ""
		if err := tokens.Put(tx, t); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
