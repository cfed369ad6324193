package scheduling

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"kohtaamo/storage"
)

// A counting reads what figures are counted from, in one transaction. What
// several indicators need is read once.
type counting struct {
	tx   *storage.Tx
	lang string
	s    Scope    // with its end filled in
	own  []string // clusters that are counted; nil: all
	zone *time.Location

	detail      detail
	once        occurrence // emitted by whoever emits one at a time
	companiesBy map[string]*companyBrief
	groupsBy    map[string]*groupBrief
	eventList   []*eventBrief
	turnoutsOf  map[string]*turnout
	crowdList   []*crowd
	guestKeys   []string
	roundList   []*roundBrief
	borrow      func() ([]*roundBrief, error) // nil: they are read here
	tripList    []*tripBrief
	joins       []*joinBrief
	joinsOf     map[string][]memberIn   // by company
	surveysBy   map[string]*surveyBrief // by event
	records     []*recordBrief
	gatherings  []*gatheringBrief
	works       []*workBrief
	places      map[string]*belonging
	placesOf    map[placeKey]*belonging
	touchList   []touch
	memberList  []memberTouch
	scores      map[string]map[string]int // how often each was given in the survey of an event
}

func newCounting(tx *storage.Tx, by Actor, s Scope, own []string) *counting {
	return &counting{tx: tx, lang: by.Lang, s: s.closed(tx.Now()), own: own, zone: zoneOf(HouseZone)}
}

// closed is s with an end: nothing counts before it has happened.
func (s Scope) closed(now time.Time) Scope {
	if s.Until.IsZero() || s.Until.After(now) {
		s.Until = now.Add(time.Millisecond)
	}
	return s
}

// during reports whether a moment is in the scope.
func (c *counting) during(t time.Time) bool { return !t.Before(c.s.From) && t.Before(c.s.Until) }

// A belonging says what something belongs to. Those that say the same are the same
// pointer: see counting.at.
type belonging struct {
	clusters, groups, countries []string
	project                     string
}

// at gives the one place that says this.
func (c *counting) at(p belonging) *belonging {
	key := strings.Join([]string{strings.Join(p.clusters, " "), strings.Join(p.groups, " "), strings.Join(p.countries, " "), p.project}, "\n")
	if known := c.places[key]; known != nil {
		return known
	}
	if c.places == nil {
		c.places = map[string]*belonging{}
	}
	c.places[key] = &p
	return &p
}

// A placeKey names the place of a company in something.
type placeKey struct {
	thing    *belonging
	clusters string
	country  string
}

// of is the place of a company in something: in those of its clusters, and in
// the country of the company. It is asked for a million times.
func (c *counting) of(thing *belonging, clusters []string, country string) *belonging {
	key := placeKey{thing, strings.Join(clusters, " "), country}
	p := c.placesOf[key]
	if p == nil {
		if c.placesOf == nil {
			c.placesOf = map[placeKey]*belonging{}
		}
		p = c.at(belonging{clusters: clusters, groups: thing.groups, project: thing.project, countries: optional(country)})
		c.placesOf[key] = p
	}
	return p
}

// covers reports whether something in a place counts. A country is asked for
// apart: it can be that of who takes part.
func (c *counting) covers(p belonging) bool {
	s := c.s
	return (s.ClusterID == "" || slices.Contains(p.clusters, s.ClusterID)) &&
		(c.own == nil || overlap(p.clusters, c.own)) &&
		(s.ProjectID == "" || p.project == s.ProjectID) &&
		(s.GroupID == "" || slices.Contains(p.groups, s.GroupID))
}

// towards reports whether something with these countries counts.
func (c *counting) towards(countries ...string) bool {
	return c.s.Country == "" || slices.Contains(countries, c.s.Country)
}

// An occurrence is once that something happened which an indicator counts. The
// one that is emitted is used again for the next.
type occurrence struct {
	kind, id string // of what is counted
	at       time.Time
	year     int // of at; see counting.yearOf
	place    *belonging
	also     []*belonging // further places
	amount   float64
	class    string
	town     string
	about    string // id of the document that the row shows
	with     string // id of the company that it is about, beside that
}

// yearOf is the year of the scope that a moment is in, named by the calendar year
// in which it begins on the house's clock. Years of a scope begin on its first
// day; see Scope.
func (c *counting) yearOf(t time.Time) int {
	year := t.In(c.zone).Year()
	if c.s.From.IsZero() {
		return year
	}
	first := c.s.From.In(c.zone)
	if t.Before(first.AddDate(year-first.Year(), 0, 0)) {
		year--
	}
	return year
}

