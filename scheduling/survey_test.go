package scheduling

import (
	"slices"
	"strings"
	"testing"
	"time"

	"kohtaamo/storage"
)

// survey gives an event the default survey, after set has had its way, and opens it.
func (h *testHouse) survey(t testing.TB, e *Event, set func(*SurveyEdit)) *Survey {
	t.Helper()
	s, err := h.StartSurvey(t.Context(), h.boss, e.ID, "")
	must(t, err)
	if set != nil {
		in := SurveyEdit{Rev: s.Rev, Intro: s.Intro, Questions: s.Questions, Anonymous: s.Anonymous, ClosesAt: s.ClosesAt}
		set(&in)
		_, err = h.SaveSurvey(t.Context(), h.boss, e.ID, in)
		must(t, err)
	}
	s, err = h.SetSurvey(t.Context(), h.boss, e.ID, SurveyOpen)
	must(t, err)
	return s
}

// comes checks r's person in, and wraps the event up.
func (h *testHouse) comes(t testing.TB, e *Event, rs ...*Registration) {
	t.Helper()
	h.at(e.Starts)
	for _, r := range rs {
		_, err := h.CheckIn(t.Context(), h.boss, e.ID, r.ID)
		must(t, err)
	}
	h.at(e.Ends.Add(restAfter))
	_, err := h.WrapUp(t.Context(), h.time())
	must(t, err)
}

// surveyLink is the last part of the address that r's person answers at.
func (h *testHouse) surveyLink(t testing.TB, r *Registration) string {
	t.Helper()
	url := h.SurveyURL(h.reload(t, r))
	return url[strings.LastIndex(url, "/")+1:]
}

func (h *testHouse) results(t testing.TB, e *Event) *SurveyResults {
	t.Helper()
	res, err := h.SurveyResults(t.Context(), h.boss, e.ID)
	must(t, err)
	return res
}

func says(score string) Answers { return Answers{"recommend": {score}, "best": {"the coffee"}} }

// A survey that goes to those who were not there says that nobody looked.
func TestSurveyToAttendedOnly(t *testing.T) {
	h := newHouse(t)
	h.chain(t, "after", nil)
	e := h.event(t, func(e *Event) { e.Rules.Seats = 3 })
	came, missed, cancelled, waits := h.register(t, e, 1), h.register(t, e, 2), h.register(t, e, 3), h.register(t, e, 4)
	_, err := h.CancelRegistration(t.Context(), cancelled.Holder(), cancelled.ID, "")
	must(t, err)
	h.register(t, e, 5)
	h.survey(t, e, nil)
	h.comes(t, e, came)
	h.due(t, e.Ends.Add(4*time.Hour))
	h.due(t, e.Ends.AddDate(0, 0, 6))

	h.wantSteps(t, came.Email, "Thank you for coming to CircularArena", "How was CircularArena?")
	for _, r := range []*Registration{missed, cancelled, waits} {
		h.wantSteps(t, r.Email)
		_, err := h.SurveyByLink(t.Context(), h.surveyLink(t, r))
		wantHidden(t, err)
		_, err = h.AnswerSurvey(t.Context(), h.surveyLink(t, r), says("9"))
		wantHidden(t, err)
	}
	if s := h.results(t, e).Survey; s.Asked != 1 || s.Answered != 0 {
		t.Errorf("%d asked, %d answered", s.Asked, s.Answered)
	}
	all := h.mailsTo(t, came.Email)
	for _, m := range all[len(all)-2:] {
		if m.Letter.Button == nil || m.Letter.Button.URL != h.SurveyURL(h.reload(t, came)) {
			t.Errorf("%q leads to %v", m.Letter.Subject, m.Letter.Button)
		}
	}
}

// The introduction of a survey has the fields of the texts of mails.
func TestSurveyIntroduction(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, nil)
	r := h.register(t, e, 1)
	s := h.survey(t, e, func(in *SurveyEdit) {
		in.Intro = Text{"en": "You were at {{event}}, {{ when }}.", "fi": "Olit tapahtumassa {{event}}."}
	})
	h.comes(t, e, r)
	p, err := h.SurveyByLink(t.Context(), h.surveyLink(t, r))
	must(t, err)
	en := h.Texts.In("en")
	if got, want := p.Intro(en), "You were at CircularArena, "+en.Range(e.Starts, e.Ends, e.Zone)+"."; got != want {
		t.Errorf("it says %q, want %q", got, want)
	}
	if got := p.Intro(h.Texts.In("fi")); got != "Olit tapahtumassa "+e.Title.In("fi")+"." {
		t.Errorf("in Finnish it says %q", got)
	}
	for _, wrong := range []string{"Hello {{name}}", "{{event", "event}}"} {
		in := SurveyEdit{Rev: s.Rev, Intro: Text{"en": wrong}, Questions: s.Questions}
		if _, err := h.SaveSurvey(t.Context(), h.boss, e.ID, in); ProblemIn(err) == nil || ProblemIn(err).Key != "wording.problem" {
			t.Errorf("%q: %v", wrong, err)
		}
	}
}

