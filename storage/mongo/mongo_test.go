package mongo_test

import (
	"context"
	"os"
	"testing"

	"kohtaamo/storage"
	"kohtaamo/storage/mongo"
	"kohtaamo/storage/storagetest"
)

func TestEngine(t *testing.T) {
	uri := os.Getenv("KOHTAAMO_TEST_MONGODB")
	if uri == "" {
		t.Skip("KOHTAAMO_TEST_MONGODB is not set: the suite did not run on MongoDB")
	}
	storagetest.Run(t, func(t *testing.T) storage.Engine {
		ctx := context.Background()
		e, err := mongo.Open(ctx, uri, "kohtaamo_test_"+storage.NewID())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { e.Close() })
		return e
	})
}
