package scheduling

// A default chain is one that most clusters want. Nothing of it is stored until
// an organiser takes it, and it is off until they switch it on.

// A defaultStep is a step of a default chain; its words stand under
// "chain.default.NAME" in templates/locales.
type defaultStep struct {
	name string
	step ChainStep
}

type defaultChain struct {
	name          string
	trigger       Trigger
	untilAnswered bool
	steps         []defaultStep
}

var defaultChains = []defaultChain{
	{"practical", OnConfirmed, false, []defaultStep{
		{"practical", ChainStep{When: StepTime{Anchor: FromStart, Before: true, Days: 7, At: "09:00"}, Late: true}},
	}},
	{"after", OnCheckedIn, true, []defaultStep{
		{"thanks_survey", ChainStep{When: StepTime{Anchor: FromEnd, Hours: 2}, Ask: true, Instead: true}},
		{"thanks", ChainStep{When: StepTime{Anchor: FromEnd, Hours: 2}, Only: StepOnly{Survey: "none"}, Instead: true}},
		{"survey_again", ChainStep{When: StepTime{Anchor: FromEnd, Days: 5, At: "09:00"}, Ask: true}},
	}},
	{"missed", OnNoShow, false, []defaultStep{
		{"missed", ChainStep{When: StepTime{Anchor: FromEnd, Days: 1, At: "09:00"}, Instead: true}},
	}},
	{"next_step", OnHeld, true, []defaultStep{
		{"next_step", ChainStep{When: StepTime{Anchor: FromTrigger, Days: 21, At: "09:00"}, Only: StepOnly{Survey: "unanswered"}}},
	}},
	{"returned", OnReturned, false, []defaultStep{
		{"trip_week", ChainStep{When: StepTime{Anchor: FromTrigger, Days: 7, At: "09:00"}}},
		{"trip_month", ChainStep{When: StepTime{Anchor: FromTrigger, Months: 1, At: "09:00"}}},
		{"trip_quarter", ChainStep{When: StepTime{Anchor: FromTrigger, Months: 3, At: "09:00"}}},
		{"trip_half", ChainStep{When: StepTime{Anchor: FromTrigger, Months: 6, At: "09:00"}}},
		{"trip_year", ChainStep{When: StepTime{Anchor: FromTrigger, Months: 12, At: "09:00"}}},
	}},
	{"welcome", OnJoined, false, []defaultStep{
		{"welcome", ChainStep{When: StepTime{Anchor: FromTrigger}}},
	}},
}

// DefaultChains are the names of the chains that a cluster can take.
func DefaultChains() (names []string) {
	for _, c := range defaultChains {
		names = append(names, c.name)
	}
	return names
}

// DefaultChain is one of DefaultChains for a cluster, in every language, not
// stored; nil if there is none of that name.
func (d *Desk) DefaultChain(name, clusterID string) *Chain {
	for _, def := range defaultChains {
		if def.name != name {
			continue
		}
		c := &Chain{ClusterID: clusterID, Name: d.inLangs("chain.default." + name + ".name"), Trigger: def.trigger, UntilAnswered: def.untilAnswered}
		var args []any // a field stands for itself
		for _, field := range def.trigger.Fields() {
			args = append(args, field, "{{"+field+"}}")
		}
		for _, s := range def.steps {
			step, key := s.step, "chain.default."+s.name
			step.ID = s.name
			step.Subject, step.Body = d.inLangs(key+".subject", args...), d.inLangs(key+".body", args...)
			c.Steps = append(c.Steps, step)
		}
		return c
	}
	return nil
}
