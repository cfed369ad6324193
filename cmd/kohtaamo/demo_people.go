package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"kohtaamo/scheduling"
)

var (
	finnishFirst = strings.Fields("Aino Mikko Sara Eero Liisa Juhani Kaisa Antti Hanna Pekka Maria Olli Riikka Timo Elina Ville Johanna Markus Anni Sami Katja Jari Noora Lauri Päivi Tuomas Heidi Janne Outi Henrik Sanna Teemu Virpi Petri Inka Kalle Satu Arto Emilia Otso")
	finnishLast  = strings.Fields("Lehtola Savela Niskanen Karppinen Heikkilä Ojala Tervonen Kinnunen Rautio Juntunen Alatalo Mustonen Pesonen Väyrynen Kemppainen Hiltula Koskela Moilanen Paaso Ylitalo Haapala Suorsa Karvonen Jokela Määttä Luukkonen Pitkänen Halonen Kurtti Isokangas Törmänen Rantala Keränen Sipola Vuoti Anttila Holappa Leinonen Siekkinen")
	titles       = []string{"Managing director", "Head of development", "Project manager", "Sales manager", "Chief engineer", "Business developer", "Sustainability lead", "Research manager"}
	finnishWork  = []string{"Toimitusjohtaja", "Kehitysjohtaja", "Projektipäällikkö", "Myyntipäällikkö", "Pääsuunnittelija", "Liiketoiminnan kehittäjä", "Vastuullisuuspäällikkö", "Tutkimuspäällikkö"}
	foreignNames = map[string][]string{
		"ES": {"Lucía Ortega", "Javier Molina", "Carmen Ibáñez"},
		"FR": {"Camille Lefèvre", "Hugo Marchand", "Élodie Perrin"},
		"PT": {"Inês Carvalho", "Tiago Figueira", "Beatriz Antunes"},
		"IT": {"Chiara Ferrero", "Matteo Gallo", "Giulia Bosio"},
		"SE": {"Ebba Lindqvist", "Nils Sandström", "Saga Öberg"},
		"NO": {"Ingrid Solbakken", "Sverre Haugland", "Tuva Nygård"},
		"DE": {"Anke Brinkmann", "Jonas Reuter", "Friederike Vogt"},
		"EE": {"Kadri Tamm", "Margus Lepik", "Liis Saar"},
		"LT": {"Rasa Petrauskienė", "Tomas Žukas", "Eglė Vaitkutė"},
		"PL": {"Agnieszka Wrona", "Piotr Sikora", "Hanna Zięba"},
	}
)

// staff are the people of the house itself, by the name that the demo calls
// them; they come from the company that runs both clusters.
type staff struct{ helena, aino, mikko, sara, eetu scheduling.Actor }

const (
	demoAdministrator = "helena.rautio@oulujoki-business-house.example"
	demoOrganiser     = "aino.lehtola@oulujoki-business-house.example"
	demoHouse         = "Oulujoki Business House"
)

// employ makes the house's own people, with their roles.
func (d *demo) employ(ctx context.Context) error {
	p, err := d.desk.MakeAdministrator(ctx, demoAdministrator, "Helena Rautio")
	if err != nil {
		return err
	}
	d.staff.helena = scheduling.Actor{ID: p.ID, Name: p.Name, Email: p.Email, Lang: "fi", Via: "page", Grants: p.Grants}
	return nil
}

