package api

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
)

// maxBody is the most an operation reads, in bytes.
const maxBody = 1 << 20

// subjects are the tags of the document, in its order, and the first halves of
// the scopes.
var subjects = []*huma.Tag{
	{Name: "events", Description: "What people register for: drafts, publication, agenda, questions, rules."},
	{Name: "registrations", Description: "People's places at events: seats, the waiting list, offers, hand-overs."},
	{Name: "rounds", Description: "Rounds of B2B meetings: days and slots, tables, phases, the companies that take part, wishes, proposals, the schedule, the day itself."},
	{Name: "trips", Description: "Delegation trips: stops, seats, criteria, budget, states."},
	{Name: "checkin", Description: "The door: arrivals by ticket code, walk-ins, who did not come."},
	{Name: "companies", Description: "Organisations that people come from."},
	{Name: "members", Description: "Which companies belong to which clusters, applications to join, agreements."},
	{Name: "people", Description: "Contacts, and what they may do."},
	{Name: "groups", Description: "Working groups, boards and B2B groups."},
	{Name: "activities", Description: "The activity log, and when companies were met last."},
	{Name: "programmes", Description: "What happens on a delegation trip: legs, stays and activities, who takes part, what is wrong."},
	{Name: "travellers", Description: "Who travels on trips, and where they sleep. What they say about themselves is not to be had here."},
	{Name: "trip-outcomes", Description: "What came of trips: what delegates and hosts say, figures, costs."},
	{Name: "delegations", Description: "Delegations that ask to come, and the hosts that receive one."},
	{Name: "chains", Description: "Follow-up mails that something starts, and the surveys of events."},
	{Name: "applications", Description: "Companies' applications for trips: scores, offers, the reserve."},
	{Name: "figures", Description: "What is counted: indicators and the rows behind them, periods with their closing, reports and evidence, counts of a cluster's own."},
	{Name: "saved-lists", Description: "Lists that somebody keeps with a filter, and what stands in them today."},
	{Name: "clusters", Description: "The communities of the house."},
	{Name: "projects", Description: "Funded projects, whose emblem events carry."},
	{Name: "lists", Description: "Mailing lists, who stands to them how, and the addresses that mail is kept from."},
	{Name: "plans", Description: "Strategies, plans and reviews with their versions and items, and what proves the answers to the label's questions."},
	{Name: "campaigns", Description: "Newsletters and invitations: what they say, whom they go to, how far they are."},
	{Name: "webhooks", Description: "Other programs that are told of changes, and what they were told."},
	{Name: "outbox", Description: "Mails that are promised, on their way, sent or failed."},
	{Name: "mail", Description: "Messages that came in: answers to invites, reports of mail servers."},
	{Name: "jobs", Description: "What runs by itself, and its last runs."},
	{Name: "audit", Description: "Who did what, and why."},
	{Name: "me", Description: "The token itself."},
}

// Scopes are those that a token can have: "*" for everything, "read" and
// "write" for every subject, "SUBJECT:read" and "SUBJECT:write" for one. What
// may be written may be read. They limit what the token's roles allow, and give
// nothing that these do not.
func Scopes() []string {
	out := []string{"*", "read", "write"}
	for _, t := range subjects[:len(subjects)-1] {
		out = append(out, t.Name+":read", t.Name+":write")
	}
	return out
}

const preamble = `Every request carries ` + "`Authorization: Bearer TOKEN`" + `, except for reading what is public.

Times are RFC 3339 in UTC, with the name of their zone (IANA) beside them. Texts exist by language: {"fi": "…", "en": "…"}.
Lists take ` + "`limit`" + ` (1 to 200) and ` + "`after`" + `; they answer with ` + "`next`" + ` and a Link header with rel="next" while there is more.
A document's ` + "`revision`" + ` is its ETag: a PUT carries it as If-Match, and answers 412 if somebody else came first. A PUT replaces all that can be written; what is left out gets its default.
Every POST takes an Idempotency-Key: sent again within a day, the same request gets the same answer and is not done again; another request under that key gets 422.
Errors are application/problem+json (RFC 9457) in the language of Accept-Language and name every field at fault.`

// document is the head of the OpenAPI document.
func (a *API) document() huma.Config {
	c := huma.DefaultConfig("Kohtaamo", "1")
	c.Info.Description = preamble
	c.Servers = []*huma.Server{{URL: a.cfg.BaseURL + Root}}
	c.Tags = subjects
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token": {Type: "http", Scheme: "bearer", Description: "An API token; its scopes and roles say what it may."},
	}
	c.OpenAPIPath, c.DocsPath, c.SchemasPath = "", "", "" // see serveSpec
	c.CreateHooks = nil                                   // they would add $schema to every answer
	c.RejectUnknownQueryParameters = true
	return c
}

// operation is o as huma knows it.
func (o op) operation() huma.Operation {
	h := huma.Operation{
		Method: o.method, Path: o.path, OperationID: o.id, Summary: o.summary, Description: o.about,
		DefaultStatus: o.status, MaxBodyBytes: maxBody, Errors: o.failures(),
		Tags: []string{o.subject}, Metadata: map[string]any{"op": o},
		Security: []map[string][]string{{"token": {}}},
	}
	if o.file != "" {
		h.Responses = map[string]*huma.Response{strconv.Itoa(http.StatusOK): {Description: "The file",
			Content: map[string]*huma.MediaType{o.file: {Schema: &huma.Schema{Type: "string", Format: "binary"}}}}}
	}
	if o.subject == "" {
		h.Tags = []string{"me"}
	} else {
		h.Security[0]["token"] = []string{o.scope()}
	}
	if o.open {
		h.Security = append(h.Security, map[string][]string{})
	}
	if o.method == http.MethodPost {
		least, most := 1, maxKey
		h.Parameters = append(h.Parameters, &huma.Param{
			Name: "Idempotency-Key", In: "header", Description: "A fresh random text for every new request.",
			Schema: &huma.Schema{Type: "string", MinLength: &least, MaxLength: &most},
		})
	}
	return h
}

// failures are the statuses beside success that o can answer with.
func (o op) failures() []int {
	out := append([]int{401, 403, 429, 500, 503}, o.errors...)
	if strings.Contains(o.path, "{") || !o.open {
		out = append(out, 404)
	}
	if o.method != http.MethodGet {
		out = append(out, 400, 409, 413, 415, 422)
	}
	if o.matches {
		out = append(out, 412, 428)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// serveSpec answers with the document: it is made once, when it is first asked
// for, since it says nothing that depends on who asks, and making it takes as
// long as everything else at a start.
func (a *API) serveSpec(r fiber.Router) {
	for ext, write := range map[string]func() ([]byte, error){
		"json": a.huma.OpenAPI().MarshalJSON,
		"yaml": a.huma.OpenAPI().YAML,
	} {
		written := sync.OnceValues(write)
		a.paths = append(a.paths, newPath(http.MethodGet, "/openapi."+ext))
		withHead{r}.Add(fiber.MethodGet, "/openapi."+ext, func(c *fiber.Ctx) error {
			body, err := written()
			if err != nil { // a mistake in our types
				return fmt.Errorf("the API's description: %w", err)
			}
			c.Set(fiber.HeaderContentType, "application/"+ext)
			return c.Send(body)
		})
	}
}
