//go:build race

package mailer

// raceDetector says that the race detector slows everything down.
const raceDetector = true
