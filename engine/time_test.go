package engine

import (
	"testing"
	"time"

	"kbdiag/parsers"
)

// TestAppendTime compares with what package time writes.
func TestAppendTime(t *testing.T) {
	times := []time.Time{
		time.Date(1999, 3, 12, 9, 26, 14, 0, time.UTC),
		time.Date(2024, 12, 31, 23, 59, 59, 999_999_999, time.UTC),
		time.Date(2024, 1, 1, 0, 0, 0, 100, time.UTC),
		time.Date(2024, 1, 1, 0, 0, 0, 500_000_000, time.UTC),
		time.Date(2024, 1, 1, 0, 0, 0, 12_345_600, time.UTC),
		time.Date(7, 1, 1, 0, 0, 0, 0, time.UTC),
		time.Date(12007, 1, 1, 0, 0, 0, 0, time.UTC),
		time.Date(2024, 7, 1, 12, 0, 0, 0, time.FixedZone("", -(3*3600+1800))),
	}
	for _, at := range times {
		for z, layout := range map[parsers.Zone]string{
			parsers.ZoneLocal: "2006-01-02T15:04:05.999999999", parsers.ZoneUTC: time.RFC3339Nano, parsers.ZoneOffset: time.RFC3339Nano,
		} {
			if z == parsers.ZoneUTC && at.Location() != time.UTC {
				continue
			}
			if got, want := FormatTime(at, z), at.Format(layout); got != want {
				t.Errorf("%v, %v: %s, want %s", at, z, got, want)
			}
		}
	}
	if got := FormatTime(times[0], parsers.ZoneUnknown) + FormatTime(time.Time{}, parsers.ZoneUTC); got != "" {
		t.Errorf("no time is %q", got)
	}
}
