package scheduling

import (
	"time"

	"kohtaamo/templates"
)

// groupRecords writes to the reader about a date poll, the meeting that came of
// it and what they promised there.
func (p *post) groupRecords() {
	p.group.Members = []string{p.reader.ID}
	p.keep(groups.Put(p.tx, p.group))
	starts := t0.AddDate(0, 0, 20)
	poll := &DatePoll{Meta: fixed("poll"), GroupID: p.group.ID, ClusterID: p.cluster.ID, State: PollOpen, Title: Text{"en": "Spring meeting", "fi": "Kevätkokous"},
		Place: p.in("Town hall", "Kaupungintalo"), Link: "https://video.example/spring", Zone: HouseZone, Minutes: 90, AskedAt: t0, AnswerBy: t0.AddDate(0, 0, 6),
		Times: []CandidateTime{{ID: "a", Starts: starts}, {ID: "b", Starts: starts.AddDate(0, 0, 1)}}, Reason: p.in("Too few can come.", "Liian harva pääsee.")}
	for _, kind := range []string{mailPollAsked, mailPollReminder, mailPollCancelled} {
		p.keep(p.tellVoter(p.tx, p.group, poll, p.reader.ID, kind, 0))
	}
	poll.Voters, poll.PersonIDs = []Voter{{PersonID: p.reader.ID, Answers: map[string]GroupAnswer{"a": GroupYes, "b": GroupNo}}}, []string{p.reader.ID}
	p.keep(p.reportPoll(p.tx, p.group, poll, t0))

	r := p.pastRecord()
	for i, kind := range []string{mailRecordSet, mailRecordChanged, mailRecordOut, mailRecordCancelled} {
		x := r.clone()
		x.ID, x.UID, x.Sequence = kind, kind+"@kohtaamo.example", i
		if kind == mailRecordCancelled || kind == mailRecordOut {
			x.Reason, x.Invited = p.in("The hall is closed.", "Sali on suljettu."), []string{p.reader.ID}
		}
		p.keep(p.tellMember(p.tx, p.group, x, p.reader, kind))
	}
	a := &ActionItem{Meta: fixed("action"), GroupID: p.group.ID, ClusterID: p.cluster.ID, RecordID: r.ID, What: p.in("Ask the city for land", "Kysytään kaupungilta tonttia"),
		OwnerID: p.reader.ID, OwnerName: p.reader.Name, OwnerIDs: []string{p.reader.ID}, Due: "2027-02-19", State: ActionOpen, UID: "action@kohtaamo.example", Changed: t0}
	p.keep(actionItems.Put(p.tx, a))
	for _, kind := range []string{mailActionGiven, mailActionDue, mailActionOverdue} {
		p.keep(p.tellOwner(p.tx, p.group, a, p.reader, kind, "golden"))
	}
	page := &RecordPage{Group: p.group, Record: r, Manage: true}
	p.keep(p.tellRecorded(p.tx, page, groupLetter{kind: mailRecordMinutes, key: r.ID, ref: r.ID + "/minutes"}, func(l *templates.Lang) []string { return minutesParagraphs(l, page) }))
	ahead := r.clone()
	ahead.ID, ahead.State = "recordahead", RecordPlanned
	page = &RecordPage{Group: p.group, Record: ahead, Manage: true}
	p.keep(p.tellRecorded(p.tx, page, groupLetter{kind: mailRecordAgenda, key: ahead.ID, ref: agendaRef(ahead)}, func(l *templates.Lang) []string { return agendaParagraphs(l, page) }))
}

// pastRecord stores a meeting with everything that is written of one.
func (p *post) pastRecord() *MeetingRecord {
	starts := t0.AddDate(0, 0, 20)
	r := &MeetingRecord{Meta: fixed("record"), GroupID: p.group.ID, ClusterID: p.cluster.ID, State: RecordHeld, Title: Text{"en": "Spring meeting", "fi": "Kevätkokous"}, Starts: starts, Ends: starts.Add(90 * time.Minute),
		Zone: HouseZone, Place: p.in("Town hall", "Kaupungintalo"), Link: "https://video.example/spring", UID: "record@kohtaamo.example", Changed: t0,
		Agenda:    []AgendaLine{{ID: "1", Title: p.in("Opening", "Avaus"), Minutes: 5}, {ID: "2", Title: p.in("Reuse of timber", "Puun uusiokäyttö"), Minutes: 45, Who: "Mikko Laine"}},
		Minutes:   p.in("## Timber\n\nThe city has **two** sites.", "## Puu\n\nKaupungilla on **kaksi** tonttia."),
		Decisions: []Resolution{{ID: "1", Text: p.in("We go on with both.", "Jatketaan molemmilla.")}},
		Present:   []Presence{{PersonID: p.reader.ID, Name: p.reader.Name, State: Present}}}
	r.index()
	p.keep(meetingRecords.Put(p.tx, r))
	return r
}
