package mongo

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"kohtaamo/storage"
)

func replicaSet() bson.D {
	return bson.D{{Key: "setName", Value: "rs0"}, {Key: "maxWireVersion", Value: 21}}
}

// TestOpenRefused: servers without transactions are refused with the words
// that help.
func TestOpenRefused(t *testing.T) {
	for _, test := range []struct {
		name  string
		hello bson.D
		says  string // "" means that it is good
	}{
		{"standalone", bson.D{{Key: "maxWireVersion", Value: 21}}, "rs.initiate()"},
		{"old", bson.D{{Key: "setName", Value: "rs0"}, {Key: "maxWireVersion", Value: 9}}, "MongoDB 5.0"},
		{"replica set", replicaSet(), ""},
		{"mongos", bson.D{{Key: "msg", Value: "isdbgrid"}, {Key: "maxWireVersion", Value: 21}}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := &peer{hello: test.hello}
			e, err := Open(t.Context(), p.start(t), "test")
			if err == nil {
				err = e.Ping(t.Context())
				e.Close()
			}
			if test.says == "" && err != nil || test.says != "" && (err == nil || !strings.Contains(err.Error(), test.says)) {
				t.Errorf("%v, want %q", err, test.says)
			}
			if test.name == "standalone" && !strings.Contains(err.Error(), "--replSet") {
				t.Errorf("%v does not name the option", err)
			}
		})
	}
	if _, err := Open(t.Context(), "http://example.org", "test"); err == nil {
		t.Error("an address of something else was opened")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if _, err := Open(ctx, "mongodb://127.0.0.1:1", "test"); err == nil {
		t.Error("nobody was reached")
	}
}

var docs = storage.Spec{Name: "docs"}

