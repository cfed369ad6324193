package main

import (
	"context"
	"time"

	"kohtaamo/scheduling"
)

// planNews plans what the clusters write to their people: a newsletter that has
// been sent, one that waits for its time, and a draft.
func (d *demo) planNews() {
	d.news(d.staff.mikko, d.automotive, d.day(-26, "9:30"), time.Time{}, scheduling.Campaign{
		Subject: tr("Winter testing begins, and who looks for partners", "Talvitestaus alkaa, ja kuka etsii kumppaneita"),
		Body: tr(
			"Dear {name},\n\nthe ice on the test tracks is thick enough from next week on. This is what the season brings:\n\n- **Shared track days** each Thursday: three companies, one track, one price.\n- **Two vehicle makers from Spain** come to see radar in falling snow.\n- A new [measuring van](https://automotive.oulujoki-business-house.example/van) that members can borrow.\n\n## What is coming up\n\n{events:upcoming}\n\nTell us what {company} works on: we pass it on to those who ask.",
			"Hei {name},\n\ntestiratojen jää kantaa ensi viikosta alkaen. Tätä kausi tuo:\n\n- **Yhteiset ratapäivät** torstaisin: kolme yritystä, yksi rata, yksi hinta.\n- **Kaksi espanjalaista ajoneuvovalmistajaa** tulee katsomaan tutkaa lumisateessa.\n- Uusi [mittausauto](https://automotive.oulujoki-business-house.example/van), jota jäsenet voivat lainata.\n\n## Tulossa\n\n{events:upcoming}\n\nKerro, minkä parissa {company} työskentelee: välitämme tiedon kysyjille."),
	})
	d.news(d.staff.sara, d.circular, d.day(-19, "10:15"), time.Time{}, scheduling.Campaign{
		Subject: tr("From demolition to dismantling", "Purkamisesta osiin ottamiseen"),
		Body: tr(
			"Hello {name},\n\nthe working group on circular construction has taken its first hall apart: **84 per cent of the steel** goes into a new one this summer.\n\n{group:circular-construction}\n\n## Dates\n\n{events:upcoming}",
			"Hei {name},\n\nkiertotalousrakentamisen työryhmä on ottanut ensimmäisen hallinsa osiin: **84 prosenttia teräksestä** menee kesällä uuteen.\n\n{group:circular-construction}\n\n## Päivämääriä\n\n{events:upcoming}"),
	})
	d.news(d.staff.sara, d.circular, d.day(-2, "13:00"), d.day(2, "9:00"), scheduling.Campaign{
		Subject: tr("What the working groups do in spring", "Mitä työryhmät tekevät keväällä"),
		Body: tr(
			"Hello {name},\n\nthe calendars of all four working groups are out. Add yours:\n\n{group:food-and-bio-cycles}\n\n{group:digital-circular-solutions}",
			"Hei {name},\n\nkaikkien neljän työryhmän kalenterit on julkaistu. Lisää omasi:\n\n{group:food-and-bio-cycles}\n\n{group:digital-circular-solutions}"),
	})
	d.at(d.day(-1, "15:40"), func(ctx context.Context) error {
		_, err := d.desk.SaveCampaign(ctx, d.staff.mikko, &scheduling.Campaign{
			ClusterID: d.automotive.ID,
			Subject:   tr("You were not there last time: come and see", "Et ollut viimeksi mukana: tule katsomaan"),
			Body:      tr("Dear {name},\n\nwe would like to see {company} at one of these:\n\n{events:upcoming}", "Hei {name},\n\ntoivomme näkevämme organisaation {company} jossakin näistä:\n\n{events:upcoming}"),
			Readers: scheduling.Readers{
				Rules:  []scheduling.ReaderRule{{Kind: scheduling.RuleRole, Values: []string{scheduling.ReaderMember}}, {Kind: scheduling.RuleAbsent, From: d.day(-365, "0:00").Format(time.DateOnly), Until: d.day(-1, "0:00").Format(time.DateOnly)}},
				Except: []scheduling.ReaderRule{{Kind: scheduling.RuleRole, Values: []string{scheduling.ReaderOrganiser}}},
			},
		})
		return err
	})
}

// news plans a newsletter of a cluster: written at a moment and sent then, or
// at another.
func (d *demo) news(by scheduling.Actor, cl *scheduling.Cluster, written, leaves time.Time, c scheduling.Campaign) {
	d.at(written, func(ctx context.Context) error {
		c.ClusterID = cl.ID
		if err := d.address(ctx, by, &c); err != nil {
			return err
		}
		made, err := d.desk.SaveCampaign(ctx, by, &c)
		if err != nil {
			return err
		}
		_, err = d.desk.ScheduleCampaign(ctx, by, made.ID, made.Rev, leaves)
		return err
	})
}

// address sends a newsletter to the cluster's list with an archive; where it
// keeps none, to the people of its companies.
func (d *demo) address(ctx context.Context, by scheduling.Actor, c *scheduling.Campaign) error {
	choices, err := d.desk.CampaignChoices(ctx, by, c)
	if err != nil {
		return err
	}
	for _, l := range choices.Lists {
		if l.ClusterID == c.ClusterID && l.Archive && l.GroupID == "" {
			c.ListID = l.ID
			return nil
		}
	}
	c.Readers.Rules = []scheduling.ReaderRule{{Kind: scheduling.RuleRole, Values: []string{scheduling.ReaderMember}}}
	return nil
}
