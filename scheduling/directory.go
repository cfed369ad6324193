package scheduling

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"kohtaamo/storage"
)

// A ListFilter chooses companies or people. Zero fields do not restrict.
type ListFilter struct {
	Text    string
	Cluster string
	Kind    CompanyKind // companies only
	Company string      // people only
	Staff   bool        // people with grants only
	After   string
	Limit   int // 50 if zero
}

func (f ListFilter) query() storage.Query {
	q := storage.Query{Sort: "sort", Limit: f.Limit, After: f.After, Where: search(f.Text)}
	if q.Limit == 0 {
		q.Limit = 50
	}
	if f.Cluster != "" {
		q.Where = append(q.Where, storage.Cond{Field: "cluster_ids", Op: storage.Has, Value: f.Cluster})
	}
	if f.Kind != "" {
		q.Where = append(q.Where, storage.Is("kind", string(f.Kind)))
	}
	if f.Company != "" {
		q.Where = append(q.Where, storage.Is("company_id", f.Company))
	}
	if f.Staff {
		q.Where = append(q.Where, storage.Is("staff", true))
	}
	return q
}

// Clusters are all clusters, by slug. Everybody may know them.
func (d *Desk) Clusters(ctx context.Context) (list []*Cluster, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		list, err = clusters.Find(tx, storage.Query{Sort: "slug"})
		return err
	})
	return list, err
}

// Cluster finds one by slug or id.
func (d *Desk) Cluster(ctx context.Context, slug string) (c *Cluster, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		c, err = clusters.First(tx, storage.Query{Where: []storage.Cond{storage.Is("slug", slug)}})
		if errors.Is(err, storage.ErrNotFound) {
			c, err = clusters.Get(tx, slug)
		}
		return err
	})
	return c, err
}

// SaveCluster stores a new cluster for an administrator, or its organisers' changes.
func (d *Desk) SaveCluster(ctx context.Context, by Actor, c *Cluster) error {
	if err := c.check(); err != nil {
		return err
	}
	if c.Rev == 0 && !by.Administers() || c.Rev > 0 && !by.Organises(c.ID) {
		return errHidden
	}
	return d.save(ctx, by, "cluster", c.Slug, "slug", func(tx *storage.Tx) (string, error) {
		c.ID = orNew(c.ID)
		return c.ID, clusters.Put(tx, c)
	})
}

var colourForm = regexp.MustCompile(`^#[0-9a-f]{6}$`)

func (c *Cluster) check() error {
	f := faults{}
	c.Name, c.About = c.Name.trimmed(), c.About.trimmed()
	if c.Name.Empty() {
		f.add("name", "problem.required")
	}
	if c.Slug == "" || Slug(c.Slug) != c.Slug || c.Slug == "all" { // all.ics is every event's feed
		f.add("slug", "event.slug_form")
	}
	if _, err := time.LoadLocation(c.Zone); err != nil || c.Zone == "" || c.Zone == "Local" {
		f.add("zone", "event.zone")
	}
	for field, v := range map[string]*string{"sender": &c.Sender, "reply_to": &c.ReplyTo} {
		if *v = cleanLine(*v); *v != "" {
			*v = f.address(field, *v)
		}
	}
	f.colour("colour", &c.Colour, 1)
	f.colour("dark_colour", &c.DarkColour, 0)
	if c.Website != "" && !webAddress(c.Website) {
		f.add("website", "problem.link")
	}
	return f.problem()
}

// colour checks a cluster's own colour: links in it must stay readable, 4.5 to
// 1 (WCAG 2.1, 1.4.3) on white paper or on the dark one.
func (f faults) colour(field string, v *string, paper float64) {
	if *v = strings.ToLower(cleanLine(*v)); *v == "" {
		return
	}
	if !colourForm.MatchString(*v) {
		f.add(field, "cluster.colour_form")
		return
	}
	dark := 0.012 // of #131b1a, the dark paper
	if paper == 1 {
		dark = luminance(*v)
		if (1+0.05)/(dark+0.05) < 4.5 {
			f.add(field, "cluster.colour_contrast")
		}
		return
	}
	if (luminance(*v)+0.05)/(dark+0.05) < 4.5 {
		f.add(field, "cluster.colour_contrast")
	}
}

