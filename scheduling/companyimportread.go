package scheduling

import (
	"slices"
	"strings"

	"kohtaamo/scheduling/table"
	"kohtaamo/storage"
)

// companyHeads are what the columns of a list of companies are called, in both
// languages; our own export calls them so, too.
var companyHeads = map[string][]string{
	"company":      {"company", "company name", "organisation", "organization", "organisation name", "yritys", "yrityksen nimi", "organisaatio", "organisaation nimi", "toimija", "jäsen", "member"},
	"kind":         {"kind", "type", "laji", "tyyppi", "luokka"},
	"business_id":  {"business id", "business-id", "y-tunnus", "ytunnus", "vat", "vat number", "vat id", "alv-tunnus", "alv-numero", "yritystunnus"},
	"country":      {"country", "country code", "maa", "maakoodi"},
	"municipality": {"municipality", "city", "town", "kunta", "paikkakunta", "kotipaikka", "kaupunki"},
	"website":      {"website", "web", "www", "homepage", "url", "verkkosivu", "verkkosivut", "kotisivu", "kotisivut", "www-osoite"},
	"offers":       {"offers", "offering", "tarjoaa", "tarjonta"},
	"needs":        {"needs", "tarvitsee", "tarpeet"},
	"tags":         {"tags", "keywords", "asiasanat", "avainsanat", "tunnisteet"},
	"cluster":      {"cluster", "clusters", "membership", "klusteri", "klusterit", "jäsenyys"},
	"name":         {"person", "contact", "contact person", "contact name", "full name", "name", "henkilö", "yhteyshenkilö", "yhteyshenkilön nimi", "koko nimi", "nimi"},
	"phone":        {"phone", "telephone", "mobile", "puhelin", "puhelinnumero", "matkapuhelin", "gsm"},
}

// companyColumns understands the head of a list of companies. Where nothing but
// "Name" could name the company, it does.
func (d *Desk) companyColumns(rows []table.Row) ([]ImportColumn, error) {
	if len(rows) == 0 {
		return nil, &Problem{Kind: Invalid, Key: "import.empty"}
	}
	names := d.companyHeadNames()
	var cols []ImportColumn
	taken := map[string]bool{}
	for i := range rows[0].Cells {
		head := cleanLine(table.Unguard(rows[0].Cell(i)))
		field := names[strings.ToLower(head)]
		if taken[field] {
			field = ""
		}
		taken[field] = field != ""
		cols = append(cols, ImportColumn{head, field})
	}
	if !taken["company"] && taken["name"] && !taken["email"] {
		i := slices.IndexFunc(cols, func(c ImportColumn) bool { return c.Field == "name" })
		cols[i].Field, taken["company"] = "company", true
	}
	if !taken["company"] {
		return nil, &Problem{Kind: Invalid, Key: "merging.columns"}
	}
	return cols, nil
}

// companyHeadNames are the fields by what their column may be called.
func (d *Desk) companyHeadNames() map[string]string {
	names := map[string]string{}
	for _, field := range []string{"first", "last", "email", "title", "lang"} {
		for _, n := range headNames[field] {
			names[n] = field
		}
	}
	for _, lang := range d.Texts.Langs() {
		for field := range companyHeads {
			if key := "field." + field; d.Texts.In(lang).Has(key) {
				names[strings.ToLower(d.Texts.In(lang).Text(key))] = field
			}
		}
	}
	for field, list := range companyHeads {
		for _, n := range list {
			names[n] = field
		}
	}
	return names
}

// kindWords are what the kinds of company are called in lists.
var kindWords = map[string]CompanyKind{
	"sme": SME, "pk": SME, "pk-yritys": SME, "small": SME, "startup": SME, "yritys": SME, "company": SME, "small or medium company": SME, "pieni tai keskisuuri yritys": SME,
	"large": Large, "large company": Large, "suuryritys": Large, "suuri": Large,
	"research": Research, "university": Research, "research and education": Research, "tutkimus": Research, "yliopisto": Research, "oppilaitos": Research, "korkeakoulu": Research,
	"public": PublicOrg, "public body": PublicOrg, "julkinen": PublicOrg, "kunta": PublicOrg,
	"financier": Financier, "rahoittaja": Financier, "investor": Financier, "sijoittaja": Financier,
}

// kindNamed understands a kind by its own name or a usual one, or is empty.
func kindNamed(s string) CompanyKind {
	s = strings.ToLower(cleanLine(s))
	if k := CompanyKind(s); slices.Contains(CompanyKinds, k) {
		return k
	}
	return kindWords[s]
}

