package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"kohtaamo/mailer"
	"kohtaamo/scheduling"
)

const mailHelp = `Takes a message that came to the mailbox of --inbound, from standard input: an
answer to an invite is kept, with what follows from it, and so is the report of
a mail server that a mail of ours came back (RFC 3464) or was called spam (RFC
5965). Anything else is ignored with a word; nothing is stored. The same message
twice does the same once. The website may run meanwhile.

Each mail leaves with an envelope sender of its own in that mailbox, and a report
counts only if it was sent there, whatever it says. SPF has to allow the relay
for the domain of --inbound.

It is made to stand behind a mail server, which decides by the exit status:
  0   done, or ignored, and one line says what. What cannot be read counts as
      ignored: neither a bounce to its sender nor another try would mend it
  75  to be handed in again later (EX_TEMPFAIL), because the database is busy or
      not to be reached. Postfix and Exim keep the message and try again
  2   wrong use: the line that calls this is to be mended. Mail servers bounce

Postfix, in master.cf, with a mailbox that takes events+ANYTHING:
  (in main.cf: kohtaamo_destination_recipient_limit = 1)
  kohtaamo  unix  -  n  n  -  1  pipe
    flags=DX user=kohtaamo argv=/usr/local/bin/kohtaamo mail receive
    --database=file:/var/lib/kohtaamo/kohtaamo.db --inbound=events@example.org
    --inbound-authserv=mx.example.org

The settings have to be those of kohtaamo serve; as environment variables they
are said once for both.`

// drainLimit is how much more of a message that is too large is read, so that
// the mail server can finish writing it.
const drainLimit = 256 << 20

func mailCommand(ctx context.Context, c *console, args []string) error {
	flags := newFlags(c, "mail", "receive < MESSAGE", mailHelp)
	config := addSettings(flags, c, withDesk)
	words, err := parse(flags, args, 1, 1)
	if err != nil {
		return err
	}
	if words[0] != "receive" {
		return wrongUse("say kohtaamo mail receive, with a message on standard input")
	}
	cfg, err := config()
	if err != nil {
		return err
	}
	raw, err := io.ReadAll(io.LimitReader(c.stdin, mailer.MaxMessage+1))
	if err == nil {
		_, err = io.Copy(io.Discard, io.LimitReader(c.stdin, drainLimit))
	}
	if err == nil {
		err = receiveMail(ctx, c, cfg, raw)
	}
	if err != nil {
		return &laterError{cfg.discreet(err)}
	}
	return nil
}

func receiveMail(ctx context.Context, c *console, cfg *config, raw []byte) error {
	h, err := open(ctx, c, cfg, false)
	if err != nil {
		return err
	}
	defer h.close()
	by := scheduling.Actor{Name: "command line", Via: "cli", Grants: []scheduling.Grant{{Role: scheduling.Administrator}}}
	got, err := h.desk.ReceiveMail(ctx, by, raw)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.stdout, "%s: %s\n", got.Reception, got.Detail)
	return err
}

// inbound is an address that can be made longer: each invite asks for answers
// to one of its own.
func (m *mistakes) inbound(s string) string {
	if s == "" {
		return ""
	}
	address, err := mailer.ParseAddress(s)
	local, _, _ := strings.Cut(address, "@")
	switch {
	case err != nil:
		m.add("inbound", "%q is not a mail address such as events@example.org", s)
	case strings.Contains(local, "+"):
		m.add("inbound", "%q has a + before the @ already; what comes after it is ours to say", s)
	case len(local) > scheduling.LongestInbound:
		m.add("inbound", "%q has more than %d letters before the @", s, scheduling.LongestInbound)
	}
	return address
}

func (m *mistakes) authserv(s, inbound string) string {
	switch {
	case strings.ContainsAny(s, " \t\r\n;()\""):
		m.add("inbound-authserv", "%q is not a name such as mx.example.org, the first word of Authentication-Results", s)
	case s != "" && inbound == "":
		m.add("inbound-authserv", "is of no use without --inbound")
	}
	return s
}
