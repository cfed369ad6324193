package scheduling

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"kohtaamo/storage"
)

// travelSecrets is what a traveller answers in TestPurge: each can be found again.
var travelSecrets = map[string]string{
	"diet": "ZqDietSecret", "emergency": "ZqEmergencySecret", "passport": "2033-07-19", "rooming": "ZqRoomSecret", "access": "ZqAccessSecret", "phone": "+999 8877 665544",
}

// told has a traveller tell all secrets.
func (h *testHouse) tellSecrets(t testing.TB, v *Traveller) {
	t.Helper()
	h.tells(t, v, func(x *TravellerData) {
		*x = TravellerData{Diets: []string{"vegan"}, Allergies: travelSecrets["diet"], EmergencyName: travelSecrets["emergency"], EmergencyPhone: "+999 1122 334455", PassportExpiry: travelSecrets["passport"],
			Room: TwinRoom, RoomWith: travelSecrets["rooming"], Access: travelSecrets["access"], Phone: travelSecrets["phone"], Agreed: &Consent{Given: true}}
	})
}

// leaks are the travelSecrets that the files of the database tell, that an export
// tells, and a new backup.
func (h *testHouse) leaks(t testing.TB) (found []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(filepath.Dir(t.TempDir()), "*", "house.db*"))
	must(t, err)
	backup := filepath.Join(t.TempDir(), "backup")
	must(t, h.DB.Backup(t.Context(), backup))
	texts := map[string][]byte{}
	for _, f := range append(files, backup) {
		if texts[filepath.Base(f)], err = os.ReadFile(f); err != nil {
			t.Fatal(err)
		}
	}
	var export bytes.Buffer
	must(t, h.DB.Export(t.Context(), &export))
	texts["export"] = export.Bytes()
	if len(texts) < 3 {
		t.Fatalf("looked only at %d places", len(texts))
	}
	for where, text := range texts {
		for field, s := range travelSecrets {
			if bytes.Contains(text, []byte(s)) && !strings.HasSuffix(where, "-shm") {
				found = append(found, field+" in "+where)
			}
		}
	}
	slices.Sort(found)
	return found
}

