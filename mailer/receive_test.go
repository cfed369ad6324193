package mailer

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
)

// crlf writes a message as it goes over the wire.
func crlf(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }

// calendarReply is an answer as the program named after prodID writes it; what
// else it says stands in extra.
func calendarReply(prodID, extra string) string {
	return crlf("BEGIN:VCALENDAR\nPRODID:" + prodID + "\nVERSION:2.0\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:1f0c6d1e-5a0b-4d7e-9c35-1d2f6e0a9b11\n" +
		"DTSTAMP:20270114T080000Z\nSEQUENCE:0\n" + extra + "END:VEVENT\nEND:VCALENDAR\n")
}

func base64Lines(s string) string {
	var b strings.Builder
	for chunk := range slices.Chunk([]byte(base64.StdEncoding.EncodeToString([]byte(s))), 76) {
		b.Write(append(chunk, '\r', '\n'))
	}
	return b.String()
}

// Exchange and outlook.com: the calendar last in an alternative, in base64, and
// no ORGANIZER in it.
func exchangeReply() (message, calendar string) {
	calendar = calendarReply("Microsoft Exchange Server 2010", "ATTENDEE;PARTSTAT=ACCEPTED;CN=Aino Väisänen:MAILTO:aino@example.org\nCOMMENT;LANGUAGE=fi-FI:Nähdään\nSUMMARY;LANGUAGE=fi-FI:Hyväksytty: CircularArena\n")
	return crlf(`Received: from mail-he1eur04.outbound.protection.outlook.com (40.107.7.42) by mx.kohtaamo.example; Thu, 14 Jan 2027 08:00:01 +0000
Authentication-Results: mx.kohtaamo.example; spf=pass (sender IP is 40.107.7.42)
 smtp.mailfrom=example.org; dkim=pass (signature was verified)
 header.d=example.org;dmarc=pass action=none header.from=example.org;compauth=pass reason=100
Delivered-To: events+abc@kohtaamo.example
From: =?iso-8859-1?Q?V=E4is=E4nen_Aino?= <Aino@Example.org>
To: Outi Organiser <events+abc@kohtaamo.example>
Subject: =?iso-8859-1?Q?Hyv=E4ksytty:_CircularArena?=
Thread-Topic: CircularArena
Date: Thu, 14 Jan 2027 08:00:00 +0000
Message-ID: <HE1PR04MB1@HE1PR04MB1.eurprd04.prod.outlook.com>
X-MS-Has-Attach:
X-MS-TNEF-Correlator:
Content-Type: multipart/alternative;
	boundary="_002_HE1PR04MB1_"
MIME-Version: 1.0

--_002_HE1PR04MB1_
Content-Type: text/plain; charset="iso-8859-1"
Content-Transfer-Encoding: quoted-printable

N=E4hd=E4=E4n

--_002_HE1PR04MB1_
Content-Type: text/calendar; charset="utf-8"; method=REPLY
Content-Transfer-Encoding: base64

`) + base64Lines(calendar) + crlf("\n--_002_HE1PR04MB1_--\n"), calendar
}

