package scheduling

// TripCosts are what a trip was to cost and what it cost, and who pays how
// much. Amounts are in cents of the trip's currency.
type TripCosts struct {
	Seats    int // that the lines of one seat are counted for
	Lines    []TripCost
	Total    TripCost
	Currency string // ISO 4217
}

// A TripCost is a line of a budget with its amounts for the whole trip. What
// companies and the house pay is of the actual amount.
type TripCost struct {
	Name                              string
	Planned, Actual, Companies, House int64
}

// Over is how much more it cost than was planned; less than zero if it cost less.
func (c TripCost) Over() int64 { return c.Actual - c.Planned }

// costsOf works out the budget of a trip on which so many delegates went. The
// companies' share is rounded to the cent, the house pays the rest, so that the
// two are the amount.
func costsOf(t *Trip, seats int) TripCosts {
	c := TripCosts{Seats: seats, Currency: t.Currency}
	for _, b := range t.Budget {
		n := int64(1)
		if b.PerSeat {
			n = int64(seats)
		}
		line := TripCost{Name: b.Name, Planned: b.Planned * n, Actual: b.Actual * n}
		line.Companies = (line.Actual*int64(b.Share) + 50) / 100
		line.House = line.Actual - line.Companies
		c.Lines = append(c.Lines, line)
		c.Total.Planned += line.Planned
		c.Total.Actual += line.Actual
		c.Total.Companies += line.Companies
		c.Total.House += line.House
	}
	return c
}