// TestPurge: after the retention day what a traveller answered is gone from the
// database and its files, from exports, search and backups; that they came, and
// when it was answered, stays. What is kept for less goes earlier.
func TestPurge(t *testing.T) {
	h := newHouse(t)
	trip := h.spain(t, func(x *Trip) { x.Asks.Retain = map[string]int{"passport": 0} })
	v, w := h.traveller(t, trip, "Aino A", "Aurora Oy"), h.traveller(t, trip, "Bea B", "Borealis Oy")
	h.planned(t, trip, []*Traveller{v}, []*Traveller{w}, nil)
	h.tellSecrets(t, v)
	h.write(t, func(tx *storage.Tx) error {
		x, err := travellers.Get(tx, v.ID)
		if err != nil {
			return err
		}
		x.Marks, x.Phone = map[string]Mark{"v1": {Present: true, At: t0, By: "boss"}}, travelSecrets["phone"]
		x.index()
		return travellers.Put(tx, x)
	})
	for _, m := range h.mailsTo(t, v.Email) {
		shown, err := h.Outbox.Preview(m)
		must(t, err)
		for field, s := range travelSecrets {
			if strings.Contains(shown.Text+shown.HTML, s) {
				t.Errorf("the mail %s says the %s", m.Kind, field)
			}
		}
	}
	if got := h.leaks(t); len(got) < 2*len(travelSecrets) {
		t.Fatalf("the test does not see what is there: only %v", got)
	}
	purge := func(at time.Time, want int) *Traveller {
		t.Helper()
		h.at(at)
		for range 2 {
			n, err := h.PurgeTravellers(t.Context(), at)
			if err != nil || n != want {
				t.Errorf("%s: %d purged, %v, want %d", at, n, err, want)
			}
			want = 0
		}
		return h.known(t, v.ID)
	}
	ends := in(t, "Europe/Helsinki", "2027-02-13 00:00")
	if got := purge(ends.Add(-time.Hour), 0); got.Data.PassportExpiry == "" {
		t.Error("the passport is purged on the way")
	}
	if got := purge(ends, 1); got.Data.PassportExpiry != "" || got.Data.Access == "" || got.Data.Agreed == nil || got.Phone == "" {
		t.Errorf("after the trip there is left %+v", got.Data)
	}
	for _, leak := range h.leaks(t) {
		if strings.HasPrefix(leak, "passport") {
			t.Error(leak)
		}
	}
	purge(ends.AddDate(0, 0, 30).Add(-2*time.Hour), 0)
	got := purge(ends.AddDate(0, 0, 30), 1)
	if got.Data != nil || got.Phone != "" || got.Kept || got.PurgedAt.IsZero() || got.DataAt.IsZero() || !got.Marks["v1"].Present || got.Name != "Aino A" {
		t.Errorf("there is left %+v", got)
	}
	if found := h.leaks(t); len(found) > 0 {
		t.Errorf("still to be read: %v", found)
	}
	p, err := h.Programme(t.Context(), h.boss, trip.ID)
	if err != nil || !p.Programme.Activity("v1").Has(v.ID) {
		t.Errorf("that they went is gone: %v", err)
	}
	proof := h.logged(t, "traveller.purge")
	if len(proof) != 2 || proof[0].Reason != "1: access, diet, emergency, phone, rooming" || proof[1].Reason != "1: passport" {
		t.Errorf("the proof is %+v", proof)
	}
	if n := len(h.logged(t, "traveller.scrub")); n != 2 {
		t.Errorf("the files were cleaned %d times, want 2", n)
	}
	if n := wordsFind(t, h, "zqaccesssecret"); n != 0 {
		t.Errorf("a search finds %d travellers", n)
	}
}

// wordsFind counts the travellers that a word finds.
func wordsFind(t testing.TB, h *testHouse, word string) (n int) {
	t.Helper()
	must(t, h.DB.View(t.Context(), func(tx *storage.Tx) (err error) {
		n, err = travellers.Count(tx, storage.Query{Where: []storage.Cond{{Field: "words", Op: storage.Prefix, Value: word}}})
		return err
	}))
	return n
}

// TestPurgeOfWhoDoesNotGo: who is taken off a trip is purged at once, and the
// next night from the files; those of a trip that is called off some days later.
func TestPurgeOfWhoDoesNotGo(t *testing.T) {
	h := newHouse(t)
	trip := h.spain(t, nil)
	v, w := h.traveller(t, trip, "Aino A", "Aurora Oy"), h.traveller(t, trip, "Bea B", "Borealis Oy")
	h.tellSecrets(t, v)
	must(t, second(h.ReleaseTraveller(t.Context(), h.boss, trip.ID, v.ID, "Ill")))
	if got := h.known(t, v.ID); got.Data != nil {
		t.Fatalf("kept of who does not go: %+v", got.Data)
	}
	h.at(t0.Add(time.Hour))
	if n, err := h.PurgeTravellers(t.Context(), t0.Add(time.Hour)); n != 0 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if found := h.leaks(t); len(found) > 0 {
		t.Errorf("still to be read: %v", found)
	}
	h.tellSecrets(t, w)
	h.write(t, func(tx *storage.Tx) error {
		trip.State, trip.CancelledAt = TripCancelled, t0.AddDate(0, 0, 1)
		return trips.Put(tx, trip)
	})
	for days, want := range map[int]bool{29: true, 30: false} {
		at := in(t, "Europe/Helsinki", "2027-01-14 00:00").AddDate(0, 0, days)
		gone := len(w.purgeable(trip, at)) > 0
		if gone == want {
			t.Errorf("%d days after it was called off: purged %t", days, gone)
		}
	}
}
