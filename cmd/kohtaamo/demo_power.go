package main

import (
	"time"

	"kohtaamo/scheduling"
)

// planPower plans Northern Power: full, with a waiting list and a seat that
// came free today and is offered. Its meetings are planRounds'.
func (d *demo) planPower() *occasion {
	day := d.workday(22, time.Thursday, "9:30")
	e := scheduling.NewEvent(d.automotive, day)
	e.Slug = "northern-power-" + day.Format("2006")
	e.Title = tr("Northern Power "+day.Format("2006"), "Northern Power "+day.Format("2006"))
	e.Summary = tr("Electric drives, batteries and charging below minus twenty.", "Sähköiset voimalinjat, akut ja lataus yli kahdenkymmenen asteen pakkasessa.")
	e.Body = tr(
		"A day for those who make vehicles run in the cold, with guests from Spain, France and Italy.\n\nIn the afternoon the test track is open: bring warm clothes.",
		"Päivä niille, jotka saavat ajoneuvot kulkemaan kylmässä. Vieraita Espanjasta, Ranskasta ja Italiasta.\n\nIltapäivällä testirata on auki: ota lämpimät vaatteet mukaan.")
	e.Kind, e.Ends = "conference", clockTime(day, "17:30")
	e.Venue, e.Address = "Vehicle Technology Hall, Perämeri University of Applied Sciences", "Yliopistokatu 9, 90570 Oulu"
	e.Geo = &scheduling.Geo{Lat: 65.0581, Lon: 25.4692}
	e.Contact, e.ContactEmail = d.staff.mikko.Name, d.staff.mikko.Email
	e.Agenda = []scheduling.Item{
		item(day, "9:30", "10:00", tr("Coffee", "Kahvi"), "Lobby", ""),
		item(day, "10:00", "10:40", tr("Batteries in the cold: ten winters of data", "Akut kylmässä: kymmenen talven data"), "Auditorium", "Emilia Halonen, Institute for Cold Climate Engineering"),
		item(day, "10:40", "11:20", tr("What a tier one looks for in the north", "Mitä ykköstason toimittaja etsii pohjoisesta"), "Auditorium", "Lucía Ortega, Iberdrive Componentes S.L."),
		item(day, "11:30", "12:15", tr("Panel: charging where nobody lives", "Paneeli: lataus siellä, missä kukaan ei asu"), "Auditorium", "Henrik Ojala, Sähköväylä Oy"),
		item(day, "12:15", "13:15", tr("Lunch", "Lounas"), "Canteen", ""),
		item(day, "13:15", "14:45", tr("Meetings by theme", "Teematapaamiset"), "Rooms A to D", ""),
		item(day, "15:00", "17:30", tr("Test track", "Testirata"), "Bus from the main door", "Satu Rantala, Talvitie Test Tracks Oy"),
	}
	e.Rules.Seats, e.Rules.ShowList, e.Rules.OfferHours = 48, true, 48
	e.Rules.Questions, e.Rules.Consents = diet(), consents()
	power := d.hold(&occasion{
		by: d.staff.mikko, event: e, created: d.day(-50, "13:20"), published: d.day(-45, "9:00"),
		until: d.day(-2, "15:00"), guests: d.crowd(57, of(d.automotive)), signup: answerDiet,
	})
	power.cancels(20, d.day(-21, "10:31"), "")
	power.cancels(11, d.today.Add(-5*time.Hour), "The flight was cancelled")
	return power
}
