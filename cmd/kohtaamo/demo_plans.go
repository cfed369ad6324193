package main

import (
	"context"
	"fmt"
	"time"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// planPlans has a strategy written in three versions, a plan with owners, last
// year's report, and half of the label's questions answered.
func (d *demo) planPlans() {
	d.planStrategy()
	d.planImplementation()
	d.planReport()
	d.planLabel()
}

// writePlan writes sections of a plan by their place.
func (d *demo) writePlan(ctx context.Context, by scheduling.Actor, id string, bodies map[int]string) error {
	for at := range 10 {
		body, wanted := bodies[at]
		if !wanted {
			continue
		}
		page, err := d.desk.Plan(ctx, by, id)
		if err != nil {
			return err
		}
		s := page.Plan.Sections[at]
		s.Body = body
		if _, err := d.desk.WriteSection(ctx, by, id, page.Plan.Rev, s); err != nil {
			return err
		}
	}
	return nil
}

// keepPlan keeps what stands in a plan, and has it approved if a note says by whom.
func (d *demo) keepPlan(ctx context.Context, by scheduling.Actor, id, note, approved string) error {
	page, err := d.desk.Plan(ctx, by, id)
	if err != nil {
		return err
	}
	v, err := d.desk.KeepPlan(ctx, by, id, page.Plan.Rev, note)
	if err != nil || approved == "" {
		return err
	}
	if page, err = d.desk.Plan(ctx, by, id); err != nil {
		return err
	}
	_, err = d.desk.ApprovePlan(ctx, by, id, page.Plan.Rev, v.Version, approved)
	return err
}

var (
	demoStrategy = storage.NewID()
	demoYearPlan = storage.NewID()
)

func (d *demo) planStrategy() {
	by := d.staff.helena
	d.at(d.day(-300, "10:00"), func(ctx context.Context) error {
		in := &scheduling.Plan{ClusterID: d.automotive.ID, Kind: scheduling.PlanStrategy, Lang: "en", Title: "Strategy of the automotive cluster 2030"}
		in.ID = demoStrategy
		if _, err := d.desk.CreatePlan(ctx, by, in); err != nil {
			return err
		}
		err := d.writePlan(ctx, by, in.ID, map[int]string{
			0: "Oulu has some 130 companies that make software, sensors and radio for vehicles, and the research to go with them.",
			1: "By 2030 ten members deliver to a European vehicle maker.\n\n- one joint offer a year\n- two delegations a year",
		})
		if err != nil {
			return err
		}
		return d.keepPlan(ctx, by, in.ID, "First draft after the members' workshop", "")
	})
	d.at(d.day(-240, "10:00"), func(ctx context.Context) error {
		err := d.writePlan(ctx, by, demoStrategy, map[int]string{
			1: "By 2030 fifteen members deliver to a European vehicle maker.\n\n- one joint offer a year\n- two delegations a year\n- a working group for each target market",
			2: "Connected driving, cold-climate testing, and batteries that last in frost.",
			4: "Spain and France first: both buy what we test. Portugal and Italy follow.",
		})
		if err != nil {
			return err
		}
		return d.keepPlan(ctx, by, demoStrategy, "Target markets named, goal raised", "Steering group, spring meeting")
	})
	d.at(d.day(-60, "10:00"), func(ctx context.Context) error {
		err := d.writePlan(ctx, by, demoStrategy, map[int]string{
			3: "Matchmaking, delegations, a test-site finder, and a newsletter that says what is on.",
			6: "Figures are looked at every half year; this strategy is reviewed every autumn.",
		})
		if err != nil {
			return err
		}
		return d.keepPlan(ctx, by, demoStrategy, "Services and follow-up after the autumn review", "")
	})
}

func (d *demo) planImplementation() {
	by := d.staff.helena
	d.at(d.day(-200, "10:00"), func(ctx context.Context) error {
		in := &scheduling.Plan{ClusterID: d.automotive.ID, Kind: scheduling.PlanImplementation, Lang: "en", Title: "What we do this year"}
		in.ID = demoYearPlan
		if _, err := d.desk.CreatePlan(ctx, by, in); err != nil {
			return err
		}
		if err := d.writePlan(ctx, by, in.ID, map[int]string{0: "A second delegation to Spain, and one joint offer that is sent."}); err != nil {
			return err
		}
		for _, x := range []struct {
			what, owner string
			days        int
			state       scheduling.ActionState
			note        string
		}{
			{"Visit all test sites with two members each", d.staff.aino.Email, -120, scheduling.ActionDone, "Four sites, nine members."},
			{"Ask members which fairs they want to share a stand at", d.staff.mikko.Email, -20, scheduling.ActionOpen, ""},
			{"Agree on the joint offer for cold-climate tests", d.staff.aino.Email, 40, scheduling.ActionOpen, ""},
			{"Translate the test-site finder into Spanish", "", 90, scheduling.ActionOpen, ""},
		} {
			item := &scheduling.PlanItem{PlanID: in.ID, What: x.what, Due: d.day(x.days, "9:00").In(d.zone).Format(time.DateOnly), State: x.state, Note: x.note}
			if _, err := d.desk.SavePlanItem(ctx, by, item, x.owner); err != nil {
				return fmt.Errorf("%s: %w", x.what, err)
			}
		}
		return d.keepPlan(ctx, by, in.ID, "As the steering group saw it", "Steering group, spring meeting")
	})
}

// planReport writes the report of the year before.
func (d *demo) planReport() {
	d.at(d.day(-2, "14:00"), func(ctx context.Context) error {
		for i, part := range []scheduling.ReportPart{
			{ID: "summary", Title: tr("Summary", "Tiivistelmä"), Body: tr("The year brought members together in Oulu and on the road.", "Vuosi toi jäsenet yhteen Oulussa ja matkoilla.")},
			{ID: "lessons", Title: tr("What we learned", "Mitä opimme"), Body: tr("Small rounds of meetings lead further than large ones.", "Pienet tapaamiskierrokset vievät pidemmälle kuin suuret.")},
		} {
			if err := d.desk.WriteReport(ctx, d.staff.helena, d.lastYear.ID, int64(i), part); err != nil {
				return err
			}
		}
		return nil
	})
}

// planLabel answers half of the label's questions, each with a proof.
func (d *demo) planLabel() {
	by := d.staff.helena
	d.at(d.day(-1, "10:00"), func(ctx context.Context) error {
		cluster, year := d.automotive.ID, fmt.Sprint(d.today.In(d.zone).Year())
		page, err := d.desk.Plan(ctx, by, demoStrategy)
		if err != nil {
			return err
		}
		section := func(n int) scheduling.LabelProof {
			return scheduling.LabelProof{Kind: scheduling.ProofSection, Ref: demoStrategy, Part: page.Plan.Sections[n].ID}
		}
		figure := func(key string) scheduling.LabelProof {
			return scheduling.LabelProof{Kind: scheduling.ProofIndicator, Ref: key, Part: year}
		}
		for _, x := range []struct {
			question, answer string
			proof            scheduling.LabelProof
		}{
			{"structure_members", "Companies join with a written agreement; the page of the cluster says how.", figure("members")},
			{"structure_kinds", "Most are small; a tenth is research.", figure("members")},
			{"governance_type", "A cluster of technology companies, run by the city's business agency.", section(0)},
			{"governance_groups", "", figure("events")},
			{"strategy_process", "Written with members in a workshop, then in the steering group.", section(1)},
			{"strategy_goals", "Fifteen members deliver to a European vehicle maker by 2030.", section(1)},
			{"strategy_review", "Every autumn.", section(6)},
			{"strategy_services", "", section(3)},
			{"strategy_abroad", "Delegations to Spain and France.", section(4)},
			{"strategy_communication", "", section(3)},
			{"results_used", "", figure("participants")},
		} {
			if x.answer != "" {
				if _, err := d.desk.AnswerLabel(ctx, by, cluster, x.question, 0, x.answer); err != nil {
					return err
				}
			}
			if _, err := d.desk.AddProof(ctx, by, cluster, x.question, x.proof); err != nil {
				return fmt.Errorf("%s: %w", x.question, err)
			}
		}
		_, err = d.desk.AnswerLabel(ctx, by, cluster, "financing_sources", 0, "The city pays the team; projects pay what is new.")
		return err
	})
}
