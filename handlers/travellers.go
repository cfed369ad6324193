package handlers

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"kohtaamo/scheduling"
	"kohtaamo/scheduling/table"
	"kohtaamo/storage"
	"kohtaamo/templates"
)

// travellerRoutes are who travels on a trip, what they are asked, where they
// sleep and what is printed of it. The desk answers those who lead the trip.
func (s *Server) travellerRoutes() []route {
	const trip = "/organise/trips/:id"
	const list, one = trip + "/travellers", trip + "/travellers/:traveller"
	const hotel = trip + "/rooms/:hotel"
	return []route{
		get("/travel/:link/data", Link, s.showTravelData),
		post("/travel/:link/data", Link, s.saveTravelData),
		get(list, SignedIn, s.showTravellers),
		get(list+".csv", SignedIn, s.exportTravellers(csvFile)),
		get(list+".xlsx", SignedIn, s.exportTravellers(xlsx)),
		get(list+"/add", SignedIn, s.showAddTraveller),
		post(list+"/add", SignedIn, s.addTraveller),
		post(list+"/remind", SignedIn, s.remindTravellers),
		get(one, SignedIn, s.showTraveller),
		post(one, SignedIn, s.editTraveller),
		get(one+"/replace", SignedIn, s.showReplaceTraveller),
		post(one+"/replace", SignedIn, s.replaceTraveller),
		post(one+"/release", SignedIn, s.releaseTraveller),
		get(trip+"/rooms", SignedIn, s.showRooms),
		get(trip+"/rooms/list", SignedIn, s.showRoomingList),
		get(hotel, SignedIn, s.showHotelRooms),
		post(hotel, SignedIn, s.saveHotelRooms),
		get(hotel+"/list.csv", SignedIn, s.exportRooms(csvFile)),
		get(hotel+"/list.xlsx", SignedIn, s.exportRooms(xlsx)),
		get(trip+"/diets", SignedIn, s.showDiets),
		get(trip+"/manifest", SignedIn, s.showManifest),
		get(trip+"/briefing", SignedIn, s.showBriefing),
	}
}

// travellersPage is the data of templates/pages/travellers.html.
type travellersPage struct {
	tripPage
	List *scheduling.TravellerList
	Asks bool // the trip asks for something

	lang *templates.Lang
}

// showTravellers answers GET /organise/trips/:id/travellers.
func (s *Server) showTravellers(c *fiber.Ctx) error {
	t, err := s.trip(c)
	if err != nil {
		return err
	}
	p := &travellersPage{tripPage: t, Asks: len(t.Trip.Asks.Fields) > 0, lang: s.lang(c)}
	if p.List, err = s.desk.Travellers(c.UserContext(), actor(c), t.Trip.ID); err != nil {
		return err
	}
	return s.page(c, "travellers", p)
}

// travellerHeads are the columns of the list as a file.
var travellerHeads = []string{"name", "company", "title", "role", "email", "phone", "lang", "state"}

// exportTravellers answers GET /organise/trips/:id/travellers.csv and .xlsx: who
// travels, and nothing of what they answered.
func (s *Server) exportTravellers(k fileKind) fiber.Handler {
	return func(c *fiber.Ctx) error {
		list, err := s.desk.Travellers(c.UserContext(), actor(c), c.Params("id"))
		if err != nil {
			return err
		}
		l := s.lang(c)
		return s.sendTable(c, k, "traveller.title", list.Trip.Slug+"-travellers", func(w table.Writer) error {
			if err := w.Write(append(s.heads(c, travellerHeads...), l.Text("traveller.column.data"))); err != nil {
				return err
			}
			for _, v := range list.Lines {
				asked := ""
				switch {
				case !v.Goes() || len(list.Trip.Asks.Fields) == 0:
				case len(v.Missing) > 0:
					asked = missingText(l, v.Missing)
				default:
					asked = l.Text("traveller.answered")
				}
				err := w.Write([]string{v.Name, v.Company, v.Title, l.Text("traveller.role." + string(v.Role)), v.Email, v.Phone, v.Lang,
					l.Text("state.traveller." + string(v.State)), asked})
				if err != nil {
					return err
				}
			}
			return nil
		})
	}
}

// MissingText is what somebody has not answered, in words.
func (p *travellersPage) MissingText(fields []string) string { return missingText(p.lang, fields) }

func missingText(l *templates.Lang, fields []string) string {
	var names []string
	for _, f := range fields {
		names = append(names, l.Text("traveller.field."+f))
	}
	return l.Text("traveller.missing", "fields", strings.Join(names, ", "))
}

