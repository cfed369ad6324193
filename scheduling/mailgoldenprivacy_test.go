package scheduling

import "testing"

// TestGoldenPrivacy compares the mail with the link that erases.
func TestGoldenPrivacy(t *testing.T) {
	for _, lang := range texts().Langs() {
		p := newPost(t, lang, nil)
		must(t, p.AskErasure(t.Context(), p.reader.Actor()))
		p.compare(t, mailErase, 1)
	}
}
