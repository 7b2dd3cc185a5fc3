package engine

import (
	"math"
	"strings"
	"sync"
)

// hostNumbers numbers the hosts of a run, so that a moment can name its own in two
// bytes. 0 is no host, or one of more than can be numbered.
type hostNumbers struct {
	mu      sync.Mutex
	numbers map[string]uint16 // by name in lower case
	names   []string          // by number; of several spellings the first in order
}

func newHostNumbers() *hostNumbers {
	return &hostNumbers{numbers: map[string]uint16{}, names: []string{""}}
}

func (h *hostNumbers) number(name string) uint16 {
	if name == "" {
		return 0
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	folded := strings.ToLower(name)
	n, ok := h.numbers[folded]
	switch {
	case ok:
		if name < h.names[n] {
			h.names[n] = strings.Clone(name)
		}
	case len(h.names) <= math.MaxUint16:
		n = uint16(len(h.names))
		h.numbers[strings.Clone(folded)] = n
		h.names = append(h.names, strings.Clone(name))
	}
	return n
}

// hostNumber is hostNumbers.number with a worker's memory of it.
func (w *Worker) hostNumber(name string) uint16 {
	if n, ok := w.hosts[name]; ok {
		return n
	}
	n := w.run.hosts.number(name)
	if len(w.hosts) < providerCacheCap {
		w.hosts[strings.Clone(name)] = n
	}
	return n
}
