package scheduling

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"sync"
	"testing"
)

func TestCoDevelopment(t *testing.T) {
	h := newHouse(t)
	g := h.b2bNew(t, "codev", func(b *B2BGroup) { b.Aim = AimCoDevelopment })
	aava, bio := h.b2bPerson(t, "Aava Oy", "Aino Aava", "fi"), h.b2bPerson(t, "Bio Oy", "Bertta Bio", "en")
	h.b2bMember(t, g, aava)
	h.b2bMember(t, g, bio)
	ctx := t.Context()
	p, err := h.CoDevelopment(ctx, aava, g.ID, 0)
	must(t, err)
	if len(p.Draft.Parties) != 2 || p.Draft.Parties[0].Name != "Aava Oy" || p.Draft.Version != 0 {
		t.Fatalf("draft = %+v", p.Draft)
	}
	_, err = h.CoDevelopment(ctx, h.b2bPerson(t, "", "Sini Stranger", "en"), g.ID, 0)
	wantHidden(t, err)
	_, err = h.SaveCoDevelopment(ctx, aava, &CoDevelopment{GroupID: g.ID, Title: "Cells", Parties: p.Draft.Parties[:1]})
	wantField(t, err, "parties")

	in := &CoDevelopment{GroupID: g.ID, Title: "Solid <cells>", Parties: p.Draft.Parties, Clauses: map[string]string{"purpose": "Cells\x00 & packs", "nonsense": "x"}}
	in.Parties[0].Signatory, in.Parties[0].Position = "Aino Aava", "CEO"
	first, err := h.SaveCoDevelopment(ctx, aava, in)
	must(t, err)
	if first.Version != 1 || first.ByName != "Aino Aava" || first.Clauses["nonsense"] != "" {
		t.Errorf("first = %+v", first)
	}
	// Two who save what they made of one version: one of them reads first.
	in.Version = 1
	results := make(chan error, 4)
	var wg sync.WaitGroup
	for _, a := range []Actor{aava, bio, h.boss, bio} {
		mine := *in
		wg.Go(func() {
			_, err := h.SaveCoDevelopment(ctx, a, &mine)
			results <- err
		})
	}
	wg.Wait()
	close(results)
	kept := 0
	for err := range results {
		if err == nil {
			kept++
			continue
		}
		wantProblem(t, err, Changed)
	}
	if kept != 1 {
		t.Errorf("%d of 4 were kept", kept)
	}
	p, err = h.CoDevelopment(ctx, bio, g.ID, 1)
	must(t, err)
	if len(p.Versions) != 2 || p.Draft.Version != 1 || p.Draft.Clauses["purpose"] != "Cells & packs" {
		t.Errorf("page = %+v", p)
	}
	_, err = h.CoDevelopment(ctx, bio, g.ID, 7)
	wantHidden(t, err)

	for lang, words := range map[string]string{"en": "not legal advice", "fi": "ei oikeudellinen neuvo"} {
		var b bytes.Buffer
		must(t, WriteAgreement(&b, p.Draft, texts().In(lang)))
		z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
		must(t, err)
		f, err := z.Open("word/document.xml")
		must(t, err)
		body, err := io.ReadAll(f)
		must(t, err)
		for _, want := range []string{words, "Solid &lt;cells&gt;", "Cells &amp; packs", "Aino Aava, CEO", "(2) Bio Oy"} {
			if !strings.Contains(string(body), want) {
				t.Errorf("%s: the document does not say %q", lang, want)
			}
		}
	}
}
