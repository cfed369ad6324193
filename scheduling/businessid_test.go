package scheduling

import "testing"

// TestNormalBusinessID holds the forms to numbers that companies publish, and
// each to itself with its last digit changed, where it has a check digit.
func TestNormalBusinessID(t *testing.T) {
	for _, tt := range []struct {
		country, in, want string
		checked           bool
	}{
		{"FI", "0112038-9", "0112038-9", true},
		{"FI", "FI01120389", "0112038-9", true},
		{"FI", " FI 0112038-9 ", "0112038-9", true},
		{"SE", "SE 556074-7569 01", "SE556074756901", false},
		{"DK", "24256790", "DK24256790", true},
		{"DE", "DE 136 695 976", "DE136695976", true},
		{"EE", "EE100931558", "EE100931558", true},
		{"BE", "BE 0428.759.497", "BE0428759497", true},
		{"FR", "FR 40 303 265 045", "FR40303265045", true},
		{"FR", "FRK7399859412", "FRK7399859412", false},
		{"IT", "IT 00743110157", "IT00743110157", true},
		{"ES", "ES B-58378431", "ESB58378431", false},
		{"PT", "PT 501 964 843", "PT501964843", true},
		{"PL", "PL 856-734-62-15", "PL8567346215", true},
		{"LU", "LU 150 274 42", "LU15027442", true},
		{"AT", "ATU 13585627", "ATU13585627", true},
		{"HU", "HU-12892312", "HU12892312", true},
		{"GR", "EL 094259216", "EL094259216", true},
		{"HR", "HR 33392005961", "HR33392005961", true},
		{"SI", "SI 5022 3054", "SI50223054", true},
		{"SK", "SK 202 274 96 19", "SK2022749619", true},
		{"NL", "NL004495445B01", "NL004495445B01", false},
		{"IE", "IE 6433435F", "IE6433435F", false},
		{"GB", "GB 980 7806 84", "GB980780684", true},
		{"NO", "NO 995 525 828 MVA", "995525828", true},
		{"CH", "CHE-100.155.212 MWST", "CHE100155212", true},
		{"US", "12-3456789", "12-3456789", false},
		{"DE", "", "", false},
	} {
		if got, ok := NormalBusinessID(tt.country, tt.in); got != tt.want || !ok {
			t.Errorf("%s %q = %q, %t, want %q", tt.country, tt.in, got, ok, tt.want)
		}
		if !tt.checked {
			continue
		}
		last := len(tt.want) - 1
		other := tt.want[:last] + string('0'+(tt.want[last]-'0'+1)%10)
		if got, ok := NormalBusinessID(tt.country, other); ok {
			t.Errorf("%s %q passes as %q", tt.country, other, got)
		}
	}
	for country, in := range map[string]string{"FI": "1234567-8", "DE": "HRB 12345", "SE": "SE55607475690", "ES": "1234", "FR": "FR123", "GB": "GB12", "NO": "123456789", "CH": "CHE-1", "GR": "GR094259217"} {
		if got, ok := NormalBusinessID(country, in); ok || got != in {
			t.Errorf("%s %q = %q, %t", country, in, got, ok)
		}
	}
	for _, country := range []string{"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK", "GB", "NO", "CH"} {
		f := faults{}
		id := "nonsense?"
		if f.businessID("id", country, &id); !texts().In("en").Has(f["id"]) || !texts().In("fi").Has(f["id"]) {
			t.Errorf("%s: %q has no words", country, f["id"])
		}
	}
}

func TestSaveCompanyKnowsForeignIDs(t *testing.T) {
	h := newHouse(t)
	c := h.firm(t, "Batterie Werk GmbH", func(c *Company) { c.Country, c.BusinessID = "DE", "de 136 695 976" })
	if c.BusinessID != "DE136695976" {
		t.Errorf("kept as %q", c.BusinessID)
	}
	c.BusinessID = "HRB 1"
	if p := wantProblem(t, h.SaveCompany(t.Context(), h.boss, c), Invalid); p.Fields["business_id"] != "company.vat.de" {
		t.Errorf("faults = %v", p.Fields)
	}
}
