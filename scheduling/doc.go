// Package scheduling is the application: what an organiser, a company and a
// member do with events, registrations and groups, and the rules that decide
// whether it is right.
//
// Three kinds of thing live here. Types are documents as they are stored, with
// the small questions they can answer themselves (Event.Open, Seating.Free).
// Rules are pure functions of such documents (admit, promote, checkAnswers), so
// they are tested without a database. Actions are methods of Desk: each opens
// one transaction, fetches, lets a rule decide, stores, and promises the mail
// that follows in that same transaction.
//
// What must be true across documents is written on the one that owns it: the
// seats of an event are counted on its Seating, which every registration and
// every change of state writes, so two people who want the last seat meet there.
//
// Nothing here knows HTTP. Errors meant for a person are *Problem; everything
// else is wrapped with what was attempted.
package scheduling
