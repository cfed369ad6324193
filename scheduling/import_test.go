package scheduling

import (
	"bytes"
	"fmt"
	"iter"
	"reflect"
	"strings"
	"testing"

	"kohtaamo/scheduling/table"
	"kohtaamo/storage"
)

// diet is a question with a choice, and one to write to that depends on it.
var diet = []Question{
	{Key: "diet", Kind: AskChoice, Label: Text{"en": "Diet", "fi": "Ruokavalio"}, Required: true, Options: []Option{
		{Key: "any", Label: Text{"en": "Everything", "fi": "Kaikki käy"}}, {Key: "vegan", Label: Text{"en": "Vegan", "fi": "Vegaani"}}}},
	{Key: "bus", Kind: AskYesNo, Label: Text{"en": "By bus", "fi": "Bussilla"}},
	{Key: "days", Kind: AskMany, Label: Text{"en": "Days", "fi": "Päivät"}, Options: []Option{
		{Key: "mon", Label: Text{"en": "Monday", "fi": "Maanantai"}}, {Key: "tue", Label: Text{"en": "Tuesday", "fi": "Tiistai"}}}},
}

func tableOf(t testing.TB, csv string) []table.Row {
	t.Helper()
	rows, err := table.Read([]byte(csv))
	must(t, err)
	return rows
}

func TestImport(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, func(e *Event) {
		e.Rules.Seats, e.Rules.Questions = 3, diet
		e.Rules.Consents = []ConsentAsk{{Purpose: "photos", Label: Text{"en": "Photos"}, Required: true}}
	})
	h.registerAs(t, e, Signup{Name: "Known One", Email: "known@example.org", Answers: Answers{"diet": {"any"}}, Consents: map[string]bool{"photos": true}})
	rows := tableOf(t, strings.Join([]string{
		"NIMI;Sähköposti;Yritys;Ruokavalio;Päivät;bus;Kengännumero",
		"Aino Virtanen;Aino@Example.fi;Oulun Osa Oy;vegaani;Maanantai, tiistai;x;38",
		"Known One;known@example.org;;;;;",
		"Nobody;not an address;;;;;",
		"Bo;bo@example.fi;;Liha;;;",
		"Aino Again;aino@example.fi;;;;;",
		"Chloé;chloe@example.fr;;;;;",
		"Dora;dora@example.fi;;;;ei;",
	}, "\n"))
	want := []ImportLine{
		{Line: 2, Name: "Aino Virtanen", Email: "Aino@Example.fi", Outcome: OutSeat},
		{Line: 3, Name: "Known One", Email: "known@example.org", Outcome: OutKnown},
		{Line: 4, Name: "Nobody", Email: "not an address", Outcome: OutWrong, Faults: []ImportFault{{"Sähköposti", "not an address", "problem.address"}}},
		{Line: 5, Name: "Bo", Email: "bo@example.fi", Outcome: OutWrong, Faults: []ImportFault{{"Ruokavalio", "Liha", "problem.choice"}}},
		{Line: 6, Name: "Aino Again", Email: "aino@example.fi", Outcome: OutWrong, Faults: []ImportFault{{"Sähköposti", "aino@example.fi", "problem.twice"}}},
		{Line: 7, Name: "Chloé", Email: "chloe@example.fr", Outcome: OutSeat},
		{Line: 8, Name: "Dora", Email: "dora@example.fi", Outcome: OutWaiting},
	}

	before := *h.seating(t, e.ID)
	rep, err := h.ImportRegistrations(t.Context(), h.boss, e.ID, rows, ImportOptions{DryRun: true})
	must(t, err)
	wantLines(t, "dry run", rep, want)
	if got := rep.Unused(); len(got) != 1 || got[0] != "Kengännumero" {
		t.Errorf("unused columns = %q", got)
	}
	if after := *h.seating(t, e.ID); !reflect.DeepEqual(before, after) {
		t.Errorf("the dry run changed the seats from %+v to %+v", before, after)
	}

	rep, err = h.ImportRegistrations(t.Context(), h.boss, e.ID, rows, ImportOptions{Tell: true})
	must(t, err)
	wantLines(t, "import", rep, want)
	if s := h.seating(t, e.ID); s.Taken != 3 || s.Waiting != 1 {
		t.Errorf("seats = %+v, want 3 taken and 1 waiting", s)
	}
	list, _, err := h.Registrations(t.Context(), h.boss, e.ID, RegFilter{Text: "aino"})
	must(t, err)
	if a := list[0]; a.Email != "aino@example.fi" || a.Consents != nil ||
		!reflect.DeepEqual(a.Answers, Answers{"diet": {"vegan"}, "bus": {"yes"}, "days": {"mon", "tue"}}) {
		t.Errorf("imported %+v", a)
	}
	if got := h.mails(t, "aino@example.fi"); len(got) != 1 || got[0] != "registration.confirmed" {
		t.Errorf("mails = %q", got)
	}

	rep, err = h.ImportRegistrations(t.Context(), h.boss, e.ID, rows, ImportOptions{Tell: true})
	must(t, err)
	if rep.Count(OutKnown) != 4 || rep.Count(OutSeat)+rep.Count(OutWaiting) != 0 {
		t.Errorf("the second import: %+v", rep.Lines)
	}
	if got := h.mails(t, "aino@example.fi"); len(got) != 1 {
		t.Errorf("the second import sent %q", got)
	}
}

