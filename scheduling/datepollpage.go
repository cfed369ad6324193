package scheduling

import (
	"context"
	"errors"
	"slices"
	"strings"

	"kohtaamo/storage"
)

// A PollPage is a date poll as somebody of its group may see it.
type PollPage struct {
	Group   *Group
	Cluster *Cluster
	Poll    *DatePoll
	Manage  bool      // they may change and close it
	Member  bool      // they are asked
	Me      *Voter    // what they said; nil where nothing
	Members []*Person // who is asked, by name
	Counts  []PollCount
	Silent  int // members who have not answered
}

// Poll shows one to the members of its group and to who plans its meetings.
func (d *Desk) Poll(ctx context.Context, by Actor, id string) (p *PollPage, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		p, err = pollPage(tx, by, id)
		return err
	})
	return p, err
}

func pollPage(tx *storage.Tx, by Actor, id string) (*PollPage, error) {
	poll, err := datePolls.Get(tx, id)
	if err != nil {
		return nil, err
	}
	m, err := meetingsOf(tx, by, poll.GroupID)
	if err != nil {
		return nil, err
	}
	p := &PollPage{Group: m.Group, Poll: poll, Manage: m.Manage, Member: m.Member, Me: poll.Voter(by.ID)}
	if p.Cluster, err = clusters.Get(tx, poll.ClusterID); err != nil {
		return nil, err
	}
	if p.Members, err = membersOf(tx, m.Group); err != nil {
		return nil, err
	}
	p.Counts, p.Silent = poll.Counts(m.Group.Members), len(poll.silent(m.Group.Members))
	return p, nil
}

// Said is what a member says about a time; "" for nothing.
func (p *PollPage) Said(personID, timeID string) GroupAnswer {
	if v := p.Poll.Voter(personID); v != nil {
		return v.Answers[timeID]
	}
	return ""
}

// membersOf are the members of a group by name; whoever was erased is not there.
func membersOf(tx *storage.Tx, g *Group) (out []*Person, err error) {
	for _, id := range g.Members {
		p, err := people.Get(tx, id)
		if errors.Is(err, storage.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	slices.SortStableFunc(out, func(a, b *Person) int { return strings.Compare(a.Sort, b.Sort) })
	return out, nil
}

// PollLink is the last part of the address where a member answers without
// signing in.
func (d *Desk) PollLink(p *DatePoll, personID string) string {
	return d.sign("poll", p.ID+"-"+personID, 0)
}

// PollByLink finds the poll of a link out of a mail, and whoever it was sent to
// as one who asks. Somebody who is no member any more finds nothing.
func (d *Desk) PollByLink(ctx context.Context, link string) (p *PollPage, by Actor, err error) {
	id, personID, ok := d.pairOf("poll", link)
	if !ok {
		return nil, by, errHidden
	}
	err = d.view(ctx, func(tx *storage.Tx) error {
		if by, err = linkedMember(tx, personID); err != nil {
			return err
		}
		p, err = pollPage(tx, by, id)
		return err
	})
	return p, by, err
}

// pairOf takes a signed link to a thing of one person apart.
func (d *Desk) pairOf(purpose, link string) (id, personID string, ok bool) {
	key, mac, ok := splitLink(link)
	if !ok || !d.signed(purpose, key, 0, mac) {
		return "", "", false
	}
	cut := strings.LastIndexByte(key, '-')
	if cut < 1 {
		return "", "", false
	}
	return key[:cut], key[cut+1:], true
}

// linkedMember is the person of a link, without any role that they have.
func linkedMember(tx *storage.Tx, personID string) (Actor, error) {
	p, err := people.Get(tx, personID)
	if err != nil {
		return Actor{}, err
	}
	return Actor{ID: p.ID, Name: p.Name, Email: p.Email, Lang: p.Lang, Via: "link"}, nil
}

// groupPolls are the polls of a group, the newest
// first; open ones alone if asked so.
func groupPolls(tx *storage.Tx, groupID string, open bool) ([]*DatePoll, error) {
	where := []storage.Cond{storage.Is("group_id", groupID)}
	if open {
		where = append(where, storage.Is("state", string(PollOpen)))
	}
	return datePolls.Find(tx, storage.Query{Where: where, Sort: "-asked_at", Limit: maxPolls})
}
