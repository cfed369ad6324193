// Package jobs runs the work that comes with time: plain functions of a moment,
// by the clock, by hand, or by a test.
//
// A [Job] has a name, a schedule and a function. The times of a schedule are
// its slots. However many servers share a database, each slot has one [Run],
// and one run of a job at a time: whoever runs it holds the job's lease, which
// it renews while it works. If a server dies, its lease runs out and another
// server takes the run over; if all servers were down, the last slot of the
// past day is made up for at the next start. So a function may be cut short at
// any moment and be called again: it must ask what is due, and do it in steps
// that each can be repeated.
//
// Leases compare the clocks of servers; these must agree within some seconds.
package jobs
