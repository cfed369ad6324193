package main

import (
	"time"

	"kohtaamo/scheduling"
)

// event is a draft by somebody with what most of the smaller events share.
func (d *demo) event(c *scheduling.Cluster, by scheduling.Actor, starts time.Time, hours float64, kind string, title, summary scheduling.Text) *scheduling.Event {
	e := scheduling.NewEvent(c, starts)
	e.Title, e.Summary, e.Kind = title, summary, kind
	e.Body = summary
	e.Ends = starts.Add(time.Duration(hours * float64(time.Hour)))
	e.Contact, e.ContactEmail = by.Name, by.Email
	return e
}

// in puts an event into a room.
func in(e *scheduling.Event, venue, address string, seats int) *scheduling.Event {
	e.Mode, e.Venue, e.Address, e.Rules.Seats = scheduling.InRoom, venue, address, seats
	return e
}

const (
	townOffice  = "Oulujoki Business House"
	townAddress = "Torikatu 12, 90100 Oulu"
)

// planComing plans the smaller events that lie ahead.
func (d *demo) planComing() {
	d.planOnline()
	d.planVisit()
	d.planGroups()
	d.planMoved()
	d.planCalledOff()
	d.planLater()
	d.at(d.day(-1, "8:30"), d.fillDiary)
}

// planOnline plans a webinar without a limit, and a workshop in a room and online.
func (d *demo) planOnline() {
	webinar := d.event(d.circular, d.staff.sara, d.workday(9, time.Wednesday, "9:00"), 1.5, "online",
		tr("The battery passport in practice", "Akkupassi käytännössä"),
		tr("What has to be in it, who fills it in, and what it costs: three companies tell.", "Mitä siinä pitää olla, kuka sen täyttää ja mitä se maksaa: kolme yritystä kertoo."))
	webinar.Mode, webinar.Link = scheduling.Online, "https://meet.oulujoki-business-house.example/battery-passport"
	webinar.ClusterIDs = []string{d.circular.ID, d.automotive.ID}
	webinar.ProjectID = d.project.ID
	d.hold(&occasion{by: d.staff.aino, event: webinar, created: d.day(-30, "9:00"), published: d.day(-28, "9:30"), guests: d.crowd(34, nil)})

	hybrid := d.event(d.circular, d.staff.sara, d.workday(34, time.Tuesday, "12:00"), 4, "workshop",
		tr("Digital twins of material flows", "Materiaalivirtojen digitaaliset kaksoset"),
		tr("A workshop with open data of the city; bring your own flow.", "Työpaja kaupungin avoimella datalla; ota oma virtasi mukaan."))
	in(hybrid, townOffice+", Room Delta", townAddress, 40).Mode = scheduling.Hybrid
	hybrid.Link = "https://meet.oulujoki-business-house.example/digital-twins"
	hybrid.GroupIDs = []string{d.groups["digital-circular-solutions"].ID}
	hybrid.Rules.Questions = []scheduling.Question{{Key: "how", Kind: scheduling.AskChoice, Required: true, Label: tr("How do you take part?", "Miten osallistut?"),
		Options: options("room", "In the room", "Paikan päällä", "online", "Online", "Etänä")}}
	d.hold(&occasion{by: d.staff.sara, event: hybrid, created: d.day(-20, "10:00"), published: d.day(-19, "10:00"), guests: d.crowd(21, of(d.circular)),
		signup: func(i int, u *scheduling.Signup) {
			u.Answers["how"] = []string{[]string{"room", "room", "online"}[i%3]}
		}})
}

// planVisit plans a factory visit for which the organiser says yes or no.
func (d *demo) planVisit() {
	e := d.event(d.automotive, d.staff.mikko, d.workday(29, time.Wednesday, "13:00"), 3, "visit",
		tr("Factory visit: how a harness is made", "Tehdasvierailu: näin syntyy johtosarja"),
		tr("A look behind the doors in Kempele. The host wants to know who comes, so we confirm each place.", "Kurkistus ovien taakse Kempeleessä. Isäntä haluaa tietää tulijat, joten vahvistamme jokaisen paikan."))
	in(e, "Hailuoto Harness Oy", "Zeppelinintie 3, 90450 Kempele", 25)
	e.Rules.Approval = true
	visit := d.hold(&occasion{by: d.staff.mikko, event: e, created: d.day(-16, "9:00"), published: d.day(-15, "9:00"), until: d.day(-1, "15:00"), guests: d.crowd(15, of(d.automotive))})
	for i := range 9 {
		visit.decides(i, d.day(-1, "15:30"), "")
	}
	visit.decides(9, d.day(-1, "15:35"), "The host has asked that no direct competitor comes along.")
}