// Gmail: the calendar twice, once to read and once attached, 7bit.
func gmailReply() (message, calendar string) {
	calendar = calendarReply("-//Google Inc//Google Calendar 70.9054//EN", "ORGANIZER;CN=Outi Organiser:mailto:events+abc@kohtaamo.example\nATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=DECLINED;CN=aino@ex\n ample.org;X-NUM-GUESTS=0:mailto:aino@example.org\nSUMMARY:CircularArena\n")
	return crlf(`Return-Path: <aino@example.org>
X-Original-To: events+abc@kohtaamo.example
Authentication-Results: mx.kohtaamo.example;
	dkim=pass (2048-bit key; unprotected) header.d=example-org.20230601.gappssmtp.com header.i=@example-org.20230601.gappssmtp.com header.a=rsa-sha256;
	dkim=pass header.d=google.com header.i=@google.com
Authentication-Results: mx.kohtaamo.example; dmarc=fail (p=none dis=none) header.from=example.org
Reply-To: aino@example.org
Sender: Google Calendar <calendar-notification@google.com>
Auto-Submitted: auto-generated
Message-ID: <calendar-5b2d@google.com>
Date: Thu, 14 Jan 2027 08:00:00 +0000
Subject: Declined: CircularArena
From: aino@example.org
To: events+abc@kohtaamo.example
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="0000000000008f"

--0000000000008f
Content-Type: multipart/alternative; boundary="0000000000008e"

--0000000000008e
Content-Type: text/plain; charset="UTF-8"; format=flowed; delsp=yes
Content-Transfer-Encoding: base64

YWlubw==
--0000000000008e
Content-Type: text/calendar; charset="UTF-8"; method=REPLY
Content-Transfer-Encoding: 7bit

`) + calendar + crlf(`
--0000000000008e--
--0000000000008f
Content-Type: application/ics; name="invite.ics"
Content-Disposition: attachment; filename="invite.ics"
Content-Transfer-Encoding: base64

`) + base64Lines(calendar) + crlf("--0000000000008f--\n"), calendar
}

// Apple: an alternative in a mixed, quoted-printable.
func appleReply() (message, calendar string) {
	calendar = calendarReply("-//Apple Inc.//macOS 14.5//EN", "ATTENDEE;CN=Aino;PARTSTAT=TENTATIVE:mailto:aino@example.org\nORGANIZER;CN=Outi:mailto:events+abc@kohtaamo.example\n")
	return crlf(`From: Aino <aino@example.org>
Content-Type: multipart/mixed; boundary="Apple-Mail=_3F"
Mime-Version: 1.0 (Mac OS X Mail 16.0)
Date: Thu, 14 Jan 2027 10:00:00 +0200
To: events+abc@kohtaamo.example
X-Mailer: Apple Mail

--Apple-Mail=_3F
Content-Type: text/plain; charset=us-ascii

Aino has tentatively accepted.

--Apple-Mail=_3F
Content-Disposition: attachment; filename=reply.ics
Content-Type: text/calendar; method=REPLY; name=reply.ics; charset=utf-8
Content-Transfer-Encoding: quoted-printable

`) + strings.ReplaceAll(calendar, "=", "=3D") + crlf("\n--Apple-Mail=_3F--\n"), calendar
}

// Thunderbird: 8bit, and octets of UTF-8 as they are.
func thunderbirdReply() (message, calendar string) {
	calendar = calendarReply("-//Mozilla.org/NONSGML Mozilla Calendar V1.1//EN", "ATTENDEE;CN=Aino Väisänen;PARTSTAT=ACCEPTED;ROLE=REQ-PARTICIPANT:mailto:aino@example.org\nCOMMENT:Tervetuloa meillekin\\, kevät on täällä\n")
	return crlf(`From: =?UTF-8?Q?Aino_V=C3=A4is=C3=A4nen?= <aino@example.org>
To: events+abc@kohtaamo.example
Subject: Invitation Reply (Accepted): CircularArena
MIME-Version: 1.0
User-Agent: Mozilla Thunderbird
Content-Type: multipart/mixed; boundary="------------A9"

This is a multi-part message in MIME format.
--------------A9
Content-Type: multipart/alternative; boundary="------------B0"

--------------B0
Content-Type: text/plain; charset=UTF-8; format=flowed
Content-Transfer-Encoding: 8bit

Aino Väisänen has accepted.
--------------B0
Content-Type: text/calendar; charset="UTF-8"; method=REPLY
Content-Transfer-Encoding: 8bit

`) + calendar + crlf("\n--------------B0--\n\n--------------A9--\n"), calendar
}

