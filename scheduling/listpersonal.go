package scheduling

import "kohtaamo/storage"

// copySavedLists are the lists that p keeps.
func copySavedLists(tx *storage.Tx, p *Person) ([]any, error) {
	return show(tx, savedLists, having("owner_id", p.ID), func(l *SavedList) bool { return !l.Ended }, "name", "kind", "query", "lang", "shared", "created")
}

// eraseSavedLists ends p's lists; their addresses, asked for again, answer that
// they are gone.
func eraseSavedLists(tx *storage.Tx, p *Person) (int, error) {
	return blank(tx, savedLists, having("owner_id", p.ID), func(l *SavedList) bool {
		if l.Ended {
			return false
		}
		l.end()
		return true
	})
}

// copyWebhooks are the webhooks that p made.
func copyWebhooks(tx *storage.Tx, p *Person) ([]any, error) {
	return show(tx, webhooks, storage.Query{}, madeBy(p), "name", "address", "topics", "active", "created")
}

// eraseWebhooks leaves webhooks to the organisers of their clusters: nobody in
// particular hears of their end any more.
func eraseWebhooks(tx *storage.Tx, p *Person) (int, error) {
	return blank(tx, webhooks, storage.Query{}, func(h *Webhook) bool { return madeBy(p)(h) && wipe(&h.OwnerID) })
}

// madeBy chooses p's webhooks. A house has a handful of them.
func madeBy(p *Person) func(*Webhook) bool {
	return func(h *Webhook) bool { return h.OwnerID == p.ID }
}