// An answer stops the rest of the chain, also what waits in the outbox.
func TestAnswerStopsTheRest(t *testing.T) {
	h := newHouse(t)
	h.chain(t, "after", nil)
	e := h.event(t, nil)
	soon, later := h.register(t, e, 1), h.register(t, e, 2)
	h.survey(t, e, nil)
	h.comes(t, e, soon, later)
	h.due(t, e.Ends.Add(4*time.Hour))
	h.letGo(t)
	_, err := h.AnswerSurvey(t.Context(), h.surveyLink(t, soon), says("10"))
	must(t, err)
	h.due(t, e.Ends.AddDate(0, 0, 6))
	const thanks, again = "Thank you for coming to CircularArena", "How was CircularArena?"
	h.wantSteps(t, soon.Email, thanks)
	h.wantSteps(t, later.Email, thanks, again)
	_, err = h.AnswerSurvey(t.Context(), h.surveyLink(t, later), says("8"))
	must(t, err)
	h.wantSteps(t, later.Email, thanks)
}

func TestSurveyResults(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, nil)
	a, b, c := h.register(t, e, 1), h.register(t, e, 2), h.register(t, e, 3)
	h.survey(t, e, nil)
	h.comes(t, e, a, b, c)
	for r, score := range map[*Registration]string{a: "10", b: "3", c: "5"} {
		_, err := h.AnswerSurvey(t.Context(), h.surveyLink(t, r), says(score))
		must(t, err)
	}
	_, err := h.AnswerSurvey(t.Context(), h.surveyLink(t, c), says("9")) // changes their mind
	must(t, err)
	_, err = h.AnswerSurvey(t.Context(), h.surveyLink(t, c), Answers{"recommend": {"11"}})
	wantProblem(t, err, Invalid)
	_, err = h.AnswerSurvey(t.Context(), h.surveyLink(t, c), Answers{"best": {"no score"}})
	wantProblem(t, err, Invalid)

	res := h.results(t, e)
	q := res.Questions[0]
	if q.Answered != 3 || q.Counts["10"] != 1 || q.Counts["9"] != 1 || q.Counts["3"] != 1 || q.Score != 33 || q.Most() != 1 || len(q.Keys) != 11 {
		t.Errorf("%+v", q)
	}
	if q.Mean < 7.3 || q.Mean > 7.4 {
		t.Errorf("mean %v", q.Mean)
	}
	if s := res.Survey; s.Rate() != 100 || s.Answered != 3 || s.Asked != 3 {
		t.Errorf("%d of %d", s.Answered, s.Asked)
	}
	if texts := res.Questions[2].Texts; len(texts) != 3 || texts[0].Name != "Person 001" {
		t.Errorf("%+v", texts)
	}
	_, err = h.SetSurvey(t.Context(), h.boss, e.ID, SurveyClosed)
	must(t, err)
	_, err = h.AnswerSurvey(t.Context(), h.surveyLink(t, a), says("1"))
	wantProblem(t, err, Closed)
	_, err = h.SurveyResults(t.Context(), h.other, e.ID)
	wantHidden(t, err)
}

// The figure of how content people were is what they say to the first question with
// a scale, whichever that is; what was answered before scores were kept counts too.
func TestScoreIsOfTheFirstScale(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, nil)
	a, b, c := h.register(t, e, 1), h.register(t, e, 2), h.register(t, e, 3)
	food := Question{Key: "food", Kind: AskScale, Label: Text{"en": "How was the food?", "fi": "Mitä piditte ruoasta?"}}
	h.survey(t, e, func(s *SurveyEdit) { s.Questions = append(s.Questions, food) })
	h.comes(t, e, a, b, c)
	for r, answers := range map[*Registration]Answers{a: {"recommend": {"10"}, "food": {"3"}}, b: {"recommend": {"0"}}, c: {"recommend": {"8"}, "food": {"4"}}} {
		_, err := h.AnswerSurvey(t.Context(), h.surveyLink(t, r), answers)
		must(t, err)
	}
	want := func(n int, sum float64) {
		t.Helper()
		f, err := h.Figure(t.Context(), h.boss, "satisfaction", Scope{})
		must(t, err)
		rows, _, err := h.FigureRows(t.Context(), h.boss, "satisfaction", Scope{}, "", 0)
		must(t, err)
		for _, r := range rows {
			sum -= r.Amount
		}
		if f.N != n || len(rows) != n || sum != 0 {
			t.Errorf("%d scores, %d rows, %v too little; want %d", f.N, len(rows), sum, n)
		}
		all, err := h.Figure(t.Context(), h.boss, "answers", Scope{})
		must(t, err)
		if all.N != 3 || all.Of != 3 {
			t.Errorf("%d answers of %d", all.N, all.Of)
		}
	}
	want(3, 18)

	_, s, err := h.surveyIn(t, e)
	must(t, err)
	_, err = h.SaveSurvey(t.Context(), h.boss, e.ID, SurveyEdit{Rev: s.Rev, Intro: s.Intro, Questions: append([]Question{food}, s.Questions[:4]...)})
	must(t, err)
	want(2, 7)

	must(t, h.DB.Update(t.Context(), func(tx *storage.Tx) error { // as an older program left it
		for r, err := range surveyReplies.Each(tx, storage.Query{}) {
			must(t, err)
			r.Score = ""
			must(t, surveyReplies.Put(tx, r))
		}
		return nil
	}))
	want(0, 0)
	must(t, h.DB.Update(t.Context(), scoreSurveys))
	want(2, 7)
}

