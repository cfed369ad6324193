package scheduling

import (
	"strings"
	"testing"

	"kohtaamo/mailer"
	"kohtaamo/storage"
)

// A person of a single name is not everybody who has it: texts that say the name
// stay, and what says their address, or is about them, does not name them.
func TestErasureOfASingleName(t *testing.T) {
	h := newHouse(t)
	p := &Person{Email: "lauri@sauna.example", Name: "Lauri", Lang: "fi", ClusterIDs: []string{h.cluster.ID}}
	p.index()
	h.write(t, func(tx *storage.Tx) error {
		must(t, people.Put(tx, p))
		must(t, companies.Put(tx, &Company{Meta: docID("firm"), Name: "Lauri Sauna Oy", Sort: "lauri sauna oy", Offers: "Ask lauri@sauna.example.", Words: words("Lauri Sauna Oy")}))
		must(t, tripNotes.Put(tx, &TripNote{Meta: docID("mine"), TripID: "trip", By: p.ID, Name: "Lauri", Text: "Lauri Virtanen and Lauri came."}))
		must(t, audit.Put(tx, &Entry{Meta: docID("aud"), At: t0, Action: "person.edit", Subject: p.ID, Label: "Lauri"}))
		return h.Outbox.Add(tx, mailer.Mail{Meta: docID("m"), Kind: "test", To: "host@example.org", ToName: "Lauri", Letter: mailer.Letter{Subject: "Lauri, lauri@sauna.example"}})
	})
	h.erase(t, p.ID)
	h.write(t, func(tx *storage.Tx) error {
		c, err := companies.Get(tx, "firm")
		must(t, err)
		n, err := tripNotes.Get(tx, "mine")
		must(t, err)
		e, err := audit.Get(tx, "aud")
		must(t, err)
		mails, err := mailer.About(tx, "host@example.org")
		if c.Name != "Lauri Sauna Oy" || c.Offers != "Ask ." || strings.Join(c.Words, " ") != "lauri sauna oy" {
			t.Errorf("the company is %+v", c)
		}
		if n.Name != nameless || n.Text != "Lauri Virtanen and Lauri came." || e.Label != "" {
			t.Errorf("the note is by %s, %q; the log says %q", n.Name, n.Text, e.Label)
		}
		if m := mails[0]; m.ToName != "Lauri" || m.Letter.Subject != "Lauri, " {
			t.Errorf("another of the name is written to as %q, %q", m.ToName, m.Letter.Subject)
		}
		return err
	})
}

// A text that named who was erased says that it is another since, and has the
// hash of what it says; other files are as they were, byte by byte.
func TestErasureStrikesFiles(t *testing.T) {
	h := newHouse(t)
	p := h.gone(t)
	made := map[string]*File{}
	h.write(t, func(tx *storage.Tx) error {
		for name, body := range map[string]string{"notes.txt": "Thanks to " + goneName + ".", "other.md": "# News", "scan.pdf": "%PDF-1.7\n(" + goneName + ")"} {
			x, err := saveFile(tx, h.boss, groupFiles, "g", name, []byte(body))
			must(t, err)
			made[name] = x
		}
		return nil
	})
	h.at(t0.AddDate(0, 0, 3))
	h.erase(t, p.ID)
	h.write(t, func(tx *storage.Tx) error {
		for name, was := range made {
			x, err := files.Get(tx, was.ID)
			must(t, err)
			body, err := fileBytes(tx, was.ID)
			must(t, err)
			if documentHash(body) != x.SHA256 || len(body) != x.Size {
				t.Errorf("%s has not the hash or the size of its bytes", name)
			}
			if named := name == "notes.txt"; x.Struck() != named || named == (x.SHA256 == was.SHA256) {
				t.Errorf("%s is struck: %v", name, x.Struck())
			}
			if name == "notes.txt" && (string(body) != "Thanks to "+nameless+"." || houseDay(x.StruckAt) != houseDay(h.now())) {
				t.Errorf("%s says %q since %s", name, body, x.StruckAt)
			}
		}
		return nil
	})
}

// A signed version whose signatory is erased says so, with the hash of its text
// since; the hash of what was signed stays, and so does a file that was signed.
func TestErasureStrikesSignatories(t *testing.T) {
	h := newHouse(t)
	p, text := h.gone(t), "Agreed with "+goneName+"."
	h.write(t, func(tx *storage.Tx) error {
		body, err := saveFile(tx, h.boss, agreementFiles, "file", "agreement.pdf", []byte("%PDF-1.7\n"+goneName))
		must(t, err)
		scan, err := saveFile(tx, h.boss, agreementFiles, "file", "scan.pdf", []byte("%PDF-1.7\nscan"))
		must(t, err)
		must(t, agreements.Put(tx, &Agreement{Meta: docID("text"), MembershipID: "m", Version: 1, State: AgreementSigned, Text: text, Signatory: goneName, Email: goneEmail,
			Signature: &Signature{Name: goneName, By: "link", SHA256: documentHash([]byte(text))}}))
		return agreements.Put(tx, &Agreement{Meta: docID("file"), MembershipID: "m", Version: 2, State: AgreementSigned, FileID: body.ID, Signatory: goneName, Email: goneEmail,
			Signature: &Signature{Name: goneName, By: "paper", SHA256: body.SHA256, FileID: scan.ID}})
	})
	h.erase(t, p.ID)
	h.write(t, func(tx *storage.Tx) error {
		a, err := agreements.Get(tx, "text")
		must(t, err)
		if a.Text != "Agreed with –." || a.Signature.SHA256 != documentHash([]byte(text)) || a.Struck == nil || a.Struck.SHA256 != documentHash([]byte(a.Text)) || a.Struck.Scan {
			t.Errorf("the text is %q, %+v, %+v", a.Text, a.Signature, a.Struck)
		}
		b, err := agreements.Get(tx, "file")
		must(t, err)
		body, err := fileBytes(tx, b.FileID)
		must(t, err)
		if b.Struck == nil || !b.Struck.Scan || b.Struck.SHA256 != "" || b.Signature.SHA256 != documentHash(body) || b.Signature.FileID != "" {
			t.Errorf("the file is %+v, %+v", b.Signature, b.Struck)
		}
		list, err := filesOf(tx, agreementFiles, "file")
		if len(list) != 1 || list[0].ID != b.FileID {
			t.Errorf("of the files there are %d left", len(list))
		}
		return err
	})
}

// A pack says of a file and of an agreement that they are not what they were, so
// that nobody takes them for forged who has the older hash.
func TestEvidenceSaysWhatWasStruck(t *testing.T) {
	h := newEvidentHouse(t)
	h.write(t, func(tx *storage.Tx) error {
		x, err := files.Get(tx, "file-2")
		must(t, err)
		x.StruckAt = h.time()
		must(t, files.Put(tx, x))
		a, err := agreements.Get(tx, "agreement")
		must(t, err)
		a.Struck = &Struck{At: h.time(), SHA256: "def456"}
		return agreements.Put(tx, a)
	})
	_, list := h.packOf(t, h.boss, h.period)
	day := houseDay(h.time())
	if said := "on " + day + " what named somebody was struck from it"; !strings.Contains(list["contents.txt"], said) || strings.Count(list["manifest.json"], said) != 1 {
		t.Errorf("the pack does not say %q of one file: %s", said, list["contents.txt"])
	}
	if row := list["lists/members.csv"]; !strings.Contains(row, "abc123 (as signed; on "+day) || !strings.Contains(row, "def456") {
		t.Errorf("the list of members says %s", row)
	}
}
