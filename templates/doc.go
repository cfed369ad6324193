// Package templates is everything people read: the pages, the words in every
// language, the stylesheet and the script.
//
// Three words to know. Texts is all of it, loaded once at start by Load. A Lang
// is one language of it: it gives texts by key (Lang.Text) and writes times as
// its readers do (Lang.When, Lang.Range), for pages, mails and calendars alike.
// A page is a file in pages/ that defines "title" and "content"; Texts.Page puts
// it into the layout and gives the bytes.
//
// The words live in locales/AREA.LANGUAGE.json in go-i18n's format, one flat
// object of keys that say where and what ("register.closed"). All files of a
// language are merged. A further language is its files and nothing else: names
// of months, of cities and the shape of a date are words too. Tests hold every
// key to be there in every language, with the plural forms that language has,
// and to be used.
//
// Nothing here fetches: a page shows what it was given. There is no inline
// script and no inline style, because the pages' content policy forbids both.
package templates
