package scheduling

import "slices"

// A LabelGroup is a subject that a label for well-run clusters asks about. Its
// words stand under "label.group.KEY".
type LabelGroup struct {
	Key       string
	Questions []LabelQuestion
}

// A LabelQuestion is one question of the label, in our own words: they stand
// under "label.q.KEY", and what can prove the answer under "label.help.KEY".
type LabelQuestion struct {
	Key   string
	Group string
}

// labelGroups is the catalogue of questions, in its order. A key never changes:
// answers are kept under it.
var labelGroups = []LabelGroup{
	labelGroup("structure", "members", "kinds", "region", "research", "commitment", "stability"),
	labelGroup("governance", "type", "bodies", "team", "groups", "contacts", "partners"),
	labelGroup("financing", "sources", "horizon", "own_share", "control"),
	labelGroup("strategy", "process", "goals", "plan", "review", "measured", "needs", "services", "abroad", "communication"),
	labelGroup("results", "used", "outcomes", "satisfaction", "stories", "recognition"),
}

func labelGroup(key string, questions ...string) LabelGroup {
	g := LabelGroup{Key: key}
	for _, q := range questions {
		g.Questions = append(g.Questions, LabelQuestion{Key: key + "_" + q, Group: key})
	}
	return g
}

// LabelGroups are the questions of the label by their subjects.
func LabelGroups() []LabelGroup { return slices.Clone(labelGroups) }

// LabelQuestionOf gives a question by its key.
func LabelQuestionOf(key string) (LabelQuestion, bool) {
	for _, g := range labelGroups {
		for _, q := range g.Questions {
			if q.Key == key {
				return q, true
			}
		}
	}
	return LabelQuestion{}, false
}
