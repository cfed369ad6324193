// Package mailer keeps the promises of mail: a mail is a document that is
// written by the same transaction as the change that causes it, and sent later.
//
// Three words to know. A Letter is what a mail says, in its reader's language,
// before it has a shape. A Mail is a Letter promised to one address; its ID is
// a key that its cause chose, so promising it twice promises it once. The
// Outbox is where mails are added, found, held and sent again. A Worker claims
// what is due, a few at a time, gives each to a Transport and writes down what
// became of it at once.
//
// What many get alike is an Issue, pinned once, with a Delivery for each reader.
// A worker has hands of their own for these, so that neither waits for the other.
// One program at a time has the turn of an issue: claiming its deliveries writes
// nothing, and their results are written many at a time.
//
// What is promised, in the order in which things can go wrong: a transaction
// that fails leaves no mail. A mail that was added is sent, however often
// programs are stopped, until it is withdrawn or expires. Two servers never
// work on the same mail, because a claim is a lease in the database. A program
// that is killed leaves a Journal, by which the next one knows what was handed
// over: a delivery of an issue is then taken for sent, any other mail whose reply
// was not heard is repeated with the same Message-ID and Date, by which mail
// stores know a repeat. Without its journal, what it had claimed leaves again.
// Nothing rendered waits anywhere: a mail becomes bytes right before it is sent.
//
// Relays and recipients' mail hosts that want less get less: rates are kept where
// mail is claimed. Each program keeps its own account of them.
//
// What is left to others: the wording of letters and when one is due
// (scheduling), calendar files (scheduling/ical), the look (templates/mail).
package mailer