// SaveProject stores a funded project for an administrator.
func (d *Desk) SaveProject(ctx context.Context, by Actor, p *Project) error {
	f := faults{}
	p.Name, p.Code = p.Name.trimmed(), cleanLine(p.Code)
	if p.Name.Empty() {
		f.add("name", "problem.required")
	}
	f.need("code", p.Code, lineLimit)
	for field, day := range map[string]string{"from": p.From, "until": p.Until} {
		if _, err := time.Parse(time.DateOnly, day); err != nil {
			f.add(field, "problem.date")
		}
	}
	if p.Until < p.From {
		f.add("until", "event.ends_before")
	}
	if err := f.problem(); err != nil {
		return err
	}
	if !by.Administers() {
		return errHidden
	}
	return d.save(ctx, by, "project", p.Code, "code", func(tx *storage.Tx) (string, error) {
		p.ID = orNew(p.ID)
		return p.ID, projects.Put(tx, p)
	})
}

// Projects are all funded projects.
func (d *Desk) Projects(ctx context.Context) (list []*Project, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		list, err = projects.Find(tx, storage.Query{Sort: "code"})
		return err
	})
	return list, err
}

// Groups are a cluster's groups, or all of them.
func (d *Desk) Groups(ctx context.Context, clusterID string) (list []*Group, err error) {
	q := storage.Query{Sort: "slug"}
	if clusterID != "" {
		q.Where = []storage.Cond{storage.Is("cluster_id", clusterID)}
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		list, err = groups.Find(tx, q)
		return err
	})
	return list, err
}

// SaveGroup stores a group of a cluster that by organises.
func (d *Desk) SaveGroup(ctx context.Context, by Actor, g *Group) error {
	f := faults{}
	g.Name, g.About = g.Name.trimmed(), g.About.trimmed()
	if g.Name.Empty() {
		f.add("name", "problem.required")
	}
	if g.Slug == "" || Slug(g.Slug) != g.Slug {
		f.add("slug", "event.slug_form")
	}
	if !slices.Contains(GroupKinds, g.Kind) {
		f.add("kind", "problem.choice")
	}
	if g.ClusterID == "" {
		f.add("cluster_id", "problem.required")
	}
	if err := f.problem(); err != nil {
		return err
	}
	if !by.Organises(g.ClusterID) {
		return errHidden
	}
	return d.save(ctx, by, "group", g.Slug, "slug", func(tx *storage.Tx) (string, error) {
		g.ID = orNew(g.ID)
		return g.ID, groups.Put(tx, g)
	})
}

// save puts one document with its line in the audit log. A key that is taken is
// a fault of the field.
func (d *Desk) save(ctx context.Context, by Actor, kind, label, key string, put func(*storage.Tx) (id string, err error)) error {
	err := d.update(ctx, func(tx *storage.Tx) error {
		id, err := put(tx)
		if err != nil {
			return err
		}
		return d.log(tx, by, kind+".save", id, id, label, "")
	})
	if errors.Is(err, storage.ErrDuplicate) {
		return &Problem{Kind: Exists, Key: "problem.invalid", Fields: map[string]string{key: "problem.taken"}}
	}
	if err != nil {
		return fmt.Errorf("save %s: %w", kind, changedMeanwhile(err))
	}
	return nil
}

func orNew(id string) string {
	if id == "" {
		return storage.NewID()
	}
	return id
}

// Companies lists companies by name, for organisers.
func (d *Desk) Companies(ctx context.Context, by Actor, f ListFilter) (list []*Company, next string, err error) {
	if !by.OrganisesAny() {
		return nil, "", errHidden
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		list, next, err = companies.Page(tx, f.query())
		return err
	})
	return list, next, err
}

// Company gives one, for organisers.
func (d *Desk) Company(ctx context.Context, by Actor, id string) (c *Company, err error) {
	if !by.OrganisesAny() {
		return nil, errHidden
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		c, err = companies.Get(tx, id)
		return err
	})
	return c, err
}

