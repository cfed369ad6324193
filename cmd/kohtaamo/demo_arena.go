package main

import (
	"time"

	"kohtaamo/scheduling"
)

// consents are asked for at the demo's larger events, each apart.
func consents() []scheduling.ConsentAsk {
	return []scheduling.ConsentAsk{
		{Purpose: "participants", Label: tr("My name and company may be shown in the list of participants.", "Nimeni ja yritykseni saa näyttää osallistujaluettelossa.")},
		{Purpose: "newsletter", Label: tr("Send me the newsletter of the cluster.", "Lähettäkää minulle klusterin uutiskirje.")},
		{Purpose: "photos", Label: tr("I may be seen in photos of the event.", "Saan näkyä tapahtuman kuvissa.")},
	}
}

func options(rows ...string) []scheduling.Option {
	var out []scheduling.Option
	for i := 0; i+2 < len(rows); i += 3 {
		out = append(out, scheduling.Option{Key: rows[i], Label: tr(rows[i+1], rows[i+2])})
	}
	return out
}

// diet asks what people eat, and only those with something else what it is.
func diet() []scheduling.Question {
	return []scheduling.Question{
		{Key: "diet", Kind: scheduling.AskChoice, Required: true, Label: tr("Diet", "Ruokavalio"),
			Options: options("all", "I eat everything", "Syön kaikkea", "vegetarian", "Vegetarian", "Kasvisruoka", "vegan", "Vegan", "Vegaaninen", "other", "Something else", "Muu")},
		{Key: "diet_other", Kind: scheduling.AskText, Required: true, Label: tr("What should the kitchen know?", "Mitä keittiön on hyvä tietää?"),
			When: &scheduling.ShownWhen{Question: "diet", Is: []string{"other"}}},
	}
}

// answerDiet answers diet for the i-th guest.
func answerDiet(i int, u *scheduling.Signup) {
	diets := []string{"all", "all", "vegetarian", "all", "vegan", "all", "other"}
	u.Answers["diet"] = []string{diets[i%len(diets)]}
	if u.Answers["diet"][0] == "other" {
		u.Answers["diet_other"] = []string{map[string]string{"fi": "Gluteeniton ja laktoositon", "en": "No nuts, please"}[u.Lang]}
	}
}

func (d *demo) arenaQuestions() []scheduling.Question {
	return append(diet(),
		scheduling.Question{Key: "days", Kind: scheduling.AskMany, Required: true, Label: tr("I take part in", "Osallistun"),
			Options: options("first", "the first day", "ensimmäiseen päivään", "dinner", "the dinner", "illalliselle", "second", "the second day", "toiseen päivään")},
		scheduling.Question{Key: "b2b", Kind: scheduling.AskYesNo, Required: true, Label: tr("Would you like to have B2B meetings?", "Haluatko B2B-tapaamisia?")},
		scheduling.Question{Key: "b2b_wish", Kind: scheduling.AskLong, Label: tr("Whom would you like to meet, and why?", "Kenet haluaisit tavata ja miksi?"),
			Help: tr("A sentence or two help us to find the right partners.", "Lause tai pari auttaa löytämään oikeat kumppanit."),
			When: &scheduling.ShownWhen{Question: "b2b", Is: []string{"yes"}}},
	)
}

// answerArena answers arenaQuestions for the i-th guest.
func answerArena(i int, u *scheduling.Signup) {
	answerDiet(i, u)
	days := [][]string{{"first", "dinner", "second"}, {"first"}, {"first", "second"}, {"second"}}
	u.Answers["days"] = days[i%len(days)]
	u.Answers["b2b"] = []string{"no"}
	if i%3 == 0 {
		u.Answers["b2b"] = []string{"yes"}
		u.Answers["b2b_wish"] = []string{map[string]string{"fi": "Etsimme kierrätetyn muovin käyttäjiä Etelä-Euroopasta.", "en": "We look for users of recycled materials in the Nordic countries."}[u.Lang]}
	}
}

// arena is one CircularArena: two days in Oulu.
func (d *demo) arena(first time.Time, year string, seats int) *scheduling.Event {
	second := first.AddDate(0, 0, 1)
	e := scheduling.NewEvent(d.circular, clockTime(first, "9:00"))
	e.Slug = "circular-arena-" + year
	e.Title = tr("CircularArena "+year, "CircularArena "+year)
	e.Summary = tr("Two days of circular economy in the north: companies, cities and researchers who have tried it.", "Kaksi päivää kiertotaloutta pohjoisessa: yritykset, kaupungit ja tutkijat, jotka ovat kokeilleet.")
	e.Body = tr(
		"CircularArena brings together those who **build, buy and research** circular solutions.\n\n- Keynotes from industry and cities\n- Workshops of the four working groups\n- B2B meetings on both days\n- Dinner by the river\n\nThe languages are English and Finnish. Taking part is free of charge; whoever cannot come gives the seat back by the link in the mail.",
		"CircularArena kokoaa ne, jotka **rakentavat, ostavat ja tutkivat** kiertotalouden ratkaisuja.\n\n- Puheenvuoroja teollisuudesta ja kaupungeista\n- Neljän työryhmän työpajat\n- B2B-tapaamisia molempina päivinä\n- Illallinen joen rannalla\n\nKielet ovat englanti ja suomi. Osallistuminen on maksutonta; jos et pääse, vapauta paikkasi viestissä olevasta linkistä.")
	e.Kind, e.Mode = "conference", scheduling.InRoom
	e.Ends = clockTime(second, "16:00")
	e.Venue, e.Address = "Rantasali", "Rantakatu 4, 90100 Oulu"
	e.Geo = &scheduling.Geo{Lat: 65.0136, Lon: 25.4642}
	e.ProjectID = d.project.ID
	e.Contact, e.ContactEmail = d.staff.sara.Name, d.staff.sara.Email
	e.Agenda = arenaAgenda(first, second)
	e.Rules.Seats, e.Rules.PartyMax, e.Rules.ShowList = seats, 5, true
	e.Rules.Questions, e.Rules.Consents = d.arenaQuestions(), consents()
	e.Rules.ClosesAt = clockTime(first.AddDate(0, 0, -3), "16:00")
	e.Rules.LockAt = e.Rules.ClosesAt
	return e
}

