package mailer

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	netmail "net/mail"
	"slices"
	"strings"

	gomessage "github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // what calendars write besides UTF-8
)

// MaxMessage is the most octets of a message that Receive reads.
const MaxMessage = 1 << 20

// What a message may have. Anybody can send one, so everything about it is
// bounded before it is followed.
const (
	maxLines     = 30_000    // of the whole: the reader spends 400 octets on a field of three
	maxHeader    = 256 << 10 // octets of a message's header
	maxField     = 16 << 10  // octets of one field that is read
	maxAddresses = 50        // in all fields that name recipients
	maxNesting   = 6         // multiparts within multiparts
	maxParts     = 100
	maxCalendars = 4         // parts that are calendars
	maxCalendar  = 512 << 10 // octets of one
	maxBoundary  = 70        // RFC 2046, section 5.1.1
)

// ErrUnreadable is what every complaint about a message is. None of them repeats
// what the message says.
var ErrUnreadable = errors.New("not a message that can be read")

// Nature is what a message is, by its header.
type Nature string

// The natures. An answer to an invite is often made by a program too, so what
// its parts hold comes first.
const (
	Written   Nature = "written"   // by somebody
	Automatic Nature = "automatic" // a holiday reply or another program's (RFC 3834)
	Report    Nature = "report"    // about another message: it bounced, it was read (RFC 6522)
)

// An Incoming is what matters of a message that came in.
type Incoming struct {
	Nature    Nature
	To        []string // every address it was sent to, as far as its header says
	From      string   // in small letters; empty unless there is exactly one
	Calendars [][]byte // its calendar parts, in UTF-8

	// Of a Report; nil where it holds nothing of the kind.
	Bounce   *Bounce
	Feedback *Feedback

	results []string // Authentication-Results, the topmost first
}

// Receive reads a message (RFC 5322) as it comes from a mail server, a line
// "From " in front of it too. Errors wrap ErrUnreadable.
func Receive(raw []byte) (in *Incoming, err error) {
	switch {
	case len(raw) > MaxMessage:
		return nil, fmt.Errorf("%w: it has more than %d octets", ErrUnreadable, MaxMessage)
	case bytes.Count(raw, []byte("\n")) > maxLines:
		return nil, fmt.Errorf("%w: it has more than %d lines", ErrUnreadable, maxLines)
	}
	defer func() {
		if v := recover(); v != nil { // the reader is not ours, the message is a stranger's
			in, err = nil, fmt.Errorf("%w: it breaks its reader", ErrUnreadable)
		}
	}()
	if bytes.HasPrefix(raw, []byte("From ")) {
		_, raw, _ = bytes.Cut(raw, []byte("\n"))
	}
	m, err := gomessage.ReadWithOptions(bytes.NewReader(raw), &gomessage.ReadOptions{MaxHeaderBytes: maxHeader})
	if m == nil {
		return nil, fmt.Errorf("%w: its header is broken", ErrUnreadable)
	}
	in = &Incoming{Nature: natureOf(&m.Header), From: author(&m.Header), results: fields(&m.Header, "Authentication-Results")}
	in.recipients(&m.Header)
	if in.Nature == Report {
		in.report(m)
		return in, nil
	}
	w := walker{in: in}
	if err := w.walk(m, err, 0); err != nil {
		return nil, err
	}
	return in, nil
}

// fields are the values of all fields of a name, the topmost first, except for
// those that are longer than anybody needs.
func fields(h *gomessage.Header, name string) (values []string) {
	for f := h.FieldsByKey(name); f.Next(); {
		if v := f.Value(); len(v) <= maxField {
			values = append(values, v)
		}
	}
	return values
}

func natureOf(h *gomessage.Header) Nature {
	kind, _, _ := h.ContentType()
	submitted, _, _ := strings.Cut(h.Get("Auto-Submitted"), ";")
	submitted = strings.ToLower(strings.TrimSpace(submitted))
	switch {
	case strings.EqualFold(kind, "multipart/report"):
		return Report
	case submitted != "" && submitted != "no", h.Has("X-Autoreply"), h.Has("X-Autorespond"),
		strings.EqualFold(strings.TrimSpace(h.Get("Precedence")), "auto_reply"), strings.TrimSpace(h.Get("Return-Path")) == "<>":
		return Automatic
	}
	return Written
}

// author is the one address that a message says it is from. Two of them, or two
// fields, is how a message says one thing to a check and another to a reader.
func author(h *gomessage.Header) string {
	from := fields(h, "From")
	if len(from) != 1 {
		return ""
	}
	list, err := netmail.ParseAddressList(from[0])
	if err != nil || len(list) != 1 {
		return ""
	}
	return strings.ToLower(list[0].Address)
}

// recipients collects where the message was sent. Mail servers note the address
// of the envelope in a field of their own; its name is theirs to choose.
func (in *Incoming) recipients(h *gomessage.Header) {
	for _, name := range []string{"Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc"} {
		for _, v := range fields(h, name) {
			list, err := netmail.ParseAddressList(v)
			if err != nil {
				continue
			}
			for _, a := range list {
				if len(in.To) < maxAddresses && !slices.Contains(in.To, a.Address) {
					in.To = append(in.To, a.Address)
				}
			}
		}
	}
}

// A walker goes through the parts of a message.
type walker struct {
	in    *Incoming
	parts int
}

var errTooMuch = fmt.Errorf("%w: it has too many parts within parts", ErrUnreadable)

// walk takes the calendars out of a part and those within it. unknown says that
// its encoding or its charset is not known; such a part is passed over.
func (w *walker) walk(e *gomessage.Entity, unknown error, depth int) error {
	if w.parts++; w.parts > maxParts || depth > maxNesting {
		return errTooMuch
	}
	kind, params, _ := e.Header.ContentType()
	if strings.HasPrefix(kind, "multipart/") {
		return w.inside(e, params["boundary"], depth)
	}
	if unknown != nil || !isCalendar(e, kind, params) || len(w.in.Calendars) == maxCalendars {
		return nil
	}
	body, err := io.ReadAll(io.LimitReader(e.Body, maxCalendar+1))
	if err == nil && len(body) <= maxCalendar {
		w.in.Calendars = append(w.in.Calendars, body)
	}
	return nil // a part that is cut off is one we do not have
}

func (w *walker) inside(e *gomessage.Entity, boundary string, depth int) error {
	parts := e.MultipartReader()
	if boundary == "" || len(boundary) > maxBoundary || parts == nil {
		return fmt.Errorf("%w: its parts have no boundary", ErrUnreadable)
	}
	for {
		p, err := parts.NextPart()
		if p == nil {
			return nil // the end, or what is as good as one
		}
		if err := w.walk(p, err, depth+1); err != nil {
			return err
		}
	}
}

// isCalendar knows a calendar by its type, or by its name where a mail program
// knew no type. A message within the message is somebody else's.
func isCalendar(e *gomessage.Entity, kind string, params map[string]string) bool {
	switch strings.ToLower(kind) {
	case "text/calendar", "application/ics":
		return true
	case "application/octet-stream":
		_, disposition, _ := e.Header.ContentDisposition()
		return named(params["name"]) || named(disposition["filename"])
	}
	return false
}

func named(file string) bool { return strings.HasSuffix(strings.ToLower(file), ".ics") }
