package scheduling

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"kohtaamo/mailer"
	"kohtaamo/storage"
)

type parts = map[WordingPart]string

// ownWords has the mails of a kind say something, in English.
func (h *testHouse) ownWords(t testing.TB, kind string, texts parts) *WordingPage {
	t.Helper()
	p, err := h.SaveWording(t.Context(), h.boss, h.cluster.ID, kind, "en", 0, texts)
	must(t, err)
	return p
}

// TestOwnWords writes a text, and takes it back: mails say it from then on and
// until then, in that cluster and language only.
func TestOwnWords(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, nil)
	const kind = "registration.confirmed"
	p := h.ownWords(t, kind, parts{WordingSubject: "Welcome to {{event}}, {{name}}", WordingBody: "It begins {{when}}.\r\n\r\nBring your laptop.", WordingHeading: " "})
	said := func(n int) mailer.Letter {
		h.register(t, e, n)
		return h.mailsTo(t, signup(n).Email)[0].Letter
	}
	l := said(1)
	if l.Subject != "Welcome to CircularArena, Person 001" || l.Heading != "You have a seat" {
		t.Errorf("the mail says %q, %q", l.Subject, l.Heading)
	}
	if want := "It begins Wed 3 Feb 2027, 09:00–11:00 (Helsinki).\n\nBring your laptop."; l.Paragraphs[1] != want {
		t.Errorf("the text is %q", l.Paragraphs[1])
	}
	finnish := signup(2)
	finnish.Lang = "fi"
	_, err := h.Register(t.Context(), Actor{Via: "page"}, e.ID, finnish)
	must(t, err)
	if got := h.mailsTo(t, finnish.Email)[0].Letter.Subject; got != texts().In("fi").Text("letter.confirmed.subject", "event", "CircularArena") {
		t.Errorf("in Finnish it says %q", got)
	}
	if p, err = h.ResetWording(t.Context(), h.boss, h.cluster.ID, kind, "en", p.Wording.Rev); err != nil || p.Wording.Rev != 0 {
		t.Fatal(p, err)
	}
	if l = said(3); l.Subject != "You have a seat: CircularArena" {
		t.Errorf("after the reset it says %q", l.Subject)
	}
	log, _, err := h.Audit(t.Context(), System("test"), AuditFilter{Subject: wordingID(h.cluster.ID, kind, "en")})
	must(t, err)
	if len(log) != 2 || log[1].Action != "wording.save" || !strings.Contains(log[1].Reason, "subject: Welcome to {{event}}, {{name}}") || log[0].Action != "wording.reset" || log[0].ActorName != h.boss.Name {
		t.Errorf("the log has %+v", log)
	}
}

// TestWordingFaults types what cannot be used: it is said what is wrong and
// where, and nothing is kept.
func TestWordingFaults(t *testing.T) {
	h := newHouse(t)
	for _, test := range []struct {
		name          string
		typed         parts
		key, field    string
		fault, needed string
		near          string
		line          int
	}{
		{"unknown", parts{WordingBody: "one {{event}}\ntwo {{password}}"}, "wording.problem", "texts.body", "wording.fault.unknown", "", "{{password}}", 2},
		{"unclosed", parts{WordingSubject: "Seat: {{event"}, "wording.problem", "texts.subject", "wording.fault.unclosed", "", "{{event", 1},
		{"a line break in a line", parts{WordingSubject: "{{event}}\r\nBcc: all@example.org"}, "wording.problem", "texts.subject", "wording.fault.one_line", "", "{{event}}", 1},
		{"a bare carriage return", parts{WordingSubject: "{{event}}\rBcc: all@example.org"}, "wording.problem", "texts.subject", "wording.fault.control", "", "{{event}}", 1},
		{"a control character", parts{WordingBody: "a\nb\x00"}, "wording.problem", "texts.body", "wording.fault.control", "", "a b", 2},
		{"text turned around", parts{WordingButton: "go\u202Eog"}, "wording.problem", "texts.button", "wording.fault.control", "", "go", 1},
		{"too long", parts{WordingButton: strings.Repeat("ä", 41)}, "wording.problem", "texts.button", "problem.too_long", "", strings.Repeat("ä", 40) + "…", 1},
		{"nothing says what it is about", parts{WordingSubject: "A seat", WordingBody: "You have one."}, "wording.missing", "texts.body", "wording.fault.missing", "{{event}}", "", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := h.SaveWording(t.Context(), h.boss, h.cluster.ID, "registration.confirmed", "en", 0, test.typed)
			p := wantProblem(t, err, Invalid)
			if p.Key != test.key || p.Fields[test.field] != test.fault {
				t.Errorf("%s, %v", p.Key, p.Fields)
			}
			if test.needed != "" && argument(p.Args, "field") != test.needed {
				t.Errorf("args = %v", p.Args)
			}
			if test.needed == "" && (argument(p.Args, "near") != test.near || argument(p.Args, "line") != test.line) {
				t.Errorf("args = %v", p.Args)
			}
			now, err := h.Wording(t.Context(), h.boss, h.cluster.ID, "registration.confirmed", "en")
			if err != nil || now.Wording.Rev != 0 {
				t.Errorf("kept %+v, %v", now, err)
			}
		})
	}
}

