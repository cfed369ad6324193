package mailer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/textproto"
	"testing"
	"time"
)

func TestClassify(t *testing.T) {
	reply := func(stage Stage, code int, msg string) error {
		return fmt.Errorf("on the way: %w", sendError(stage, &textproto.Error{Code: code, Msg: msg}))
	}
	for _, test := range []struct {
		name string
		err  error
		want verdict
	}{
		{"arrived", nil, verdict{fate: delivered}},
		{"no connection", sendError(StageConnect, io.EOF), verdict{fate: trouble}},
		{"banner", reply(StageConnect, 421, "4.3.2 closing"), verdict{fate: trouble}},
		{"banner for good", reply(StageConnect, 554, "5.7.1 go away"), verdict{fate: trouble}},
		{"wrong password", reply(StageAuth, 535, "5.7.8 no"), verdict{fate: trouble, alarm: true}},
		{"signing in broke off", sendError(StageAuth, io.EOF), verdict{fate: trouble}},
		{"full disk", errors.New("no space left"), verdict{fate: trouble}},
		{"stopped", sendError(StageFinal, context.Canceled), verdict{fate: goBack}},
		{"must sign in", reply(StageMail, 530, "5.7.0 sign in"), verdict{fate: trouble, alarm: true}},
		{"sender unknown", reply(StageMail, 550, "5.7.1 not yours"), verdict{fate: tryAgain, alarm: true}},
		{"slow down", reply(StageMail, 451, "4.7.0 later"), verdict{fate: trouble}},
		{"too many", reply(StageMail, 421, "4.7.0 later"), verdict{fate: trouble}},
		{"no such mailbox", reply(StageRcpt, 550, "5.1.1 no such user"), verdict{fate: refused, blame: "hard"}},
		{"no such domain", reply(StageRcpt, 550, "5.1.2 no such host"), verdict{fate: refused, blame: "hard"}},
		{"null mx", reply(StageRcpt, 556, "5.1.10 null mx"), verdict{fate: refused, blame: "hard"}},
		{"mailbox off", reply(StageRcpt, 550, "5.2.1 disabled"), verdict{fate: refused, blame: "hard"}},
		{"bare 550", reply(StageRcpt, 550, "unknown user"), verdict{fate: refused, blame: "hard"}},
		{"bare 553", reply(StageRcpt, 553, "not allowed"), verdict{fate: refused, blame: "hard"}},
		{"bare 550 to the body", reply(StageFinal, 550, "unwanted"), verdict{fate: refused}},
		{"full for good", reply(StageRcpt, 552, "5.2.2 over quota"), verdict{fate: refused, blame: "soft"}},
		{"too big", reply(StageFinal, 552, "5.3.4 too big"), verdict{fate: refused, blame: "soft"}},
		{"bare 552", reply(StageRcpt, 552, "quota"), verdict{fate: refused, blame: "soft"}},
		{"policy", reply(StageRcpt, 550, "5.7.1 spf"), verdict{fate: refused}},
		{"spam", reply(StageFinal, 554, "5.7.1 spam"), verdict{fate: refused}},
		{"bare 554", reply(StageRcpt, 554, "no"), verdict{fate: refused}},
		{"closing", reply(StageRcpt, 421, "4.3.2 closing"), verdict{fate: goBack, pause: backPause}},
		{"closing after the body", reply(StageFinal, 421, "4.3.2 closing"), verdict{fate: goBack, pause: backPause}},
		{"greylisted", reply(StageRcpt, 451, "4.7.1 greylisted"), verdict{fate: tryAgain, pause: greyPause, grey: true}},
		{"too fast", reply(StageRcpt, 421, "4.7.28 slow down"), verdict{fate: goBack, pause: backPause, slow: true}},
		{"too many for the domain", reply(StageRcpt, 451, "4.7.28 later"), verdict{fate: goBack, pause: backPause, slow: true}},
		{"distrusted after the body", reply(StageFinal, 451, "4.7.1 later"), verdict{fate: goBack, pause: backPause, slow: true}},
		{"busy", reply(StageRcpt, 450, "4.2.0 busy"), verdict{fate: tryAgain}},
		{"full for now", reply(StageRcpt, 452, "4.2.2 full"), verdict{fate: tryAgain}},
		{"bare 451", reply(StageData, 451, "later"), verdict{fate: tryAgain}},
		{"cut in the body", sendError(StageData, io.ErrUnexpectedEOF), verdict{fate: tryAgain}},
		{"no reply", sendError(StageFinal, io.EOF), verdict{fate: tryAgain}},
	} {
		if got := classify(test.err); got != test.want {
			t.Errorf("%s: %+v, want %+v", test.name, got, test.want)
		}
	}
}

func TestEnhancedStatus(t *testing.T) {
	for _, test := range []struct {
		code      int
		msg, want string
	}{
		{550, "5.1.1 no", "5.1.1"}, {550, "5.1.10\nmore", "5.1.10"}, {450, "5.1.1 no", ""},
		{550, "no such user", ""}, {550, "5.x.1 no", ""}, {550, "", ""}, {550, "5.1.1234 no", ""}, {421, "4.7.0", "4.7.0"},
	} {
		if got := enhanced(test.code, test.msg); got != test.want {
			t.Errorf("enhanced(%d, %q) = %q, want %q", test.code, test.msg, got, test.want)
		}
	}
}

func TestPausesGrow(t *testing.T) {
	for _, test := range []struct {
		tries    int
		atLeast  time.Duration
		chance   float64
		min, max time.Duration
	}{
		{1, 0, 0, 48 * time.Second, 48 * time.Second},
		{1, 0, 0.5, time.Minute, time.Minute},
		{1, greyPause, 0, 5 * time.Minute, 5 * time.Minute},
		{1, greyPause, 0.999, 5 * time.Minute, 6 * time.Minute},
		{3, greyPause, 0.5, 15 * time.Minute, 15 * time.Minute},
		{7, 0, 0.999, 28 * time.Hour, 29 * time.Hour},
		{70, 0, 0.5, 24 * time.Hour, 24 * time.Hour},
	} {
		if got := pauseAfter(test.tries, test.atLeast, test.chance); got < test.min || got > test.max {
			t.Errorf("pause after %d tries: %v, want %v to %v", test.tries, got, test.min, test.max)
		}
	}
}

func TestBreaker(t *testing.T) {
	var b breaker
	now := t0
	for i, want := range []time.Duration{5, 10, 20, 40, 80, 160, 300, 300} {
		b.learn(verdict{fate: trouble}, io.EOF, now)
		b.learn(verdict{fate: trouble}, io.EOF, now) // another sender, the same moment
		if got := b.left(now); got != want*time.Second {
			t.Fatalf("rest %d is %v, want %v", i, got, want*time.Second)
		}
		now = now.Add(b.left(now))
	}
	b.learn(verdict{fate: tryAgain}, io.EOF, now)
	if b.troubled() {
		t.Error("a relay that answers is well")
	}
	b.learn(verdict{fate: trouble, alarm: true}, io.EOF, now)
	if s := b.status(); !s.Alarm || s.Resting != now.Add(longestRest) {
		t.Errorf("status %+v", s)
	}
}