func arenaAgenda(first, second time.Time) []scheduling.Item {
	return []scheduling.Item{
		item(first, "9:00", "10:00", tr("Coffee and registration", "Kahvi ja ilmoittautuminen"), "Foyer", ""),
		item(first, "10:00", "10:20", tr("Welcome to Oulu", "Tervetuloa Ouluun"), "Great hall", "Helena Rautio, Oulujoki Business House"),
		item(first, "10:20", "11:10", tr("What a city buys when it buys nothing new", "Mitä kaupunki ostaa, kun se ei osta uutta"), "Great hall", "Kaisa Haapala, Rantapohja Waste Authority"),
		item(first, "11:10", "12:00", tr("A machine lives three times: remanufacturing in Nivala", "Koneen kolme elämää: uudelleenvalmistusta Nivalassa"), "Great hall", "Jari Mustonen, Pohjolan Koneet Oyj"),
		item(first, "12:00", "13:00", tr("Lunch", "Lounas"), "Restaurant", ""),
		item(first, "13:00", "14:45", tr("Workshop: circular construction", "Työpaja: kiertotalousrakentaminen"), "Room Pine", "Riikka Koskela, Purkupiha Oy"),
		item(first, "13:00", "14:45", tr("Workshop: food systems and bio-cycles", "Työpaja: ruokajärjestelmät ja biokierrot"), "Room Birch", "Olli Kemppainen, Limingan Biokaasu Oy"),
		item(first, "15:00", "17:00", tr("B2B meetings", "B2B-tapaamiset"), "Gallery", ""),
		item(first, "19:00", "22:00", tr("Dinner by the river", "Illallinen joen rannalla"), "Boat house", ""),
		item(second, "9:00", "9:50", tr("The product passport, two years in", "Tuotepassi kahden vuoden jälkeen"), "Great hall", "Noora Kinnunen, Materiaalipassi Oy"),
		item(second, "10:00", "11:45", tr("Workshop: reuse and material cycles", "Työpaja: uudelleenkäyttö ja materiaalikierrot"), "Room Pine", "Petri Paaso, Toinen Kierros Oy"),
		item(second, "10:00", "11:45", tr("Workshop: digital circular solutions", "Työpaja: digitaaliset kiertotalousratkaisut"), "Room Birch", "Inka Suorsa, Datakierto Analytics Oy"),
		item(second, "12:00", "13:00", tr("Lunch", "Lounas"), "Restaurant", ""),
		item(second, "13:00", "14:30", tr("B2B meetings", "B2B-tapaamiset"), "Gallery", ""),
		item(second, "14:45", "15:30", tr("Who pays? Financiers and founders", "Kuka maksaa? Rahoittajat ja perustajat"), "Great hall", "Lauri Vuoti, Pohjoinen Kasvurahasto Ky"),
		item(second, "15:30", "16:00", tr("What we take home", "Mitä viemme kotiin"), "Great hall", "Sara Niskanen, Oulujoki Business House"),
	}
}

// planArena plans last year's CircularArena and the coming one.
func (d *demo) planArena() {
	last := d.workday(-330, time.Tuesday, "9:00")
	past := d.hold(&occasion{
		by: d.staff.sara, event: d.arena(last, last.Format("2006"), 200),
		created: last.AddDate(0, -3, 0), published: last.AddDate(0, -3, 1), until: last.AddDate(0, 0, -4),
		guests: d.crowd(24, nil), signup: answerArena, share: 0.88,
	})
	d.planFollowUp(past)
	next := d.workday(63, time.Tuesday, "9:00")
	arena := d.hold(&occasion{
		by: d.staff.sara, event: d.arena(next, next.Format("2006"), 300),
		created: d.day(-75, "9:10"), published: d.day(-60, "10:00"),
		guests: d.crowd(84, nil),
	})
	arena.signup = func(i int, u *scheduling.Signup) {
		answerArena(i, u)
		if i == 17 || i == 58 {
			u.Party = []scheduling.Guest{
				{Name: "Veera Kallio", Email: "veera.kallio@" + demoDomain(u.Company), Title: "Designer"},
				{Name: "Niilo Rasi", Email: "niilo.rasi@" + demoDomain(u.Company), Title: "Trainee"},
			}
		}
	}
	arena.cancels(7, d.day(-9, "14:12"), "A customer's visit on the same day")
	arena.cancels(31, d.day(-4, "8:47"), "")
	arena.handsOver(12, d.day(-6, "11:05"), scheduling.Guest{Name: "Saana Tolonen", Email: "saana.tolonen@" + demoDomain(arena.guests[12].company.Name)})
}
