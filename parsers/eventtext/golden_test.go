package eventtext

import (
	"flag"
	"testing"

	"kbdiag/parsers"
	"kbdiag/parsers/goldentest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// goldens compares the reading of every input of a folder under testdata.
func goldens(t *testing.T, family string, forms parsers.Forms) {
	t.Helper()
	goldentest.Files(t, family, 1, *update, goldentest.Reading(forms))
}
