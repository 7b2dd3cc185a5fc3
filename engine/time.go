package engine

import (
	"time"

	"kbdiag/parsers"
)

// FormatTime writes a time as reports do: RFC 3339 where the zone is known,
// and without a zone where the form gave the wall clock alone. "" for none.
func FormatTime(t time.Time, z parsers.Zone) string {
	if t.IsZero() || z == parsers.ZoneUnknown {
		return ""
	}
	if z == parsers.ZoneLocal {
		return t.Format("2006-01-02T15:04:05.999999999")
	}
	return t.Format(time.RFC3339Nano)
}
