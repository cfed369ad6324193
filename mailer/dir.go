package mailer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// dirTransport writes one .eml file a mail, which mail programs open.
type dirTransport struct{ dir string }

func openDir(dir string) (Transport, error) {
	if dir == "" {
		return nil, errors.New("mail setting: dir: needs a path, as in dir:mail")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("mail setting: %w", err)
	}
	return &dirTransport{dir}, nil
}

// Send writes the file under a name that is the same at every try, so that a
// repeat finds its mail already there.
func (t *dirTransport) Send(_ context.Context, e *Envelope) error {
	name := filepath.Join(t.dir, fileName(e))
	if _, err := os.Stat(name); err == nil {
		return nil
	}
	return writeFile(name, e.Body)
}

// writeFile makes the file appear whole or not at all.
func writeFile(name string, body []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".mail-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(body)
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

// fileName is time-kind-to-id.eml, in characters that every file system takes.
func fileName(e *Envelope) string {
	id, _, _ := strings.Cut(e.MessageID, "@")
	return fmt.Sprintf("%s-%s-%s-%s.eml",
		e.Date.UTC().Format("20060102T150405"), plain(e.Kind), plain(e.To), plain(id))
}

func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || strings.ContainsRune(".@_+-", r) {
			return r
		}
		return '_'
	}, strings.ToLower(s))
	return s[:min(len(s), 64)]
}

func (t *dirTransport) Close() error { return nil }
