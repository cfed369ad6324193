package scheduling

import (
	"slices"
	"strings"
)

// A WordingKind is a kind of mail whose texts the organisers of a cluster can
// write themselves.
type WordingKind struct {
	Kind   string   // as the outbox has it, "registration.confirmed"
	Fields []string // what its texts may mention
	Needs  []string // those without which nobody knows what the mail is about
}

// WordingSubjects are the subjects of the kinds, in the order a page shows them.
var WordingSubjects = []string{"registration", "round", "entrant", "request", "meeting", "outcome", "group", "application", "host", "delegation", "itinerary", "trip", "traveller", "membership", "plan"}

// WordingKinds are all of them, by subject. What is sent by no cluster, such as
// a sign-in link, has the house's words.
var WordingKinds = slices.Concat(
	wordingKinds([]string{"event", "name", "when"}, []string{"event"}, inKind("registration.", mailAddress, mailReceived, mailConfirmed, mailWaitlisted,
		mailOffered, mailCancelled, mailLeft, mailExpired, mailRejected, mailHandedOver, mailChanged, mailCalledOff, mailReminder, mailThanks, mailMissed)...),
	wordingKinds([]string{"round", "name", "company"}, []string{"round"}, roundMailKinds...),
	wordingKinds([]string{"round", "name", "company"}, []string{"round", "company"}, mailEntrantIn, mailEntrantPending, mailEntrantRejected),
	wordingKinds([]string{"round", "name", "company", "by", "email"}, []string{"round", "by", "email"}, mailEntrantInvited),
	wordingKinds([]string{"with", "round", "name"}, []string{"with"}, requestReceived, requestAccepted, requestUntimed, requestDeclined, requestCountered,
		requestWithdrawn, requestExpired, requestLapsed, requestReminder),
	wordingKinds([]string{"with", "when", "round", "name"}, []string{"with"}, slices.Concat(inKind("meeting.", tellBooked, tellMoved, tellCancelled, tellHandedOver),
		[]string{meetingAsked, meetingStays})...),
	wordingKinds([]string{"who", "company", "with", "when", "round", "name"}, []string{"who"}, meetingDeclined),
	wordingKinds([]string{"n", "round", "name"}, []string{"round"}, mailAgenda),
	wordingKinds([]string{"count", "round", "name"}, []string{"round"}, mailOutcomes),
	wordingKinds([]string{"next", "with", "round", "name"}, []string{"next"}, mailNextStep),
	wordingKinds([]string{"count", "trip", "name"}, []string{"trip"}, mailTripOutcomes),
	wordingKinds([]string{"host", "trip", "name"}, []string{"trip", "host"}, mailTripHost),
	wordingKinds([]string{"next", "with", "trip", "name"}, []string{"next"}, mailTripNext),
	wordingKinds([]string{"group", "company", "name"}, []string{"group"}, inKind(kindOfGroupLetter, mailB2BAddress, mailB2BInterest, mailB2BAccepted,
		mailB2BReserve, mailB2BDeclined, mailB2BEnded, mailB2BLeft, mailB2BColleague)...),
	wordingKinds([]string{"title", "group", "name"}, []string{"title"}, inKind(kindOfGroupLetter, mailMeetingAsked, mailMeetingFixed, mailMeetingOpen,
		mailMeetingWithout, mailMeetingOut, mailMeetingChanged, mailMeetingCancelled)...),
	wordingKinds([]string{"title", "group", "name", "in", "need", "required", "of"}, []string{"title", "in", "need"},
		inKind(kindOfGroupLetter, mailMeetingRisk, mailMeetingSafe, mailMeetingNone)...),
	wordingKinds([]string{"title", "group", "name"}, []string{"title"}, inKind(kindOfGroupLetter, mailPollAsked, mailPollReminder, mailPollCancelled,
		mailRecordSet, mailRecordChanged, mailRecordCancelled, mailRecordOut, mailRecordAgenda, mailRecordMinutes)...),
	wordingKinds([]string{"action", "group", "name"}, []string{"action"}, inKind(kindOfGroupLetter, mailActionGiven, mailActionDue, mailActionOverdue)...),
	wordingKinds([]string{"title", "group", "name", "answered", "members"}, []string{"title"}, inKind(kindOfGroupLetter, mailPollAnswered)...),
	wordingKinds([]string{"trip", "company", "when", "name"}, []string{"trip"}, applicationMailKinds...),
	wordingKinds([]string{"trip", "host", "name"}, []string{"trip"}, hostMailKinds...),
	wordingKinds([]string{"trip", "body", "name"}, []string{"body"}, delegationMailKinds...),
	wordingKinds([]string{"trip", "name"}, []string{"trip"}, mailItinerary, mailItineraryChanged, mailItineraryCancelled),
	wordingKinds([]string{"what", "when", "trip", "name"}, []string{"what", "when"}, mailItineraryLate),
	wordingKinds([]string{"trip", "name"}, []string{"trip"}, mailTravellerNamed, mailTravellerReminder, mailTravellerReleased),
	wordingKinds([]string{"company", "cluster", "name"}, []string{"company"}, membershipMailKinds...),
	wordingKinds([]string{"item", "plan", "name"}, []string{"item"}, planMailKinds...),
	wordingKinds([]string{"day", "company", "cluster", "name"}, []string{"company", "day"}, mailAgreementDue),
	wordingKinds([]string{"heir", "trip", "name"}, []string{"heir", "trip"}, mailTravellerReplaced),
)

func wordingKinds(fields, needs []string, kinds ...string) (out []WordingKind) {
	for _, k := range kinds {
		out = append(out, WordingKind{k, fields, needs})
	}
	return out
}

func inKind(prefix string, kinds ...string) (out []string) {
	for _, k := range kinds {
		out = append(out, prefix+k)
	}
	return out
}

// wordingKind finds one of WordingKinds.
func wordingKind(kind string) (WordingKind, bool) {
	i := slices.IndexFunc(WordingKinds, func(k WordingKind) bool { return k.Kind == kind })
	if i < 0 {
		return WordingKind{}, false
	}
	return WordingKinds[i], true
}

// Subject is what k is about, one of WordingSubjects.
func (k WordingKind) Subject() string {
	subject, _, _ := strings.Cut(k.Kind, ".")
	return subject
}

// letterKey is where the program's own words of a kind of mail stand.
func letterKey(kind string) string {
	for _, prefix := range []string{"registration.", kindOfGroupLetter} {
		if k, ok := strings.CutPrefix(kind, prefix); ok {
			return "letter." + k
		}
	}
	return "letter." + kind
}
