package scheduling

import (
	"context"
	"errors"
	"slices"
	"time"

	"kohtaamo/storage"
)

// A RecordPage is the record of a meeting as somebody of its group may see it.
type RecordPage struct {
	Group   *Group
	Cluster *Cluster
	Record  *MeetingRecord
	Manage  bool
	Member  bool
	Roll    []RollLine    // the members and whoever else took part
	Actions []*ActionItem // that the meeting gave
	Carried []*ActionItem // that were open before: of a meeting ahead
	Owners  []*Person     // whom action items can be given to; for who may
}

// A RollLine is one person of the list of those who take part.
type RollLine struct {
	Presence
	Company string
	Member  bool // of the group; the others are guests, or were members
}

// MeetingRecord shows the record of a meeting to the members of its group and
// to who plans its meetings; that of a series' meeting also before anything was
// written.
func (d *Desk) MeetingRecord(ctx context.Context, by Actor, id string) (p *RecordPage, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		if p, err = recordOf(tx, by, id); err != nil {
			return err
		}
		return p.fill(tx)
	})
	return p, err
}

// recordOf finds a record and says what by may do about it.
func recordOf(tx *storage.Tx, by Actor, id string) (*RecordPage, error) {
	r, err := meetingRecords.Get(tx, id)
	if errors.Is(err, storage.ErrNotFound) {
		return unkeptRecord(tx, by, id)
	}
	if err != nil {
		return nil, err
	}
	m, err := meetingsOf(tx, by, r.GroupID)
	if err != nil {
		return nil, err
	}
	return &RecordPage{Group: m.Group, Record: r, Manage: m.Manage, Member: m.Member}, nil
}

// unkeptRecord is that of a series' meeting of which nothing is written yet.
func unkeptRecord(tx *storage.Tx, by Actor, id string) (*RecordPage, error) {
	seriesID, day, ok := cutRecordID(id)
	if !ok {
		return nil, errHidden
	}
	s, err := seriesPage(tx, by, seriesID)
	if err != nil {
		return nil, err
	}
	m, ok := s.Series.On(day)
	if !ok {
		return nil, errHidden
	}
	return &RecordPage{Group: s.Group, Record: recordFor(s.Group, m), Manage: s.Manage, Member: s.Member}, nil
}

// fill adds what stands around the record.
func (p *RecordPage) fill(tx *storage.Tx) (err error) {
	if p.Cluster, err = clusters.Get(tx, p.Group.ClusterID); err != nil {
		return err
	}
	if err := p.callRoll(tx); err != nil {
		return err
	}
	if p.Actions, err = actionItems.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("record_id", p.Record.ID)}}); err != nil {
		return err
	}
	sortActions(p.Actions)
	if p.Manage {
		if p.Owners, err = actionOwners(tx, p.Group); err != nil {
			return err
		}
	}
	if p.Record.Planned() {
		p.Carried, err = openActions(tx, p.Group.ID)
		p.Carried = slices.DeleteFunc(p.Carried, func(a *ActionItem) bool { return a.RecordID == p.Record.ID })
	}
	return err
}

// callRoll lists the members by name, then whoever else took part. Members who
// joined after a meeting are not asked whether they were there.
func (p *RecordPage) callRoll(tx *storage.Tx) error {
	p.Roll = nil
	members, err := membersOf(tx, p.Group)
	if err != nil {
		return err
	}
	noted := map[string]Presence{}
	for _, x := range p.Record.Present {
		noted[x.PersonID] = x
	}
	for _, m := range members {
		x, known := noted[m.ID]
		if !known && p.Record.State == RecordApproved {
			continue
		}
		if !known {
			x = Presence{PersonID: m.ID, Name: m.Name, CompanyID: m.CompanyID}
		}
		p.Roll = append(p.Roll, RollLine{Presence: x, Member: true})
	}
	for _, x := range p.Record.Present {
		if x.PersonID == "" || !slices.ContainsFunc(members, func(m *Person) bool { return m.ID == x.PersonID }) {
			p.Roll = append(p.Roll, RollLine{Presence: x})
		}
	}
	names := map[string]string{}
	for i := range p.Roll {
		if p.Roll[i].Company, err = companyName(tx, names, p.Roll[i].CompanyID); err != nil {
			return err
		}
	}
	return nil
}

// Unmarked is how many of the list nothing is noted of.
func (p *RecordPage) Unmarked() (n int) {
	for _, x := range p.Roll {
		if x.State == "" {
			n++
		}
	}
	return n
}

// A RecordsPage is a group with the records of its meetings and its polls.
type RecordsPage struct {
	Group   *Group
	Cluster *Cluster
	Manage  bool
	Member  bool
	Ahead   []*MeetingRecord // the next ones, soonest first; also of a series' meetings of which nothing is written
	Past    []*MeetingRecord // the others, the latest first
	Polls   []*DatePoll      // open
	Overdue int              // action items
	Open    int              // the same, with those that are overdue
}

// How much of a group's meetings a page shows.
const (
	recordsAhead = 6
	recordsShown = 200
	recordsBack  = 400 * 24 * time.Hour // how old a series' meeting may be that nothing was written of
)

// GroupRecords lists the meetings of a group, with their records, to its members
// and to who plans its meetings.
func (d *Desk) GroupRecords(ctx context.Context, by Actor, groupID string) (p *RecordsPage, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		m, err := meetingsOf(tx, by, groupID)
		if err != nil {
			return err
		}
		p = &RecordsPage{Group: m.Group, Manage: m.Manage, Member: m.Member}
		if p.Cluster, err = clusters.Get(tx, m.Group.ClusterID); err != nil {
			return err
		}
		if err := p.list(tx); err != nil {
			return err
		}
		if p.Polls, err = groupPolls(tx, groupID, true); err != nil {
			return err
		}
		open, err := openActions(tx, groupID)
		p.Open = len(open)
		for _, a := range open {
			if a.Overdue(tx.Now()) {
				p.Overdue++
			}
		}
		return err
	})
	return p, err
}

func (p *RecordsPage) list(tx *storage.Tx) error {
	now := tx.Now()
	all, err := meetingRecords.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("group_id", p.Group.ID)}, Sort: "-starts", Limit: recordsShown})
	if err != nil {
		return err
	}
	kept := map[string]bool{}
	for _, r := range all {
		kept[r.ID] = true
	}
	list, err := seriesOf.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("group_id", p.Group.ID)}})
	for _, s := range list {
		for _, m := range s.Meetings() {
			if !m.Cancelled && !kept[m.RecordID()] && m.Ends.After(now.Add(-recordsBack)) {
				all = append(all, recordFor(p.Group, m))
			}
		}
	}
	slices.SortStableFunc(all, func(a, b *MeetingRecord) int { return b.Starts.Compare(a.Starts) })
	for _, r := range all {
		if r.Planned() && r.Ends.After(now) {
			p.Ahead = append(p.Ahead, r)
		} else {
			p.Past = append(p.Past, r)
		}
	}
	slices.Reverse(p.Ahead)
	p.Ahead = p.Ahead[:min(len(p.Ahead), recordsAhead)]
	return err
}
