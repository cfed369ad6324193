package handlers

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling/ical"
)

// A stored answer is bytes that were made before they were asked for, plain and
// compressed, each with its own strong entity tag (RFC 9110, section 8.8.1).
type stored struct {
	Type           string // media type
	Body, Gzip     []byte
	ETag, GzipETag string    // with their quotes
	Modified       time.Time // zero: not said
	date           []byte    // Modified as HTTP writes it, where that is known already
}

// Names of headers as HTTP writes them, for answers that have to be quick.
var (
	nameETag         = []byte("Etag") // as fasthttp writes it
	nameVary         = []byte("Vary")
	nameCacheControl = []byte("Cache-Control")
	nameModified     = []byte("Last-Modified")
	nameReferrer     = []byte("Referrer-Policy")
	nameRobots       = []byte("X-Robots-Tag")
)

// newStored compresses body once and names both forms by their content.
func newStored(mediaType string, body []byte) (*stored, error) {
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	if _, err := w.Write(body); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(body)
	tag := base64.RawURLEncoding.EncodeToString(sum[:16])
	return &stored{Type: mediaType, Body: body, Gzip: zipped.Bytes(), ETag: `"` + tag + `"`, GzipETag: `"` + tag + `-gz"`}, nil
}

// sendStored answers with a, or with 304 where the client has it. The date is
// looked at only where no tag was sent (RFC 9110, section 13.2.2). The caller
// says what the answer varies by, Accept-Encoding among it.
func sendStored(c *fiber.Ctx, a *stored) error {
	body, etag := a.Body, a.ETag
	if takesGzip(string(c.Request().Header.Peek(fiber.HeaderAcceptEncoding))) {
		body, etag = a.Gzip, a.GzipETag
	}
	c.Response().Header.SetCanonical(nameETag, []byte(etag))
	switch {
	case a.date != nil:
		c.Response().Header.SetCanonical(nameModified, a.date)
	case !a.Modified.IsZero():
		c.Response().Header.SetCanonical(nameModified, []byte(ical.LastModified(a.Modified)))
	}
	if a.known(c, etag) {
		c.Status(fiber.StatusNotModified)
		return nil
	}
	if etag == a.GzipETag {
		c.Response().Header.SetContentEncoding("gzip")
	}
	c.Response().Header.SetContentType(a.Type)
	c.Response().SetBodyRaw(body)
	return nil
}

func (a *stored) known(c *fiber.Ctx, etag string) bool {
	if tags := c.Get(fiber.HeaderIfNoneMatch); tags != "" {
		return ical.MatchETag(tags, etag)
	}
	since := c.Get(fiber.HeaderIfModifiedSince)
	return since != "" && !a.Modified.IsZero() && ical.NotModifiedSince(since, a.Modified)
}

// takesGzip reports whether an Accept-Encoding header allows gzip.
func takesGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, weight, _ := strings.Cut(part, ";")
		name = strings.TrimSpace(name)
		if !strings.EqualFold(name, "gzip") && name != "*" {
			continue
		}
		weight = strings.TrimRight(strings.ReplaceAll(weight, " ", ""), "0")
		return weight != "q=" && weight != "q=0."
	}
	return false
}
