package handlers

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/utils"

	"kohtaamo/scheduling/ical"
)

// A stored answer is bytes that were made before they were asked for, plain and
// compressed, each with its own strong entity tag (RFC 9110, section 8.8.1).
type stored struct {
	Type           string // media type
	Body, Gzip     []byte
	ETag, GzipETag string    // with their quotes
	Modified       time.Time // zero: not said
	date           string    // Modified as HTTP writes it, where that is known already
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

// say sets a header of the answer, whose name is written as HTTP writes it;
// fasthttp copies the value.
func say(c *fiber.Ctx, name []byte, value string) {
	c.Response().Header.SetCanonical(name, utils.UnsafeBytes(value))
}

// asked is a header of the request, to be looked at and not to be kept.
func asked(c *fiber.Ctx, name string) string {
	return utils.UnsafeString(c.Request().Header.Peek(name))
}

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
	if takesGzip(asked(c, fiber.HeaderAcceptEncoding)) {
		body, etag = a.Gzip, a.GzipETag
	}
	say(c, nameETag, etag)
	switch {
	case a.date != "":
		say(c, nameModified, a.date)
	case !a.Modified.IsZero():
		say(c, nameModified, ical.LastModified(a.Modified))
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
	if tags := asked(c, fiber.HeaderIfNoneMatch); tags != "" {
		return ical.MatchETag(tags, etag)
	}
	since := asked(c, fiber.HeaderIfModifiedSince)
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
