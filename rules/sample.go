package rules

import (
	"errors"
	"io/fs"
	"path"
	"strings"
)

// Sample is an input that shows what a rule does. It is a file or folder in
// the folder beside the rule file, named like it without .toml:
//
//	Q247764.toml
//	Q247764/fires-nt4.txt       the rule must fire
//	Q247764/quiet-other-id.txt  a near miss: it must not
//	Q247764/fires-ticket/       a folder is one ticket
//
// Other names in that folder are no samples; notes may stand there.
type Sample struct {
	Name  string // "fires-nt4.txt"
	Path  string // path of the file or folder
	Fires bool   // whether the rule must fire
	Dir   bool
}

// samplesIn gives the samples in a folder, by name; none if there is no such
// folder.
func samplesIn(p place, dir string) ([]Sample, error) {
	entries, err := fs.ReadDir(p.fsys, dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var list []Sample
	for _, e := range entries {
		fires := strings.HasPrefix(e.Name(), "fires-")
		if !fires && !strings.HasPrefix(e.Name(), "quiet-") {
			continue
		}
		list = append(list, Sample{e.Name(), p.name(path.Join(dir, e.Name())), fires, e.IsDir()})
	}
	return list, nil
}
