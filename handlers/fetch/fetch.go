// Package fetch gets calendars from addresses that people typed.
//
// Whoever types an address may want to see what only this server can reach: a
// database beside it, the cloud's metadata, another office's printer. So the
// address says little and is believed less. The one check that counts is made
// on the numeric address that is about to be connected to, after every name
// was resolved and for every redirect anew ([net.Dialer.Control]): what a name
// meant a moment ago, and in which disguise an address was written, does not
// matter then. The table of what is not the internet is code.dny.dev/ssrf's,
// made from IANA's registries; the tests here hold it to ours.
//
// Whoever answers is not trusted either: time, size before and after
// unpacking, headers and redirects have limits. All failures look the same to
// the person who asked; see [scheduling.ErrUnreachable].
package fetch

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"

	"code.dny.dev/ssrf"

	"kohtaamo/scheduling"
)

// Limits on whoever answers.
const (
	MaxBytes     = 1 << 20 // of a calendar, packed and unpacked
	maxHeader    = 32 << 10
	maxRedirects = 3
	maxAtOnce    = 8

	connectTime = 4 * time.Second // name and connection
	headerTime  = 5 * time.Second // encryption; then until the answer begins
	wholeTime   = 12 * time.Second
)

// A Client fetches. It is safe for several at once.
type Client struct {
	agent    string
	http     http.Client
	dialer   net.Dialer
	guard    *ssrf.Guardian
	ports    []uint16
	atOnce   chan struct{}
	patience time.Duration
	loopback bool
}

// An Option is for tests; no setting of the program leads to one.
type Option func(*Client)

// WithLoopback lets the client reach this machine itself, at every port.
func WithLoopback() Option { return func(c *Client) { c.loopback = true } }

// WithResolver says who knows what names mean.
func WithResolver(r *net.Resolver) Option { return func(c *Client) { c.dialer.Resolver = r } }

// New makes a client that says it is agent.
func New(agent string, options ...Option) *Client {
	c := &Client{agent: agent, ports: ports, guard: ssrf.New(ssrf.WithPorts(ports...)),
		atOnce: make(chan struct{}, maxAtOnce), patience: wholeTime}
	c.dialer = net.Dialer{Timeout: connectTime, Control: c.control}
	for _, o := range options {
		o(c)
	}
	c.http = http.Client{
		CheckRedirect: c.redirected,
		Transport: &http.Transport{
			DialContext:            c.dialer.DialContext, // and no Proxy: it would connect in our place
			TLSHandshakeTimeout:    headerTime,
			ResponseHeaderTimeout:  headerTime,
			MaxResponseHeaderBytes: maxHeader,
			DisableCompression:     true, // unpacked by body, within limits
			DisableKeepAlives:      true, // each fetch is looked at anew
		},
	}
	return c
}

// control decides about every connection, at the last moment before it is made.
func (c *Client) control(network, address string, conn syscall.RawConn) error {
	if at, err := netip.ParseAddrPort(address); c.loopback && err == nil && at.Addr().IsLoopback() {
		return nil
	}
	return c.guard.Safe(network, address, conn)
}

// redirected looks at where an answer sends us as at what was typed. Nothing
// goes on unencrypted that began encrypted, and nobody hears where we came from.
func (c *Client) redirected(req *http.Request, via []*http.Request) error {
	req.Header.Del("Referer")
	if len(via) > maxRedirects {
		return errors.New("too many redirects")
	}
	if via[len(via)-1].URL.Scheme == "https" && req.URL.Scheme != "https" {
		return errors.New("a redirect away from https")
	}
	return c.check(req.URL)
}

// Get is the [scheduling.FetchFunc] of the program.
func (c *Client) Get(ctx context.Context, address string, had scheduling.Version) (*scheduling.Download, error) {
	limited, cancel := context.WithTimeout(ctx, c.patience)
	defer cancel()
	d, err := c.get(limited, address, had)
	switch {
	case err == nil:
		return d, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	}
	return nil, fmt.Errorf("%w: %s", scheduling.ErrUnreachable, discreet(err))
}

func (c *Client) get(ctx context.Context, address string, had scheduling.Version) (*scheduling.Download, error) {
	u, err := c.parse(address)
	if err != nil {
		return nil, err
	}
	select {
	case c.atOnce <- struct{}{}:
		defer func() { <-c.atOnce }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	res, err := c.http.Do(c.request(ctx, u, had))
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if res.StatusCode == http.StatusNotModified && had != (scheduling.Version{}) {
		return &scheduling.Download{Version: had, Unchanged: true}, nil
	}
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the answer is %d", res.StatusCode)
	}
	content, err := body(res)
	if err != nil {
		return nil, err
	}
	return &scheduling.Download{Body: content, Version: versionOf(res.Header)}, nil
}

// request says who we are and what we have, and nothing else.
func (c *Client) request(ctx context.Context, u *url.URL, had scheduling.Version) *http.Request {
	h := http.Header{
		"User-Agent":      {c.agent},
		"Accept":          {"text/calendar, text/plain;q=0.5, */*;q=0.1"},
		"Accept-Encoding": {"gzip"},
	}
	if had.ETag != "" {
		h.Set("If-None-Match", had.ETag)
	}
	if had.Modified != "" {
		h.Set("If-Modified-Since", had.Modified)
	}
	r := &http.Request{Method: http.MethodGet, URL: u, Host: u.Host, Header: h, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}
	return r.WithContext(ctx)
}

// maxValidator is the longest ETag or Last-Modified that is kept.
const maxValidator = 500

// versionOf is what the answer calls itself. What is too long to be kept, or
// could not be sent back in a header, is not.
func versionOf(h http.Header) scheduling.Version {
	keep := func(s string) string {
		for _, r := range s {
			if r < 0x20 || r > 0x7e {
				return ""
			}
		}
		if len(s) > maxValidator {
			return ""
		}
		return s
	}
	return scheduling.Version{ETag: keep(h.Get("ETag")), Modified: keep(h.Get("Last-Modified"))}
}

// discreet is an error without the address that [url.Error] puts into it, nor
// the name or number that [net.OpError] and [net.DNSError] do: calendars'
// addresses are secrets, and this goes to the log.
func discreet(err error) string {
	var name *net.DNSError
	var op *net.OpError
	var at *url.Error
	switch {
	case errors.Is(err, ssrf.ErrProhibitedIP), errors.Is(err, ssrf.ErrProhibitedPort), errors.Is(err, ssrf.ErrProhibitedNetwork):
		return "it is not on the internet"
	case errors.As(err, &name):
		return "its name is not known"
	case errors.Is(err, context.DeadlineExceeded):
		return "it took too long"
	case errors.As(err, &op):
		return "it could not be connected to"
	case errors.As(err, &at):
		return "it did not answer as it should"
	}
	return err.Error()
}
