package scheduling

import (
	"strings"
	"time"

	"kohtaamo/templates"
)

// newsKind says what became of a part for a traveller.
type newsKind string

const (
	partNew     newsKind = "new"
	partMoved   newsKind = "moved"   // it has other times
	partChanged newsKind = "changed" // its times are the same, something else is not
	partDropped newsKind = "dropped"
)

// A partNews is one difference between an itinerary as its traveller knows it
// and as it is.
type partNews struct {
	kind newsKind
	was  OwnPart // not of a new one
	is   OwnPart // not of a dropped one
}

// itineraryNews is what somebody does not know yet of what is not over at now,
// by when it is, or was. What was changed back is no news.
func itineraryNews(known, is []OwnPart, now time.Time) (out []partNews) {
	had := map[string]OwnPart{}
	for _, x := range known {
		had[x.Part.UID] = x
	}
	for _, x := range is {
		old, ok := had[x.Part.UID]
		delete(had, x.Part.UID)
		news := partNews{partChanged, old, x}
		switch {
		case !ok:
			news.kind = partNew
		case old.says() == x.says():
			continue
		case !old.Part.sameTimes(x.Part):
			news.kind = partMoved
		}
		out = append(out, news)
	}
	for _, x := range known {
		if _, gone := had[x.Part.UID]; gone {
			out = append(out, partNews{kind: partDropped, was: x})
		}
	}
	return current(out, now)
}

func (x Part) sameTimes(y Part) bool {
	return x.Starts.Equal(y.Starts) && x.Ends.Equal(y.Ends) && x.StartZone == y.StartZone && x.EndZone == y.EndZone
}

// current leaves what is not over at now.
func current(list []partNews, now time.Time) (out []partNews) {
	for _, n := range list {
		if n.was.Part.Ends.After(now) || n.is.Part.Ends.After(now) {
			out = append(out, n)
		}
	}
	return out
}

// soon reports whether what n is about begins, or was to begin, within a while
// of now.
func (n partNews) soon(now time.Time, within time.Duration) bool {
	begins := func(x OwnPart) bool {
		return !x.Part.Starts.IsZero() && !x.Part.Starts.Before(now) && x.Part.Starts.Sub(now) <= within
	}
	return begins(n.was) || begins(n.is)
}

// say puts n into words: what, and its times before and now, each with its zone.
func (n partNews) say(l *templates.Lang) (label, text string) {
	was, is := lineOf(l, n.was), lineOf(l, n.is)
	label = l.Text("itinerary.news." + string(n.kind))
	switch n.kind {
	case partDropped:
		return label, was.Title + " · " + was.When
	case partMoved:
		return label, l.Text("itinerary.moved", "title", is.Title, "now", is.When, "was", was.When)
	}
	return label, is.Title + " · " + is.When + strings.TrimPrefix(is.Short(), is.Title)
}
