package eventtable

import (
	"flag"
	"testing"

	"kbdiag/parsers"
	"kbdiag/parsers/eventtable/tabletest"
	"kbdiag/parsers/eventtext"
)

var update = flag.Bool("update", false, "write the golden files anew")

// forms are those of this room and the ones that must keep their files.
func forms() parsers.Forms {
	return parsers.Forms{
		Formats: []parsers.Format{
			eventtext.EventViewerNTCSV(), eventtext.EventViewerNTTXT(), eventtext.EventViewerVistaCSV(), eventtext.EventViewerVistaTXT(),
			Format(), DetectionsFormat(),
		},
		Finders: []parsers.Finder{Finder()},
	}
}

func TestGolden(t *testing.T) { tabletest.Goldens(t, "event-table", forms(), *update) }

func TestCorpus(t *testing.T) {
	tabletest.Corpus(t, forms(), "get-eventlog-csv", "plaso-csv")
}

// TestCorpusOthers holds the forms beside this one to their files.
func TestCorpusOthers(t *testing.T) {
	tabletest.Corpus(t, forms(), "eventviewer-vista-csv", "eventviewer-vista-txt")
}

func FuzzTable(f *testing.F) {
	tabletest.Seeds(f, "event-table")
	f.Fuzz(func(t *testing.T, data []byte) { tabletest.Check(t, forms(), data) })
}
