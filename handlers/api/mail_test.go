package api

import (
	"strings"
	"testing"

	"kohtaamo/scheduling"
)

const holidayReply = "From: aino@example.org\r\nTo: events@example.org\r\nAuto-Submitted: auto-replied\r\n\r\nI am away.\r\n"

func TestReceiveMail(t *testing.T) {
	h := newHouse(t)
	h.tokens["mailer"] = token{scheduling.Actor{ID: "t-mail", Name: "Mail server", Grants: grant(scheduling.Administrator, "")}, []string{"mail:write"}}
	asMessage := []string{"Content-Type", "message/rfc822"}
	got := h.do("mailer", "POST", "/mail/received", holidayReply, asMessage...).is(200)
	if got.text("reception") != "ignored" || got.text("detail") != "an automatic reply" {
		t.Errorf("%s", got.raw)
	}
	h.do("mailer", "POST", "/mail/received", "", asMessage...)
	h.do("mailer", "POST", "/mail/received", holidayReply, "Content-Type", "text/plain").problem(415, "unsupported")
	h.do("mailer", "POST", "/mail/received", holidayReply).problem(415, "unsupported")
	h.do("mailer", "POST", "/mail/received", holidayReply+strings.Repeat("x", maxBody), asMessage...).problem(413, "too-large")
	h.do("mailer", "GET", "/people", nil).problem(403, "insufficient-scope")
	for _, as := range []string{"organiser", "guest"} {
		h.do(as, "POST", "/mail/received", holidayReply, asMessage...).problem(404, "not-found")
	}
	h.do("", "POST", "/mail/received", holidayReply, asMessage...).problem(401, "unauthorized")
}
