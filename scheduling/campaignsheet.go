package scheduling

import (
	"html/template"
	"strings"

	"kohtaamo/mailer"
	"kohtaamo/storage"
	"kohtaamo/templates"
)

// The addresses of a reader's own links, as the layout writes them: gaps of the
// sheet take their place.
const (
	leaveMark       = "https://reader.invalid/unsubscribe"
	preferencesMark = "https://reader.invalid/preferences"
)

var ownLinks = strings.NewReplacer(leaveMark, "{{unsubscribe}}", preferencesMark, "{{preferences}}")

// ArchiveURL is where c can be read on the web, once its list shows it.
func (d *Desk) ArchiveURL(c *Campaign) string { return d.BaseURL + "/newsletters/" + c.Slug }

// parts are c's text in a language: what was written, rendered, and the blocks
// filled in. Fields stay marked.
func (d *Desk) parts(tx *storage.Tx, c *Campaign, lang string, wrapped bool) ([]templates.BulkPart, error) {
	pieces, err := campaignText(c.Body[lang], lang)
	if err != nil {
		return nil, err
	}
	var out []templates.BulkPart
	for _, p := range pieces {
		if p.block == "" {
			src := markFields(p.words)
			out = append(out, templates.BulkPart{
				HTML: template.HTML(loosened(string(templates.MailMarkdown(src)), bracesInHTML)),
				Text: loosened(templates.MarkdownText(src, wrapped), bracesInText),
			})
			continue
		}
		b, err := d.block(tx, c, p, lang)
		if err != nil {
			return nil, err
		}
		for i := range b.items {
			loosenItem(&b.items[i])
		}
		out = append(out, templates.BulkPart{Items: b.items})
	}
	return out, nil
}

// loosenItem keeps what organisers called their things from being a gap.
func loosenItem(i *templates.BulkItem) {
	for _, s := range []*string{&i.When, &i.Title, &i.Where, &i.About} {
		*s = plainly(*s)
	}
}

// plainly is text that has neither fields nor gaps in it, whatever was typed.
func plainly(s string) string { return bracesInText.Replace(withoutPrivate(cleanText(s))) }

// subject is c's subject in a language with its fields marked.
func (c *Campaign) subject(lang string) string {
	s := strings.NewReplacer(`\{`, "{", `\}`, "}").Replace(markFields(c.Subject[lang]))
	return loosened(s, bracesInText)
}

// sheet lays c out in a language, with gaps where its readers differ.
func (d *Desk) sheet(tx *storage.Tx, c *Campaign, cl *Cluster, lang string) (mailer.Sheet, error) {
	b, err := d.bulk(tx, c, cl, lang)
	if err != nil {
		return mailer.Sheet{}, err
	}
	return sheetOf(b)
}

func sheetOf(b *templates.Bulk) (mailer.Sheet, error) {
	page, plain, err := b.Render()
	if err != nil {
		return mailer.Sheet{}, err
	}
	return mailer.Sheet{Subject: withGaps(b.Subject), HTML: ownLinks.Replace(withGaps(page)), Text: ownLinks.Replace(withGaps(plain))}, nil
}

// bulk is c in a language as its templates read it.
func (d *Desk) bulk(tx *storage.Tx, c *Campaign, cl *Cluster, lang string) (*templates.Bulk, error) {
	l := d.Texts.In(lang)
	parts, err := d.parts(tx, c, lang, true)
	if err != nil {
		return nil, err
	}
	colour, on, ink := sheetColours(cl)
	b := &templates.Bulk{
		Lang: l.Code(), Subject: c.subject(lang), Parts: parts,
		Brand:  templates.BulkBrand{Name: plainly(cl.Name.In(lang)), URL: d.BaseURL + "/clusters/" + cl.Slug, Address: plainly(cl.Address)},
		Colour: template.CSS(colour), OnColour: template.CSS(on), Ink: template.CSS(ink),
		Words: templates.BulkWords{
			Why:     l.Text("campaign.mail.why_invited", "cluster", plainly(cl.Name.In(lang))),
			Archive: l.Text("campaign.mail.archive"), Preferences: l.Text("campaign.mail.preferences"), Unsubscribe: l.Text("campaign.mail.unsubscribe"),
		},
		Preferences: preferencesMark, Unsubscribe: leaveMark,
	}
	if err := d.listWords(tx, c, l, b); err != nil {
		return nil, err
	}
	p, err := fundedCampaign(tx, c, cl)
	if err != nil {
		return nil, err
	}
	if p != nil {
		b.Emblem = &templates.BulkEmblem{Text: l.Text("common.cofunded"), Project: plainly(p.Name.In(lang))}
	}
	return b, nil
}

// listWords say on which list a reader of a newsletter is, and where it can be
// read on the web.
func (d *Desk) listWords(tx *storage.Tx, c *Campaign, l *templates.Lang, b *templates.Bulk) error {
	if c.ListID == "" {
		return nil
	}
	list, err := mailingLists.Get(tx, c.ListID)
	if err != nil {
		return err
	}
	b.Words.Why = l.Text("campaign.mail.why_list", "list", plainly(list.Name.In(l.Code())))
	if list.Archive {
		b.Archive = d.ArchiveURL(c)
	}
	return nil
}

// sheets are c in all its languages.
func (d *Desk) sheets(tx *storage.Tx, c *Campaign) (map[string]mailer.Sheet, error) {
	cl, err := clusters.Get(tx, c.ClusterID)
	if err != nil {
		return nil, err
	}
	out := map[string]mailer.Sheet{}
	for _, lang := range c.Langs() {
		if out[lang], err = d.sheet(tx, c, cl, lang); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// params are the words of the gaps in a reader's copy.
func (d *Desk) params(c *Campaign, fields []string, r Reader) map[string]string {
	out := map[string]string{"unsubscribe": d.LeaveURL(r.Email, c.ListID), "preferences": d.PreferencesURL(r.Email)}
	words := d.wordsFor(c.ReadIn(r.Lang))
	for _, f := range fields {
		out[f] = words[f]
	}
	for field, s := range map[string]string{"name": r.Name, "company": r.Company} {
		if _, used := out[field]; used && cleanLine(s) != "" {
			out[field] = cleanLine(s)
		}
	}
	return out
}

// wordsFor are what fields say of whom nothing is known.
func (d *Desk) wordsFor(lang string) map[string]string {
	l := d.Texts.In(lang)
	return map[string]string{"name": l.Text("campaign.mail.reader"), "company": l.Text("campaign.mail.company")}
}

// filled is a sheet as one reader gets it.
func filled(s mailer.Sheet, params map[string]string) mailer.Sheet {
	var plain, page []string
	for name, words := range params {
		plain = append(plain, "{{"+name+"}}", words)
		page = append(page, "{{"+name+"}}", template.HTMLEscapeString(words))
	}
	return mailer.Sheet{
		Subject: strings.NewReplacer(plain...).Replace(s.Subject),
		HTML:    strings.NewReplacer(page...).Replace(s.HTML),
		Text:    strings.NewReplacer(plain...).Replace(s.Text),
	}
}
