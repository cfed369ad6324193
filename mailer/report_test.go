package mailer

import (
	"strings"
	"testing"
)

// dsn is a report as mail servers write it (RFC 3464), with the fields about
// the recipient given.
func dsn(recipient string) string {
	return crlf(`Return-Path: <>
Delivered-To: events+b-abc-0123456789@kohtaamo.example
From: MAILER-DAEMON@mail.example.org (Mail Delivery System)
To: events+b-abc-0123456789@kohtaamo.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="X/mail"

--X/mail
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you …
--X/mail
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org
Arrival-Date: Thu, 14 Jan 2027 10:00:00 +0200 (EET)

` + recipient + `
--X/mail
Content-Type: message/rfc822

From: Kohtaamo <events@kohtaamo.example>
Content-Type: multipart/report; boundary=inner

--inner
Content-Type: message/delivery-status

Reporting-MTA: dns; evil.example

Action: failed
Status: 5.1.1
--inner--
--X/mail--
`)
}

func TestReportsAreUnderstood(t *testing.T) {
	for _, test := range []struct {
		name, recipient string
		want            *Bounce
	}{
		{"postfix", "Final-Recipient: rfc822; aino@example.org\nOriginal-Recipient: rfc822;aino@example.org\nAction: failed\nStatus: 5.1.1\nRemote-MTA: dns; mx.example.org\nDiagnostic-Code: smtp; 550 5.1.1 <aino@example.org>: Recipient address\n    rejected: User unknown\n",
			&Bounce{550, "5.1.1", "550 5.1.1 <aino@example.org>: Recipient address rejected: User unknown", "hard"}},
		{"exchange", "Final-Recipient: rfc822;aino@example.org\nAction: failed\nStatus: 5.1.10\nDiagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup\n",
			&Bounce{550, "5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup", "hard"}},
		{"a line of several", "Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550-5.2.1 The account is disabled\n",
			&Bounce{550, "5.2.1", "550-5.2.1 The account is disabled", "hard"}},
		{"a general status with the whole code", "Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 5.2.1 The account is disabled\n",
			&Bounce{550, "5.2.1", "550 5.2.1 The account is disabled", "hard"}},
		{"a bare code", "Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 No such user here\n", &Bounce{550, "", "550 No such user here", "hard"}},
		{"full", "Action: failed\nStatus: 5.2.2\nDiagnostic-Code: smtp; 552 5.2.2 Mailbox full\n", &Bounce{552, "5.2.2", "552 5.2.2 Mailbox full", "soft"}},
		{"tried for days", "Action: failed\nStatus: 4.4.1\nDiagnostic-Code: smtp; connect to mx.example.org: timed out\n", &Bounce{0, "4.4.1", "connect to mx.example.org: timed out", "soft"}},
		{"our fault", "Action: failed\nStatus: 5.7.26\nDiagnostic-Code: smtp; 550 5.7.26 Unauthenticated email is not accepted\n", &Bounce{550, "5.7.26", "550 5.7.26 Unauthenticated email is not accepted", ""}},
		{"nothing but the action", "Action: Failed\n", &Bounce{Said: ""}},
		{"late", "Action: delayed\nStatus: 4.4.1\nWill-Retry-Until: Sun, 17 Jan 2027 10:00:00 +0200\n", nil},
		{"arrived", "Action: delivered\nStatus: 2.0.0\n", nil},
		{"late, then failed for another", "Action: delayed\nStatus: 4.4.1\n\nAction: failed\nStatus: 5.1.1\n", &Bounce{Status: "5.1.1", Blame: "hard"}},
		{"words on many lines stay on one", "Action: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 a\n\tb\x01c\n", &Bounce{550, "5.1.1", "550 a b c", "hard"}},
		{"a status that is none", "Action: failed\nStatus: 5.1.1.1\n", &Bounce{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			in, err := Receive([]byte(dsn(test.recipient)))
			if err != nil {
				t.Fatal(err)
			}
			switch {
			case in.Nature != Report || in.Feedback != nil:
				t.Errorf("read as %s, %+v", in.Nature, in.Feedback)
			case in.Bounce == nil || test.want == nil:
				if in.Bounce != test.want {
					t.Errorf("bounce = %+v, want %+v", in.Bounce, test.want)
				}
			case *in.Bounce != *test.want:
				t.Errorf("bounce = %+v, want %+v", *in.Bounce, *test.want)
			}
		})
	}
}

// arf is a complaint (RFC 5965) as a mail host passes it on.
func arf(kind, from string) string {
	return crlf(`From: feedback@mail.example.org
To: events@kohtaamo.example
Subject: FW: News
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary=b

--b
Content-Type: text/plain

This is an abuse report
--b
Content-Type: message/feedback-report

Feedback-Type: ` + kind + `
User-Agent: SomeGenerator/1.0
Version: 1
Original-Mail-From: ` + from + `

--b
Content-Type: message/rfc822

From: x
--b--
`)
}

func TestFeedbackIsUnderstood(t *testing.T) {
	for kind, abuse := range map[string]bool{"abuse": true, "Fraud": true, "not-spam": false, "opt-out": false, "virus": false} {
		in, err := Receive([]byte(arf(kind, "<events+b-abc-0123456789@kohtaamo.example>")))
		if err != nil || in.Feedback == nil || in.Bounce != nil {
			t.Fatalf("%s: %+v, %v", kind, in, err)
		}
		if *in.Feedback != (Feedback{abuse, "events+b-abc-0123456789@kohtaamo.example"}) {
			t.Errorf("%s: %+v", kind, *in.Feedback)
		}
	}
}

func FuzzReport(f *testing.F) {
	f.Add([]byte(dsn("Action: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 x\n")))
	f.Add([]byte(arf("abuse", "<a@b>")))
	f.Add([]byte(dsn(strings.Repeat("Action: failed\n\n", 2*maxGroups))))
	f.Add([]byte(dsn("Action:\nStatus: \n: x\n\x00\n")))
	f.Add([]byte("Content-Type: multipart/report; boundary=\"\"\r\n\r\n--\r\nContent-Type: message/delivery-status\r\n\r\nAction: failed"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		in, err := Receive(raw)
		if err != nil || in.Bounce == nil {
			return
		}
		b := in.Bounce
		if b.Blame != "" && b.Blame != "hard" && b.Blame != "soft" || b.Code != 0 && (b.Code < 400 || b.Code > 599) {
			t.Errorf("judged %+v", b)
		}
		if len([]rune(b.Said)) > 200 || strings.ContainsAny(b.Said+b.Status, "\r\n\x00") || len(b.Status) > 11 {
			t.Errorf("would write %+v", b)
		}
	})
}
