package records

import (
	"testing"
	"time"

	"kbdiag/parsers"
)

// BenchmarkEventJSON prints events as the logs of Windows have them: with a
// message of one line, and with one of many that names an error code.
func BenchmarkEventJSON(b *testing.B) {
	short := &parsers.Event{Pos: parsers.Pos{Path: "in/system.csv", Line: 4711, Offset: 812345, Length: 153}}
	short.SetTime(time.Date(2024, 3, 1, 10, 20, 30, 0, time.UTC), parsers.ZoneLocal)
	short.SetID(7036)
	short.SetLevel(parsers.LevelInformation)
	short.Set(parsers.FieldProvider, "Service Control Manager")
	short.Set(parsers.FieldCategory, "")
	short.Set(parsers.FieldUser, "")
	short.Set(parsers.FieldHost, "MAIL01")
	short.Set(parsers.FieldMessage, "The Print Spooler service entered the stopped state.")
	long := *short
	long.SetID(4625)
	long.Set(parsers.FieldMessage, "An account failed to log on.\n\nSubject:\n\tSecurity ID:\t\tSYSTEM\n\tAccount Name:\t\tMAIL01$\n\tAccount Domain:\t\tEXAMPLE\n\tLogon ID:\t\t0x3E7\n\nLogon Type:\t\t\t3\n\nFailure Information:\n\tFailure Reason:\t\tUnknown user name or bad password.\n\tStatus:\t\t\t0xC000006D\n\tSub Status:\t\t0xC000006A\n\nNetwork Information:\n\tSource Network Address:\t192.0.2.17\n\tSource Port:\t\t49152")
	for name, e := range map[string]*parsers.Event{"short": short, "long": &long} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			keep := func(s string) string { return s }
			var buf []byte
			for b.Loop() {
				buf = EventJSON(buf[:0], e, keep)
			}
			b.SetBytes(int64(len(buf)))
		})
	}
}
