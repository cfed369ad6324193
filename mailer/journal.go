package mailer

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/gofrs/flock"

	"kohtaamo/storage"
)

// A Journal remembers, in files beside the outbox, what a program was about to
// hand over to a relay and what the relay said, until the outbox has it in
// writing. Without one, a program that is killed leaves mails behind of which
// nobody can say whether they were taken.
//
// Each program that runs has a file of its own in the folder, under a name of
// its own, and a lock on it that ends with the program. Whoever finds a file
// without a program behind it writes its content down in the outbox and removes
// it. Several programs may share a folder, also such of different databases.
//
// It is written without waiting for the disk: it survives the end of a program,
// not of a machine. After a loss of power, what was claimed is sent again.
type Journal struct {
	dir, run, house string

	mu   sync.Mutex
	lock *flock.Flock
	file *os.File
	size int
	open map[string]entry // by id: not yet written down in the outbox
}

// An entry is what is known of one try of one mail.
type entry struct {
	id   string
	turn string // the claim of a mail, or the number of tries of a delivery
	said *reply // nil: the relay has not answered
}

// A reply is what a relay said.
type reply struct {
	stage    Stage
	code     int // 0: it did not answer, the connection broke
	enhanced string
}

// journalSize is how large a file grows before what is settled is thrown away.
const journalSize = 1 << 20

const (
	journalSuffix = ".journal"
	lockSuffix    = ".lock"
)

// OpenJournal begins a file of this program in a folder, which is made if need
// be. house tells databases that share the folder apart: a secret of each.
func OpenJournal(dir string, house []byte) (*Journal, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("mail journal: %w", err)
	}
	for {
		j := &Journal{dir: dir, run: storage.NewID(), house: houseMark(house), open: map[string]entry{}}
		ok, err := j.begin()
		if err != nil {
			j.Close()
			return nil, fmt.Errorf("mail journal: %w", err)
		}
		if ok {
			return j, nil
		}
	}
}

// begin takes the lock and makes the file. It reports false if another program,
// tidying up, took the lock for one of a dead program and removed it.
func (j *Journal) begin() (bool, error) {
	j.lock = flock.New(j.path(lockSuffix))
	if ok, err := j.lock.TryLock(); err != nil || !ok {
		return false, err
	}
	if _, err := os.Stat(j.path(lockSuffix)); err != nil {
		return false, j.lock.Close()
	}
	return true, j.rewrite()
}

func (j *Journal) path(suffix string) string { return filepath.Join(j.dir, j.run+suffix) }

// start notes that the relay is about to be told the end of a mail. Only when
// it has returned may the relay be told.
func (j *Journal) start(e entry) error {
	if j == nil {
		return nil
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := j.append(e); err != nil {
		return fmt.Errorf("mail journal: %w", err)
	}
	j.open[e.id] = e
	return nil
}

// done notes what the relay said. It is of use only if the program is killed
// before settled: an error loses no mail.
func (j *Journal) done(e entry) {
	if j == nil {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if _, ok := j.open[e.id]; ok {
		_ = j.append(e)
		j.open[e.id] = e
	}
}

// settled forgets mails that the outbox has in writing.
func (j *Journal) settled(ids ...string) {
	if j == nil {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, id := range ids {
		delete(j.open, id)
	}
	if j.size > journalSize {
		_ = j.rewrite() // else the next time
	}
}

func (j *Journal) append(e entry) error {
	if j.file == nil {
		return os.ErrClosed
	}
	n, err := writeNow(j.file, e.line())
	j.size += n
	return err
}

// rewrite puts a file with what is open in the place of the one there is.
func (j *Journal) rewrite() error {
	var b bytes.Buffer
	b.Write(line("J", j.house))
	for _, e := range j.open {
		b.Write(e.line())
	}
	f, err := os.OpenFile(j.path(".new"), os.O_CREATE|os.O_WRONLY|os.O_TRUNC|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	if _, err := f.Write(b.Bytes()); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := os.Rename(f.Name(), j.path(journalSuffix)); err != nil {
		return errors.Join(err, f.Close())
	}
	if j.file != nil {
		j.file.Close()
	}
	j.file, j.size = f, b.Len()
	return nil
}

// Close ends the journal. If all is settled nothing is left of it; else the next
// program that opens the folder finds it.
func (j *Journal) Close() error {
	if j == nil {
		return nil
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.file == nil {
		return nil
	}
	err := j.file.Close()
	j.file = nil
	if len(j.open) == 0 {
		err = errors.Join(err, os.Remove(j.path(journalSuffix)), os.Remove(j.path(lockSuffix)))
	}
	return errors.Join(err, j.lock.Close())
}

// runOf is the program that a claim is of.
func (j *Journal) runOf() string {
	if j == nil {
		return storage.NewID()
	}
	return j.run
}
