package handlers

import (
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
)

// delegatesPage is the data of templates/pages/entrant_people.html.
type delegatesPage struct {
	myRoundPage
	Lines   []delegateLine
	Form    scheduling.Colleague
	Tongues []tick
}

// A delegateLine is one of an entrant's people, as those who see the page may
// change them.
type delegateLine struct {
	scheduling.Delegate
	Own     bool
	Change  bool
	Tongues []tick
}

// showDelegates answers GET /rounds/:slug/my/people.
func (s *Server) showDelegates(c *fiber.Ctx) error {
	mine, err := s.myRound(c)
	if err != nil {
		return err
	}
	return s.delegatesPage(c, mine, &delegatesPage{})
}

func (s *Server) delegatesPage(c *fiber.Ctx, mine *myRoundPage, p *delegatesPage) error {
	problem := p.Problem
	p.myRoundPage = *mine
	p.Problem = problem
	for _, d := range mine.Entrant.People {
		own := d.PersonID == actor(c).ID
		p.Lines = append(p.Lines, delegateLine{d, own, own || mine.Manages, s.tongueTicks(c, d.Languages)})
	}
	return s.page(c, "entrant_people", p)
}

func (s *Server) inviteColleague(c *fiber.Ctx) error {
	mine, err := s.managing(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	p := &delegatesPage{Form: scheduling.Colleague{Email: f.Text("email"), Name: f.Text("name"), Title: f.Text("title")}}
	_, err = s.desk.InviteColleague(c.UserContext(), actor(c), mine.Entrant.ID, p.Form)
	if p.Problem = s.inForm(c, err, "name", "email", "title"); p.Problem != nil {
		return s.delegatesPage(c, mine, p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, mine.Base+"/people", "entrants.flash.invited")
}

func (s *Server) uninviteColleague(c *fiber.Ctx) error {
	mine, err := s.managing(c)
	if err != nil {
		return err
	}
	_, err = s.desk.UninviteColleague(c.UserContext(), actor(c), mine.Entrant.ID, s.form(c).Text("invite"))
	return s.doneAt(c, err, mine.Base+"/people", mine.Base+"/people", "entrants.flash.uninvited")
}

func (s *Server) saveDelegate(c *fiber.Ctx) error {
	mine, err := s.myRound(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	in := scheduling.Delegate{PersonID: c.Params("person"), Title: f.Text("title"), Languages: f.List("languages"), Manages: f.Check("manages")}
	_, err = s.desk.SaveDelegate(c.UserContext(), actor(c), mine.Entrant.ID, in)
	return s.doneAt(c, err, mine.Base+"/people", mine.Base+"/people", "entrants.flash.saved")
}

func (s *Server) removeDelegate(c *fiber.Ctx) error {
	mine, err := s.myRound(c)
	if err != nil {
		return err
	}
	on := mine.Base + "/people"
	if c.Params("person") == actor(c).ID {
		on = "/rounds/" + mine.Round.Slug
	}
	_, err = s.desk.RemoveDelegate(c.UserContext(), actor(c), mine.Entrant.ID, c.Params("person"))
	return s.doneAt(c, err, mine.Base+"/people", on, "entrants.flash.removed")
}

// availabilityPage is the data of templates/pages/entrant_availability.html.
type availabilityPage struct {
	myRoundPage
	Person   scheduling.Delegate
	Own      bool
	Days     []availableDay
	Calendar bool // they gave calendars of busy times
}

// An availableDay is a day of a round, by its halves.
type availableDay struct {
	Date   time.Time
	Halves []availableHalf
}

// An availableHalf is a morning or an afternoon. Part names it in the form.
type availableHalf struct {
	Part  string // "2027-02-03/morning"
	Key   string // "morning", "afternoon"
	Slots []availableSlot
}

// An availableSlot is a slot that one can be met in, or not.
type availableSlot struct {
	scheduling.Slot
	Free   bool // by their own word
	Busy   bool // by a calendar of theirs
	Booked bool // a meeting is agreed
}

// theirs finds the one of the entrant's people whom the address names, or else
// the one who asks.
func (s *Server) theirs(c *fiber.Ctx) (*availabilityPage, error) {
	mine, err := s.myRound(c)
	if err != nil {
		return nil, err
	}
	p := &availabilityPage{myRoundPage: *mine, Person: mine.Me, Own: true}
	if id := c.Query("person"); id != "" && id != actor(c).ID {
		one, ok := mine.Entrant.Delegate(id)
		if !ok || !mine.Manages {
			return nil, fiber.ErrNotFound
		}
		p.Person, p.Own = one, false
	}
	return p, nil
}

// showAvailability answers GET /rounds/:slug/my/availability.
func (s *Server) showAvailability(c *fiber.Ctx) error {
	p, err := s.theirs(c)
	if err != nil {
		return err
	}
	times, err := s.desk.DelegateTimes(c.UserContext(), actor(c), p.Entrant.ID, p.Person.PersonID)
	if err != nil {
		return err
	}
	p.Calendar = times.Calendars > 0
	p.Days = availableDays(p.Round, p.Person, times)
	return s.page(c, "entrant_availability", p)
}

func availableDays(r *scheduling.Round, d scheduling.Delegate, times *scheduling.DelegateTimes) (days []availableDay) {
	for _, slot := range r.Slots {
		date, key := halfOf(r, slot)
		if n := len(days); n == 0 || days[n-1].Date.Format(time.DateOnly) != date {
			days = append(days, availableDay{Date: slot.Starts.In(r.Location())})
		}
		day := &days[len(days)-1]
		if n := len(day.Halves); n == 0 || day.Halves[n-1].Key != key {
			day.Halves = append(day.Halves, availableHalf{Part: date + "/" + key, Key: key})
		}
		half := &day.Halves[len(day.Halves)-1]
		half.Slots = append(half.Slots, availableSlot{slot, !slices.Contains(d.Unavailable, slot.ID), times.Busy[slot.ID], times.Booked[slot.ID]})
	}
	return days
}

// halfOf is the day of a slot on the wall and the half of it.
func halfOf(r *scheduling.Round, s scheduling.Slot) (date, key string) {
	at := s.Starts.In(r.Location())
	key = "morning"
	if at.Hour() >= 12 {
		key = "afternoon"
	}
	return at.Format(time.DateOnly), key
}

// saveAvailability answers POST /rounds/:slug/my/availability. The buttons "all"
// and "none" tick or untick half a day on top of what was ticked.
func (s *Server) saveAvailability(c *fiber.Ctx) error {
	p, err := s.theirs(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	free := f.List("free")
	var unavailable []string
	for _, slot := range p.Round.Slots {
		date, key := halfOf(p.Round, slot)
		part := date + "/" + key
		on := slices.Contains(free, slot.ID) || f.Value("all") == part
		if !on || f.Value("none") == part {
			unavailable = append(unavailable, slot.ID)
		}
	}
	_, err = s.desk.SetAvailability(c.UserContext(), actor(c), p.Entrant.ID, p.Person.PersonID, unavailable, f.Check("use_busy"))
	path := withQuery(p.Base+"/availability", "person", c.Query("person"))
	return s.doneAt(c, err, path, path, "entrants.flash.times")
}
