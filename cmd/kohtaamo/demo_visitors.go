package main

import "kohtaamo/scheduling"

// demoVisitors are companies that come to Northern Power for its meetings
// alone: they belong to no cluster, and are as invented as demoCompanies.
var demoVisitors = []demoCompany{
	{"Norrbotten Cellteknik AB", "Luleå", "SE", scheduling.Large, "", "Battery cells made with hydro power", "Second-life storage, recycling of batteries", []string{"battery", "cells"}},
	{"Skellefte Återbruk AB", "Skellefteå", "SE", scheduling.SME, "", "Recycling of batteries, black mass", "Used packs from fleets", []string{"battery", "recycling"}},
	{"Piteå Vinterprov AB", "Piteå", "SE", scheduling.SME, "", "Frozen lakes for brake and traction tests", "Customers who test software in the cold", []string{"winter testing", "testing"}},
	{"Tromsø Fjernvarme AS", "Tromsø", "NO", scheduling.SME, "", "Waste heat from charging stations", "Grid storage partners", []string{"energy", "charging"}},
	{"Narvik Malmvogn AS", "Narvik", "NO", scheduling.Large, "", "Electric ore trucks", "Drive units, batteries that stand vibration", []string{"machines", "vehicle maker"}},
	{"Bodø Havbuss AS", "Bodø", "NO", scheduling.SME, "", "Electric ferries and buses for small towns", "Fleet data platform, remote diagnostics", []string{"fleets", "vehicle maker"}},
	{"Weserfahrt Nutzfahrzeuge GmbH", "Bremen", "DE", scheduling.Large, "", "Electric delivery vans", "Thermal sensors, software updates over the air", []string{"vehicle maker"}},
	{"Havelstrom Ladetechnik GmbH", "Potsdam", "DE", scheduling.SME, "", "Charging posts with storage inside", "Inverters that can be repaired", []string{"charging", "power electronics"}},
	{"Ostalb Steckverbinder GmbH", "Aalen", "DE", scheduling.SME, "", "Connectors for high voltage", "Wire harness makers as partners", []string{"electronics"}},
	{"Isar Prüfstand GmbH", "München", "DE", scheduling.SME, "", "Test benches for drive units", "Winter test site, data from arctic driving", []string{"testing", "drives"}},
	{"Cantabria Fundición S.A.", "Santander", "ES", scheduling.Large, "", "Cast housings of recycled aluminium", "Makers of drive units", []string{"recycling", "drives"}},
	{"Ebro Carga S.L.", "Zaragoza", "ES", scheduling.SME, "", "Charging for lorry parks", "Power electronics, storage from used batteries", []string{"charging"}},
	{"Levante Software S.L.", "Valencia", "ES", scheduling.SME, "", "Functional safety tools, security audits", "Embedded integrators in the north", []string{"software", "safety"}},
	{"Rhône Composants SAS", "Lyon", "FR", scheduling.Large, "", "Tier-one supplier of seats and cabins", "Robot cells, recycled plastics", []string{"tier one"}},
	{"Vosges Batteries SAS", "Épinal", "FR", scheduling.SME, "", "Battery housings and cooling", "Fossil-free steel, sensors", []string{"battery", "chassis"}},
	{"Loire Capteurs SAS", "Nantes", "FR", scheduling.SME, "", "Pressure and flow sensors", "Machine vision partners", []string{"sensors"}},
	{"Minho Cablagens Lda", "Braga", "PT", scheduling.SME, "", "Wire harnesses in long series", "Connector makers, harness designs", []string{"electronics"}},
	{"Aveiro Telemática Lda", "Aveiro", "PT", scheduling.SME, "", "Telematics units and antennas", "5G antenna modules", []string{"connectivity"}},
	{"Brianza Motori S.p.A.", "Monza", "IT", scheduling.Large, "", "Electric motors for off-road machines", "Inverters, silicon carbide", []string{"drives", "machines"}},
	{"Friuli Inverter S.r.l.", "Udine", "IT", scheduling.SME, "", "Silicon carbide modules", "Makers of on-board chargers", []string{"power electronics"}},
	{"Piemonte Stampi S.r.l.", "Cuneo", "IT", scheduling.SME, "", "Moulds and prototypes of light parts", "Recyclate of known origin", []string{"moulds", "plastics"}},
	{"Tartu Autonoomia OÜ", "Tartu", "EE", scheduling.SME, "", "Remote driving of machines", "Radar sensors that work in snow, test vehicles", []string{"software", "machines"}},
	{"Kaunas Kroviklis UAB", "Kaunas", "LT", scheduling.SME, "", "Cabinets for charging stations", "Steel parts in series", []string{"charging", "steel"}},
	{"Gdynia Elektrobus Sp. z o.o.", "Gdynia", "PL", scheduling.Large, "", "Electric buses for cold cities", "Battery packs, charging, diagnostics", []string{"vehicle maker", "fleets"}},
}
