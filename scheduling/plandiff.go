package scheduling

import (
	"slices"
	"strings"
	"unicode"
)

// A DiffOp says what became of a piece of text.
type DiffOp string

// The operations.
const (
	DiffSame DiffOp = "same"
	DiffOut  DiffOp = "out" // is in the older text only
	DiffIn   DiffOp = "in"  // is in the newer text only
)

// A DiffPart is a piece of a text and what became of it.
type DiffPart struct {
	Op   DiffOp
	Text string
}

// A SectionDiff says what became of a section between two versions.
type SectionDiff struct {
	Op      DiffOp // DiffSame where both have it
	Changed bool   // its words are not the same
	Moved   bool   // it stands elsewhere among those that both have
	Title   []DiffPart
	Body    []DiffPart
}

// A TaskDiff says what became of an item between two versions. What and whom it
// is about tells items apart; the newer one is shown.
type TaskDiff struct {
	Op   DiffOp
	Task PlanTask
	Was  *PlanTask // as it stood, where its day, its owner or its state is another now
}

// A PlanDiff is what changed between two versions of a plan.
type PlanDiff struct {
	From, To *PlanVersion
	Title    []DiffPart
	Sections []SectionDiff // in the order of the newer version; what left stands where it stood
	Items    []TaskDiff
}

// Same reports whether nothing changed.
func (d *PlanDiff) Same() bool {
	return d.From.Title == d.To.Title &&
		!slices.ContainsFunc(d.Sections, func(s SectionDiff) bool { return s.Op != DiffSame || s.Changed || s.Moved }) &&
		!slices.ContainsFunc(d.Items, func(t TaskDiff) bool { return t.Op != DiffSame || t.Was != nil })
}

// Compare says what changed from one version of a plan to another.
func Compare(from, to *PlanVersion) *PlanDiff {
	d := &PlanDiff{From: from, To: to, Title: diffWords(from.Title, to.Title), Items: diffTasks(from.Items, to.Items)}
	older, newer := sectionIDs(from), sectionIDs(to)
	stay := inPlace(older, newer)
	for i, s := range to.Sections {
		at := slices.Index(older, newer[i])
		if at < 0 {
			d.Sections = append(d.Sections, SectionDiff{Op: DiffIn, Title: diffWords("", s.Title), Body: diffText("", s.Body)})
			continue
		}
		d.left(from, newer, at)
		o := from.Sections[at]
		d.Sections = append(d.Sections, SectionDiff{Op: DiffSame, Changed: o != s, Moved: !slices.Contains(stay, s.ID),
			Title: diffWords(o.Title, s.Title), Body: diffText(o.Body, s.Body)})
	}
	d.left(from, newer, len(older))
	return d
}

// left adds the sections that stood right before a place and are in the newer
// version no more.
func (d *PlanDiff) left(from *PlanVersion, newer []string, at int) {
	first := at
	for first > 0 && !slices.Contains(newer, from.Sections[first-1].ID) {
		first--
	}
	for _, s := range from.Sections[first:at] {
		d.Sections = append(d.Sections, SectionDiff{Op: DiffOut, Title: diffWords(s.Title, ""), Body: diffText(s.Body, "")})
	}
}

func sectionIDs(v *PlanVersion) (ids []string) {
	for _, s := range v.Sections {
		ids = append(ids, s.ID)
	}
	return ids
}

// inPlace are the sections that both versions have in the same order.
func inPlace(older, newer []string) (ids []string) {
	line := func(ids []string) (out []string) {
		for _, id := range ids {
			out = append(out, id+"\n")
		}
		return out
	}
	for _, p := range diff(line(older), line(newer)) {
		if p.Op == DiffSame {
			ids = append(ids, strings.Fields(p.Text)...)
		}
	}
	return ids
}

// diffTasks pairs items that say the same.
func diffTasks(from, to []PlanTask) (out []TaskDiff) {
	rest := slices.Clone(from)
	for _, t := range to {
		i := slices.IndexFunc(rest, func(o PlanTask) bool { return o.What == t.What })
		if i < 0 {
			out = append(out, TaskDiff{Op: DiffIn, Task: t})
			continue
		}
		x := TaskDiff{Op: DiffSame, Task: t}
		if was := rest[i]; was != t {
			x.Was = &was
		}
		out, rest = append(out, x), slices.Delete(rest, i, i+1)
	}
	for _, o := range rest {
		out = append(out, TaskDiff{Op: DiffOut, Task: o})
	}
	return out
}

// diffText compares texts line by line, and what replaces each other word by word.
func diffText(from, to string) (out []DiffPart) {
	lines := diff(strings.SplitAfter(from, "\n"), strings.SplitAfter(to, "\n"))
	for i := 0; i < len(lines); i++ {
		if i+1 < len(lines) && lines[i].Op == DiffOut && lines[i+1].Op == DiffIn {
			for _, p := range diffWords(lines[i].Text, lines[i+1].Text) {
				out = grown(out, p.Op, p.Text)
			}
			i++
			continue
		}
		out = grown(out, lines[i].Op, lines[i].Text)
	}
	return out
}

func diffWords(from, to string) []DiffPart { return diff(diffTokens(from), diffTokens(to)) }

// diffTokens are the words of a text and what stands between them.
func diffTokens(s string) (out []string) {
	begin, kind := 0, -1
	for i, r := range s {
		k := 2
		switch {
		case unicode.IsSpace(r):
			k = 0
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r):
			k = 1
		}
		if (k != kind || k == 2) && i > begin {
			out, begin = append(out, s[begin:i]), i
		}
		kind = k
	}
	if begin < len(s) {
		out = append(out, s[begin:])
	}
	return out
}

// diffCells is how much work one comparison may be; beyond it everything between
// the first and the last change is shown as replaced.
const diffCells = 2_000_000

// diff compares two lists by their longest common subsequence. The parts that
// are not DiffIn make up the first list, those that are not DiffOut the second.
func diff(a, b []string) (out []DiffPart) {
	head := 0
	for head < min(len(a), len(b)) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < min(len(a), len(b))-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	out = grown(out, DiffSame, strings.Join(a[:head], ""))
	for _, p := range diffMiddle(a[head:len(a)-tail], b[head:len(b)-tail]) {
		out = grown(out, p.Op, p.Text)
	}
	return grown(out, DiffSame, strings.Join(a[len(a)-tail:], ""))
}

func diffMiddle(a, b []string) (out []DiffPart) {
	if len(a)*len(b) > diffCells {
		return []DiffPart{{DiffOut, strings.Join(a, "")}, {DiffIn, strings.Join(b, "")}}
	}
	wide := len(b) + 1
	common := make([]int32, (len(a)+1)*wide) // of a[i:] and b[j:], how many are the same
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				common[i*wide+j] = common[(i+1)*wide+j+1] + 1
			} else {
				common[i*wide+j] = max(common[(i+1)*wide+j], common[i*wide+j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			out = grown(out, DiffSame, a[i])
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && common[(i+1)*wide+j] >= common[i*wide+j+1]:
			out = grown(out, DiffOut, a[i])
			i++
		default:
			out = grown(out, DiffIn, b[j])
			j++
		}
	}
	return out
}

// grown puts a piece behind parts, into the last one if that is of its kind.
func grown(parts []DiffPart, op DiffOp, text string) []DiffPart {
	if text == "" {
		return parts
	}
	if n := len(parts); n > 0 && parts[n-1].Op == op {
		parts[n-1].Text += text
		return parts
	}
	return append(parts, DiffPart{op, text})
}
