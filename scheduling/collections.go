package scheduling

import (
	"kohtaamo/storage"
)

// Specs are the collections of this package, for whoever opens a database.
func Specs() []storage.Spec {
	return []storage.Spec{
		clusters.Spec, projects.Spec, companies.Spec, people.Spec, groups.Spec,
		events.Spec, seatings.Spec, registrations.Spec, audit.Spec,
		notices.Spec, feedTokens.Spec, feedMarks.Spec, seriesOf.Spec, busyCalendars.Spec, house.Spec,
		rounds.Spec, entrants.Spec, enrolments.Spec, requests.Spec, meetings.Spec, bookings.Spec, proposals.Spec, outcomes.Spec,
		turnstiles.Spec, agendaPromises.Spec,
		trips.Spec, programmes.Spec, applications.Spec, travellers.Spec, delegationWishes.Spec, tripNotes.Spec, tripOutcomes.Spec,
		b2bGroups.Spec, groupMemberships.Spec, gatherings.Spec, visitDays.Spec, codevelopments.Spec,
		mailingLists.Spec, subscriptions.Spec,
		campaigns.Spec,
		readings.Spec,
		chains.Spec, chainRuns.Spec, surveys.Spec, surveyReplies.Spec, surveyBoxes.Spec,
		wordings.Spec,
		files.Spec, fileBodies.Spec,
		memberships.Spec, agreements.Spec, joinWishes.Spec, membershipTerms.Spec,
		meetingRecords.Spec, datePolls.Spec, actionItems.Spec,
		works.Spec, encounters.Spec, encounterCounts.Spec,
		reportPeriods.Spec, turnouts.Spec, ownCounts.Spec,
		plans.Spec, planVersions.Spec, planItems.Spec, labelAnswers.Spec, reportTexts.Spec, sentSheets.Spec,
		mandates.Spec, foresightNotes.Spec, foresightIssues.Spec,
		webhooks.Spec, deliveries.Spec,
		erasures.Spec, retentionSettings.Spec, retentionRuns.Spec,
		merged.Spec, pairsApart.Spec, savedLists.Spec,
	}
}
