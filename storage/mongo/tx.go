package mongo

import (
	"context"
	"errors"
	"iter"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"kohtaamo/storage"
)

// tx is one transaction, if ctx carries a session with one, or some reads. It
// keeps its first error, for Update to see.
type tx struct {
	ctx  context.Context
	db   *mongo.Database
	err  error
	over bool
}

var errOver = errors.New("this transaction is over")

func (t *tx) check() error {
	if t.over {
		return errOver
	}
	return t.ctx.Err()
}

// fail notes an error and explains it.
func (t *tx) fail(err error) error {
	if err != nil && t.err == nil {
		t.err = err
	}
	return explain(err)
}

func (t *tx) coll(s storage.Spec) *mongo.Collection { return t.db.Collection(s.Name) }

// Get returns the document with the ID.
func (t *tx) Get(s storage.Spec, id string) (bson.Raw, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	raw, err := t.coll(s).FindOne(t.ctx, is("_id", id)).Raw()
	if errors.Is(err, mongo.ErrNoDocuments) {
		return nil, storage.ErrNotFound
	}
	return raw, t.fail(err)
}

// Find streams what p asks for.
func (t *tx) Find(s storage.Spec, p storage.Plan) iter.Seq2[bson.Raw, error] {
	return func(yield func(bson.Raw, error) bool) {
		if err := t.check(); err != nil {
			yield(nil, err)
			return
		}
		cur, err := t.coll(s).Find(t.ctx, filter(p.Where, from(p)), order(p))
		if err != nil {
			yield(nil, t.fail(err))
			return
		}
		defer cur.Close(context.WithoutCancel(t.ctx))
		for cur.Next(t.ctx) {
			if !yield(cur.Current, nil) {
				return
			}
		}
		if err := cur.Err(); err != nil {
			yield(nil, t.fail(err))
		}
	}
}

// Count counts the documents that meet the conditions.
func (t *tx) Count(s storage.Spec, where []storage.Cond) (int, error) {
	if err := t.check(); err != nil {
		return 0, err
	}
	n, err := t.coll(s).CountDocuments(t.ctx, filter(where))
	return int(n), t.fail(err)
}

// CountBy counts them by the value of a field.
func (t *tx) CountBy(s storage.Spec, where []storage.Cond, field string) (map[string]int, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	cur, err := t.coll(s).Aggregate(t.ctx, groups(where, field, slices.Contains(s.ManyFields(), field)))
	if err != nil {
		return nil, t.fail(err)
	}
	var rows []struct {
		Key any `bson:"_id"`
		N   int `bson:"n"`
	}
	if err := cur.All(t.ctx, &rows); err != nil {
		return nil, t.fail(err)
	}
	out := map[string]int{}
	for _, r := range rows {
		if d, ok := r.Key.(bson.DateTime); ok {
			r.Key = d.Time()
		}
		out[storage.KeyOf(r.Key)] += r.N
	}
	return out, nil
}

// Insert adds a document at the revision that it carries.
func (t *tx) Insert(s storage.Spec, id string, body bson.Raw) error {
	if err := t.check(); err != nil {
		return err
	}
	_, err := t.coll(s).InsertOne(t.ctx, body)
	return t.fail(err)
}

// Replace replaces the document at revision rev.
func (t *tx) Replace(s storage.Spec, id string, rev int64, body bson.Raw) error {
	if err := t.check(); err != nil {
		return err
	}
	res, err := t.coll(s).ReplaceOne(t.ctx, at(id, rev), body)
	if err != nil {
		return t.fail(err)
	}
	if res.MatchedCount == 0 {
		return storage.ErrConflict
	}
	return nil
}

// Delete removes the document at revision rev.
func (t *tx) Delete(s storage.Spec, id string, rev int64) error {
	if err := t.check(); err != nil {
		return err
	}
	res, err := t.coll(s).DeleteOne(t.ctx, at(id, rev))
	if err != nil {
		return t.fail(err)
	}
	if res.DeletedCount == 0 {
		return storage.ErrConflict
	}
	return nil
}

func at(id string, rev int64) bson.D {
	return bson.D{{Key: "_id", Value: id}, {Key: "rev", Value: rev}}
}
