package scheduling

import (
	"cmp"
	"context"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"kohtaamo/mailer"
	"kohtaamo/scheduling/pack"
	"kohtaamo/storage"
)

// A Shot is a public page as its visitors see it at a moment.
type Shot struct {
	Kind    string // "event" or "trip"
	Slug    string
	Lang    string
	At      time.Time
	Project *Project // whose emblem it has to carry then
}

// Shoot renders a public page: see handlers.Server. It is storage.ErrNotFound for
// a page that the public does not see.
type Shoot func(ctx context.Context, p Shot) ([]byte, error)

// The kinds of things that show who funds them.
const (
	shownEvent  = "event"
	shownTrip   = "trip"
	shownLetter = "newsletter"
)

// A shownThing is a page or a newsletter of the period.
type shownThing struct {
	kind, id, slug string
	title          Text
	projectID      string
	from           time.Time // when it was published or sent
	zone           string
	file           string // where it stands in the pack already
	seen           bool   // the emblem stands in it
}

// A sentSheet is what a campaign said, kept when its copies are deleted: it names
// nobody. Its ID is the campaign's.
type sentSheet struct {
	storage.Meta `bson:",inline"`
	Sheets       map[string]mailer.Sheet `bson:"sheets"` // by language
}

var sentSheets = storage.NewCollection[sentSheet]("sent_sheets")

// keepSheets keeps what c said, of its own sending: those that go to fewer
// readers say the same.
func keepSheets(tx *storage.Tx, c *Campaign, i *mailer.Issue) error {
	if i.ID != c.ID {
		return nil
	}
	s := &sentSheet{Meta: storage.Meta{ID: c.ID}, Sheets: map[string]mailer.Sheet{}}
	for _, lang := range c.Langs() {
		if sheet, ok := i.Sheets[lang]; ok {
			s.Sheets[lang] = sheet
		}
	}
	if old, err := sentSheets.Get(tx, c.ID); err == nil {
		s.Meta = old.Meta
	} else if ignoreMissing(err) != nil {
		return err
	}
	return sentSheets.Put(tx, s)
}

// sheetsOf are what c said, as it was sent.
func (x *evidence) sheetsOf(c *Campaign) (map[string]mailer.Sheet, error) {
	i, err := x.desk.Outbox.IssueIn(x.tx, c.ID)
	if err == nil {
		return i.Sheets, nil
	}
	if ignoreMissing(err) != nil {
		return nil, err
	}
	s, err := sentSheets.Get(x.tx, c.ID)
	if err != nil {
		return nil, ignoreMissing(err)
	}
	return s.Sheets, nil
}

// newsletters writes what was sent in the period, as HTML and as text, as nobody
// in particular got it.
func (x *evidence) newsletters() error {
	var list []*Campaign
	for _, state := range []CampaignState{CampaignSending, CampaignPaused, CampaignSent, CampaignCancelled} {
		found, err := campaigns.Find(x.tx, x.during("at", storage.Is("state", string(state))))
		if err != nil {
			return err
		}
		for _, c := range found {
			if ours, err := x.sent(c); err != nil {
				return err
			} else if ours {
				list = append(list, c)
			}
		}
	}
	slices.SortFunc(list, func(a, b *Campaign) int { return cmp.Or(a.Begun.Compare(b.Begun), strings.Compare(a.ID, b.ID)) })
	for _, c := range list {
		if err := x.newsletter(c); err != nil {
			return err
		}
	}
	heads := []string{"number", "day", "title", "readers", "languages"}
	return x.list(x.listName("newsletters"), "/organise/campaigns", heads, func(t rowTaker) error {
		for i, c := range list {
			row := []string{strconv.Itoa(i + 1), houseDay(c.Begun), withWords(c.subject(c.ReadIn(x.l.Code())), x.desk.wordsFor(x.l.Code())), strconv.Itoa(c.People), strings.Join(c.Langs(), ", ")}
			if err := t.Write(row); err != nil {
				return err
			}
		}
		return nil
	})
}

// sent reports whether c has begun to go out and belongs to the period. A project
// has those that carry its name, and those about its events.
func (x *evidence) sent(c *Campaign) (bool, error) {
	if c.Begun.IsZero() {
		return false, nil
	}
	project, err := x.campaignProject(c)
	return err == nil && x.concerns([]string{c.ClusterID}, project), err
}

func (x *evidence) campaignProject(c *Campaign) (string, error) {
	if c.ProjectID != "" {
		return c.ProjectID, nil
	}
	for _, id := range c.EventIDs {
		e, err := events.Get(x.tx, id)
		if ignoreMissing(err) != nil {
			return "", err
		}
		if err == nil && e.ProjectID != "" {
			return e.ProjectID, nil
		}
	}
	return "", nil
}

