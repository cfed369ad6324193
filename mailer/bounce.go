package mailer

import (
	"fmt"
	"slices"
	"strings"

	"kohtaamo/storage"
)

// A SentMail is what a bounce address belongs to: a mail, or one reader's copy
// of an issue.
type SentMail struct {
	To      string
	Kind    string
	Cluster string // whose organisers may see it
	List    string // id of the mailing list it went to

	mail     *Mail
	delivery *Delivery
	id       string
}

// ErrUnsettled says that a mail has not left yet, as far as is written down: a
// worker has it in its hands. It wraps storage.ErrBusy: trying again is right.
var ErrUnsettled = fmt.Errorf("the mail is being sent: %w", storage.ErrBusy)

// Sent finds what the first part of a Message-ID names, or storage.ErrNotFound.
func (o *Outbox) Sent(tx *storage.Tx, id string) (*SentMail, error) {
	if issue, reader, ok := strings.Cut(id, "."); ok {
		d, err := deliveries.Get(tx, issue+"/"+reader)
		if err != nil {
			return nil, err
		}
		i, err := issues.Get(tx, d.Issue)
		if err != nil {
			return nil, err
		}
		return &SentMail{To: d.To, Kind: i.Kind, Cluster: i.Cluster, List: d.List, delivery: d, id: id}, nil
	}
	m, err := mails.First(tx, storage.Query{Where: []storage.Cond{
		{Field: "message_id", Op: storage.Ge, Value: id + "@"}, {Field: "message_id", Op: storage.Lt, Value: id + "A"}, // A follows @
	}})
	if err != nil {
		return nil, err
	}
	return &SentMail{To: m.To, Kind: m.Kind, Cluster: m.Cluster, mail: m, id: id}, nil
}

// CameBack writes down that a mail was not delivered although a relay took it:
// it is Failed then, and still says when it was sent. What the report says of
// the address is held against it. One that has failed already is left as it is;
// changed reports whether this was news.
func (o *Outbox) CameBack(tx *storage.Tx, s *SentMail, f *Bounce) (against *Suppression, changed bool, err error) {
	state := s.state()
	switch {
	case state.Open():
		return nil, false, ErrUnsettled
	case slices.Contains([]State{Failed, Suppressed, Withdrawn, Expired}, *state):
		return nil, false, nil
	}
	said := clip(oneLine(fmt.Sprintf("came back: %s %s", f.Status, f.Said)), 300)
	if err := s.fail(tx, f.Code, said); err != nil {
		return nil, false, err
	}
	if f.Blame == "" {
		return nil, true, nil
	}
	against, err = accuse(tx, s.To, accusation{f.Blame == "soft", FromReport, said, s.id, s.Cluster})
	return against, true, err
}

func (s *SentMail) state() *State {
	if s.delivery != nil {
		return &s.delivery.State
	}
	return &s.mail.State
}

func (s *SentMail) fail(tx *storage.Tx, code int, said string) error {
	if d := s.delivery; d != nil {
		d.State, d.LastCode, d.LastError = Failed, code, said
		return deliveries.Put(tx, d)
	}
	s.mail.LastCode, s.mail.LastError = code, said
	s.mail.become(Failed)
	return closed(tx, s.mail)
}

// Complain keeps what is sent to many from the reader of a mail, who called it
// spam. It reports whether that was news.
func (o *Outbox) Complain(tx *storage.Tx, s *SentMail) (against *Suppression, changed bool, err error) {
	against, err = suppression(tx, s.To)
	if err != nil || against.Hold(Complaint) != nil {
		return against, false, err
	}
	against, err = o.StopMail(tx, s.To, Hold{Cause: Complaint, Scope: ScopeBulk, Source: FromFeedback, Note: s.Kind}, s.Cluster)
	if err != nil {
		return nil, false, err
	}
	against.Mail = s.id
	return against, true, against.keep(tx)
}
