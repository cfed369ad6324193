package scheduling

// webhookOff tells the reader that a webhook of theirs was switched off.
func (p *post) webhookOff() {
	p.keep(p.Outbox.Add(p.tx, p.switchedOffMail(p.reader, &Webhook{Meta: fixed("webhook"), Name: p.in("Customer register", "Asiakasrekisteri"),
		FailingSince: t0.AddDate(0, 0, -3), SwitchedOffAt: t0})))
}
