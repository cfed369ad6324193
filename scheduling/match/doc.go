// Package match makes the schedule of a round of B2B meetings: which of the
// meetings that people wish for take place, in which slot and at which table.
//
// A [Problem] says who is there, when they can, and which meetings are wished
// for. [Solve] answers with a [Solution] and with bounds that say how far it
// can be from the best one. [Check] judges a solution against every rule of the
// problem; it shares nothing with Solve, so that it can be the judge of what a
// person changes by hand too.
//
// What counts, in this order: every required meeting is held; the weight of the
// others; few gaps in people's days; and no participant with many more gaps
// than another. The package knows no documents, no clock and no chance: the same
// problem with the same options has the same answer on every machine.
package match
