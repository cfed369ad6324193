package mailer

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/wneessen/go-mail/smtp"
)

// Time-outs by stage. RFC 5321, section 4.5.3.2, asks for minutes, and the
// longest for the last reply: giving up on it too early makes duplicates.
const (
	connectTime = 30 * time.Second
	commandTime = 2 * time.Minute
	bodyTime    = 5 * time.Minute
	finalTime   = 10 * time.Minute
)

// conn is one conversation with a relay. One goroutine at a time has it.
type conn struct {
	raw    net.Conn // beneath any encryption, to cut it off
	client *smtp.Client
	batch  bool   // the relay takes several commands at once (RFC 2920)
	chunks bool   // and bodies that say how long they are (RFC 3030)
	space  []byte // of the body under way, kept for the next
	uses   int
	old    atomic.Bool // set when age rings
	age    *time.Timer
	idle   *time.Timer // while it waits for its next use
}

// dial connects, encrypts and signs in.
func dial(ctx context.Context, s *relaySetting) (*conn, error) {
	ctx, cancel := context.WithTimeout(ctx, connectTime)
	defer cancel()
	raw, err := new(net.Dialer).DialContext(ctx, "tcp", s.address())
	if err != nil {
		return nil, &SendError{Stage: StageConnect, Err: err}
	}
	defer context.AfterFunc(ctx, func() { raw.Close() })()
	c := &conn{raw: raw}
	c.age = time.AfterFunc(maxAge, func() { c.old.Store(true) })
	if err := c.greet(s); err != nil {
		c.cut()
		return nil, sendError(StageConnect, err)
	}
	if err := c.auth(s); err != nil {
		c.cut()
		return nil, sendError(StageAuth, err)
	}
	c.negotiate(s.wire)
	return c, nil
}

// greet goes as far as the encrypted EHLO.
func (c *conn) greet(s *relaySetting) (err error) {
	wire := c.raw
	if s.implicit {
		wire = tls.Client(c.raw, s.tls)
	}
	if c.client, err = smtp.NewClient(wire, s.host); err != nil {
		return err
	}
	c.client.SkipSMTPUTF8(true)
	if err := c.client.Hello(s.helo); err != nil {
		return err
	}
	if s.implicit || s.starttls == tlsNone {
		return nil
	}
	if ok, _ := c.extension("STARTTLS"); !ok {
		if s.starttls == tlsOpportunistic {
			return nil
		}
		return errors.New("the relay does not offer STARTTLS; tls=none in the mail setting would go without encryption")
	}
	return c.client.StartTLS(s.tls)
}

// negotiate chooses the shortest way to send that the relay offers and the
// setting allows.
func (c *conn) negotiate(most wireUse) {
	batch, _ := c.extension("PIPELINING")
	chunks, _ := c.extension("CHUNKING")
	c.batch = batch && most != wirePlain
	c.chunks = c.batch && chunks && most == wireChunks
}

func (c *conn) extension(name string) (bool, string) { return c.client.Extension(name) }

// auth signs in by the best way that the relay offers.
func (c *conn) auth(s *relaySetting) error {
	if s.user == "" {
		return nil
	}
	_, offered := c.extension("AUTH")
	ways := strings.Fields(strings.ToUpper(offered))
	clear := isLoopback(s.host) // parseRelay sees to it that elsewhere it is encrypted
	switch {
	case slices.Contains(ways, "SCRAM-SHA-256"):
		return c.client.Auth(smtp.ScramSHA256Auth(s.user, s.pass))
	case slices.Contains(ways, "PLAIN"):
		return c.client.Auth(smtp.PlainAuth("", s.user, s.pass, s.host, clear))
	case slices.Contains(ways, "LOGIN"):
		return c.client.Auth(smtp.LoginAuth(s.user, s.pass, s.host, clear))
	}
	return fmt.Errorf("the relay offers none of SCRAM-SHA-256, PLAIN, LOGIN to sign in, only %q", offered)
}

// fresh reports whether c may carry another mail.
func (c *conn) fresh() bool { return c.uses < maxUses && !c.old.Load() }

// send gives e to the relay and reports whether the conversation can go on.
// When ctx ends the connection is cut.
func (c *conn) send(ctx context.Context, e *Envelope) (usable bool, err error) {
	defer context.AfterFunc(ctx, func() { c.raw.Close() })()
	c.uses++
	if c.chunks {
		return c.sendChunks(e)
	}
	if err := c.open(e); err != nil {
		return c.recover(err), err
	}
	c.client.UpdateDeadline(bodyTime)
	c.space = stuffed(c.space[:0], e.Body)
	w := c.client.Text.W
	w.Write(c.space)
	if err := w.Flush(); err != nil {
		return false, sendError(StageData, err)
	}
	return c.finish(e, ".\r\n")
}

