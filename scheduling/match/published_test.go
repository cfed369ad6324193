package match_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// infeasible is the published result of an instance without a schedule.
const infeasible = -1

// published are the results of the public benchmark by name: the fewest gaps.
func published(t testing.TB) map[string]int {
	t.Helper()
	files := instances(t)
	f, err := os.Open(filepath.Join(filepath.Dir(filepath.Dir(files[0])), "optima.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	table := csv.NewReader(f)
	table.Comma = '\t'
	rows, err := table.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	optima := map[string]int{}
	for _, row := range rows[1:] {
		optima[row[0]] = infeasible
		if row[1] == "optimal" {
			if optima[row[0]], err = strconv.Atoi(row[2]); err != nil {
				t.Fatal(err)
			}
		}
	}
	return optima
}
