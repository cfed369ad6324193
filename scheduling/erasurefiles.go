package scheduling

import (
	"strings"
	"unicode/utf8"

	"kohtaamo/storage"
)

// filesAtOnce is how many files one transaction looks into.
const filesAtOnce = 20

// sweepFiles looks into a portion of the files that are plain text for what names
// the person, and takes it out. Such a file says since when it is not as it was
// uploaded, and has the hash of what it says now. Files of other kinds would not
// open any more if bytes were taken out of them: they stay as they are.
func sweepFiles(tx *storage.Tx, e *Erasure) (after string, changed int, err error) {
	m, err := mentionsOf(tx, e.Who, e.Names...)
	if err != nil {
		return "", 0, err
	}
	list, after, err := files.Page(tx, storage.Query{Sort: "_id", Limit: filesAtOnce, After: e.After})
	if err != nil {
		return "", 0, err
	}
	for _, x := range list {
		if !strings.HasPrefix(x.Type, "text/") || e.Who.newer(x.Created) {
			continue
		}
		altered, err := x.strike(tx, m)
		if err != nil {
			return "", 0, err
		}
		if altered {
			changed++
		}
	}
	return after, changed, nil
}

// strike takes what names somebody out of the bytes of x.
func (x *File) strike(tx *storage.Tx, m mentions) (bool, error) {
	b, err := fileBodies.Get(tx, x.ID)
	if err != nil {
		return false, ignoreMissing(err)
	}
	if !utf8.Valid(b.Bytes) || !m.suspect(b.Bytes) {
		return false, nil
	}
	text := m.replace(string(b.Bytes))
	if text == string(b.Bytes) {
		return false, nil
	}
	b.Bytes = []byte(text)
	if err := fileBodies.Put(tx, b); err != nil {
		return false, err
	}
	x.Size, x.SHA256, x.StruckAt = len(b.Bytes), documentHash(b.Bytes), tx.Now()
	return true, files.Put(tx, x)
}

// Struck reports whether a name was struck from x when somebody was erased.
func (x *File) Struck() bool { return !x.StruckAt.IsZero() }
