package mongo

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// reconnect is the pause before a change stream that broke is opened again.
const reconnect = time.Second

// Watch follows the database's change stream. Whenever it (re)connects it
// reports everything as changed, for it cannot know what it missed. It reports
// this process's commits too.
func (e *Engine) Watch(ctx context.Context, changed func(string)) {
	for ctx.Err() == nil {
		e.follow(ctx, changed)
		select {
		case <-time.After(reconnect):
		case <-ctx.Done():
		}
	}
}

func (e *Engine) follow(ctx context.Context, changed func(string)) {
	only := bson.A{bson.D{{Key: "$project", Value: bson.D{{Key: "ns", Value: 1}}}}}
	stream, err := e.db.Watch(ctx, only, options.ChangeStream().SetMaxAwaitTime(reconnect))
	if err != nil {
		return
	}
	defer stream.Close(context.WithoutCancel(ctx))
	changed("")
	for stream.Next(ctx) {
		var event struct {
			NS struct {
				Coll string `bson:"coll"`
			} `bson:"ns"`
		}
		if stream.Decode(&event) != nil {
			changed("")
			continue
		}
		changed(event.NS.Coll) // "" for what concerns the whole database
	}
}
