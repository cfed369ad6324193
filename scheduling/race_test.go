//go:build race

package scheduling

import (
	"flag"
	"os"
	"testing"
)

// TestMain has properties tried less often under the race detector, which
// makes each try several times as slow; without it they are tried in full.
func TestMain(m *testing.M) {
	flag.Parse()
	for name, value := range map[string]string{"rapid.checks": "12", "rapid.steps": "15"} {
		if err := flag.Set(name, value); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}
