package scheduling

import (
	"cmp"
	"strings"

	"kohtaamo/mailer"
	"kohtaamo/storage"
	"kohtaamo/templates"
)

// kindOfChainMail is what the kind of a chain's mail begins with; its trigger
// follows.
const kindOfChainMail = "chain."

// stepMail writes a step to somebody, in their language as far as it was
// written, under the name of the cluster. The caller gives it its key.
func (d *Desk) stepMail(tx *storage.Tx, c *Chain, step ChainStep, s *subject) (*mailer.Mail, error) {
	from, err := d.chainSender(tx, c)
	if err != nil {
		return nil, err
	}
	l := d.Texts.In(s.lang)
	letter := mailer.Letter{
		Subject: withValues(l, step.Subject.In(s.lang), s.fields), Brand: from.brand(d, l.Code()), Facts: s.facts,
		Paragraphs: append([]string{l.Text("letter.hello", "name", s.name)}, inParagraphs(withValues(l, step.Body.In(s.lang), s.fields))...),
	}
	d.addStep(l, &letter, c.Trigger, step, s)
	if s.contact != "" && s.replyTo != "" {
		letter.Closing = []string{l.Text("letter.contact", "name", s.contact, "email", s.replyTo)}
	}
	m := &mailer.Mail{
		Kind: kindOfChainMail + string(c.Trigger), About: s.about, Cluster: from.id(),
		To: s.email, ToName: s.name, Lang: l.Code(), Priority: mailer.Bulk,
		From: from.address(), FromName: from.name(l.Code(), d), ReplyTo: s.replyTo,
	}
	if pays := cmp.Or(s.event, s.within); pays != nil {
		if letter.Emblem, err = d.emblem(tx, l, pays); err != nil {
			return nil, err
		}
	}
	if s.event != nil {
		kind := mailThanks
		if step.When.beforeStart() {
			kind, m.Priority, m.Expires = mailReminder, mailer.Normal, s.starts
		}
		letter.Facts = d.facts(l, kind, s.event, s.reg, s.fields["when"])
	}
	m.Letter = letter
	return m, nil
}

func (d *Desk) chainSender(tx *storage.Tx, c *Chain) (sender, error) {
	cluster, err := clusters.Shared(tx, c.ClusterID)
	return sender{cluster}, err
}

// addStep adds the one next step of a mail: the survey, the event where the
// event's own mail afterwards leads, the page of the registration, or what s
// links to.
func (d *Desk) addStep(l *templates.Lang, letter *mailer.Letter, t Trigger, step ChainStep, s *subject) {
	thanks := triggers[t].thanks
	switch {
	case step.Ask:
		letter.Button = &mailer.Link{Label: l.Text("chain.button.survey"), URL: d.SurveyURL(s.reg)}
	case thanks != "":
		letter.Button = &mailer.Link{Label: l.Text("letter." + thanks + ".button"), URL: d.nextStep(thanks, s.event, s.reg)}
	case s.reg != nil:
		letter.Button = &mailer.Link{Label: l.Text("chain.button.registration"), URL: d.MyURL(s.reg)}
	case len(s.links) == 1:
		letter.Button = &s.links[0]
	default:
		letter.Links = s.links
	}
}

// inParagraphs parts a text at its empty lines.
func inParagraphs(s string) (out []string) {
	for p := range strings.SplitSeq(strings.ReplaceAll(s, "\r\n", "\n"), "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}
