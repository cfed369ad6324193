package mailer

import (
	"cmp"
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

// longestLocal is how long the part before the @ may be (RFC 5321, section 4.5.3.1.1).
const longestLocal = 64

// returnPath is the address that reports about the mail with the Message-ID come
// back to: that of BounceAddress, or from where there is none.
func (o *Outbox) returnPath(from, messageID string) string {
	return cmp.Or(o.BounceAddress(localPart(messageID)), from)
}

// BounceAddress is where reports about the mail come back to whose Message-ID
// begins so: the bounce mailbox of the house with a part of its own. It is ""
// where the house has none, or its name leaves no room.
func (o *Outbox) BounceAddress(id string) string {
	local, domain, ok := strings.Cut(o.Bounces, "@")
	own := local + "+" + bounceMark + id + "-" + o.bounceMAC(id)
	if !ok || id == "" || len(own) > longestLocal {
		return ""
	}
	return own + "@" + domain
}

// localPart is what stands before the @.
func localPart(address string) string {
	local, _, _ := strings.Cut(address, "@")
	return local
}

// BounceOf tells which mail an address of BounceAddress belongs to: the part of
// its Message-ID before the @. An address that we did not make is none.
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
