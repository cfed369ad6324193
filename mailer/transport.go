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
// A relay takes parameters: tls=none or tls=opportunistic (instead of
// mandatory), ca=FILE (the certificates to trust, PEM), helo=NAME. It is not
// connected to before the first mail. Errors never contain a password.
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
		s, err := parseRelay(spec)
		if err != nil {
			return nil, fmt.Errorf("mail setting: %w", err)
		}
		return newRelay(s), nil
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
