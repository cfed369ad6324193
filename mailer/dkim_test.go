package mailer

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/emersion/go-msgauth/dkim"

	"kohtaamo/mailer/mailtest"
)

// keyFile writes a private key and gives the file and the public key as DNS has it.
func keyFile(t *testing.T, key crypto.Signer) (file, record string) {
	t.Helper()
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(t.TempDir(), "dkim.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), 0o600); err != nil {
		t.Fatal(err)
	}
	if public, ok := key.Public().(ed25519.PublicKey); ok {
		return file, "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public)
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	return file, "v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(public)
}

func newKeys(t *testing.T) map[string]crypto.Signer {
	t.Helper()
	r, err := rsa.GenerateKey(rand.Reader, leastBits)
	if err != nil {
		t.Fatal(err)
	}
	_, e, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]crypto.Signer{"rsa": r, "ed25519": e}
}

// What is signed verifies, newsletters with the headers of one-click in it.
func TestDKIM(t *testing.T) {
	for name, key := range newKeys(t) {
		t.Run(name, func(t *testing.T) {
			file, record := keyFile(t, key)
			h, s := newHouse(t), newSink(t, mailtest.Config{})
			h.campaign()
			h.readers(2)
			h.add(letter("a", "aino@example.com"))
			h.run(h.workerAt("smtp://"+s.Addr()+"?tls=none&dkim="+file+"&dkim-selector=oct26&dkim-domain=kohtaamo.example"), 3)
			for _, m := range s.Messages() {
				wantSigned(t, m, record)
			}
		})
	}
}

func wantSigned(t *testing.T, m mailtest.Message, record string) {
	t.Helper()
	found, err := dkim.VerifyWithOptions(bytes.NewReader(m.Raw), &dkim.VerifyOptions{LookupTXT: func(domain string) ([]string, error) {
		if domain != "oct26._domainkey.kohtaamo.example" {
			return nil, errors.New("no such name")
		}
		return []string{record}, nil
	}})
	if err != nil || len(found) != 1 || found[0].Err != nil || found[0].Domain != "kohtaamo.example" {
		t.Fatalf("%+v, %v", found, err)
	}
	signed := strings.ToLower(strings.Join(found[0].HeaderKeys, " ") + " ")
	want := []string{"from", "to", "subject", "date", "message-id", "mime-version", "content-type"}
	if strings.HasPrefix(m.To, "reader") {
		want = append(want, "list-unsubscribe", "list-unsubscribe-post", "list-id")
	}
	for _, name := range want {
		if !strings.Contains(signed, name+" ") {
			t.Errorf("%s is not signed: %s", name, signed)
		}
	}
	changed := bytes.Replace(m.Raw, []byte("Subject: "), []byte("Subject: x"), 1)
	if found, err := dkim.VerifyWithOptions(bytes.NewReader(changed), &dkim.VerifyOptions{LookupTXT: func(string) ([]string, error) { return []string{record}, nil }}); err != nil || found[0].Err == nil {
		t.Errorf("a changed subject verifies: %v", err)
	}
}

// A key signs for its domain and those below it. A newsletter of another sender
// waits for somebody to mend that; other mail goes without a signature.
func TestDKIMOfAnotherDomain(t *testing.T) {
	file, _ := keyFile(t, newKeys(t)["ed25519"])
	s, err := newSigner(signSetting{file, "s", "Kohtaamo.example"})
	if err != nil {
		t.Fatal(err)
	}
	for from, want := range map[string]bool{
		"a@kohtaamo.example": true, "a@news.KOHTAAMO.example": true, "a@notkohtaamo.example": false, "a@example": false, "a@kohtaamo.example.com": false,
	} {
		if s.covers(from) != want {
			t.Errorf("covers %s: %v", from, !want)
		}
	}
	h, sink := newHouse(t), newSink(t, mailtest.Config{})
	h.campaign(func(i *Issue) { i.From = "news@other.example" })
	h.readers(2)
	m := letter("a", "aino@example.com")
	m.From = "events@other.example"
	h.add(m)
	h.run(h.workerAt("smtp://"+sink.Addr()+"?tls=none&dkim="+file+"&dkim-selector=s&dkim-domain=kohtaamo.example"), 1)
	if strings.Contains(string(sink.Messages()[0].Raw), "DKIM-Signature") {
		t.Error("signed for another domain")
	}
	if i := h.issue(); i.State != IssuePaused || i.Why != WhySender {
		t.Errorf("the issue is %s, %q", i.State, i.Why)
	}
	h.wantCounts(map[State]int{Queued: 2})
}

func TestDKIMKeys(t *testing.T) {
	weak, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	weakFile, _ := keyFile(t, weak)
	good, _ := keyFile(t, newKeys(t)["ed25519"])
	junk := filepath.Join(t.TempDir(), "junk.pem")
	if err := os.WriteFile(junk, []byte("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		setting signSetting
		want    string
	}{
		{signSetting{weakFile, "s", "example.com"}, "1024 bits"},
		{signSetting{junk, "s", "example.com"}, "not a private key"},
		{signSetting{"/none", "s", "example.com"}, "no such file"},
		{signSetting{good, "", "example.com"}, "belong together"},
		{signSetting{good, "s", ""}, "belong together"},
		{signSetting{good, "s; d=x", "example.com"}, "no selector"},
		{signSetting{good, "s", "exa mple"}, "no domain"},
	} {
		if _, err := newSigner(test.setting); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: %v", test.setting, err)
		}
	}
}
