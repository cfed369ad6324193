package scheduling

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
)

// A signed link names a document and proves that we wrote it: "id.mac". The
// generation is part of what is signed, so a document can outlive its links.
// Nothing secret is stored, and a link can be put into every mail anew.

// sign gives the link text of a document for a purpose.
func (d *Desk) sign(purpose, id string, generation int) string {
	return id + "." + base64.RawURLEncoding.EncodeToString(d.mac(purpose, id, generation))
}

// mac has 128 bits: too many to guess over a network.
func (d *Desk) mac(purpose, id string, generation int) []byte {
	h := hmac.New(sha256.New, d.Key)
	h.Write([]byte(purpose + "\x00" + id + "\x00" + strconv.Itoa(generation)))
	return h.Sum(nil)[:16]
}

// splitLink takes a link text apart; the mac is not checked yet.
func splitLink(link string) (id string, mac []byte, ok bool) {
	id, text, ok := strings.Cut(link, ".")
	if !ok || id == "" {
		return "", nil, false
	}
	mac, err := base64.RawURLEncoding.Strict().DecodeString(text)
	return id, mac, err == nil
}

// signed reports whether mac signs the document for the purpose.
func (d *Desk) signed(purpose, id string, generation int, mac []byte) bool {
	return hmac.Equal(mac, d.mac(purpose, id, generation))
}
