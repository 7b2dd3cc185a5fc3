package eventsyslog_test

import (
	"flag"
	"testing"

	"kbdiag/parsers/formats"
	"kbdiag/parsers/goldentest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestGolden reads the samples of shippers' forms as a ticket's files are read,
// with all forms and finders.
func TestGolden(t *testing.T) {
	goldentest.Files(t, "event-syslog", 12, *update, goldentest.Reading(formats.All()))
}
