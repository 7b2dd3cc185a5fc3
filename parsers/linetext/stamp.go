package linetext

import (
	"strings"
	"time"

	"kbdiag/parsers"
	"kbdiag/parsers/eventtext"
)

// moment is a time and what is known of its zone.
type moment struct {
	at   time.Time
	zone parsers.Zone
}

// stamp is what the beginning of a line says of an entry of a log.
type stamp struct {
	moment
	found bool // the line begins an entry; its time may be unknown all the same
	row   bool // the entry is this line
	head  bool // the time stands on one of the lines behind
}

// stamped makes the stamp of an entry.
func stamped(m moment) stamp { return stamp{moment: m, found: true} }

// minStamp is the length of the shortest stamp, "[12:01:33]".
const minStamp = 10

// stampOf reads the stamp of a line. It tells the layouts by the first bytes,
// because nearly every line of a text is asked.
func (r *reader) stampOf(t string) stamp {
	if len(t) < minStamp {
		return stamp{}
	}
	if r.fields.known() {
		if m, ok := r.fields.row(t); ok {
			return stamp{moment: m, found: true, row: true}
		}
	}
	switch c := t[0]; {
	case c >= '0' && c <= '9':
		return r.digits(t)
	case c == '[':
		return r.bracket(t)
	case c == '<':
		return syslogLine(t)
	case c == '>':
		return section(t)
	case c == 'c' && strings.HasPrefix(t, "c=") || c == 'C' && strings.HasPrefix(t, "C="):
		return tracking55(t)
	case c >= 'A' && c <= 'W':
		return r.word(t)
	}
	if t[4] == '.' || t[8] == '.' {
		return cluster(t)
	}
	return accessLog(t)
}

// digits reads lines that begin with a digit.
func (r *reader) digits(t string) stamp {
	switch {
	case t[4] == '-' || t[4] == '/' || t[4] == '.':
		if m, n := yearFirst(t); n > 0 {
			return stamped(m)
		}
	case t[2] == '/' && t[5] == ' ':
		if _, n := clockOf(t[6:]); n > 0 && (6+n == len(t) || t[6+n] == ' ') { // netlogon.log: no year
			return stamp{found: true}
		}
		return stamp{}
	case t[2] == ':' && t[5] == ':':
		if _, n := clockOf(t); n > 0 && (n == len(t) || t[n] == ' ' || t[n] == '\t') { // a time without a date
			return stamp{found: true}
		}
	case t[2] == '-' || t[2] == ' ' || t[1] == '-' || t[1] == ' ':
		if m, n := monthNamed(t); n > 0 {
			return stamped(m)
		}
	}
	if t[1] == '/' || t[2] == '/' || t[1] == '.' || t[2] == '.' || t[2] == '-' {
		if s := r.numeric(t); s.found {
			return s
		}
	}
	if len(t) > 17 && t[8] == ' ' && t[11] == ':' { // DNS debug log of 2000: 19990306 10:22:33
		if m, n := compact(t); n > 0 {
			return stamped(m)
		}
	}
	if t[8] == '.' {
		if s := cluster(t); s.found {
			return s
		}
	}
	if s := dhcp(t); s.found {
		return s
	}
	if s := r.iisNative(t); s.found {
		return s
	}
	return accessLog(t)
}

// numeric reads dates whose order of day and month is in doubt, with a time of
// day behind them. ULS logs of SharePoint are of a fixed order.
func (r *reader) numeric(t string) stamp {
	n := eventtext.StampLen(t)
	if n < 12 || n < len(t) && t[n] != ' ' && t[n] != '\t' && t[n] != ',' && t[n] != '*' && t[n] != ']' && t[n] != ';' && t[n] != ':' && t[n] != '-' {
		return stamp{}
	}
	if m, ok := sharePoint(t); ok {
		return stamped(m)
	}
	at, _ := r.dates.Time(t)
	if at.IsZero() || !r.dates.Sure() {
		return stamp{found: true}
	}
	return stamped(moment{at, parsers.ZoneLocal})
}

