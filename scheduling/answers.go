package scheduling

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"kohtaamo/mailer"
)

// The lengths that people may type, in runes.
const (
	lineLimit   = 200
	answerLimit = 5000
)

// A Signup is what somebody typed to register.
type Signup struct {
	Name     string          `json:"name"`
	Email    string          `json:"email"`
	Company  string          `json:"company,omitempty"`
	Title    string          `json:"title,omitempty"`
	Lang     string          `json:"lang,omitempty"`
	Answers  Answers         `json:"answers,omitempty"`
	Consents map[string]bool `json:"consents,omitempty"` // by purpose
	Party    []Guest         `json:"party,omitempty"`    // who else comes along
	Split    bool            `json:"split,omitempty"`    // seat us in parts if you must
	Once     string          `json:"-"`                  // of the form; the same form twice is one registration
	ID       string          `json:"-"`                  // that a walk-in gets; the same one twice is one walk-in
}

// A Guest is somebody whom the sender of a Signup brings along.
type Guest struct {
	Name  string `json:"name"`
	Email string `json:"email"`
	Title string `json:"title,omitempty"`
}

// check cleans u and says everything that is wrong with it for the event.
// Field names are those of the form: "name", "email", "party.0.email",
// "answer.KEY", "consent.PURPOSE".
func (u *Signup) check(e *Event) error {
	f := faults{}
	u.Name, u.Company, u.Title = cleanLine(u.Name), cleanLine(u.Company), cleanLine(u.Title)
	f.need("name", u.Name, lineLimit)
	f.limit("company", u.Company, lineLimit)
	f.limit("title", u.Title, lineLimit)
	u.Email = f.address("email", u.Email)
	u.checkParty(f, e)
	u.Answers = f.answers(e.Rules.Questions, u.Answers)
	for _, c := range e.Rules.Consents {
		if c.Required && !u.Consents[c.Purpose] {
			f.add("consent."+c.Purpose, "problem.consent")
		}
	}
	return f.problem()
}

func (u *Signup) checkParty(f faults, e *Event) {
	if most := max(1, e.Rules.PartyMax); len(u.Party)+1 > min(most, maxParty) {
		f.add("party", "problem.party_too_large")
		return
	}
	seen := []string{u.Email}
	for i := range u.Party {
		g, at := &u.Party[i], "party."+strconv.Itoa(i)
		g.Name, g.Title = cleanLine(g.Name), cleanLine(g.Title)
		f.need(at+".name", g.Name, lineLimit)
		f.limit(at+".title", g.Title, lineLimit)
		g.Email = f.address(at+".email", g.Email)
		if g.Email != "" && slices.Contains(seen, g.Email) {
			f.add(at+".email", "problem.twice")
		}
		seen = append(seen, g.Email)
	}
}

// address cleans a mail address into the form that people are compared by.
func (f faults) address(field, s string) string {
	s = cleanLine(s)
	if s == "" {
		f.add(field, "problem.required")
		return ""
	}
	email, ok := NormalEmail(s)
	if !ok {
		f.add(field, "problem.address")
	}
	return email
}

// NormalEmail gives a mail address in the form that people are compared by, in
// lower case and with its domain in ASCII, and whether mail can be sent to it:
// what the mailer refuses is not let in, or the first promise to it would fail.
func NormalEmail(s string) (string, bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	email, err := mailer.ParseAddress(s)
	if err != nil {
		return s, false
	}
	return email, true
}

// answers keeps what was asked and shown, and notes what is missing or wrong.
func (f faults) answers(qs []Question, given Answers) Answers {
	clean := Answers{}
	for _, q := range qs {
		if vs := cleanAnswer(q, given[q.Key]); len(vs) > 0 {
			clean[q.Key] = vs
		}
	}
	shown := Shown(qs, clean)
	out := Answers{}
	for _, q := range shown {
		if vs, ok := clean[q.Key]; ok {
			out[q.Key] = vs
		}
		if key := q.fault(clean[q.Key]); key != "" {
			f.add("answer."+q.Key, key)
		}
	}
	return out
}

func cleanAnswer(q Question, vs []string) []string {
	var out []string
	for _, v := range vs {
		if q.Kind == AskLong {
			v = cleanText(v)
		} else {
			v = cleanLine(v)
		}
		if v != "" && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// fault is the text key of what is wrong with the answers to q, or "".
func (q Question) fault(vs []string) string {
	if len(vs) == 0 {
		if q.Required {
			return "problem.required"
		}
		return ""
	}
	if len(vs) > 1 && q.Kind != AskMany {
		return "problem.one_answer"
	}
	for _, v := range vs {
		switch {
		case len([]rune(v)) > answerLimit:
			return "problem.too_long"
		case !q.allows(v):
			return "problem.choice"
		}
	}
	return ""
}

// allows reports whether v can be an answer to q.
func (q Question) allows(v string) bool {
	switch q.Kind {
	case AskYesNo:
		return v == "yes" || v == "no"
	case AskScale:
		n, err := strconv.Atoi(v)
		return err == nil && n >= 0 && n <= scaleMost && strconv.Itoa(n) == v
	case AskChoice, AskMany:
		return slices.ContainsFunc(q.Options, func(o Option) bool { return o.Key == v })
	}
	return true
}

// consents are the answers to every purpose the event asks about, with the
// words in the language they were shown in.
func (e *Event) consents(given map[string]bool, lang string, at time.Time) []Consent {
	var out []Consent
	for _, c := range e.Rules.Consents {
		out = append(out, Consent{Purpose: c.Purpose, Given: given[c.Purpose], At: at, Wording: c.Label.In(lang)})
	}
	return out
}

// Agreed reports whether the latest answer to the purpose is yes.
func Agreed(cs []Consent, purpose string) bool {
	for _, c := range slices.Backward(cs) {
		if c.Purpose == purpose {
			return c.Given
		}
	}
	return false
}
