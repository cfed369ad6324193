package mongo_test

import (
	"context"
	"os"
	"testing"

	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"kohtaamo/storage"
	"kohtaamo/storage/mongo"
	"kohtaamo/storage/storagetest"
)

// TestEngine runs the suite on a real server, a replica set of at least one
// node: KOHTAAMO_TEST_MONGODB=mongodb://127.0.0.1:27017/?replicaSet=rs0
func TestEngine(t *testing.T) {
	uri := os.Getenv("KOHTAAMO_TEST_MONGODB")
	if uri == "" {
		t.Skip("KOHTAAMO_TEST_MONGODB is not set: the suite did not run on MongoDB")
	}
	storagetest.Run(t, func(t *testing.T) func() storage.Engine {
		name := "kohtaamo_test_" + storage.NewID()
		t.Cleanup(func() { drop(t, uri, name) })
		return func() storage.Engine {
			e, err := mongo.Open(t.Context(), uri, name)
			if err != nil {
				t.Fatal(err)
			}
			return e
		}
	})
}

func drop(t *testing.T, uri, name string) {
	ctx := context.Background()
	client, err := driver.Connect(options.Client().ApplyURI(uri))
	if err == nil {
		err = client.Database(name).Drop(ctx)
		client.Disconnect(ctx)
	}
	if err != nil {
		t.Error(err)
	}
}
