package storage

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// format and formatVersion name what Export writes: a line with a header, a
// line for each document as canonical extended JSON, a line with their number.
const (
	format        = "kohtaamo-export"
	formatVersion = 1
)

// An exportLine is one line of an export: the header, a document or the end.
type exportLine struct {
	Format  string `json:"format,omitempty"`
	Version int    `json:"version,omitempty"`
	Schema  int    `json:"schema,omitempty"`

	Collection string          `json:"collection,omitempty"`
	Document   json.RawMessage `json:"document,omitempty"`

	Documents *int `json:"documents,omitempty"`
}

// Export writes all documents, of one moment, as lines of JSON that Import
// reads into either engine with their revisions and times.
func (db *DB) Export(ctx context.Context, w io.Writer) error {
	if db.unfinished.Load() {
		return ErrUnfinished
	}
	out := bufio.NewWriter(w)
	lines := json.NewEncoder(out)
	lines.SetEscapeHTML(false)
	if err := lines.Encode(exportLine{Format: format, Version: formatVersion, Schema: db.version()}); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	n := 0
	err := db.engine.Snapshot(ctx, func(e EngineTx) error {
		specs := db.Specs()
		slices.SortFunc(specs, func(a, b Spec) int { return cmp.Compare(a.Name, b.Name) })
		for _, s := range specs {
			if err := exportAll(e, s, lines, &n); err != nil {
				return fmt.Errorf("%s: %w", s.Name, err)
			}
		}
		return nil
	})
	if err == nil {
		err = lines.Encode(exportLine{Documents: &n})
	}
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	return nil
}

func exportAll(e EngineTx, s Spec, lines *json.Encoder, n *int) error {
	for raw, err := range e.Find(s, Plan{Sort: "_id"}) {
		if err != nil {
			return err
		}
		text, err := bson.MarshalExtJSON(raw, true, false)
		if err != nil {
			return err
		}
		if err := lines.Encode(exportLine{Collection: s.Name, Document: text}); err != nil {
			return err
		}
		*n++
	}
	return nil
}
