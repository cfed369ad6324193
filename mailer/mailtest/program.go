package mailtest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
)

// A Report is what a sink in a process of its own tells.
type Report struct {
	Counts Counts
	Keys   int // different mails that were taken
	Most   int // how often the one was that came most often
}

// Run is the whole program of a sink in a process of its own: it reads its Config
// from the first line, writes its address, and answers each further line, which
// holds the faults from then on, with a Report.
func Run(in io.Reader, out io.Writer) error {
	lines, answers := json.NewDecoder(bufio.NewReader(in)), json.NewEncoder(out)
	var cfg Config
	if err := lines.Decode(&cfg); err != nil {
		return err
	}
	s, err := Start(cfg)
	if err != nil {
		return err
	}
	defer s.Close()
	if err := answers.Encode(s.Addr()); err != nil {
		return err
	}
	for {
		var f Faults
		if err := lines.Decode(&f); err != nil {
			return nil // whoever started it is gone
		}
		s.SetFaults(f)
		if err := answers.Encode(s.report()); err != nil {
			return err
		}
	}
}

func (s *Sink) report() Report {
	r := Report{Counts: s.Counts()}
	for _, n := range s.Deliveries() {
		r.Keys++
		r.Most = max(r.Most, n)
	}
	return r
}

// A Program is a sink in a process of its own, whose work is not counted with
// that of whoever sends to it.
type Program struct {
	cmd     *exec.Cmd
	in      *json.Encoder
	out     *json.Decoder
	closers []io.Closer
	Addr    string
}

// StartProgram starts one: cmd has to be a program that calls Run.
func StartProgram(cmd *exec.Cmd, cfg Config) (*Program, error) {
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &Program{cmd: cmd, in: json.NewEncoder(in), out: json.NewDecoder(out), closers: []io.Closer{in}}
	if err := p.in.Encode(cfg); err != nil {
		return nil, err
	}
	if err := p.out.Decode(&p.Addr); err != nil {
		return nil, fmt.Errorf("the sink said no address: %w", err)
	}
	return p, nil
}

// Report puts faults in force and tells what happened so far.
func (p *Program) Report(f Faults) (r Report, err error) {
	if err := p.in.Encode(f); err != nil {
		return r, err
	}
	return r, p.out.Decode(&r)
}

// Close ends the program.
func (p *Program) Close() {
	for _, c := range p.closers {
		c.Close()
	}
	_ = p.cmd.Wait()
}
