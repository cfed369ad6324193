package handlers

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"regexp"

	"github.com/gofiber/fiber/v2"
)

// workerPath is where the service worker of day sheets is. It serves the pages
// of trips alone, which its header allows (Service Workers §"Service-Worker-Allowed").
const (
	workerPath  = "/day-sheet-worker.js"
	workerScope = "/organise/trips/"
)

// workerAssets are what a day sheet needs to be shown without a network.
var workerAssets = []string{"app.css", "app.js", "daysheet.css", "daysheet.js", "icon.svg"}

// dayWorker answers GET /day-sheet-worker.js: the worker with the names of the
// files it keeps. These hold checksums, so that it is another worker when one of
// them changes, and browsers take that over.
func (s *Server) dayWorker(c *fiber.Ctx) error {
	f, ok := s.texts.Asset(s.texts.AssetPath("daysheetworker.js"))
	if !ok {
		return fiber.ErrNotFound
	}
	var paths []string
	for _, name := range workerAssets {
		paths = append(paths, s.texts.AssetPath(name))
	}
	list, err := json.Marshal(paths)
	if err != nil {
		return err
	}
	body := append([]byte("const ASSETS = "+string(list)+";\n"), f.Body...)
	sum := sha256.Sum256(body)
	body = append([]byte(`const VERSION = "`+hex.EncodeToString(sum[:8])+"\";\n"), body...)
	c.Set("Service-Worker-Allowed", workerScope)
	c.Set(fiber.HeaderContentType, f.Type)
	c.Set(fiber.HeaderCacheControl, "no-cache")
	return c.Send(body)
}

var tripIDForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// dayManifest answers GET /day-sheet.webmanifest: how a trip's day sheet is put
// on the home screen of a phone. Browsers fetch it without cookies, so it says
// nothing of the trip but its address, whether there is such a trip or not.
func (s *Server) dayManifest(c *fiber.Ctx) error {
	id := c.Query("trip")
	if !tripIDForm.MatchString(id) {
		return fiber.ErrNotFound
	}
	l := s.lang(c)
	body, err := json.Marshal(map[string]any{
		"name": l.Text("trip.tab.day") + " – " + s.desk.House, "short_name": l.Text("trip.tab.day"), "lang": l.Code(),
		"id": workerScope + id + "/day", "start_url": workerScope + id + "/day", "scope": workerScope + id + "/", "display": "standalone",
		"background_color": "#ffffff", "theme_color": "#0b5d4e",
		"icons": []map[string]string{{"src": s.texts.AssetPath("icon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}},
	})
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/manifest+json")
	c.Set(fiber.HeaderCacheControl, "public, max-age=3600")
	return c.Send(body)
}