// remindTravellers answers POST /organise/trips/:id/travellers/remind.
func (s *Server) remindTravellers(c *fiber.Ctx) error {
	n, err := s.desk.AskTravellersAgain(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return err
	}
	return s.seeOther(c, "/organise/trips/"+c.Params("id")+"/travellers", "traveller.flash.reminded", "count", n)
}

// travellerFormPage is the data of templates/pages/traveller_form.html: a new
// traveller, or a colleague for one.
type travellerFormPage struct {
	tripPage
	F       values
	Replace *scheduling.Traveller // who is replaced; nil for somebody new
	Roles   []option
	Langs   []option
}

// travellerInputs are the inputs of the form, in their order.
var travellerInputs = []string{"name", "email", "company", "title", "phone", "lang", "role", "goals"}

func (s *Server) travellerForm(c *fiber.Ctx, v values, replace *scheduling.Traveller, problem *FormProblem) error {
	t, err := s.trip(c)
	if err != nil {
		return err
	}
	p := &travellerFormPage{tripPage: t, F: v, Replace: replace, Roles: s.travellerRoles(c, t), Langs: s.readingLangs()}
	p.Problem = s.labelled(c, "traveller.f.", problem)
	return s.page(c, "traveller_form", p)
}

// travellerRoles are those that the reader may give.
func (s *Server) travellerRoles(c *fiber.Ctx, t tripPage) (out []option) {
	for _, r := range scheduling.TravellerRoles {
		if r == scheduling.AsVisitor && t.Trip.Direction != scheduling.Incoming || r == scheduling.AsLeader && !t.Organise {
			continue
		}
		out = append(out, option{string(r), s.lang(c).Text("traveller.role." + string(r))})
	}
	return out
}

// readingLangs are the languages that mails can be in.
func (s *Server) readingLangs() (out []option) {
	for _, code := range s.texts.Langs() {
		out = append(out, option{code, s.texts.In(code).Text("common.language_name")})
	}
	return out
}

// readTraveller reads what the form says of a person.
func (f *form) readTraveller() *scheduling.Traveller {
	return &scheduling.Traveller{Name: f.Text("name"), Email: f.Text("email"), Company: f.Text("company"), Title: f.Text("title"), Phone: f.Text("phone"),
		Lang: f.Value("lang"), Role: scheduling.TravellerRole(f.Value("role")), Goals: f.Text("goals")}
}

// showAddTraveller answers GET /organise/trips/:id/travellers/add.
func (s *Server) showAddTraveller(c *fiber.Ctx) error {
	return s.travellerForm(c, s.newTraveller(c), nil, nil)
}

func (s *Server) newTraveller(c *fiber.Ctx) values {
	v := values{}
	v.set("id", storage.NewID())
	v.set("lang", s.lang(c).Code())
	return v
}

// addTraveller answers POST /organise/trips/:id/travellers/add. Sent twice, it
// says that the person travels already.
func (s *Server) addTraveller(c *fiber.Ctx) error {
	f := s.form(c)
	in := f.readTraveller()
	in.ID = f.NewID()
	v, err := s.desk.AddTraveller(c.UserContext(), actor(c), c.Params("id"), in)
	if p := s.inForm(c, err, travellerInputs...); p != nil {
		return s.travellerForm(c, f.typed, nil, p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/organise/trips/"+c.Params("id")+"/travellers", "traveller.flash.added", "name", v.Name)
}

// showReplaceTraveller answers GET …/travellers/:traveller/replace.
func (s *Server) showReplaceTraveller(c *fiber.Ctx) error {
	return s.replaceForm(c, s.newTraveller(c), nil)
}

func (s *Server) replaceForm(c *fiber.Ctx, v values, problem *FormProblem) error {
	who, err := s.desk.TravellerName(c.UserContext(), actor(c), c.Params("id"), c.Params("traveller"))
	if err != nil {
		return err
	}
	return s.travellerForm(c, v, who, problem)
}

// replaceTraveller answers POST …/travellers/:traveller/replace. Sent twice, it
// replaces once.
func (s *Server) replaceTraveller(c *fiber.Ctx) error {
	f := s.form(c)
	in := f.readTraveller()
	in.ID = f.NewID()
	v, err := s.desk.ReplaceTraveller(c.UserContext(), actor(c), c.Params("id"), c.Params("traveller"), in)
	if p := s.inForm(c, err, travellerInputs...); p != nil {
		return s.replaceForm(c, f.typed, p)
	}
	if err != nil {
		return err
	}
	return s.seeOther(c, "/organise/trips/"+c.Params("id")+"/travellers", "traveller.flash.replaced", "name", v.Name)
}