// appoint gives the others of the house their roles, once the clusters exist.
func (d *demo) appoint(ctx context.Context) error {
	a, c := d.automotive.ID, d.circular.ID
	for i, s := range []struct {
		actor             *scheduling.Actor
		name, email, lang string
		grants            []scheduling.Grant
	}{
		{&d.staff.aino, "Aino Lehtola", demoOrganiser, "en", []scheduling.Grant{{Role: scheduling.Organiser, Cluster: a}, {Role: scheduling.Organiser, Cluster: c}}},
		{&d.staff.mikko, "Mikko Savela", "mikko.savela@oulujoki-business-house.example", "fi", []scheduling.Grant{{Role: scheduling.Organiser, Cluster: a}}},
		{&d.staff.sara, "Sara Niskanen", "sara.niskanen@oulujoki-business-house.example", "fi", []scheduling.Grant{{Role: scheduling.Organiser, Cluster: c}}},
		{&d.staff.eetu, "Eetu Karppinen", "eetu.karppinen@oulujoki-business-house.example", "fi", []scheduling.Grant{{Role: scheduling.Door, Cluster: a}, {Role: scheduling.Door, Cluster: c}}},
	} {
		p := &scheduling.Person{Name: s.name, Email: s.email, Lang: s.lang, ClusterIDs: []string{a, c}, Phone: fmt.Sprintf("+358 40 000 %04d", i+1)}
		if err := d.desk.SavePerson(ctx, d.staff.helena, p); err != nil {
			return err
		}
		if err := d.desk.SetGrants(ctx, d.staff.helena, p.ID, s.grants); err != nil {
			return err
		}
		*s.actor = scheduling.Actor{ID: p.ID, Name: p.Name, Email: p.Email, Lang: p.Lang, Via: "page", Grants: s.grants}
	}
	return nil
}

// settleIn makes the companies, and three people in each.
func (d *demo) settleIn(ctx context.Context) error {
	finnish := 0
	for i, row := range slices.Concat(demoCompanies, demoVisitors) {
		c := &scheduling.Company{
			Name: row.name, Kind: row.kind, Country: row.country, Municipality: row.place,
			Website: "https://www." + demoDomain(row.name), Offers: row.offers, Needs: row.needs, Tags: row.tags,
		}
		if strings.Contains(row.clusters, "a") {
			c.ClusterIDs = append(c.ClusterIDs, d.automotive.ID)
		}
		if strings.Contains(row.clusters, "c") {
			c.ClusterIDs = append(c.ClusterIDs, d.circular.ID)
		}
		if row.country == "FI" {
			c.BusinessID = demoBusinessID(finnish)
			finnish++
		}
		if err := d.desk.SaveCompany(ctx, d.staff.aino, c); err != nil {
			return err
		}
		for k := range 3 {
			if err := d.hire(ctx, c, 3*i+k); err != nil {
				return err
			}
		}
	}
	return nil
}

// hire makes the n-th person of the demo, in a company. Every fifth reads
// English; those from abroad do.
func (d *demo) hire(ctx context.Context, c *scheduling.Company, n int) error {
	name := finnishFirst[n*7%len(finnishFirst)] + " " + finnishLast[n*11%len(finnishLast)]
	p := &scheduling.Person{Lang: "fi", Title: finnishWork[n%len(finnishWork)], CompanyID: c.ID, ClusterIDs: c.ClusterIDs}
	if others := foreignNames[c.Country]; others != nil {
		name, p.Lang = others[n%3], "en"
	}
	if n%5 == 4 || p.Lang == "en" {
		p.Lang, p.Title = "en", titles[n%len(titles)]
	}
	p.Name = name
	p.Email = mailbox(name) + "@" + demoDomain(c.Name)
	if err := d.desk.SavePerson(ctx, d.staff.aino, p); err != nil {
		return err
	}
	d.people = append(d.people, guest{p, c})
	return nil
}

// mailbox is a name as it stands before the @.
func mailbox(name string) string { return strings.ReplaceAll(scheduling.Slug(name), "-", ".") }

// demoDomain is a company's invented domain.
func demoDomain(company string) string {
	name := scheduling.Slug(company)
	for _, form := range []string{"-oy", "-oyj", "-ky", "-s-l", "-s-a", "-sas", "-lda", "-s-p-a", "-s-r-l", "-ab", "-as", "-gmbh", "-ou", "-uab", "-sp-z-o-o"} {
		name = strings.TrimSuffix(name, form)
	}
	return name + ".example"
}