var countryForm = regexp.MustCompile(`^[A-Z]{2}$`)

// SaveCompany stores a company, for organisers.
func (d *Desk) SaveCompany(ctx context.Context, by Actor, c *Company) error {
	f := faults{}
	for _, s := range []*string{&c.Name, &c.BusinessID, &c.Municipality, &c.Website} {
		*s = cleanLine(*s)
		f.limit("name", *s, lineLimit)
	}
	c.Offers, c.Needs = cleanText(c.Offers), cleanText(c.Needs)
	f.need("name", c.Name, lineLimit)
	f.limit("offers", c.Offers, answerLimit)
	f.limit("needs", c.Needs, answerLimit)
	if c.Country = strings.ToUpper(cleanLine(c.Country)); !countryForm.MatchString(c.Country) {
		f.add("country", "company.country")
	}
	if !slices.Contains(CompanyKinds, c.Kind) {
		f.add("kind", "problem.choice")
	}
	if c.BusinessID != "" && c.Country == "FI" && !ValidBusinessID(c.BusinessID) {
		f.add("business_id", "company.business_id")
	}
	if c.Website != "" && !webAddress(c.Website) {
		f.add("website", "problem.link")
	}
	if err := f.problem(); err != nil {
		return err
	}
	if !by.OrganisesAny() {
		return errHidden
	}
	c.index()
	return d.save(ctx, by, "company", c.Name, "business_id", func(tx *storage.Tx) (string, error) {
		c.ID = orNew(c.ID)
		return c.ID, companies.Put(tx, c)
	})
}

// ValidBusinessID checks the form and the check digit of a Finnish business id
// (Y-tunnus, 1234567-8): weights 7 9 10 5 8 4 2, remainder 0 gives 0, 1 is
// never used, everything else is taken from 11 (Finnish Tax Administration).
func ValidBusinessID(s string) bool {
	if len(s) != 9 || s[7] != '-' {
		return false
	}
	sum := 0
	for i, w := range []int{7, 9, 10, 5, 8, 4, 2} {
		digit, err := strconv.Atoi(s[i : i+1])
		if err != nil {
			return false
		}
		sum += w * digit
	}
	rest := sum % 11
	if rest > 1 {
		rest = 11 - rest
	} else if rest == 1 {
		return false
	}
	return s[8:] == strconv.Itoa(rest)
}

// People lists people by name, for organisers.
func (d *Desk) People(ctx context.Context, by Actor, f ListFilter) (list []*Person, next string, err error) {
	if !by.OrganisesAny() {
		return nil, "", errHidden
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		list, next, err = people.Page(tx, f.query())
		return err
	})
	return list, next, err
}

// A PersonPage is a person with their company and what they registered for.
type PersonPage struct {
	Person        *Person
	Company       *Company
	Registrations []*MyPage
}

// Person gives one, for organisers and for themselves.
func (d *Desk) Person(ctx context.Context, by Actor, id string) (page *PersonPage, err error) {
	if !by.OrganisesAny() && by.ID != id {
		return nil, errHidden
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		p, err := people.Get(tx, id)
		if err != nil {
			return err
		}
		page = &PersonPage{Person: p}
		if p.CompanyID != "" {
			if page.Company, err = companies.Get(tx, p.CompanyID); err != nil {
				return err
			}
		}
		page.Registrations, err = d.registrationsOf(tx, p.Email)
		return err
	})
	return page, err
}

// registrationsOf are those under an address, latest event first.
func (d *Desk) registrationsOf(tx *storage.Tx, email string) ([]*MyPage, error) {
	rs, err := registrations.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("email", email)}, Limit: 1000})
	if err != nil {
		return nil, err
	}
	var out []*MyPage
	for _, r := range rs {
		e, err := events.Get(tx, r.EventID)
		if err != nil {
			return nil, err
		}
		out = append(out, &MyPage{Event: e, Registration: r})
	}
	slices.SortStableFunc(out, func(a, b *MyPage) int { return b.Event.Starts.Compare(a.Event.Starts) })
	return out, nil
}

