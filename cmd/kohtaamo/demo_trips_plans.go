package main

import (
	"context"
	"fmt"
	"path"
	"slices"
	"time"

	"kohtaamo/scheduling"
)

// The zones of the demo's trips.
const (
	zoneOulu   = "Europe/Helsinki"
	zoneMadrid = "Europe/Madrid"
	zonePorto  = "Europe/Lisbon"
	zoneTurin  = "Europe/Rome"
)

var demoCriteria = []scheduling.Criterion{
	{ID: "fit", Name: tr("Fit with the hosts and the theme", "Sopivuus isäntiin ja teemaan"), Weight: 5, Max: 5},
	{ID: "ready", Name: tr("Ready for the market", "Valmius markkinoille"), Weight: 3, Max: 5},
	{ID: "share", Name: tr("What the others gain", "Hyöty muille osallistujille"), Weight: 2, Max: 5},
}

var demoReasons = []travelWords{
	{"Two vehicle makers there have asked for our product, and we have never met them.", "Two named contacts and one test order", "Tier-one suppliers of body electronics"},
	{"We look for a first reference in southern Europe.", "A pilot with a city or a maker", "Bus operators, cities"},
	{"Our winter tests are half booked; the summer season needs partners elsewhere.", "An agreement on shared tests", "Endurance and homologation laboratories"},
	{"We want to buy parts of recycled material and see how they are made.", "Prices and samples", "Makers of housings and moulds"},
}

var demoBudget = []scheduling.BudgetLine{
	{ID: "travel", Name: "Flights and trains", Planned: 640_00, PerSeat: true, Share: 100},
	{ID: "bus", Name: "Buses on the way", Planned: 3_900_00, Share: 0},
	{ID: "hotel", Name: "Hotels", Planned: 472_00, PerSeat: true, Share: 100},
	{ID: "programme", Name: "Interpreters and common programme", Planned: 5_200_00, Share: 25},
}

// newTravel is an outgoing trip of the automotive cluster that begins on a day.
func (d *demo) newTravel(day time.Time, slug string, title, summary scheduling.Text, stops ...scheduling.Stop) *travel {
	t := scheduling.NewTrip(d.automotive, day)
	t.Slug, t.Title, t.Summary, t.Stops = slug, title, summary, stops
	t.Goals = tr("- Each company meets three hosts that it named\n- Two pilots or offers within half a year", "- Jokainen yritys tapaa kolme nimeämäänsä isäntää\n- Kaksi pilottia tai tarjousta puolen vuoden sisällä")
	t.Selection.Criteria, t.Budget = demoCriteria, demoBudget
	t.Selection.Seats, t.Selection.Minimum = 8, 4
	t.Selection.Terms = tr("A company that commits pays its share even if it stays at home.", "Sitoutunut yritys maksaa osuutensa, vaikka jäisi kotiin.")
	t.LeaderIDs = []string{d.staff.aino.ID}
	t.Contact, t.ContactEmail = d.staff.aino.Name, d.staff.aino.Email
	return &travel{by: d.staff.aino, trip: t, words: demoReasons}
}

