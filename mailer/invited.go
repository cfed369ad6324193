package mailer

import "kohtaamo/storage"

// InviteLeft reports whether one of the invites that were promised to an address
// and speak of ref may have arrived there: it was sent, a worker has it in its
// hands, or a relay was cut off before it answered. One that still waits, was
// taken back before it left, or was refused, has not. Where none is kept any
// more it is taken that they arrived.
func (o *Outbox) InviteLeft(tx *storage.Tx, ref, to string) (bool, error) {
	if ascii, err := ParseAddress(to); err == nil {
		to = ascii
	}
	kept := 0
	for m, err := range mails.Each(tx, storage.Query{Where: []storage.Cond{storage.Is("ref", ref)}}) {
		if err != nil {
			return false, err
		}
		if m.Calendar == nil || m.Calendar.Method != "REQUEST" || m.To != to {
			continue
		}
		if kept++; m.mayHaveLeft() {
			return true, nil
		}
	}
	return kept == 0, nil
}

func (m *Mail) mayHaveLeft() bool {
	switch m.State {
	case Sent, Sending:
		return true
	case Failed, Suppressed:
		return false
	}
	return m.Tries > 0 && m.LastCode == 0
}
