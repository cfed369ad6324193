package fetch

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
)

var (
	errTooLarge = errors.New("it is too large")
	errPacked   = errors.New("it is packed in a way that we do not know")
	errContent  = errors.New("it is not a calendar")
)

// body reads the answer, at most MaxBytes as they come and as many unpacked:
// a few bytes may unpack to a disk full, and any number of them to nothing.
func body(res *http.Response) ([]byte, error) {
	if res.ContentLength > MaxBytes {
		return nil, errTooLarge
	}
	packed := &io.LimitedReader{R: res.Body, N: MaxBytes + 1}
	var r io.Reader = packed
	switch res.Header.Get("Content-Encoding") {
	case "", "identity":
	case "gzip", "x-gzip":
		z, err := gzip.NewReader(packed)
		if err != nil {
			return nil, errPacked
		}
		r = z
	default:
		return nil, errPacked
	}
	content, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	switch {
	case packed.N == 0 || len(content) > MaxBytes:
		return nil, errTooLarge
	case err != nil:
		return nil, err
	case !looksLikeCalendar(content):
		return nil, errContent
	}
	return content, nil
}

// looksLikeCalendar goes by how a calendar begins (RFC 5545, section 3.4); what
// servers call it does not tell.
func looksLikeCalendar(content []byte) bool {
	content = bytes.TrimPrefix(content, []byte("\ufeff"))
	content = bytes.TrimLeft(content, " \t\r\n")
	begin := []byte("BEGIN:VCALENDAR")
	return len(content) >= len(begin) && bytes.EqualFold(content[:len(begin)], begin)
}
