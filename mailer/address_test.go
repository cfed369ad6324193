package mailer

import (
	"errors"
	"net/mail"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseAddress(t *testing.T) {
	for in, want := range map[string]string{
		" aino.makela@Example.COM ":              "aino.makela@example.com",
		"aino+kutsu@example.com":                 "aino+kutsu@example.com",
		"o'brien@example.com":                    "o'brien@example.com",
		"a@pörssi.example":                       "a@xn--prssi-jua.example",
		"a@xn--prssi-jua.example":                "a@xn--prssi-jua.example",
		"A.B@sub.example.co.uk":                  "A.B@sub.example.co.uk",
		"a@1and1.example":                        "a@1and1.example",
		strings.Repeat("a", 64) + "@example.com": strings.Repeat("a", 64) + "@example.com",
	} {
		if got, err := ParseAddress(in); got != want || err != nil {
			t.Errorf("%q: %q, %v, want %q", in, got, err, want)
		}
	}
}

func TestParseAddressRefuses(t *testing.T) {
	for _, in := range []string{
		"", "@", "aino", "aino@", "@example.com", "aino@localhost", "aino@@example.com", "a b@example.com",
		".a@example.com", "a.@example.com", "a..b@example.com", `"a b"@example.com`, "a@[192.0.2.1]", "a@192.0.2.1",
		"äiti@example.com", "a@example..com", "a@example.com.", "a@-example.com", "a@exa mple.com", "a@exam_ple.com",
		"Aino <aino@example.com>", "a@example.com,b@example.com", "a@example.com\r\nBcc: b@example.com", "a\r\n@example.com",
		"a@example.com>\r\nRCPT TO:<b@example.com", "a@" + strings.Repeat("x", 64) + ".com", strings.Repeat("a", 65) + "@example.com",
		"a@" + strings.Repeat("abcdefg.", 40) + "com", "a\x00@example.com", "a@example.com\x00",
	} {
		got, err := ParseAddress(in)
		if !errors.Is(err, ErrAddress) {
			t.Errorf("%q: %q, %v, want ErrAddress", in, got, err)
		}
	}
}

// Whatever is accepted is one address to everybody else too, and stays itself.
func TestParsedAddressIsPlain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.OneOf(
			rapid.String(),
			rapid.StringMatching(`[a-zäö.+"<> \r\n]{1,12}@[a-zäö0-9.\-\r\n ]{1,12}\.[a-zö]{2,6}`),
		).Draw(t, "address")
		got, err := ParseAddress(in)
		if err != nil {
			return
		}
		if other, err := mail.ParseAddress(got); err != nil || other.Address != got {
			t.Fatalf("%q became %q, which net/mail reads as %v, %v", in, got, other, err)
		}
		if again, err := ParseAddress(got); err != nil || again != got {
			t.Fatalf("%q became %q, then %q, %v", in, got, again, err)
		}
	})
}
