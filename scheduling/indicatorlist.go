package scheduling

// The sets that indicators are in.
var (
	inLabel   = []IndicatorSet{LabelSet}
	inProject = []IndicatorSet{ProjectSet}
	inBoth    = []IndicatorSet{LabelSet, ProjectSet}
)

// The dimensions that indicators have.
var (
	companyDims = []Dim{DimCluster, DimCountry, DimClass, DimTown}
	joiningDims = append([]Dim{DimMonth, DimYear}, companyDims...)
	groupDims   = []Dim{DimMonth, DimYear, DimCluster, DimGroup, DimClass}
	thingDims   = []Dim{DimMonth, DimYear, DimCluster, DimGroup, DimCountry, DimClass}
	abroadDims  = []Dim{DimMonth, DimYear, DimCluster, DimCountry}
	reachedDims = append(thingDims[:len(thingDims):len(thingDims)], DimTown)
)

// indicators are all of them, in the order of a report. Each is defined here
// and nowhere else.
var indicators = []Indicator{
	// Who belongs.
	{Key: "members", Sets: inLabel, Unit: "companies", Rule: CountAtEnd, Dims: companyDims, count: countMembers("")},
	{Key: "members_sme", Sets: inLabel, Unit: "companies", Rule: CountAtEnd, Dims: companyDims, count: countMembers(SME)},
	{Key: "members_large", Sets: inLabel, Unit: "companies", Rule: CountAtEnd, Dims: companyDims, count: countMembers(Large)},
	{Key: "members_research", Sets: inLabel, Unit: "companies", Rule: CountAtEnd, Dims: companyDims, count: countMembers(Research)},
	{Key: "members_public", Sets: inLabel, Unit: "companies", Rule: CountAtEnd, Dims: companyDims, count: countMembers(PublicOrg)},
	{Key: "members_financier", Sets: inLabel, Unit: "companies", Rule: CountAtEnd, Dims: companyDims, count: countMembers(Financier)},
	{Key: "joined", Sets: inLabel, Unit: "companies", Rule: CountEach, Dims: joiningDims, count: countJoined},
	{Key: "left", Sets: inLabel, Unit: "companies", Rule: CountEach, Dims: joiningDims, count: countLeft},
	{Key: "stability", Sets: inLabel, Unit: "companies", Rule: CountAtEnd, Dims: companyDims, count: countStayed, of: membersAtStart},

	// What is done with them.
	{Key: "contacts", Sets: inLabel, Unit: "contacts", Rule: CountEach, Dims: reachedDims, count: countContacts},
	{Key: "contacted", Sets: inLabel, Unit: "companies", Rule: CountYearly, Dims: reachedDims, count: countContacted},
	{Key: "services", Sets: inLabel, Unit: "companies", Rule: CountYearly, Dims: reachedDims, count: countServices},
	{Key: "groups", Sets: inLabel, Unit: "groups", Rule: CountYearly, Dims: groupDims, count: countGroupsMeeting},
	{Key: "group_meetings", Sets: inLabel, Unit: "meetings", Rule: CountEach, Dims: groupDims, count: countGroupMeetings},
	{Key: "group_attendance", Sets: inLabel, Unit: "attendances", Rule: CountEach, Dims: groupDims, count: countGroupAttendance},
	{Key: "decisions", Sets: inLabel, Unit: "decisions", Rule: CountEach, Dims: groupDims, count: countDecisions},

	// What they do together.
	{Key: "codevelopment", Sets: inLabel, Unit: "agreements", Rule: CountEach, Dims: groupDims, count: countCoDevelopments},
	{Key: "group_companies", Sets: inLabel, Unit: "companies", Rule: CountAtEnd, Dims: append(companyDims[:len(companyDims):len(companyDims)], DimGroup), count: countGroupCompanies},
	{Key: "member_meetings", Sets: inLabel, Unit: "meetings", Rule: CountEach, Dims: []Dim{DimMonth, DimYear, DimCluster}, count: countMemberMeetings},

	// Abroad.
	{Key: "trips", Sets: inBoth, Unit: "trips", Rule: CountEach, Dims: abroadDims, count: countTrips},
	{Key: "travellers", Sets: inBoth, Unit: "persons", Rule: CountYearly, Dims: abroadDims, count: countTravellers},
	{Key: "foreign_meetings", Sets: inLabel, Unit: "meetings", Rule: CountEach, Dims: abroadDims, count: countForeignMeetings},
	{Key: "delegations", Sets: inLabel, Unit: "delegations", Rule: CountEach, Dims: abroadDims, count: countDelegations},
	{Key: "foreign_participants", Sets: inLabel, Unit: "persons", Rule: CountYearly, Dims: append(abroadDims[:len(abroadDims):len(abroadDims)], DimGroup), guests: true, distinct: true, count: countForeignParticipants},

	// What came of it.
	{Key: "outcomes", Sets: inBoth, Unit: "outcomes", Rule: CountEach, Dims: outcomeDims, count: countOutcomes("")},
	{Key: "outcomes_contact", Sets: inBoth, Unit: "outcomes", Rule: CountEach, Dims: outcomeDims, count: countOutcomes(LadderContact)},
	{Key: "outcomes_second_meeting", Sets: inBoth, Unit: "outcomes", Rule: CountEach, Dims: outcomeDims, count: countOutcomes(LadderSecond)},
	{Key: "outcomes_nda", Sets: inBoth, Unit: "outcomes", Rule: CountEach, Dims: outcomeDims, count: countOutcomes(LadderNDA)},
	{Key: "outcomes_pilot", Sets: inBoth, Unit: "outcomes", Rule: CountEach, Dims: outcomeDims, count: countOutcomes(LadderPilot)},
	{Key: "outcomes_agreement", Sets: inBoth, Unit: "outcomes", Rule: CountEach, Dims: outcomeDims, count: countOutcomes(LadderAgreement)},

	// What they think, and what others hear of it.
	{Key: "answers", Sets: inLabel, Unit: "answers", Rule: CountEach, Dims: groupDims, guests: true, count: countAnswers, of: askedAll},
	{Key: "satisfaction", Sets: inLabel, Unit: "answers", Rule: CountEach, Dims: groupDims, Sum: "points", Mean: true, guests: true, count: countScores},
	{Key: "newsletters", Sets: inLabel, Unit: "newsletters", Rule: CountEach, Dims: []Dim{DimMonth, DimYear, DimCluster}, Sum: "readers", count: countNewsletters},
	{Key: "publications", Sets: inBoth, Unit: "works", Rule: CountEach, Dims: thingDims, Sum: "readers", count: countPublications},
	{Key: "works", Sets: inBoth, Unit: "works", Rule: CountEach, Dims: thingDims, count: countWorks},

	// What a project is asked for.
	{Key: "companies", Sets: inProject, Unit: "companies", Rule: CountYearly, Dims: reachedDims, count: countReached("")},
	{Key: "smes", Sets: inProject, Unit: "companies", Rule: CountYearly, Dims: reachedDims, count: countReached(SME)},
	{Key: "events", Sets: inBoth, Unit: "events", Rule: CountEach, Dims: groupDims, count: countEvents},
	{Key: "participants", Sets: inBoth, Unit: "persons", Rule: CountYearly, Dims: []Dim{DimMonth, DimYear, DimCluster, DimGroup, DimCountry}, guests: true, distinct: true, count: countParticipants},
	{Key: "meetings", Sets: inBoth, Unit: "meetings", Rule: CountEach, Dims: abroadDims, count: countMeetings},
}

var outcomeDims = []Dim{DimMonth, DimYear, DimCluster, DimCountry, DimClass}
