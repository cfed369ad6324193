package mailer

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	netmail "net/mail"
	"strings"
	"time"

	"github.com/wneessen/go-mail"
)

// An Envelope is a mail as bytes, ready for a relay.
type Envelope struct {
	From, To  string // bare addresses, ASCII; From is where reports about it come back to
	Kind      string
	MessageID string // without angle brackets
	Date      time.Time
	Body      []byte // header and body with CRLF line ends, the last one included
	Bulk      bool   // one of many alike, which lets others pass

	// Handing is called between the last word of the body and the mark that ends
	// it: from there on the relay may have taken the mail, whatever we hear of it.
	// An error stops the mail before that. nil is never called.
	Handing func() error
}

func (e *Envelope) handing() error {
	if e.Handing == nil {
		return nil
	}
	return e.Handing()
}

// envelope renders m whole, so that nothing can fail any more while a relay
// listens. Rendering the same mail twice gives the same bytes. Its sender is
// where the mail comes back to if it cannot be delivered; answers still go to
// whom its header names.
func (o *Outbox) envelope(m *Mail) (*Envelope, error) {
	for _, address := range []string{m.From, m.To} { // Add checked them; documents can come from elsewhere
		if _, err := parseSender(address); err != nil {
			return nil, fmt.Errorf("build mail %s: %w", m.ID, err)
		}
	}
	r, err := render(m)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if _, err := message(m, r).WriteTo(&b); err != nil {
		return nil, fmt.Errorf("build mail %s: %w", m.ID, err)
	}
	if !bytes.HasSuffix(b.Bytes(), []byte("\r\n")) {
		b.WriteString("\r\n")
	}
	return &Envelope{From: o.returnPath(m.From, m.MessageID), To: m.To, Kind: m.Kind, MessageID: m.MessageID, Date: m.Date, Body: b.Bytes()}, nil
}

// message is text, HTML and, last because readers take the last they know, the
// calendar part (RFC 6047).
func message(m *Mail, r Rendered) *mail.Msg {
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent(), mail.WithBoundary(boundary(m)))
	msg.SetAddrHeaderFromMailAddress(mail.HeaderFrom, header(m.FromName, m.From))
	msg.SetAddrHeaderFromMailAddress(mail.HeaderTo, header(m.ToName, m.To))
	if m.ReplyTo != "" {
		msg.SetAddrHeaderFromMailAddress(mail.HeaderReplyTo, header("", m.ReplyTo))
	}
	msg.Subject(r.Subject)
	msg.SetMessageIDWithValue(m.MessageID)
	msg.SetDateWithValue(m.Date.UTC())
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no holiday replies, please
	msg.SetGenHeader("X-Auto-Response-Suppress", "OOF, AutoReply")
	if m.Lang != "" {
		msg.SetGenHeader("Content-Language", oneLine(m.Lang))
	}
	msg.SetBodyString(mail.TypeTextPlain, r.Text)
	msg.AddAlternativeString(mail.TypeTextHTML, r.HTML)
	if c := m.Calendar; c != nil {
		msg.AddAlternativeString(mail.ContentType("text/calendar; method="+c.Method), string(c.Body))
	}
	return msg
}

// longestName keeps a header with a name in it well below a line's limit.
const longestName = 100

// header is a name and a mailbox for a header. net/mail leaves a backslash as it
// is inside an encoded word, and then cannot read it itself; nobody is called so.
func header(name, address string) *netmail.Address {
	name = strings.ReplaceAll(name, `\`, "/")
	return &netmail.Address{Name: clip(oneLine(name), longestName), Address: address}
}

func clip(s string, n int) string {
	if rs := []rune(s); len(rs) > n {
		return string(rs[:n-1]) + "…"
	}
	return s
}

// boundary is made of the Message-ID: unguessable, and the same at every try.
func boundary(m *Mail) string {
	sum := sha256.Sum256([]byte(m.MessageID))
	return "part-" + hex.EncodeToString(sum[:15])
}
