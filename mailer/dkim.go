package mailer

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net/textproto"
	"os"
	"slices"
	"strings"

	"github.com/emersion/go-msgauth/dkim"
)

// go-mail can sign too, but folds the list of signed headers inside a word:
// with those of RFC 8058 in it, no signature of its own verifies.

// signSetting is where a signature's key is and what it is for.
type signSetting struct {
	file, selector, domain string
}

// A signer signs mails of one domain (DKIM, RFC 6376). A nil one signs none.
type signer struct {
	key              crypto.Signer
	selector, domain string
}

// leastBits is what receivers ask of an RSA key, and what RFC 8301 recommends.
const leastBits = 2048

// newSigner reads the key; nil without one. Its file holds a private key in PEM:
// RSA of 2048 bits at least, or Ed25519.
func newSigner(s signSetting) (*signer, error) {
	if s == (signSetting{}) {
		return nil, nil
	}
	if s.file == "" || s.selector == "" || s.domain == "" {
		return nil, errors.New("dkim: a key file, a selector and a domain belong together")
	}
	domain, err := asciiDomain(s.domain)
	if err != nil {
		return nil, fmt.Errorf("dkim: %q is no domain", s.domain)
	}
	if strings.Trim(strings.ToLower(s.selector), "abcdefghijklmnopqrstuvwxyz0123456789-._") != "" {
		return nil, fmt.Errorf("dkim: %q is no selector", s.selector)
	}
	raw, err := os.ReadFile(s.file)
	if err != nil {
		return nil, fmt.Errorf("dkim: %w", err)
	}
	key, err := parseKey(raw)
	if err != nil {
		return nil, fmt.Errorf("dkim: %s: %w", s.file, err)
	}
	return &signer{key, s.selector, domain}, nil
}

func parseKey(raw []byte) (crypto.Signer, error) {
	block, _ := pem.Decode(raw)
	if block == nil {
		return nil, errors.New("no private key in PEM")
	}
	var key any
	var err error
	if block.Type == "RSA PRIVATE KEY" {
		key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	} else {
		key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	}
	if err != nil {
		return nil, errors.New("not a private key that can be read without a password")
	}
	switch k := key.(type) {
	case *rsa.PrivateKey:
		if k.N.BitLen() < leastBits {
			return nil, fmt.Errorf("an RSA key of %d bits, less than %d", k.N.BitLen(), leastBits)
		}
		return k, nil
	case ed25519.PrivateKey:
		return k, nil
	}
	return nil, errors.New("neither an RSA nor an Ed25519 key")
}

// covers reports whether receivers take the signature for one of the sender's
// (DMARC, RFC 7489, section 3.1.1: the domain itself or one below it).
func (s *signer) covers(from string) bool {
	d := strings.ToLower(domainOf(from))
	return d == s.domain || strings.HasSuffix(d, "."+s.domain)
}

// signedHeaders are signed where they stand in a mail; From and the like must be
// (RFC 6376, section 5.4.1), and so must those of one-click (RFC 8058, section 4).
var signedHeaders = []string{"From", "To", "Subject", "Date", "Message-ID", "Reply-To", "MIME-Version", "Content-Type",
	"List-ID", "List-Unsubscribe", "List-Unsubscribe-Post", "Feedback-ID", "Auto-Submitted"}

// sign gives body with a signature in front. A body whose sender the key does not
// cover stays as it is.
func (s *signer) sign(from string, body []byte) ([]byte, error) {
	if s == nil || !s.covers(from) {
		return body, nil
	}
	var out bytes.Buffer
	err := dkim.Sign(&out, bytes.NewReader(body), &dkim.SignOptions{
		Domain: s.domain, Selector: s.selector, Signer: s.key, Hash: crypto.SHA256,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed,
		HeaderKeys: present(body),
	})
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	return out.Bytes(), nil
}

// present are those of signedHeaders that body has.
func present(body []byte) []string {
	header, _, _ := bytes.Cut(body, []byte("\r\n\r\n"))
	var names []string
	for line := range bytes.SplitSeq(header, []byte("\r\n")) {
		name, _, _ := bytes.Cut(line, []byte(":"))
		names = append(names, textproto.CanonicalMIMEHeaderKey(string(name)))
	}
	return slices.DeleteFunc(slices.Clone(signedHeaders), func(h string) bool {
		return !slices.Contains(names, textproto.CanonicalMIMEHeaderKey(h))
	})
}
