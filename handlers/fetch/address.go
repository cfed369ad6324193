package fetch

import (
	"errors"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// ports are where calendars are served on the internet.
var ports = []uint16{80, 443, 8443}

// maxAddress is longer than any address that a calendar program shows.
const maxAddress = 2000

// schemes are those that people paste. Calendar programs write webcal for
// "subscribe to it"; whoever serves that today serves https.
var schemes = map[string]string{"https": "https", "http": "http", "webcal": "https", "webcals": "https"}

var (
	errAddress = errors.New("it is not an address of a calendar")
	errPort    = errors.New("its port is not one of calendars")
	errName    = errors.New("its name is not one of the internet")
)

// parse reads what somebody typed.
func (c *Client) parse(address string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || len(address) > maxAddress || u.Opaque != "" {
		return nil, errAddress
	}
	if u.Scheme = schemes[u.Scheme]; u.Scheme == "" {
		return nil, errAddress
	}
	u.Fragment = ""
	return u, c.check(u)
}

// check refuses what needs no look at the network to be refused.
func (c *Client) check(u *url.URL) error {
	if u.Scheme != "https" && u.Scheme != "http" || u.User != nil {
		return errAddress
	}
	if c.loopback {
		return nil
	}
	if p := u.Port(); p != "" {
		n, err := strconv.ParseUint(p, 10, 16)
		if err != nil || !slices.Contains(c.ports, uint16(n)) {
			return errPort
		}
	}
	return checkName(u.Hostname())
}

// checkName refuses names that only a local network knows, so that they are
// not even asked for. Numbers are decided about when they are connected to.
func checkName(host string) error {
	if _, err := netip.ParseAddr(host); err == nil {
		return nil
	}
	labels := strings.Split(strings.ToLower(strings.TrimSuffix(host, ".")), ".")
	last := labels[len(labels)-1]
	if len(labels) < 2 || slices.Contains([]string{"", "localhost", "local", "internal", "lan", "home", "corp", "arpa"}, last) {
		return errName
	}
	if strings.Trim(last, "0123456789") == "" || strings.HasPrefix(last, "0x") {
		return errName // a number in disguise: no top-level domain looks so
	}
	return nil
}