// countries are those of the world by their names in every language, and by
// their codes.
func (d *Desk) countries() map[string]string {
	out := map[string]string{}
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			code := string(a) + string(b)
			out[folded(code)] = code
			for _, lang := range d.Texts.Langs() {
				if l := d.Texts.In(lang); l.Has("country." + code) {
					out[folded(l.Text("country."+code))] = code
				}
			}
		}
	}
	return out
}

// webNamed is a web address as it is kept: people leave "https://" out.
func webNamed(s string) string {
	s = cleanLine(s)
	if s == "" || strings.Contains(s, "://") {
		return s
	}
	return "https://" + s
}

// clusterNamesOf are the ids of the clusters that by organises, by slug and by
// name in every language.
func clusterNamesOf(tx *storage.Tx, by Actor) (map[string]string, error) {
	all, err := clusters.Find(tx, storage.Query{Sort: "slug"})
	out := map[string]string{}
	for _, c := range all {
		if !by.Organises(c.ID) {
			continue
		}
		out[folded(c.Slug)] = c.ID
		for _, name := range c.Name {
			out[folded(cleanLine(name))] = c.ID
		}
	}
	return out, err
}

// A companyIndex finds the companies that a line may be.
type companyIndex struct {
	list     []*Company
	like     *likeIndex
	byID     map[string]*Company // bare business id
	byName   map[string]*Company // in lower case, as it is written
	at       map[string]*Company // id
	clusters map[string]string   // names by id
}

func knownCompanies(tx *storage.Tx) (*companyIndex, error) {
	x := &companyIndex{like: newLikeIndex(), byID: map[string]*Company{}, byName: map[string]*Company{}, at: map[string]*Company{}, clusters: map[string]string{}}
	all, err := companies.Find(tx, storage.Query{Sort: "sort"})
	if err != nil {
		return nil, err
	}
	for _, c := range all {
		x.add(c)
	}
	named, err := clusters.Find(tx, storage.Query{Sort: "slug"})
	for _, c := range named {
		x.clusters[c.ID] = c.Name.In("en")
	}
	return x, err
}

// add makes a company known, or known anew after a change.
func (x *companyIndex) add(c *Company) {
	x.list = append(x.list, c)
	keys := c.keys()
	x.like.add(bareName(c.Name), keys...)
	x.at[c.ID] = c
	if id := bareID(c.BusinessID); id != "" {
		x.byID[id] = c
	}
	if x.byName[c.Sort] == nil {
		x.byName[c.Sort] = c
	}
}

// decide gives the company that a line is: the one of its business id; else
// what somebody decided; else the one of exactly its name, if their business ids
// do not say otherwise. A line that may be one of several, or is only like one,
// waits for somebody to decide. Nil is a new one.
func (x *companyIndex) decide(l *CompanyLine, decision string) (*Company, error) {
	if c := x.byID[bareID(l.in.BusinessID)]; l.in.BusinessID != "" && c != nil {
		l.Why = LikeBusinessID
		return c, nil
	}
	switch decision {
	case DecideNew:
		return nil, nil
	case DecideSkip:
		l.Came = CameSkipped
		return nil, nil
	case "":
	default:
		c := x.at[decision]
		if c == nil {
			return nil, &Problem{Kind: Changed, Key: "problem.changed"}
		}
		return c, nil
	}
	if c := x.byName[strings.ToLower(l.Company)]; c != nil && (c.BusinessID == "" || l.in.BusinessID == "") && c.Country == l.in.Country {
		l.Why = LikeName
		return c, nil
	}
	if l.Candidates = x.candidates(l); len(l.Candidates) > 0 {
		l.Came, l.Why = CameUnsure, l.Candidates[0].Why
	}
	return nil, nil
}

// maxCandidates is how many companies are shown for one line.
const maxCandidates = 5

// candidates are the companies that a line may be, the surest first.
func (x *companyIndex) candidates(l *CompanyLine) (out []CompanyMatch) {
	seen := map[string]bool{}
	for _, k := range l.in.keys() {
		for _, at := range x.like.keys[k] {
			c := x.at[x.list[at].ID]
			why := sameCompany(&l.in, c)
			if seen[c.ID] || why == "" || l.in.BusinessID != "" && c.BusinessID != "" && why != LikeName {
				continue // two business ids are two companies, unless they have one name
			}
			seen[c.ID] = true
			out = append(out, CompanyMatch{c.ID, c.Name, c.BusinessID, c.Municipality, why})
		}
	}
	slices.SortStableFunc(out, func(a, b CompanyMatch) int { return a.Why.rank() - b.Why.rank() })
	return out[:min(len(out), maxCandidates)]
}