// indicator gives one by its key, which may be that of a count of somebody's
// own; see OwnCount.
func (c *counting) indicator(key string) (Indicator, error) {
	if id, own := strings.CutPrefix(key, ownPrefix); own {
		o, err := ownCounts.Get(c.tx, id)
		if err != nil {
			return Indicator{}, err
		}
		if c.own != nil && !slices.Contains(c.own, o.ClusterID) {
			return Indicator{}, errHidden
		}
		return o.Indicator(), nil
	}
	i, ok := IndicatorOf(key)
	if !ok {
		return i, errHidden
	}
	return i, nil
}

// figures counts those that say something in the scope.
func (c *counting) figures(list []Indicator) (out []Figure, err error) {
	for _, i := range list {
		if !i.fits(c.s) {
			continue
		}
		f, err := c.figure(i)
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

// A detail says how much whoever counts wants to know of each occurrence.
type detail int

const (
	everyTime  detail = iota // each of its own: somebody looks at them one by one
	withPlaces               // what counts once a year can come once, with all places
	bare                     // the same, and neither places nor ids of what counts each time
)

// asked sets the detail for an indicator: an own count chooses of each occurrence.
func (c *counting) asked(i Indicator, d detail) {
	c.detail = d
	if strings.HasPrefix(i.Key, ownPrefix) {
		c.detail = everyTime
	}
}

// distinct reports whether an indicator's occurrences are what it counts, one for
// one, with nothing left to tell apart.
func (c *counting) distinct(i Indicator) bool {
	return i.Rule == CountEach || i.distinct && c.detail != everyTime
}

// figure counts without making rows: the same occurrences, told apart by the
// same key.
func (c *counting) figure(i Indicator) (f Figure, err error) {
	f.Key = i.Key
	c.asked(i, bare)
	distinct, seen := c.distinct(i), byYear[struct{}]{}
	err = i.count(c, func(o *occurrence) {
		if !distinct {
			set := seen.of(o, i.Rule)
			n := len(set)
			if set[o.id] = struct{}{}; len(set) == n {
				return
			}
		}
		f.N++
		f.Sum += o.amount
	})
	if err == nil && i.of != nil {
		f.Of, err = i.of(c)
	}
	return f, err
}

// A byYear keeps what was counted by the id of its thing, each year of the scope
// apart. Most of what is counted comes year after year.
type byYear[T any] struct {
	sets map[int]map[string]T
	year int
	last map[string]T // of that year
}

// of is the set that o is in: that of its year, or of all where what stands at
// the end is counted.
func (s *byYear[T]) of(o *occurrence, r CountRule) map[string]T {
	year := o.year
	if r == CountAtEnd {
		year = 0
	}
	if s.last != nil && s.year == year {
		return s.last
	}
	if s.sets == nil {
		s.sets = map[int]map[string]T{}
	}
	if s.sets[year] == nil {
		s.sets[year] = map[string]T{}
	}
	s.year, s.last = year, s.sets[year]
	return s.last
}

// A countedRow is a row with all places that it was counted in.
type countedRow struct {
	occurrence
	places []*belonging
}

func (r *countedRow) clone() *countedRow {
	own := *r
	own.places = slices.Clone(r.places)
	return &own
}

// add puts the places of an occurrence with the others.
func (r *countedRow) add(o *occurrence) {
	r.places = addPlace(r.places, o.place)
	for _, p := range o.also {
		r.places = addPlace(r.places, p)
	}
}

// eachRow gives what figure counts, as rows, in no order. What counts once stands
// where it came first, with all of its places. The row is used again for the next:
// who keeps it, clones it. There can be half a million, of which a page shows fifty.
func (c *counting) eachRow(i Indicator, fn func(*countedRow)) error {
	c.asked(i, withPlaces)
	if !c.distinct(i) {
		return c.mergedRows(i, fn)
	}
	row := &countedRow{}
	return i.count(c, func(o *occurrence) {
		row.occurrence, row.places = *o, row.places[:0]
		row.add(o)
		fn(row)
	})
}

// mergedRows gives rows of what comes several times and counts once.
func (c *counting) mergedRows(i Indicator, fn func(*countedRow)) error {
	var rows []*countedRow
	by := byYear[*countedRow]{}
	err := i.count(c, func(o *occurrence) {
		set := by.of(o, i.Rule)
		row := set[o.id]
		if row == nil {
			row = &countedRow{occurrence: *o}
			set[o.id] = row
			rows = append(rows, row)
		}
		row.add(o)
		if o.at.Before(row.at) {
			row.at = o.at
		}
	})
	for _, row := range rows {
		fn(row)
	}
	return err
}

func addPlace(list []*belonging, p *belonging) []*belonging {
	if slices.Contains(list, p) {
		return list
	}
	return append(list, p)
}

// values puts those that a row has in a dimension behind out.
func (r *countedRow) values(c *counting, dim Dim, out []string) []string {
	switch dim {
	case DimMonth:
		return append(out, r.at.In(c.zone).Format("2006-01"))
	case DimYear:
		return append(out, r.at.In(c.zone).Format("2006"))
	case DimClass:
		return append(out, r.class)
	case DimTown:
		return append(out, r.town)
	}
	for _, p := range r.places {
		for _, v := range p.of(dim) {
			if !slices.Contains(out, v) {
				out = append(out, v)
			}
		}
	}
	if len(out) == 0 {
		out = append(out, "")
	}
	return out
}

func (p *belonging) of(dim Dim) []string {
	switch dim {
	case DimCluster:
		return p.clusters
	case DimGroup:
		return p.groups
	case DimCountry:
		return p.countries
	}
	return nil
}

// slices counts by the values of a dimension.
func (c *counting) slices(i Indicator, dim Dim) (out []Slice, err error) {
	if !i.Has(dim) {
		return nil, errHidden
	}
	by := map[string]*Slice{}
	var values []string
	err = c.eachRow(i, func(r *countedRow) {
		values = r.values(c, dim, values[:0])
		for _, v := range values {
			part := by[v]
			if part == nil {
				part = &Slice{Key: v}
				by[v] = part
			}
			part.N++
			part.Sum += r.amount
		}
	})
	for _, v := range slices.Sorted(maps.Keys(by)) {
		out = append(out, *by[v])
	}
	return out, err
}

// A rowCursor is the place of a row among those behind a figure.
type rowCursor struct {
	At int64
	ID string
}

// beforeAll is the place in front of every row.
var beforeAll = rowCursor{At: math.MinInt64}

func (r *countedRow) cursor() rowCursor { return rowCursor{r.at.UnixMilli(), r.id} }

func (a rowCursor) compare(b rowCursor) int {
	return cmp.Or(cmp.Compare(a.At, b.At), strings.Compare(a.ID, b.ID))
}

// page lists some of the rows.
func (c *counting) page(i Indicator, after string, limit int) (out []FigureRow, next string, err error) {
	from, n := beforeAll, 0
	if after != "" {
		if from, err = readCursor(after); err != nil {
			return nil, "", err
		}
	}
	if limit > 0 {
		n = limit + 1
	}
	rows, err := c.rows(i, from, n)
	if err != nil {
		return nil, "", err
	}
	if limit > 0 && len(rows) > limit {
		rows = rows[:limit]
		next = rows[limit-1].cursor().String()
	}
	for _, r := range rows {
		row, err := c.show(r)
		if err != nil {
			return nil, "", err
		}
		out = append(out, row)
	}
	return out, next, nil
}

// rows gives those behind a place, in their order: the first n, or all if n is 0.
func (c *counting) rows(i Indicator, from rowCursor, n int) (out []*countedRow, err error) {
	order := func(a, b *countedRow) int { return a.cursor().compare(b.cursor()) }
	full := false // out[:n] come before all that were left out
	err = c.eachRow(i, func(r *countedRow) {
		if r.cursor().compare(from) <= 0 || full && order(r, out[n-1]) >= 0 {
			return
		}
		out = append(out, r.clone())
		if n > 0 && len(out) == 8*n {
			slices.SortFunc(out, order)
			out, full = out[:n], true
		}
	})
	slices.SortFunc(out, order)
	if n > 0 && len(out) > n {
		out = out[:n]
	}
	return out, err
}

func (k rowCursor) String() string {
	b, _ := json.Marshal(k) // of a number and a string
	return base64.RawURLEncoding.EncodeToString(b)
}

func readCursor(s string) (k rowCursor, err error) {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err == nil {
		err = json.Unmarshal(b, &k)
	}
	if err != nil {
		return k, storage.ErrCursor
	}
	return k, nil
}

// show makes a row for a reader.
func (c *counting) show(r *countedRow) (FigureRow, error) {
	row := FigureRow{ID: r.id, Kind: r.kind, At: r.at, Amount: r.amount, Class: r.class, Town: r.town}
	first := func(dim Dim) string { return r.values(c, dim, nil)[0] }
	row.Cluster, row.Group, row.Country = first(DimCluster), first(DimGroup), first(DimCountry)
	if c.s.ClusterID != "" {
		row.Cluster = c.s.ClusterID
	}
	var err error
	row.Label, row.Path, err = c.name(r)
	return row, err
}