func wantLines(t *testing.T, what string, rep *ImportReport, want []ImportLine) {
	t.Helper()
	got := make([]ImportLine, len(rep.Lines))
	for i, l := range rep.Lines {
		got[i] = l
		got[i].ID = ""
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\ngot  %+v\nwant %+v", what, got, want)
	}
}

// registerAs registers somebody who filled the form in.
func (h *testHouse) registerAs(t testing.TB, e *Event, u Signup) *Registration {
	t.Helper()
	u.Lang = "en"
	rec, err := h.Register(t.Context(), Actor{Via: "page"}, e.ID, u)
	must(t, err)
	return rec.Lead()
}

func TestImportIsTheOrganisersOnly(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, nil)
	rows := tableOf(t, "name,email\nA,a@example.org\n")
	door := Actor{ID: "door", Via: "page", Grants: []Grant{{Role: Door, Cluster: h.cluster.ID}}}
	for _, by := range []Actor{h.other, door, {}} {
		_, err := h.ImportRegistrations(t.Context(), by, e.ID, rows, ImportOptions{})
		wantHidden(t, err)
	}
	_, err := h.ImportRegistrations(t.Context(), h.boss, e.ID, tableOf(t, "who,where\nA,B\n"), ImportOptions{})
	if p := wantProblem(t, err, Invalid); p.Key != "import.columns" {
		t.Errorf("problem = %s", p.Key)
	}
}

func TestAddRegistrationByHand(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, func(e *Event) {
		e.Rules.Questions = diet
		e.Rules.Consents = []ConsentAsk{{Purpose: "photos", Label: Text{"en": "Photos"}, Required: true}}
	})
	for i, want := range []Admitted{OutSeat, OutKnown} {
		added, err := h.AddRegistration(t.Context(), h.boss, e.ID, Signup{Name: "Aino", Email: "aino@example.org", Lang: "fi"}, "by phone", i > 0)
		must(t, err)
		if added.Outcome != want || added.Registration.Note != "by phone" {
			t.Errorf("time %d: %+v", i+1, added)
		}
	}
	if got := h.mails(t, "aino@example.org"); len(got) != 0 {
		t.Errorf("mails = %q, want none", got)
	}
	_, err := h.AddRegistration(t.Context(), h.boss, e.ID, Signup{Name: "", Email: "x"}, "", true)
	if p := wantProblem(t, err, Invalid); len(p.Fields) != 2 {
		t.Errorf("faults = %v", p.Fields)
	}
	_, err = h.AddRegistration(t.Context(), h.other, e.ID, Signup{Name: "A", Email: "a@example.org"}, "", true)
	wantHidden(t, err)
}

// TestExportComesBack reads an export as an import, with names that a
// spreadsheet program would run.
func TestExportComesBack(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, func(e *Event) { e.Rules.Questions = diet })
	names := []string{`=cmd|' /C calc'!A0`, "Väinö; \"Åke\", Öster", "@all", "Plain"}
	for i, n := range names {
		h.registerAs(t, e, Signup{Name: n, Email: fmt.Sprintf("p%d@example.org", i), Answers: Answers{"diet": {"vegan"}, "days": {"mon", "tue"}}})
	}
	for _, lang := range []string{"en", "fi"} {
		var buf bytes.Buffer
		w, err := table.NewCSV(&buf)
		must(t, err)
		must(t, h.EachRegistration(t.Context(), h.boss, e.ID, RegFilter{}, func(e *Event, all iter.Seq2[*Registration, error]) error {
			x := NewExport(e, h.Texts.In(lang))
			must(t, w.Write(x.Head()))
			for r, err := range all {
				must(t, err)
				must(t, w.Write(x.Row(r)))
			}
			return w.Close()
		}))
		if strings.Contains(buf.String(), "\n=") || strings.Contains(buf.String(), ",=") || strings.Contains(buf.String(), "\n@") {
			t.Errorf("the export holds a formula:\n%s", &buf)
		}
		copied := h.event(t, func(e *Event) { e.Rules.Questions = diet })
		rep, err := h.ImportRegistrations(t.Context(), h.boss, copied.ID, tableOf(t, buf.String()), ImportOptions{})
		must(t, err)
		if n := rep.Count(OutSeat); n != len(names) {
			t.Fatalf("%s: %d came back, want %d: %+v", lang, n, len(names), rep.Lines)
		}
		list, _, err := h.Registrations(t.Context(), h.boss, copied.ID, RegFilter{})
		must(t, err)
		for _, r := range list {
			if !reflect.DeepEqual(r.Answers, Answers{"diet": {"vegan"}, "days": {"mon", "tue"}}) {
				t.Errorf("%s: %s answered %v", lang, r.Name, r.Answers)
			}
		}
		if list[0].Name != names[0] {
			t.Errorf("%s: the first name is %q", lang, list[0].Name)
		}
	}
}

