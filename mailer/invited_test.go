package mailer

import (
	"testing"

	"kohtaamo/storage"
)

func TestInviteLeft(t *testing.T) {
	const to = "aino@example.com"
	for name, test := range map[string]struct {
		set  func(*Mail)
		want bool
	}{
		"waits":                           {func(m *Mail) {}, false},
		"sent":                            {func(m *Mail) { m.become(Sent) }, true},
		"in a worker's hands":             {func(m *Mail) { m.become(Sending) }, true},
		"put off by the relay":            {func(m *Mail) { m.Tries, m.LastCode = 1, 451; m.become(Deferred) }, false},
		"cut off before the relay's word": {func(m *Mail) { m.Tries = 1; m.become(Deferred) }, true},
		"and taken back then":             {func(m *Mail) { m.Tries = 1; m.become(Withdrawn) }, true},
		"taken back":                      {func(m *Mail) { m.become(Withdrawn) }, false},
		"refused":                         {func(m *Mail) { m.Tries, m.LastCode = 1, 550; m.become(Failed) }, false},
		"too late":                        {func(m *Mail) { m.become(Expired) }, false},
		"sent to somebody else":           {func(m *Mail) { m.To = "bo@example.com"; m.become(Sent) }, true}, // ours is not kept
		"no invite":                       {func(m *Mail) { m.Calendar.Method = "CANCEL"; m.become(Sent) }, true},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			m := letter("a", to)
			m.Calendar = &Calendar{Method: "REQUEST", Body: []byte(invite)}
			h.add(m)
			stored := h.get("a")
			test.set(stored)
			err := h.DB.Update(t.Context(), func(tx *storage.Tx) error { return mails.Put(tx, stored) })
			if err != nil {
				t.Fatal(err)
			}
			var left bool
			err = h.DB.View(t.Context(), func(tx *storage.Tx) (err error) {
				left, err = h.InviteLeft(tx, stored.Ref, to)
				return err
			})
			if err != nil || left != test.want {
				t.Errorf("%t, %v; want %t", left, err, test.want)
			}
		})
	}
}
