package scheduling

// QuestionKind is how a question is answered.
type QuestionKind string

// The kinds of question.
const (
	AskText   QuestionKind = "text"
	AskLong   QuestionKind = "long"
	AskChoice QuestionKind = "choice"
	AskMany   QuestionKind = "many"
	AskYesNo  QuestionKind = "yesno" // answered "yes" or "no"
)

// QuestionKinds are all of them, in the order of a form.
var QuestionKinds = []QuestionKind{AskText, AskLong, AskChoice, AskMany, AskYesNo}

// A Question is something an organiser asks of everybody who registers.
type Question struct {
	Key      string       `bson:"key" json:"key"` // stays when the label changes
	Kind     QuestionKind `bson:"kind" json:"kind"`
	Label    Text         `bson:"label" json:"label"`
	Help     Text         `bson:"help,omitempty" json:"help,omitempty"`
	Required bool         `bson:"required" json:"required"`
	Options  []Option     `bson:"options,omitempty" json:"options,omitempty"`
	When     *ShownWhen   `bson:"when,omitempty" json:"when,omitempty"`
}

// An Option is one answer to choose.
type Option struct {
	Key   string `bson:"key" json:"key"`
	Label Text   `bson:"label" json:"label"`
}

// ShownWhen shows a question only to those who gave one of the answers to an
// earlier question that they were shown.
type ShownWhen struct {
	Question string   `bson:"question" json:"question"`
	Is       []string `bson:"is" json:"is"`
}

// A ConsentAsk is one thing people may agree to, apart from all others.
type ConsentAsk struct {
	Purpose  string `bson:"purpose" json:"purpose"`
	Label    Text   `bson:"label" json:"label"`
	Required bool   `bson:"required" json:"required"`
}

// Answers are what one person said, by question key. A question with one
// answer has a list of one.
type Answers map[string][]string

// Shown are the questions of qs that somebody with these answers is asked.
func Shown(qs []Question, a Answers) []Question {
	var out []Question
	visible := map[string]bool{}
	for _, q := range qs {
		if q.When != nil && !(visible[q.When.Question] && overlap(a[q.When.Question], q.When.Is)) {
			continue
		}
		visible[q.Key] = true
		out = append(out, q)
	}
	return out
}

func overlap(a, b []string) bool {
	for _, x := range a {
		for _, y := range b {
			if x == y {
				return true
			}
		}
	}
	return false
}
