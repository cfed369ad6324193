package scheduling

import (
	"crypto/hmac"
	"strings"
)

// Answers to the invite of a meeting go to an address of the house's mailbox
// that belongs to one invitee, as those of registrations do: see replyTo.

// meetingReplyTo is the address that answers to v's invite go to; "" where
// there is no mailbox for them.
func (d *Desk) meetingReplyTo(v *Invitee) string {
	local, domain, ok := strings.Cut(d.Inbound, "@")
	token := v.ReplyID + tokenBits.EncodeToString(d.meetingSignature(v))
	if !ok || !addressable.MatchString(v.ReplyID) || len(local)+1+len(token) > longestLocal {
		return ""
	}
	return local + "+" + token + "@" + domain
}

func (d *Desk) meetingSignature(v *Invitee) []byte {
	return d.mac("meeting-reply", v.ReplyID, 0)[:replySignature]
}

// repliesToMeeting reports whether a signature is the one of v's address.
func (d *Desk) repliesToMeeting(v *Invitee, signature []byte) bool {
	return hmac.Equal(signature, d.meetingSignature(v))
}