// TestWordingTwice sends a form twice, and two forms at once.
func TestWordingTwice(t *testing.T) {
	h := newHouse(t)
	const kind = "registration.reminder"
	typed := parts{WordingHeading: "Tomorrow"}
	first := h.ownWords(t, kind, typed)
	again := h.ownWords(t, kind, typed)
	if again.Wording.Rev != first.Wording.Rev {
		t.Errorf("the same once more made revision %d", again.Wording.Rev)
	}
	_, err := h.SaveWording(t.Context(), h.boss, h.cluster.ID, kind, "en", 0, parts{WordingHeading: "Soon"})
	wantProblem(t, err, Changed)
	_, err = h.ResetWording(t.Context(), h.boss, h.cluster.ID, kind, "en", 7)
	wantProblem(t, err, Changed)
	p, err := h.SaveWording(t.Context(), h.boss, h.cluster.ID, kind, "en", first.Wording.Rev, parts{WordingHeading: first.Defaults[WordingHeading]})
	must(t, err)
	if p.Wording.Rev != 0 {
		t.Errorf("what says the same as the program is kept: %+v", p.Wording)
	}
}

// TestWordingsAreTheirOwn asks for texts as everybody who may not see them.
func TestWordingsAreTheirOwn(t *testing.T) {
	h := newHouse(t)
	door := Actor{ID: "door", Grants: []Grant{{Role: Door, Cluster: h.cluster.ID}}}
	for _, by := range []Actor{{}, h.other, door} {
		_, err := h.Wordings(t.Context(), by, h.cluster.ID)
		wantHidden(t, err)
		_, err = h.Wording(t.Context(), by, h.cluster.ID, "registration.confirmed", "en")
		wantHidden(t, err)
		_, err = h.SaveWording(t.Context(), by, h.cluster.ID, "registration.confirmed", "en", 0, parts{WordingHeading: "Mine"})
		wantHidden(t, err)
		_, err = h.ResetWording(t.Context(), by, h.cluster.ID, "registration.confirmed", "en", 0)
		wantHidden(t, err)
		_, err = h.PreviewWording(t.Context(), by, h.cluster.ID, "registration.confirmed", "en", nil)
		wantHidden(t, err)
	}
	for _, nowhere := range [][3]string{{h.cluster.ID, "account.sign_in", "en"}, {h.cluster.ID, "registration.confirmed", "xx"}, {"none", "registration.confirmed", "en"}} {
		_, err := h.Wording(t.Context(), System("test"), nowhere[0], nowhere[1], nowhere[2])
		wantHidden(t, err)
	}
}

