package scheduling

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"kohtaamo/storage"
	"kohtaamo/templates"
)

// A ShownProof is a proof with what it points to, as it is now.
type ShownProof struct {
	Proof  LabelProof
	Gone   bool   // it is there no more, and proves nothing
	Label  Text   // what it is called; of an indicator nothing: see IndicatorOf
	Part   string // a section's heading, a period's name or a year
	Path   string // where to look at it
	When   time.Time
	Zone   string
	Figure *Figure // of an indicator, where it was counted
	scope  Scope
}

// showProof finds what a proof of a's points to. What belongs to another cluster
// is not there.
func showProof(tx *storage.Tx, a *LabelAnswer, p LabelProof) (s ShownProof, err error) {
	s = ShownProof{Proof: p, Zone: HouseZone}
	switch p.Kind {
	case ProofIndicator:
		err = s.indicator(tx, a)
	case ProofSection:
		err = s.section(tx, a)
	case ProofFile:
		err = s.file(tx, a)
	case ProofEvent:
		err = s.event(tx, a)
	case ProofRecord:
		err = s.record(tx, a)
	default:
		s.Gone = true
	}
	if IsHidden(err) {
		s.Gone, err = true, nil
	}
	return s, err
}

func (s *ShownProof) indicator(tx *storage.Tx, a *LabelAnswer) error {
	if _, known := IndicatorOf(s.Proof.Ref); !known {
		return errHidden
	}
	s.scope = Scope{ClusterID: a.ClusterID}
	if year, err := strconv.Atoi(s.Proof.Part); err == nil && year >= 1990 && year < 2200 {
		s.scope.From, s.scope.Until, s.Part = yearBegins(year), yearBegins(year+1), s.Proof.Part
		s.Path = fmt.Sprintf("/organise/figures/%s?cluster=%s&year=%d-01-01/%d-12-31", s.Proof.Ref, a.ClusterID, year, year)
		return nil
	}
	r, err := reportPeriods.Get(tx, s.Proof.Part)
	if err != nil {
		return err
	}
	if r.ClusterID != "" && r.ClusterID != a.ClusterID {
		return errHidden
	}
	s.scope.From, s.scope.Until, s.scope.ProjectID, s.Part = r.From, r.Until, r.ProjectID, r.Name
	s.Path = "/organise/reports/" + r.ID
	return nil
}

// yearBegins is the first moment of a year on the house's clock.
func yearBegins(year int) time.Time {
	return time.Date(year, 1, 1, 0, 0, 0, 0, zoneOf(HouseZone)).UTC()
}

func (s *ShownProof) section(tx *storage.Tx, a *LabelAnswer) error {
	p, err := plans.Get(tx, s.Proof.Ref)
	if err != nil {
		return err
	}
	x, there := p.Section(s.Proof.Part)
	if p.ClusterID != a.ClusterID || !there {
		return errHidden
	}
	s.Label, s.Part, s.Path = Text{p.Lang: p.Title}, x.Title, "/organise/plans/"+p.ID+"#s-"+x.ID
	return nil
}

func (s *ShownProof) file(tx *storage.Tx, a *LabelAnswer) error {
	x, err := fileOfCluster(tx, a, s.Proof.Ref)
	if err != nil {
		return err
	}
	s.Label, s.When = Text{"en": x.Name}, x.At
	s.Path = "/organise/label/" + a.ClusterID + "/" + a.Question + "/proofs/" + s.Proof.ID
	return nil
}

// fileOfCluster is a file of a's question, or of a plan, a group or a meeting of
// a's cluster.
func fileOfCluster(tx *storage.Tx, a *LabelAnswer, id string) (*File, error) {
	x, err := files.Get(tx, id)
	if err != nil {
		return nil, err
	}
	clusterID := ""
	switch x.OwnerKind {
	case labelFiles:
		if x.OwnerID == a.ID {
			clusterID = a.ClusterID
		}
	case planFiles:
		p, err := plans.Get(tx, x.OwnerID)
		if err != nil {
			return nil, err
		}
		clusterID = p.ClusterID
	case "group":
		g, err := groups.Get(tx, x.OwnerID)
		if err != nil {
			return nil, err
		}
		clusterID = g.ClusterID
	case "meeting":
		m, err := meetingRecords.Get(tx, x.OwnerID)
		if err != nil {
			return nil, err
		}
		clusterID = m.ClusterID
	}
	if clusterID != a.ClusterID {
		return nil, errHidden
	}
	return x, nil
}

func (s *ShownProof) event(tx *storage.Tx, a *LabelAnswer) error {
	e, err := events.Get(tx, s.Proof.Ref)
	if err != nil {
		return err
	}
	if !slices.Contains(e.ClusterIDs, a.ClusterID) {
		return errHidden
	}
	s.Label, s.When, s.Zone, s.Path = e.Title, e.Starts, e.Zone, "/organise/events/"+e.ID
	return nil
}

