package scheduling

import (
	"reflect"
	"strings"
	"testing"

	"kohtaamo/scheduling/table"
	"kohtaamo/storage"
)

func lineCame(rep *CompanyImportReport) (out []string) {
	for _, l := range rep.Lines {
		s := string(l.Came)
		if l.PersonCame != "" {
			s += "+" + string(l.PersonCame)
		}
		if l.Why != "" {
			s += " by " + string(l.Why)
		}
		for _, f := range l.Faults {
			s += " " + f.Column + ":" + f.Key
		}
		out = append(out, s)
	}
	return out
}

func (h *testHouse) imports(t testing.TB, by Actor, rows []table.Row, in CompanyImport) *CompanyImportReport {
	t.Helper()
	rep, err := h.ImportCompanies(t.Context(), by, rows, in)
	must(t, err)
	return rep
}

const members = "Yritys;Y-tunnus;Paikkakunta;Maa;Kotisivut;Klusteri;Yhteyshenkilö;Sähköposti;Puhelin;Huom\n" +
	"Polar Cells Oy;0112038-9;Oulu;Suomi;polarcells.example;automotive;Aino Aalto;AINO@polarcells.example;040 123 4567;x\n" + // by its id
	"Arctic Sensors Oyj;;Kemi;;;Klusteri automotive;Ville Virta;ville@arctic.example;;\n" + // like one of that name
	"Batterie Werk GmbH;DE136695976;Ulm;Germany;;;;;;\n" +
	"Batterie Werk GmbH;DE136695976;Ulm;DE;;;Uwe Uhl;uwe@werk.example;;\n" + // the same once more
	"Wrong Oy;1234567-8;;;;circular;;nobody;;\n" + // its id, a cluster of others, an address
	";;Oulu;;;;;;;\n" +
	"Polar Cels Oy;;Oulu;;;;;;;\n" // near

func TestImportCompanies(t *testing.T) {
	h := newHouse(t)
	polar := h.firm(t, "Polar Cells", func(c *Company) { c.BusinessID, c.Offers = "0112038-9", "cells" })
	arctic := h.firm(t, "Arctic Sensors Ltd", nil)
	rows := tableOf(t, members)
	want := []string{"changed+new by business_id", "unsure by name", "new", "same+new by business_id",
		"wrong Y-tunnus:company.business_id Klusteri:merging.no_cluster Sähköposti:problem.address Yhteyshenkilö:problem.required", "wrong Yritys:problem.required", "unsure by near"}
	for _, dry := range []bool{true, true, false} {
		if rep := h.imports(t, h.boss, rows, CompanyImport{DryRun: dry}); !reflect.DeepEqual(lineCame(rep), want) || !reflect.DeepEqual(rep.Unused(), []string{"Huom"}) {
			t.Errorf("dry %t: %q", dry, lineCame(rep))
		}
		n := len(h.linesNaming(t, "Batterie Werk"))
		if dry && n != 0 || !dry && n == 0 {
			t.Errorf("dry %t: %d documents", dry, n)
		}
	}
	got, err := h.Company(t.Context(), h.boss, polar.ID)
	must(t, err)
	if got.Name != "Polar Cells Oy" || got.Municipality != "Oulu" || got.Website != "https://polarcells.example" || got.Offers != "cells" || !reflect.DeepEqual(got.ClusterIDs, []string{h.cluster.ID}) {
		t.Errorf("changed to %+v", got)
	}
	p, err := h.personNamed(t, "aino@polarcells.example")
	if err != nil || p.CompanyID != polar.ID || p.Phone != "040 123 4567" || p.Lang != "fi" || !h.boss.knows(p) {
		t.Errorf("the person is %+v, %v", p, err)
	}

	decide := map[int]string{3: arctic.ID, 8: DecideNew}
	rep := h.imports(t, h.boss, rows, CompanyImport{Decide: decide})
	if got := lineCame(rep); got[0] != "same+same by business_id" || got[1] != "changed+new" || got[2] != "same by business_id" || got[6] != "new" {
		t.Errorf("decided: %q", got)
	}
	rep = h.imports(t, h.boss, rows, CompanyImport{Decide: map[int]string{8: DecideSkip}})
	if got := lineCame(rep); rep.Count(CameNew)+rep.Count(CameChanged)+rep.People(CameNew) != 0 || got[6] != "skipped" {
		t.Errorf("once more: %q", got)
	}
}

func (h *testHouse) personNamed(t testing.TB, email string) (p *Person, err error) {
	t.Helper()
	must(t, h.DB.View(t.Context(), func(tx *storage.Tx) error {
		p, err = personByEmail(tx, email)
		return nil
	}))
	return p, err
}

func TestImportCompaniesRefuses(t *testing.T) {
	h := newHouse(t)
	rows := tableOf(t, "Nimi,Kunta\nA Oy,Oulu\n")
	_, err := h.ImportCompanies(t.Context(), Actor{ID: "x"}, rows, CompanyImport{})
	wantHidden(t, err)
	_, err = h.ImportCompanies(t.Context(), h.boss, tableOf(t, "Kunta\nOulu\n"), CompanyImport{})
	if p := wantProblem(t, err, Invalid); p.Key != "merging.columns" {
		t.Errorf("problem = %s", p.Key)
	}
	other := h.other.Grants[0].Cluster
	if rep := h.imports(t, h.boss, rows, CompanyImport{ClusterID: other}); rep.Count(CameWrong) != 1 {
		t.Errorf("into others' cluster: %q", lineCame(rep))
	}
	_, err = h.ImportCompanies(t.Context(), h.boss, tableOf(t, "Nimi\nPolar Oy\n"), CompanyImport{Decide: map[int]string{2: "gone"}})
	wantProblem(t, err, Changed)
	rep := h.imports(t, h.boss, rows, CompanyImport{ClusterID: h.cluster.ID})
	if rep.Count(CameNew) != 1 {
		t.Errorf("into one's own: %q", lineCame(rep))
	}
	big := "Company\n" + strings.Repeat("Same Name Oy\n", 300)
	if rep := h.imports(t, h.boss, tableOf(t, big), CompanyImport{DryRun: true}); rep.Count(CameNew) != 1 || rep.Count(CameSame) != 299 {
		t.Errorf("one company in many lines: %d new, %d same", rep.Count(CameNew), rep.Count(CameSame))
	}
}

// TestImportKnowsNobodysOthers leaves alone a person that the organiser does
// not know.
func TestImportKnowsNobodysOthers(t *testing.T) {
	h := newHouse(t)
	p := &Person{Email: "else@example.org", Name: "Else", Lang: "en", ClusterIDs: []string{h.other.Grants[0].Cluster}}
	must(t, h.SavePerson(t.Context(), h.other, p))
	rep := h.imports(t, h.boss, tableOf(t, "company,name,email,phone\nA Oy,Mallory,else@example.org,0501234567\n"), CompanyImport{})
	now, err := h.personNamed(t, p.Email)
	must(t, err)
	if now.CompanyID != "" || now.Phone != "" || rep.Lines[0].PersonCame != CameSame {
		t.Errorf("became %+v, %q", now, lineCame(rep))
	}
}
