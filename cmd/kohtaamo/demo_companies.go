package main

import (
	"fmt"

	"kohtaamo/scheduling"
)

// A demoCompany is invented, like everything in the demo: its mail domain ends
// in .example, which can never exist (RFC 2606), and its business id is from a
// range that has not been given out.
type demoCompany struct {
	name, place, country string
	kind                 scheduling.CompanyKind
	clusters             string // "a" automotive, "c" circular economy
	offers, needs        string
	tags                 []string
}

var demoCompanies = []demoCompany{
	{"Pohjanvalo Sensors Oy", "Oulu", "FI", scheduling.SME, "a", "Thermal and radar sensors that work in snow and slush", "Test vehicles, a tier-one partner in Spain", []string{"sensors", "winter testing"}},
	{"Revontuli Radio Oy", "Oulu", "FI", scheduling.SME, "a", "5G and 6G antenna modules for vehicles", "Roof integration know-how", []string{"connectivity", "antennas"}},
	{"Kiiminki Power Electronics Oy", "Oulu", "FI", scheduling.SME, "ac", "Inverters and on-board chargers that can be repaired", "Silicon carbide supply, return logistics", []string{"power electronics", "repair"}},
	{"Linnanmaa Embedded Oy", "Oulu", "FI", scheduling.SME, "a", "AUTOSAR integration, functional safety to ISO 26262", "A pilot with a vehicle maker", []string{"software", "safety"}},
	{"Talvitie Test Tracks Oy", "Kuusamo", "FI", scheduling.SME, "a", "Ice and snow tracks, 240 days of winter a year", "Customers for the spring season", []string{"winter testing"}},
	{"Merikoski Mobility Oy", "Oulu", "FI", scheduling.SME, "a", "Fleet data platform for electric buses", "City pilots abroad", []string{"software", "fleets"}},
	{"Vaara Vision Oy", "Kajaani", "FI", scheduling.SME, "a", "Camera calibration and machine vision on line", "Data from arctic driving", []string{"sensors", "machine vision"}},
	{"Raahen Levytyö Oy", "Raahe", "FI", scheduling.SME, "ac", "Cut and formed parts of fossil-free steel", "Long series for battery boxes", []string{"steel", "battery"}},
	{"Perämeren Akkutekniikka Oy", "Tornio", "FI", scheduling.SME, "ac", "Battery pack assembly and second-life storage", "Used packs, battery passport software", []string{"battery", "reuse"}},
	{"Hailuoto Harness Oy", "Kempele", "FI", scheduling.SME, "a", "Wire harnesses in small and middle series", "A connector maker as a partner", []string{"electronics"}},
	{"Kempele Connect Oy", "Kempele", "FI", scheduling.SME, "a", "Over-the-air updates and remote diagnostics", "Security audits", []string{"software", "connectivity"}},
	{"Nuotta Robotics Oy", "Oulu", "FI", scheduling.SME, "ac", "Robot cells that take products apart", "Volumes of end-of-life electronics", []string{"robotics", "material cycles"}},
	{"Arctic Drive Systems Oyj", "Oulu", "FI", scheduling.Large, "a", "Drive units for off-road machines", "Start-ups with ideas for electric drives", []string{"drives", "machines"}},
	{"Pohjolan Koneet Oyj", "Nivala", "FI", scheduling.Large, "ac", "Forest and field machines, remanufacturing plant", "Suppliers of reused parts", []string{"machines", "remanufacturing"}},
	{"Sähköväylä Oy", "Oulu", "FI", scheduling.Large, "a", "Charging network of the north", "Grid storage from used batteries", []string{"charging", "energy"}},
	{"Iberdrive Componentes S.L.", "Valladolid", "ES", scheduling.Large, "a", "Tier-one supplier of body electronics", "Sensors for cold climates", []string{"tier one", "electronics"}},
	{"Navarra Motor Lab S.A.", "Pamplona", "ES", scheduling.SME, "a", "Endurance tests, homologation", "A winter test site", []string{"testing"}},
	{"Atelier Véhicule Nord SAS", "Lille", "FR", scheduling.Large, "a", "Light commercial vehicles, conversion to electric", "Software partners", []string{"vehicle maker"}},
	{"Lusitânia Moldes Lda", "Marinha Grande", "PT", scheduling.SME, "ac", "Moulds for recycled plastics", "Recyclate of known origin", []string{"plastics", "moulds"}},
	{"Torino Telaio S.p.A.", "Torino", "IT", scheduling.Large, "a", "Chassis and battery housings", "Fossil-free steel", []string{"chassis", "tier one"}},
	{"Northern Mobility Research Centre", "Oulu", "FI", scheduling.Research, "a", "Vehicle data, positioning, 6G test network", "Companies for joint projects", []string{"research", "6G"}},
	{"Perämeri University of Applied Sciences", "Oulu", "FI", scheduling.Research, "ac", "Engineering students, laboratories, continuing education", "Thesis topics and internships", []string{"education"}},
	{"Institute for Cold Climate Engineering", "Rovaniemi", "FI", scheduling.Research, "ac", "Materials in the cold, ageing of batteries", "Field data", []string{"research", "materials"}},
	{"Vihreä Harju Recycling Oy", "Oulu", "FI", scheduling.Large, "c", "Collection and sorting of industrial side streams", "Users for sorted fractions", []string{"recycling"}},
	{"Uusiotiili Oy", "Liminka", "FI", scheduling.SME, "c", "Cleaned and tested bricks from demolition sites", "Demolition plans half a year ahead", []string{"construction", "reuse"}},
	{"Purkupiha Oy", "Oulu", "FI", scheduling.SME, "c", "Selective demolition, inventories before it", "Storage space, buyers for timber", []string{"construction", "demolition"}},
	{"Kiertobetoni Oy", "Muhos", "FI", scheduling.SME, "c", "Concrete with crushed concrete as aggregate", "CE marking help", []string{"construction", "concrete"}},
	{"Puulato Rakenne Oy", "Ii", "FI", scheduling.SME, "c", "Timber frames that can be taken apart again", "Architects who design for disassembly", []string{"construction", "wood"}},
	{"Limingan Biokaasu Oy", "Liminka", "FI", scheduling.SME, "c", "Biogas and fertiliser from field and kitchen waste", "Separated biowaste, gas customers", []string{"bio-cycles", "energy"}},
	{"Ruukin Ravinne Oy", "Siikajoki", "FI", scheduling.SME, "c", "Recycled nutrients, spreading service", "Farms for field trials", []string{"bio-cycles", "agriculture"}},
	{"Pellon Proteiini Oy", "Tyrnävä", "FI", scheduling.SME, "c", "Protein from side streams of potato", "Food industry pilots", []string{"food", "bio-cycles"}},
	{"Kaupunkiviljely Itu Oy", "Oulu", "FI", scheduling.SME, "c", "Vertical farms on waste heat", "Data centres with heat to spare", []string{"food", "energy"}},
	{"Toinen Kierros Oy", "Oulu", "FI", scheduling.SME, "c", "Marketplace for used office and shop furniture", "Public buyers", []string{"reuse", "marketplace"}},
	{"Lanka ja Luuppi Oy", "Haapajärvi", "FI", scheduling.SME, "c", "Yarn from textile waste", "Sorted cotton", []string{"textiles", "material cycles"}},
	{"Materiaalipassi Oy", "Oulu", "FI", scheduling.SME, "ac", "Digital product and material passports", "Manufacturers for the first passports", []string{"software", "digital product passport"}},
	{"Datakierto Analytics Oy", "Oulu", "FI", scheduling.SME, "c", "Flow analysis of materials and energy", "Open data from cities", []string{"software", "data"}},
	{"Tuhka Minerals Oy", "Pyhäjärvi", "FI", scheduling.SME, "c", "Binders from ash and mine tailings", "Permits, pilot sites", []string{"minerals", "construction"}},
	{"Jokirannan Meijeri Oyj", "Oulu", "FI", scheduling.Large, "c", "Dairy with its own biogas plant", "Packaging that can be reused", []string{"food", "packaging"}},
	{"Rantapohja Waste Authority", "Oulu", "FI", scheduling.PublicOrg, "c", "Municipal waste data, reuse centres", "Innovative procurement", []string{"public", "recycling"}},
	{"Perämeri Regional Council", "Oulu", "FI", scheduling.PublicOrg, "ac", "Regional funding, strategy work", "Project ideas", []string{"public", "funding"}},
	{"Oulujoki Business House", "Oulu", "FI", scheduling.PublicOrg, "ac", "Runs both clusters: events, networks, advice", "Members who take part", []string{"public", "cluster"}},
	{"Pohjoinen Kasvurahasto Ky", "Oulu", "FI", scheduling.Financier, "ac", "Seed and growth capital for industrial companies", "Deals of one to five million euros", []string{"funding"}},
}

// demoBusinessID gives the n-th Finnish business id of a range that has not
// been given out, with its check digit.
func demoBusinessID(n int) string {
	for number := 9_100_000; ; number++ {
		for digit := '0'; digit <= '9'; digit++ {
			id := fmt.Sprintf("%d-%c", number, digit)
			if !scheduling.ValidBusinessID(id) {
				continue
			}
			if n--; n < 0 {
				return id
			}
		}
	}
}
