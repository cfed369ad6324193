package scheduling

import (
	"context"
	"fmt"
	"slices"

	"kohtaamo/storage"
)

// workFiles is the owner kind of the files of an entry of the activity log.
const workFiles = "activity"

// MaxWorkFiles is how many files one entry may have: a report, some pictures.
const MaxWorkFiles = 20

// WorkFiles are the files of an entry, oldest first, for the organisers of its
// clusters.
func (d *Desk) WorkFiles(ctx context.Context, by Actor, workID string) (list []*File, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		if _, err := ownWork(tx, by, workID); err != nil {
			return err
		}
		list, err = filesOf(tx, workFiles, workID)
		return err
	})
	return list, err
}

// WorkFile gives one file of an entry with its bytes, to those who see the list.
func (d *Desk) WorkFile(ctx context.Context, by Actor, workID, fileID string) (x *File, body []byte, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		if _, err := ownWork(tx, by, workID); err != nil {
			return err
		}
		if x, err = fileOf(tx, workFiles, workID, fileID); err != nil {
			return err
		}
		body, err = fileBytes(tx, x.ID)
		return err
	})
	return x, body, err
}

// AddWorkFile stores a file with an entry of the activity log: the report of a
// fair, a picture of a stand.
func (d *Desk) AddWorkFile(ctx context.Context, by Actor, workID, name string, body []byte) (x *File, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		w, err := ownWork(tx, by, workID)
		if err != nil {
			return err
		}
		n, err := files.Count(tx, storage.Query{Where: []storage.Cond{storage.Is("owner_kind", workFiles), storage.Is("owner_id", w.ID)}})
		if err != nil {
			return err
		}
		if n >= MaxWorkFiles {
			return &Problem{Kind: Full, Key: "activitylog.many_files", Args: []any{"count", MaxWorkFiles}}
		}
		if x, err = saveFile(tx, by, workFiles, w.ID, name, body); err != nil {
			return err
		}
		return d.log(tx, by, "work.file", x.ID, w.ID, x.Name, "")
	})
	if err != nil {
		return nil, fmt.Errorf("add a file to entry %s of the activity log: %w", workID, err)
	}
	return x, nil
}

// RemoveWorkFile deletes a file of an entry. One that is gone is no error.
func (d *Desk) RemoveWorkFile(ctx context.Context, by Actor, workID, fileID string) error {
	err := d.update(ctx, func(tx *storage.Tx) error {
		if _, err := ownWork(tx, by, workID); err != nil {
			return err
		}
		x, err := fileOf(tx, workFiles, workID, fileID)
		if IsHidden(err) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := deleteFile(tx, x); err != nil {
			return err
		}
		return d.log(tx, by, "work.file_delete", x.ID, workID, x.Name, "")
	})
	if err != nil {
		return fmt.Errorf("delete a file of entry %s of the activity log: %w", workID, err)
	}
	return nil
}

// dropWorkFiles deletes the files of an entry, and counts them.
func dropWorkFiles(tx *storage.Tx, workID string) (int, error) {
	list, err := filesOf(tx, workFiles, workID)
	for _, x := range list {
		if err == nil {
			err = deleteFile(tx, x)
		}
	}
	return len(list), err
}

// aboutAlone reports whether w is a contact with p and nobody else, so that what
// was filed with it is about them.
func (w *Work) aboutAlone(p *Person) bool {
	return w.Kind.Personal() && slices.Equal(w.PersonIDs, []string{p.ID})
}