func TestReceive(t *testing.T) {
	for name, shape := range map[string]func() (string, string){
		"Exchange": exchangeReply, "Gmail": gmailReply, "Apple": appleReply, "Thunderbird": thunderbirdReply,
	} {
		t.Run(name, func(t *testing.T) {
			raw, calendar := shape()
			for _, raw := range []string{raw, "From aino@example.org Thu Jan 14 08:00:00 2027\n" + raw, strings.ReplaceAll(raw, "\r\n", "\n")} {
				in, err := Receive([]byte(raw))
				if err != nil {
					t.Fatal(err)
				}
				if in.Nature == Report || in.From != "aino@example.org" || !slices.Equal(in.To, []string{"events+abc@kohtaamo.example"}) {
					t.Errorf("%s from %q to %q", in.Nature, in.From, in.To)
				}
				if len(in.Calendars) == 0 {
					t.Fatal("no calendar")
				}
				for _, c := range in.Calendars {
					if got := strings.TrimSpace(crlf(strings.ReplaceAll(string(c), "\r\n", "\n"))); got != strings.TrimSpace(calendar) {
						t.Errorf("the calendar is\n%q, want\n%q", got, calendar)
					}
				}
			}
		})
	}
}

// An older program writes Latin-1, and is read as UTF-8.
func TestReceiveLatin1(t *testing.T) {
	calendar := calendarReply("-//Old//EN", "COMMENT:Tulen myöhässä\n")
	body, err := charmap.ISO8859_1.NewEncoder().String(calendar)
	if err != nil {
		t.Fatal(err)
	}
	in, err := Receive([]byte(crlf("From: a@example.org\nContent-Type: text/calendar; charset=ISO-8859-1; method=REPLY\nContent-Transfer-Encoding: 8bit\n\n") + body))
	if err != nil || len(in.Calendars) != 1 || string(in.Calendars[0]) != calendar {
		t.Errorf("%v, %q", err, in.Calendars)
	}
}

func TestNature(t *testing.T) {
	for header, want := range map[string]Nature{
		"Subject: Hello":                          Written,
		"Auto-Submitted: no":                      Written,
		"Auto-Submitted: auto-replied (vacation)": Automatic,
		"Auto-Submitted: auto-replied; owner-email=\"a@example.org\"": Automatic,
		"Precedence: auto_reply": Automatic,
		"X-Autoreply: yes":       Automatic,
		"Return-Path: <>":        Automatic,
		"Content-Type: multipart/report; report-type=delivery-status; boundary=b":          Report,
		"Content-Type: multipart/report; report-type=disposition-notification; boundary=b": Report,
	} {
		in, err := Receive([]byte("From: a@example.org\r\n" + header + "\r\n\r\nText\r\n"))
		if err != nil || in.Nature != want {
			t.Errorf("%s: %+v, %v; want %s", header, in, err, want)
		}
	}
}

// What a bounce or a forwarded message quotes is not what its sender says.
func TestQuotedCalendarsAreNotRead(t *testing.T) {
	inner, _ := exchangeReply()
	for _, kind := range []string{"multipart/report; report-type=delivery-status", "multipart/mixed"} {
		raw := "From: a@example.org\r\nContent-Type: " + kind + "; boundary=outer\r\n\r\n--outer\r\nContent-Type: message/rfc822\r\n\r\n" + inner + "\r\n--outer--\r\n"
		in, err := Receive([]byte(raw))
		if err != nil || len(in.Calendars) != 0 {
			t.Errorf("%s: %v, %d calendars", kind, err, len(in.Calendars))
		}
	}
}

func TestAuthor(t *testing.T) {
	for from, want := range map[string]string{
		"From: Aino <Aino@Example.org>":              "aino@example.org",
		"From: a@example.org, b@example.org":         "",
		"From: a@example.org\r\nFrom: b@example.org": "",
		"From: nobody": "",
		"From: \"b@example.org\" <a@example.org>": "a@example.org",
		"Subject: none": "",
		"From: <a@example.org>" + strings.Repeat(" ", 17<<10) + "x": "",
	} {
		in, err := Receive([]byte(from + "\r\n\r\n"))
		if err != nil || in.From != want {
			t.Errorf("%.60s: %+v, %v; want %q", from, in, err, want)
		}
	}
}

