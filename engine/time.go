package engine

import (
	"time"

	"kbdiag/parsers"
)

// FormatTime writes a time as reports do: RFC 3339 where the zone is known,
// and without a zone where the form gave the wall clock alone. "" for none.
func FormatTime(t time.Time, z parsers.Zone) string {
	var buf [len(time.RFC3339Nano)]byte
	return string(AppendTime(buf[:0], t, z))
}

// AppendTime appends what FormatTime gives. Every record has a time, and the
// layouts of package time take a large part of what it costs to print one.
func AppendTime(b []byte, t time.Time, z parsers.Zone) []byte {
	if t.IsZero() || z == parsers.ZoneUnknown {
		return b
	}
	year, month, day := t.Date()
	if year < 0 || year > 9999 || z == parsers.ZoneOffset {
		return t.AppendFormat(b, layoutOf(z))
	}
	hour, minute, second := t.Clock()
	b = append(b, byte('0'+year/1000), byte('0'+year/100%10))
	b = append2(b, year%100, '-')
	b = append2(b, int(month), '-')
	b = append2(b, day, 'T')
	b = append2(b, hour, ':')
	b = append2(b, minute, ':')
	b = append(b, byte('0'+second/10), byte('0'+second%10))
	if n := t.Nanosecond(); n != 0 {
		b = appendFraction(b, n)
	}
	if z == parsers.ZoneUTC {
		b = append(b, 'Z')
	}
	return b
}

func layoutOf(z parsers.Zone) string {
	if z == parsers.ZoneLocal {
		return "2006-01-02T15:04:05.999999999"
	}
	return time.RFC3339Nano
}

// append2 appends a number of two digits and what stands behind it.
func append2(b []byte, n int, behind byte) []byte {
	return append(b, byte('0'+n/10), byte('0'+n%10), behind)
}

// appendFraction appends nanoseconds without the zeros at their end.
func appendFraction(b []byte, n int) []byte {
	b = append(b, '.')
	for unit := 100_000_000; n > 0; unit /= 10 {
		b = append(b, byte('0'+n/unit))
		n %= unit
	}
	return b
}
