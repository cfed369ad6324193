package scheduling

import (
	"context"
	"errors"
)

// A Download is a file from an address that somebody typed.
type Download struct {
	Body      []byte
	Version   Version
	Unchanged bool // it is still the version that was asked with; Body is empty
}

// A Version is what a server calls one version of a file: its ETag and
// Last-Modified as they came (RFC 9110, section 8.8), each perhaps empty.
type Version struct {
	ETag     string `bson:"etag,omitempty"`
	Modified string `bson:"modified,omitempty"`
}

// A FetchFunc gets the calendar that is at an address, or says that it is still
// the version that one had. It trusts neither the address nor who answers there.
// Every failure wraps ErrUnreachable and says no more of the address than that,
// but for an end of ctx.
type FetchFunc func(ctx context.Context, address string, had Version) (*Download, error)

// ErrUnreachable says that no calendar came from an address. What follows it
// is for the log: whoever typed the address hears of no difference, or they
// could ask us which doors of a network are open.
var ErrUnreachable = errors.New("no calendar could be read from the address")

// unreachable is ErrUnreachable in words.
func unreachable() error {
	return &Problem{Kind: Invalid, Key: "problem.invalid", Fields: map[string]string{"calendar": "calendarin.unreachable"}}
}
