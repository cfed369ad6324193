package scheduling

import "crypto/hmac"

// Answers to the invite of a meeting go to an address of the house's mailbox
// that belongs to one invitee, as those of registrations do: see replyTo.

// meetingReplyTo is the address that answers to v's invite go to; "" where
// there is no mailbox for them.
func (d *Desk) meetingReplyTo(v *Invitee) string {
	return d.replyAddress(v.ReplyID, d.meetingSignature(v))
}

func (d *Desk) meetingSignature(v *Invitee) []byte {
	return d.mac("meeting-reply", v.ReplyID, 0)[:replySignature]
}

// repliesToMeeting reports whether a signature is the one of v's address.
func (d *Desk) repliesToMeeting(v *Invitee, signature []byte) bool {
	return hmac.Equal(signature, d.meetingSignature(v))
}
