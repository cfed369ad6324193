package ical

import (
	"hash/maphash"
	"math"
	"sync"
	"time"
)

// A Cache keeps entries as they were written, for feeds: a feed of a thousand
// entries of which one has changed is then the work of one. An entry is known
// again by everything in it, so there is nothing to invalidate, and one entry
// may have as many variants (languages, audiences) as there are feeds. It keeps
// what was used lately, up to a size, and may be used by many at once.
type Cache struct {
	seed maphash.Seed
	half int // octets that a generation may hold

	mu       sync.Mutex
	now, old generation
	written  int
}

// A generation is filled until it is as large as half the cache; then it
// becomes the old one, out of which what is still used is taken over.
type generation struct {
	parts map[uint64]fragment // by digest
	size  int
}

// A fragment is an entry as its lines in a feed.
type fragment struct {
	name   uint64 // of UID and instance
	lines  []byte
	course *course // of what repeats; it may be known before the lines
}

// NewCache makes a cache of about so many octets. An entry takes about 1 KB.
func NewCache(size int) *Cache {
	return &Cache{seed: maphash.MakeSeed(), half: size / 2}
}

var unkept = maphash.MakeSeed()

// hashes is what the entries of one calendar are told apart by.
func (k *Cache) hashes() maphash.Seed {
	if k == nil {
		return unkept
	}
	return k.seed
}

// find looks up items; what is not there stays nil. The lines must not be
// changed.
func (k *Cache) find(items []item, lines [][]byte) {
	if k == nil {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	for i := range items {
		lines[i] = k.get(items[i].sum, items[i].name).lines
	}
}

// write gives an item as its lines in a feed and keeps them.
func (k *Cache) write(it *item, as form) ([]byte, *EntryError) {
	lines, err := it.encode(as)
	if err == nil && k != nil {
		k.put(it.sum, fragment{it.name, lines, as.course})
	}
	return lines, err
}

// Written is how many entries were written so far, because they were not kept:
// one for a feed in which one has changed.
func (k *Cache) Written() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.written
}

// workOut is Entry.workOut with what k has kept.
func (k *Cache) workOut(it *item) (*course, *EntryError) {
	if k == nil {
		return it.Entry.workOut()
	}
	sum := withForm(it.sum, true) // as a series that a rule can say will be looked for
	k.mu.Lock()
	part := k.get(sum, it.name)
	k.mu.Unlock()
	if part.course != nil {
		return part.course, nil
	}
	c, err := it.Entry.workOut()
	if err == nil {
		k.put(sum, fragment{it.name, nil, c})
	}
	return c, err
}

func (e *Entry) encode(as form) ([]byte, *EntryError) {
	if err := e.check(); err != nil {
		return nil, err
	}
	f := folder{buf: make([]byte, 0, 1024)}
	if err := e.appendTo(&f, as); err != nil {
		return nil, err
	}
	return f.buf, nil
}

// get needs the lock.
func (k *Cache) get(sum, name uint64) fragment {
	part, ok := k.now.parts[sum]
	if !ok {
		if part, ok = k.old.parts[sum]; ok {
			k.keep(sum, part)
		}
	}
	if part.name != name {
		return fragment{}
	}
	return part
}

func (k *Cache) put(sum uint64, part fragment) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if part.lines != nil {
		k.written++
	}
	k.keep(sum, part)
}

// overhead is about what the map and the keys cost for each entry.
const overhead = 128

// cost is how much of the cache a fragment takes; what is none takes nothing.
func (f fragment) cost() int {
	if f.lines == nil && f.course == nil {
		return 0
	}
	n := cap(f.lines) + overhead
	if f.course != nil {
		n += 8*(cap(f.course.all)+cap(f.course.except)) + overhead
	}
	return n
}

func (k *Cache) keep(sum uint64, part fragment) {
	cost := part.cost()
	if k.now.size+cost > k.half {
		k.old, k.now = k.now, generation{}
	}
	if cost > k.half {
		return
	}
	if k.now.parts == nil {
		k.now.parts = make(map[uint64]fragment)
	}
	k.now.size += cost - k.now.parts[sum].cost()
	k.now.parts[sum] = part
}

// Size is how many octets the cache holds, about.
func (k *Cache) Size() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.now.size + k.old.size
}

// A digest sums up a list of values in order.
type digest struct {
	seed maphash.Seed
	sum  uint64
}

func (d *digest) num(n uint64) {
	d.sum = (d.sum ^ n) * 0x9E3779B97F4A7C15
	d.sum ^= d.sum >> 29
}

func (d *digest) str(s string) {
	if s == "" {
		d.num(1)
		return
	}
	d.num(maphash.String(d.seed, s))
}

// time tells nanoseconds apart: the last one decides which day an all-day entry
// ends.
func (d *digest) time(t time.Time) { d.num(uint64(t.Unix())<<30 + uint64(t.Nanosecond())) }

func bit(b bool, place int) uint64 {
	if b {
		return 1 << place
	}
	return 0
}

// name sums up what tells e from the others of a feed.
func (e *Entry) name(seed maphash.Seed) uint64 {
	d := digest{seed: seed}
	d.str(e.UID)
	if !e.Instance.IsZero() {
		d.num(uint64(e.place(e.Instance, e.instanceZone())))
		d.str(e.instanceZone())
	}
	return d.sum
}

// withForm sums up an entry and in which of two forms it is written.
func withForm(sum uint64, local bool) uint64 {
	d := digest{sum: sum}
	d.num(bit(local, 0))
	return d.sum
}

// digest sums up all of e that a feed shows, with its name. Who is invited is
// not part of it: feeds name no one.
func (e *Entry) digest(seed maphash.Seed, name uint64) uint64 {
	d := digest{seed, name}
	d.num(uint64(e.Sequence)<<3 + bit(e.AllDay, 0) + bit(e.Private, 1) + bit(e.Transparent, 2))
	for _, t := range [...]time.Time{e.Created, e.Modified, e.Starts, e.Ends} {
		d.time(t)
	}
	for _, s := range [...]string{e.StartZone, e.EndZone, string(e.Status), e.Summary,
		e.Description, e.Location, e.URL, e.Conference, e.Related} {
		d.str(s)
	}
	if e.Geo != nil {
		d.num(math.Float64bits(e.Geo.Lat))
		d.num(math.Float64bits(e.Geo.Lon))
	}
	d.num(uint64(len(e.Categories)))
	for _, s := range e.Categories {
		d.str(s)
	}
	d.num(uint64(len(e.Alarms)))
	for _, a := range e.Alarms {
		d.num(uint64(a))
	}
	d.series(e)
	return d.sum
}

func (d *digest) series(e *Entry) {
	r := e.Repeat
	if r == nil {
		return
	}
	d.str(string(r.Freq))
	d.num(uint64(r.Interval))
	d.num(uint64(r.MonthDay))
	d.time(r.Until)
	d.num(uint64(len(r.Days)))
	for _, day := range r.Days {
		d.num(uint64(day.Weekday)<<8 + uint64(day.Nth))
	}
	for _, t := range e.Except {
		d.time(t)
	}
}
