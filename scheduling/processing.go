package scheduling

import (
	"context"
	"slices"
)

// A Processing is one thing that is done with what is known about persons, for
// the record that article 30 of the GDPR asks for. Its words are of
// templates/locales: processing.KEY.name, .purpose, .people, .data, .recipients
// and .basis.
type Processing struct {
	Key         string
	Collections []string // by the name of their part of a copy
	Rules       []string // keys of retention rules
	Purposes    []string // keys of what is agreed to for it
}

// Processings are all of them. Every collection that knows persons belongs to
// one at least.
var Processings = []Processing{
	{Key: "contacts", Collections: []string{"people"}, Rules: []string{"idle_people"}, Purposes: []string{"directory"}},
	{Key: "events", Collections: []string{"registrations"}, Rules: []string{"answers", "door_notes", "invite_replies"}, Purposes: []string{"participants", "photos"}},
	{Key: "surveys", Collections: []string{"survey_replies"}, Rules: []string{"survey_texts"}},
	{Key: "meetings", Collections: []string{"entrants", "requests", "meetings", "outcomes", "agenda_promises"}, Rules: []string{"requests"}},
	{Key: "groups", Collections: []string{"groups", "group_memberships", "gatherings", "visit_days", "meeting_records", "date_polls", "action_items",
		"group_mandates", "foresight_notes", "files"}},
	{Key: "members", Collections: []string{"memberships", "agreements", "join_wishes", "files"}, Rules: []string{"join_wishes", "declined"}},
	{Key: "work", Collections: []string{"activity_log", "plan_items", "plan_versions", "report_periods", "files"}},
	{Key: "trips", Collections: []string{"trip_applications", "travellers", "trips", "trip_notes", "trip_outcomes", "trip_programmes", "delegation_wishes"},
		Rules: []string{"travellers", "applications", "trip_notes", "delegation_wishes"}, Purposes: []string{healthPurpose}},
	{Key: "newsletters", Collections: []string{"subscriptions", "readings", "mail_deliveries", "mail_suppressions"}, Rules: []string{"wishes", "readings"}, Purposes: []string{"newsletter", "tracking"}},
	{Key: "calendars", Collections: []string{"feed_tokens", "busy_calendars"}},
	{Key: "mail", Collections: []string{"mails", "mail_folder"}, Rules: []string{"mails"}},
	{Key: "access", Collections: []string{"sessions", "sign_in_links", "api_tokens", "idempotency", "audit", "saved_lists", "webhooks"},
		Rules: []string{"sessions", "audit_reasons", "webhook_deliveries"}},
}

// A ProcessingLine is one with the rules as they hold now.
type ProcessingLine struct {
	Processing
	Keeps []*RetentionLine
}

// ProcessingRecord gives the record of processing, for an administrator.
func (d *Desk) ProcessingRecord(ctx context.Context, by Actor) (list []*ProcessingLine, err error) {
	if !by.Administers() {
		return nil, errHidden
	}
	rules, err := d.Retention(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range Processings {
		line := &ProcessingLine{Processing: p}
		for _, r := range rules {
			if slices.Contains(p.Rules, r.Key) {
				line.Keeps = append(line.Keeps, r)
			}
		}
		list = append(list, line)
	}
	return list, nil
}
