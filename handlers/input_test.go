package handlers

import (
	"bytes"
	"maps"
	"mime/multipart"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
)

// read gives a form as it arrives in a handler.
func read(t testing.TB, values url.Values, use func(*form)) {
	t.Helper()
	app := fiber.New(fiber.Config{Immutable: true})
	app.Post("/", func(c *fiber.Ctx) error {
		use((&Server{}).form(c))
		return nil
	})
	req := httptest.NewRequest("POST", "/", strings.NewReader(values.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if _, err := app.Test(req); err != nil {
		t.Fatal(err)
	}
}

func TestMoment(t *testing.T) {
	const helsinki = "Europe/Helsinki"
	for _, test := range []struct {
		day, clock, zone string
		want             string            // RFC 3339, "" for none
		wrong            map[string]string // field → key
	}{
		{"2027-01-14", "09:00", helsinki, "2027-01-14T07:00:00Z", nil},
		{"14.1.2027", "9.00", helsinki, "2027-01-14T07:00:00Z", nil},
		{"14.01.2027", "9", helsinki, "2027-01-14T07:00:00Z", nil},
		{"2027-07-14", "09:00:00", helsinki, "2027-07-14T06:00:00Z", nil},
		{"", "", helsinki, "", nil},
		{"2027-02-30", "09:00", helsinki, "", map[string]string{"at_day": "problem.date"}},
		{"14/1/2027", "25:00", helsinki, "", map[string]string{"at_day": "problem.date", "at_time": "input.time"}},
		{"2027-01-14", "", helsinki, "", map[string]string{"at_time": "input.time"}},
		{"2027-01-14", "9:5", helsinki, "", map[string]string{"at_time": "input.time"}},
		{"20270-01-14", "9", helsinki, "", map[string]string{"at_day": "problem.date"}},
		// Clocks go from 3 to 4 on 28 March 2027 and from 4 to 3 on 31 October.
		{"2027-03-28", "03:30", helsinki, "2027-03-28T01:30:00Z", map[string]string{"at_time": "input.gap"}},
		{"2027-03-28", "04:00", helsinki, "2027-03-28T01:00:00Z", nil},
		{"2027-10-31", "03:30", helsinki, "2027-10-31T00:30:00Z", nil}, // the first of two
		{"2027-10-31", "04:00", helsinki, "2027-10-31T02:00:00Z", nil},
		{"2027-04-04", "01:45", "Australia/Lord_Howe", "2027-04-03T14:45:00Z", nil}, // half an hour comes twice
		{"2027-01-14", "09:00", "Nowhere/Atall", "2027-01-14T09:00:00Z", nil},
	} {
		read(t, url.Values{"at_day": {test.day}, "at_time": {test.clock}}, func(f *form) {
			got := f.Moment("at", test.zone)
			text := ""
			if !got.IsZero() {
				text = got.Format(time.RFC3339)
			}
			wrong := test.wrong
			if wrong["at_time"] == "input.gap" {
				text = test.want // refused: what it gives does not matter
			}
			if text != test.want || !maps.Equal(f.faults, wrong) {
				t.Errorf("%s %s in %s = %s, %v; want %s, %v", test.day, test.clock, test.zone, text, f.faults, test.want, wrong)
			}
		})
	}
}

func TestForm(t *testing.T) {
	values := url.Values{
		"name": {"  Aino\x00 "}, "seats": {"1 200"}, "many": {"12x"}, "yes": {"1"}, "ids": {"a", "b", "a", " "},
		"title.fi": {"Kiertotalous"}, "title.en": {"Circular"}, "day": {"1.2.2027"}, "rev": {"7"},
	}
	read(t, values, func(f *form) {
		if f.Text("name") != "Aino\x00" || f.Int("seats", 0, 5000) != 1200 || !f.Check("yes") || f.Check("no") {
			t.Errorf("read %q, %d", f.Text("name"), f.Int("seats", 0, 5000))
		}
		if got := f.List("ids"); !slices.Equal(got, []string{"a", "b"}) {
			t.Errorf("list = %q", got)
		}
		if got := f.Langs("title"); !maps.Equal(got, scheduling.Text{"fi": "Kiertotalous", "en": "Circular"}) {
			t.Errorf("title = %v", got)
		}
		if f.Day("day") != "2027-02-01" || f.Revision() != 7 || f.Int("empty", 3, 9) != 3 {
			t.Errorf("read %s, %d", f.Day("day"), f.Revision())
		}
		if f.Err() != nil {
			t.Errorf("err = %v", f.Err())
		}
		f.Int("many", 0, 10)
		if f.Value("many") != "12x" {
			t.Error("what was typed is lost")
		}
		err := f.Join(&scheduling.Problem{Kind: scheduling.Invalid, Key: "problem.invalid", Fields: map[string]string{"name": "problem.required", "many": "other"}})
		want := map[string]string{"many": "problem.number", "name": "problem.required"}
		if p := scheduling.ProblemIn(err); p == nil || !maps.Equal(p.Fields, want) {
			t.Errorf("joined = %v", err)
		}
	})
}

func TestFile(t *testing.T) {
	for _, test := range []struct {
		name, body, wrong string
	}{
		{"file", "a;b", ""}, {"file", "too long", "input.file_large"}, {"file", "", "input.file_missing"}, {"other", "a", "input.file_missing"},
	} {
		var buf bytes.Buffer
		w := multipart.NewWriter(&buf)
		part, err := w.CreateFormFile(test.name, "list.csv")
		if err != nil {
			t.Fatal(err)
		}
		part.Write([]byte(test.body))
		w.WriteField("note", "x")
		w.Close()
		app := fiber.New()
		app.Post("/", func(c *fiber.Ctx) error {
			f := (&Server{}).form(c)
			body, name := f.File("file", 5)
			if f.faults["file"] != test.wrong || f.Text("note") != "x" || test.wrong == "" && (string(body) != test.body || name != "list.csv") {
				t.Errorf("%v: %q, %q, %v", test, body, name, f.faults)
			}
			return nil
		})
		req := httptest.NewRequest("POST", "/", &buf)
		req.Header.Set("Content-Type", w.FormDataContentType())
		if _, err := app.Test(req); err != nil {
			t.Fatal(err)
		}
	}
}

// FuzzForm sends anything as a form: it is read or refused, and what is read
// as a moment exists.
func FuzzForm(f *testing.F) {
	f.Add("at_day=2027-03-28&at_time=3.30&n=7")
	f.Add("at_day=31.10.2027&at_time=03:30&n=-1&n=%00")
	f.Add("%zz=&&=;")
	f.Fuzz(func(t *testing.T, body string) {
		values, _ := url.ParseQuery(body)
		read(t, values, func(f *form) {
			at := f.Moment("at", "Europe/Helsinki")
			if !at.IsZero() && (at.Year() < 1899 || at.Year() > 2200) {
				t.Errorf("%q gave %v", body, at)
			}
			if n := f.Int("n", 1, 9); n < 1 || n > 9 {
				t.Errorf("%q gave %d", body, n)
			}
		})
	})
}