// sendChunks is send with the body in two chunks: all but its last line, which
// leaves with the first commands, and that line. The relay is silent only twice.
func (c *conn) sendChunks(e *Envelope) (usable bool, err error) {
	c.client.UpdateDeadline(bodyTime)
	cut := lastLine(e.Body)
	c.space = append(c.space[:0], "MAIL FROM:<"+e.From+">\r\nRCPT TO:<"+e.To+">\r\nBDAT "+strconv.Itoa(cut)+"\r\n"...)
	c.space = append(c.space, e.Body[:cut]...)
	w := c.client.Text.W
	w.Write(c.space)
	w.Flush() // an error shows when the reply is read
	var first error
	for _, stage := range []Stage{StageMail, StageRcpt, StageData} {
		expect := 25
		if stage == StageData {
			expect = 250
		}
		err := c.hear(stage, expect)
		if first == nil {
			first = err
		}
		if err != nil && (!asSendError(err).replied() || asSendError(err).Code == 421) {
			return false, first
		}
	}
	if first != nil {
		return c.recover(first), first
	}
	last := e.Body[cut:]
	return c.finish(e, "BDAT "+strconv.Itoa(len(last))+" LAST\r\n"+string(last))
}

// lastLine is where the last line of a body begins.
func lastLine(body []byte) int {
	return bytes.LastIndexByte(bytes.TrimSuffix(body, []byte("\r\n")), '\n') + 1
}

// finish writes the end of a body, behind which the relay may take the mail, and
// hears what it says.
func (c *conn) finish(e *Envelope, end string) (usable bool, err error) {
	c.client.UpdateDeadline(finalTime)
	if err := e.handing(); err != nil { // nothing between it and the end: who is killed there has told neither
		return false, err
	}
	c.client.Text.W.WriteString(end)
	c.client.Text.W.Flush()
	if _, _, err := c.client.Text.ReadResponse(250); err != nil {
		err := sendError(StageFinal, err)
		return err.replied() && err.Code != 421, err
	}
	return true, nil
}

// open goes up to the relay's "start mail input". Where the relay allows, the
// three commands leave in one packet.
func (c *conn) open(e *Envelope) error {
	c.client.UpdateDeadline(commandTime)
	commands := []string{"MAIL FROM:<" + e.From + ">", "RCPT TO:<" + e.To + ">", "DATA"}
	if c.batch {
		c.say(commands...)
	}
	var first error
	for i, stage := range []Stage{StageMail, StageRcpt, StageData} {
		if !c.batch {
			c.say(commands[i])
		}
		expect := 25 // 250, or 251 where the relay forwards
		if stage == StageData {
			expect = 354
		}
		err := c.hear(stage, expect)
		if first == nil {
			first = err
		}
		if err != nil && (!c.batch || !asSendError(err).replied() || asSendError(err).Code == 421) {
			return first
		}
		if err == nil && stage == StageData && first != nil {
			return c.nothing(first) // a relay that takes a body for nobody
		}
	}
	return first
}

// say writes commands; an error shows when the reply is read.
func (c *conn) say(commands ...string) {
	for _, s := range commands {
		c.client.Text.W.WriteString(s + "\r\n")
	}
	c.client.Text.W.Flush()
}

func (c *conn) hear(stage Stage, expect int) error {
	if _, _, err := c.client.Text.ReadResponse(expect); err != nil {
		return sendError(stage, err)
	}
	return nil
}

// nothing ends a body that was asked for although no recipient was taken.
func (c *conn) nothing(first error) error {
	c.say(".")
	if _, _, err := c.client.Text.ReadResponse(0); err != nil {
		asSendError(first).broken = true
	}
	return first
}

// recover makes the conversation usable after a refusal, if it can be.
func (c *conn) recover(err error) bool {
	se := asSendError(err)
	if !se.replied() || se.Code == 421 || se.broken {
		return false
	}
	c.say("RSET")
	_, _, err = c.client.Text.ReadResponse(250)
	return err == nil
}

// quit says goodbye; nobody waits long for the answer.
func (c *conn) quit() {
	c.client.UpdateDeadline(5 * time.Second)
	c.say("QUIT")
	_, _, _ = c.client.Text.ReadResponse(221)
	c.cut()
}

func (c *conn) cut() {
	c.age.Stop()
	c.raw.Close()
}

// stuffed appends a body as it goes over the wire, up to its end mark: a dot
// before each line that starts with one (RFC 5321, section 4.5.2).
func stuffed(out, body []byte) []byte {
	for len(body) > 0 {
		if body[0] == '.' {
			out = append(out, '.')
		}
		i := bytes.Index(body, []byte("\n."))
		if i < 0 {
			return append(out, body...)
		}
		out = append(out, body[:i+1]...)
		body = body[i+1:]
	}
	return out
}
