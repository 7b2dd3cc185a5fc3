package linetext

import (
	"strings"

	"kbdiag/parsers"
)

// syslogLine reads RFC 3164, which has no year, and RFC 5424.
func syslogLine(t string) stamp {
	if t[0] == '<' {
		i := strings.IndexByte(t[:min(len(t), 5)], '>')
		if i < 2 || !digit(t[1]) {
			return section(t)
		}
		t = t[i+1:]
		if len(t) > 2 && t[0] == '1' && t[1] == ' ' {
			if m, n := yearFirst(t[2:]); n > 0 {
				return stamped(m)
			}
		}
		if m, n := yearFirst(t); n > 0 {
			return stamped(m)
		}
	}
	if len(t) < 16 || monthOf(t) == 0 || t[3] != ' ' {
		return stamp{}
	}
	if m, n := monthNamed(t); n > 0 {
		return stamped(m)
	}
	if _, n := clockOf(t[7:]); n == 0 || t[6] != ' ' || !digit(t[5]) || t[4] != ' ' && !digit(t[4]) {
		return stamp{}
	}
	return stamp{found: true}
}

// section reads setupapi.dev.log: ">>>  Section start 2016/05/12 10:11:12.123".
func section(t string) stamp {
	for _, head := range [...]string{">>>  Section start ", "<<<  Section end "} {
		if rest, ok := strings.CutPrefix(t, head); ok {
			if m, n := yearFirst(rest); n > 0 {
				return stamped(m)
			}
		}
	}
	if strings.HasPrefix(t, ">>>  [") || strings.HasPrefix(t, "<<<  [") {
		return stamp{found: true}
	}
	return stamp{}
}

// levelFirst reads lines whose level stands before the time: "INFO 2024-05-12
// 10:11:12", "[ERROR] 2024-05-12T10:11:12Z".
func levelFirst(t string) stamp {
	i := 0
	for i < len(t) && i < 10 && (t[i] == '[' || t[i] == ']' || t[i] == ':' || t[i] >= 'A' && t[i] <= 'Z') {
		i++
	}
	if i < 3 || i >= len(t) || t[i] != ' ' {
		return stamp{}
	}
	for i < len(t) && (t[i] == ' ' || t[i] == '[') {
		i++
	}
	if i+16 > len(t) || !digit(t[i]) {
		return stamp{}
	}
	if m, n := yearFirst(t[i:]); n > 0 {
		return stamped(m)
	}
	return stamp{}
}

// cluster reads cluster.log: "00000abc.00000def::1999/03/06-10:22:33.123", whose
// times are of UTC (Microsoft KB 168801).
func cluster(t string) stamp {
	i := strings.Index(t[:min(len(t), 24)], "::")
	if i < 5 || strings.IndexByte(t[:i], '.') < 0 || strings.Trim(t[:i], "0123456789abcdefABCDEF.") != "" {
		return stamp{}
	}
	m, n := yearFirst(t[i+2:])
	if n == 0 {
		return stamp{}
	}
	m.zone = parsers.ZoneUTC
	return stamped(m)
}

// dhcp reads the audit log of the DHCP server: "10,03/06/99,10:22:33,Assign,".
// It prints month first in all languages.
func dhcp(t string) stamp {
	i := strings.IndexByte(t[:4], ',')
	if i < 1 || len(t) < i+19 || t[i+3] != '/' || t[i+6] != '/' || t[i+9] != ',' {
		return stamp{}
	}
	month, a := two(t[i+1:])
	day, b := two(t[i+4:])
	year, c := two(t[i+7:])
	k, n := clockOf(t[i+10:])
	if !a || !b || !c || n == 0 {
		return stamp{}
	}
	year += 1900
	if year < 1970 {
		year += 100
	}
	m, _ := wall(year, month, day, k, parsers.ZoneLocal)
	return stamp{moment: m, found: true, row: true}
}

// iisDate is where the date of IIS's native form begins, -1 if t is not of it:
// "192.0.2.1, -, 3/6/99, 10:22:33, W3SVC1, ...".
func iisDate(t string) int {
	i := strings.Index(t[:min(len(t), 48)], ", ")
	if i < 7 {
		return -1
	}
	j := strings.Index(t[i+2:min(len(t), i+120)], ", ")
	if j < 1 {
		return -1
	}
	at := i + 2 + j + 2
	if at+8 > len(t) || !digit(t[at]) || t[at+1] != '/' && t[at+2] != '/' && t[at+2] != '.' && t[at+2] != '-' {
		return -1
	}
	return at
}

func (r *reader) iisNative(t string) stamp {
	at := iisDate(t)
	if at < 0 {
		return stamp{}
	}
	s := r.numeric(t[at:])
	s.row = s.found
	return s
}

// accessLog reads the common log form: host, two fields, [11/Oct/2000:14:32:52
// +0200].
func accessLog(t string) stamp {
	i := strings.IndexByte(t[:min(len(t), 160)], '[') - 1
	if i < 4 || i+28 > len(t) || t[i] != ' ' || !digit(t[i+2]) || t[i+4] != '/' || t[i+8] != '/' {
		return stamp{}
	}
	m, n := dayNameYear(t, i+2)
	if n == 0 {
		return stamp{}
	}
	return stamp{moment: m, found: true, row: true}
}

// tracking55 reads the message tracking log of Exchange 4.0 to 5.5: message id,
// event, "1999.3.6 10:22:33" in UTC, and more, with tabs between.
func tracking55(t string) stamp {
	_, rest, ok := strings.Cut(t, "\t")
	if !ok {
		return stamp{}
	}
	_, rest, ok = strings.Cut(rest, "\t")
	if !ok || len(rest) < 16 || rest[4] != '.' {
		return stamp{}
	}
	m, n := yearFirst(rest)
	if n == 0 {
		return stamp{}
	}
	m.zone = parsers.ZoneUTC
	return stamp{moment: m, found: true, row: true}
}
