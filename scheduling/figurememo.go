package scheduling

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"kohtaamo/storage"
)

// countedFrom are the collections that figures are counted from: while nothing
// in them changes, neither do figures, but for what the clock does.
var countedFrom = []storage.Spec{
	companies.Spec, groups.Spec, memberships.Spec, groupMemberships.Spec,
	events.Spec, registrations.Spec, turnouts.Spec, surveys.Spec, surveyReplies.Spec, surveyBoxes.Spec,
	rounds.Spec, entrants.Spec, meetings.Spec, outcomes.Spec,
	trips.Spec, travellers.Spec, tripOutcomes.Spec,
	meetingRecords.Spec, gatherings.Spec, codevelopments.Spec, works.Spec, campaigns.Spec,
}

// stillGoing is how long after the end of a scope something can go on that began
// in it.
const stillGoing = 90 * 24 * time.Hour

// maxFigures is how many scopes figures are kept of.
const maxFigures = 256

// A figureMemo keeps the figures of the scopes that were asked for.
type figureMemo struct {
	mu   sync.Mutex
	kept map[string]keptFigures
}

type keptFigures struct {
	changes uint64
	list    []Figure
}

// figureKey names what figures of a scope are counted for: the clusters, the
// scope, and while things may begin and end in it by themselves, the minute.
func figureKey(s Scope, own []string, now time.Time) string {
	clusters := "all"
	if own != nil {
		clusters = strings.Join(slices.Sorted(slices.Values(own)), ",")
	}
	minute := int64(0)
	if closed := s.closed(now); now.Sub(closed.Until) < stillGoing {
		minute = now.Unix() / 60
	}
	return fmt.Sprintln(clusters, s.From.UnixMilli(), s.Until.UnixMilli(), s.ClusterID, s.ProjectID, s.GroupID, s.Country, minute)
}

// get gives what was kept at that state of the collections, or nil.
func (m *figureMemo) get(key string, changes uint64) []Figure {
	m.mu.Lock()
	defer m.mu.Unlock()
	if k := m.kept[key]; k.changes == changes {
		return slices.Clone(k.list)
	}
	return nil
}

func (m *figureMemo) put(key string, changes uint64, list []Figure) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.kept == nil || len(m.kept) >= maxFigures {
		m.kept = map[string]keptFigures{}
	}
	m.kept[key] = keptFigures{changes, slices.Clone(list)}
}
