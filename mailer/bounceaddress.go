package mailer

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// Where mail that cannot be delivered comes back to is said by the envelope: an
// address of its own for each mail, so that a report can be told to belong to it
// without trusting a word it says.

// bounceMark stands in front of what a bounce address says of its mail.
const bounceMark = "b-"

// returnPath is the address that reports about the mail with the Message-ID come
// back to: the bounce mailbox of the house with a part of its own, or from where
// the house has none. The local part keeps within 64 letters (RFC 5321, 4.5.3.1.1).
func (o *Outbox) returnPath(from, messageID string) string {
	local, domain, ok := strings.Cut(o.Bounces, "@")
	id, _, _ := strings.Cut(messageID, "@")
	if !ok || id == "" {
		return from
	}
	return local + "+" + bounceMark + id + "-" + o.bounceMAC(id) + "@" + domain
}

// BounceOf tells which mail an address of returnPath belongs to: the part of its
// Message-ID before the @. An address that we did not make is none.
func (o *Outbox) BounceOf(address string) (id string, ok bool) {
	local, domain, _ := strings.Cut(strings.ToLower(address), "@")
	base, ours, _ := strings.Cut(strings.ToLower(o.Bounces), "@")
	said, found := strings.CutPrefix(local, base+"+"+bounceMark)
	cut := strings.LastIndexByte(said, '-')
	if !found || cut < 0 || domain != ours {
		return "", false
	}
	id = said[:cut]
	return id, hmac.Equal([]byte(said[cut+1:]), []byte(o.bounceMAC(id)))
}

func (o *Outbox) bounceMAC(id string) string {
	h := hmac.New(sha256.New, o.Key)
	h.Write([]byte("bounce\x00" + strings.ToLower(id)))
	return hex.EncodeToString(h.Sum(nil)[:5])
}
