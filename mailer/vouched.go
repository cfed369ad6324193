package mailer

import (
	"strings"

	"github.com/emersion/go-msgauth/authres"
	"golang.org/x/net/publicsuffix"
)

// Vouched reports whether the mail server that calls itself authserv found the
// message to be from whom it says: DMARC passed, or a DKIM signature did whose
// domain belongs to the From address (RFC 8601, RFC 7489 3.1.1). Only the
// topmost field of that server's counts: what stands below came in with the
// message. The server has to take away what pretends to be its own (RFC 8601,
// section 5).
func (in *Incoming) Vouched(authserv string) bool {
	if authserv == "" || in.From == "" {
		return false
	}
	for _, field := range in.results {
		plain, ok := uncommented(field)
		if !ok {
			return false
		}
		id, found, err := authres.Parse(plain)
		if strings.EqualFold(id, authserv) {
			return err == nil && vouch(found, domainOf(in.From))
		}
	}
	return false
}

// vouch reports whether the results say that a message is from a domain.
func vouch(found []authres.Result, domain string) bool {
	passed := false
	for _, r := range found {
		switch r := r.(type) {
		case *authres.DMARCResult:
			if r.Value != authres.ResultPass || r.From != "" && !strings.EqualFold(r.From, domain) {
				return false
			}
			passed = true
		case *authres.DKIMResult:
			signer := r.Domain
			if signer == "" {
				signer = domainOf(r.Identifier)
			}
			passed = passed || r.Value == authres.ResultPass && aligned(signer, domain)
		}
	}
	return passed
}

// aligned reports whether two domains belong to one organisation.
func aligned(a, b string) bool {
	a, b = strings.ToLower(a), strings.ToLower(b)
	if a == b {
		return a != ""
	}
	orgA, errA := publicsuffix.EffectiveTLDPlusOne(a)
	orgB, errB := publicsuffix.EffectiveTLDPlusOne(b)
	return errA == nil && errB == nil && orgA == orgB
}

// uncommented is a field without its comments, and without what is quoted in it
// unless that is one plain word. The reader of results splits at semicolons and
// spaces whatever they stand in, and both places may repeat what a stranger's
// server called itself: "; dmarc=pass" among other things.
func uncommented(s string) (string, bool) {
	var b, quoted strings.Builder
	depth, inQuotes := 0, false
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '\\' && (depth > 0 || inQuotes):
			i++ // whatever it is, it is not the end
			quoted.WriteByte(' ')
		case inQuotes && c == '"':
			inQuotes = false
			b.WriteString(word(quoted.String()))
			quoted.Reset()
		case inQuotes:
			quoted.WriteByte(c)
		case c == '(':
			depth++
		case c == ')' && depth > 0:
			depth--
			b.WriteByte(' ')
		case depth > 0:
		case c == '"':
			inQuotes = true
			quoted.Reset()
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), depth == 0 && !inQuotes
}

// word is s if it is one, and a stand-in otherwise.
func word(s string) string {
	if s == "" || strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune(".-_@+", r))
	}) {
		return "_"
	}
	return s
}
