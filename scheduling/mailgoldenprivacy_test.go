package scheduling

import "testing"

// TestGoldenPrivacy compares the mails with the links that erase, and that show
// what is kept under an address alone.
func TestGoldenPrivacy(t *testing.T) {
	for _, lang := range texts().Langs() {
		p := newPost(t, lang, nil)
		must(t, p.AskErasure(t.Context(), p.reader.Actor()))
		p.compare(t, mailErase, 1)
		p.makeLists(t)
		p.reader = &Person{Email: "reader@example.org"}
		p.subscribed(t, p.reader.Email, &MailingList{Meta: fixed("news")})
		must(t, p.AskAddressData(t.Context(), p.reader.Email, lang))
		p.compare(t, mailData, 1)
	}
}
