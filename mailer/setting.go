package mailer

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
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
}

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
	for name, values := range q {
		value := values[len(values)-1]
		switch name {
		case "tls":
			s.starttls = tlsUse(value)
		case "helo":
			s.helo = value
		case "ca":
			pool, err := readCertificates(value)
			if err != nil {
				return err
			}
			s.tls.RootCAs = pool
		default:
			return fmt.Errorf("unknown parameter %q: there are tls, ca and helo", name)
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

func readCertificates(file string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("ca: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("ca: no certificate in %s", file)
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
