package handlers

import (
	"errors"
	"fmt"
	"time"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/storage"
)

// roundFormPage is the data of templates/pages/round_form.html.
type roundFormPage struct {
	roundPage
	New    bool
	F      values
	Days   []dayRow
	Slots  []slotDay // that come of what is typed
	Count  int       // of the slots
	Tables []int
	Venues []int
	Ways   []venueWay       // between two venues
	Halls  []option         // the venues to choose from
	Lost   bool             // meetings would lose their place
	On     *scheduling.Trip // that it is on; nil if none

	Kinds, Schedules, Clusters, Events, Booths []option
	Zones, Foreign                             []string
}

// A venueWay is the field for how long the way between two venues takes.
type venueWay struct{ Name, Label string }

// showNewRound answers GET /organise/rounds/new with a draft two months ahead,
// or on the first day of the event or the stop of a trip that it is to be in.
func (s *Server) showNewRound(c *fiber.Ctx) error {
	own, err := s.ownClusters(c)
	if err != nil {
		return err
	}
	cluster := &scheduling.Cluster{Zone: houseZone}
	if len(own) > 0 {
		cluster = own[0]
	}
	loc, err := time.LoadLocation(cluster.Zone)
	if err != nil {
		loc = time.UTC
	}
	r := scheduling.NewRound(cluster, s.desk.DB.Now().In(loc).AddDate(0, 0, 60))
	if id := c.Query("event"); id != "" {
		b, err := s.desk.EventBoard(c.UserContext(), actor(c), id)
		if err != nil || !b.Organise {
			return errors.Join(err, storage.ErrNotFound)
		}
		r = scheduling.RoundIn(b.Event)
	}
	if id := c.Query("trip"); id != "" {
		if r, err = s.desk.RoundAtStop(c.UserContext(), actor(c), id, c.Query("stop")); err != nil {
			return err
		}
	}
	r.Contact, r.ContactEmail = actor(c).Name, actor(c).Email
	p := &roundFormPage{New: true, F: roundValues(r)}
	p.F.set("new_id", storage.NewID())
	return s.roundForm(c, p, r)
}

// showEditRound answers GET /organise/rounds/:id/edit.
func (s *Server) showEditRound(c *fiber.Ctx) error {
	b, err := s.round(c)
	if err != nil {
		return err
	}
	return s.roundForm(c, &roundFormPage{roundPage: b, F: roundValues(b.Round)}, b.Round)
}

// roundForm shows the form with what stands in p.F, and the slots of r.
func (s *Server) roundForm(c *fiber.Ctx, p *roundFormPage, r *scheduling.Round) (err error) {
	if p.RoundBoard == nil {
		p.RoundBoard = &scheduling.RoundBoard{Round: &scheduling.Round{Phase: scheduling.RoundDraft}}
		p.Base = "/organise/rounds/new"
	}
	p.NoIndex, p.Zones = true, zones
	p.Slots, p.Count = slotDays(r), len(r.Slots)
	p.Days, p.Venues, p.Tables = p.F.dayRows(), p.F.venueRows(), upTo(p.F.rows("tables"))
	p.between()
	for _, k := range scheduling.TableKinds {
		p.Kinds = append(p.Kinds, s.options(c, "round.table", string(k))...)
	}
	for _, w := range scheduling.RoundWays {
		p.Schedules = append(p.Schedules, s.options(c, "round.way", string(w))...)
	}
	if p.Clusters, err = s.clusterOptions(c); err != nil {
		return err
	}
	p.Foreign = notAmong(p.F["cluster_ids"], p.Clusters)
	if p.Booths, err = s.boothOptions(c, p.Round.ID); err != nil {
		return err
	}
	if p.Events, err = s.roundEvents(c, p.F.Get("event_id")); err != nil {
		return err
	}
	if id := p.F.Get("trip_id"); id != "" {
		if p.On, err = s.desk.Trip(c.UserContext(), actor(c), id); err != nil && !errors.Is(err, storage.ErrNotFound) {
			return err
		}
	}
	return s.page(c, "round_form", p)
}

// between are the ways between the venues that have a name.
func (p *roundFormPage) between() {
	for _, i := range p.Venues {
		at := fmt.Sprintf("venues.%d", i)
		if p.F.Get(at+".name") == "" {
			continue
		}
		id, name := p.F.Get(at+".id"), p.F.Get(at+".name")
		for _, h := range p.Halls {
			p.Ways = append(p.Ways, venueWay{"travel." + h.Value + "." + id, h.Label + " – " + name})
		}
		p.Halls = append(p.Halls, option{id, name})
	}
}

// boothOptions are the entrants that a booth can belong to.
func (s *Server) boothOptions(c *fiber.Ctx, roundID string) (out []option, err error) {
	if roundID == "" {
		return nil, nil
	}
	list, _, err := s.desk.RoundEntrants(c.UserContext(), actor(c), roundID, scheduling.EntrantFilter{State: scheduling.EntrantIn, Limit: 1000})
	for _, e := range list {
		out = append(out, option{e.ID, e.Name})
	}
	return out, err
}

