package mailer

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"mime"
	"mime/quotedprintable"
	"os"
	"path/filepath"
	"strings"
)

// ForgetFiles deletes from the folder of a "dir:" setting the mails that were sent
// to an address, or that name it or any of the texts, and says how many there
// were. Whoever uses the folder in the place of a mail server has no other copy.
func ForgetFiles(dir, address string, texts ...string) (n int, err error) {
	names, err := filepath.Glob(filepath.Join(escapeGlob(dir), "*.eml"))
	if err != nil {
		return 0, err
	}
	said := append([]string{address}, texts...)
	for _, name := range names {
		hit := strings.Contains(filepath.Base(name), "-"+plain(address)+"-")
		if !hit {
			if hit, err = fileNames(name, said); err != nil {
				return n, err
			}
		}
		if !hit {
			continue
		}
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return n, err
		}
		n++
	}
	return n, nil
}

// fileNames reports whether a mail says one of the texts, as its reader sees it.
func fileNames(name string, texts []string) (bool, error) {
	raw, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	// What is no quoted-printable stops the reader, and is looked at as it is.
	read, _ := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(raw)))
	heads := new(mime.WordDecoder)
	var all strings.Builder
	all.Write(raw)
	all.Write(read)
	for line := range strings.Lines(string(raw)) {
		if strings.Contains(line, "=?") {
			if s, err := heads.DecodeHeader(strings.TrimSpace(line)); err == nil {
				all.WriteString(s)
			}
		}
	}
	low := strings.ToLower(all.String())
	for _, s := range texts {
		if s != "" && strings.Contains(low, strings.ToLower(s)) {
			return true, nil
		}
	}
	return false, nil
}
