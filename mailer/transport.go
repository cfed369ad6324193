package mailer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
)

// A Transport takes mails to where they go. It is safe for several senders at once.
type Transport interface {
	// Send returns nil when the mail was taken over. Other errors than
	// *SendError are treated as trouble of the transport, not of the mail.
	Send(ctx context.Context, e *Envelope) error
	Close() error
}

// Open reads where mails go:
//
//	dir:PATH                       a file a mail
//	log:                           a line a mail in the program's log
//	smtp://USER:PASS@HOST:PORT     a relay; encrypted by STARTTLS, port 587
//	smtps://USER:PASS@HOST:PORT    a relay; encrypted from the start, port 465
//
// Several relays stand one behind the other, with commas or spaces between them:
// where one has trouble, the next is tried. A relay takes parameters:
//
//	tls=none, tls=opportunistic    instead of mandatory encryption
//	ca=FILE                        the certificates to trust, PEM
//	helo=NAME                      what we call ourselves
//	for=bulk, for=single           only mail of which there are many alike, or only other
//	rate=N/s, N/m, N/h, N/d        bulk mails this relay gets at most
//	domain-rate=N/s, …             of these, to one recipient domain
//	wire=plain, wire=pipelining    a relay that offers more than it can
//	dkim=FILE&dkim-selector=S&dkim-domain=D   sign with the key in FILE, PEM
//
// A relay is not connected to before the first mail. Errors never contain a password.
func Open(spec string, log *slog.Logger) (Transport, error) {
	scheme, rest, found := strings.Cut(spec, ":")
	if !found {
		return nil, errSpec
	}
	switch scheme {
	case "dir":
		return openDir(rest)
	case "log":
		return &logTransport{log}, nil
	case "smtp", "smtps":
		f, err := openFleet(spec)
		if err != nil {
			return nil, fmt.Errorf("mail setting: %w", err)
		}
		return f, nil
	}
	return nil, errSpec
}

var errSpec = errors.New("mail setting: neither dir:PATH nor log: nor smtp://USER:PASSWORD@HOST:PORT nor smtps://…")

// logTransport writes that a mail would have left, and nothing about anybody.
type logTransport struct{ log *slog.Logger }

func (t *logTransport) Send(ctx context.Context, e *Envelope) error {
	t.log.InfoContext(ctx, "mail", "kind", e.Kind, "message_id", e.MessageID, "bytes", len(e.Body))
	return nil
}

func (t *logTransport) Close() error { return nil }
