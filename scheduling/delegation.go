package scheduling

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"kohtaamo/storage"

	"golang.org/x/net/publicsuffix"
	"golang.org/x/text/unicode/norm"
)

// DelegationThemes are what a delegation can want to see beside the clusters
// themselves. Each has its words under "delegation.topic.KEY".
var DelegationThemes = []string{"electric_mobility", "circular_construction", "food_bio", "reuse", "digital_circular", "energy", "ecosystem"}

// DelegationCriteria are what a request is looked at by, as everybody can read
// before they ask. Each has its words under "delegation.criterion.KEY".
var DelegationCriteria = []string{"topic", "mutual", "hosts", "prepared", "notice", "size"}

// MaxScreenPoints is the most that a request can have by one criterion.
const MaxScreenPoints = 3

// The limits of a request.
const (
	maxDelegation     = 200 // people
	maxDelegationDays = 14
	delegationTwice   = 2 // years within which the same body is expected once a topic
	delegationAhead   = 3 // years that a request can look ahead
)

// A DelegationTopic is something that a delegation can come for.
type DelegationTopic struct {
	Key     string
	Cluster *Cluster // nil for a theme of the whole house
}

// DelegationTopics are the clusters and the themes, in the order of a form.
func (d *Desk) DelegationTopics(ctx context.Context) (out []DelegationTopic, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		out, err = delegationTopics(tx)
		return err
	})
	return out, err
}

func delegationTopics(tx *storage.Tx) (out []DelegationTopic, err error) {
	list, err := clusters.Find(tx, storage.Query{})
	for _, c := range list {
		out = append(out, DelegationTopic{c.Slug, c})
	}
	slices.SortFunc(out, func(a, b DelegationTopic) int { return strings.Compare(a.Key, b.Key) })
	for _, key := range DelegationThemes {
		out = append(out, DelegationTopic{Key: key})
	}
	return out, err
}

// topicClusters are those that a request belongs to: the topic's own, or for a
// theme of the whole house all of them, until one is chosen.
func topicClusters(tx *storage.Tx, topic string) (ids []string, known bool, err error) {
	list, err := delegationTopics(tx)
	var all []string
	for _, t := range list {
		if t.Key == topic {
			known = true
			if t.Cluster != nil {
				return []string{t.Cluster.ID}, true, err
			}
		}
		if t.Cluster != nil {
			all = append(all, t.Cluster.ID)
		}
	}
	return all, known, err
}

// check cleans what was typed and says everything that is wrong with it. now
// is when it is asked.
func (q *Enquiry) check(now time.Time) error {
	f := faults{}
	q.Body, q.Name, q.Phone, q.Website, q.Country = cleanLine(q.Body), cleanLine(q.Name), cleanLine(q.Phone), cleanLine(q.Website), upperCode(q.Country)
	f.need("body", q.Body, lineLimit)
	f.need("name", q.Name, lineLimit)
	f.limit("phone", q.Phone, lineLimit)
	q.Email = f.address("email", q.Email)
	if !countryForm.MatchString(q.Country) {
		f.add("country", "company.country")
	}
	if q.Website != "" && !webAddress(q.Website) {
		f.add("website", "host.website")
	}
	q.checkWishes(f, now)
	return f.problem()
}

func (q *Enquiry) checkWishes(f faults, now time.Time) {
	q.About, q.Hosts = cleanText(q.About), cleanText(q.Hosts)
	f.need("about", q.About, noteLimit)
	f.limit("hosts", q.Hosts, noteLimit)
	if q.Size < 1 || q.Size > maxDelegation {
		f.add("size", "delegation.size")
	}
	if q.Days < 1 || q.Days > maxDelegationDays {
		f.add("days", "delegation.days")
	}
	slices.Sort(q.Languages)
	if q.Languages = slices.Compact(q.Languages); len(q.Languages) == 0 {
		f.add("languages", "delegation.languages")
	}
	for _, l := range q.Languages {
		if !slices.Contains(MeetingLanguages, l) {
			f.add("languages", "problem.choice")
		}
	}
	q.checkDates(f, now)
}

// checkDates wants days to come, the latest no earlier than the first, with
// room for as many as they stay.
func (q *Enquiry) checkDates(f faults, now time.Time) {
	today := now.In(zoneOf(HouseZone)).Format(time.DateOnly)
	from, err := time.Parse(time.DateOnly, q.From)
	if err != nil || q.From < today || from.After(now.AddDate(delegationAhead, 0, 0)) {
		f.add("from", "delegation.from")
		return
	}
	until, err := time.Parse(time.DateOnly, q.Until)
	if err != nil || until.Before(from) || until.After(now.AddDate(delegationAhead+1, 0, 0)) {
		f.add("until", "delegation.until")
		return
	}
	if q.Days > 0 && int(until.Sub(from).Hours()/24)+1 < q.Days {
		f.add("days", "delegation.days_fit")
	}
}

