package storagetest

import (
	"reflect"
	"testing"
	"time"

	"kohtaamo/storage"
)

// testBrief reads the same fields of a document in brief and as they are read
// otherwise.
func testBrief(t *testing.T, place Place) {
	type guest struct {
		Name  string `bson:"name"`
		Plus  int    `bson:"plus"`
		Other string `bson:"other"`
	}
	type fields struct {
		Slug    string            `bson:"slug"`
		State   state             `bson:"state"`
		Open    bool              `bson:"open"`
		Starts  time.Time         `bson:"starts"`
		Ends    *time.Time        `bson:"ends,omitempty"`
		Seats   int               `bson:"seats"`
		Floor   int8              `bson:"floor"`
		Price   float64           `bson:"price"`
		Tags    []string          `bson:"tags"`
		Title   map[string]string `bson:"title"`
		Replies map[string]state  `bson:"replies"`
		Guests  []guest           `bson:"guests"`
	}
	type whole struct {
		storage.Meta `bson:",inline"`
		Fields       fields `bson:",inline"`
		More         string `bson:"more"`
	}
	type brief struct {
		storage.Brief `bson:",inline"`
		Fields        fields `bson:",inline"`
	}
	all := storage.NewCollection[whole]("all")
	briefs := storage.Collection[brief, *brief](all)
	db := openAs(t, place(t)(), storage.Schema{Specs: []storage.Spec{all.Spec}})
	ends := t0.Add(time.Hour)
	for _, f := range []fields{
		{},
		{Slug: "päivä", State: "open", Open: true, Starts: t0, Ends: &ends, Seats: 1 << 40, Floor: -3, Price: 2.5, Tags: []string{"b", "a", "b"}, Title: map[string]string{"fi": "Ilta"},
			Replies: map[string]state{"a": "yes"}, Guests: []guest{{"Aino", 1, "x"}, {}}},
	} {
		v := &whole{Fields: f, More: "what nobody asks for"}
		put(t, db, all, v)
		view(t, db, func(tx *storage.Tx) error {
			long, err := all.Get(tx, v.ID)
			must(t, err)
			short, err := briefs.Get(tx, v.ID)
			must(t, err)
			want(t, "meta", short.Meta, long.Meta)
			if !reflect.DeepEqual(short.Fields, long.Fields) {
				t.Errorf("in brief %+v, otherwise %+v", short.Fields, long.Fields)
			}
			return nil
		})
	}

	type wrong struct {
		storage.Brief `bson:",inline"`
		More          time.Time `bson:"more"`
	}
	type narrow struct {
		storage.Brief `bson:",inline"`
		Seats         int8 `bson:"seats"`
	}
	view(t, db, func(tx *storage.Tx) error {
		if _, err := storage.Collection[wrong, *wrong](all).Find(tx, storage.Query{}); err == nil {
			t.Error("a text was read as a time")
		}
		if _, err := storage.Collection[narrow, *narrow](all).Find(tx, storage.Query{}); err == nil {
			t.Error("a large number was read into a small one")
		}
		return nil
	})
}