// SavePerson stores a person, for organisers. Grants are left as they are: see SetGrants.
func (d *Desk) SavePerson(ctx context.Context, by Actor, p *Person) error {
	f := faults{}
	p.Name, p.Title, p.Phone = cleanLine(p.Name), cleanLine(p.Title), cleanLine(p.Phone)
	f.need("name", p.Name, lineLimit)
	f.limit("title", p.Title, lineLimit)
	f.limit("phone", p.Phone, 40)
	p.Email = f.address("email", p.Email)
	if err := f.problem(); err != nil {
		return err
	}
	if !by.OrganisesAny() {
		return errHidden
	}
	return d.save(ctx, by, "person", "", "email", func(tx *storage.Tx) (string, error) {
		p.Grants = nil
		if p.Rev > 0 {
			old, err := people.Get(tx, p.ID)
			if err != nil {
				return "", err
			}
			p.Grants = old.Grants
			if old.Email != p.Email && len(old.Grants) > 0 && !by.Administers() {
				return "", errHidden // a new address would sign in with the old one's rights
			}
		}
		p.ID = orNew(p.ID)
		p.index()
		return p.ID, people.Put(tx, p)
	})
}

// SetGrants gives a person their roles, for an administrator. The last
// administrator stays one.
func (d *Desk) SetGrants(ctx context.Context, by Actor, id string, grants []Grant) error {
	if !by.Administers() {
		return errHidden
	}
	for _, g := range grants {
		if !slices.Contains(Roles, g.Role) {
			return &Problem{Kind: Invalid, Key: "problem.invalid", Fields: map[string]string{"role": "problem.choice"}}
		}
	}
	err := d.update(ctx, func(tx *storage.Tx) error {
		p, err := people.Get(tx, id)
		if err != nil {
			return err
		}
		was := Actor{Grants: p.Grants}.Administers()
		p.Grants = slices.Clone(grants)
		p.index()
		if err := people.Put(tx, p); err != nil {
			return err
		}
		if was && !(Actor{Grants: grants}).Administers() {
			if err := d.anyAdministrator(tx); err != nil {
				return err
			}
		}
		return d.log(tx, by, "person.grants", p.ID, p.ID, describeGrants(grants), "")
	})
	if err != nil {
		return fmt.Errorf("set grants of %s: %w", id, changedMeanwhile(err))
	}
	return nil
}

func describeGrants(gs []Grant) string {
	var out []string
	for _, g := range gs {
		out = append(out, string(g.Role))
	}
	return strings.Join(out, ", ")
}

// anyAdministrator refuses a house that nobody could administer.
func (d *Desk) anyAdministrator(tx *storage.Tx) error {
	for p, err := range people.Each(tx, storage.Query{Where: []storage.Cond{storage.Is("staff", true)}}) {
		if err != nil {
			return err
		}
		if (Actor{Grants: p.Grants}).Administers() {
			return nil
		}
	}
	return &Problem{Kind: Forbidden, Key: "person.last_administrator"}
}

// MakeAdministrator makes the person of the address an administrator, for the
// command line. Whoever can run it owns the database already.
func (d *Desk) MakeAdministrator(ctx context.Context, email, name string) (p *Person, err error) {
	email, ok := NormalEmail(email)
	if !ok {
		return nil, &Problem{Kind: Invalid, Key: "problem.invalid", Fields: map[string]string{"email": "problem.address"}}
	}
	by := Actor{Name: "command line", Via: "cli"}
	err = d.update(ctx, func(tx *storage.Tx) error {
		p, err = personByEmail(tx, email)
		if errors.Is(err, storage.ErrNotFound) {
			p, err = &Person{Meta: storage.Meta{ID: storage.NewID()}, Email: email, Name: cleanLine(name), Lang: "en"}, nil
		}
		if err != nil || (Actor{Grants: p.Grants}).Administers() {
			return err
		}
		p.Grants = append(p.Grants, Grant{Role: Administrator})
		p.index()
		if err := people.Put(tx, p); err != nil {
			return err
		}
		return d.log(tx, by, "person.grants", p.ID, p.ID, string(Administrator), "")
	})
	return p, err
}
