package main

import (
	"strings"

	"kohtaamo/handlers/api"
	"kohtaamo/handlers/auth"
	"kohtaamo/mailer"
	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// personalStores are what this program knows about persons besides what the desk
// does: who is signed in, answers of the API, and mails in a folder.
func (h *house) personalStores() []scheduling.PersonalStore {
	all := append(auth.PersonalStores(), api.PersonalStores()...)
	if dir, ok := strings.CutPrefix(h.cfg.Mail, "dir:"); ok {
		all = append(all, scheduling.PersonalStore{Name: "mail_folder", Erase: func(_ *storage.Tx, p *scheduling.Person) (int, error) {
			if len(strings.Fields(p.Name)) < 2 { // a single word would be found in mails that mean something else
				return mailer.ForgetFiles(dir, p.Email)
			}
			return mailer.ForgetFiles(dir, p.Email, p.Name)
		}})
	}
	return all
}