// nested is a message with parts within parts.
func nested(depth int) []byte {
	var head, tail strings.Builder
	head.WriteString("From: a@example.org\r\n")
	for i := range depth {
		fmt.Fprintf(&head, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i)
	}
	head.WriteString("Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\n")
	for i := depth - 1; i >= 0; i-- {
		fmt.Fprintf(&tail, "\r\n--b%d--\r\n", i)
	}
	return []byte(head.String() + tail.String())
}

func TestReceiveLimits(t *testing.T) {
	many := "From: a@example.org\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + strings.Repeat("--b\r\nContent-Type: text/plain\r\n\r\nx\r\n", 200) + "--b--\r\n"
	for name, raw := range map[string][]byte{
		"too large":       bytes.Repeat([]byte("a"), MaxMessage+1),
		"too many lines":  bytes.Repeat([]byte("a:\n"), maxLines+1),
		"a long header":   []byte(strings.Repeat("X: "+strings.Repeat("y", 900)+"\r\n", 400) + "\r\n"),
		"no header":       []byte("Hello\r\nthere\r\n"),
		"too deep":        nested(20),
		"too many parts":  []byte(many),
		"no boundary":     []byte("Content-Type: multipart/mixed\r\n\r\n--\r\n"),
		"a long boundary": []byte("Content-Type: multipart/mixed; boundary=" + strings.Repeat("b", 5000) + "\r\n\r\n--\r\n"),
	} {
		if in, err := Receive(raw); !errors.Is(err, ErrUnreadable) {
			t.Errorf("%s: %+v, %v", name, in, err)
		}
	}
	if in, err := Receive(nested(maxNesting)); err != nil || len(in.Calendars) != 1 {
		t.Errorf("as deep as may be: %+v, %v", in, err)
	}
	addresses := "To: " + strings.Repeat("a@example.org, ", 3) + "b@example.org\r\nCc: broken <\r\n\r\n"
	if in, err := Receive([]byte(addresses)); err != nil || !slices.Equal(in.To, []string{"a@example.org", "b@example.org"}) {
		t.Errorf("recipients: %+v, %v", in, err)
	}
}

