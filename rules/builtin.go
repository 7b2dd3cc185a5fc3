package rules

import "embed"

// shipped holds the rule files of the knowledge base, without their samples.
//
//go:embed kb/*/*.toml
var shipped embed.FS

// Builtin loads the knowledge base that is part of the program.
func Builtin() (*Base, error) {
	b, err := Load(shipped, "kb")
	for _, r := range b.Rules {
		r.sampled = false // samples are not part of the program
	}
	return b, err
}
