package main

import (
	"context"

	"kohtaamo/scheduling"
)

// found makes the house: its people, clusters, the funded project, companies
// and groups.
func (d *demo) found(ctx context.Context) error {
	for _, step := range []func(context.Context) error{d.employ, d.makeClusters, d.appoint, d.settleIn, d.gather, d.write} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (d *demo) makeClusters(ctx context.Context) error {
	d.automotive = &scheduling.Cluster{
		Slug: "automotive", Name: tr("Oulu Automotive Cluster", "Oulun autoteollisuusklusteri"),
		About: tr(
			"Companies, researchers and educators of the north who make vehicles **see, connect and move in the cold**: sensors, radio, software, power electronics, winter testing.\n\nThe cluster works towards vehicle makers in Spain, France, Portugal and Italy, travels there in delegations and receives theirs in Oulu. Membership is open to every organisation that brings something to the table.",
			"Pohjoisen yritykset, tutkijat ja kouluttajat, joiden ansiosta ajoneuvot **näkevät, kytkeytyvät ja liikkuvat kylmässä**: anturit, radiotekniikka, ohjelmistot, tehoelektroniikka ja talvitestaus.\n\nKlusteri tekee työtä Espanjan, Ranskan, Portugalin ja Italian ajoneuvovalmistajien suuntaan, matkustaa valtuuskuntina ja ottaa vieraita vastaan Oulussa. Jäseneksi voi tulla jokainen organisaatio, jolla on annettavaa."),
		Languages: []string{"en", "fi"}, Zone: "Europe/Helsinki", Colour: "#1d4e89", DarkColour: "#8fbce8",
		Website: "https://automotive.oulujoki-business-house.example", Address: "Oulujoki Business House, Torikatu 12, 90100 Oulu",
	}
	d.circular = &scheduling.Cluster{
		Slug: "circular-economy", Name: tr("Circular Economy Cluster", "Kiertotalousklusteri"),
		About: tr(
			"About a hundred organisations that keep materials in use. Four working groups carry the work: **circular construction**, **sustainable food systems and bio-cycles**, **reuse and material cycles**, **digital circular solutions**.\n\nOnce a year everybody meets at *CircularArena* in Oulu.",
			"Noin sata organisaatiota, jotka pitävät materiaalit käytössä. Työtä kantaa neljä työryhmää: **kiertotalousrakentaminen**, **kestävät ruokajärjestelmät ja biokierrot**, **uudelleenkäyttö ja materiaalikierrot** sekä **digitaaliset kiertotalousratkaisut**.\n\nKerran vuodessa kaikki tapaavat Oulussa *CircularArenassa*."),
		Languages: []string{"en", "fi"}, Zone: "Europe/Helsinki", Colour: "#1f6b3a", DarkColour: "#7fcf9a",
		Website: "https://circular.oulujoki-business-house.example", Address: "Oulujoki Business House, Torikatu 12, 90100 Oulu",
	}
	d.project = &scheduling.Project{
		Name: tr("Circular North", "Kiertävä pohjoinen"), Code: "CN-2040",
		From: d.today.AddDate(-1, -2, 0).Format("2006-01-02"), Until: d.today.AddDate(1, 10, 0).Format("2006-01-02"),
	}
	for _, c := range []*scheduling.Cluster{d.automotive, d.circular} {
		if err := d.desk.SaveCluster(ctx, d.staff.helena, c); err != nil {
			return err
		}
	}
	return d.desk.SaveProject(ctx, d.staff.helena, d.project)
}

// gather makes the groups and their members.
func (d *demo) gather(ctx context.Context) error {
	d.groups = map[string]*scheduling.Group{}
	for _, row := range []struct {
		slug, kind  string
		cluster     *scheduling.Cluster
		name, about scheduling.Text
		members     int
	}{
		{"circular-construction", "working", d.circular, tr("Circular construction", "Kiertotalousrakentaminen"), tr("Buildings that are taken apart, not torn down.", "Rakennukset puretaan osiksi, niitä ei hajoteta."), 14},
		{"food-and-bio-cycles", "working", d.circular, tr("Sustainable food systems and bio-cycles", "Kestävät ruokajärjestelmät ja biokierrot"), tr("Nutrients, energy and protein from side streams.", "Ravinteita, energiaa ja proteiinia sivuvirroista."), 12},
		{"reuse-and-material-cycles", "working", d.circular, tr("Reuse and material cycles", "Uudelleenkäyttö ja materiaalikierrot"), tr("From marketplaces to robots that take things apart.", "Kauppapaikoista purkaviin robotteihin."), 11},
		{"digital-circular-solutions", "working", d.circular, tr("Digital circular solutions", "Digitaaliset kiertotalousratkaisut"), tr("Product passports, data spaces, flow analysis.", "Tuotepassit, data-avaruudet, virta-analyysit."), 13},
		{"automotive-board", "board", d.automotive, tr("Advisory board", "Neuvottelukunta"), tr("Meets four times a year and sets the direction.", "Kokoontuu neljästi vuodessa ja näyttää suunnan."), 8},
		{"southern-europe-oem", "b2b", d.automotive, tr("OEM dialogue Southern Europe", "Etelä-Euroopan valmistajayhteistyö"), tr("Companies that go to Spain, France, Portugal and Italy together.", "Yritykset, jotka lähtevät yhdessä Espanjaan, Ranskaan, Portugaliin ja Italiaan."), 0}, // its companies bring them
		{"second-life-cells", "b2b", d.automotive, tr("A second life for cells", "Akkukennojen toinen elämä"), tr("Develops storage from used cells together.", "Kehittää yhdessä varastoja käytetyistä kennoista."), 0},
	} {
		g := &scheduling.Group{Slug: row.slug, Kind: row.kind, ClusterID: row.cluster.ID, Name: row.name, About: row.about}
		for _, m := range d.crowd(row.members, of(row.cluster)) {
			g.Members = append(g.Members, m.ID)
		}
		if err := d.desk.SaveGroup(ctx, d.staff.aino, g); err != nil {
			return err
		}
		d.groups[g.Slug] = g
	}
	return nil
}
