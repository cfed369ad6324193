package mailtest

import (
	"strconv"
	"strings"

	"github.com/emersion/go-smtp"
)

// reply reads "550 5.1.1 No such user"; the middle part may be missing.
func reply(s string) *smtp.SMTPError {
	code, text, _ := strings.Cut(s, " ")
	e := &smtp.SMTPError{EnhancedCode: smtp.NoEnhancedCode, Message: text}
	e.Code, _ = strconv.Atoi(code)
	status, rest, _ := strings.Cut(text, " ")
	if parts := strings.Split(status, "."); len(parts) == 3 {
		for i, p := range parts {
			e.EnhancedCode[i], _ = strconv.Atoi(p)
		}
		e.Message = rest
	}
	return e
}
