package article

import "embed"

//go:embed calibration.json
var calibrationFiles embed.FS

// Calibration gives the table of confidence for rule bases that are imported
// from an archive as it is. It was fitted to 1,085 tickets made from 321
// articles, of which 44 in 365 had no rule in the base, and to 963 of them with
// their rule left out.
func Calibration() []byte {
	raw, err := calibrationFiles.ReadFile("calibration.json")
	if err != nil {
		panic(err) // it is embedded
	}
	return raw
}
