package mailer

import (
	"bufio"
	"io"
	"slices"
	"strconv"
	"strings"

	gomessage "github.com/emersion/go-message"
	"github.com/emersion/go-message/textproto"
)

// What a report may have.
const (
	maxReport = 64 << 10 // octets of the part that programs read
	maxGroups = 50       // groups of fields in it
)

// A Bounce is what a report says of a mail that was not delivered for good (RFC
// 3464). What it says of whose address that was is left out: anybody can write
// a report.
type Bounce struct {
	Code   int    // of SMTP, where it is given
	Status string // "5.1.1" (RFC 3463)
	Said   string // the last mail server's own words
	Blame  string // "hard" or "soft" if the address is at fault
}

// A Feedback is what a mail host says on behalf of a reader (RFC 5965).
type Feedback struct {
	Abuse bool   // the reader called the mail spam
	From  string // the envelope sender of that mail; empty where it is not given
}

// report reads the parts of a multipart/report that are written for programs.
// What else is in it is quoted, and not said by its sender.
func (in *Incoming) report(m *gomessage.Entity) {
	parts := m.MultipartReader()
	if parts == nil {
		return
	}
	for range maxParts {
		p, _ := parts.NextPart()
		if p == nil {
			return
		}
		kind, _, _ := p.Header.ContentType()
		switch strings.ToLower(kind) {
		case "message/delivery-status", "message/global-delivery-status":
			if in.Bounce == nil {
				in.Bounce = bounceIn(groupsOf(p.Body))
			}
		case "message/feedback-report":
			if groups := groupsOf(p.Body); in.Feedback == nil && len(groups) > 0 {
				in.Feedback = feedbackIn(groups[0])
			}
		}
	}
}

// groupsOf are the groups of fields that empty lines divide.
func groupsOf(body io.Reader) (groups []textproto.Header) {
	r := bufio.NewReader(io.LimitReader(body, maxReport))
	for len(groups) < maxGroups {
		h, err := textproto.ReadHeader(r)
		if h.Len() > 0 {
			groups = append(groups, h)
		}
		if err != nil {
			return groups
		}
		if _, err := r.Peek(1); err != nil {
			return groups
		}
	}
	return groups
}

// bounceIn is the first failure of a report. A mail that is only late, was
// relayed or arrived is none.
func bounceIn(groups []textproto.Header) *Bounce {
	for _, g := range groups {
		if strings.EqualFold(firstWord(g.Get("Action")), "failed") {
			return newBounce(firstWord(g.Get("Status")), g.Get("Diagnostic-Code"))
		}
	}
	return nil
}

// newBounce judges a failure as an answer of a relay is judged. Where the status
// is a general one, the server's own words know more.
func newBounce(status, diagnostic string) *Bounce {
	_, said, found := strings.Cut(diagnostic, ";")
	if !found {
		said = diagnostic
	}
	b := &Bounce{Said: clip(oneLine(said), 200)}
	var rest string
	if n, err := strconv.Atoi(b.Said[:min(3, len(b.Said))]); err == nil && n >= 400 && n < 600 {
		b.Code, rest = n, strings.TrimLeft(b.Said[3:], " -")
	}
	b.Status = enhancedOf(status)
	if b.Status == "" || strings.HasSuffix(b.Status, ".0.0") {
		if own := enhancedOf(firstWord(rest)); own != "" {
			b.Status = own
		} else if b.Code != 0 {
			b.Status = ""
		}
	}
	b.Blame = b.blame()
	return b
}

func (b *Bounce) blame() string {
	switch {
	case strings.HasPrefix(b.Status, "4."):
		return "soft" // tried for days, in vain
	case b.Status == "" && b.Code >= 400 && b.Code < 500:
		return "soft"
	}
	return blameOf(&SendError{Stage: StageRcpt, Code: b.Code, Enhanced: b.Status})
}

// enhancedOf is a status of RFC 3463 that says no; "" if s is none.
func enhancedOf(s string) string {
	for _, class := range []int{400, 500} {
		if status := enhanced(class, s); status != "" {
			return status
		}
	}
	return ""
}

func feedbackIn(g textproto.Header) *Feedback {
	f := &Feedback{Abuse: slices.Contains([]string{"abuse", "fraud"}, strings.ToLower(firstWord(g.Get("Feedback-Type"))))}
	f.From = strings.Trim(firstWord(g.Get("Original-Mail-From")), "<>")
	return f
}

func firstWord(s string) string {
	if fields := strings.Fields(s); len(fields) > 0 {
		return fields[0]
	}
	return ""
}
