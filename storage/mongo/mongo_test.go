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
		t.Skip("KOHTAAMO_TEST_MONGODB is not set")
	}
	storagetest.Run(t, true, func(t *testing.T) *storage.DB {
		ctx := context.Background()
		e, err := mongo.Open(ctx, uri, "seam_"+storage.NewID())
		if err != nil {
			t.Fatal(err)
		}
		if ok, err := e.Transactional(ctx); err != nil || !ok {
			t.Fatal(ok, err)
		}
		t.Cleanup(func() { e.Close() })
		db, err := storage.Open(ctx, e, storage.Schema{Specs: storagetest.Specs})
		if err != nil {
			t.Fatal(err)
		}
		return db
	})
}
