package scheduling

import "kohtaamo/storage"

// companyPlaces are the ways by which a company is named in other documents.
// Every collection with the id of a company has its line here: it puts into for
// from, joins what may be there only once, and says how many documents changed.
var companyPlaces = []func(tx *storage.Tx, from, into *Company) (int, error){
	recordCompanies,
	moveMemberships, // and agreements
	mergeWorks,
	mergeEncounters,
}
