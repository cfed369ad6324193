package scheduling

import (
	"strings"
	"testing"

	"kohtaamo/storage"
)

// The year of a trip's follow-ups goes by the calendar, and by the clock of its
// home: at nine in the morning, whatever the clocks do.
func TestTripFollowUpDates(t *testing.T) {
	oulu := zoneOf(HouseZone)
	for last, want := range map[string][]string{
		"2027-01-31": {"2027-02-07", "2027-02-28", "2027-04-30", "2027-07-31", "2028-01-31"},
		"2027-02-28": {"2027-03-07", "2027-03-28", "2027-05-28", "2027-08-28", "2028-02-28"},
		"2028-02-29": {"2028-03-07", "2028-03-29", "2028-05-29", "2028-08-29", "2029-02-28"},
		"2027-10-30": {"2027-11-06", "2027-11-30", "2028-01-30", "2028-04-30", "2028-10-30"},
	} {
		trip := &Trip{Zone: HouseZone, Stops: []Stop{{Zone: "America/Los_Angeles", From: last, Until: last}}}
		for i, step := range defaultSteps(t, "returned") {
			got := step.When.of(trip.homecoming(), trip.Location()).In(oulu)
			if got.Format("2006-01-02 15:04") != want[i]+" 09:00" {
				t.Errorf("step %s after %s is due %s, want %s 09:00", step.ID, last, got, want[i])
			}
		}
	}
}

func defaultSteps(t testing.TB, name string) (out []ChainStep) {
	t.Helper()
	for _, c := range defaultChains {
		if c.name == name {
			for _, s := range c.steps {
				s.step.ID = s.name
				out = append(out, s.step)
			}
		}
	}
	if out == nil {
		t.Fatalf("there is no chain %q", name)
	}
	return out
}

// The chain begins when the trip is over, for those who went, and stops when
// the trip turns out not to have been, or a traveller is gone.
func TestTripChain(t *testing.T) {
	x := newToured(t, nil)
	x.chain(t, "returned", nil)
	for _, part := range []string{"out", "north", "west", "home", "v2", "dinner"} {
		x.marks(t, x.bea, part, false)
	}
	x.moves(t, TripUnderWay)
	x.due(t, in(t, HouseZone, "2027-02-12 23:00"))
	if n := len(x.steps(t, x.aino.Email)); n != 0 {
		t.Errorf("%d mails before the trip is over", n)
	}
	x.at(in(t, HouseZone, "2027-02-13 01:00"))
	x.moves(t, TripCompleted)
	x.due(t, in(t, HouseZone, "2027-02-19 08:59"))
	x.wantSteps(t, x.aino.Email)
	const week, month, quarter = "Thank you for coming along: Spain and Portugal", "A month after Spain and Portugal: next steps", "Three months after Spain and Portugal: what came of it?"
	for range 2 {
		x.due(t, in(t, HouseZone, "2027-02-19 09:00"))
	}
	x.wantSteps(t, x.aino.Email, week)
	x.wantSteps(t, x.bea.Email) // marked absent everywhere
	m := x.mailsTo(t, x.aino.Email)[0]
	if m.Letter.Button == nil || m.Letter.Button.URL != x.OutcomesURL(x.aino) || !strings.Contains(strings.Join(m.Letter.Paragraphs, " "), "Talleres Uno") {
		t.Errorf("the mail says %v and leads to %v", m.Letter.Paragraphs, m.Letter.Button)
	}
	x.due(t, in(t, HouseZone, "2027-03-12 09:00"))
	x.wantSteps(t, x.aino.Email, week, month)
	x.write(t, func(tx *storage.Tx) error { // who is erased is asked nothing more
		p, err := people.Get(tx, x.anna.PersonID)
		if err != nil {
			return err
		}
		return people.Delete(tx, p)
	})
	x.due(t, in(t, HouseZone, "2027-05-12 09:00"))
	x.wantSteps(t, x.aino.Email, week, month, quarter)
	x.wantSteps(t, x.anna.Email) // and what has not left is taken back
	x.moves(t, TripCancelled)
	x.due(t, in(t, HouseZone, "2027-08-12 09:00"))
	x.wantSteps(t, x.aino.Email)
}

// An answer for every host ends a chain that asks until there is one.
func TestTripChainUntilAnswered(t *testing.T) {
	x := newToured(t, nil)
	x.chain(t, "returned", func(c *Chain) { c.UntilAnswered = true })
	x.at(in(t, HouseZone, "2027-02-13 01:00"))
	x.moves(t, TripCompleted)
	must(t, x.says(t, x.aino, "seat", LadderContact)) // for her colleague too
	x.due(t, in(t, HouseZone, "2027-02-19 09:00"))
	x.wantSteps(t, x.aino.Email)
	x.wantSteps(t, x.anna.Email)
	if n := len(x.steps(t, x.bea.Email)); n != 1 {
		t.Errorf("who has not answered got %d mails", n)
	}
}

// The chain can be tried on a trip.
func TestTripChainTried(t *testing.T) {
	x := newToured(t, nil)
	c := x.chain(t, "returned", nil)
	things, err := x.TriedOn(t.Context(), x.boss, c)
	must(t, err)
	if len(things) != 1 || things[0].ID != x.trip.ID {
		t.Fatalf("it can be tried on %v", things)
	}
	x.moves(t, TripCompleted)
	dry, err := x.DryRun(t.Context(), x.boss, c.ID, x.trip.ID, "")
	must(t, err)
	if len(dry.Lines) != 3 || len(dry.Lines[0].Steps) != 5 || dry.Lines[0].Why != "" {
		t.Errorf("%+v", dry.Lines)
	}
}