// Earliest is when the first day begins that a visit is wished for, in Oulu.
func (q *Enquiry) Earliest() time.Time { return midnight(q.From, zoneOf(HouseZone)) }

// Latest is when the last day has begun that a visit is wished for, so that
// days from Earliest to it are all of them.
func (q *Enquiry) Latest() time.Time { return midnight(q.Until, zoneOf(HouseZone)).Add(1) }

// delegationKeys are by what the same body with the same topic is found again:
// its name, the address of its site, and where its mail comes from unless that
// is where everybody has mail.
func (q *Enquiry) delegationKeys() (keys []string) {
	add := func(kind, what string) {
		if what != "" {
			keys = append(keys, q.Topic+" "+kind+" "+what)
		}
	}
	add("name", bodyName(q.Body))
	add("site", siteOf(q.Website))
	_, domain, _ := strings.Cut(q.Email, "@")
	if domain = ownDomain(domain); !publicMail[domain] {
		add("mail", domain)
	}
	return keys
}

// legalForms are what is left out where names of bodies are compared.
var legalForms = map[string]bool{"oy": true, "oyj": true, "ab": true, "ltd": true, "limited": true, "inc": true, "llc": true, "gmbh": true, "ag": true, "sa": true, "sas": true,
	"sarl": true, "sl": true, "srl": true, "spa": true, "bv": true, "nv": true, "as": true, "asbl": true, "ev": true, "ry": true, "lda": true, "plc": true, "the": true}

// bodyName is the name of a body as it is compared: without accents, case,
// signs and legal form. Marks and letters are told apart after both have been
// taken to their simplest form (Unicode NFKD).
func bodyName(s string) string {
	plain := strings.Map(func(r rune) rune {
		if r >= 0x300 && r <= 0x36f { // combining marks that were split off
			return -1
		}
		return r
	}, norm.NFKD.String(strings.ToLower(s)))
	plain = norm.NFKD.String(strings.ToLower(plain))
	plain = strings.NewReplacer(".", "", "'", "", "’", "").Replace(plain)
	all := strings.FieldsFunc(plain, notWord)
	kept := slices.DeleteFunc(slices.Clone(all), func(w string) bool { return legalForms[w] })
	if len(kept) == 0 {
		kept = all
	}
	return strings.Join(kept, " ")
}

// siteOf is the domain of a website that somebody owns: of
// https://www.example.co.uk/about it is example.co.uk.
func siteOf(website string) string {
	u, err := url.Parse(website)
	if err != nil {
		return ""
	}
	return ownDomain(u.Hostname())
}

// ownDomain is the part of a host name that one body has to itself, by the
// public suffix list.
func ownDomain(host string) string {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	own, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil {
		return host
	}
	return own
}

// publicMail are the providers at which anybody has an address, so that it
// says nothing of a body.
var publicMail = func() map[string]bool {
	out := map[string]bool{}
	for _, s := range strings.Fields("gmail.com googlemail.com outlook.com outlook.es outlook.fr hotmail.com hotmail.fr hotmail.es live.com msn.com yahoo.com yahoo.es " +
		"yahoo.fr ymail.com icloud.com me.com aol.com gmx.com gmx.de gmx.net web.de mail.com proton.me protonmail.com pm.me tutanota.com tuta.com zoho.com " +
		"orange.fr wanadoo.fr free.fr laposte.net sfr.fr libero.it virgilio.it tiscali.it sapo.pt kolumbus.fi luukku.com elisanet.fi welho.com suomi24.fi " +
		"mail.ru yandex.ru yandex.com qq.com 163.com 126.com naver.com") {
		out[s] = true
	}
	return out
}()

// earlierRequests are the trips with one of the keys that were asked for
// within two years, the latest first. One that was asked for later but
// confirmed sooner is among them.
func earlierRequests(tx *storage.Tx, q *Enquiry, self string) (ids []string, err error) {
	found := map[string]*Trip{}
	for _, key := range q.Keys {
		list, err := trips.Find(tx, storage.Query{Where: []storage.Cond{{Field: "enquiry.keys", Op: storage.Has, Value: key}}})
		if err != nil {
			return nil, err
		}
		for _, t := range list {
			if t.ID != self && t.Enquiry.AskedAt.After(q.AskedAt.AddDate(-delegationTwice, 0, 0)) {
				found[t.ID] = t
			}
		}
	}
	for id := range found {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b string) int { return found[b].Enquiry.AskedAt.Compare(found[a].Enquiry.AskedAt) })
	return ids, nil
}