func (x *evidence) newsletter(c *Campaign) error {
	sheets, err := x.sheetsOf(c)
	if err != nil {
		return err
	}
	project, err := x.campaignProject(c)
	if err != nil {
		return err
	}
	for _, lang := range c.Langs() {
		s, ok := sheets[lang]
		if !ok {
			continue
		}
		s = filled(s, x.nobody(c, lang))
		folder := []string{x.text("folder.newsletters"), dayName(c.Begun, HouseZone, c.Slug)}
		name, err := x.add(pack.Name(append(folder, lang+".html")...), "/organise/campaigns/"+c.ID, stringWriter(s.HTML))
		if err != nil {
			return err
		}
		if _, err := x.add(pack.Name(append(folder, lang+".txt")...), "/organise/campaigns/"+c.ID, stringWriter(s.Subject+"\n\n"+s.Text)); err != nil {
			return err
		}
		seen := strings.Contains(s.HTML, x.desk.Texts.In(lang).Text("common.cofunded"))
		x.shown = append(x.shown, shownThing{kind: shownLetter, id: c.ID, slug: c.Slug + " " + lang, title: Text{lang: s.Subject}, projectID: project, from: c.Begun, zone: HouseZone, file: name, seen: seen})
	}
	return nil
}

// nobody are the words of a sheet's gaps for a reader of whom nothing is known.
func (x *evidence) nobody(c *Campaign, lang string) map[string]string {
	out := map[string]string{"unsubscribe": x.desk.BaseURL + "/newsletters", "preferences": x.desk.BaseURL + "/newsletters"}
	maps.Copy(out, x.desk.wordsFor(lang))
	return out
}

func stringWriter(s string) func(io.Writer) error {
	return func(w io.Writer) error { _, err := io.WriteString(w, s); return err }
}

// shoot writes every page of a funded project as it was shown when it had to
// carry the emblem, and a list that says what shows it.
func (x *evidence) shoot(ctx context.Context, shoot Shoot) error {
	var funded []shownThing
	var due []*Project
	for _, s := range x.shown {
		p, at, err := x.due(ctx, s)
		if err != nil {
			return err
		}
		if p == nil {
			continue
		}
		if s.file == "" {
			if err := x.page(ctx, &s, Shot{Kind: s.kind, Slug: s.slug, Lang: x.l.Code(), At: at, Project: p}, shoot); err != nil {
				return err
			}
		}
		s.from = at
		funded, due = append(funded, s), append(due, p)
	}
	if len(funded) == 0 {
		return nil
	}
	heads := []string{"number", "kind", "title", "project", "first_day", "last_day", "shown_on", "emblem", "file", "proves"}
	return x.list(pack.Name(x.text("folder.visibility"), x.text("file.visibility")+".csv"), "/organise/reports/"+x.r.Period.ID, heads, func(t rowTaker) error {
		for i, s := range funded {
			if err := t.Write(append([]string{strconv.Itoa(i + 1)}, x.shownRow(s, due[i])...)); err != nil {
				return err
			}
		}
		return nil
	})
}

func (x *evidence) shownRow(s shownThing, p *Project) []string {
	says := x.text("not_shown")
	if s.seen {
		says = x.text("shows."+s.kind, "words", x.l.Text("common.cofunded"), "project", p.Name.In(x.l.Code()))
	}
	return []string{x.text("kind." + s.kind), s.title.In(x.l.Code()), p.Code, p.From, p.Until, zoneDay(s.from, s.zone), x.yesNo(s.seen), s.file, says}
}

// due is the project whose emblem something has to carry, and the first moment
// when it has to be seen: when it came out, or the project's first day. Nil: it
// never had to.
func (x *evidence) due(ctx context.Context, s shownThing) (p *Project, at time.Time, err error) {
	if s.projectID == "" || s.from.IsZero() {
		return nil, at, nil
	}
	err = x.desk.view(ctx, func(tx *storage.Tx) error {
		p, err = projects.Get(tx, s.projectID)
		return ignoreMissing(err)
	})
	if err != nil || p == nil {
		return nil, at, err
	}
	at = s.from
	if first, err := time.ParseInLocation(time.DateOnly, p.From, zoneOf(s.zone)); err == nil && at.Before(first) && s.kind != shownLetter {
		at = first.UTC()
	}
	if at.After(x.desk.now()) {
		return nil, at, nil
	}
	return p.shownOn(at.In(zoneOf(s.zone)).Format(time.DateOnly)), at, nil
}

// page writes a public page into the pack. One that the public does not see is
// not shown.
func (x *evidence) page(ctx context.Context, s *shownThing, p Shot, shoot Shoot) error {
	body, err := shoot(ctx, p)
	if IsHidden(err) {
		return nil
	}
	if err != nil {
		return err
	}
	s.seen = strings.Contains(string(body), x.l.Text("common.cofunded")) && strings.Contains(string(body), `class="eu"`)
	name := pack.Name(x.text("folder.visibility"), s.kind+" "+s.slug+".html")
	s.file, err = x.add(name, "/"+s.kind+"s/"+s.slug, func(w io.Writer) error { _, err := w.Write(body); return err })
	return err
}
