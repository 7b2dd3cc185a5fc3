package powershell

import (
	"flag"
	"testing"

	"kbdiag/parsers"
	"kbdiag/parsers/eventtable/tabletest"
	"kbdiag/parsers/eventtext"
)

var update = flag.Bool("update", false, "write the golden files anew")

// forms are those of this room, before the labels as in the list of all.
func forms() parsers.Forms {
	return parsers.Forms{
		Formats: []parsers.Format{eventtext.EventXML(), CLIXML(), Format()},
		Finders: []parsers.Finder{eventtext.SavedRowFinder(), Finder(), eventtext.LabelFinder()},
	}
}

func TestGolden(t *testing.T) { tabletest.Goldens(t, "powershell", forms(), *update) }

func TestCorpus(t *testing.T) {
	tabletest.Corpus(t, forms(), "get-eventlog-fl", "get-eventlog-ft", "get-winevent-fl", "get-winevent-ft", "clixml")
}

func FuzzPowerShell(f *testing.F) {
	tabletest.Seeds(f, "powershell")
	f.Fuzz(func(t *testing.T, data []byte) { tabletest.Check(t, forms(), data) })
}
