package pack

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
)

// manifestLimit is how many bytes of a manifest are read.
const manifestLimit = 64 << 20

// Verify reads a whole pack and gives its manifest. An error that wraps
// ErrAltered says which file is missing, was added, or has other bytes than its
// manifest says.
func Verify(r io.ReaderAt, size int64) (*List, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrAltered, err)
	}
	files := map[string]*zip.File{}
	for _, f := range z.File {
		if files[f.Name] != nil {
			return nil, altered("%s is in it twice", f.Name)
		}
		files[f.Name] = f
	}
	list, err := readManifest(files[Manifest])
	if err != nil {
		return nil, err
	}
	delete(files, Manifest)
	for _, f := range list.Files {
		if err := f.check(files[f.Name]); err != nil {
			return nil, err
		}
		delete(files, f.Name)
	}
	for name := range files {
		return nil, altered("%s is not in its manifest", name)
	}
	return list, nil
}

func altered(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrAltered}, args...)...)
}

func readManifest(f *zip.File) (*List, error) {
	if f == nil {
		return nil, altered("it has no %s", Manifest)
	}
	r, err := f.Open()
	if err != nil {
		return nil, altered("%s: %v", Manifest, err)
	}
	defer r.Close()
	var list List
	if err := json.NewDecoder(io.LimitReader(r, manifestLimit)).Decode(&list); err != nil {
		return nil, altered("%s: %v", Manifest, err)
	}
	if list.Format != Format {
		return nil, fmt.Errorf("%s says it is %q, which this program does not know", Manifest, list.Format)
	}
	return &list, nil
}

// check compares a file with its line. It reads no more than that line says.
func (f *File) check(in *zip.File) error {
	if in == nil {
		return altered("%s is missing", f.Name)
	}
	r, err := in.Open()
	if err != nil {
		return altered("%s: %v", f.Name, err)
	}
	defer r.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, io.LimitReader(r, f.Size+1))
	if err != nil {
		return altered("%s: %v", f.Name, err)
	}
	if n != f.Size {
		return altered("%s does not have %d bytes", f.Name, f.Size)
	}
	if hex.EncodeToString(sum.Sum(nil)) != f.SHA256 {
		return altered("%s has other bytes", f.Name)
	}
	return nil
}
