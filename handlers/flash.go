package handlers

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
)

// A Flash is said once, on the page after a change.
type Flash struct{ Text, Tone, Icon string }

// flash is how it travels: a key and its arguments in a signed cookie, never
// words, and nothing that anybody else could have put there.
type flash struct {
	Key  string   `json:"k"`
	Args []string `json:"a,omitempty"`
	N    *int     `json:"n,omitempty"` // the argument "count", which has to be a number
	Bad  bool     `json:"b,omitempty"`
}

// seeOther sends the browser on after a change, with something to say there.
// The args are those of the text.
func (s *Server) seeOther(c *fiber.Ctx, path, key string, args ...any) error {
	if key != "" {
		s.setFlash(c, flash{Key: key}, args)
	}
	return c.Redirect(path, fiber.StatusSeeOther)
}

// seeOtherBad is seeOther with bad news.
func (s *Server) seeOtherBad(c *fiber.Ctx, path, key string, args ...any) error {
	s.setFlash(c, flash{Key: key, Bad: true}, args)
	return c.Redirect(path, fiber.StatusSeeOther)
}

func (s *Server) setFlash(c *fiber.Ctx, f flash, args []any) {
	for i := 0; i+1 < len(args); i += 2 {
		if n, ok := args[i+1].(int); ok && args[i] == "count" {
			f.N = &n
			continue
		}
		f.Args = append(f.Args, fmt.Sprint(args[i]), short(fmt.Sprint(args[i+1])))
	}
	body, err := json.Marshal(f)
	if err != nil {
		return // strings and numbers can be marshalled
	}
	text := base64.RawURLEncoding.EncodeToString(body)
	s.cookie(c, "flash", text+"."+s.flashMAC(text), time.Minute)
}

// short keeps a cookie within what browsers take.
func short(s string) string {
	if r := []rune(s); len(r) > 200 {
		return string(r[:200]) + "…"
	}
	return s
}

func (s *Server) flashMAC(text string) string {
	h := hmac.New(sha256.New, s.desk.Key)
	h.Write([]byte("flash\x00" + text))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:16])
}

// takeFlash reads what is to be said, and forgets it.
func (s *Server) takeFlash(c *fiber.Ctx) *Flash {
	text, mac, ok := strings.Cut(c.Cookies(s.cookieName("flash")), ".")
	if !ok {
		return nil
	}
	s.dropCookie(c, "flash")
	if !hmac.Equal([]byte(mac), []byte(s.flashMAC(text))) {
		return nil
	}
	body, err := base64.RawURLEncoding.DecodeString(text)
	var f flash
	if err != nil || json.Unmarshal(body, &f) != nil {
		return nil
	}
	args := []any{}
	for _, a := range f.Args {
		args = append(args, a)
	}
	if f.N != nil {
		args = append(args, "count", *f.N)
	}
	out := &Flash{Text: s.lang(c).Text(f.Key, args...), Tone: "good", Icon: "check"}
	if f.Bad {
		out.Tone, out.Icon = "bad", "warning"
	}
	return out
}
