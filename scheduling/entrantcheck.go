package scheduling

import (
	"slices"
	"strings"

	"golang.org/x/text/language"
)

// How much an entrant may say of itself.
const (
	maxLines     = 20 // offers, needs, tags
	lineOfOffer  = 160
	lineOfTag    = 40
	aboutLimit   = 2000
	maxCountries = 30
	maxDelegates = 20
	maxInvites   = 10
)

// MeetingLanguages are those that a delegate can say they meet in, ISO 639-1,
// in the order of a form: ours and the neighbours' first.
var MeetingLanguages = []string{"fi", "sv", "en", "de", "fr", "es", "pt", "it", "nl", "da", "no", "et", "lv", "lt", "pl", "cs", "uk", "el", "tr", "zh", "ja", "ko"}

// checkProfile cleans what e says of itself, and notes what is wrong with it.
func (e *Entrant) checkProfile(f faults) {
	e.About = e.About.trimmed()
	if e.About.longest() > aboutLimit {
		f.add("about", "problem.too_long")
	}
	e.Offers = f.lines("offers", e.Offers, lineOfOffer)
	e.Needs = f.lines("needs", e.Needs, lineOfOffer)
	e.Tags = f.lines("tags", e.Tags, lineOfTag)
	e.Countries = f.countries("countries", e.Countries)
	if e.MaxMeetings < 0 || e.MaxMeetings > 200 {
		f.add("max_meetings", "problem.number")
	}
}

// lines cleans a list of one thing each: nothing empty, nothing twice.
func (f faults) lines(field string, in []string, limit int) []string {
	out := []string{}
	var seen []string
	for _, s := range in {
		s = strings.TrimSpace(strings.Trim(cleanLine(s), "-•*"))
		if key := folded(s); s != "" && !slices.Contains(seen, key) {
			out, seen = append(out, s), append(seen, key)
			f.limit(field, s, limit)
		}
		if len(out) > maxLines {
			f.add(field, "entrant.too_many")
			return out[:maxLines]
		}
	}
	return out
}

// countries cleans a list of ISO 3166 alpha-2 codes, in the order of the codes.
func (f faults) countries(field string, in []string) []string {
	var out []string
	for _, s := range in {
		if s = strings.ToUpper(cleanLine(s)); s == "" {
			continue
		}
		if !KnownCountry(s) {
			f.add(field, "company.country")
			continue
		}
		out = append(out, s)
	}
	slices.Sort(out)
	if out = slices.Compact(out); len(out) > maxCountries {
		f.add(field, "entrant.too_many")
		out = out[:maxCountries]
	}
	return out
}

// KnownCountry reports whether code is the ISO 3166 alpha-2 code of a country.
func KnownCountry(code string) bool {
	r, err := language.ParseRegion(code)
	return err == nil && r.IsCountry() && r.String() == code
}

// checkCompany cleans what somebody says of a company that we do not know yet.
func (e *Entrant) checkCompany(f faults) {
	e.Name, e.BusinessID, e.Website = cleanLine(e.Name), strings.ToUpper(cleanLine(e.BusinessID)), cleanLine(e.Website)
	f.need("name", e.Name, lineLimit)
	f.limit("business_id", e.BusinessID, 40)
	f.limit("website", e.Website, lineLimit)
	if e.Country = strings.ToUpper(cleanLine(e.Country)); !KnownCountry(e.Country) {
		f.add("country", "company.country")
	}
	if !slices.Contains(CompanyKinds, e.Kind) {
		f.add("kind", "problem.choice")
	}
	f.businessID("business_id", e.Country, &e.BusinessID)
	if e.Website != "" && !webAddress(e.Website) {
		f.add("website", "problem.link")
	}
}

// check cleans a delegate's own words.
func (p *Delegate) check(f faults) {
	p.Title = cleanLine(p.Title)
	f.limit("title", p.Title, lineLimit)
	p.Languages = slices.DeleteFunc(slices.Clone(p.Languages), func(l string) bool { return !slices.Contains(MeetingLanguages, l) })
	slices.SortFunc(p.Languages, func(a, b string) int {
		return slices.Index(MeetingLanguages, a) - slices.Index(MeetingLanguages, b)
	})
	p.Languages = slices.Compact(p.Languages)
}

// index keeps what e is sorted and found by in step with what it says.
func (e *Entrant) index() {
	e.Sort = strings.ToLower(e.Name)
	e.Words = words(e.Name, strings.Join(e.Offers, " "), strings.Join(e.Needs, " "), strings.Join(e.Tags, " "))
	e.PersonIDs, e.Invited = []string{}, nil
	for _, p := range e.People {
		e.PersonIDs = append(e.PersonIDs, p.PersonID)
	}
	for _, i := range e.Invites {
		e.Invited = append(e.Invited, i.Email)
	}
}

// asCompany takes over what the house knows of a company.
func (e *Entrant) asCompany(c *Company) {
	e.CompanyID, e.Name, e.Country, e.Kind = c.ID, c.Name, c.Country, c.Kind
	e.BusinessID, e.Website = c.BusinessID, c.Website
}

// fromCompany fills what e does not say of itself from the company's record.
func (e *Entrant) fromCompany(c *Company) {
	f := faults{} // too long a line of the record is cut off the list, not complained about
	fits := func(in []string, limit int) []string {
		in = slices.DeleteFunc(in, func(s string) bool { return len([]rune(s)) > limit })
		return f.lines("", in, limit)
	}
	if len(e.Offers) == 0 {
		e.Offers = fits(splitLines(c.Offers), lineOfOffer)
	}
	if len(e.Needs) == 0 {
		e.Needs = fits(splitLines(c.Needs), lineOfOffer)
	}
	if len(e.Tags) == 0 {
		e.Tags = fits(slices.Clone(c.Tags), lineOfTag)
	}
}

// splitLines reads a list that somebody typed into one field: a thing a line,
// or divided by semicolons, or by commas where there is but one line.
func splitLines(s string) []string {
	parts := strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == ';' })
	if len(parts) == 1 {
		parts = strings.Split(parts[0], ",")
	}
	return parts
}
