package scheduling

// belongings has one person hear all that there is to hear of a membership and
// its agreement.
func (p *post) belongings() {
	m := &Membership{Meta: fixed("membership"), ClusterID: p.cluster.ID, Name: "Pohjoisen Anturi Oy", State: JoinActive}
	a := &Agreement{Meta: fixed("agreement"), MembershipID: m.ID, ClusterID: p.cluster.ID, Version: 2, Lang: p.lang, State: AgreementSigned,
		Starts: midnight("2027-02-01", zoneOf(HouseZone)), Ends: midnight("2028-02-01", zoneOf(HouseZone)), Signatory: p.reader.Name, Email: p.reader.Email}
	to := reader{p.reader.Email, p.reader.Name, p.lang}
	for _, kind := range append(membershipMailKinds, mailAgreementDue) {
		w := memberLetter{kind: kind, key: "golden", to: to, path: "/memberships/membership"}
		switch kind {
		case mailMembershipAddress, mailMembershipReceived, mailMembershipDeclined:
			w.path = "/join/" + p.sign("join", m.ID, 0)
		case mailAgreementSigned, mailAgreementCame:
			a.Signature = &Signature{Name: p.reader.Name, At: t0, SHA256: documentHash([]byte("golden")), By: "link"}
		}
		switch kind {
		case mailMembershipDeclined:
			w.why = p.in("The cluster takes organisations that work with vehicles.", "Klusteriin otetaan organisaatioita, jotka tekevät työtä ajoneuvojen parissa.")
		case mailAgreementSign, mailAgreementSigned, mailAgreementCame, mailAgreementDue, mailAgreementLapsed:
			w.path, w.facts = p.agreementPath(a), p.agreementFacts(a)
		}
		if kind == mailAgreementDue {
			w.args = []any{"day", formalDate(p.Texts.In(p.lang), a.LastDay())}
		}
		p.keep(p.tellOfMembership(p.tx, m, w))
	}
}