// planGroups plans a meeting for a working group's members and a dinner that
// only those know who have its address.
func (d *demo) planGroups() {
	g := d.groups["circular-construction"]
	meeting := d.event(d.circular, d.staff.sara, d.workday(12, time.Thursday, "14:00"), 2, "meeting",
		tr("Circular construction: winter meeting", "Kiertotalousrakentaminen: talvikokous"),
		tr("The demolition calendar of the region, and a joint offer to the city.", "Alueen purkukalenteri ja yhteinen tarjous kaupungille."))
	in(meeting, townOffice+", Room Beta", townAddress, 20)
	meeting.Audience, meeting.GroupIDs = scheduling.ForGroups, []string{g.ID}
	member := func(x guest) bool {
		for _, id := range g.Members {
			if id == x.ID {
				return true
			}
		}
		return false
	}
	d.hold(&occasion{by: d.staff.sara, event: meeting, created: d.day(-14, "9:00"), published: d.day(-14, "9:20"), guests: d.crowd(9, member)})

	dinner := d.event(d.automotive, d.staff.mikko, d.workday(21, time.Wednesday, "18:30"), 3, "meeting",
		tr("Speakers' dinner", "Puhujien illallinen"), tr("The evening before Northern Power, for speakers and hosts.", "Northern Powerin aattona, puhujille ja isännille."))
	in(dinner, "Restaurant Merikoski", "Koskitie 2, 90500 Oulu", 16).Audience = scheduling.ForUnlisted
	dinner.Rules.Questions = diet()
	d.hold(&occasion{by: d.staff.mikko, event: dinner, created: d.day(-12, "9:00"), published: d.day(-12, "9:20"), guests: d.crowd(7, of(d.automotive)), signup: answerDiet})
}

// planMoved plans a seminar that was moved by three weeks.
func (d *demo) planMoved() {
	e := d.event(d.circular, d.staff.sara, d.workday(13, time.Tuesday, "9:00"), 6, "seminar",
		tr("Second life for batteries", "Akun toinen elämä"),
		tr("From the vehicle to the grid: safety, guarantees and the trade with used packs.", "Ajoneuvosta verkkoon: turvallisuus, takuut ja käytettyjen akkujen kauppa."))
	in(e, "Perämeri University of Applied Sciences, Room 215", "Yliopistokatu 9, 90570 Oulu", 50)
	e.ClusterIDs = []string{d.circular.ID, d.automotive.ID}
	e.Rules.Questions = diet()
	e.Rules.PartyMax = 3
	moved := d.hold(&occasion{by: d.staff.aino, event: e, created: d.day(-35, "9:00"), published: d.day(-33, "9:00"), until: d.day(-6, "9:00"), guests: d.crowd(19, nil), signup: answerDiet})
	moved.changes(d.day(-5, "11:00"), func(e *scheduling.Event) {
		later := d.workday(34, time.Thursday, "9:00")
		e.Starts, e.Ends = later, later.Add(6*time.Hour)
	})
}

// planCalledOff plans a market day that was cancelled.
func (d *demo) planCalledOff() {
	e := d.event(d.circular, d.staff.sara, d.workday(16, time.Friday, "10:00"), 5, "workshop",
		tr("Market day for used furniture", "Käytettyjen kalusteiden markkinapäivä"),
		tr("Offices that move meet offices that grow.", "Muuttavat toimistot kohtaavat kasvavat toimistot."))
	in(e, "Old tobacco warehouse", "Makasiininkatu 1, 90100 Oulu", 80)
	off := d.hold(&occasion{by: d.staff.sara, event: e, created: d.day(-40, "9:00"), published: d.day(-38, "9:00"), until: d.day(-5, "9:00"), guests: d.crowd(15, of(d.circular))})
	off.calledOff(d.day(-3, "12:15"), "The hall had to be closed for repairs. We will find another one in spring.")
}