func withPeer(t *testing.T, answer func(name string, cmd bson.Raw) bson.D) (*peer, *Engine) {
	t.Helper()
	p := &peer{hello: replicaSet(), answer: answer}
	e, err := Open(t.Context(), p.start(t), "test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return p, e
}

func failure(code int, labels ...string) bson.D {
	d := bson.D{{Key: "ok", Value: 0}, {Key: "code", Value: code}, {Key: "errmsg", Value: "told to fail"}}
	if labels != nil {
		d = append(d, bson.E{Key: "errorLabels", Value: labels})
	}
	return d
}

func insert(e *Engine, ctx context.Context, times *int, mask error) error {
	body, err := bson.Marshal(bson.D{{Key: "_id", Value: "a"}, {Key: "rev", Value: 1}})
	if err != nil {
		return err
	}
	return e.Update(ctx, func(tx storage.EngineTx) error {
		*times++
		if err := tx.Insert(docs, "a", body); err != nil && mask != nil {
			return mask
		} else {
			return err
		}
	})
}

// TestUpdateAgain: a conflict runs the function again, whatever the function
// made of the error; an unknown outcome commits again.
func TestUpdateAgain(t *testing.T) {
	for _, mask := range []error{nil, errors.New("something for people")} {
		conflicts, unknown := 3, 2
		p, e := withPeer(t, func(name string, cmd bson.Raw) bson.D {
			switch {
			case name == "insert" && conflicts > 0:
				conflicts--
				return failure(codeConflict, again)
			case name == "commitTransaction" && unknown > 0:
				unknown--
				return failure(91, commitAgain) // shutting down
			}
			return nil
		})
		times := 0
		if err := insert(e, t.Context(), &times, mask); err != nil {
			t.Error(err)
		}
		if times != 4 || p.count("abortTransaction") != 3 || p.count("commitTransaction") < 3 {
			t.Errorf("ran %d times; %v", times, p.commands)
		}
	}
}

// TestUpdateGivesUp: with its context, and aborts.
func TestUpdateGivesUp(t *testing.T) {
	_, e := withPeer(t, func(name string, _ bson.Raw) bson.D {
		if name == "insert" {
			return failure(codeConflict, again)
		}
		return nil
	})
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	times := 0
	if err := insert(e, ctx, &times, nil); !errors.Is(err, context.DeadlineExceeded) || times < 2 {
		t.Errorf("after %d times: %v", times, err)
	}
}

// TestUpdateAborts: after an error, a panic, and a context that ended.
func TestUpdateAborts(t *testing.T) {
	p, e := withPeer(t, func(name string, _ bson.Raw) bson.D {
		if name == "insert" {
			return bson.D{{Key: "ok", Value: 1}, {Key: "n", Value: 0}, {Key: "writeErrors", Value: bson.A{
				bson.D{{Key: "index", Value: 0}, {Key: "code", Value: 11000}, {Key: "errmsg", Value: "E11000 duplicate key"}}}}}
		}
		return nil
	})
	times := 0
	if err := insert(e, t.Context(), &times, nil); !errors.Is(err, storage.ErrDuplicate) || times != 1 {
		t.Errorf("%d times: %v", times, err)
	}
	func() {
		defer func() { recover() }()
		e.Update(t.Context(), func(tx storage.EngineTx) error {
			tx.Count(docs, nil)
			panic("boom")
		})
		t.Error("the panic was lost")
	}()
	ctx, cancel := context.WithCancel(t.Context())
	err := e.Update(ctx, func(tx storage.EngineTx) error {
		cancel()
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if p.count("commitTransaction") != 0 || p.count("abortTransaction") < 2 {
		t.Errorf("%v", p.commands)
	}
}

// TestPlaces: no more than atOnce run at the same time, and all get their turn.
func TestPlaces(t *testing.T) {
	_, e := withPeer(t, nil)
	running, most, left := make(chan int, 1), 0, make(chan struct{})
	running <- 0
	step := func(by int) {
		n := <-running + by
		most = max(most, n)
		running <- n
	}
	const all = 40
	for range all {
		go func() {
			e.Update(t.Context(), func(storage.EngineTx) error {
				step(1)
				time.Sleep(time.Millisecond)
				step(-1)
				return nil
			})
			left <- struct{}{}
		}()
	}
	for range all {
		<-left
	}
	if <-running; most > atOnce || most < 2 {
		t.Errorf("%d at once", most)
	}
}

func TestExplain(t *testing.T) {
	for _, test := range []struct {
		code int
		is   error
		says string
	}{
		{codeConflict, storage.ErrBusy, ""},
		{11000, storage.ErrDuplicate, ""},
		{codeIllegalOperation, errStandalone, "--replSet"},
		{codeAuthentication, nil, "authSource"},
		{codeUnauthorized, nil, "readWrite"},
		{codeSnapshotTooOld, nil, "minSnapshotHistoryWindowInSeconds"},
	} {
		_, e := withPeer(t, func(name string, _ bson.Raw) bson.D {
			if name == "find" {
				return failure(test.code)
			}
			return nil
		})
		err := e.View(t.Context(), func(tx storage.EngineTx) error {
			_, err := tx.Get(docs, "a")
			return err
		})
		if err == nil || test.is != nil && !errors.Is(err, test.is) || !strings.Contains(err.Error(), test.says) {
			t.Errorf("code %d: %v", test.code, err)
		}
	}
}

func TestBackupNamesTools(t *testing.T) {
	_, e := withPeer(t, nil)
	err := e.Backup(t.Context(), "x")
	if err == nil || !strings.Contains(err.Error(), "mongodump") || !strings.Contains(err.Error(), "kohtaamo export") {
		t.Errorf("%v", err)
	}
}

// text writes a document as relaxed JSON.
func text(t *testing.T, v any) string {
	t.Helper()
	b, err := bson.MarshalExtJSON(bson.D{{Key: "v", Value: v}}, false, false)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(strings.TrimPrefix(string(b), `{"v":`), "}")
}

func TestFilter(t *testing.T) {
	moment := time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC)
	for _, test := range []struct {
		where []storage.Cond
		want  string
	}{
		{nil, `{}`},
		{[]storage.Cond{storage.Is("a", "$where"), {Field: "n", Op: storage.Ge, Value: moment}},
			`{"$and":[{"a":{"$eq":"$where"}},{"n":{"$gte":{"$date":"2026-10-25T00:30:00Z"}}}]}`},
		{[]storage.Cond{{Field: "a", Op: storage.In, Value: []any{"x", nil}}}, `{"$and":[{"a":{"$in":["x",null]}}]}`},
		{[]storage.Cond{{Field: "w", Op: storage.Has, Value: "x"}}, `{"$and":[{"w":{"$elemMatch":{"$eq":"x"}}}]}`},
		{[]storage.Cond{{Field: "w", Op: storage.Prefix, Value: "mä"}}, `{"$and":[{"w":{"$elemMatch":{"$gte":"mä","$lt":"må"}}}]}`},
		{[]storage.Cond{{Field: "w", Op: storage.Prefix, Value: ""}}, `{"$and":[{"w":{"$elemMatch":{"$gte":""}}}]}`},
	} {
		if got := text(t, filter(test.where)); got != test.want {
			t.Errorf("%v:\n got %s\nwant %s", test.where, got, test.want)
		}
	}
}

func TestFrom(t *testing.T) {
	at := func(v any) *storage.Position { return &storage.Position{Value: v, ID: "x"} }
	for _, test := range []struct {
		plan storage.Plan
		want string
	}{
		{storage.Plan{Sort: "_id", From: at("x")}, `{"_id":{"$gt":"x"}}`},
		{storage.Plan{Sort: "n", From: at(int64(7))}, `{"$or":[{"n":{"$eq":7},"_id":{"$gt":"x"}},{"n":{"$gt":7}}]}`},
		{storage.Plan{Sort: "n", Desc: true, From: at(int64(7))}, `{"$or":[{"n":{"$eq":7},"_id":{"$lt":"x"}},{"n":{"$lt":7}},{"n":{"$eq":null}}]}`},
		{storage.Plan{Sort: "n", From: at(nil)}, `{"$or":[{"n":{"$eq":null},"_id":{"$gt":"x"}},{"n":{"$ne":null}}]}`},
		{storage.Plan{Sort: "n", Desc: true, From: at(nil)}, `{"$or":[{"n":{"$eq":null},"_id":{"$lt":"x"}}]}`},
	} {
		if got := text(t, from(test.plan)); got != test.want {
			t.Errorf("%+v:\n got %s\nwant %s", test.plan, got, test.want)
		}
	}
	if from(storage.Plan{Sort: "n"}) != nil {
		t.Error("a start without a position")
	}
}

func TestIndex(t *testing.T) {
	for _, test := range []struct {
		ix         storage.Index
		name, keys string
	}{
		{storage.Unique("a", "b"), "kohtaamo_a-b_unique", `{"a":1,"b":1}`},
		{storage.UniqueIf("a"), "kohtaamo_a_uniqueif", `{"a":1}`},
		{storage.Ordered("a", "b.c"), "kohtaamo_a-b.c_ordered", `{"a":1,"b.c":1,"_id":1}`},
		{storage.Many("a"), "kohtaamo_a_many", `{"a":1}`},
	} {
		name, model := index(test.ix)
		if keys := text(t, model.Keys); name != test.name || keys != test.keys {
			t.Errorf("%s %s, want %s %s", name, keys, test.name, test.keys)
		}
	}
}
