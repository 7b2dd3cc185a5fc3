package eventtext

import (
	"testing"

	"kbdiag/parsers"
)

func TestOtherCalendars(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"1402/10/12 03:04:05 ب.ظ", "2024-01-02 15:04:05"},
		{"1402/10/12 03:04:05 ق.ظ", "2024-01-02 03:04:05"},
		{"1403/12/30 23:59:59", "2025-03-20 23:59:59"}, // a leap day
		{"1404/01/01 00:00:00", "2025-03-21 00:00:00"},
		{"1399/07/30 10:00:00", "2020-10-21 10:00:00"},
		{"12/10/1402 10:00:00", "2024-01-02 10:00:00"},
		{"2/1/2567 15:04:05", "2024-02-01 15:04:05"},
		{"1445/06/20 03:04:05 م", ""}, // no telling the day
	} {
		s, n := scanStamp(c.text)
		if n != len(c.text) {
			t.Errorf("%s: read %d bytes of %d", c.text, n, len(c.text))
		}
		got := ""
		if at, ok := newDateOrder(parsers.Options{}).time(s); ok {
			got = at.Format("2006-01-02 15:04:05")
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.text, got, c.want)
		}
	}
}
