package sqlite

import (
	"database/sql/driver"
	"fmt"
	"strings"

	"kohtaamo/storage"
)

// A findStep is a Plan whose start, if any, is one condition that an index can
// answer. Some plans take two steps, because SQL has no place for NULL in a
// comparison.
type findStep struct {
	storage.Plan
	from string
	args []driver.Value
}

// steps divides a plan. Documents without the field come before all values,
// or after them when descending.
func steps(p storage.Plan) []findStep {
	if p.From == nil {
		return []findStep{{Plan: p}}
	}
	sign := " > "
	if p.Desc {
		sign = " < "
	}
	field, v := `t.`+q(p.Sort), column(p.From.Value)
	id := []driver.Value{p.From.ID}
	same := findStep{p, field + ` IS NULL AND t._id` + sign + `?`, id}
	switch {
	case p.Sort == "_id":
		return []findStep{{p, `t._id` + sign + `?`, id}}
	case v == nil && p.Desc:
		return []findStep{same}
	case v == nil:
		return []findStep{same, {p, field + ` IS NOT NULL`, nil}}
	}
	next := findStep{p, `(` + field + `, t._id)` + sign + `(?, ?)`, []driver.Value{v, p.From.ID}}
	if p.Desc {
		return []findStep{next, {p, field + ` IS NULL`, nil}}
	}
	return []findStep{next}
}

// find writes the statement for one step.
//
// Conditions on Many fields can be met in two ways. Walking in order and
// asking each document is quick when many documents meet them and a page is
// wanted; going through the side tables first is quick when few do. Which it
// is, is found out by counting, with a limit.
func (t *table) find(c *conn, s findStep) (string, []driver.Value, error) {
	single, many := split(s.Where)
	rare, err := t.rare(c, many, s.Limit > 0)
	if err != nil {
		return "", nil, err
	}
	parts, args := t.conds(single)
	if s.from != "" {
		parts, args = append(parts, s.from), append(args, s.args...)
	}
	order := t.order(s.Plan)
	if rare == nil { // walk
		more, moreArgs := t.asks(many)
		parts, args = append(parts, more...), append(args, moreArgs...)
		return `SELECT t.body FROM ` + q(t.spec.Name) + ` AS t` + whereOf(parts) + order + limit(s.Plan), args, nil
	}
	more, moreArgs := t.asks(without(many, rare))
	parts, args = append(parts, more...), append(args, moreArgs...)
	ids, idArgs := t.ids(rare)
	// CROSS JOIN makes SQLite start from the ids; the bodies are fetched only
	// for those that remain after ordering.
	inner := `SELECT t."#" AS n FROM (` + ids + `) AS i CROSS JOIN ` + q(t.spec.Name) + ` AS t ON t."#" = i.id` + whereOf(parts) + order + limit(s.Plan)
	return `SELECT t.body FROM (` + inner + `) AS found CROSS JOIN ` + q(t.spec.Name) + ` AS t ON t."#" = found.n` + order, append(idArgs, args...), nil
}

func (t *table) order(p storage.Plan) string {
	dir := ""
	if p.Desc {
		dir = " DESC"
	}
	if p.Sort == "_id" {
		return ` ORDER BY t._id` + dir
	}
	return ` ORDER BY t.` + q(p.Sort) + dir + `, t._id` + dir
}

func limit(p storage.Plan) string {
	if p.Limit == 0 && p.Skip == 0 {
		return ""
	}
	n := p.Limit
	if n == 0 {
		n = -1
	}
	return fmt.Sprintf(` LIMIT %d OFFSET %d`, n, p.Skip)
}

// How many strings of a side table are few, and how far it is worth counting. To
// put few into order takes some ten milliseconds; to walk takes a hundred where
// all that is looked for comes late in the order, as names do that begin alike.
const (
	few     = 12000
	notMany = 20000
)

// rare chooses the conditions on side tables to start from; none means to walk.
// One that few documents meet is enough. Of several that many meet, it is
// guessed how many meet all, as if they had nothing to do with each other.
func (t *table) rare(c *conn, many []storage.Cond, page bool) ([]storage.Cond, error) {
	if len(many) == 0 {
		return nil, nil
	}
	if !page { // all are wanted, so all must be found anyway
		return many, nil
	}
	for _, cond := range many {
		if n, err := t.strings(c, cond, few+1); err != nil || n <= few {
			return []storage.Cond{cond}, err
		}
	}
	if len(many) == 1 {
		return nil, nil
	}
	return t.rareTogether(c, many)
}

