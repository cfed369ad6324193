package match_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"kohtaamo/scheduling/match"
)

// whole is a file in which every field of the format stands.
const whole = `{"format": "kohtaamo-b2b/1", "slots": 21, "tables": 14,
 "sessions": [{"name": "morning", "from": 1, "to": 13}, {"name": "afternoon", "from": 14, "to": 21}],
 "fairness": 2,
 "participants": [{"id": "p1", "unavailable": [3, 4], "max_meetings": 8}, {"id": "p2"}, {"id": "Väinö <&> Oy"}],
 "meetings": [{"id": "m1", "participants": ["p1", "p2"], "required": true, "weight": 5,
               "session": "morning", "slot": 4, "slots": [4, 5, 6], "after": ["m2"]},
              {"id": "m2", "participants": ["p2", "p1", "Väinö <&> Oy"], "weight": 0}]}`

func ptr[T any](v T) *T { return &v }

func TestRead(t *testing.T) {
	got, err := match.Read(strings.NewReader("\ufeff" + whole))
	if err != nil {
		t.Fatal(err)
	}
	want := &match.Problem{
		Format: match.Format, Slots: 21, Tables: 14, Fairness: ptr(2),
		Sessions:     []match.Session{{Name: "morning", From: 1, To: 13}, {Name: "afternoon", From: 14, To: 21}},
		Participants: []match.Participant{{ID: "p1", Unavailable: []int{3, 4}, MaxMeetings: ptr(8)}, {ID: "p2"}, {ID: "Väinö <&> Oy"}},
		Meetings: []match.Meeting{
			{ID: "m1", Participants: []string{"p1", "p2"}, Required: true, Weight: ptr(5), Session: "morning", Slot: 4, Slots: []int{4, 5, 6}, After: []string{"m2"}},
			{ID: "m2", Participants: []string{"p2", "p1", "Väinö <&> Oy"}, Weight: ptr(0)},
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("read %+v, want %+v", got, want)
	}
}

func TestWriteProblem(t *testing.T) {
	p, err := match.Read(strings.NewReader(whole))
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := p.Write(&file); err != nil {
		t.Fatal(err)
	}
	const want = `{"format":"kohtaamo-b2b/1","slots":21,"tables":14,"sessions":[{"name":"morning","from":1,"to":13},{"name":"afternoon","from":14,"to":21}],"fairness":2,
"participants":[
{"id":"p1","unavailable":[3,4],"max_meetings":8},
{"id":"p2"},
{"id":"Väinö <&> Oy"}],
"meetings":[
{"id":"m1","participants":["p1","p2"],"required":true,"weight":5,"session":"morning","slot":4,"slots":[4,5,6],"after":["m2"]},
{"id":"m2","participants":["p2","p1","Väinö <&> Oy"],"weight":0}]}
`
	if file.String() != want {
		t.Errorf("wrote %s, want %s", &file, want)
	}
	if again, err := match.Read(&file); err != nil || !reflect.DeepEqual(again, p) {
		t.Errorf("read %+v (%v) of what was written, want %+v", again, err, p)
	}
}

func TestWriteSolution(t *testing.T) {
	for _, test := range []struct {
		s    match.Solution
		want string
	}{
		{match.Solution{Status: match.Optimal, Weight: 5, WeightBound: 5, Seconds: 1.25, Seed: 1, Assignment: []match.Assignment{{Meeting: "m1", Slot: 4, Table: 2}, {Meeting: "m2", Slot: 1, Table: 1}}},
			`{"status":"optimal","weight":5,"weight_bound":5,"gaps":0,"gaps_bound":0,"seconds":1.25,"seed":1,` + "\n" +
				`"assignment":[` + "\n" + `{"meeting":"m1","slot":4,"table":2},` + "\n" + `{"meeting":"m2","slot":1,"table":1}],` + "\n" + `"conflict":[]}` + "\n"},
		{match.Solution{Status: match.Infeasible, Conflict: []string{"p1 has 9 required meetings and 8 free slots"}},
			`{"status":"infeasible","weight":0,"weight_bound":0,"gaps":0,"gaps_bound":0,"seconds":0,"seed":0,` + "\n" +
				`"assignment":[],` + "\n" + `"conflict":[` + "\n" + `"p1 has 9 required meetings and 8 free slots"]}` + "\n"},
	} {
		var file bytes.Buffer
		if err := test.s.Write(&file); err != nil || file.String() != test.want {
			t.Errorf("wrote %s (%v), want %s", &file, err, test.want)
		}
	}
}

func TestMalformed(t *testing.T) {
	long := strings.Repeat("x", match.MaxID+1)
	for _, test := range []struct{ old, new, want string }{
		// Not the JSON it should be.
		{whole, "", "the file is empty"},
		{whole, " \n", "the file is empty"},
		{whole, "[]", "line 1, column 1: a list instead of an object"},
		{whole, "null", "line 1, column 1: null instead of an object"},
		{whole, whole[:len(whole)-1], "line 7, column 87: not JSON: unexpected end of JSON input"},
		{whole, whole + "\n{}", "line 8, column 1: not JSON: invalid character '{' after top-level value"},
		{`"fairness": 2,`, `"fairness": 2 2,`, "line 3, column 16: not JSON: invalid character '2' after object key:value pair"},
		{`"Väinö <&> Oy"}`, "\"V\xe4in\xf6\"}", "line 4, column 98: a byte that is not UTF-8"},
		{`"p2"},`, `"p2",},`, "line 4, column 87: not JSON: invalid character '}' looking for beginning of object key string"},
		{whole, strings.Repeat("[", 20_000), "line 1, column 10001: not JSON: invalid character '[' exceeded max depth"},
		{whole, strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000), "line 1, column 1: a list instead of an object"},
		// Fields.
		{`"fairness"`, `"Fairness"`, `line 3, column 2: there is no field "Fairness" in the format`},
		{`"max_meetings"`, `"limit"`, `line 4, column 55: participants[0]: there is no field "limit" in the format`},
		{`"fairness": 2,`, `"fairness": 2, "fairness": 2,`, `line 3, column 17: the field "fairness" is there twice`},
		{`"slot": 4`, `"weight": 4`, `meetings[0]: the field "weight" is there twice`},
		{`"slots": 21,`, ``, `line 1, column 1: the field "slots" is missing`},
		{`"to": 13`, `"from": 13`, `sessions[0]: the field "from" is there twice`},
		{`, "to": 13`, ``, `line 2, column 15: sessions[0]: the field "to" is missing`},
		{`{"id": "p2"}`, `{}`, `participants[1]: the field "id" is missing`},
		{`"participants": ["p1", "p2"], `, ``, `meetings[0]: the field "participants" is missing`},
		// Types.
		{`kohtaamo-b2b/1`, `kohtaamo-b2b/2`, `line 1, column 12: format: "kohtaamo-b2b/2" instead of "kohtaamo-b2b/1"`},
		{`21, "tables"`, `"21", "tables"`, `line 1, column 39: slots: a text instead of a number`},
		{`21, "tables"`, `2.5, "tables"`, `slots: 2.5 is not a whole number`},
		{`21, "tables"`, `1e2, "tables"`, `slots: 1e2 is not a whole number`},
		{`21, "tables"`, `99999999999999999999, "tables"`, `slots: 99999999999999999999 is too large a number`},
		{`"fairness": 2`, `"fairness": null`, `fairness: null instead of a number`},
		{`[3, 4]`, `[3, "4"]`, `line 4, column 51: participants[0].unavailable[1]: a text instead of a number`},
		{`[3, 4]`, `3`, `participants[0].unavailable: a number instead of a list`},
		{`{"id": "p2"}`, `"p2"`, `participants[1]: a text instead of an object`},
		{`"required": true`, `"required": 1`, `meetings[0].required: a number instead of true or false`},
		{`"id": "m1"`, `"id": 1`, `meetings[0].id: a number instead of a text`},
		{`"session": "morning"`, `"session": ""`, `meetings[0].session: an empty text`},
		{`["m2"]`, `{"m2": 1}`, `meetings[0].after: an object instead of a list`},
		// Numbers out of range.
		{`21, "tables"`, `0, "tables"`, `slots: 0 is less than 1`},
		{`21, "tables"`, `257, "tables"`, `slots: 257 is more than 256`},
		{`"tables": 14`, `"tables": 0`, `tables: 0 is less than 1`},
		{`"tables": 14`, `"tables": 9000000000`, `tables: 9000000000 is more than 1048576`},
		{`"fairness": 2`, `"fairness": -1`, `fairness: -1 is less than 0`},
		{`"max_meetings": 8`, `"max_meetings": -8`, `participants[0].max_meetings: -8 is less than 0`},
		{`[3, 4]`, `[3, 22]`, `participants[0].unavailable[1]: there is no slot 22: they are 1 to 21`},
		{`[3, 4]`, `[0, 4]`, `participants[0].unavailable[0]: 0 is less than 1`},
		{`"slot": 4`, `"slot": 22`, `meetings[0].slot: there is no slot 22: they are 1 to 21`},
		{`"slot": 4`, `"slot": 0`, `meetings[0].slot: 0 is less than 1`},
		{`[4, 5, 6]`, `[4, 5, 60]`, `meetings[0].slots[2]: there is no slot 60: they are 1 to 21`},
		{`"to": 13`, `"to": 22`, `sessions[0].to: there is no slot 22: they are 1 to 21`},
		{`"from": 14, "to": 21`, `"from": 21, "to": 14`, `sessions[1]: it ends in slot 14, before it begins in slot 21`},
		{`"weight": 5`, `"weight": -5`, `meetings[0].weight: -5 is less than 0`},
		{`"weight": 5`, `"weight": 1099511627777`, `meetings[0].weight: 1099511627777 is more than 1099511627776`},
		{`"weight": 0`, `"weight": 1099511627776`, `meetings[1].weight: with it all weights together are more than 1099511627776`},
		// IDs.
		{`"afternoon"`, `"morning"`, `sessions[1].name: a second session "morning"`},
		{`{"id": "p2"}`, `{"id": "p1"}`, `participants[1].id: a second participant "p1"`},
		{`{"id": "m2"`, `{"id": "m1"`, `meetings[1].id: a second meeting "m1"`},
		{`{"id": "m2"`, `{"id": "` + long + `"`, `meetings[1].id: longer than 200 bytes`},
		{`{"id": "m2"`, `{"id": "a\nb"`, `meetings[1].id: "a\nb" has a control character in it`},
		{`["p1", "p2"]`, `["p1", "p9"]`, `meetings[0].participants[1]: no participant "p9"`},
		{`["p1", "p2"]`, `["p1", "` + long + `"]`, `meetings[0].participants[1]: no participant "` + long[:60] + `…"`},
		{`["p1", "p2"]`, `["p1", "p1"]`, `meetings[0].participants[1]: "p1" is in the meeting already: nobody meets themselves`},
		{`["p1", "p2"]`, `["p1"]`, `meetings[0].participants: 1 instead of two or more`},
		{`"session": "morning"`, `"session": "evening"`, `meetings[0].session: no session "evening"`},
		{`["m2"]`, `["m3"]`, `meetings[0].after[0]: no meeting "m3"`},
		{`["m2"]`, `["m1"]`, `meetings[0].after: "m1" has to be after itself, directly or by others`},
		{`"weight": 0`, `"after": ["m1"]`, `meetings[1].after: "m2" has to be after itself, directly or by others`},
	} {
		t.Run(test.want, func(t *testing.T) {
			file := strings.Replace(whole, test.old, test.new, 1)
			if file == whole {
				t.Fatalf("%s is not in the file", test.old)
			}
			p, err := match.Read(strings.NewReader(file))
			var malformed *match.FormatError
			if !errors.As(err, &malformed) {
				t.Fatalf("read %+v, %v", p, err)
			}
			if says := err.Error(); !strings.HasSuffix(says, test.want) || strings.HasPrefix(test.want, "line") && says != test.want {
				t.Errorf("says %s", says)
			}
		})
	}
}