// roundEvents are the coming events of the organiser that a round can be in,
// and the one that it is in.
func (s *Server) roundEvents(c *fiber.Ctx, chosen string) (out []option, err error) {
	list, _, err := s.desk.Events(c.UserContext(), actor(c), scheduling.EventFilter{From: s.desk.DB.Now(), Limit: 200}, true)
	if err != nil {
		return nil, err
	}
	l := s.lang(c)
	for _, e := range list {
		if actor(c).Organises(e.ClusterIDs...) && e.State != scheduling.Cancelled {
			out = append(out, option{e.ID, e.Title.In(l.Code()) + ", " + l.Day(e.Starts, e.Zone)})
			chosen = without(chosen, e.ID)
		}
	}
	if chosen == "" {
		return out, nil
	}
	if b, err := s.desk.EventBoard(c.UserContext(), actor(c), chosen); err == nil {
		return append(out, option{chosen, b.Event.Title.In(l.Code())}), nil
	}
	return append(out, option{chosen, l.Text("round.event_hidden")}), nil
}

// without is s, or nothing where s is that.
func without(s, that string) string {
	if s == that {
		return ""
	}
	return s
}

// createRound answers POST /organise/rounds/new. Sent twice, it makes one.
func (s *Server) createRound(c *fiber.Ctx) error {
	return s.saveRound(c, &roundFormPage{New: true}, scheduling.Round{})
}

// editRound answers POST /organise/rounds/:id/edit.
func (s *Server) editRound(c *fiber.Ctx) error {
	b, err := s.round(c)
	if err != nil {
		return err
	}
	return s.saveRound(c, &roundFormPage{roundPage: b}, *b.Round)
}

// saveRound stores what was typed over base, unless the form asks for something
// else first: more lines, or to see the slots.
func (s *Server) saveRound(c *fiber.Ctx, p *roundFormPage, base scheduling.Round) error {
	f := &roundForm{form: s.form(c), line: map[string]string{}}
	f.v = values(f.typed)
	p.F = f.v
	if do := f.Text("do"); do != "save" && do != "move" {
		f.more(do)
		in := f.round(base)
		if err := f.all(in.Check()); err != nil && do == "preview" {
			p.Problem = s.inForm(c, err)
		}
		return s.roundForm(c, p, in)
	}
	in := f.round(base)
	if p.New && newID.MatchString(f.Text("new_id")) {
		in.ID = f.Text("new_id")
	}
	err := f.all(in.Check())
	var saved *scheduling.Round
	if err == nil {
		save := s.desk.SaveRound
		if f.Text("do") == "move" {
			save = s.desk.SaveRoundMoving
		}
		saved, err = save(c.UserContext(), actor(c), in)
		err = f.all(err)
	}
	if p.New && exists(err) && s.roundMade(c, in.ID) {
		return s.seeOther(c, "/organise/rounds/"+in.ID, "flash.round_saved")
	}
	if problem := scheduling.ProblemIn(err); problem != nil {
		return s.roundNotSaved(c, p, f, in, err)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/organise/rounds/"+saved.ID, "flash.round_saved")
}

// roundMade reports whether this very form has made its round already.
func (s *Server) roundMade(c *fiber.Ctx, id string) bool {
	_, err := s.desk.RoundHead(c.UserContext(), actor(c), id)
	return id != "" && err == nil
}

// roundNotSaved shows the form again, with what is wrong. Whoever reads that
// somebody else has changed the round decides about the present version.
func (s *Server) roundNotSaved(c *fiber.Ctx, p *roundFormPage, f *roundForm, in *scheduling.Round, err error) error {
	problem := scheduling.ProblemIn(err)
	if problem.Kind == scheduling.Changed && p.RoundBoard != nil {
		f.typed["rev"] = []string{number64(p.Round.Rev)}
	}
	p.Lost = problem.Key == "round.homeless"
	p.Problem = s.inForm(c, err)
	return s.roundForm(c, p, in)
}

// deleteRound answers POST /organise/rounds/:id/delete.
func (s *Server) deleteRound(c *fiber.Ctx) error {
	err := s.desk.DeleteRound(c.UserContext(), actor(c), c.Params("id"))
	if p := scheduling.ProblemIn(err); p != nil {
		return s.seeOtherBad(c, "/organise/rounds/"+c.Params("id"), p.Key, p.Args...)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/organise/rounds", "flash.round_deleted")
}

// copyRoundPage is the data of templates/pages/copy_round.html.
type copyRoundPage struct {
	roundPage
	Day string
}

// showCopyRound answers GET /organise/rounds/:id/copy, with the same weekday a
// year later.
func (s *Server) showCopyRound(c *fiber.Ctx) error {
	b, err := s.round(c)
	if err != nil {
		return err
	}
	day := b.Round.Starts.In(b.Round.Location()).AddDate(0, 0, 52*7)
	return s.page(c, "copy_round", &copyRoundPage{roundPage: b, Day: day.Format(time.DateOnly)})
}

// copyRound answers POST /organise/rounds/:id/copy.
func (s *Server) copyRound(c *fiber.Ctx) error {
	b, err := s.round(c)
	if err != nil {
		return err
	}
	f := s.form(c)
	p := &copyRoundPage{roundPage: b, Day: f.Text("day")}
	day, _ := parseDay(f.Day("day"))
	if day.IsZero() {
		f.wrong("day", "problem.date")
	}
	var made *scheduling.Round
	if err = f.Err(); err == nil {
		made, err = s.desk.CopyRound(c.UserContext(), actor(c), b.Round.ID, day)
	}
	if p.Problem = s.inForm(c, err); p.Problem != nil {
		return s.page(c, "copy_round", p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/organise/rounds/"+made.ID+"/edit", "flash.round_copied")
}
