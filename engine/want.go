package engine

import (
	"maps"
	"strings"
	"sync/atomic"

	"kbdiag/parsers"
)

// wanter says of an event, before its message, strings and data are read,
// whether anything here looks at them. It may be used by several goroutines.
type wanter struct {
	set   *Set
	known atomic.Pointer[map[string]providerRef] // by provider as written; never changed, only replaced
}

func newWanter(set *Set) *wanter {
	w := &wanter{set: set}
	w.known.Store(&map[string]providerRef{})
	return w
}

// want reports whether a signal may match the event, or the event is an error,
// of which the report shows an example.
func (w *wanter) want(e *parsers.Event) bool {
	if e.Level == parsers.LevelError || e.Level == parsers.LevelCritical {
		return true
	}
	c := w.set.index.events.fitting(e, w.provider(e), strings.ToLower(e.Log))
	return c.n > 0
}

// provider folds a provider's name, once for each spelling.
func (w *wanter) provider(e *parsers.Event) providerRef {
	if !e.Has(parsers.FieldProvider) {
		return providerRef{}
	}
	known := *w.known.Load()
	if ref, ok := known[e.Provider]; ok {
		return ref
	}
	folded := strings.Clone(foldProvider(e.Provider))
	ref := providerRef{known: true, folded: folded, number: w.set.index.events.providers[folded]}
	if len(known) < wantedProviders {
		// Another goroutine's new name may be lost: it is found again.
		next := maps.Clone(known)
		next[strings.Clone(e.Provider)] = ref
		w.known.Store(&next)
	}
	return ref
}

// wantedProviders bounds the names that are kept. Each new one costs a copy.
const wantedProviders = 1 << 10
