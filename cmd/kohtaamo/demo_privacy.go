package main

import (
	"context"

	"kohtaamo/scheduling"
)

// demoErased is somebody of whom the demo knows nothing any more.
const demoErased = "risto.unohtuva@kaukopaja.example"

// planPrivacy lets people of the demo decide about their data: some agree to
// stand in directories, some take back that their name is shown, one is erased;
// and the retention rules run, so that there is a proof.
func (d *demo) planPrivacy() {
	for i, says := range []struct {
		back    int
		purpose string
		given   bool
	}{{12, "directory", true}, {11, "photos", true}, {9, "participants", false}, {8, "participants", false}, {6, "directory", true}, {5, "photos", false}} {
		d.at(d.day(-says.back, "10:15"), func(ctx context.Context) error {
			p, err := d.contact(ctx, 3*i+1)
			if err != nil || p == nil {
				return err
			}
			return d.desk.SetConsent(ctx, p.Actor(), says.purpose, says.given)
		})
	}
	d.at(d.day(-30, "13:05"), func(ctx context.Context) error {
		return d.desk.SavePerson(ctx, scheduling.System("demo"), &scheduling.Person{Email: demoErased, Name: "Risto Unohtuva", Title: "Myyntipäällikkö", Lang: "fi", ClusterIDs: []string{d.automotive.ID}})
	})
	d.at(d.day(-3, "14:40"), func(ctx context.Context) error {
		list, _, err := d.desk.People(ctx, d.staff.helena, scheduling.ListFilter{Text: demoErased, Limit: 1})
		if err != nil || len(list) == 0 {
			return err
		}
		_, err = d.desk.ErasePerson(ctx, d.staff.helena, list[0].ID)
		return err
	})
	d.at(d.day(-2, "4:07"), func(ctx context.Context) error {
		_, err := d.desk.ForgetInTime(ctx, d.clock)
		return err
	})
}

// contact is the nth of the people who have no role, by name; nil if there are
// not as many.
func (d *demo) contact(ctx context.Context, n int) (*scheduling.Person, error) {
	list, _, err := d.desk.People(ctx, scheduling.System("demo"), scheduling.ListFilter{Limit: 100})
	for _, p := range list {
		if len(p.Grants) > 0 {
			continue
		}
		if n == 0 {
			return p, err
		}
		n--
	}
	return nil, err
}
