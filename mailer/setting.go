package mailer

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
)

// relaySetting is a relay's address, as parseRelay reads it.
type relaySetting struct {
	host, port string
	user, pass string
	helo       string
	implicit   bool // TLS from the start
	starttls   tlsUse
	tls        *tls.Config
	wire       wireUse
	use        relayUse
	rate       float64 // mails a second; 0: no limit
	domainRate float64 // of these to one recipient domain
	sign       signSetting
}

// wireUse is the shortest way of sending that is tried, if a relay offers it.
type wireUse string

const (
	wireChunks wireUse = "chunking"   // RFC 3030
	wireBatch  wireUse = "pipelining" // RFC 2920
	wirePlain  wireUse = "plain"
)

// relayUse is which mails go to a relay.
type relayUse string

const (
	forAll    relayUse = ""
	forBulk   relayUse = "bulk"
	forSingle relayUse = "single"
)

// tlsUse says whether a connection has to be encrypted.
type tlsUse string

const (
	tlsMandatory     tlsUse = "mandatory"
	tlsOpportunistic tlsUse = "opportunistic"
	tlsNone          tlsUse = "none"
)

// errRelayForm says it without the text at fault, which may hold a password.
var errRelayForm = errors.New("not of the form smtp://USER:PASSWORD@HOST:PORT; write : / ? # @ % in the password as %3A %2F %3F %23 %40 %25")

func parseRelay(spec string) (relaySetting, error) {
	u, err := url.Parse(spec)
	if err != nil || u.Hostname() == "" || strings.Trim(u.Path, "/") != "" || u.Fragment != "" {
		return relaySetting{}, errRelayForm
	}
	s := relaySetting{host: u.Hostname(), port: u.Port(), user: u.User.Username(), starttls: tlsMandatory}
	s.pass, _ = u.User.Password()
	s.implicit = u.Scheme == "smtps" || s.port == "465"
	if s.port == "" {
		s.port = map[bool]string{true: "465", false: "587"}[s.implicit]
	}
	if err := s.options(u.Query()); err != nil {
		return relaySetting{}, err
	}
	return s, s.check()
}

func (s *relaySetting) options(q url.Values) error {
	s.tls = &tls.Config{ServerName: s.host, MinVersion: tls.VersionTLS12}
	s.wire = wireChunks
	for name, values := range q {
		if err := s.option(name, values[len(values)-1]); err != nil {
			return err
		}
	}
	if s.helo == "" {
		s.helo = "localhost"
		if name, err := os.Hostname(); err == nil && name != "" {
			s.helo = name
		}
	}
	return nil
}

func (s *relaySetting) option(name, value string) (err error) {
	switch name {
	case "tls":
		s.starttls = tlsUse(value)
	case "helo":
		s.helo = value
	case "ca":
		s.tls.RootCAs, err = readCertificates(value)
	case "wire":
		s.wire = wireUse(value)
	case "for":
		s.use = relayUse(value)
	case "rate":
		s.rate, err = parseRate(value)
	case "domain-rate":
		s.domainRate, err = parseRate(value)
	case "dkim":
		s.sign.file = value
	case "dkim-selector":
		s.sign.selector = value
	case "dkim-domain":
		s.sign.domain = value
	default:
		return fmt.Errorf("unknown parameter %q: there are tls, ca, helo, wire, for, rate, domain-rate, dkim, dkim-selector and dkim-domain", name)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// parseRate reads 10/s, 100/m or 5000/h as so many a second.
func parseRate(s string) (float64, error) {
	count, unit, _ := strings.Cut(s, "/")
	n, err := strconv.Atoi(count)
	seconds := map[string]float64{"s": 1, "m": 60, "h": 3600, "d": 86400}[unit]
	if err != nil || n < 1 || n > 1_000_000 || seconds == 0 {
		return 0, fmt.Errorf("%q is none of 10/s, 100/m, 5000/h, 20000/d", s)
	}
	return float64(n) / seconds, nil
}

func readCertificates(file string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("no certificate in %s", file)
	}
	return pool, nil
}

func (s *relaySetting) check() error {
	switch {
	case s.starttls != tlsMandatory && s.starttls != tlsOpportunistic && s.starttls != tlsNone:
		return fmt.Errorf("tls=%s is none of mandatory, opportunistic, none", s.starttls)
	case s.implicit && s.starttls != tlsMandatory:
		return fmt.Errorf("tls=%s contradicts smtps and port 465, which are encrypted from the start", s.starttls)
	case s.pass != "" && s.user == "":
		return errors.New("a password without a user")
	case s.user != "" && s.starttls != tlsMandatory && !isLoopback(s.host):
		return fmt.Errorf("tls=%s could send the password in the clear; leave tls out, or user and password", s.starttls)
	case s.wire != wireChunks && s.wire != wireBatch && s.wire != wirePlain:
		return fmt.Errorf("wire=%s is none of chunking, pipelining, plain", s.wire)
	case s.use != forAll && s.use != forBulk && s.use != forSingle:
		return fmt.Errorf("for=%s is neither bulk nor single", s.use)
	case strings.ContainsAny(s.helo, " \r\n\t"):
		return errors.New("helo is one name without spaces")
	}
	return nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func (s *relaySetting) address() string { return net.JoinHostPort(s.host, s.port) }
