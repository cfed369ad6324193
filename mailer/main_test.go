package mailer

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"testing"

	"kohtaamo/mailer/mailtest"
)

// TestMain is a sink instead of tests where a benchmark started it as one. It has
// properties tried less often under the race detector; without it they are tried
// in full.
func TestMain(m *testing.M) {
	if os.Getenv("KOHTAAMO_TEST_SINK") == "" {
		flag.Parse()
		if err := fewerChecks(); err != nil {
			panic(err)
		}
		os.Exit(m.Run())
	}
	if err := mailtest.Run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func fewerChecks() error {
	if !raceDetector {
		return nil
	}
	return errors.Join(flag.Set("rapid.checks", "20"), flag.Set("rapid.steps", "15"))
}

// newProgram starts a sink in a process of its own.
func newProgram(b testing.TB, cfg mailtest.Config) *mailtest.Program {
	b.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "KOHTAAMO_TEST_SINK=1")
	p, err := mailtest.StartProgram(cmd, cfg)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(p.Close)
	return p
}