func (t *table) rareTogether(c *conn, many []storage.Cond) (rare []storage.Cond, err error) {
	all, err := c.number(`SELECT coalesce(max("#"), 1) FROM ` + q(t.spec.Name))
	if err != nil {
		return nil, err
	}
	together := float64(all)
	for _, cond := range many {
		n, err := t.strings(c, cond, notMany)
		if err != nil {
			return nil, err
		}
		if n < notMany {
			rare, together = append(rare, cond), together*float64(n)/float64(all)
		}
	}
	if together > few {
		return nil, nil
	}
	return rare, nil
}

// strings counts the strings in a side table that meet c, up to most: a little
// more than the documents, when several strings of one do.
func (t *table) strings(c *conn, cond storage.Cond, most int64) (int64, error) {
	match, args := matches(cond)
	return c.number(`SELECT count(*) FROM (SELECT 1 FROM `+t.side(cond.Field)+` WHERE `+match+` LIMIT ?)`, append(args, most)...)
}

// ids selects the numbers of the documents that meet all of conds, each once.
func (t *table) ids(conds []storage.Cond) (string, []driver.Value) {
	var parts []string
	var args []driver.Value
	for _, c := range conds {
		match, a := matches(c)
		distinct := ""
		if c.Op == storage.Prefix && len(conds) == 1 { // INTERSECT does it otherwise
			distinct = "DISTINCT "
		}
		parts, args = append(parts, `SELECT `+distinct+`id FROM `+t.side(c.Field)+` WHERE `+match), append(args, a...)
	}
	return strings.Join(parts, " INTERSECT "), args
}

// asks are conditions on side tables for one document.
func (t *table) asks(conds []storage.Cond) (parts []string, args []driver.Value) {
	for _, c := range conds {
		match, a := matches(c)
		parts = append(parts, `EXISTS (SELECT 1 FROM `+t.side(c.Field)+` WHERE id = t."#" AND `+match+`)`)
		args = append(args, a...)
	}
	return parts, args
}

// matches is the condition on a string of a side table.
func matches(c storage.Cond) (string, []driver.Value) {
	v := c.Value.(string)
	if c.Op == storage.Has {
		return `value = ?`, []driver.Value{v}
	}
	if end, ok := storage.PrefixEnd(v); ok {
		return `value >= ? AND value < ?`, []driver.Value{v, end}
	}
	return `value >= ?`, []driver.Value{v}
}

// where is the condition for counting, where all documents have to be found.
func (t *table) where(conds []storage.Cond) (string, []driver.Value) {
	single, many := split(conds)
	parts, args := t.conds(single)
	if len(many) > 0 {
		ids, idArgs := t.ids(many)
		parts, args = append(parts, `t."#" IN (`+ids+`)`), append(args, idArgs...)
	}
	return whereOf(parts), args
}

// conds are the conditions on columns.
func (t *table) conds(conds []storage.Cond) (parts []string, args []driver.Value) {
	for _, c := range conds {
		part, a := cond(c)
		parts, args = append(parts, part), append(args, a...)
	}
	return parts, args
}

func cond(c storage.Cond) (string, []driver.Value) {
	field := `t.` + q(c.Field)
	switch {
	case c.Op == storage.In:
		return among(field, c.Value.([]any))
	case c.Value == nil:
		return field + ` IS NULL`, nil
	}
	return field + ` ` + string(c.Op) + ` ?`, []driver.Value{column(c.Value)}
}

// among is IN. The number of question marks is rounded up, so that there are
// only few different statements to keep prepared.
func among(field string, values []any) (string, []driver.Value) {
	var args []driver.Value
	null := ""
	for _, v := range values {
		if v == nil {
			null = ` OR ` + field + ` IS NULL`
		} else {
			args = append(args, column(v))
		}
	}
	for n := len(args); n&(n-1) != 0; n++ {
		args = append(args, args[0])
	}
	return `(` + field + ` IN (` + marks(len(args)) + `)` + null + `)`, args
}

func split(conds []storage.Cond) (single, many []storage.Cond) {
	for _, c := range conds {
		if c.Op == storage.Has || c.Op == storage.Prefix {
			many = append(many, c)
		} else {
			single = append(single, c)
		}
	}
	return single, many
}

func without(all, some []storage.Cond) (rest []storage.Cond) {
	for _, c := range all {
		found := false
		for _, s := range some {
			found = found || s == c
		}
		if !found {
			rest = append(rest, c)
		}
	}
	return rest
}

func whereOf(parts []string) string {
	if len(parts) == 0 {
		return ""
	}
	return ` WHERE ` + strings.Join(parts, ` AND `)
}
