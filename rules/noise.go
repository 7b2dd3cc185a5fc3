package rules

import (
	"embed"
	"fmt"

	"github.com/BurntSushi/toml"
)

//go:embed noise.toml
var noiseFiles embed.FS

// Noise is a kind of event that healthy machines log all the time.
type Noise struct {
	Provider string
	IDs      []uint16
	Why      string // what produces it
	Source   string // where that can be checked
}

// KnownNoise gives the list that kbdiag brings.
func KnownNoise() ([]Noise, error) {
	var file struct {
		Event []Noise
	}
	meta, err := toml.DecodeFS(noiseFiles, "noise.toml", &file)
	if err != nil {
		return nil, fmt.Errorf("noise.toml: %w", err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return nil, fmt.Errorf("noise.toml: unknown key %s", unknown[0])
	}
	return file.Event, nil
}