func TestReadFails(t *testing.T) {
	broken := errors.New("the disk is broken")
	if _, err := match.Read(iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("%v of a reader that fails", err)
	}
	endless := io.MultiReader(strings.NewReader(whole), forever{})
	if _, err := match.Read(endless); err == nil || err.Error() != "the file is larger than 64 MB" {
		t.Errorf("%v of an endless file", err)
	}
}

// forever is white space without an end.
type forever struct{}

func (forever) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = ' '
	}
	return len(b), nil
}

// instances is the folder of the public benchmark, for tests that use it.
func instances(t testing.TB) []string {
	folder := os.Getenv("KOHTAAMO_B2B_INSTANCES")
	if folder == "" {
		t.Skip("KOHTAAMO_B2B_INSTANCES names no folder with the public benchmark")
	}
	files, err := filepath.Glob(filepath.Join(folder, "instances", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no instances in %s: %v", folder, err)
	}
	return files
}

func TestReadPublished(t *testing.T) {
	for _, name := range instances(t) {
		p := readFile(t, name)
		var file bytes.Buffer
		if err := p.Write(&file); err != nil {
			t.Fatal(err)
		}
		if again, err := match.Read(&file); err != nil || !reflect.DeepEqual(again, p) {
			t.Errorf("%s is another problem when it is written and read again: %v", name, err)
		}
	}
}

func readFile(t testing.TB, name string) *match.Problem {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	p, err := match.Read(f)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return p
}

// FuzzRead feeds files to Read: either it says in one line what is wrong, or
// what it gives is written and read again without loss.
func FuzzRead(f *testing.F) {
	f.Add([]byte(whole))
	for _, change := range [][2]string{
		{`"p2"]`, `"p9"]`}, {`[3, 4]`, `[]`}, {`21,`, `1e400,`}, {`"m2"]`, `"m1"]`}, {`"p2"}`, `"\ud800"}`}, {`21,`, `-0,`},
		{`14,`, `14,14:`}, {`: 2,`, `: [[[{}]]],`}, {`"id"`, `"i\u0064"`}, {`{`, `{"a":1,`}, {`}`, `}}`}, {`,`, "\x00,"},
	} {
		f.Add([]byte(strings.Replace(whole, change[0], change[1], 1)))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := match.Read(bytes.NewReader(data))
		if err != nil {
			var malformed *match.FormatError
			if !errors.As(err, &malformed) || strings.ContainsAny(err.Error(), "\n\r") || len(err.Error()) > 2000 {
				t.Errorf("%q is not one line about the file", err)
			}
			return
		}
		var file bytes.Buffer
		if err := p.Write(&file); err != nil {
			t.Fatal(err)
		}
		text := file.String()
		again, err := match.Read(&file)
		if err != nil {
			t.Fatalf("%v of what was written: %s", err, text)
		}
		var copied strings.Builder
		if err := again.Write(&copied); err != nil || copied.String() != text {
			t.Errorf("wrote %s (%v) the second time, %s the first", &copied, err, text)
		}
	})
}
