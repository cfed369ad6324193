package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"kohtaamo/scheduling"
	"kohtaamo/scheduling/pack"
)

const evidenceHelp = `Writes the evidence pack of a report's period to a new file: one ZIP with lists,
agendas, minutes, newsletters, public pages with their emblem, uploaded files, and
a manifest with the SHA-256 of each. The address of a report's page ends in the ID
of its period. The file holds personal data: keep it as safe as the database.

With --verify it reads such a file instead, says whether all of it is as it was
made, and needs no database.`

func evidence(ctx context.Context, c *console, args []string) error {
	flags := newFlags(c, "evidence", "FILE.zip", evidenceHelp)
	period := flags.String("period", "", "the `ID` of the period")
	lang := flags.String("lang", "en", "the `LANGUAGE` of what is written in it: en or fi")
	verify := flags.Bool("verify", false, "check a pack that was made before")
	config := addSettings(flags, c, withDesk)
	files, err := parse(flags, args, 1, 1)
	if err != nil {
		return err
	}
	if *verify {
		return verifyPack(c, files[0])
	}
	if *period == "" {
		return wrongUse("say which period with --period ID, or --verify to check a pack")
	}
	return withHouse(ctx, c, config, false, func(h *house) error {
		if !h.texts.Has(*lang) {
			return wrongUse("--lang %s is none of %v", *lang, h.texts.Langs())
		}
		by := scheduling.System("evidence")
		by.Via = "cli"
		return newFile(files[0], func(w io.Writer) error {
			return h.desk.WriteEvidence(ctx, w, by, *period, h.texts.In(*lang), h.server(nil).Shoot)
		})
	})
}

// verifyPack says whether a pack is as it was made.
func verifyPack(c *console, name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	list, err := pack.Verify(f, info.Size())
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	fmt.Fprintf(c.stdout, "%s: %d files, all as they were made\n", list.Title, len(list.Files))
	return nil
}
