package sat

import (
	"bufio"
	"io"
	"strconv"
)

// A proofWriter writes down what the solver is told and what it concludes:
//
//	i 1 -2 0    a clause it was given
//	l 1 0       a clause that follows from those before it
//	d 1 -2 0    a clause that it uses no more
//
// It is the DRAT format (Wetzler, Heule, Hunt, "DRAT-trim", 2014) with the
// formula in the proof, since an incremental solver is told more of it as it
// goes on (as in Fazekas et al., "Certifying incremental SAT solving", 2024).
// All methods do nothing on nil: no proof was asked for.
type proofWriter struct {
	w   *bufio.Writer
	buf []byte
}

func newProofWriter(w io.Writer) *proofWriter { return &proofWriter{w: bufio.NewWriter(w)} }

func (p *proofWriter) input(clause []Lit) {
	if p != nil {
		p.line('i', clause)
	}
}

func (p *proofWriter) lemma(clause []lit) {
	if p != nil {
		p.line('l', outsides(clause))
	}
}

func (p *proofWriter) remove(clause []lit) {
	if p != nil {
		p.line('d', outsides(clause))
	}
}

// refute writes that the literals cannot all hold.
func (p *proofWriter) refute(core []Lit) {
	if p == nil {
		return
	}
	clause := make([]Lit, len(core))
	for i, l := range core {
		clause[i] = -l
	}
	p.line('l', clause)
}

func (p *proofWriter) line(kind byte, clause []Lit) {
	p.buf = append(p.buf[:0], kind, ' ')
	for _, l := range clause {
		p.buf = append(strconv.AppendInt(p.buf, int64(l), 10), ' ')
	}
	p.w.Write(append(p.buf, '0', '\n')) // the writer keeps its first error for flush
}

func (p *proofWriter) flush() error {
	if p == nil {
		return nil
	}
	return p.w.Flush()
}

func outsides(clause []lit) []Lit {
	ls := make([]Lit, len(clause))
	for i, l := range clause {
		ls[i] = l.outside()
	}
	return ls
}
