package rules

import (
	"embed"
	"fmt"

	"github.com/BurntSushi/toml"
)

//go:embed areas.toml
var areaFiles embed.FS

// Area is a field of support: whether the rule base covers it is told from the
// event sources and protocols that its rules ask for.
type Area struct {
	Name      string
	Providers []string // sources of events
	Protocols []string // of sessions
}

// Areas gives the fields of support that the rule base is measured by.
func Areas() ([]Area, error) {
	var file struct {
		Area []Area
	}
	meta, err := toml.DecodeFS(areaFiles, "areas.toml", &file)
	if err != nil {
		return nil, fmt.Errorf("areas.toml: %w", err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return nil, fmt.Errorf("areas.toml: unknown key %s", unknown[0])
	}
	return file.Area, nil
}
