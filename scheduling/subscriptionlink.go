package scheduling

import (
	"encoding/base64"
	"strings"
)

// subscriptionID is that of an address on a list.
func (d *Desk) subscriptionID(listID, email string) string {
	return d.uid("subscription", listID+"\x00"+email)
}

// LeaveURL is where one click takes an address off a list (RFC 8058); without a
// list, off everything that is sent to many. It takes a POST from anywhere, and
// shows people a button.
func (d *Desk) LeaveURL(email, listID string) string {
	return d.BaseURL + "/unsubscribe/" + d.subscriberLink("leave", email, listID)
}

// PreferencesURL is where whoever reads the mail of an address says what they want.
func (d *Desk) PreferencesURL(email string) string { return d.BaseURL + d.preferencesPath(email) }

func (d *Desk) preferencesPath(email string) string {
	return "/preferences/" + d.subscriberLink("preferences", email, "")
}

// PreferencesPath is PreferencesURL of a signed-in person, without the site.
func (d *Desk) PreferencesPath(by Actor) string { return d.preferencesPath(by.Email) }

// subscriberLink signs an address and a list. The address itself is in the link,
// coded, so that it works for people of whom nothing is stored.
func (d *Desk) subscriberLink(purpose, email, listID string) string {
	return d.sign(purpose, base64.RawURLEncoding.EncodeToString([]byte(listID+"\x00"+email)), 0)
}

// subscriberOf reads what subscriberLink wrote.
func (d *Desk) subscriberOf(purpose, link string) (email, listID string, ok bool) {
	id, mac, ok := splitLink(link)
	if !ok || !d.signed(purpose, id, 0, mac) {
		return "", "", false
	}
	raw, err := base64.RawURLEncoding.DecodeString(id)
	listID, email, ok = strings.Cut(string(raw), "\x00")
	return email, listID, ok && err == nil
}
