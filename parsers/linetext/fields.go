package linetext

import (
	"strings"

	"kbdiag/parsers"
)

// fields is what the directives of a log in W3C's extended form say of its rows
// (W3C, Extended Log File Format): where date and time stand. IIS, SMTP,
// Exchange, ISA Server and the Windows Firewall write it.
type fields struct {
	date, time int    // 0-based places of the columns; -1 where there is none
	count      int    // columns, 0: no directive was seen
	sep        byte   // between the columns
	day        string // of #Date:, for rows that have a time only
	local      bool   // the times are stated to be local
	iso        bool   // one column holds both
}

func (f *fields) known() bool { return f.count > 0 }

// directive takes a line that begins with #. It reports false for what is none.
func (f *fields) directive(t string) bool {
	name, value, ok := strings.Cut(t[1:], ":")
	if !ok || strings.HasPrefix(t, "# ") {
		return f.tracking(t)
	}
	value = strings.TrimSpace(value)
	switch name {
	case "Software", "Version", "Start-Date", "End-Date", "Remark", "Log-type":
	case "Date":
		f.day = value
	case "Time Format":
		f.local = strings.EqualFold(value, "local")
	case "Fields":
		f.columns(value)
	default:
		return false
	}
	return true
}

func (f *fields) columns(list string) {
	f.sep = ' '
	for _, c := range []byte{'\t', ','} {
		if strings.IndexByte(list, c) >= 0 {
			f.sep = c
			break
		}
	}
	f.date, f.time, f.count, f.iso = -1, -1, 0, false
	for i, n := range strings.Split(list, string(f.sep)) {
		f.count++
		switch strings.TrimSpace(n) {
		case "date":
			f.date = i
		case "time":
			f.time = i
		case "date-time":
			f.time, f.iso = i, true
		}
	}
	if f.time < 0 {
		f.count = 0
	}
}

// tracking takes the heads of Exchange 2000's and 2003's message tracking log:
// "# Date\tTime\tclient-ip\t...". Its times are of UTC.
func (f *fields) tracking(t string) bool {
	rest, ok := strings.CutPrefix(t, "# ")
	if !ok {
		return false
	}
	if strings.HasPrefix(rest, "Message Tracking Log File") || strings.HasPrefix(rest, "Exchange System Attendant Version") {
		return true
	}
	if !strings.HasPrefix(rest, "Date\tTime\t") {
		return false
	}
	*f = fields{date: 0, time: 1, count: strings.Count(rest, "\t") + 1, sep: '\t'}
	return true
}

// row reads the time of a row. It reports false for a line that is no row.
func (f *fields) row(t string) (moment, bool) {
	date, at := f.day, ""
	last := max(f.date, f.time)
	from := 0
	for i := 0; i <= last; i++ {
		end := strings.IndexByte(t[from:], f.sep)
		if end < 0 {
			if i < last || last < f.count-1 {
				return moment{}, false
			}
			end = len(t) - from
		}
		switch i {
		case f.date:
			date = t[from : from+end]
		case f.time:
			at = t[from : from+end]
		}
		from += end + 1
		if from > len(t) && i < last {
			return moment{}, false
		}
	}
	if f.iso {
		m, n := yearFirst(strings.Trim(at, `"`))
		return m, n > 0
	}
	return f.moment(date, at)
}

func (f *fields) moment(date, at string) (moment, bool) {
	year, ok := four(date)
	if !ok || len(date) < 8 || date[4] != '-' {
		return moment{}, false
	}
	month, n := oneOrTwo(date, 5)
	if n == 0 || date[n] != '-' {
		return moment{}, false
	}
	day := 0
	for i := n + 1; i < len(date) && i < n+3 && digit(date[i]); i++ {
		day = day*10 + int(date[i]-'0')
	}
	c, w := clockOf(at)
	if w == 0 {
		return moment{}, false
	}
	zone := parsers.ZoneUTC
	if f.local {
		zone = parsers.ZoneLocal
	}
	return wall(year, month, day, c, zone)
}
