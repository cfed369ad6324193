package api

import (
	"context"
	"net/http"
	"time"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// CompanyFields are what can be written about a company.
type CompanyFields struct {
	Name         string   `json:"name" minLength:"1" maxLength:"200"`
	Kind         string   `json:"kind" enum:"sme,large,research,public,financier"`
	BusinessID   string   `json:"business_id" required:"false" maxLength:"40" doc:"Checked for companies in Finland"`
	Country      string   `json:"country" minLength:"2" maxLength:"2" doc:"ISO 3166 alpha-2"`
	Municipality string   `json:"municipality" required:"false" maxLength:"200"`
	Website      string   `json:"website" required:"false" maxLength:"2000"`
	Offers       string   `json:"offers" required:"false" maxLength:"5000"`
	Needs        string   `json:"needs" required:"false" maxLength:"5000"`
	Tags         []string `json:"tags" required:"false" maxItems:"100"`
	ClusterIDs   []string `json:"cluster_ids" required:"false" maxItems:"50"`
}

// A Company is an organisation that people come from.
type Company struct {
	ID       string `json:"id"`
	Revision int64  `json:"revision"`
	CompanyFields
	Created time.Time `json:"created"`
	Updated time.Time `json:"updated"`
}

func company(c *scheduling.Company) Company {
	return Company{c.ID, c.Rev, CompanyFields{
		c.Name, string(c.Kind), c.BusinessID, c.Country, c.Municipality, c.Website, c.Offers, c.Needs, list(c.Tags), list(c.ClusterIDs),
	}, c.Created.UTC(), c.Updated.UTC()}
}

func (in CompanyFields) into(c *scheduling.Company) error {
	c.Name, c.Kind, c.BusinessID, c.Country = in.Name, scheduling.CompanyKind(in.Kind), in.BusinessID, in.Country
	c.Municipality, c.Website, c.Offers, c.Needs = in.Municipality, in.Website, in.Offers, in.Needs
	c.Tags, c.ClusterIDs = in.Tags, list(in.ClusterIDs)
	return nil
}

// ListCompanies chooses companies.
type ListCompanies struct {
	Paging
	Cluster string `query:"cluster" maxLength:"64" doc:"Id of a cluster"`
	Kind    string `query:"kind" enum:"sme,large,research,public,financier"`
	Search  string `query:"search" maxLength:"200" doc:"Words that name, business id, municipality or tags begin with"`
}

func (a *API) companyRoutes() {
	o := op{method: http.MethodGet, path: "/companies", id: "list-companies", summary: "List companies by name", subject: "companies"}
	add(a, o, func(ctx context.Context, by scheduling.Actor, in *ListCompanies) (*Listed[Company], error) {
		found, next, err := a.cfg.Desk.Companies(ctx, by, scheduling.ListFilter{
			Text: in.Search, Cluster: in.Cluster, Kind: scheduling.CompanyKind(in.Kind), After: in.After, Limit: in.Limit,
		})
		if err != nil {
			return nil, err
		}
		return listed(a, ctx, found, next, company), nil
	})
	keep(a, "company", false, keeper[scheduling.Company, CompanyFields, Company]{
		find:  a.cfg.Desk.Company,
		save:  a.cfg.Desk.SaveCompany,
		into:  CompanyFields.into,
		meta:  func(c *scheduling.Company) *storage.Meta { return &c.Meta },
		shape: seenByAll(company),
	})
}

// PersonFields are what can be written about a person.
type PersonFields struct {
	Email      string   `json:"email" minLength:"1" maxLength:"254" doc:"Who they are to us"`
	Name       string   `json:"name" minLength:"1" maxLength:"200"`
	CompanyID  string   `json:"company_id" required:"false" maxLength:"64"`
	Title      string   `json:"title" required:"false" maxLength:"200"`
	Phone      string   `json:"phone" required:"false" maxLength:"40"`
	Lang       string   `json:"lang" required:"false" maxLength:"12" doc:"That they read"`
	ClusterIDs []string `json:"cluster_ids" required:"false" maxItems:"50" doc:"Whose contact they are"`
}

// A Person is a contact, of one company at most at a time.
type Person struct {
	ID       string `json:"id"`
	Revision int64  `json:"revision"`
	PersonFields
	Consents []Consent `json:"consents"`
	Grants   []Grant   `json:"grants" doc:"What they may do"`
	Created  time.Time `json:"created"`
	Updated  time.Time `json:"updated"`
}

// A Grant gives a role in one cluster or group.
type Grant struct {
	Role    string `json:"role" enum:"administrator,organiser,coordinator,door"`
	Cluster string `json:"cluster" required:"false" maxLength:"64" doc:"Id; all clusters if empty"`
	Group   string `json:"group" required:"false" maxLength:"64" doc:"Id, for a coordinator"`
}

func grants(gs []scheduling.Grant) []Grant {
	return mapped(gs, func(g scheduling.Grant) Grant { return Grant{string(g.Role), g.Cluster, g.Group} })
}

func person(p *scheduling.Person) Person {
	return Person{
		p.ID, p.Rev, PersonFields{p.Email, p.Name, p.CompanyID, p.Title, p.Phone, p.Lang, list(p.ClusterIDs)},
		mapped(p.Consents, func(c scheduling.Consent) Consent { return Consent{c.Purpose, c.Given, c.At.UTC(), c.Wording} }),
		grants(p.Grants), p.Created.UTC(), p.Updated.UTC(),
	}
}

func (a *API) intoPerson(in PersonFields, p *scheduling.Person) error {
	p.Email, p.Name, p.CompanyID, p.Title, p.Phone = in.Email, in.Name, in.CompanyID, in.Title, in.Phone
	p.Lang, p.ClusterIDs = a.langOr(in.Lang), list(in.ClusterIDs)
	return nil
}

// ListPeople chooses people.
type ListPeople struct {
	Paging
	Cluster string `query:"cluster" maxLength:"64" doc:"Id of a cluster"`
	Company string `query:"company" maxLength:"64" doc:"Id of a company"`
	Staff   bool   `query:"staff" doc:"Only those who may do something here"`
	Search  string `query:"search" maxLength:"200" doc:"Words that name or address begin with"`
}

// SetGrants are all roles of a person.
type SetGrants struct {
	ByID
	Match
	Body struct {
		Grants []Grant `json:"grants" maxItems:"100"`
	} `nameHint:"Grants"`
}

func (a *API) personRoutes() {
	o := op{method: http.MethodGet, path: "/people", id: "list-people", summary: "List people by name", subject: "people"}
	add(a, o, func(ctx context.Context, by scheduling.Actor, in *ListPeople) (*Listed[Person], error) {
		found, next, err := a.cfg.Desk.People(ctx, by, scheduling.ListFilter{
			Text: in.Search, Cluster: in.Cluster, Company: in.Company, Staff: in.Staff, After: in.After, Limit: in.Limit,
		})
		if err != nil {
			return nil, err
		}
		return listed(a, ctx, found, next, person), nil
	})
	keep(a, "person", false, keeper[scheduling.Person, PersonFields, Person]{
		find:  a.personByID,
		save:  a.cfg.Desk.SavePerson,
		into:  a.intoPerson,
		meta:  func(p *scheduling.Person) *storage.Meta { return &p.Meta },
		shape: seenByAll(person),
	})
	o = op{method: http.MethodPut, path: "/people/{id}/grants", id: "set-grants", summary: "Say what a person may do", subject: "people", matches: true}
	add(a, o, a.setGrants)
}

func (a *API) personByID(ctx context.Context, by scheduling.Actor, id string) (*scheduling.Person, error) {
	page, err := a.cfg.Desk.Person(ctx, by, id)
	if err != nil {
		return nil, err
	}
	return page.Person, nil
}

func (a *API) setGrants(ctx context.Context, by scheduling.Actor, in *SetGrants) (*One[Person], error) {
	p, err := a.personByID(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}
	if !by.Administers() {
		return nil, storage.ErrNotFound
	}
	if err := in.against(callerIn(ctx), p.Rev); err != nil {
		return nil, err
	}
	gs := mapped(in.Body.Grants, func(g Grant) scheduling.Grant {
		return scheduling.Grant{Role: scheduling.Role(g.Role), Cluster: g.Cluster, Group: g.Group}
	})
	if err := a.cfg.Desk.SetGrants(ctx, by, in.ID, gs); err != nil {
		return nil, err
	}
	if p, err = a.personByID(ctx, by, in.ID); err != nil {
		return nil, err
	}
	return one(p.Rev, person(p)), nil
}
