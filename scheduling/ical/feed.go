package ical

import (
	"bytes"
	"math/bits"
	"slices"
	"strings"
	"time"
)

// Encode makes the feed of entries, which come out sorted by start. The feed is
// always whole and valid, also when it is empty; the entries that could not be
// written, and those whose UID (and instance) came before, are named beside it.
func (c Calendar) Encode(entries []Entry) ([]byte, []*EntryError) {
	return (*Cache)(nil).Encode(c, entries)
}

// Encode is Calendar.Encode with the entries that k has kept. It may be called
// by many at once, and with a nil Cache.
func (k *Cache) Encode(c Calendar, entries []Entry) ([]byte, []*EntryError) {
	return k.Append(nil, c, entries)
}

// Append is Encode behind what is in dst already, in whose memory it writes if
// there is room for all.
func (k *Cache) Append(dst []byte, c Calendar, entries []Entry) ([]byte, []*EntryError) {
	var p plan
	items := k.gather(entries, &p)
	items, all, skipped := k.series(items, &p)
	p.settle()
	items = all.writeOut(items, k, &p)
	parts, more := k.parts(items, &p)

	f := &folder{buf: slices.Grow(dst, 1024)}
	c.begin(f)
	p.write(f)
	parts[0] = f.buf
	return join(append(parts, closing)), append(skipped, more...)
}

// join puts all parts behind the first one.
func join(parts [][]byte) []byte {
	all, more := parts[0], 0
	for _, part := range parts[1:] {
		more += len(part)
	}
	if cap(all)-len(all) < more {
		return bytes.Join(parts, nil)
	}
	for _, part := range parts[1:] {
		all = append(all, part...)
	}
	return all
}

var closing = []byte("END:VCALENDAR\r\n")

// An item is an entry of a feed with what has to be known of it to find it
// among those that are kept. Most feeds are the one before but for an entry or
// two, so this is what a feed costs: each entry is looked at once.
type item struct {
	*Entry
	course    *course // of what repeats
	name, sum uint64  // what tells it from others, and all that is written of it
	span
}

func (k *Cache) item(e *Entry) item {
	seed := k.hashes()
	name := e.name(seed)
	return item{Entry: e, name: name, sum: e.digest(seed, name)}
}

// gather makes items, by start and UID, so that the same entries make the same
// feed however a database returned them. Those that are in no series are noted
// in the plan.
func (k *Cache) gather(entries []Entry, p *plan) []item {
	items, ordered := make([]item, len(entries)), true
	for i := range entries {
		items[i] = k.item(&entries[i])
		if !items[i].inSeries() {
			items[i].span = p.add(&entries[i], nil)
		}
		ordered = ordered && (i == 0 || byStart(items[i-1], items[i]) <= 0)
	}
	if !ordered {
		slices.SortStableFunc(items, byStart)
	}
	return items
}

// byStart puts what stands in place of an instance where that would be, and so
// after its series.
func byStart(a, b item) int {
	if c := a.byRule().Compare(b.byRule()); c != 0 {
		return c
	}
	if c := strings.Compare(a.UID, b.UID); c != 0 {
		return c
	}
	return a.Instance.Compare(b.Instance)
}

func (e *Entry) byRule() time.Time {
	if e.Instance.IsZero() {
		return e.Starts
	}
	return e.Instance
}

const twice = "another entry of this calendar has the same UID"

// parts gives the items as they are written. The first one is left for the
// header, which depends on them.
func (k *Cache) parts(items []item, p *plan) (parts [][]byte, skipped []*EntryError) {
	for i := range items {
		items[i].sum = withForm(items[i].sum, p.local(items[i].span))
	}
	found := make([][]byte, 1+len(items), 1+len(items)+1)
	k.find(items, found[1:])
	parts = found[:1] // never ahead of what is still to be looked at
	seen := newSet(len(items))
	for i := range items {
		it, part := &items[i], found[1+i]
		var err *EntryError
		if part == nil {
			part, err = k.write(it, form{utc: !p.local(it.span), course: it.course})
		}
		if err == nil && !seen.add(it.name) {
			err = it.faulty(twice)
		}
		if err != nil {
			skipped = append(skipped, err)
			continue
		}
		parts = append(parts, part)
	}
	return parts, skipped
}

// A set holds hashes in a table of which at least half is empty.
type set []uint64

func newSet(n int) set { return make(set, 1<<bits.Len(uint(2*n))) }

// add reports whether h is new.
func (s set) add(h uint64) bool {
	h = max(h, 1) // 0 is an empty place
	mask := uint64(len(s) - 1)
	for i := h & mask; ; i = (i + 1) & mask {
		switch s[i] {
		case h:
			return false
		case 0:
			s[i] = h
			return true
		}
	}
}
