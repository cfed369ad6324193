package main

import (
	"context"
	"path"

	"kohtaamo/scheduling"
)

// planFollowing has some readers of the clusters' news allow that it is counted
// what they open, and read the newsletters that come after that.
func (d *demo) planFollowing() {
	d.at(d.day(-298, "12:00"), func(ctx context.Context) error {
		for _, cl := range []*scheduling.Cluster{d.automotive, d.circular} {
			readers := d.readersOf(&scheduling.MailingList{ClusterID: cl.ID})
			for _, g := range readers[:min(14, len(readers))] {
				in := scheduling.PreferencesForm{Others: true, Lang: g.Lang, Tracking: true, Asked: "You may count when I open a newsletter and which links I use."}
				if err := d.desk.SavePreferences(ctx, path.Base(d.desk.PreferencesURL(g.Email)), in); err != nil {
					return err
				}
			}
		}
		return nil
	})
	d.at(d.day(-18, "18:20"), func(ctx context.Context) error {
		by := scheduling.System("demo")
		list, _, err := d.desk.Campaigns(ctx, by, "", "", 10)
		if err != nil {
			return err
		}
		for _, c := range list {
			if err := d.readNews(ctx, by, c); err != nil {
				return err
			}
		}
		return nil
	})
}

// readNews opens most of the copies whose readers allow that it is counted, and
// uses a link in some.
func (d *demo) readNews(ctx context.Context, by scheduling.Actor, c *scheduling.Campaign) error {
	copies, _, err := d.desk.CampaignCopies(ctx, by, c.ID, "", "", 500)
	if err != nil {
		return err
	}
	n := 0
	for _, one := range copies {
		if one.Sheet == "" {
			continue
		}
		n++
		if n%4 > 0 {
			if err := d.desk.OpenCopy(ctx, path.Base(one.Params["opened"]), true); err != nil {
				return err
			}
		}
		if link := one.Params["link1"]; link != "" && n%3 == 0 {
			if _, err := d.desk.FollowLink(ctx, path.Base(link), true); err != nil {
				return err
			}
		}
	}
	return nil
}
