package main

import (
	"strings"
	"testing"

	"kohtaamo/scheduling"
)

// privacy adds somebody who can be erased and a link that would do it, and a link
// to what is kept under an address alone.
func (k known) privacy(t *testing.T, h *house, by scheduling.Actor) error {
	url := h.desk.AddressDataURL("reader1.circular-news@post.example")
	k.add("/data/", url[strings.LastIndex(url, "/")+1:])
	list, _, err := h.desk.People(t.Context(), by, scheduling.ListFilter{Limit: 200})
	if err != nil {
		return err
	}
	for _, p := range list {
		if len(p.Grants) > 0 {
			continue
		}
		url := h.desk.ErasureURL(p)
		k.add("/erase/", url[strings.LastIndex(url, "/")+1:])
		return nil
	}
	return nil
}
