package mailer

import "kohtaamo/storage"

// InviteLeft reports whether a mail that speaks of ref may have taken a calendar
// entry to an address: it was sent, a worker has it in its hands, or a relay was
// cut off before it answered. One that still waits, was taken back before it
// left, or was refused, has not.
func (o *Outbox) InviteLeft(tx *storage.Tx, ref, to string) (bool, error) {
	if ascii, err := ParseAddress(to); err == nil {
		to = ascii
	}
	for m, err := range mails.Each(tx, storage.Query{Where: []storage.Cond{storage.Is("ref", ref)}}) {
		if err != nil {
			return false, err
		}
		if m.Calendar != nil && m.Calendar.Method == "REQUEST" && m.To == to && m.mayHaveLeft() {
			return true, nil
		}
	}
	return false, nil
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
