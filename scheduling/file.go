package scheduling

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"kohtaamo/storage"
)

// A File is what was uploaded for something, without its bytes, which are in a
// document of their own: lists of files stay light.
type File struct {
	storage.Meta `bson:",inline"`
	OwnerKind    string    `bson:"owner_kind"` // "agreement", "group", "meeting", "activity", "plan"
	OwnerID      string    `bson:"owner_id"`
	Name         string    `bson:"name"` // of the file, without folders
	Type         string    `bson:"type"` // its media type, found from its bytes
	Size         int       `bson:"size"`
	SHA256       string    `bson:"sha256"` // of the bytes, in hexadecimal
	At           time.Time `bson:"at"`
	ByID         string    `bson:"by_id,omitempty"` // person
	ByName       string    `bson:"by_name,omitempty"`
	StruckAt     time.Time `bson:"struck_at,omitempty"` // when a name was last struck from it for an erasure; SHA256 is of what it says since
}

// fileBody holds the bytes of the File of its ID.
type fileBody struct {
	storage.Meta `bson:",inline"`
	Bytes        []byte `bson:"bytes"`
}

var (
	files      = storage.NewCollection[File]("files", storage.Ordered("owner_kind", "owner_id", "at"), storage.Ordered("by_id"))
	fileBodies = storage.NewCollection[fileBody]("file_bodies")
)

// FileLimit is how many bytes one file may have: a document of either engine
// holds it with room to spare.
const FileLimit = 10 << 20

// fileTypes are the kinds of file that are taken, by the ending of the name. A
// browser that is given one of them runs nothing of it.
var fileTypes = map[string]string{
	".pdf":  "application/pdf",
	".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
	".odt":  "application/vnd.oasis.opendocument.text",
	".png":  "image/png",
	".jpg":  "image/jpeg",
	".jpeg": "image/jpeg",
	".txt":  "text/plain; charset=utf-8",
	".csv":  "text/csv; charset=utf-8",
	".md":   "text/markdown; charset=utf-8",
}

// fileType is the media type of a file whose bytes are what its name says;
// empty if they are not, or if such files are not taken.
func fileType(name string, body []byte) string {
	t := fileTypes[strings.ToLower(path.Ext(name))]
	found := http.DetectContentType(body)
	switch {
	case strings.HasPrefix(t, "text/"):
		if !utf8.Valid(body) || bytes.IndexByte(body, 0) >= 0 {
			return ""
		}
	case strings.HasPrefix(t, "application/vnd."):
		if found != "application/zip" {
			return ""
		}
	case t != found:
		return ""
	}
	return t
}

// saveFile stores the bytes of a file for its owner, and says what is wrong
// with it. The caller checks who may, and how many files the owner may have.
func saveFile(tx *storage.Tx, by Actor, ownerKind, ownerID, name string, body []byte) (*File, error) {
	f := faults{}
	name = cleanLine(path.Base(strings.ReplaceAll(name, `\`, "/")))
	f.need("file", strings.Trim(name, "./"), lineLimit)
	kind := fileType(name, body)
	switch {
	case len(body) == 0:
		f.add("file", "file.empty")
	case len(body) > FileLimit:
		f.add("file", "file.too_big")
	case kind == "":
		f.add("file", "file.type")
	}
	if err := f.problem(); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(body)
	x := &File{Meta: storage.Meta{ID: storage.NewID()}, OwnerKind: ownerKind, OwnerID: ownerID, Name: name, Type: kind, Size: len(body),
		SHA256: hex.EncodeToString(sum[:]), At: tx.Now(), ByID: by.ID, ByName: by.Name}
	if err := fileBodies.Put(tx, &fileBody{Meta: storage.Meta{ID: x.ID}, Bytes: slices.Clone(body)}); err != nil {
		return nil, err
	}
	return x, files.Put(tx, x)
}

// filesOf are the files of one owner, oldest first.
func filesOf(tx *storage.Tx, ownerKind, ownerID string) ([]*File, error) {
	return files.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("owner_kind", ownerKind), storage.Is("owner_id", ownerID)}, Sort: "at"})
}

// fileBytes are the bytes of a file.
func fileBytes(tx *storage.Tx, id string) ([]byte, error) {
	b, err := fileBodies.Get(tx, id)
	if err != nil {
		return nil, err
	}
	return b.Bytes, nil
}

// deleteFile removes a file with its bytes.
func deleteFile(tx *storage.Tx, x *File) error {
	b, err := fileBodies.Get(tx, x.ID)
	if err == nil {
		err = fileBodies.Delete(tx, b)
	}
	if err := ignoreMissing(err); err != nil {
		return err
	}
	return files.Delete(tx, x)
}
