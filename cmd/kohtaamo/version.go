package main

import (
	"context"
	"fmt"
	"runtime/debug"
)

// release is the version of the list in CHANGELOG.md.
const release = "0.1.0"

func version(_ context.Context, c *console, args []string) error {
	flags := newFlags(c, "version", "", "Prints the version, and the revision it was built from where that is known.")
	if _, err := parse(flags, args, 0, 0); err != nil {
		return err
	}
	_, err := fmt.Fprintln(c.stdout, "kohtaamo", release+revision())
	return err
}

// revision is what the Go tools noted about the source.
func revision() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	text := ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			text = " (" + s.Value[:min(12, len(s.Value))] + ")" + text
		case s.Key == "vcs.modified" && s.Value == "true":
			text += " with changes"
		}
	}
	return text + " " + info.GoVersion
}
