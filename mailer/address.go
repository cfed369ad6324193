package mailer

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/net/idna"
)

// ErrAddress is what every complaint about an address is.
var ErrAddress = errors.New("not a usable mail address")

// An Address is a mailbox and the name shown for it.
type Address struct {
	Name, Email string
}

// atext are the characters of a local part besides letters, digits and dots
// (RFC 5322, section 3.2.3).
const atext = "!#$%&'*+-/=?^_`{|}~"

// ParseAddress gives an address as it is sent to: without spaces around it, its
// domain in lower case and in ASCII (RFC 5891). Errors wrap ErrAddress and say
// what is wrong in words that can be logged: they do not repeat the address.
// Quoted local parts, address literals and local parts outside ASCII are
// refused, because relays on the way refuse them.
func ParseAddress(s string) (string, error) {
	local, domain, err := splitAddress(strings.TrimSpace(s))
	if err != nil {
		return "", err
	}
	if !strings.Contains(domain, ".") {
		return "", fmt.Errorf("%w: the part after @ is no full domain", ErrAddress)
	}
	return local + "@" + domain, nil
}

// parseSender is ParseAddress for our own addresses, which may be on a host
// without a domain: the first thing somebody tries is kohtaamo@localhost.
func parseSender(s string) (string, error) {
	local, domain, err := splitAddress(strings.TrimSpace(s))
	if err != nil {
		return "", err
	}
	return local + "@" + domain, nil
}

func splitAddress(s string) (local, domain string, err error) {
	at := strings.LastIndexByte(s, '@')
	if at < 0 {
		return "", "", fmt.Errorf("%w: no @", ErrAddress)
	}
	local = s[:at]
	if err := checkLocal(local); err != nil {
		return "", "", err
	}
	domain, err = asciiDomain(s[at+1:])
	if err != nil {
		return "", "", err
	}
	if len(local)+1+len(domain) > 254 { // RFC 5321, section 4.5.3.1.3, less the brackets
		return "", "", fmt.Errorf("%w: longer than 254 characters", ErrAddress)
	}
	return local, domain, nil
}

func checkLocal(s string) error {
	if s == "" || len(s) > 64 {
		return fmt.Errorf("%w: the part before @ has to have 1 to 64 characters", ErrAddress)
	}
	if s[0] == '.' || s[len(s)-1] == '.' || strings.Contains(s, "..") {
		return fmt.Errorf("%w: a dot at a wrong place before @", ErrAddress)
	}
	for _, r := range s {
		if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || strings.ContainsRune(atext, r)) {
			return fmt.Errorf("%w: character %q before @", ErrAddress, r)
		}
	}
	return nil
}

// domains is the lookup profile of IDNA with the checks of DNS names.
var domains = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.VerifyDNSLength(true), idna.StrictDomainName(true))

func asciiDomain(s string) (string, error) {
	d, err := domains.ToASCII(s)
	if err != nil || d == "" || strings.HasSuffix(d, ".") {
		return "", fmt.Errorf("%w: the part after @ is no domain", ErrAddress)
	}
	last := d[strings.LastIndexByte(d, '.')+1:]
	if strings.Trim(last, "0123456789") == "" {
		return "", fmt.Errorf("%w: the part after @ is a number", ErrAddress)
	}
	return d, nil
}

func domainOf(address string) string {
	return address[strings.LastIndexByte(address, '@')+1:]
}

// String is the address as people write it: the name, then the mailbox in brackets.
func (a Address) String() string {
	if name := oneLine(a.Name); name != "" {
		return name + " <" + a.Email + ">"
	}
	return a.Email
}
