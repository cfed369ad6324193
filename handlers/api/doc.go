// Package api is the way in for programs: JSON under /api/v1, described by
// /api/v1/openapi.json, which is made from the same Go types that check what
// comes in.
//
// Three things to know. Every operation is declared by one call of add, with
// its summary, its subject and who may; the function behind it gets the Actor
// as an argument and speaks to the Desk as the pages do, so a rule is the same
// on both ways. What goes over the wire are types of this package, mapped to
// and from those of scheduling in one place a subject: a field there can be
// renamed without a program elsewhere noticing. Whatever goes wrong is a
// Problem (RFC 9457), in the language of the caller, naming every field at
// fault.
//
// A POST with an Idempotency-Key is done once: its answer is kept for a day and
// given again. The API reads no cookies, so no other site can use it through a
// visitor's browser.
package api
