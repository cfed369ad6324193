package scheduling

import (
	"context"
	"fmt"

	"kohtaamo/storage"
)

// groupFiles is the owner kind of a group's files.
const groupFiles = "group"

// MaxGroupFiles is how many files one group may have.
const MaxGroupFiles = 200

// A GroupFilesPage is a group with its files, oldest first.
type GroupFilesPage struct {
	*MeetingsPage
	Files []*File
}

// GroupFiles shows a group's files to its members, its coordinators and its
// cluster's organisers.
func (d *Desk) GroupFiles(ctx context.Context, by Actor, groupID string) (p *GroupFilesPage, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		p = &GroupFilesPage{}
		if p.MeetingsPage, err = groupFor(tx, by, groupID); err != nil {
			return err
		}
		p.Files, err = filesOf(tx, groupFiles, groupID)
		return err
	})
	return p, err
}

// GroupFile gives one file of a group with its bytes, to those who see the list.
func (d *Desk) GroupFile(ctx context.Context, by Actor, groupID, fileID string) (x *File, body []byte, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		if _, err := meetingsOf(tx, by, groupID); err != nil {
			return err
		}
		if x, err = fileOf(tx, groupFiles, groupID, fileID); err != nil {
			return err
		}
		body, err = fileBytes(tx, x.ID)
		return err
	})
	return x, body, err
}

// fileOf is one file of an owner.
func fileOf(tx *storage.Tx, ownerKind, ownerID, fileID string) (*File, error) {
	x, err := files.Get(tx, fileID)
	if err == nil && (x.OwnerKind != ownerKind || x.OwnerID != ownerID) {
		return nil, errHidden
	}
	return x, err
}

// AddGroupFile stores a file for a group's members, by those who plan its
// meetings.
func (d *Desk) AddGroupFile(ctx context.Context, by Actor, groupID, name string, body []byte) (x *File, err error) {
	err = d.update(ctx, func(tx *storage.Tx) error {
		if _, err := managedGroup(tx, by, groupID); err != nil {
			return err
		}
		n, err := files.Count(tx, storage.Query{Where: []storage.Cond{storage.Is("owner_kind", groupFiles), storage.Is("owner_id", groupID)}})
		if err != nil {
			return err
		}
		if n >= MaxGroupFiles {
			return &Problem{Kind: Full, Key: "groupwork.many_files"}
		}
		if x, err = saveFile(tx, by, groupFiles, groupID, name, body); err != nil {
			return err
		}
		return d.log(tx, by, "group.file", x.ID, groupID, x.Name, "")
	})
	if err != nil {
		return nil, fmt.Errorf("add a file to group %s: %w", groupID, err)
	}
	return x, nil
}

// RemoveGroupFile deletes a file of a group, by those who plan its meetings. One
// that is gone is no error.
func (d *Desk) RemoveGroupFile(ctx context.Context, by Actor, groupID, fileID string) error {
	err := d.update(ctx, func(tx *storage.Tx) error {
		if _, err := managedGroup(tx, by, groupID); err != nil {
			return err
		}
		x, err := fileOf(tx, groupFiles, groupID, fileID)
		if IsHidden(err) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := deleteFile(tx, x); err != nil {
			return err
		}
		return d.log(tx, by, "group.file_delete", x.ID, groupID, x.Name, "")
	})
	if err != nil {
		return fmt.Errorf("delete a file of group %s: %w", groupID, err)
	}
	return nil
}