func TestVouched(t *testing.T) {
	const ours = "mx.kohtaamo.example"
	for name, test := range map[string]struct {
		results []string
		want    bool
	}{
		"DMARC passed":                    {[]string{ours + "; dmarc=pass header.from=example.org"}, true},
		"and says no domain":              {[]string{ours + "; dmarc=pass"}, true},
		"in capitals, with a version":     {[]string{strings.ToUpper(ours) + " 1; DMARC=Pass header.from=Example.Org"}, true},
		"of another domain":               {[]string{ours + "; dmarc=pass header.from=example.com"}, false},
		"DMARC failed":                    {[]string{ours + "; dkim=pass header.d=example.org; dmarc=fail header.from=example.org"}, false},
		"signed by the domain":            {[]string{ours + "; dkim=pass header.d=example.org"}, true},
		"by a part of it":                 {[]string{ours + "; dkim=pass header.i=@mail.example.org"}, true},
		"by somebody else":                {[]string{ours + "; dkim=pass header.d=example.com"}, false},
		"by somebody else in one country": {[]string{ours + "; dkim=pass header.d=org"}, false},
		"signed wrongly":                  {[]string{ours + "; dkim=fail header.d=example.org"}, false},
		"SPF alone":                       {[]string{ours + "; spf=pass smtp.mailfrom=example.org"}, false},
		"another server's":                {[]string{"mx.evil.example; dmarc=pass header.from=example.org"}, false},
		"ours below another's":            {[]string{"list.example; dkim=fail", ours + "; dmarc=pass header.from=example.org"}, true},
		"forged below ours":               {[]string{ours + "; dmarc=fail header.from=example.org", ours + "; dmarc=pass header.from=example.org"}, false},
		"nothing found":                   {[]string{ours + "; none"}, false},
		"none at all":                     {nil, false},
		"in a comment":                    {[]string{ours + "; spf=fail (helo x; dmarc=pass header.from=example.org) smtp.helo=x"}, false},
		"in a comment in a comment":       {[]string{ours + `; spf=fail (a (b\) ; dmarc=pass) c; dmarc=pass ) smtp.helo=x`}, false},
		"in quotes":                       {[]string{ours + `; spf=fail smtp.mailfrom="x; dmarc=pass header.from=example.org; y=z "@evil.example`}, false},
		"in quotes with one inside":       {[]string{ours + `; spf=fail smtp.mailfrom="x\"; dmarc=pass; "@evil.example`}, false},
		"quotes that do not end":          {[]string{ours + `; spf=fail smtp.helo="; dmarc=pass header.from=example.org`}, false},
		"a quoted domain":                 {[]string{ours + `; dmarc=pass header.from="example.org"`}, true},
		"a comment beside it":             {[]string{ours + ` (our own); dmarc=pass (p=none; dis=none) header.from=example.org`}, true},
	} {
		in := &Incoming{From: "aino@example.org", results: test.results}
		if got := in.Vouched(ours); got != test.want {
			t.Errorf("%s: %t, want %t", name, got, test.want)
		}
		if in.Vouched("") || in.Vouched("another.example") {
			t.Errorf("%s: a server that we do not know vouches", name)
		}
		if (&Incoming{results: test.results}).Vouched(ours) {
			t.Errorf("%s: vouched for nobody", name)
		}
	}
}

func TestVouchedInOrder(t *testing.T) {
	for _, test := range []struct {
		shape func() (string, string)
		want  bool
	}{{exchangeReply, true}, {gmailReply, false}, {appleReply, false}} {
		raw, _ := test.shape()
		in, err := Receive([]byte(raw))
		if err != nil || in.Vouched("mx.kohtaamo.example") != test.want {
			t.Errorf("%v, vouched %t; results %q", err, !test.want, in.results)
		}
	}
}

// FuzzReceive: whatever comes is read or refused, and what is read stays within
// its limits.
func FuzzReceive(f *testing.F) {
	for _, shape := range []func() (string, string){exchangeReply, gmailReply, appleReply, thunderbirdReply} {
		raw, _ := shape()
		f.Add([]byte(raw))
	}
	f.Add(nested(maxNesting))
	f.Add(nested(maxNesting + 2))
	for _, s := range []string{
		"", "\r\n", "From x\n", "From: a@b\r\nContent-Type: multipart/mixed; boundary=\"\"\r\n\r\n--\r\n",
		"Content-Type: text/calendar; charset=utf-7\r\nContent-Transfer-Encoding: base64\r\n\r\n====",
		"Content-Type: multipart/mixed; boundary*0=a; boundary*1=b; boundary*2=c\r\n\r\n--abc\r\n\r\n--abc--",
		"Authentication-Results: x (((; dmarc=pass\r\nFrom: =?utf-8?q?=00?= <a@b>\r\nTo: a@b,,,;:<>()\r\n\r\n",
		"Content-Type: text/calendar; charset=iso-2022-jp\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=1B$B=\r\n=1B",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		in, err := Receive(raw)
		if err != nil {
			if !errors.Is(err, ErrUnreadable) || in != nil {
				t.Fatalf("%v with %+v", err, in)
			}
			return
		}
		in.Vouched("mx.kohtaamo.example")
		if len(in.To) > maxAddresses || len(in.Calendars) > maxCalendars {
			t.Fatalf("%d addresses, %d calendars", len(in.To), len(in.Calendars))
		}
		for _, c := range in.Calendars {
			if len(c) > maxCalendar {
				t.Fatalf("a calendar of %d octets", len(c))
			}
		}
	})
}
