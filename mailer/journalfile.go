package mailer

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/gofrs/flock"
)

// A line of a journal is words with tabs between them, the last one a checksum
// of what stands before it:
//
//	J house                             the first line: whose it is
//	S id turn                           the relay is about to be told the end
//	D id turn stage code enhanced       what it said
//
// A line that is damaged, which the last one of a killed program can be, says
// nothing.

// longestLine keeps a damaged file from being read as one endless line.
const longestLine = 4096

func line(words ...string) []byte {
	text := strings.Join(words, "\t")
	return fmt.Appendf(nil, "%s\t%08x\n", text, crc32.ChecksumIEEE([]byte(text)))
}

// split reads a line; nil if it is damaged.
func split(s string) []string {
	cut := strings.LastIndexByte(s, '\t')
	if cut < 0 || s[cut+1:] != fmt.Sprintf("%08x", crc32.ChecksumIEEE([]byte(s[:cut]))) {
		return nil
	}
	return strings.Split(s[:cut], "\t")
}

func (e entry) line() []byte {
	if e.said == nil {
		return line("S", e.id, e.turn)
	}
	return line("D", e.id, e.turn, string(e.said.stage), strconv.Itoa(e.said.code), e.said.enhanced)
}

// entryOf is the entry in a line, if there is one.
func entryOf(words []string) (e entry, ok bool) {
	switch {
	case len(words) == 3 && words[0] == "S":
		return entry{id: words[1], turn: words[2]}, true
	case len(words) == 6 && words[0] == "D":
		code, err := strconv.Atoi(words[4])
		return entry{words[1], words[2], &reply{Stage(words[3]), code, words[5]}}, err == nil
	}
	return e, false
}

// houseMark names a database without giving its secret away.
func houseMark(key []byte) string {
	sum := sha256.Sum256(append([]byte("mail journal\x00"), key...))
	return hex.EncodeToString(sum[:8])
}

// errStrange is a file that is not of this database.
var errStrange = errors.New("the journal of another database")

// readJournal gives the last that is known of each mail in a file.
func readJournal(r io.Reader, house string) (map[string]entry, error) {
	open := map[string]entry{}
	first := true
	in := bufio.NewReaderSize(r, longestLine)
	for {
		raw, err := in.ReadSlice('\n')
		for errors.Is(err, bufio.ErrBufferFull) { // no line of ours
			raw = nil
			_, err = in.ReadSlice('\n')
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		words := split(string(bytes.TrimSuffix(raw, []byte("\n"))))
		if first && (len(words) != 2 || words[0] != "J" || words[1] != house) {
			return nil, errStrange
		}
		first = false
		if e, ok := entryOf(words); ok {
			open[e.id] = e
		}
		if err != nil {
			return open, nil
		}
	}
}

// A legacy is what a program left behind that was killed.
type legacy struct {
	run  string
	open map[string]entry
}

// inherit calls settle with what each dead program of this database left in the
// folder, and removes what settle has dealt with.
func (j *Journal) inherit(ctx context.Context, settle func(context.Context, legacy) error) error {
	if j == nil {
		return nil
	}
	locks, err := filepath.Glob(filepath.Join(escapeGlob(j.dir), "*"+lockSuffix))
	if err != nil {
		return fmt.Errorf("mail journal: %w", err)
	}
	var errs []error
	for _, name := range locks {
		if run := strings.TrimSuffix(filepath.Base(name), lockSuffix); run != j.run {
			errs = append(errs, j.inheritOne(ctx, run, settle))
		}
	}
	return errors.Join(errs...)
}

// escapeGlob is a folder's name as a pattern for itself.
func escapeGlob(dir string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(dir)
}

func (j *Journal) inheritOne(ctx context.Context, run string, settle func(context.Context, legacy) error) error {
	dead := &Journal{dir: j.dir, run: run}
	lock := flock.New(dead.path(lockSuffix))
	defer lock.Close()
	if ok, err := lock.TryLock(); err != nil || !ok {
		return err // somebody lives behind it
	}
	f, err := os.Open(dead.path(journalSuffix))
	if errors.Is(err, os.ErrNotExist) { // killed before it began, or while it tidied up
		return dead.remove()
	}
	if err != nil {
		return fmt.Errorf("mail journal: %w", err)
	}
	defer f.Close()
	open, err := readJournal(f, j.house)
	if errors.Is(err, errStrange) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("mail journal: %w", err)
	}
	if err := settle(ctx, legacy{run, open}); err != nil {
		return err
	}
	return dead.remove()
}

// remove takes away the files; the lock last, so that what is left by a kill in
// between is found again.
func (j *Journal) remove() error {
	for _, suffix := range []string{".new", journalSuffix, lockSuffix} {
		if err := os.Remove(j.path(suffix)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("mail journal: %w", err)
		}
	}
	return nil
}
