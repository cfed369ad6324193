package mailer

import (
	"context"
	"errors"
	"fmt"
	"net/textproto"
	"slices"
	"strings"
	"time"
)

// A Stage is how far a mail came on its way to a relay.
type Stage string

// The stages of an SMTP conversation.
const (
	StageConnect Stage = "connect" // up to the encrypted EHLO
	StageAuth    Stage = "sign in"
	StageMail    Stage = "sender"    // MAIL FROM
	StageRcpt    Stage = "recipient" // RCPT TO
	StageData    Stage = "body"      // DATA and the body before its end mark
	StageFinal   Stage = "reply"     // after the end mark: the relay may have taken the mail
)

// A SendError is why a mail did not leave.
type SendError struct {
	Stage    Stage
	Code     int    // the relay's reply code; 0 if it did not answer
	Enhanced string // its enhanced status, "5.1.1" (RFC 3463), if it gave one
	Err      error

	broken bool // the conversation cannot go on
}

func (e *SendError) Error() string { return fmt.Sprintf("%s: %v", e.Stage, e.Err) }

// Unwrap gives the error of the connection or the relay's reply.
func (e *SendError) Unwrap() error { return e.Err }

// replied reports whether the relay said no; otherwise the connection failed.
func (e *SendError) replied() bool { return e.Code != 0 }

// gone reports whether a kept connection turned out to be closed.
func (e *SendError) gone() bool { return e.Code == 0 || e.Code == 421 }

func asSendError(err error) *SendError {
	var se *SendError
	errors.As(err, &se)
	return se
}

func sendError(stage Stage, err error) *SendError {
	e := &SendError{Stage: stage, Err: err}
	var reply *textproto.Error
	if errors.As(err, &reply) {
		e.Code = reply.Code
		e.Enhanced = enhanced(reply.Code, reply.Msg)
	}
	return e
}

// enhanced reads the status at the start of a reply; nothing if it contradicts
// the code.
func enhanced(code int, msg string) string {
	status, _, _ := strings.Cut(msg, " ")
	status, _, _ = strings.Cut(status, "\n")
	parts := strings.Split(status, ".")
	if len(parts) != 3 || parts[0] != fmt.Sprint(code/100) {
		return ""
	}
	for _, p := range parts {
		if p == "" || len(p) > 3 || strings.Trim(p, "0123456789") != "" {
			return ""
		}
	}
	return status
}

// fate is what becomes of a mail after an attempt.
type fate int

const (
	delivered fate = iota
	tryAgain       // refused for now; one more try is counted
	goBack         // nothing was said about this mail: it waits as if not tried
	refused        // for good
	trouble        // the transport does not work: it rests, the mail waits untouched
)

// verdict is what an attempt's error means.
type verdict struct {
	fate  fate
	blame string        // "hard" or "soft" if the address is at fault
	pause time.Duration // at least, before the next try
	alarm bool          // somebody has to mend a setting
	slow  bool          // the recipient's mail hosts want less
	grey  bool          // a stranger is asked to come again: greylisting
}

// Pauses that do not grow.
const (
	greyPause = 5 * time.Minute // greylisting lets a mail in after some minutes
	backPause = time.Minute
)

// classify decides what an error of a Transport means (RFC 5321, section 4.2,
// and RFC 3463).
func classify(err error) verdict {
	if err == nil {
		return verdict{fate: delivered}
	}
	e := asSendError(err)
	switch {
	case errors.Is(err, context.Canceled):
		return verdict{fate: goBack}
	case e == nil || e.Stage == StageConnect:
		return verdict{fate: trouble}
	case e.Stage == StageAuth:
		return verdict{fate: trouble, alarm: e.replied()}
	case !e.replied():
		return verdict{fate: tryAgain}
	case e.Stage == StageMail:
		return ofSender(e)
	case e.Code == 421:
		return verdict{fate: goBack, pause: backPause, slow: !strings.HasPrefix(e.Enhanced, "4.3.")} // that is the relay itself
	case e.Code < 500 && e.Enhanced == "4.7.1" && e.Stage == StageRcpt:
		return verdict{fate: tryAgain, pause: greyPause, grey: true}
	case e.Code < 500 && strings.HasPrefix(e.Enhanced, "4.7."):
		return verdict{fate: goBack, pause: backPause, slow: true}
	case e.Code < 500:
		return verdict{fate: tryAgain}
	}
	return verdict{fate: refused, blame: blameOf(e)}
}

// ofSender judges a refused MAIL: it is our side that is not wanted. A relay
// that wants us to sign in or to slow down rests; a sender it does not know is
// the setting of one cluster and must not stop the others.
func ofSender(e *SendError) verdict {
	switch {
	case e.Code == 530:
		return verdict{fate: trouble, alarm: true}
	case e.Code < 500:
		return verdict{fate: trouble}
	}
	return verdict{fate: tryAgain, alarm: true}
}

// blameOf tells whether a refusal for good says something about the address.
func blameOf(e *SendError) string {
	hard := []string{"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"}
	bare := e.Enhanced == "" && (e.Code == 550 || e.Code == 551 || e.Code == 553)
	switch {
	case slices.Contains(hard, e.Enhanced), bare && e.Stage == StageRcpt:
		return "hard"
	case e.Enhanced == "5.2.2", e.Enhanced == "5.3.4", e.Enhanced == "" && e.Code == 552:
		return "soft"
	}
	return "" // 5.7.x is about us or the content
}

var pauses = []time.Duration{
	time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 3 * time.Hour, 8 * time.Hour, 24 * time.Hour,
}

// pauseAfter is how long a mail waits after so many tries; chance, in [0, 1),
// spreads mails that were refused together.
func pauseAfter(tries int, atLeast time.Duration, chance float64) time.Duration {
	p := pauses[min(max(tries, 1), len(pauses))-1]
	if atLeast >= p { // what a host asked for is not made shorter
		return time.Duration(float64(atLeast) * (1 + 0.2*chance))
	}
	return time.Duration(float64(p) * (0.8 + 0.4*chance))
}
