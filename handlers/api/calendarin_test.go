package api

import (
	"context"
	"fmt"
	"reflect"
	"testing"

	"kohtaamo/scheduling"
)

const foreign = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//EN\r\nX-WR-CALNAME:Peers\r\n" +
	"BEGIN:VEVENT\r\nUID:a@example.org\r\nSUMMARY:Circular day\r\nDTSTART;TZID=Europe/Madrid:20270204T100000\r\nDTEND;TZID=Europe/Madrid:20270204T120000\r\nEND:VEVENT\r\n" +
	"BEGIN:VEVENT\r\nUID:b@example.org\r\nSUMMARY:Long ago\r\nDTSTART:20200204T100000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"

func TestImportEvents(t *testing.T) {
	h := newHouse(t)
	h.desk.Fetch = func(_ context.Context, address string, _ scheduling.Version) (*scheduling.Download, error) {
		if address != "https://example.org/events.ics" {
			return nil, fmt.Errorf("%w: for a test", scheduling.ErrUnreachable)
		}
		return &scheduling.Download{Body: []byte(foreign)}, nil
	}
	body := func(set ...any) map[string]any {
		m := map[string]any{"cluster_id": h.cluster.ID}
		for i := 0; i < len(set); i += 2 {
			m[set[i].(string)] = set[i+1]
		}
		return m
	}
	entries := func(r *reply) (out []map[string]any) {
		for _, v := range r.body["entries"].([]any) {
			out = append(out, v.(map[string]any))
		}
		return out
	}
	dry := h.do("organiser", "POST", "/events/import", body("file", foreign, "dry_run", true)).is(200)
	e := entries(dry)
	if len(e) != 2 || e[0]["outcome"] != "new" || e[0]["zone"] != "Europe/Madrid" || e[0]["starts"] != "2027-02-04T09:00:00Z" || e[1]["outcome"] != "skipped" || e[1]["why"] != "It is over." ||
		dry.body["dry_run"] != true || dry.text("name") != "Peers" {
		t.Errorf("%s", dry.raw)
	}
	if got := h.do("organiser", "GET", "/events", nil).is(200).items(); len(got) != 0 {
		t.Fatalf("the dry run made %d events", len(got))
	}
	if r := entries(h.do("organiser", "POST", "/events/import", body("calendar", "https://example.org/events.ics", "only", []string{"other"})).is(200)); r[0]["outcome"] != "left" {
		t.Errorf("%v", r)
	}
	real := entries(h.do("organiser", "POST", "/events/import", body("calendar", "https://example.org/events.ics", "only", []any{e[0]["key"]})).is(200))
	id, _ := real[0]["event_id"].(string)
	delete(real[0], "event_id")
	if !reflect.DeepEqual(real, e) || id == "" {
		t.Errorf("the import did %v, the dry run said %v", real, e)
	}
	if r := h.do("organiser", "GET", "/events/"+id, nil).is(200); r.text("state") != "draft" || r.text("uid") == "a@example.org" {
		t.Errorf("%s", r.raw)
	}
	if again := entries(h.do("organiser", "POST", "/events/import", body("file", foreign)).is(200)); again[0]["outcome"] != "same" || again[0]["event_id"] != id {
		t.Errorf("again: %v", again)
	}

	for name, test := range map[string]struct {
		as, field string
		status    int
		body      map[string]any
	}{
		"nothing":           {"organiser", "body.calendar", 422, body()},
		"both":              {"organiser", "body.file", 422, body("file", foreign, "calendar", "https://example.org/events.ics")},
		"not a calendar":    {"organiser", "body.file", 422, body("file", "hello")},
		"out of reach":      {"organiser", "body.calendar", 422, body("calendar", "http://127.0.0.1/")},
		"no zone":           {"organiser", "body.zone", 422, body("file", foreign, "zone", "Mars/Base")},
		"another's cluster": {"other", "body.cluster_id", 403, body("file", foreign)},
		"a guest":           {"guest", "body.cluster_id", 403, body("file", foreign)},
	} {
		r := h.do(test.as, "POST", "/events/import", test.body)
		if _, ok := r.faults()[test.field]; !ok || r.status != test.status {
			t.Errorf("%s: %d %s", name, r.status, r.raw)
		}
	}
	h.do("guest", "POST", "/events/import", body("calendar", "https://example.org/events.ics")).problem(404, "not-found")
}
