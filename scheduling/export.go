package scheduling

import (
	"slices"
	"strings"
	"time"

	"kohtaamo/templates"
)

// An Export turns registrations of one event into rows of text, in one
// language. Times are on the event's own wall clock; their heads name its zone.
type Export struct {
	event     *Event
	lang      *templates.Lang
	questions []Question
	consents  []ConsentAsk
}

// NewExport is an export of e's registrations in the words of l.
func NewExport(e *Event, l *templates.Lang) *Export {
	return &Export{event: e, lang: l, questions: e.Rules.Questions, consents: e.Rules.Consents}
}

// Head names the columns. Those of a person are named so that an import knows
// them again.
func (x *Export) Head() []string {
	t := x.lang.Text
	head := []string{t("column.name"), t("column.email"), t("column.company"), t("column.title"), t("column.lang"),
		t("column.state"), t("column.answer"), t("column.ticket"), t("column.queue")}
	for _, key := range []string{"column.registered", "column.checked_in"} {
		head = append(head, t(key)+" ("+x.event.Zone+")")
	}
	for _, q := range x.questions {
		head = append(head, q.Label.In(x.lang.Code()))
	}
	for _, c := range x.consents {
		head = append(head, t("column.consent", "purpose", c.Label.In(x.lang.Code())))
	}
	return append(head, t("column.note"), t("column.reason"), t("column.answer_comment"))
}

// Row is one registration.
func (x *Export) Row(r *Registration) []string {
	queue, answer := "", ""
	if r.State == Waitlisted {
		queue = x.lang.Number(int(r.Queue))
	}
	if r.RSVP.Answer != "" {
		answer = x.lang.Text("state.answer." + string(r.RSVP.Answer))
	}
	row := []string{r.Name, r.Email, r.Company, r.Title, r.Lang,
		x.lang.Text("state.registration." + string(r.State)), answer, r.Ticket, queue, x.moment(r.Created), x.moment(r.CheckedInAt)}
	for _, q := range x.questions {
		row = append(row, strings.Join(x.answers(q, r), "; "))
	}
	for _, c := range x.consents {
		row = append(row, x.consent(r, c.Purpose))
	}
	return append(row, r.Note, r.Reason, r.RSVP.Comment)
}

// moment is sortable, on the event's wall clock.
func (x *Export) moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(x.event.Location()).Format("2006-01-02 15:04")
}

func (x *Export) answers(q Question, r *Registration) []string {
	var out []string
	for _, v := range r.Answers[q.Key] {
		out = append(out, q.Words(v, x.lang))
	}
	return out
}

// Words are an answer as people read it: the label of an option, yes or no.
func (q Question) Words(answer string, l *templates.Lang) string {
	if q.Kind == AskYesNo {
		switch answer {
		case "yes":
			return l.Text("answer.yes")
		case "no":
			return l.Text("answer.no")
		}
	}
	i := slices.IndexFunc(q.Options, func(o Option) bool { return o.Key == answer })
	if i < 0 {
		return answer
	}
	return q.Options[i].Label.In(l.Code())
}

// consent is yes, no, or nothing where nobody was asked.
func (x *Export) consent(r *Registration, purpose string) string {
	asked := slices.ContainsFunc(r.Consents, func(c Consent) bool { return c.Purpose == purpose })
	switch {
	case !asked:
		return ""
	case Agreed(r.Consents, purpose):
		return x.lang.Text("answer.yes")
	}
	return x.lang.Text("answer.no")
}
