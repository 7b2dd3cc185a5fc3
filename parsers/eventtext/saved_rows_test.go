package eventtext

import (
	"testing"

	"kbdiag/parsers"
)

// savedForms are the forms of this file's tests.
func savedForms() parsers.Forms {
	return parsers.Forms{Formats: []parsers.Format{
		EventViewerNTCSV(), EventViewerNTTXT(), EventViewerVistaCSV(), EventViewerVistaTXT(), Dumpel(),
	}, Finders: []parsers.Finder{SavedRowFinder()}}
}

func TestEventViewerNT(t *testing.T)    { goldens(t, "eventviewer-nt", savedForms()) }
func TestEventViewerVista(t *testing.T) { goldens(t, "eventviewer-vista", savedForms()) }
func TestDumpel(t *testing.T)           { goldens(t, "dumpel", savedForms()) }