func (s *ShownProof) record(tx *storage.Tx, a *LabelAnswer) error {
	m, err := meetingRecords.Get(tx, s.Proof.Ref)
	if err != nil {
		return err
	}
	if m.ClusterID != a.ClusterID {
		return errHidden
	}
	s.Label, s.When, s.Zone, s.Path = m.Title, m.Starts, m.Zone, "/groups/"+m.GroupID
	return nil
}

// Name is what a proof is called.
func (s ShownProof) Name(l *templates.Lang) string {
	switch {
	case s.Gone:
		return l.Text("label.proof_gone")
	case s.Proof.Kind == ProofIndicator:
		i, _ := IndicatorOf(s.Proof.Ref)
		return figureName(l, i) + ", " + s.Part
	case s.Part != "":
		return s.Label.In(l.Code()) + ": " + s.Part
	}
	return s.Label.In(l.Code())
}

// Value is what an indicator among the proofs comes to; "" where it was not counted.
func (s ShownProof) Value(l *templates.Lang) string {
	if s.Figure == nil {
		return ""
	}
	i, _ := IndicatorOf(s.Figure.Key)
	return figureText(l, i, *s.Figure)
}

// A LabelRow is a question with its answer and how many proofs it has.
type LabelRow struct {
	Question LabelQuestion
	Answer   *LabelAnswer // an empty one where nobody has answered yet
	Proofs   []ShownProof
	Proven   int // proofs that are there
}

// A LabelPage is all questions of the label with what a cluster answers.
type LabelPage struct {
	Cluster *Cluster
	Groups  []LabelSubject
	Proven  int // questions with a proof
	Of      int
}

// A LabelSubject is a group of questions with what is answered.
type LabelSubject struct {
	Key    string
	Rows   []LabelRow
	Proven int
}

// Label shows what a cluster of by's answers to the questions of the label.
// With counted, each indicator among the proofs has its figure.
func (d *Desk) Label(ctx context.Context, by Actor, clusterID string, counted bool) (page *LabelPage, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		page = &LabelPage{}
		if page.Cluster, err = ownCluster(tx, by, clusterID); err != nil {
			return err
		}
		found, err := labelAnswers.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("cluster_id", page.Cluster.ID)}})
		if err != nil {
			return err
		}
		answers := map[string]*LabelAnswer{}
		for _, a := range found {
			answers[a.Question] = a
		}
		return page.read(tx, answers)
	})
	if err == nil && counted {
		err = d.countProofs(ctx, by, page)
	}
	return page, err
}

func (page *LabelPage) read(tx *storage.Tx, answers map[string]*LabelAnswer) error {
	for _, g := range labelGroups {
		x := LabelSubject{Key: g.Key}
		for _, q := range g.Questions {
			a := answers[q.Key]
			if a == nil {
				a = &LabelAnswer{ClusterID: page.Cluster.ID, Question: q.Key}
			}
			row, err := labelRow(tx, q, a)
			if err != nil {
				return err
			}
			if row.Proven > 0 {
				x.Proven++
			}
			x.Rows = append(x.Rows, row)
		}
		page.Groups, page.Proven, page.Of = append(page.Groups, x), page.Proven+x.Proven, page.Of+len(x.Rows)
	}
	return nil
}

func labelRow(tx *storage.Tx, q LabelQuestion, a *LabelAnswer) (LabelRow, error) {
	row := LabelRow{Question: q, Answer: a}
	for _, p := range a.Proofs {
		s, err := showProof(tx, a, p)
		if err != nil {
			return row, err
		}
		if !s.Gone {
			row.Proven++
		}
		row.Proofs = append(row.Proofs, s)
	}
	return row, nil
}

// countProofs counts the indicators among the proofs, each scope once.
func (d *Desk) countProofs(ctx context.Context, by Actor, page *LabelPage) error {
	counted := map[Scope]map[string]Figure{}
	for _, g := range page.Groups {
		for _, row := range g.Rows {
			if err := d.countRow(ctx, by, row, counted); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d *Desk) countRow(ctx context.Context, by Actor, row LabelRow, counted map[Scope]map[string]Figure) error {
	for i := range row.Proofs {
		s := &row.Proofs[i]
		if s.Gone || s.Proof.Kind != ProofIndicator {
			continue
		}
		if counted[s.scope] == nil {
			list, err := d.Figures(ctx, by, s.scope)
			if err != nil {
				return err
			}
			counted[s.scope] = map[string]Figure{}
			for _, f := range list {
				counted[s.scope][f.Key] = f
			}
		}
		if f, ok := counted[s.scope][s.Proof.Ref]; ok {
			s.Figure = &f
		}
	}
	return nil
}
