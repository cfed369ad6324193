package main

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"kohtaamo/mailer"
	"kohtaamo/scheduling"
	"kohtaamo/scheduling/table"
)

// demoWishes are the words of the form's consent, as readers saw them.
const demoWishes = "I want to get the newsletters I ticked by mail. I can leave at any time by a link in each of them."

// planLists plans a newsletter for each cluster, the news of a working group and
// those of a topic, with readers who came in every way and some who are gone.
func (d *demo) planLists() {
	for _, row := range []struct {
		list    *scheduling.MailingList
		by      scheduling.Actor
		readers int
	}{
		{&scheduling.MailingList{Slug: "automotive-news", ClusterID: d.automotive.ID, Open: true, Archive: true,
			Name:  tr("Automotive news", "Autoteollisuuden uutiset"),
			About: tr("Events, partners looked for and news of the members. Once a month.", "Tapahtumia, kumppanihakuja ja jäsenten uutisia. Kerran kuussa.")}, d.staff.mikko, 46},
		{&scheduling.MailingList{Slug: "circular-news", ClusterID: d.circular.ID, Open: true, Archive: true,
			Name:  tr("Circular economy news", "Kiertotalouden uutiset"),
			About: tr("What the working groups do, calls that are open, and CircularArena. Every second week.", "Työryhmien kuulumiset, avoimet haut ja CircularArena. Joka toinen viikko.")}, d.staff.sara, 58},
		{&scheduling.MailingList{Slug: "circular-construction-news", ClusterID: d.circular.ID, GroupID: d.groups["circular-construction"].ID,
			Name:  tr("Circular construction: notes", "Kiertotalousrakentaminen: muistiot"),
			About: tr("Notes of the group’s meetings, for its members.", "Ryhmän kokousten muistiot jäsenille.")}, d.staff.sara, 14},
		{&scheduling.MailingList{Slug: "winter-testing", ClusterID: d.automotive.ID, Open: true, Archive: true, Topic: "winter testing",
			Name:  tr("Winter testing", "Talvitestaus"),
			About: tr("Tracks, slots and results, from November to April.", "Ratoja, vuoroja ja tuloksia marraskuusta huhtikuuhun.")}, d.staff.mikko, 17},
	} {
		d.at(d.day(-300, "9:00"), func(ctx context.Context) error {
			if err := d.desk.SaveMailingList(ctx, row.by, row.list); err != nil {
				return err
			}
			return d.importReaders(ctx, row.by, row.list, row.readers)
		})
		if row.list.Open {
			d.planReaders(row.list)
		}
	}
	d.at(d.day(-12, "14:20"), d.comeBack)
	d.at(d.day(-6, "11:05"), func(ctx context.Context) error {
		return d.desk.StopAddress(ctx, d.staff.sara, "info@vanha-osoite.example", mailer.ScopeAll, "The company has closed; they told us by phone")
	})
}

// readersOf are people of a list's cluster, and of its group where it is one's.
func (d *demo) readersOf(l *scheduling.MailingList) (out []guest) {
	for _, g := range d.people {
		member := l.GroupID == "" || slices.Contains(d.groups[strings.TrimSuffix(l.Slug, "-news")].Members, g.ID)
		if slices.Contains(g.ClusterIDs, l.ClusterID) && member {
			out = append(out, g)
		}
	}
	return out
}

// importReaders puts the first readers on a list, from the file of the letter
// that went before.
func (d *demo) importReaders(ctx context.Context, by scheduling.Actor, l *scheduling.MailingList, n int) error {
	rows := []table.Row{{Line: 1, Cells: []string{"Name", "Email", "Language"}}}
	readers := d.readersOf(l)
	for i, g := range readers[:min(n, len(readers))] {
		rows = append(rows, table.Row{Line: i + 2, Cells: []string{g.Name, g.Email, g.Lang}})
	}
	_, err := d.desk.ImportSubscribers(ctx, by, l.ID, rows, scheduling.ListImport{Wording: "Readers of the printed letter, who ordered it on a card"})
	return err
}