// TestOutdatedWording has the program say something else than when a text was
// written.
func TestOutdatedWording(t *testing.T) {
	h := newHouse(t)
	const kind = "registration.thanks"
	p := h.ownWords(t, kind, parts{WordingHeading: "Thanks from all of us", WordingButton: "Look back"})
	h.write(t, func(tx *storage.Tx) error {
		w, err := wordings.Get(tx, p.Wording.ID)
		if err != nil {
			return err
		}
		w.Defaults[WordingHeading] = "What an older version said"
		return wordings.Put(tx, w)
	})
	p, err := h.Wording(t.Context(), h.boss, h.cluster.ID, kind, "en")
	must(t, err)
	if !slices.Equal(p.Outdated, []WordingPart{WordingHeading}) {
		t.Errorf("outdated are %v", p.Outdated)
	}
	list, err := h.Wordings(t.Context(), h.boss, h.cluster.ID)
	must(t, err)
	for _, k := range list.Kinds {
		for _, st := range k.Langs {
			if want := k.Kind == kind && st.Lang == "en"; st.Own != want || st.Outdated != want {
				t.Errorf("%s in %s: %+v", k.Kind, st.Lang, st)
			}
		}
	}
	p, err = h.SaveWording(t.Context(), h.boss, h.cluster.ID, kind, "en", p.Wording.Rev, p.Wording.Texts)
	must(t, err)
	if len(p.Outdated) > 0 {
		t.Errorf("after looking at it again, outdated are %v", p.Outdated)
	}
}

// TestUnknownFieldAtSending has a text that a version before took, which
// mentions what there is no more: the program's words are said instead.
func TestUnknownFieldAtSending(t *testing.T) {
	h := newHouse(t)
	h.write(t, func(tx *storage.Tx) error {
		w := &Wording{ClusterID: h.cluster.ID, Kind: "registration.confirmed", Lang: "en", Texts: parts{WordingHeading: "Hall {{hall}}", WordingSubject: "Yes: {{event}}"}}
		w.ID = wordingID(w.ClusterID, w.Kind, w.Lang)
		return wordings.Put(tx, w)
	})
	h.register(t, h.event(t, nil), 1)
	if l := h.mailsTo(t, signup(1).Email)[0].Letter; l.Heading != "You have a seat" || l.Subject != "Yes: CircularArena" {
		t.Errorf("it says %q, %q", l.Subject, l.Heading)
	}
}

// TestHostileNames registers people whose names look like fields, markup and
// headers: in mails they stay what they are.
func TestHostileNames(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, nil)
	h.ownWords(t, "registration.confirmed", parts{WordingSubject: "{{name}}: {{event}}", WordingHeading: "{{name}}", WordingBody: "Dear {{name}}", WordingPreheader: "{{name}}"})
	for n, name := range []string{"{{when}}", "{{.Email}} {{", "<b>Aino</b><script>alert(1)</script>", "Aino\r\nBcc: all@example.org", "%s%d%!x", "Aino\u2028Bcc: b@example.org"} {
		s := signup(n)
		s.Name = name
		_, err := h.Register(t.Context(), Actor{Via: "page"}, e.ID, s)
		if ProblemIn(err) != nil {
			continue // refused at the door
		}
		must(t, err)
		m := h.mailsTo(t, s.Email)[0]
		shown, err := h.Outbox.Preview(m)
		must(t, err)
		plain := strings.Join(strings.Fields(strings.ReplaceAll(cleanLine(name), "\u2028", " ")), " ")
		if want := plain + ": CircularArena"; shown.Subject != want {
			t.Errorf("%q: the subject is %q", name, shown.Subject)
		}
		if !strings.Contains(shown.Text, plain) {
			t.Errorf("%q: the text has it not:\n%s", name, shown.Text)
		}
		if strings.Contains(shown.HTML, "<b>Aino") || strings.Contains(shown.HTML, "<script") {
			t.Errorf("%q: markup is let through", name)
		}
	}
}

