package mongo

import (
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"kohtaamo/storage"
)

var ops = map[storage.Op]string{
	storage.Eq: "$eq", storage.In: "$in",
	storage.Lt: "$lt", storage.Le: "$lte", storage.Gt: "$gt", storage.Ge: "$gte",
}

func is(op string, v any) bson.D { return bson.D{{Key: op, Value: v}} }

// filter is the conditions as MongoDB has them.
func filter(where []storage.Cond, more ...bson.D) bson.D {
	and := bson.A{}
	for _, c := range where {
		and = append(and, bson.D{{Key: c.Field, Value: condition(c)}})
	}
	for _, m := range more {
		if m != nil {
			and = append(and, m)
		}
	}
	if len(and) == 0 {
		return bson.D{}
	}
	return bson.D{{Key: "$and", Value: and}}
}

// condition is one comparison. A prefix is a range, and $elemMatch keeps both
// its ends on the same string of the list.
func condition(c storage.Cond) bson.D {
	switch c.Op {
	case storage.Has:
		return is("$elemMatch", is("$eq", c.Value))
	case storage.Prefix:
		span := is("$gte", c.Value)
		if end, ok := storage.PrefixEnd(c.Value.(string)); ok {
			span = append(span, bson.E{Key: "$lt", Value: end})
		}
		return is("$elemMatch", span)
	}
	return is(ops[c.Op], c.Value)
}

// from is the condition that goes on after a position; nil without one. null
// stands for an absent field too, and comes before all values.
func from(p storage.Plan) bson.D {
	if p.From == nil {
		return nil
	}
	op := "$gt"
	if p.Desc {
		op = "$lt"
	}
	id, v := bson.E{Key: "_id", Value: is(op, p.From.ID)}, p.From.Value
	if p.Sort == "_id" {
		return bson.D{id}
	}
	or := bson.A{bson.D{{Key: p.Sort, Value: is("$eq", v)}, id}}
	switch {
	case v != nil:
		or = append(or, bson.D{{Key: p.Sort, Value: is(op, v)}})
		if p.Desc {
			or = append(or, bson.D{{Key: p.Sort, Value: is("$eq", nil)}})
		}
	case !p.Desc:
		or = append(or, bson.D{{Key: p.Sort, Value: is("$ne", nil)}})
	}
	return bson.D{{Key: "$or", Value: or}}
}

// order is the sort, and how many.
func order(p storage.Plan) *options.FindOptionsBuilder {
	dir := 1
	if p.Desc {
		dir = -1
	}
	sort := bson.D{{Key: p.Sort, Value: dir}}
	if p.Sort != "_id" {
		sort = append(sort, bson.E{Key: "_id", Value: dir})
	}
	return options.Find().SetSort(sort).SetLimit(int64(p.Limit)).SetSkip(int64(p.Skip)).SetAllowDiskUse(true)
}

// groups counts by a field: an absent one is null; a list counts each of its
// strings once.
func groups(where []storage.Cond, field string, many bool) bson.A {
	stages := bson.A{bson.D{{Key: "$match", Value: filter(where)}}}
	key := "$" + field
	if many {
		each := bson.D{{Key: "$setUnion", Value: bson.A{is("$ifNull", bson.A{key, bson.A{}}), bson.A{}}}}
		stages = append(stages,
			bson.D{{Key: "$project", Value: bson.D{{Key: "each", Value: each}}}},
			bson.D{{Key: "$unwind", Value: "$each"}})
		key = "$each"
	}
	return append(stages, bson.D{{Key: "$group", Value: bson.D{
		{Key: "_id", Value: key},
		{Key: "n", Value: is("$sum", 1)},
	}}})
}