// Of an anonymous survey nothing says who gave which answers: neither a
// document, nor an order. It is answered once, and shown once there are three.
func TestAnonymousSurvey(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, nil)
	var rs []*Registration
	for n := range 4 {
		rs = append(rs, h.register(t, e, n))
	}
	h.survey(t, e, func(s *SurveyEdit) { s.Anonymous = true })
	h.comes(t, e, rs...)
	for n, score := range []string{"7", "2", "9"} {
		if res := h.results(t, e); n > 0 && (!res.Few || res.Questions[0].Answered != 0) {
			t.Errorf("after %d answers they are shown", n)
		}
		_, err := h.AnswerSurvey(t.Context(), h.surveyLink(t, rs[n]), says(score))
		must(t, err)
		_, err = h.AnswerSurvey(t.Context(), h.surveyLink(t, rs[n]), says("0"))
		wantProblem(t, err, Closed)
	}
	page, err := h.SurveyByLink(t.Context(), h.surveyLink(t, rs[0]))
	must(t, err)
	if !page.Answered || page.CanAnswer() || len(page.Answers) != 0 {
		t.Errorf("%+v", page)
	}
	must(t, h.DB.View(t.Context(), func(tx *storage.Tx) error {
		for r, err := range surveyReplies.Each(tx, storage.Query{}) {
			if err != nil || r.Answers != nil || r.Score != "" || r.Name != "" || r.Sort != "" {
				t.Errorf("%+v %v", r, err)
			}
		}
		box, err := surveyBoxes.Get(tx, e.ID+"~0")
		if err != nil {
			return err
		}
		var scores []string
		for _, a := range box.Sheets {
			scores = append(scores, a["recommend"]...)
		}
		if !slices.Equal(scores, []string{"2", "7", "9"}) {
			t.Errorf("in the order %v", scores)
		}
		return nil
	}))
	if res := h.results(t, e); res.Few || res.Questions[0].Answered != 3 || res.Questions[2].Texts[0].Name != "" {
		t.Errorf("%+v", res.Questions)
	}
	_, s, err := h.surveyIn(t, e)
	must(t, err)
	_, err = h.SaveSurvey(t.Context(), h.boss, e.ID, SurveyEdit{Rev: s.Rev, Intro: s.Intro, Questions: s.Questions})
	wantProblem(t, err, Invalid) // who was asked anonymously stays so
}

func (h *testHouse) surveyIn(t testing.TB, e *Event) (out *Event, s *Survey, err error) {
	t.Helper()
	err = h.DB.View(t.Context(), func(tx *storage.Tx) error {
		out, s, err = ownSurvey(tx, h.boss, e.ID)
		return err
	})
	return out, s, err
}

// Handing a registration over ends the old link to the survey.
func TestSurveyLinkIsOnePersons(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, nil)
	r := h.register(t, e, 1)
	old := h.surveyLink(t, r)
	_, err := h.HandOver(t.Context(), r.Holder(), r.ID, Guest{Name: "Colleague", Email: "colleague@example.org"})
	must(t, err)
	h.survey(t, e, nil)
	h.comes(t, e, r)
	for _, link := range []string{old, "x", "", r.ID + ".AAAA"} {
		_, err = h.SurveyByLink(t.Context(), link)
		wantHidden(t, err)
	}
	_, err = h.SurveyByLink(t.Context(), h.surveyLink(t, r))
	must(t, err)
}

func TestCopiedSurvey(t *testing.T) {
	h := newHouse(t)
	first, second := h.event(t, nil), h.event(t, nil)
	h.survey(t, first, func(s *SurveyEdit) { s.Questions = s.Questions[:1] })
	s, err := h.StartSurvey(t.Context(), h.boss, second.ID, first.ID)
	must(t, err)
	if len(s.Questions) != 1 || s.State != SurveyDraft {
		t.Errorf("%+v", s)
	}
	_, err = h.StartSurvey(t.Context(), h.boss, second.ID, "")
	wantProblem(t, err, Exists)
	b, err := h.Survey(t.Context(), h.boss, second.ID)
	must(t, err)
	if b.Survey == nil || b.Event.ID != second.ID {
		t.Errorf("%+v", b)
	}
	_, err = h.Survey(t.Context(), h.other, second.ID)
	wantHidden(t, err)
}