// TestWordingKinds holds the table to the words there are: everything can be
// edited that a cluster sends, every default may be saved as it is, and every
// field can be used.
func TestWordingKinds(t *testing.T) {
	for _, lang := range texts().Langs() {
		l := texts().In(lang)
		for _, k := range WordingKinds {
			defaults := defaultWords(l, k.Kind)
			if len(defaults) < 4 || !slices.Contains(WordingSubjects, k.Subject()) {
				t.Errorf("%s in %s: %v", k.Kind, lang, defaults)
			}
			for p, s := range defaults {
				if bad := k.fault(p, s); bad != nil {
					t.Errorf("%s %s in %s: its own text cannot be saved: %+v", k.Kind, p, lang, *bad)
				}
				var args []any
				for _, f := range k.Fields {
					args = append(args, f, "‹"+f+"›")
				}
				parsed, _ := parsePattern(s)
				got, ok := parsed.fill(l, args...)
				if want := l.Text(letterKey(k.Kind)+"."+string(p), args...); got != want || !ok {
					t.Errorf("%s %s in %s: %q, but the mail says %q", k.Kind, p, lang, got, want)
				}
			}
			if missing := k.missing(defaults); missing != "" {
				t.Errorf("%s in %s: the program's own words do not mention %s", k.Kind, lang, missing)
			}
		}
	}
}

// TestPreviewWording shows every kind, as it is and with what is typed.
func TestPreviewWording(t *testing.T) {
	h := newHouse(t)
	for _, k := range WordingKinds {
		shown, err := h.PreviewWording(t.Context(), h.boss, h.cluster.ID, k.Kind, "fi", nil)
		if err != nil || strings.Contains(shown.HTML, "{{") || strings.Contains(shown.Text, "wording.") || strings.Contains(shown.Text, "letter.") {
			t.Errorf("%s: %v\n%s", k.Kind, err, shown.Text)
		}
		if shown, err = h.PreviewWording(t.Context(), h.boss, h.cluster.ID, k.Kind, "en", parts{WordingHeading: "<i>Mine</i>"}); err != nil || !strings.Contains(shown.HTML, "&lt;i&gt;Mine&lt;/i&gt;") {
			t.Errorf("%s: %v", k.Kind, err)
		}
	}
	_, err := h.PreviewWording(t.Context(), h.boss, h.cluster.ID, "registration.left", "en", parts{WordingHeading: "{{x"})
	wantProblem(t, err, Invalid)
	if p, err := h.Wording(t.Context(), h.boss, h.cluster.ID, "registration.left", "en"); err != nil || p.Wording.Rev != 0 {
		t.Errorf("a preview kept %v, %v", p, err)
	}
}

// TestManyMails has a text read once for many mails: as long as it stays as it
// is, all share the same.
func TestManyMails(t *testing.T) {
	h := newHouse(t)
	p := h.ownWords(t, "registration.confirmed", parts{WordingHeading: "Mine"})
	must(t, h.DB.View(t.Context(), func(tx *storage.Tx) error {
		first, err := wordings.Shared(tx, p.Wording.ID)
		must(t, err)
		again, err := wordings.Shared(tx, p.Wording.ID)
		if first != again || !maps.Equal(first.Texts, p.Wording.Texts) {
			t.Errorf("read twice: %v, %v", first, again)
		}
		_, none := wordings.Shared(tx, "none")
		if !errors.Is(none, storage.ErrNotFound) {
			t.Error(none)
		}
		return err
	}))
}

// BenchmarkWords finds the words of a mail, written by organisers and not.
func BenchmarkWords(b *testing.B) {
	h := newHouse(b)
	h.ownWords(b, "registration.confirmed", parts{WordingBody: "Welcome to {{event}}, {{name}}. It begins {{when}}."})
	for name, lang := range map[string]string{"own": "en", "program": "fi"} {
		b.Run(name, func(b *testing.B) {
			must(b, h.DB.View(b.Context(), func(tx *storage.Tx) error {
				for b.Loop() {
					if _, err := h.words(tx, h.cluster.ID, "registration.confirmed", texts().In(lang), "event", "CircularArena", "name", "Aino", "when", "today"); err != nil {
						return err
					}
				}
				return nil
			}))
		})
	}
}
