package templates

import (
	"fmt"
	"html/template"
)

// A sign is how a state looks wherever it is shown: a shape and a colour, and
// beside them always its word.
type sign struct{ shape, tone string }

// Shapes are told apart without colour: a full, a half, an empty disc, a cross.
var shapes = map[string]string{
	"full":  `<circle cx="6" cy="6" r="5" fill="currentColor"/>`,
	"half":  `<circle cx="6" cy="6" r="4.25" fill="none" stroke="currentColor" stroke-width="1.5"/><path d="M6 1.5a4.5 4.5 0 0 0 0 9z" fill="currentColor"/>`,
	"empty": `<circle cx="6" cy="6" r="4.25" fill="none" stroke="currentColor" stroke-width="1.5"/>`,
	"cross": `<path d="m2 2 8 8m0-8-8 8" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round"/>`,
	"check": `<path d="m1.5 6.5 3 3 6-7" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"/>`,
	"dash":  `<path d="M2 6h8" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round"/>`,
	"now":   `<circle cx="6" cy="6" r="2.5" fill="currentColor"/><circle cx="6" cy="6" r="5" fill="none" stroke="currentColor" stroke-width="1.25"/>`,
}

// signs are the states of everything that has one, by what has it. Their words
// are the texts "state.WHAT.STATE".
var signs = map[string]map[string]sign{
	"event": {
		"draft": {"dash", "quiet"}, "published": {"full", "good"}, "underway": {"now", "now"},
		"ended": {"check", "quiet"}, "cancelled": {"cross", "bad"},
	},
	"registration": {
		"pending": {"half", "maybe"}, "confirmed": {"full", "good"}, "attended": {"check", "good"},
		"noshow": {"dash", "quiet"}, "waitlisted": {"empty", "wait"}, "offered": {"half", "wait"},
		"left": {"cross", "quiet"}, "cancelled": {"cross", "bad"}, "rejected": {"cross", "bad"},
	},
	"answer": {
		"accepted": {"full", "good"}, "tentative": {"half", "maybe"}, "declined": {"cross", "bad"},
	},
	"mail": {
		"held": {"dash", "wait"}, "queued": {"empty", "wait"}, "sending": {"now", "now"}, "sent": {"check", "good"},
		"deferred": {"half", "wait"}, "failed": {"cross", "bad"}, "suppressed": {"cross", "quiet"},
		"withdrawn": {"dash", "quiet"}, "expired": {"dash", "quiet"},
		"assumed": {"half", "good"},
	},
	"job": {
		"running": {"now", "now"}, "done": {"check", "good"}, "failed": {"cross", "bad"}, "never": {"dash", "quiet"},
		"stopped": {"half", "wait"},
	},
	"plan": {
		"open": {"empty", "wait"}, "overdue": {"half", "bad"}, "done": {"check", "good"}, "dropped": {"dash", "quiet"}, "approved": {"check", "good"}, "kept": {"full", "quiet"},
	},
	"proposal": {
		"queued": {"empty", "wait"}, "solving": {"now", "now"}, "ready": {"half", "maybe"}, "failed": {"cross", "bad"},
		"publishing": {"now", "now"}, "published": {"full", "good"},
	},
	"meeting": {
		"published": {"full", "good"}, "held": {"check", "good"}, "not_held": {"dash", "quiet"}, "cancelled": {"cross", "bad"},
	},
	"listed": {
		"new": {"full", "good"}, "changed": {"half", "good"}, "same": {"dash", "quiet"}, "unsure": {"half", "wait"}, "skipped": {"dash", "quiet"}, "wrong": {"cross", "bad"},
	},
	"webhook": {
		"active": {"full", "good"}, "failing": {"half", "wait"}, "paused": {"dash", "quiet"}, "off": {"cross", "bad"},
	},
	"told": {
		"queued": {"empty", "wait"}, "sent": {"check", "good"}, "failed": {"cross", "bad"},
	},
	"feed": {
		"active": {"full", "good"}, "rotated": {"dash", "quiet"}, "revoked": {"cross", "bad"},
	},
	"import": {
		"seat": {"full", "good"}, "waiting": {"empty", "wait"}, "known": {"dash", "quiet"}, "wrong": {"cross", "bad"},
	},
	"busy": {
		"fine": {"full", "good"}, "failing": {"half", "wait"}, "paused": {"cross", "bad"}, "file": {"dash", "quiet"},
	},
	"entry": {
		"new": {"full", "good"}, "updated": {"half", "maybe"}, "same": {"dash", "quiet"}, "kept": {"check", "quiet"},
		"skipped": {"cross", "bad"}, "left": {"empty", "quiet"},
	},
	"round": {
		"draft": {"dash", "quiet"}, "profiles": {"empty", "wait"}, "requests": {"half", "wait"}, "scheduling": {"half", "maybe"},
		"published": {"full", "good"}, "running": {"now", "now"}, "closed": {"check", "quiet"}, "cancelled": {"cross", "bad"},
	},
	"entrant": {
		"pending": {"half", "maybe"}, "in": {"full", "good"}, "paused": {"dash", "wait"}, "rejected": {"cross", "bad"}, "left": {"cross", "quiet"},
	},
	"request": {
		"sent": {"empty", "wait"}, "accepted": {"full", "good"}, "countered": {"half", "maybe"},
		"declined": {"cross", "bad"}, "withdrawn": {"dash", "quiet"}, "expired": {"dash", "quiet"},
	},
	"b2b": {
		"recruiting": {"half", "wait"}, "active": {"full", "good"}, "closed": {"check", "quiet"},
	},
	"membership": {
		"interested": {"empty", "wait"}, "accepted": {"full", "good"}, "reserve": {"half", "wait"}, "declined": {"cross", "bad"}, "left": {"dash", "quiet"},
	},
	"member": {
		"applied": {"empty", "wait"}, "active": {"full", "good"}, "ended": {"dash", "quiet"}, "declined": {"cross", "bad"},
	},
	"agreement": {
		"draft": {"dash", "quiet"}, "sent": {"empty", "wait"}, "signed": {"full", "good"}, "renewal_due": {"half", "wait"}, "renewed": {"check", "quiet"}, "lapsed": {"cross", "bad"},
	},
	"target": {
		"to_contact": {"empty", "wait"}, "contacted": {"half", "wait"}, "meeting_agreed": {"half", "maybe"}, "met": {"full", "good"}, "result": {"check", "good"},
	},
	"gathering": {
		"tentative": {"half", "maybe"}, "confirmed": {"full", "good"}, "at_risk": {"half", "wait"}, "held": {"check", "good"}, "cancelled": {"cross", "bad"},
	},
	"groupanswer": {
		"yes": {"full", "good"}, "if_needed": {"half", "maybe"}, "no": {"cross", "bad"},
	},
	"record": {
		"planned": {"empty", "wait"}, "held": {"half", "good"}, "approved": {"check", "good"}, "cancelled": {"cross", "bad"},
	},
	"presence": {
		"present": {"full", "good"}, "remote": {"half", "good"}, "excused": {"dash", "quiet"}, "absent": {"cross", "quiet"},
	},
	"poll": {
		"open": {"half", "wait"}, "closed": {"check", "good"}, "cancelled": {"cross", "bad"},
	},
	"action": {
		"open": {"empty", "wait"}, "overdue": {"half", "bad"}, "done": {"check", "good"}, "dropped": {"dash", "quiet"},
	},
	"visit": {
		"draft": {"dash", "quiet"}, "confirmed": {"full", "good"}, "cancelled": {"cross", "bad"},
	},
	"subscription": {
		"subscribed": {"full", "good"}, "unconfirmed": {"empty", "wait"}, "unsubscribed": {"dash", "quiet"},
		"bounced": {"cross", "bad"}, "complained": {"cross", "bad"},
	},
	"listing": {
		"new": {"full", "good"}, "known": {"check", "quiet"}, "left": {"dash", "quiet"}, "bounced": {"half", "wait"},
		"complained": {"dash", "quiet"}, "stopped": {"dash", "quiet"}, "wrong": {"cross", "bad"},
	},
	"hold": {
		"hard": {"cross", "bad"}, "soft": {"half", "wait"}, "complaint": {"cross", "bad"}, "left": {"dash", "quiet"}, "manual": {"dash", "wait"},
	},
	"campaign": {
		"draft": {"dash", "quiet"}, "scheduled": {"empty", "wait"}, "sending": {"now", "now"}, "paused": {"half", "wait"},
		"sent": {"check", "good"}, "cancelled": {"cross", "bad"},
	},
	"chain": {
		"on": {"full", "good"}, "off": {"dash", "quiet"},
	},
	"chainrun": {
		"running": {"half", "wait"}, "done": {"check", "good"}, "stopped": {"cross", "quiet"},
	},
	"chainstep": {
		"waiting": {"empty", "wait"}, "sent": {"check", "good"}, "skipped": {"dash", "quiet"}, "stopped": {"cross", "quiet"},
	},
	"survey": {
		"draft": {"dash", "quiet"}, "open": {"full", "good"}, "closed": {"check", "quiet"},
	},
	"wording": {
		"own": {"full", "good"}, "outdated": {"half", "wait"},
	},
	"trip": {
		"draft": {"dash", "quiet"}, "open": {"half", "wait"}, "selection": {"half", "maybe"}, "confirmed": {"full", "good"}, "locked": {"full", "good"},
		"underway": {"now", "now"}, "completed": {"check", "good"}, "reported": {"check", "quiet"}, "cancelled": {"cross", "bad"},
		"requested": {"empty", "wait"}, "screening": {"half", "wait"}, "accepted": {"half", "maybe"}, "declined": {"cross", "bad"},
		"programme": {"half", "maybe"}, "hosts_confirmed": {"full", "good"}, "published": {"full", "good"}, "visited": {"check", "good"},
	},
	"application": {
		"submitted": {"empty", "wait"}, "shortlisted": {"half", "wait"}, "reserve": {"empty", "maybe"}, "offered": {"half", "maybe"},
		"accepted": {"full", "good"}, "committed": {"full", "good"}, "travelled": {"check", "good"}, "reported": {"check", "quiet"},
		"declined": {"cross", "bad"}, "expired": {"dash", "quiet"}, "withdrawn": {"dash", "quiet"},
	},
	"traveller": {
		"going": {"full", "good"}, "out": {"cross", "quiet"},
	},
	"host": {
		"planned": {"dash", "quiet"}, "invited": {"empty", "wait"}, "confirmed": {"full", "good"}, "declined": {"cross", "bad"},
	},
	"token": {
		"active": {"full", "good"}, "revoked": {"cross", "bad"},
	},
}

// state is the badge of a state: {{state "registration" .State}}. One that is
// not in the table is shown with its bare name.
func (l *Lang) state(what string, state any) template.HTML {
	name := fmt.Sprint(state) // whatever named string type it has
	s, ok := signs[what][name]
	word := name
	if ok {
		word = l.Text("state." + what + "." + name)
	} else {
		s = sign{"dash", "quiet"}
	}
	return template.HTML(`<span class="state ` + s.tone + `"><svg viewBox="0 0 12 12" aria-hidden="true">` +
		shapes[s.shape] + `</svg>` + template.HTMLEscapeString(word) + `</span>`)
}

// StateKnown reports whether a state of something has its sign: for the tests
// of those who own the states.
func StateKnown(what, state string) bool {
	_, ok := signs[what][state]
	return ok
}
