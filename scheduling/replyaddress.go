package scheduling

import (
	"crypto/hmac"
	"encoding/base32"
	"regexp"
	"strings"
)

// An answer to an invite goes to the organizer that the invite names. Where the
// house has a mailbox for that, each registration has an address of its own
// there: "events+TOKEN@example.org" is the registration's id and a signature,
// so that whoever writes to it has seen the invite. The signature has the
// generation in it: handing a place over makes the old address useless.

// tokenBits is base32 in small letters, because mail servers do not always keep
// capitals.
var tokenBits = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

const (
	replySignature = 10 // bytes: 80 bits are too many to guess by mail
	signatureText  = 16 // the same as letters
	longestLocal   = 64 // RFC 5321, section 4.5.3.1.1
)

// LongestInbound is how many letters the mailbox for answers may have before
// its @, so that a token fits behind them.
const LongestInbound = longestLocal - 1 - 16 - signatureText // an id has 16

// addressable is an id that can stand in a mail address.
var addressable = regexp.MustCompile(`^[a-z0-9]+$`)

// replyTo is the address that answers to r's invite go to; "" where there is no
// mailbox for them, or the address would be longer than one may be.
func (d *Desk) replyTo(r *Registration) string { return d.replyAddress(r.ID, d.replySignature(r)) }

// replyAddress is the address in the mailbox for answers that has an id and a
// signature in it; "" as replyTo says.
func (d *Desk) replyAddress(id string, signature []byte) string {
	local, domain, ok := strings.Cut(d.Inbound, "@")
	token := id + tokenBits.EncodeToString(signature)
	if !ok || !addressable.MatchString(id) || len(local)+1+len(token) > longestLocal {
		return ""
	}
	return local + "+" + token + "@" + domain
}

func (d *Desk) replySignature(r *Registration) []byte {
	return d.mac("reply", r.ID, r.Generation)[:replySignature]
}

// replyToken takes the registration's id and the signature out of an address,
// if it is one of our mailbox.
func (d *Desk) replyToken(address string) (id string, signature []byte, ok bool) {
	ours, domain, set := strings.Cut(strings.ToLower(d.Inbound), "@")
	local, at, _ := strings.Cut(strings.ToLower(address), "@")
	token, plus := strings.CutPrefix(local, ours+"+")
	if !set || at != domain || !plus || len(token) <= signatureText {
		return "", nil, false
	}
	cut := len(token) - signatureText
	signature, err := tokenBits.DecodeString(token[cut:])
	return token[:cut], signature, err == nil
}

// repliesTo reports whether a signature is the one of r's address.
func (d *Desk) repliesTo(r *Registration, signature []byte) bool {
	return hmac.Equal(signature, d.replySignature(r))
}
