package scheduling

import (
	"slices"
	"strings"

	"kohtaamo/storage"
)

// erased stands where the name or address of somebody stood who is gone.
const erased = "–"

// copyMemberships are the memberships that p speaks for or asked for.
func copyMemberships(tx *storage.Tx, p *Person) (out []any, err error) {
	list, err := membershipsAbout(tx, p)
	for _, m := range list {
		one := map[string]any{"company": m.Name, "cluster_id": m.ClusterID, "state": m.State, "contact": m.ContactID == p.ID, "listed": m.Listed}
		if m.Application != nil && m.Application.Email == p.Email {
			one["application"], one["motivation"] = m.Application, m.Motivation
		}
		out = append(out, one)
	}
	return out, err
}

func membershipsAbout(tx *storage.Tx, p *Person) ([]*Membership, error) {
	list, err := memberships.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("contact_id", p.ID)}})
	if err != nil {
		return nil, err
	}
	if p.Email == "" {
		return list, nil
	}
	asked, err := memberships.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("application.email", p.Email)}})
	for _, m := range asked {
		if !slices.ContainsFunc(list, func(had *Membership) bool { return had.ID == m.ID }) {
			list = append(list, m)
		}
	}
	return list, err
}

// eraseMemberships takes p out of memberships. An application that waits ends
// with who sent it.
func eraseMemberships(tx *storage.Tx, p *Person) (n int, err error) {
	list, err := membershipsAbout(tx, p)
	for _, m := range list {
		asked := m.Application != nil && m.Application.Email == p.Email && !p.newer(m.StateAt)
		if !asked && m.ContactID != p.ID {
			continue
		}
		if asked {
			if m.State == JoinApplied {
				m.become(JoinDeclined, "", tx.Now())
			}
			m.forgetApplicant()
		}
		if m.ContactID == p.ID {
			m.ContactID, m.Motivation = "", ""
		}
		if err := memberships.Put(tx, m); err != nil {
			return n, err
		}
		n++
	}
	return n, err
}

// copyJoinWishes are applications of p that are not confirmed.
func copyJoinWishes(tx *storage.Tx, p *Person) (out []any, err error) {
	list, err := joinWishes.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("email", p.Email)}})
	for _, w := range list {
		out = append(out, map[string]any{"cluster_id": w.ClusterID, "at": w.At, "application": w.Application, "motivation": w.Motivation})
	}
	return out, err
}

func eraseJoinWishes(tx *storage.Tx, p *Person) (int, error) {
	return discard(tx, joinWishes, having("email", p.Email), func(w *joinWish) bool { return !p.newer(w.Created) })
}

// agreementsAbout are those that p signs or signed: under their address, or by
// their name for a company that they speak for.
func agreementsAbout(tx *storage.Tx, p *Person) ([]*Agreement, error) {
	list, err := agreements.Find(tx, having("email", p.Email))
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(a *Agreement) bool { return a.Email == "" || p.newer(a.Created) })
	spoken, err := memberships.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("contact_id", p.ID)}})
	if err != nil {
		return nil, err
	}
	for _, m := range spoken {
		versions, err := agreementsOf(tx, m.ID)
		if err != nil {
			return nil, err
		}
		for _, a := range versions {
			named := a.Signatory == p.Name || a.Signature != nil && a.Signature.Name == p.Name
			if named && p.Name != "" && (a.Email == "" || a.Email != p.Email) {
				list = append(list, a)
			}
		}
	}
	return list, nil
}

// copyAgreements are the agreements that p signs or signed.
func copyAgreements(tx *storage.Tx, p *Person) (out []any, err error) {
	list, err := agreementsAbout(tx, p)
	for _, a := range list {
		out = append(out, map[string]any{"membership_id": a.MembershipID, "version": a.Version, "state": a.State, "signatory": a.Signatory, "position": a.Position,
			"email": a.Email, "first_day": a.FirstDay(), "last_day": a.LastDay(), "signature": a.Signature})
	}
	return out, err
}

// eraseAgreements takes p out of the agreements that they sign or signed, with
// the scan of their hand. The hash of what was signed stays: whoever has a copy
// can still show that it is the one. A signed version says that it was done, and
// has the hash of its text since. A document that was signed as a file stays as
// it was: it is the company's, and no name can be taken out of it. That is the
// only change that a signed version knows.
func eraseAgreements(tx *storage.Tx, p *Person) (int, error) {
	list, err := agreementsAbout(tx, p)
	for _, a := range list {
		if err := a.forget(tx); err != nil {
			return 0, err
		}
		if err := agreements.Put(tx, a); err != nil {
			return 0, err
		}
	}
	return len(list), err
}

// forget takes the signatory out of a.
func (a *Agreement) forget(tx *storage.Tx) error {
	names := []string{a.Signatory, a.Email}
	if s := a.Signature; s != nil {
		names = append(names, s.Name)
		a.Struck = &Struck{At: tx.Now(), Scan: s.FileID != "" || a.Struck != nil && a.Struck.Scan}
		if err := dropScan(tx, s.FileID); err != nil {
			return err
		}
		s.Name, s.FileID = erased, ""
	}
	for _, name := range names {
		if name != "" && name != erased {
			a.Text = strings.ReplaceAll(a.Text, name, erased)
			a.Text = strings.ReplaceAll(a.Text, escaped(name), erased)
		}
	}
	if a.Struck != nil && a.FileID == "" {
		a.Struck.SHA256 = documentHash([]byte(a.Text))
	}
	a.Signatory, a.Position, a.Email = "", "", ""
	a.Generation++ // their link leads nowhere
	return nil
}

func dropScan(tx *storage.Tx, id string) error {
	x, err := fileOr(tx, id)
	if x == nil || err != nil {
		return err
	}
	return deleteFile(tx, x)
}

// copyFiles are the names of the files that p uploaded; whose files they are has
// the bytes.
func copyFiles(tx *storage.Tx, p *Person) (out []any, err error) {
	list, err := files.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("by_id", p.ID)}})
	for _, x := range list {
		out = append(out, map[string]any{"name": x.Name, "type": x.Type, "size": x.Size, "at": x.At, "about": x.OwnerKind})
	}
	return out, err
}

// eraseFiles takes the name of who uploaded them off files. The files are those
// of a group, a plan or an agreement, and go with these.
func eraseFiles(tx *storage.Tx, p *Person) (int, error) {
	return blank(tx, files, having("by_id", p.ID), func(x *File) bool { return wipe(&x.ByName) })
}
