package scheduling

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"kohtaamo/scheduling/docx"
	"kohtaamo/storage"
	"kohtaamo/templates"
)

// LabelChoices are what a proof of a cluster can point to.
type LabelChoices struct {
	Indicators []Indicator
	Periods    []*ReportPeriod // of the cluster or of all, the latest first
	Years      []int           // this one and those before
	Plans      []*Plan
	Files      []*File  // of plans and groups, oldest first
	Events     []*Event // the latest first
	Records    []*MeetingRecord
}

// How many of each a form offers.
const (
	labelYears  = 5
	labelEvents = 100
)

// LabelQuestionPage is one question with its answer, its proofs, and what else
// could prove it.
type LabelQuestionPage struct {
	Cluster *Cluster
	Row     LabelRow
	Choices LabelChoices
}

// LabelQuestion shows a question of the label with what a cluster of by's answers.
func (d *Desk) LabelQuestion(ctx context.Context, by Actor, clusterID, question string) (page *LabelQuestionPage, err error) {
	err = d.view(ctx, func(tx *storage.Tx) error {
		a, err := labelAnswerIn(tx, by, clusterID, question)
		if err != nil {
			return err
		}
		page = &LabelQuestionPage{}
		if page.Cluster, err = clusters.Get(tx, a.ClusterID); err != nil {
			return err
		}
		q, _ := LabelQuestionOf(question)
		if page.Row, err = labelRow(tx, q, a); err != nil {
			return err
		}
		return page.Choices.read(tx, page.Cluster.ID)
	})
	if err == nil {
		err = d.countRow(ctx, by, page.Row, map[Scope]map[string]Figure{})
	}
	return page, err
}

func (c *LabelChoices) read(tx *storage.Tx, clusterID string) (err error) {
	c.Indicators = Indicators()
	this := tx.Now().In(zoneOf(HouseZone)).Year()
	for y := this; y > this-labelYears; y-- {
		c.Years = append(c.Years, y)
	}
	if c.Periods, err = reportPeriods.Find(tx, storage.Query{Sort: "-from"}); err != nil {
		return err
	}
	c.Periods = slices.DeleteFunc(c.Periods, func(p *ReportPeriod) bool { return p.ClusterID != clusterID })
	if c.Plans, err = plans.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("cluster_id", clusterID)}}); err != nil {
		return err
	}
	if err := c.files(tx, clusterID); err != nil {
		return err
	}
	c.Events, err = events.Find(tx, storage.Query{Sort: "-starts", Limit: labelEvents, Where: []storage.Cond{{Field: "cluster_ids", Op: storage.Has, Value: clusterID}, {Field: "starts", Op: storage.Lt, Value: tx.Now()}}})
	if err != nil {
		return err
	}
	c.Records, err = meetingRecords.Find(tx, storage.Query{Sort: "-starts", Limit: labelEvents, Where: []storage.Cond{storage.Is("cluster_id", clusterID)}})
	c.Records = slices.DeleteFunc(c.Records, func(m *MeetingRecord) bool { return m.State == RecordPlanned })
	return err
}

func (c *LabelChoices) files(tx *storage.Tx, clusterID string) error {
	for _, p := range c.Plans {
		list, err := filesOf(tx, planFiles, p.ID)
		if err != nil {
			return err
		}
		c.Files = append(c.Files, list...)
	}
	own, err := groups.Find(tx, storage.Query{Where: []storage.Cond{storage.Is("cluster_id", clusterID)}, Sort: "slug"})
	if err != nil {
		return err
	}
	for _, g := range own {
		list, err := filesOf(tx, "group", g.ID)
		if err != nil {
			return err
		}
		c.Files = append(c.Files, list...)
	}
	return nil
}

// FigureName is what an indicator is called.
func FigureName(l *templates.Lang, i Indicator) string { return figureName(l, i) }

// WriteLabel writes what a cluster answers to the label's questions for a word
// processor, each with its proofs.
func WriteLabel(w io.Writer, page *LabelPage, l *templates.Lang) error {
	name := page.Cluster.Name.In(l.Code())
	d := docx.Document{Title: l.Text("label.document", "cluster", name), Lang: l.Code(), Created: page.Cluster.Created}
	add := func(style docx.Style, text string) { d.Blocks = append(d.Blocks, docx.Block{Style: style, Text: text}) }
	add(docx.Note, l.Text("label.proven", "proven", page.Proven, "of", page.Of))
	for _, g := range page.Groups {
		add(docx.Heading, l.Text("label.group."+g.Key))
		for _, row := range g.Rows {
			add(docx.Normal, l.Text("label.q."+row.Question.Key))
			for _, text := range strings.Split(row.Answer.Answer, "\n\n") {
				add(docx.Note, templates.PlainText(text))
			}
			for _, s := range row.Proofs {
				add(docx.Normal, "– "+strings.Join(nonEmpty(s.Name(l), s.Value(l), s.Proof.Note), ": "))
			}
		}
	}
	if err := docx.Write(w, d); err != nil {
		return fmt.Errorf("write the label's questions: %w", err)
	}
	return nil
}
