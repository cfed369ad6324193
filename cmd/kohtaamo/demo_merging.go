package main

import (
	"context"
	"net/url"

	"kohtaamo/scheduling"
)

// planMerging has a company come in twice, once by a list with another legal
// form, a list that is kept, and a webhook that is paused until somebody gives
// it a real address.
func (d *demo) planMerging() {
	d.at(d.day(-20, "10:00"), func(ctx context.Context) error {
		list, _, err := d.desk.Companies(ctx, d.staff.sara, scheduling.ListFilter{Kind: scheduling.SME, Limit: 1})
		if err != nil {
			return err
		}
		twin := &scheduling.Company{Name: list[0].Name + " Ab", Kind: scheduling.SME, Country: "SE"}
		return d.desk.SaveCompany(ctx, d.staff.sara, twin)
	})
	d.at(d.day(-19, "10:00"), func(ctx context.Context) error {
		l, err := d.desk.SaveList(ctx, d.staff.sara, scheduling.NewList{Name: "SMEs", Kind: "companies", Query: url.Values{"kind": {"sme"}}, Lang: "en"}, []string{"companies"})
		if err != nil {
			return err
		}
		return d.desk.ShareList(ctx, d.staff.sara, l.ID)
	})
	d.at(d.day(-18, "10:00"), func(ctx context.Context) error {
		clusterID := d.staff.sara.Grants[0].Cluster
		h, err := d.desk.SaveWebhook(ctx, d.staff.sara, scheduling.NewWebhook{Name: "Customer register", Address: "https://crm.oulujoki-business-house.example/hooks/kohtaamo",
			ClusterID: clusterID, Topics: []string{"registration", "meeting", "membership"}})
		if err != nil {
			return err
		}
		if err := d.desk.TestWebhook(ctx, d.staff.sara, h.ID); err != nil {
			return err
		}
		return d.desk.PauseWebhook(ctx, d.staff.sara, h.ID)
	})
}
