package scheduling

import (
	"testing"

	"pgregory.net/rapid"

	"kohtaamo/mailer"
	"kohtaamo/scheduling/ical"
)

// Whatever address is let in can be written to and invited: a mail that could
// not be made would undo the registration that promised it.
func TestAddressesThatAreLetIn(t *testing.T) {
	check := func(t rapid.TB, s string) {
		email, ok := NormalEmail(s)
		if !ok {
			return
		}
		if _, err := mailer.ParseAddress(email); err != nil {
			t.Errorf("%q is let in, but no mail can go to it: %v", email, err)
		}
		x := ical.Entry{UID: "u", Modified: t0, Starts: t0, Ends: t0, StartZone: "UTC", EndZone: "UTC", Summary: "s",
			Organizer: &ical.Party{Email: "o@example.org"}, Attendee: &ical.Attendee{Party: ical.Party{Email: email}}}
		if _, err := ical.Invite(ical.Request, x); err != nil {
			t.Errorf("%q is let in, but cannot be invited: %v", email, err)
		}
	}
	for _, s := range []string{
		"o'brien+tag@example.org", "äö@example.org", "a/b@example.org", "x@ääkköset.fi", "a%b@example.org", "=x@example.org",
		"a.b@sub.example.org", "a..b@example.org", ".a@example.org", "a@-x.org", "a@x..org", "a@[127.0.0.1]", "a@x_y.org", "a\x00@example.org", "*@example.org", "a@例え.jp",
		"\"a b\"@example.org", "a@example.123", "a@example.org.", "a!b@example.org", "{a}@example.org", "a@b.c", "\u200ba@example.org",
	} {
		check(t, s)
	}
	rapid.Check(t, func(t *rapid.T) {
		local := rapid.StringMatching("[a-zåäö0-9!#$%&'*+/=?^_`{|}~.-]{1,66}").Draw(t, "local")
		domain := rapid.StringMatching(`[a-zåäö0-9_.\-]{1,30}\.[a-zäö0-9-]{1,10}`).Draw(t, "domain")
		check(t, local+"@"+domain)
	})
}