// planItaly is last spring's trip, with what came of it.
func (d *demo) planItaly() *travel {
	day := d.workday(-200, time.Monday, "9:00")
	v := d.newTravel(day, "italy-"+day.Format("2006"), tr("Turin: chassis and power electronics", "Torino: alustat ja tehoelektroniikka"),
		tr("Three days with makers of chassis, motors and inverters.", "Kolme päivää alustojen, moottorien ja invertterien valmistajien luona."),
		scheduling.Stop{ID: "turin", Country: "IT", City: "Torino", Zone: zoneTurin, From: date(day, 0), Until: date(day, 3)})
	v.guests = d.oneEach(7, of(d.automotive))
	turin := func(days int, clock string) time.Time { return on(day, days, zoneTurin, clock) }
	all := scheduling.Crowd{Everyone: true}
	v.programme = &scheduling.Programme{
		Legs: []scheduling.Leg{
			{ID: "out", Crowd: all, Kind: scheduling.ByAir, Carrier: "Revontuli Air", Number: "RA 1757", From: scheduling.Terminal{Name: "Helsinki", Code: "HEL", Zone: zoneOulu}, To: scheduling.Terminal{Name: "Torino Caselle", Code: "TRN", Zone: zoneTurin},
				Departs: on(day, 0, zoneOulu, "8:10"), Arrives: turin(0, "10:40"), Meet: "Helsinki, gate area, 7:15"},
			{ID: "home", Crowd: all, Kind: scheduling.ByAir, Carrier: "Revontuli Air", Number: "RA 1758", From: scheduling.Terminal{Name: "Torino Caselle", Code: "TRN", Zone: zoneTurin}, To: scheduling.Terminal{Name: "Helsinki", Code: "HEL", Zone: zoneOulu},
				Departs: turin(3, "11:50"), Arrives: on(day, 3, zoneOulu, "16:05")},
		},
		Hotels: []scheduling.Hotel{{ID: "hotel", StopID: "turin", Name: "Albergo Dora", Address: "Via Dora 12, Torino", Phone: "+39 011 000 000", From: date(day, 0), Until: date(day, 3)}},
		Hosts: []scheduling.Host{
			{ID: "telaio", StopID: "turin", Name: "Torino Telaio S.p.A.", Lang: "en", State: scheduling.HostConfirmed, About: tr("Chassis and battery housings; looks for fossil-free steel.", "Alustoja ja akkukoteloita; etsii fossiilivapaata terästä."), Contacts: []scheduling.HostContact{{Name: "Chiara Ferrero", Title: "Purchasing", Email: "chiara.ferrero@torino-telaio.example"}}},
			{ID: "motori", StopID: "turin", Name: "Brianza Motori S.p.A.", Lang: "en", State: scheduling.HostConfirmed, About: tr("Electric motors for off-road machines.", "Sähkömoottoreita työkoneisiin."), Contacts: []scheduling.HostContact{{Name: "Matteo Gallo", Title: "Engineering", Email: "matteo.gallo@brianza-motori.example"}}},
			{ID: "inverter", StopID: "turin", Name: "Friuli Inverter S.r.l.", Lang: "en", State: scheduling.HostConfirmed, About: tr("Silicon carbide modules.", "Piikarbidimoduuleja."), Contacts: []scheduling.HostContact{{Name: "Giulia Bosio", Title: "Sales", Email: "giulia.bosio@friuli-inverter.example"}}},
		},
		Activities: []scheduling.Activity{
			{ID: "seminar", Kind: scheduling.Common, StopID: "turin", Title: tr("Seminar: two northern regions", "Seminaari: kaksi pohjoista aluetta"), Place: "Camera di commercio", Starts: turin(0, "14:00"), Ends: turin(0, "17:00")},
			{ID: "dinner", Kind: scheduling.Meal, StopID: "turin", Title: tr("Dinner with hosts", "Illallinen isäntien kanssa"), Place: "Trattoria Sassi", Starts: turin(0, "19:30"), Ends: turin(0, "22:00")},
			{ID: "telaio", Kind: scheduling.HostVisit, StopID: "turin", HostID: "telaio", Title: tr("Visit to Torino Telaio", "Vierailu: Torino Telaio"), Place: "Moncalieri works", Starts: turin(1, "9:30"), Ends: turin(1, "12:00"), Language: "en", NDA: true},
			{ID: "motori", Kind: scheduling.HostVisit, StopID: "turin", HostID: "motori", Group: "A", Title: tr("Visit to Brianza Motori", "Vierailu: Brianza Motori"), Place: "Ivrea plant", Starts: turin(2, "9:00"), Ends: turin(2, "11:30"), Language: "en"},
			{ID: "inverter", Kind: scheduling.HostVisit, StopID: "turin", HostID: "inverter", Group: "B", Title: tr("Visit to Friuli Inverter", "Vierailu: Friuli Inverter"), Place: "Chieri laboratory", Starts: turin(2, "9:00"), Ends: turin(2, "11:30"), Language: "en"},
		},
	}
	d.travel(v)
	d.at(turin(3, "9:00"), v.present)
	d.at(turin(6, "9:00"), v.tellOutcomes)
	d.at(turin(40, "10:00"), v.report)
	return v
}

