package storage

import (
	"crypto/rand"
	"fmt"
)

// codeLetters leaves out what people confuse when they read a code aloud or
// type it from paper: 0 and O, 1, I and L, 2 and Z, 5 and S, 8 and B.
const codeLetters = "34679ACDEFGHJKMNPQRTUVWXY"

// NewCode gives 8 letters and digits for people: 37 random bits, enough beside
// a unique index and a limit on guesses, not enough alone to keep a secret.
func NewCode() string {
	code := make([]byte, 0, 8)
	buf := make([]byte, 16)
	for len(code) < cap(code) {
		rand.Read(buf)
		for _, b := range buf {
			// 250 is the largest multiple of 25: beyond it some letters would come more often.
			if b < 250 && len(code) < cap(code) {
				code = append(code, codeLetters[int(b)%len(codeLetters)])
			}
		}
	}
	return string(code)
}

// NewUID gives a random UUID (RFC 9562, version 4), as calendars want for
// entries: unique anywhere, and telling nothing (RFC 7986, section 5.3).
func NewUID() string {
	var b [16]byte
	rand.Read(b[:])
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[0:4], b[4:6], b[6:8], b[8:10], b[10:16])
}