// doubtful gives where a date in doubt may stand in a line, -1 if nowhere.
func doubtful(t string) int {
	c := t[0]
	if c >= '0' && c <= '9' && (t[1] == '/' || t[2] == '/' || t[1] == '.' || t[2] == '.' || t[2] == '-') {
		return 0
	}
	if c >= '0' && c <= '9' {
		return iisDate(t)
	}
	if c == '[' && (t[2] == '/' || t[3] == '/' || t[3] == '.') {
		return 1
	}
	return -1
}

// sharePoint reads the fixed layout of ULS logs, "03/06/2009 10:22:33.12" and a
// tab or blank and a tab: month first in all languages.
func sharePoint(t string) (moment, bool) {
	if len(t) < 24 || t[2] != '/' || t[5] != '/' || t[10] != ' ' || t[19] != '.' {
		return moment{}, false
	}
	i := 22
	for i < len(t) && i < 26 && (t[i] == '*' || t[i] == ' ') {
		i++
	}
	if i >= len(t) || t[i] != '\t' {
		return moment{}, false
	}
	return monthDayYear(t)
}

// monthDayYear reads "03/06/2009 10:22:33.1234", month first.
func monthDayYear(t string) (moment, bool) {
	month, a := two(t)
	day, b := two(t[3:])
	if !a || !b || t[2] != '/' || t[5] != '/' {
		return moment{}, false
	}
	year, ok := four(t[6:])
	if !ok || t[10] != ' ' {
		return moment{}, false
	}
	c, n := clockOf(t[11:])
	if n == 0 {
		return moment{}, false
	}
	return wall(year, month, day, c, parsers.ZoneLocal)
}

// bracket reads lines that begin with a bracket.
func (r *reader) bracket(t string) stamp {
	in := t[1:]
	switch c := in[0]; {
	case c >= '0' && c <= '9':
	case c >= 'A' && c <= 'W':
		if m, n := monthNamed(in); n > 0 { // Apache: [Wed Oct 11 14:32:52 2000]
			return stamped(m)
		}
		return levelFirst(t)
	default:
		return stamp{}
	}
	if in[4] == '-' || in[4] == '/' {
		if m, n := yearFirst(in); n > 0 {
			return stamped(m)
		}
		return stamp{}
	}
	if in[2] == ':' {
		if _, n := clockOf(in); n > 0 && n < len(in) && in[n] == ']' { // Exchange setup progress
			return stamp{found: true}
		}
		return stamp{}
	}
	if len(in) > 24 && in[2] == '/' && in[10] == ' ' && in[19] == '.' { // ExchangeSetup.log: [03/06/2010 10:22:33.0123] [0]
		if i := strings.IndexByte(in[:min(len(in), 28)], ']'); i > 0 && strings.HasPrefix(in[i:], "] [") {
			if m, ok := monthDayYear(in); ok {
				return stamped(m)
			}
		}
	}
	if m, n := monthNamed(in); n > 0 {
		return stamped(m)
	}
	return r.numeric(in)
}

// word reads lines that begin with a capital: a month or a day of the week, a
// level before the time, or the head of Dr Watson's entry.
func (r *reader) word(t string) stamp {
	if t[3] == ' ' || t[3] == ',' {
		if m, n := monthNamed(t); n > 0 {
			return stamped(m)
		}
		if monthOf(t) > 0 {
			return syslogLine(t)
		}
	}
	if t[0] == 'A' && strings.HasPrefix(t, "Application exception occurred:") {
		return stamp{found: true, head: true}
	}
	if t[0] == 'E' || t[0] == 'I' || t[0] == 'W' || t[0] == 'D' || t[0] == 'F' || t[0] == 'T' || t[0] == 'V' {
		return levelFirst(t)
	}
	return accessLog(t)
}

// whenLine reads "When: 3/6/1999 @ 10:22:33.123" of Dr Watson's log.
func (r *reader) whenLine(t string) (moment, bool) {
	t = strings.TrimLeft(t, " \t")
	rest, ok := strings.CutPrefix(t, "When: ")
	if !ok {
		return moment{}, false
	}
	date, clock, ok := strings.Cut(rest, " @ ")
	if !ok || len(date) > 12 {
		return moment{}, false
	}
	s := date + " " + clock
	r.dates.Sample(s)
	at, n := r.dates.Time(s)
	if n == 0 || at.IsZero() || !r.dates.Sure() {
		return moment{}, false
	}
	return moment{at, parsers.ZoneLocal}, true
}
