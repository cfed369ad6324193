package mongo

import (
	"context"
	"fmt"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"kohtaamo/storage"
)

// ours begins the names of our indexes; those that others made are left alone.
const ours = "kohtaamo_"

// Prepare creates collections (a transaction should not) and their indexes,
// and drops indexes of ours that are no longer declared. The server fills new
// ones by itself, and finishes or forgets them when it is killed meanwhile.
func (e *Engine) Prepare(ctx context.Context, specs []storage.Spec) error {
	for _, s := range specs {
		if err := e.prepare(ctx, s); err != nil {
			return fmt.Errorf("prepare %s: %w", s.Name, explain(err))
		}
	}
	return nil
}

func (e *Engine) prepare(ctx context.Context, s storage.Spec) error {
	if err := e.db.CreateCollection(ctx, s.Name); err != nil && !hasCode(err, codeNamespaceExists) {
		return err
	}
	want := map[string]mongo.IndexModel{}
	for _, ix := range s.Indexes {
		name, model := index(ix)
		want[name] = model
	}
	indexes := e.db.Collection(s.Name).Indexes()
	have, err := indexes.ListSpecifications(ctx)
	if err != nil {
		return err
	}
	for _, h := range have {
		if _, wanted := want[h.Name]; wanted {
			delete(want, h.Name)
		} else if strings.HasPrefix(h.Name, ours) {
			if err := indexes.DropOne(ctx, h.Name); err != nil {
				return err
			}
		}
	}
	for name, model := range want {
		if _, err := indexes.CreateOne(ctx, model); mongo.IsDuplicateKeyError(err) {
			return fmt.Errorf("%s must be unique, but some documents have the same: change them with the previous program first: %w", strings.TrimPrefix(name, ours), err)
		} else if err != nil {
			return err
		}
	}
	return nil
}

// index describes one index. Its name says everything about it, so that a
// changed one has another name. Those that are not unique end with _id, so
// that a list in order needs no sorting.
func index(ix storage.Index) (name string, model mongo.IndexModel) {
	name = ours + strings.Join(ix.Fields, "-")
	keys, present := bson.D{}, bson.D{}
	for _, f := range ix.Fields {
		keys = append(keys, bson.E{Key: f, Value: 1})
		present = append(present, bson.E{Key: f, Value: bson.D{{Key: "$exists", Value: true}}})
	}
	opts := options.Index()
	switch {
	case ix.Optional:
		name += "_uniqueif"
		opts.SetUnique(true).SetPartialFilterExpression(present)
	case ix.Unique:
		name += "_unique"
		opts.SetUnique(true)
	case ix.Many:
		name += "_many"
	default:
		name += "_ordered"
		keys = append(keys, bson.E{Key: "_id", Value: 1})
	}
	return name, mongo.IndexModel{Keys: keys, Options: opts.SetName(name)}
}