// planLater plans what has hardly begun: an address to be confirmed first, a
// registration that opens later, and a draft.
func (d *demo) planLater() {
	coffee := d.event(d.automotive, d.staff.mikko, d.workday(41, time.Friday, "8:30"), 1.5, "meeting",
		tr("Morning coffee: funding for joint development", "Aamukahvit: rahoitusta yhteiskehitykseen"),
		tr("What is open, what it pays for, and who has got it.", "Mitä on haussa, mihin sitä saa ja kuka on saanut."))
	in(coffee, townOffice+", Café", townAddress, 30).Rules.ConfirmAddress = true
	d.hold(&occasion{by: d.staff.mikko, event: coffee, created: d.day(-8, "9:00"), published: d.day(-7, "9:00"), from: d.day(-2, "9:00"), guests: d.crowd(6, of(d.automotive))})

	spring := d.event(d.circular, d.staff.sara, d.workday(112, time.Wednesday, "9:00"), 8, "visit",
		tr("Study tour: farms and biogas in Siikajoki", "Opintomatka: maatiloja ja biokaasua Siikajoella"),
		tr("By bus to three farms and a plant.", "Bussilla kolmelle tilalle ja laitokselle."))
	in(spring, "Bus from the market square", "Kauppatori, 90100 Oulu", 45).Rules.OpensAt = d.day(28, "9:00")
	d.hold(&occasion{by: d.staff.sara, event: spring, created: d.day(-10, "9:00"), published: d.day(-9, "9:00")})

	draft := d.event(d.automotive, d.staff.aino, d.workday(77, time.Tuesday, "15:00"), 1, "online",
		tr("Briefing for the delegation to Spain", "Infotilaisuus Espanjan valtuuskunnalle"),
		tr("Programme, hosts and practical things before Valladolid and Pamplona.", "Ohjelma, isännät ja käytännön asiat ennen Valladolidia ja Pamplonaa."))
	draft.Mode = scheduling.Online
	d.hold(&occasion{by: d.staff.aino, event: draft, created: d.day(-1, "16:40")})
}

// planPast plans events that are over, with those who came and who did not.
func (d *demo) planPast() {
	forum := d.event(d.circular, d.staff.sara, d.workday(-44, time.Thursday, "9:00"), 7, "seminar",
		tr("Circular procurement forum", "Kiertotalouden hankintafoorumi"),
		tr("Cities and companies on buying what lasts.", "Kaupungit ja yritykset kestävistä hankinnoista."))
	in(forum, "Rantasali", "Rantakatu 4, 90100 Oulu", 80)
	forum.ProjectID = d.project.ID
	forum.Rules.Questions, forum.Rules.Consents = diet(), consents()
	d.hold(&occasion{by: d.staff.sara, event: forum, created: forum.Starts.AddDate(0, 0, -40), published: forum.Starts.AddDate(0, 0, -38), guests: d.crowd(28, of(d.circular)), signup: answerDiet, share: 0.85})

	kickoff := d.event(d.automotive, d.staff.mikko, d.workday(-78, time.Tuesday, "12:00"), 4, "workshop",
		tr("Software-defined vehicle: kick-off", "Ohjelmisto-ohjattu ajoneuvo: avaus"),
		tr("What the north can do in it, in four hours.", "Mitä pohjoinen siinä osaa, neljässä tunnissa."))
	in(kickoff, townOffice+", Room Delta", townAddress, 36)
	d.hold(&occasion{by: d.staff.mikko, event: kickoff, created: kickoff.Starts.AddDate(0, 0, -30), published: kickoff.Starts.AddDate(0, 0, -28), guests: d.crowd(20, of(d.automotive)), share: 0.9})

	reuse := d.event(d.circular, d.staff.sara, d.workday(-20, time.Wednesday, "13:00"), 3, "workshop",
		tr("Bricks, beams and windows: trade in used parts", "Tiilet, palkit ja ikkunat: käytettyjen osien kauppa"),
		tr("Tested parts, guarantees, and a visit to the yard.", "Testatut osat, takuut ja käynti pihalla."))
	in(reuse, "Purkupiha Oy", "Kallisensuora 6, 90400 Oulu", 30)
	reuse.GroupIDs = []string{d.groups["reuse-and-material-cycles"].ID}
	d.hold(&occasion{by: d.staff.sara, event: reuse, created: reuse.Starts.AddDate(0, 0, -25), published: reuse.Starts.AddDate(0, 0, -24), guests: d.crowd(18, of(d.circular)), share: 0.8})

	breakfast := d.event(d.automotive, d.staff.mikko, d.workday(-7, time.Friday, "8:00"), 2, "meeting",
		tr("Members' breakfast", "Jäsenaamiainen"), tr("Porridge, news and five companies in five minutes each.", "Puuroa, kuulumisia ja viisi yritystä viidessä minuutissa."))
	in(breakfast, townOffice+", Café", townAddress, 40).Rules.Questions = diet()
	d.hold(&occasion{by: d.staff.mikko, event: breakfast, created: breakfast.Starts.AddDate(0, 0, -22), published: breakfast.Starts.AddDate(0, 0, -21), guests: d.crowd(19, of(d.automotive)), signup: answerDiet, share: 0.85})
}
