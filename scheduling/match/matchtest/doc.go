// Package matchtest makes rounds of B2B meetings for tests and measurements of
// the solver, and solves tiny ones by trying everything.
//
// [Small] draws problems with every feature of the format that [Best] can solve
// by brute force, in a way of its own: it shares no code with the solver or its
// judge. [Round] makes large ones as events have them, the same for the same
// seed. Only tests and benchmarks use this package; a test inside of package
// match cannot, so what it looks at there is exported by a file export_test.go.
package matchtest
