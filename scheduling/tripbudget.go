package scheduling

// Costs are what a trip costs, and who pays it, in cents of its currency.
// Companies and House add up to Total.
type Costs struct {
	Seats     int // that the amounts of one seat were counted for
	Total     int64
	Companies int64
	House     int64
}

// A LineCost is a budget line with what it comes to.
type LineCost struct {
	BudgetLine
	Planned, Actual Costs
}

// Costs gives what each line comes to: as planned with all seats taken, and as
// it was for those who went. A delegate who stayed at home without giving the
// seat up had one too.
func (t *Trip) Costs(went int) (lines []LineCost, planned, actual Costs) {
	planned.Seats, actual.Seats = t.Selection.Seats, went
	for _, l := range t.Budget {
		x := LineCost{l, l.cost(l.Planned, t.Selection.Seats), l.cost(l.Actual, went)}
		planned.add(x.Planned)
		actual.add(x.Actual)
		lines = append(lines, x)
	}
	return lines, planned, actual
}

// cost is what a line with this amount comes to for some seats. Half a cent is
// the companies'.
func (l BudgetLine) cost(amount int64, seats int) Costs {
	c := Costs{Seats: seats, Total: amount}
	if l.PerSeat {
		c.Total *= int64(seats)
	}
	c.Companies = (c.Total*int64(l.Share) + 50) / 100
	c.House = c.Total - c.Companies
	return c
}

func (c *Costs) add(o Costs) {
	c.Total += o.Total
	c.Companies += o.Companies
	c.House += o.House
}

// PerSeat is what one seat costs its company, to the next full cent: no company
// reads less than it pays.
func (c Costs) PerSeat() int64 {
	if c.Seats <= 0 {
		return 0
	}
	n := int64(c.Seats)
	return (c.Companies + n - 1) / n
}

// Shares divides what the companies pay among companies by their seats. The
// shares add up to it to the cent, and none is a cent or more away from its
// even part. Without any seats there is nobody to pay.
func (c Costs) Shares(seats []int) []int64 {
	var all int64
	for _, n := range seats {
		all += int64(n)
	}
	out := make([]int64, len(seats))
	if all == 0 {
		return out
	}
	// what the first so many seats pay, rounded down: c.Companies*n/all without
	// running over
	until := func(n int64) int64 { return c.Companies/all*n + c.Companies%all*n/all }
	var at int64
	for i, n := range seats {
		out[i] = until(at+int64(n)) - until(at)
		at += int64(n)
	}
	return out
}
