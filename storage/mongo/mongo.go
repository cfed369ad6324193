// Package mongo keeps documents in a MongoDB database, as ordinary documents
// with ordinary indexes that can be opened in any MongoDB tool.
//
// It needs a server with transactions: a replica set, of which one node is
// enough, or a sharded cluster. A standalone server is refused, for without
// transactions it is the last seat and the promised mail that would quietly
// break.
package mongo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
	"go.mongodb.org/mongo-driver/v2/mongo/readpref"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"

	"kohtaamo/storage"
)

// Engine is a connection to one database; see Open. It implements
// storage.Engine.
type Engine struct {
	client *mongo.Client
	db     *mongo.Database
	places chan struct{} // for Updates, see atOnce
}

// atOnce is how many Updates of this process run at the same time; the others
// wait in order of arrival. MongoDB does not queue transactions that want the
// same document: all but one are aborted and start again, so that in a storm
// on one event hundreds would mostly abort each other. With a few at once the
// server is as busy as it can be and the waste is bounded.
const atOnce = 4

// reach is how long Open and Ping wait for a server.
const reach = 5 * time.Second

// Open connects to uri (mongodb://…) and refuses a server without transactions,
// or one before MongoDB 5. The error says what to do.
func Open(ctx context.Context, uri, database string) (*Engine, error) {
	opts := options.Client().ApplyURI(uri).
		SetReadConcern(readconcern.Majority()).SetWriteConcern(writeconcern.Majority()).
		SetReadPreference(readpref.Primary()).SetServerSelectionTimeout(reach).SetAppName("kohtaamo")
	client, err := mongo.Connect(opts)
	if err != nil {
		return nil, fmt.Errorf("open MongoDB: %w", err)
	}
	e := &Engine{client: client, db: client.Database(database), places: make(chan struct{}, atOnce)}
	if err := e.checkServer(ctx); err != nil {
		client.Disconnect(context.WithoutCancel(ctx))
		return nil, fmt.Errorf("open MongoDB: %w", err)
	}
	return e, nil
}

// A hello is what a server says of itself.
type hello struct {
	SetName string `bson:"setName"`
	Msg     string `bson:"msg"`
	Wire    int    `bson:"maxWireVersion"`
}

// oldestWire is MongoDB 5.0, the first with reads of one moment outside
// transactions.
const oldestWire = 13

func (e *Engine) checkServer(ctx context.Context) error {
	var h hello
	if err := e.client.Database("admin").RunCommand(ctx, bson.D{{Key: "hello", Value: 1}}).Decode(&h); err != nil {
		return explain(err)
	}
	return h.check()
}

// errStandalone says how a server gets transactions.
var errStandalone = errors.New("this server has no transactions: start mongod with --replSet rs0 (or replication.replSetName in its configuration), and run rs.initiate() once in mongosh; one node is enough")

func (h hello) check() error {
	if h.SetName == "" && h.Msg != "isdbgrid" {
		return errStandalone
	}
	if h.Wire < oldestWire {
		return errors.New("this server is older than MongoDB 5.0: upgrade it")
	}
	return nil
}

// Close disconnects; operations under way are waited for.
func (e *Engine) Close() error { return e.client.Disconnect(context.Background()) }

// Ping asks the primary.
func (e *Engine) Ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, reach)
	defer cancel()
	return explain(e.client.Ping(ctx, readpref.Primary()))
}

// Backup is left to MongoDB's own tools.
func (e *Engine) Backup(context.Context, string) error {
	return errors.New("a MongoDB database is backed up with mongodump --oplog, or by snapshots of its disks; kohtaamo export writes a file that works with either engine")
}

// View runs fn; each of its reads sees what a majority has committed.
func (e *Engine) View(ctx context.Context, fn func(storage.EngineTx) error) error {
	return fn(&tx{ctx: ctx, db: e.db})
}

// Snapshot runs fn with all its reads at one moment, for up to five minutes:
// so long the server keeps that moment, unless it is told otherwise
// (minSnapshotHistoryWindowInSeconds).
func (e *Engine) Snapshot(ctx context.Context, fn func(storage.EngineTx) error) error {
	s, err := e.client.StartSession(options.Session().SetSnapshot(true))
	if err != nil {
		return explain(err)
	}
	defer s.EndSession(context.WithoutCancel(ctx))
	// The database's own read concern would contradict the session's.
	db := e.client.Database(e.db.Name(), options.Database().SetReadConcern(&readconcern.ReadConcern{}))
	return fn(&tx{ctx: mongo.NewSessionContext(ctx, s), db: db})
}
