package scheduling

// The sets that indicators are in.
var (
	label   = []IndicatorSet{LabelSet}
	project = []IndicatorSet{ProjectSet}
	both    = []IndicatorSet{LabelSet, ProjectSet}
)

// indicators are all of them, in the order of a report. Each is defined here
// and nowhere else.
var indicators = []Indicator{
	{Key: "members", Sets: label, Unit: "companies", Rule: CountAtEnd, Dims: memberDims, count: countMembers},
	{Key: "events", Sets: both, Unit: "events", Rule: CountEach, Dims: eventDims, count: countEvents},
	{Key: "participants", Sets: both, Unit: "persons", Rule: CountYearly, Dims: personDims, count: countParticipants},
}

// The dimensions that indicators have.
var (
	memberDims = []Dim{DimCluster, DimCountry, DimClass, DimTown}
	eventDims  = []Dim{DimMonth, DimYear, DimCluster, DimGroup, DimClass}
	personDims = []Dim{DimMonth, DimYear, DimCluster, DimGroup, DimCountry}
)