// planReaders has people subscribe by the form, of whom some confirm, some never
// do, and some leave again.
func (d *demo) planReaders(l *scheduling.MailingList) {
	for i := range 9 {
		email := fmt.Sprintf("reader%d.%s@post.example", i+1, l.Slug)
		lang := []string{"fi", "en"}[i%2]
		ask := d.day(-200+22*i, "12:10")
		if i == 8 {
			ask = d.day(-2, "12:10") // waits for its link
		}
		d.at(ask, func(ctx context.Context) error {
			return d.desk.Subscribe(ctx, scheduling.SubscribeForm{Email: email, Lang: lang, Lists: []string{l.ID}, Wording: demoWishes})
		})
		if i < 8 {
			d.at(ask.AddDate(0, 0, 1), func(ctx context.Context) error { return d.confirm(ctx, email) })
		}
		if i%4 == 1 {
			d.at(ask.AddDate(0, 0, 20), func(ctx context.Context) error {
				_, err := d.desk.Leave(ctx, path.Base(d.desk.LeaveURL(email, l.ID)), "Too many mails in spring, nothing wrong with yours")
				return err
			})
		}
	}
}

// confirm uses the link of the newest mail that asks an address for that.
func (d *demo) confirm(ctx context.Context, email string) error {
	list, _, err := d.worker.Outbox.List(ctx, mailer.Filter{Kind: "subscription.confirm", Text: email, Limit: 1})
	if err != nil || len(list) == 0 {
		return err
	}
	_, err = d.desk.ConfirmSubscriptions(ctx, path.Base(list[0].Letter.Button.URL))
	return err
}

// comeBack hands in what mail servers report: of one reader two mails came back,
// and one called a mail spam.
func (d *demo) comeBack(ctx context.Context) error {
	o, set := d.worker.Outbox, d.worker.Outbox.Bounces
	o.Bounces = "mail@oulujoki-business-house.example"
	defer func() { o.Bounces = set }()
	if err := d.report(ctx, "reader3.circular-news@post.example", 1, demoComplaint); err != nil {
		return err
	}
	return d.report(ctx, d.bouncing(), 2, demoBounce)
}

// report hands in a report about each of the last n mails to an address.
func (d *demo) report(ctx context.Context, email string, n int, about func(to string) []byte) error {
	list, _, err := d.worker.Outbox.List(ctx, mailer.Filter{State: mailer.Sent, Text: email, Limit: n})
	if err != nil {
		return err
	}
	for _, m := range list {
		id, _, _ := strings.Cut(m.MessageID, "@")
		if _, err := d.desk.ReceiveMail(ctx, scheduling.System("mail"), about(d.worker.Outbox.BounceAddress(id))); err != nil {
			return err
		}
	}
	return nil
}

// bouncing is a reader of the circular news whose mailbox is gone.
func (d *demo) bouncing() string {
	readers := d.readersOf(&scheduling.MailingList{ClusterID: d.circular.ID})
	return readers[7].Email
}

func demoBounce(to string) []byte {
	return demoReport(to, "delivery-status", "message/delivery-status",
		"Reporting-MTA: dns; mx.post.example\n\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 The mailbox does not exist")
}

func demoComplaint(to string) []byte {
	return demoReport(to, "feedback-report", "message/feedback-report", "Feedback-Type: abuse\nUser-Agent: Post/1.0\nVersion: 1")
}

func demoReport(to, kind, mediaType, body string) []byte {
	return []byte(strings.ReplaceAll(fmt.Sprintf("From: postmaster@mx.post.example\nTo: %s\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=%s; boundary=b\n\n--b\nContent-Type: %s\n\n%s\n\n--b--\n",
		to, kind, mediaType, body), "\n", "\r\n"))
}
