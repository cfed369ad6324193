package main

import (
	"context"
	"strconv"
	"strings"
	"time"

	"kohtaamo/scheduling"
)

// demoChains are those that the circular cluster has switched on before its
// first CircularArena, and one that waits for somebody to look at it.
var demoChains = map[string]bool{"practical": true, "after": true, "missed": false}

// planFollowUp plans the chains of the circular cluster, and the survey of its
// last CircularArena with what people answered.
func (d *demo) planFollowUp(arena *occasion) {
	for _, name := range scheduling.DefaultChains() {
		on, taken := demoChains[name]
		if !taken {
			continue
		}
		d.at(arena.published.Add(26*time.Hour), func(ctx context.Context) error {
			c, err := d.desk.CreateChain(ctx, arena.by, d.desk.DefaultChain(name, d.circular.ID))
			if err != nil || !on {
				return err
			}
			_, err = d.desk.SwitchChain(ctx, arena.by, c.ID, true)
			return err
		})
	}
	d.at(arena.event.Ends.Add(-3*time.Hour), func(ctx context.Context) error {
		if _, err := d.desk.StartSurvey(ctx, arena.by, arena.event.ID, ""); err != nil {
			return err
		}
		_, err := d.desk.SetSurvey(ctx, arena.by, arena.event.ID, scheduling.SurveyOpen)
		return err
	})
	for i := range arena.guests {
		if i%3 == 2 {
			continue // does not answer
		}
		d.at(arena.event.Ends.Add(time.Duration(18+5*i)*time.Hour), func(ctx context.Context) error { return arena.answers(ctx, i) })
	}
	d.at(arena.event.Ends.AddDate(0, 1, 0), func(ctx context.Context) error {
		_, err := d.desk.SetSurvey(ctx, arena.by, arena.event.ID, scheduling.SurveyClosed)
		return err
	})
}

// answers lets the i-th guest answer the survey, if they came.
func (o *occasion) answers(ctx context.Context, i int) error {
	p, err := o.d.desk.Registration(ctx, o.by, o.regs[i].ID)
	if err != nil || p.Registration.State != scheduling.Attended {
		return err
	}
	a := scheduling.Answers{"recommend": {strconv.Itoa([]int{9, 10, 8, 7, 9, 5, 10}[i%7])}, "useful": {[]string{"very", "very", "somewhat", "little"}[i%4]}}
	if i%4 == 0 {
		a["best"] = []string{map[string]string{"fi": "B2B-tapaamiset: kolme hyvää keskustelua samassa iltapäivässä.", "en": "The B2B meetings: three good conversations in one afternoon."}[o.guests[i].Lang]}
	}
	if i%6 == 1 {
		a["better"] = []string{map[string]string{"fi": "Enemmän aikaa työpajojen väliin.", "en": "More time between the workshops."}[o.guests[i].Lang]}
	}
	url := o.d.desk.SurveyURL(p.Registration)
	_, err = o.d.desk.AnswerSurvey(ctx, url[strings.LastIndex(url, "/")+1:], a)
	return err
}
