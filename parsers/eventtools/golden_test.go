package eventtools_test

import (
	"flag"
	"testing"

	"kbdiag/parsers/formats"
	"kbdiag/parsers/goldentest"
)

var update = flag.Bool("update", false, "write the golden files anew")

const samples = "../../testdata/event-tools"

// TestGolden reads the samples as the whole program does.
func TestGolden(t *testing.T) {
	goldentest.Files(t, "event-tools", 30, *update, goldentest.Reading(formats.All()))
}
