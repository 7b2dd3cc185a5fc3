package rules

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/BurntSushi/toml"
)

// SeenFile is the file beside a rule's samples that says which of the rule's
// signals each sample shows, and on how many records:
//
//	["fires-1-nt4.csv"]
//	lookup_failed = 6
//
// A signal that a sample's table does not name is not to be seen there. A
// sample without a table is held to firing or not alone.
const SeenFile = "seen.toml"

// ReadSeen reads what the samples of a rule are to show, by name of the sample
// and of the signal; nil if there is no such file. Samples and signals that do
// not exist are errors.
func (r *Rule) ReadSeen() (map[string]map[string]int, error) {
	if len(r.Samples) == 0 {
		return nil, nil
	}
	file := filepath.Join(filepath.Dir(filepath.FromSlash(r.Samples[0].Path)), SeenFile)
	raw, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var seen map[string]map[string]int
	if _, err := toml.Decode(string(raw), &seen); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	for sample, signals := range seen {
		if !r.hasSample(sample) {
			return nil, fmt.Errorf("%s: there is no sample %s", file, sample)
		}
		for name := range signals {
			if !r.hasSignal(name) {
				return nil, fmt.Errorf("%s: %s: %s has no signal %s", file, sample, r.ID, name)
			}
		}
	}
	return seen, nil
}

func (r *Rule) hasSample(name string) bool {
	for _, s := range r.Samples {
		if s.Name == name {
			return true
		}
	}
	return false
}

func (r *Rule) hasSignal(name string) bool {
	for _, s := range r.Signals {
		if s.Name == name {
			return true
		}
	}
	return false
}

// WriteSeen writes the file that ReadSeen reads, samples and signals in order.
func (r *Rule) WriteSeen(seen map[string]map[string]int) error {
	if len(r.Samples) == 0 {
		return nil
	}
	var b strings.Builder
	b.WriteString("# Which signals each sample shows, and on how many records.\n")
	for _, s := range r.Samples {
		signals, ok := seen[s.Name]
		if !ok {
			continue
		}
		fmt.Fprintf(&b, "\n[%q]\n", s.Name)
		for _, sig := range r.Signals {
			if n := signals[sig.Name]; n > 0 {
				fmt.Fprintf(&b, "%s = %d\n", sig.Name, n)
			}
		}
	}
	file := filepath.Join(filepath.Dir(filepath.FromSlash(r.Samples[0].Path)), SeenFile)
	return os.WriteFile(file, []byte(b.String()), 0o644)
}
