// Package mongo keeps documents in MongoDB.
package mongo

import (
	"context"
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"

	"kohtaamo/storage"
)

type Engine struct {
	client *mongo.Client
	db     *mongo.Database
	Lite   bool // for test servers without transactions or partial indexes
}

// Open connects to uri and refuses a server that has no transactions.
func Open(ctx context.Context, uri, database string) (*Engine, error) {
	client, err := mongo.Connect(options.Client().ApplyURI(uri).SetReadConcern(readconcern.Majority()).SetWriteConcern(writeconcern.Majority()))
	if err != nil {
		return nil, err
	}
	return &Engine{client: client, db: client.Database(database)}, nil
}

// Transactional reports whether the server is part of a replica set or is a mongos.
func (e *Engine) Transactional(ctx context.Context) (bool, error) {
	var hello struct {
		SetName string `bson:"setName"`
		Msg     string `bson:"msg"`
	}
	err := e.db.RunCommand(ctx, bson.D{{Key: "hello", Value: 1}}).Decode(&hello)
	return hello.SetName != "" || hello.Msg == "isdbgrid", err
}

func (e *Engine) Close() error { return e.client.Disconnect(context.Background()) }

// Prepare creates the collections and their indexes; a transaction may not.
func (e *Engine) Prepare(ctx context.Context, specs []storage.Spec) error {
	for _, s := range specs {
		err := e.db.CreateCollection(ctx, s.Name)
		var ce mongo.CommandError
		if err != nil && !(errors.As(err, &ce) && ce.Code == 48) { // NamespaceExists
			return err
		}
		var models []mongo.IndexModel
		for _, ix := range s.Indexes {
			keys := bson.D{}
			partial := bson.D{}
			for _, f := range ix.Fields {
				keys = append(keys, bson.E{Key: f, Value: 1})
				partial = append(partial, bson.E{Key: f, Value: bson.D{{Key: "$exists", Value: true}}})
			}
			opts := options.Index().SetUnique(ix.Unique)
			if ix.Optional && !e.Lite {
				opts.SetPartialFilterExpression(partial)
			}
			models = append(models, mongo.IndexModel{Keys: keys, Options: opts})
		}
		if models == nil {
			continue
		}
		if _, err := e.db.Collection(s.Name).Indexes().CreateMany(ctx, models); err != nil {
			return fmt.Errorf("prepare %s: %w", s.Name, err)
		}
	}
	return nil
}

func (e *Engine) View(ctx context.Context, fn func(storage.EngineTx) error) error {
	return fn(&tx{ctx, e.db})
}

func (e *Engine) Update(ctx context.Context, fn func(storage.EngineTx) error) error {
	if e.Lite {
		return fn(&tx{ctx, e.db})
	}
	return e.client.UseSession(ctx, func(sc context.Context) error {
		opts := options.Transaction().SetReadConcern(readconcern.Snapshot()).SetWriteConcern(writeconcern.Majority())
		_, err := mongo.SessionFromContext(sc).WithTransaction(sc, func(sc context.Context) (any, error) {
			return nil, fn(&tx{sc, e.db})
		}, opts)
		return err
	})
}

type tx struct {
	ctx context.Context
	db  *mongo.Database
}

func (t *tx) coll(s storage.Spec) *mongo.Collection { return t.db.Collection(s.Name) }

func (t *tx) Get(s storage.Spec, id string) (bson.Raw, error) {
	raw, err := t.coll(s).FindOne(t.ctx, bson.D{{Key: "_id", Value: id}}).Raw()
	if errors.Is(err, mongo.ErrNoDocuments) {
		return nil, storage.ErrNotFound
	}
	return raw, err
}

func (t *tx) Find(s storage.Spec, q storage.Query) ([]bson.Raw, error) {
	field, desc := q.SortField()
	dir := 1
	if desc {
		dir = -1
	}
	sort := bson.D{{Key: field, Value: dir}}
	if field != "_id" {
		sort = append(sort, bson.E{Key: "_id", Value: dir})
	}
	opts := options.Find().SetSort(sort).SetLimit(int64(q.Limit)).SetSkip(int64(q.Skip))
	cur, err := t.coll(s).Find(t.ctx, filter(q), opts)
	if err != nil {
		return nil, err
	}
	var out []bson.Raw
	return out, cur.All(t.ctx, &out)
}

func (t *tx) Count(s storage.Spec, q storage.Query) (int, error) {
	n, err := t.coll(s).CountDocuments(t.ctx, filter(q))
	return int(n), err
}

func (t *tx) Insert(s storage.Spec, id string, body bson.Raw) error {
	_, err := t.coll(s).InsertOne(t.ctx, body)
	return translate(err)
}

func (t *tx) Replace(s storage.Spec, id string, rev int64, body bson.Raw) error {
	res, err := t.coll(s).ReplaceOne(t.ctx, at(id, rev), body)
	if err != nil {
		return translate(err)
	}
	if res.MatchedCount == 0 {
		return storage.ErrConflict
	}
	return nil
}

func (t *tx) Delete(s storage.Spec, id string, rev int64) error {
	res, err := t.coll(s).DeleteOne(t.ctx, at(id, rev))
	if err != nil {
		return err
	}
	if res.DeletedCount == 0 {
		return storage.ErrConflict
	}
	return nil
}

func at(id string, rev int64) bson.D {
	return bson.D{{Key: "_id", Value: id}, {Key: "rev", Value: rev}}
}

// translate keeps the driver's labels: WithTransaction looks for them.
func translate(err error) error {
	if mongo.IsDuplicateKeyError(err) {
		return storage.ErrDuplicate
	}
	return err
}

var ops = map[storage.Op]string{
	storage.Eq: "$eq", storage.In: "$in",
	storage.Lt: "$lt", storage.Le: "$lte", storage.Gt: "$gt", storage.Ge: "$gte",
}

func filter(q storage.Query) bson.D {
	and := bson.A{}
	for _, c := range q.Where {
		and = append(and, bson.D{{Key: c.Field, Value: bson.D{{Key: ops[c.Op], Value: c.Value}}}})
	}
	if len(and) == 0 {
		return bson.D{}
	}
	return bson.D{{Key: "$and", Value: and}}
}

// New wraps a client that is already connected.
func New(client *mongo.Client, database string) *Engine {
	return &Engine{client: client, db: client.Database(database)}
}
