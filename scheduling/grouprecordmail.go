package scheduling

import (
	"context"
	"fmt"

	"kohtaamo/mailer"
	"kohtaamo/storage"
	"kohtaamo/templates"
)

// The kinds of mail with what is written of a meeting. Each has its words under
// "letter.KIND".
const (
	mailRecordAgenda  = "record_agenda"
	mailRecordMinutes = "record_minutes"
)

func agendaRef(r *MeetingRecord) string { return r.ID + "/agenda" }

// withdrawAgenda takes the agendas back that have not left.
func (d *Desk) withdrawAgenda(tx *storage.Tx, r *MeetingRecord) error {
	_, err := d.Outbox.Withdraw(tx, agendaRef(r))
	return err
}

// MailAgenda sends the agenda of a meeting ahead to the members of its group.
// The same agenda goes to nobody twice; one that was changed takes the place of
// one that has not left.
func (d *Desk) MailAgenda(ctx context.Context, by Actor, id string) (*MeetingRecord, error) {
	return d.onRecord(ctx, by, id, "record.mail_agenda", "", func(tx *storage.Tx, p *RecordPage) error {
		r := p.Record
		switch {
		case !r.Planned() || !r.Ends.After(tx.Now()):
			return &Problem{Kind: Closed, Key: "record.agenda_late"}
		case len(r.Agenda) == 0:
			return &Problem{Kind: Invalid, Key: "record.no_agenda"}
		}
		if mark := hashOf(r.AgendaMark(), r.Starts.UTC().String(), r.Place, r.Link); r.AgendaSent != mark {
			if err := d.withdrawAgenda(tx, r); err != nil {
				return err
			}
			r.AgendaSent, r.AgendaSentAt = mark, tx.Now()
		}
		w := groupLetter{kind: mailRecordAgenda, key: r.ID + "/" + r.AgendaSent, ref: agendaRef(r)}
		return d.tellRecorded(tx, p, w, func(l *templates.Lang) []string { return agendaParagraphs(l, p) })
	})
}

// MailMinutes sends the minutes of a meeting that was held to the members of its
// group, with its decisions and who promised what. The same minutes go to nobody
// twice.
func (d *Desk) MailMinutes(ctx context.Context, by Actor, id string) error {
	err := d.update(ctx, func(tx *storage.Tx) error {
		p, err := recordOf(tx, by, id)
		if err != nil {
			return err
		}
		r := p.Record
		switch {
		case !p.Manage:
			return errHidden
		case !r.Held():
			return &Problem{Kind: Closed, Key: "record.not_held"}
		case r.Minutes == "" && len(r.Decisions) == 0:
			return &Problem{Kind: Invalid, Key: "record.no_minutes"}
		}
		w := groupLetter{kind: mailRecordMinutes, ref: r.ID + "/minutes"}
		if w.key, err = p.minutesKey(tx); err != nil {
			return err
		}
		if err := d.tellRecorded(tx, p, w, func(l *templates.Lang) []string { return minutesParagraphs(l, p) }); err != nil {
			return err
		}
		return d.log(tx, by, "record.mail_minutes", r.ID, r.GroupID, r.Title.In("en"), "")
	})
	if err != nil {
		return fmt.Errorf("mail the minutes of %s: %w", id, changedMeanwhile(err))
	}
	return nil
}

// minutesKey names one state of the minutes: the same goes to nobody twice.
func (p *RecordPage) minutesKey(tx *storage.Tx) (string, error) {
	if err := p.fill(tx); err != nil {
		return "", err
	}
	all := []string{p.Record.MinutesMark(), string(p.Record.State)}
	for _, x := range p.Promises() {
		all = append(all, x.What, x.OwnerName, x.Due)
	}
	return p.Record.ID + "/" + hashOf(all...), nil
}

// tellRecorded promises each member of the group a letter with some paragraphs
// of a record.
func (d *Desk) tellRecorded(tx *storage.Tx, p *RecordPage, w groupLetter, paragraphs func(*templates.Lang) []string) error {
	if err := p.fill(tx); err != nil {
		return err
	}
	members, err := membersOf(tx, p.Group)
	if err != nil {
		return err
	}
	if len(members) == 0 {
		return &Problem{Kind: Invalid, Key: "record.nobody"}
	}
	w.title, w.path = p.Record.Title, recordPath(p.Record)
	for _, reader := range members {
		if reader.Email == "" {
			continue
		}
		w.to = reader
		w.facts = func(l *templates.Lang) []mailer.Fact { return recordFacts(l, p.Record, reader.Zone, w.kind) }
		m, err := d.groupMail(tx, p.Group, w)
		if err != nil {
			return err
		}
		m.Letter.Paragraphs = append(m.Letter.Paragraphs, paragraphs(d.Texts.In(m.Lang))...)
		if err := d.Outbox.Add(tx, *m); err != nil {
			return fmt.Errorf("send meeting %s: %w", p.Record.ID, err)
		}
	}
	return nil
}

// agendaParagraphs are the lines of the agenda and what was promised before.
func agendaParagraphs(l *templates.Lang, p *RecordPage) []string {
	out := AgendaLines(l, p.Record)
	if len(p.Carried) > 0 {
		out = append(out, l.Text("record.carried"))
		for _, a := range p.Carried {
			out = append(out, "• "+promiseLine(l, Promise{a.What, a.OwnerID, a.OwnerName, a.Due}))
		}
	}
	return out
}

// AgendaLines are the lines of an agenda, numbered, each with how long it takes
// and who presents it.
func AgendaLines(l *templates.Lang, r *MeetingRecord) (out []string) {
	for i, line := range r.Agenda {
		s := fmt.Sprintf("%d. %s", i+1, line.Title)
		if line.Minutes > 0 {
			s += " (" + l.Text("record.minutes_short", "count", line.Minutes) + ")"
		}
		if line.Who != "" {
			s += " – " + line.Who
		}
		out = append(out, s)
	}
	return out
}

// minutesParagraphs are the minutes as plain text, what was decided and who
// promised what.
func minutesParagraphs(l *templates.Lang, p *RecordPage) (out []string) {
	if p.Record.Minutes != "" {
		out = append(out, templates.MarkdownText(p.Record.Minutes, false))
	}
	if len(p.Record.Decisions) > 0 {
		out = append(out, l.Text("record.decisions"))
		for i, x := range p.Record.Decisions {
			out = append(out, fmt.Sprintf("%d. %s", i+1, x.Text))
		}
	}
	if promised := p.Promises(); len(promised) > 0 {
		out = append(out, l.Text("action.title"))
		for _, x := range promised {
			out = append(out, "• "+promiseLine(l, x))
		}
	}
	return out
}

// Promises are the action items of the meeting as its minutes have them: as they
// were when those were approved, before that as they are.
func (p *RecordPage) Promises() (out []Promise) {
	if p.Record.State == RecordApproved {
		return p.Record.Promised
	}
	for _, a := range p.Actions {
		out = append(out, Promise{a.What, a.OwnerID, a.OwnerName, a.Due})
	}
	return out
}

func promiseLine(l *templates.Lang, x Promise) string {
	return l.Text("action.line", "what", x.What, "who", x.OwnerName, "due", l.Date(x.Due))
}