func TestAnswerSummary(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, func(e *Event) { e.Rules.Questions = diet })
	for i, d := range []string{"any", "vegan", "vegan"} {
		u := signup(i)
		u.Answers = Answers{"diet": {d}, "days": []string{"mon", "tue"}[:1+i%2]}
		r := h.registerAs(t, e, u)
		if i == 0 {
			_, err := h.CancelRegistration(t.Context(), h.boss, r.ID, "")
			must(t, err)
		}
	}
	sum, err := h.AnswerSummary(t.Context(), h.boss, e.ID)
	must(t, err)
	if sum.People != 2 || !reflect.DeepEqual(sum.Questions[0].Counts, map[string]int{"vegan": 2}) ||
		!reflect.DeepEqual(sum.Questions[2].Counts, map[string]int{"mon": 2, "tue": 1}) {
		t.Errorf("summary = %+v", sum)
	}
	_, err = h.AnswerSummary(t.Context(), h.other, e.ID)
	wantHidden(t, err)
}

func TestSendAgain(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, nil)
	r := h.register(t, e, 1)
	_, err := h.SendAgain(t.Context(), h.boss, r.ID)
	must(t, err)
	if got := h.mailsTo(t, r.Email); len(got) != 2 || got[1].Calendar == nil || got[1].Kind != "registration.confirmed" {
		t.Errorf("mails = %d", len(got))
	}
	if now := h.reload(t, r); now.Sequence != r.Sequence+1 {
		t.Errorf("sequence = %d after %d", now.Sequence, r.Sequence)
	}
	_, err = h.SendAgain(t.Context(), r.Holder(), r.ID)
	wantHidden(t, err)
	entries, err := h.History(t.Context(), h.boss, r.ID)
	must(t, err)
	if len(entries) != 2 || entries[0].Action != "registration.send_again" {
		t.Errorf("history = %+v", entries)
	}
}

// FuzzImportCSV holds a dry run of any file to be an answer or a problem with
// words, to name lines that exist, and never to let more people in than seats.
func FuzzImportCSV(f *testing.F) {
	for _, s := range []string{
		"name,email\nA,a@example.org\n", "Nimi;Sähköposti\nÄ;a@b.fi\n;\n", "name\temail\tDiet\nA\ta@b.fi\tvegan",
		"\ufeffname,email\n\"=1+1\",a@b.fi\n", "name,email\n\"open", "PK\x03\x04", "\xff\xfea\x00", "", "name,email,email\n,,\n",
		"first name,last name,mail\nA,B,a@b.fi\nA,B,a@b.fi\n", strings.Repeat("a,", 400),
	} {
		f.Add([]byte(s))
	}
	h := newHouse(f)
	e := h.event(f, func(e *Event) { e.Rules.Questions, e.Rules.Seats, e.Rules.Waitlist = diet, 2, false })
	f.Fuzz(func(t *testing.T, data []byte) {
		rows, err := table.Read(data)
		if err != nil {
			return
		}
		rep, err := h.ImportRegistrations(t.Context(), h.boss, e.ID, rows, ImportOptions{DryRun: true})
		if err != nil {
			if p := ProblemIn(err); p == nil || !texts().In("en").Has(p.Key) {
				t.Fatal(err)
			}
			return
		}
		if len(rep.Lines) != len(rows)-1 || rep.Count(OutSeat) > 2 || rep.Count(OutWaiting) > 0 {
			t.Errorf("%d lines, %d seats, %d waiting of %d rows", len(rep.Lines), rep.Count(OutSeat), rep.Count(OutWaiting), len(rows))
		}
		for i, l := range rep.Lines {
			if l.Line != rows[i+1].Line || (l.Outcome == OutWrong) != (len(l.Faults) > 0) {
				t.Errorf("line %+v of row %+v", l, rows[i+1])
			}
		}
	})
}

// TestTally moves registrations through all states and counts them both ways.
func TestTally(t *testing.T) {
	h := newHouse(t)
	e := h.event(t, func(e *Event) { e.Rules.Seats = 3 })
	for i := range 6 {
		r := h.register(t, e, i)
		var err error
		switch i {
		case 0:
			_, err = h.CheckIn(t.Context(), h.boss, e.ID, r.Ticket)
		case 1, 5:
			_, err = h.CancelRegistration(t.Context(), h.boss, r.ID, "")
		}
		must(t, err)
	}
	counts, err := h.StateCounts(t.Context(), h.boss, e.ID)
	must(t, err)
	counted := map[RegState]int{}
	must(t, h.DB.View(t.Context(), func(tx *storage.Tx) error {
		n, err := registrations.CountBy(tx, storage.Query{Where: []storage.Cond{storage.Is("event_id", e.ID)}}, "state")
		for s, c := range n {
			counted[RegState(s)] = c
		}
		return err
	}))
	if !reflect.DeepEqual(counts, counted) || len(counts) != 5 {
		t.Errorf("the seating says %v, the registrations say %v", counts, counted)
	}
}
