// Package docx writes plain text documents for word processors: Office Open XML
// (ECMA-376, WordprocessingML) with a title, headings, paragraphs, tables and a
// last part in which parties sign. It writes what such a document needs and no
// more, so that every program opens it, and people go on editing it there. It
// reads nothing.
package docx

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"
)

// Type is the media type of what Write gives.
const Type = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

// A Document is what is written. Texts may hold anything that a person can
// paste: what XML cannot say is left out. A line break in a text stays one.
type Document struct {
	Title   string
	Lang    string // BCP 47, for the spelling checker
	Created time.Time
	Blocks  []Block
}

// A Block is a paragraph, or one of the Styles.
type Block struct {
	Style Style
	Text  string
	Rows  [][]string // of a Table: the first is its head
}

// A Style is how a paragraph looks.
type Style string

// The styles.
const (
	Normal  Style = ""
	Heading Style = "Heading1"
	Note    Style = "Note" // smaller, in italics
	Line    Style = "Line" // a line to sign on, with the text below it
	Table   Style = "Table"
)

// Write writes the document. The same document is always the same bytes.
func Write(w io.Writer, d Document) error {
	z := zip.NewWriter(w)
	for _, part := range []struct{ name, body string }{
		{"[Content_Types].xml", contentTypes},
		{"_rels/.rels", packageRels},
		{"word/_rels/document.xml.rels", documentRels},
		{"word/styles.xml", fmt.Sprintf(styles, escape(d.Lang))},
		{"word/document.xml", d.body()},
		{"docProps/core.xml", fmt.Sprintf(core, escape(d.Title), escape(d.Lang), d.Created.UTC().Format(time.RFC3339))},
	} {
		f, err := z.CreateHeader(&zip.FileHeader{Name: part.name, Method: zip.Deflate})
		if err != nil {
			return err
		}
		if _, err := io.WriteString(f, part.body); err != nil {
			return err
		}
	}
	return z.Close()
}

func (d Document) body() string {
	var b strings.Builder
	b.WriteString(documentHead)
	paragraph(&b, "Title", d.Title)
	for _, x := range d.Blocks {
		if x.Style == Table {
			table(&b, x.Rows)
			continue
		}
		paragraph(&b, x.Style, x.Text)
	}
	b.WriteString(documentTail)
	return b.String()
}

func paragraph(b *strings.Builder, style Style, text string) {
	b.WriteString("<w:p>")
	if style != Normal {
		b.WriteString(`<w:pPr><w:pStyle w:val="` + string(style) + `"/></w:pPr>`)
	}
	for i, line := range strings.Split(text, "\n") {
		b.WriteString("<w:r>")
		if i > 0 {
			b.WriteString("<w:br/>")
		}
		b.WriteString(`<w:t xml:space="preserve">` + escape(line) + "</w:t></w:r>")
	}
	b.WriteString("</w:p>\n")
}

// textWidth is how wide the text of a page is, in twentieths of a point.
const textWidth = 11906 - 2*1417

// table writes rows of cells of the same width, which programs fit to what is in
// them. Rows that are shorter than the head end in empty cells.
func table(b *strings.Builder, rows [][]string) {
	if len(rows) == 0 || len(rows[0]) == 0 {
		return
	}
	width := textWidth / len(rows[0])
	b.WriteString(tableHead)
	for range rows[0] {
		fmt.Fprintf(b, `<w:gridCol w:w="%d"/>`, width)
	}
	b.WriteString("</w:tblGrid>")
	for i, row := range rows {
		b.WriteString("<w:tr>")
		if i == 0 {
			b.WriteString("<w:trPr><w:tblHeader/></w:trPr>")
		}
		for j := range rows[0] {
			fmt.Fprintf(b, `<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/></w:tcPr>`, width)
			text, style := "", cell
			if j < len(row) {
				text = row[j]
			}
			if i == 0 {
				style = headCell
			}
			paragraph(b, style, text)
			b.WriteString("</w:tc>")
		}
		b.WriteString("</w:tr>\n")
	}
	b.WriteString("</w:tbl>\n")
	paragraph(b, Normal, "") // a document does not end in a table
}

// The styles of what is in a table.
const (
	cell     Style = "Cell"
	headCell Style = "CellHead"
)

// escape writes a text for XML; what is no character of it becomes U+FFFD.
func escape(s string) string {
	var b bytes.Buffer
	xml.EscapeText(&b, []byte(s)) // a bytes.Buffer takes everything
	return b.String()
}

const head = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

const contentTypes = head + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
	`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
	`<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>` +
	`<Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/>` +
	`<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>`

const packageRels = head + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
	`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>` +
	`<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>`

const documentRels = head + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
	`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>`

const core = head + `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" ` +
	`xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">` +
	`<dc:title>%s</dc:title><dc:language>%s</dc:language><dcterms:created xsi:type="dcterms:W3CDTF">%s</dcterms:created></cp:coreProperties>`

const documentHead = head + `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>` + "\n"

// The page is A4 with margins of 25 mm, in twentieths of a point.
const documentTail = `<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1417" w:right="1417" w:bottom="1417" w:left="1417" w:header="709" w:footer="709" w:gutter="0"/></w:sectPr></w:body></w:document>`

const tableHead = `<w:tbl><w:tblPr><w:tblW w:w="5000" w:type="pct"/><w:tblBorders>` +
	`<w:top w:val="single" w:sz="4" w:space="0" w:color="auto"/><w:bottom w:val="single" w:sz="4" w:space="0" w:color="auto"/>` +
	`<w:insideH w:val="single" w:sz="4" w:space="0" w:color="auto"/></w:tblBorders><w:tblLook w:firstRow="1"/></w:tblPr><w:tblGrid>`

const styles = head + `<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">` +
	`<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" w:cs="Calibri"/><w:sz w:val="22"/><w:lang w:val="%s"/></w:rPr></w:rPrDefault>` +
	`<w:pPrDefault><w:pPr><w:spacing w:after="120" w:line="276" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>` +
	`<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>` +
	`<w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/><w:basedOn w:val="Normal"/><w:pPr><w:spacing w:after="240"/></w:pPr><w:rPr><w:b/><w:sz w:val="36"/></w:rPr></w:style>` +
	`<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/><w:basedOn w:val="Normal"/><w:next w:val="Normal"/><w:pPr><w:keepNext/><w:spacing w:before="280" w:after="80"/><w:outlineLvl w:val="0"/></w:pPr><w:rPr><w:b/><w:sz w:val="26"/></w:rPr></w:style>` +
	`<w:style w:type="paragraph" w:styleId="Note"><w:name w:val="Note"/><w:basedOn w:val="Normal"/><w:rPr><w:i/><w:sz w:val="20"/></w:rPr></w:style>` +
	`<w:style w:type="paragraph" w:styleId="Line"><w:name w:val="Line"/><w:basedOn w:val="Normal"/><w:pPr><w:keepLines/><w:pBdr><w:top w:val="single" w:sz="4" w:space="4" w:color="auto"/></w:pBdr><w:spacing w:before="720"/></w:pPr></w:style>` +
	`<w:style w:type="paragraph" w:styleId="Cell"><w:name w:val="Cell"/><w:basedOn w:val="Normal"/><w:pPr><w:spacing w:before="40" w:after="40"/></w:pPr><w:rPr><w:sz w:val="20"/></w:rPr></w:style>` +
	`<w:style w:type="paragraph" w:styleId="CellHead"><w:name w:val="Cell head"/><w:basedOn w:val="Cell"/><w:rPr><w:b/></w:rPr></w:style>` +
	`</w:styles>`
