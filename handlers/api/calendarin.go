package api

import (
	"context"
	"net/http"
	"time"

	"kohtaamo/scheduling"
)

// importRoutes bring events in from other calendars.
func (a *API) importRoutes() {
	add(a, op{method: http.MethodPost, path: "/events/import", id: "import-events", subject: "events",
		summary: "Make drafts of the events in a calendar from elsewhere",
		about: "Give the text of an .ics file or its address. With dry_run nothing is stored and the answer says what would become of each entry. " +
			"An entry is known again by its UID: imported once more it changes its draft if it has changed, and what was published since is left alone. " +
			"Of what repeats, the next date becomes one draft."}, a.importEvents)
}

// ImportEvents is a calendar to be imported.
type ImportEvents struct{ Body CalendarToImport }

// CalendarToImport is a calendar from elsewhere, with how to read it.
type CalendarToImport struct {
	File      string   `json:"file" required:"false" maxLength:"1048576" doc:"The text of an .ics file"`
	Calendar  string   `json:"calendar" required:"false" maxLength:"2000" example:"https://example.org/events.ics" doc:"Or its address on the internet: https, http or webcal"`
	ClusterID string   `json:"cluster_id" minLength:"1" maxLength:"64" doc:"Whose drafts they become"`
	Zone      string   `json:"zone" required:"false" maxLength:"64" example:"Europe/Helsinki" doc:"Of times that name no zone; the cluster's if missing"`
	Lang      string   `json:"lang" required:"false" maxLength:"20" example:"en" doc:"That its texts are in; the cluster's first if missing"`
	Only      []string `json:"only,omitempty" maxItems:"300" doc:"The keys of the entries to take, as a dry run named them; all that can be if missing"`
	DryRun    bool     `json:"dry_run" required:"false" doc:"Store nothing and say what would happen"`
}

// ImportedEvents is the answer of an import.
type ImportedEvents struct{ Body CalendarReport }

// A CalendarReport says what became of every entry of a calendar, or would.
type CalendarReport struct {
	DryRun  bool            `json:"dry_run"`
	Name    string          `json:"name" doc:"What the calendar calls itself"`
	Entries []CalendarEntry `json:"entries"`
}

// A CalendarEntry is one entry of a calendar from elsewhere.
type CalendarEntry struct {
	Line    int        `json:"line" doc:"Where it begins in the file"`
	Key     string     `json:"key,omitempty" doc:"Names it in only; missing if it cannot be taken"`
	Outcome string     `json:"outcome" enum:"new,updated,same,kept,skipped,left" doc:"new: a draft; updated: its draft gets what is new; same: nothing is new; kept: published since, left alone; skipped: cannot become an event; left: was not chosen"`
	Title   string     `json:"title"`
	Place   string     `json:"place"`
	Starts  *time.Time `json:"starts,omitempty"`
	Ends    *time.Time `json:"ends,omitempty"`
	Zone    string     `json:"zone,omitempty"`
	AllDay  bool       `json:"all_day"`
	Repeats string     `json:"repeats,omitempty" doc:"The rule by which it repeats there; one date is taken"`
	Edited  bool       `json:"edited" doc:"Its draft was edited here since: taking it again undoes that"`
	EventID string     `json:"event_id,omitempty" doc:"Id of the event that it became"`
	Why     string     `json:"why,omitempty" doc:"Why it is skipped, in the caller's language where we have the words"`
}

func (a *API) importEvents(ctx context.Context, by scheduling.Actor, in *ImportEvents) (*ImportedEvents, error) {
	b, who := in.Body, callerIn(ctx)
	w := wrong{}
	switch {
	case b.File == "" && b.Calendar == "":
		w["calendar"] = "calendarin.nothing"
	case b.File != "" && b.Calendar != "":
		w["file"] = "calendarin.both"
	}
	if err := w.problem(); err != nil {
		return nil, err
	}
	content := []byte(b.File)
	if b.Calendar != "" {
		var err error
		if content, err = a.cfg.Desk.FetchCalendar(ctx, by, b.Calendar); err != nil {
			return nil, err
		}
	}
	rep, err := a.cfg.Desk.ImportCalendar(ctx, by, scheduling.CalendarImport{
		Content: content, ClusterID: b.ClusterID, Zone: b.Zone, Lang: b.Lang, Only: b.Only, DryRun: b.DryRun})
	if err != nil {
		return nil, err
	}
	out := CalendarReport{DryRun: rep.DryRun, Name: rep.Name}
	out.Entries = mapped(rep.Entries, func(e scheduling.CalendarEntry) CalendarEntry { return who.entry(e) })
	return &ImportedEvents{out}, nil
}

func (w *caller) entry(e scheduling.CalendarEntry) CalendarEntry {
	out := CalendarEntry{Line: e.Line, Key: e.Key, Outcome: string(e.Outcome), Title: e.Title, Place: e.Place, Starts: timeOf(e.Starts), Ends: timeOf(e.Ends),
		Zone: e.Zone, AllDay: e.AllDay, Repeats: e.Repeats, Edited: e.Edited, EventID: e.EventID, Why: e.Reason}
	if e.Why != "" {
		out.Why = w.text(e.Why)
	}
	return out
}
