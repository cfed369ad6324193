package ical

import "testing"

// Each name of Windows leads to a zone that there is, and no zone's own name is
// taken for another.
func TestWindowsZones(t *testing.T) {
	for name, zone := range windowsZones {
		if _, err := LoadZone(zone); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got, ok := zoneOf(name); !ok || got != zone && name != "UTC" {
			t.Errorf("%s is %s, want %s", name, got, zone)
		}
	}
	if len(windowsZones) != 139 {
		t.Errorf("%d names", len(windowsZones))
	}
}