// tellOutcomes has each company say what came of each host that it met.
func (v *travel) tellOutcomes(ctx context.Context) error {
	g, err := v.d.desk.TripGrid(ctx, v.by, v.trip.ID)
	if err != nil {
		return err
	}
	for n, row := range g.Rows {
		if n%7 == 6 {
			continue // nobody says anything
		}
		_, err := v.d.desk.SaveTripOutcome(ctx, v.by, v.trip.ID, row.Host.ID, row.Delegate.Key, false, func(o *scheduling.TripOutcome) {
			o.Step, o.Rating = scheduling.Ladders[1+n%(len(scheduling.Ladders)-1)], 3+n%3
			if n%3 == 0 {
				o.Next, o.Owner, o.Due = "Send samples and agree on a call", row.Delegate.Travel[0].PersonID, v.trip.Ends.AddDate(0, 0, 21).Format(time.DateOnly)
				o.Done = n%2 == 0
			}
			if n == 1 {
				o.Story, o.Quote = "We came with one question about the housing and left with a shared drawing.", true
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// report writes down what the trip cost, a little less than was planned, and
// says that all is told.
func (v *travel) report(ctx context.Context) error {
	t, err := v.d.desk.Trip(ctx, v.by, v.trip.ID)
	if err != nil {
		return err
	}
	t.Budget = slices.Clone(t.Budget)
	for i := range t.Budget {
		t.Budget[i].Actual = t.Budget[i].Planned * int64(98-3*i) / 100
	}
	if _, err := v.d.desk.SaveTrip(ctx, v.by, t); err != nil {
		return err
	}
	_, err = v.d.desk.SetTripState(ctx, v.by, t.ID, scheduling.TripReported, "")
	return err
}

// planSpain is the trip that is under way: Helsinki, Madrid, Vitoria-Gasteiz,
// Porto, on three clocks. Today is its second day.
func (d *demo) planSpain() {
	day := d.day(-1, "0:00")
	v := d.newTravel(day, "spain-portugal-"+day.Format("2006-01"), tr("Spain and Portugal: vehicle makers and their suppliers", "Espanja ja Portugali: ajoneuvovalmistajat ja niiden toimittajat"),
		tr("Madrid, Vitoria-Gasteiz and Porto in five days.", "Madrid, Vitoria-Gasteiz ja Porto viidessä päivässä."),
		scheduling.Stop{ID: "madrid", Country: "ES", City: "Madrid", Zone: zoneMadrid, From: date(day, 0), Until: date(day, 1)},
		scheduling.Stop{ID: "vitoria", Country: "ES", City: "Vitoria-Gasteiz", Zone: zoneMadrid, From: date(day, 1), Until: date(day, 2)},
		scheduling.Stop{ID: "porto", Country: "PT", City: "Porto", Zone: zonePorto, From: date(day, 2), Until: date(day, 4)})
	v.guests = d.oneEach(10, of(d.automotive))
	v.programme = spainProgramme(day)
	d.travel(v)
	d.at(on(day, 0, zoneMadrid, "18:00"), v.present)
	d.at(earliest(d.today.Add(-15*time.Minute), on(day, 1, zoneMadrid, "9:00")), func(ctx context.Context) error { return v.moveVisit(ctx, "cork", 30*time.Minute) })
}

// spainProgramme is what happens on the trip that begins on a day.
func spainProgramme(day time.Time) *scheduling.Programme {
	madrid := func(days int, clock string) time.Time { return on(day, days, zoneMadrid, clock) }
	porto := func(days int, clock string) time.Time { return on(day, days, zonePorto, clock) }
	all := scheduling.Crowd{Everyone: true}
	return &scheduling.Programme{
		Legs: []scheduling.Leg{
			{ID: "out", Crowd: all, Kind: scheduling.ByAir, Carrier: "Revontuli Air", Number: "RA 1661", From: scheduling.Terminal{Name: "Helsinki", Code: "HEL", Zone: zoneOulu}, To: scheduling.Terminal{Name: "Madrid Barajas", Code: "MAD", Zone: zoneMadrid},
				Departs: on(day, 0, zoneOulu, "7:00"), Arrives: madrid(0, "10:20"), Meet: "Helsinki, security check, 5:45"},
			{ID: "north", Crowd: all, Kind: scheduling.ByTrain, Carrier: "Ferro", Number: "4087", From: scheduling.Terminal{Name: "Madrid Chamartín", Zone: zoneMadrid}, To: scheduling.Terminal{Name: "Vitoria-Gasteiz", Zone: zoneMadrid},
				Departs: madrid(1, "14:05"), Arrives: madrid(1, "17:50"), Meet: "Under the clock of the station hall, 13:30"},
			{ID: "west", Crowd: all, Kind: scheduling.ByBus, Carrier: "Autocares Zadorra", From: scheduling.Terminal{Name: "Vitoria-Gasteiz", Zone: zoneMadrid}, To: scheduling.Terminal{Name: "Porto", Zone: zonePorto},
				Departs: madrid(2, "12:30"), Arrives: porto(2, "19:10"), Contact: "Driver Iker, +34 600 000 000"},
			{ID: "home", Crowd: all, Kind: scheduling.ByAir, Carrier: "Revontuli Air", Number: "RA 1738", From: scheduling.Terminal{Name: "Porto", Code: "OPO", Zone: zonePorto}, To: scheduling.Terminal{Name: "Helsinki", Code: "HEL", Zone: zoneOulu},
				Departs: porto(4, "10:15"), Arrives: on(day, 4, zoneOulu, "16:55")},
		},
		Hotels: []scheduling.Hotel{
			{ID: "h1", StopID: "madrid", Name: "Hotel Almendro", Address: "Calle del Almendro 3, Madrid", Phone: "+34 910 000 000", From: date(day, 0), Until: date(day, 1)},
			{ID: "h2", StopID: "vitoria", Name: "Hotel Zadorra", Address: "Calle Zadorra 9, Vitoria-Gasteiz", Phone: "+34 945 000 000", From: date(day, 1), Until: date(day, 2)},
			{ID: "h3", StopID: "porto", Name: "Hotel Ribeira Velha", Address: "Rua da Ribeira 20, Porto", Phone: "+351 220 000 000", From: date(day, 2), Until: date(day, 4)},
		},
		Hosts: []scheduling.Host{
			{ID: "iberdrive", StopID: "madrid", Name: "Iberdrive Componentes S.L.", Lang: "en", State: scheduling.HostConfirmed, Website: "https://www.iberdrive-componentes.example", About: tr("Tier-one supplier of body electronics; asks for sensors for cold climates.", "Korielektroniikan ykköstason toimittaja; etsii antureita kylmään."), Contacts: []scheduling.HostContact{{Name: "Lucía Ortega", Title: "Innovation", Email: "lucia.ortega@iberdrive-componentes.example", Phone: "+34 600 000 001"}}},
			{ID: "levante", StopID: "madrid", Name: "Levante Software S.L.", Lang: "en", State: scheduling.HostConfirmed, About: tr("Functional safety tools and security audits.", "Toiminnallisen turvallisuuden työkaluja ja tietoturva-auditointeja."), Contacts: []scheduling.HostContact{{Name: "Javier Molina", Title: "Managing director", Email: "javier.molina@levante-software.example"}}},
			{ID: "navarra", StopID: "vitoria", Name: "Navarra Motor Lab S.A.", Lang: "en", State: scheduling.HostConfirmed, About: tr("Endurance tests and homologation.", "Kestotestejä ja tyyppihyväksyntää."), Contacts: []scheduling.HostContact{{Name: "Carmen Ibáñez", Title: "Head of laboratory", Email: "carmen.ibanez@navarra-motor-lab.example"}}},
			{ID: "minho", StopID: "porto", Name: "Minho Cablagens Lda", Lang: "en", State: scheduling.HostConfirmed, About: tr("Wire harnesses in long series.", "Johtosarjoja pitkinä sarjoina."), Contacts: []scheduling.HostContact{{Name: "Inês Carvalho", Title: "Sales", Email: "ines.carvalho@minho-cablagens.example"}}},
			{ID: "aveiro", StopID: "porto", Name: "Aveiro Telemática Lda", Lang: "en", State: scheduling.HostConfirmed, About: tr("Telematics units and antennas.", "Telematiikkayksiköitä ja antenneja."), Contacts: []scheduling.HostContact{{Name: "Tiago Figueira", Title: "Technology", Email: "tiago.figueira@aveiro-telematica.example"}}},
		},
		Activities: []scheduling.Activity{
			{ID: "iberdrive", Kind: scheduling.HostVisit, StopID: "madrid", HostID: "iberdrive", Group: "A", Title: tr("Visit to Iberdrive", "Vierailu: Iberdrive"), Place: "Getafe plant", Starts: madrid(0, "14:00"), Ends: madrid(0, "16:30"), Language: "en", Capacity: 12},
			{ID: "levante", Kind: scheduling.HostVisit, StopID: "madrid", HostID: "levante", Group: "B", Title: tr("Visit to Levante Software", "Vierailu: Levante Software"), Place: "Calle de Alcalá 50", Starts: madrid(0, "14:00"), Ends: madrid(0, "16:30"), Language: "en", Capacity: 12},
			{ID: "dinner", Kind: scheduling.Meal, StopID: "madrid", Title: tr("Dinner with hosts", "Illallinen isäntien kanssa"), Place: "Casa Almendro", Starts: madrid(0, "20:30"), Ends: madrid(0, "22:30")},
			{ID: "embassy", Kind: scheduling.Common, StopID: "madrid", Title: tr("Morning briefing: the Spanish market", "Aamutilaisuus: Espanjan markkinat"), Place: "Casa Almendro, first floor", Starts: madrid(1, "9:00"), Ends: madrid(1, "11:00")},
			{ID: "navarra", Kind: scheduling.HostVisit, StopID: "vitoria", HostID: "navarra", Title: tr("Visit to Navarra Motor Lab", "Vierailu: Navarra Motor Lab"), Place: "Miñano technology park", Starts: madrid(2, "8:45"), Ends: madrid(2, "11:30"), Language: "en"},
			{ID: "cork", Kind: scheduling.HostVisit, StopID: "porto", HostID: "minho", Group: "A", Title: tr("Visit to Minho Cablagens", "Vierailu: Minho Cablagens"), Place: "Braga works", Starts: porto(3, "10:00"), Ends: porto(3, "12:00"), Language: "en"},
			{ID: "aveiro", Kind: scheduling.HostVisit, StopID: "porto", HostID: "aveiro", Group: "B", Title: tr("Visit to Aveiro Telemática", "Vierailu: Aveiro Telemática"), Place: "Aveiro laboratory", Starts: porto(3, "10:00"), Ends: porto(3, "12:00"), Language: "en"},
			{ID: "last", Kind: scheduling.Meal, StopID: "porto", Title: tr("Last evening together", "Viimeinen yhteinen ilta"), Place: "Cais da Ribeira", Starts: porto(3, "19:30"), Ends: porto(3, "22:00")},
		},
		Travel: []scheduling.TravelLeg{{A: "Miñano technology park", B: "Vitoria-Gasteiz", Minutes: 25}},
	}
}

// moveVisit moves one visit: those on it read of it in one mail.
func (v *travel) moveVisit(ctx context.Context, id string, by time.Duration) error {
	p, err := v.d.desk.Programme(ctx, v.by, v.trip.ID)
	if err != nil {
		return err
	}
	a := p.Programme.Activity(id)
	_, err = v.d.desk.MoveActivity(ctx, v.by, v.trip.ID, p.Programme.Rev, scheduling.ActivityMove{ID: id, Starts: a.Starts.Add(by), StopID: a.StopID})
	return err
}

// planNextTrip copies last spring's trip for the next one, which takes
// applications now.
func (d *demo) planNextTrip(italy *travel) {
	guests := d.oneEach(14, of(d.automotive))[10:]
	times := d.spread(len(guests), d.day(-10, "9:00"), d.day(-1, "15:00"))
	d.at(d.day(-12, "9:40"), func(ctx context.Context) error {
		day := d.workday(160, time.Monday, "9:00")
		t, err := d.desk.CopyTrip(ctx, d.staff.aino, italy.trip.ID, day)
		if err != nil {
			return err
		}
		t.Title = tr("Turin again: housings, motors, inverters", "Jälleen Torinoon: kotelot, moottorit, invertterit")
		t.Selection.ClosesAt, t.Selection.CommitBy, t.Asks.DueAt = d.day(30, "16:00"), d.day(60, "16:00"), d.day(100, "16:00")
		if t, err = d.desk.SaveTrip(ctx, d.staff.aino, t); err != nil {
			return err
		}
		if _, err := d.desk.SetTripState(ctx, d.staff.aino, t.ID, scheduling.TripOpen, ""); err != nil {
			return err
		}
		v := &travel{d: d, by: d.staff.aino, trip: t, guests: guests, words: demoReasons}
		for i, at := range times {
			d.at(at, func(ctx context.Context) error { return v.apply(ctx, i) })
		}
		return nil
	})
}

// planDelegation is a French cluster that comes in three weeks: two hosts have
// said yes, one has not answered.
func (d *demo) planDelegation() {
	const mine = "hugo.marchand@mobilite-hauts-de-france.example"
	first := d.workday(22, time.Tuesday, "9:00")
	ask := scheduling.Enquiry{Body: "Mobilité Hauts-de-France", Country: "FR", Website: "https://www.mobilite-hauts-de-france.example", Name: "Hugo Marchand", Email: mine, Lang: "en",
		Topic: d.automotive.Slug, About: "We build vans and convert them to electric drives. We want to see how vehicles are tested in the cold, and to meet makers of sensors and chargers.",
		Size: 6, From: date(first, 0), Until: date(first, 8), Days: 2, Hosts: "Test tracks, sensor makers, the research centre", Languages: []string{"fr", "en"}}
	d.at(d.day(-50, "11:20"), func(ctx context.Context) error { return d.desk.RequestDelegation(ctx, "demo-french", ask) })
	d.at(d.day(-50, "11:50"), d.confirmDelegation)
	d.at(d.day(-46, "9:30"), func(ctx context.Context) error {
		var marks []scheduling.ScreenMark
		for i, c := range scheduling.DelegationCriteria {
			marks = append(marks, scheduling.ScreenMark{Criterion: c, Points: scheduling.MaxScreenPoints - i%2})
		}
		if _, err := d.desk.ScreenDelegation(ctx, d.staff.mikko, "demo-french", marks, "Came by way of the embassy; knows two of our members."); err != nil {
			return err
		}
		_, err := d.desk.AcceptDelegation(ctx, d.staff.mikko, "demo-french", scheduling.Acceptance{From: date(first, 0), Until: date(first, 1), Seats: 6, Message: "We look forward to it."})
		return err
	})
	d.at(d.day(-40, "10:00"), func(ctx context.Context) error { return d.hostDelegation(ctx, first) })
	for i, name := range foreignNames["FR"] {
		d.at(d.day(-20, "14:00").Add(time.Duration(i)*time.Minute), func(ctx context.Context) error {
			t, err := d.desk.Trip(ctx, d.staff.mikko, "demo-french")
			if err != nil {
				return err
			}
			_, err = d.desk.AddVisitor(ctx, d.desk.DelegationLink(t), scheduling.Traveller{Name: name, Email: mailbox(name) + "@mobilite-hauts-de-france.example", Lang: "en", Title: titles[i]})
			return err
		})
	}
}

// confirmDelegation follows the link in the mail that has just gone to who asks.
func (d *demo) confirmDelegation(ctx context.Context) error {
	link, err := d.mailed(ctx, "delegation.confirm_address")
	if err != nil {
		return err
	}
	_, err = d.desk.ConfirmDelegation(ctx, path.Base(link))
	return err
}

// planRequest is a Swedish cluster that asked yesterday; nobody has read it yet.
func (d *demo) planRequest() {
	first := d.workday(75, time.Monday, "9:00")
	ask := scheduling.Enquiry{Body: "Norrbotten Kompositkluster", Country: "SE", Website: "https://www.norrbotten-komposit.example", Name: "Ebba Lindqvist", Email: "ebba.lindqvist@norrbotten-komposit.example", Lang: "en",
		Topic: d.automotive.Slug, About: "Nine makers of composite parts for vehicles. We look for partners with test chambers and for buyers of light housings.",
		Size: 11, From: date(first, 0), Until: date(first, 18), Days: 1, Hosts: "Makers of housings and harnesses", Languages: []string{"sv", "en"}}
	d.at(d.day(-1, "13:05"), func(ctx context.Context) error { return d.desk.RequestDelegation(ctx, "demo-swedish", ask) })
	d.at(d.day(-1, "13:30"), d.confirmDelegation)
}

// hostDelegation makes the programme of the French visit and asks its hosts.
func (d *demo) hostDelegation(ctx context.Context, day time.Time) error {
	p, err := d.desk.MoveDelegation(ctx, d.staff.mikko, "demo-french", scheduling.TripProgramme)
	if err != nil {
		return err
	}
	t := p.Trip
	oulu := func(days int, clock string) time.Time { return on(day, days, zoneOulu, clock) }
	all, pr := scheduling.Crowd{Everyone: true}, &scheduling.Programme{}
	for i, h := range []struct {
		name, email, place string
		starts, ends       time.Time
	}{
		{"Pohjanvalo Sensors Oy", "", "Teknologiantie 1, Oulu", oulu(0, "10:00"), oulu(0, "12:00")},
		{"Northern Mobility Research Centre", "", "Linnanmaa campus", oulu(0, "13:30"), oulu(0, "15:30")},
		{"Kempele Connect Oy", "", "Kempeleentie 9, Kempele", oulu(1, "9:30"), oulu(1, "11:00")},
	} {
		who := d.contactOf(h.name)
		id := fmt.Sprintf("host%d", i+1)
		pr.Hosts = append(pr.Hosts, scheduling.Host{ID: id, CompanyID: who.CompanyID, StopID: t.Stops[0].ID, Name: h.name, Lang: who.Lang, State: scheduling.HostPlanned, Address: h.place,
			About: tr(who.company.Offers, who.company.Offers), Website: who.company.Website, Contacts: []scheduling.HostContact{{Name: who.Name, Title: who.Title, Email: who.Email}}})
		pr.Activities = append(pr.Activities, scheduling.Activity{ID: "visit" + id, Crowd: all, Kind: scheduling.HostVisit, StopID: t.Stops[0].ID, HostID: id,
			Title: tr("Visit to "+h.name, "Vierailu: "+h.name), Place: h.place, Starts: h.starts, Ends: h.ends, Language: "en"})
	}
	if _, err := d.desk.SaveProgramme(ctx, d.staff.mikko, t.ID, pr); err != nil {
		return err
	}
	page, err := d.desk.InviteHosts(ctx, d.staff.mikko, t.ID, "host1", "host2", "host3")
	if err != nil {
		return err
	}
	for i, id := range []string{"host1", "host2"} {
		link := d.desk.HostLink(page.Trip, page.Programme.Host(id))
		d.at(d.clock.Add(time.Duration(20+26*i)*time.Hour), func(ctx context.Context) error {
			_, err := d.desk.AnswerHost(ctx, link, scheduling.HostAnswer{Answer: "yes", Comment: "Gladly; we show the line and the cold chamber."})
			return err
		})
	}
	return nil
}

// contactOf is the first person of a company, by its name.
func (d *demo) contactOf(company string) guest {
	for _, g := range d.people {
		if g.company.Name == company {
			return g
		}
	}
	panic("demo: nobody of " + company) // a mistake in this package
}
