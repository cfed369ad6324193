package api

import (
	"bytes"
	"strings"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// PersonalStores are the collections of this package that know persons: answers
// that are kept for a day, to be given again.
func PersonalStores() []scheduling.PersonalStore {
	return []scheduling.PersonalStore{{Name: claims.Spec.Name, Erase: eraseClaims}}
}

// eraseClaims deletes the kept answers that name the person. Whoever sends such a
// request again finds that what it made is there already.
func eraseClaims(tx *storage.Tx, p *scheduling.Person) (n int, err error) {
	var said [][]byte
	for _, s := range []string{p.Email, p.Name} {
		if s != "" {
			said = append(said, []byte(strings.ToLower(s)))
		}
	}
	for c, err := range claims.Each(tx, storage.Query{}) {
		if err != nil {
			return n, err
		}
		low, named := bytes.ToLower(c.Body), false
		for _, s := range said {
			named = named || bytes.Contains(low, s)
		}
		if !named {
			continue
		}
		if err := claims.Delete(tx, c); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
