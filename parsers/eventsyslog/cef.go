package eventsyslog

import (
	"strconv"
	"strings"
	"time"

	"kbdiag/parsers"
)

// readCEF reads Windows events in ArcSight's Common Event Format and in
// QRadar's LEEF: fields between bars, then named values. Other products'
// records of these forms are no events.
func readCEF(line string, e *parsers.Event) bool {
	if strings.Contains(line, ossecMark) && readOSSEC(line, e) {
		return true
	}
	at := strings.Index(line, "EF:")
	if at < 1 {
		return false
	}
	leef := line[at-1] == 'E'
	f := splitBars(line[at+3:], 8)
	if len(f) < 5 {
		return false
	}
	product := strings.ToLower(f[1] + " " + f[2])
	if !strings.Contains(product, "windows") && !strings.Contains(product, "sysmon") && !strings.Contains(product, "snare") && !strings.Contains(product, "nxlog") &&
		!(strings.Contains(product, "microsoft") && strings.Contains(product, "event")) {
		return false
	}
	var v values
	name := ""
	if leef {
		v = leefValues(f)
	} else {
		if len(f) < 8 {
			return false
		}
		name = f[5]
		v = cefValues(f[7])
	}
	id, source, ok := cefID(f[4], v)
	if !ok {
		return false
	}
	e.SetID(id)
	v.fill(e, source, name)
	if h, _ := cutHeader(line[:at-1]); e.Host == "" && h.host != "" {
		e.Set(parsers.FieldHost, h.host)
	}
	return true
}

// splitBars splits at bars that are not escaped, into at most n fields.
func splitBars(s string, n int) []string {
	var f []string
	from := 0
	for i := 0; i < len(s) && len(f) < n-1; i++ {
		switch s[i] {
		case '\\':
			i++
		case '|':
			f = append(f, strings.ReplaceAll(s[from:i], `\|`, "|"))
			from = i + 1
		}
	}
	return append(f, s[from:])
}

// values are the named values, with those named by a label under the label.
type values []parsers.Named

func (v values) get(names ...string) string {
	for _, n := range names {
		for i := range v {
			if strings.EqualFold(v[i].Name, n) && nullless(v[i].Value) != "" {
				return strings.TrimSpace(v[i].Value)
			}
		}
	}
	return ""
}

// cefValues reads "key=value key=value": a value runs to the blank before the
// next key, and has \= for an equals sign.
func cefValues(s string) values {
	var v values
	from, name := 0, ""
	for i := 0; i < len(s) && len(v) < maxPairs; i++ {
		switch s[i] {
		case '\\':
			i++
		case '=':
			start := i
			for start > from && isKeyByte(s[start-1]) {
				start--
			}
			if start == i || start > 0 && s[start-1] != ' ' && s[start-1] != '\t' {
				continue
			}
			if name != "" {
				v = append(v, parsers.Named{Name: name, Value: cefText(s[from:start])})
			}
			name, from = s[start:i], i+1
		}
	}
	if name != "" {
		v = append(v, parsers.Named{Name: name, Value: cefText(s[from:])})
	}
	return v.labelled()
}

func isKeyByte(c byte) bool { return isLetter(c) || isDigit(c) || c == '_' || c == '.' || c == '-' }

var cefEscapes = strings.NewReplacer(`\=`, "=", `\|`, "|", `\\`, `\`, `\r`, "", `\n`, "\n", `\t`, "\t")

func cefText(s string) string {
	s = strings.TrimSpace(s)
	if strings.IndexByte(s, '\\') >= 0 {
		s = cefEscapes.Replace(s)
	}
	return s
}

// labelled puts cs1 under the name that cs1Label gives it.
func (v values) labelled() values {
	for i := range v {
		key, ok := strings.CutSuffix(v[i].Name, "Label")
		if !ok {
			continue
		}
		for j := range v {
			if v[j].Name == key {
				v[j].Name = v[i].Value
			}
		}
	}
	return v
}

// leefValues reads the values of LEEF: separated by tabs, or by what version
// 2.0 names in its sixth field.
func leefValues(f []string) values {
	if len(f) < 6 {
		return nil
	}
	sep, rest := "\t", strings.Join(f[5:], "|")
	if strings.HasPrefix(f[0], "2") && len(f) > 6 {
		sep, rest = leefSeparator(f[5]), strings.Join(f[6:], "|")
	}
	if !strings.Contains(rest, sep) {
		for _, s := range []string{`\t`, "#011", "^", "|"} {
			if strings.Contains(rest, s) {
				sep = s
				break
			}
		}
	}
	if !strings.Contains(rest, sep) {
		return cefValues(rest)
	}
	var v values
	for _, part := range strings.Split(rest, sep) {
		if name, value, ok := strings.Cut(part, "="); ok && len(v) < maxPairs {
			v = append(v, parsers.Named{Name: strings.TrimSpace(name), Value: plainText(value)})
		}
	}
	return v
}

// leefSeparator reads a character or its number, "x09" or "0x09".
func leefSeparator(s string) string {
	if i := strings.IndexByte(s, 'x'); i >= 0 && len(s) > i+1 {
		if n, err := strconv.ParseUint(s[i+1:], 16, 8); err == nil && n > 0 {
			return string(rune(n))
		}
	}
	if s == "" {
		return "\t"
	}
	return s
}

// cefID gives the event's id, and the source where the signature names it:
// "4624", "Security:4624", "Microsoft-Windows-Security-Auditing:4776".
func cefID(signature string, v values) (id uint32, source string, ok bool) {
	number := signature
	if i := strings.LastIndexByte(signature, ':'); i >= 0 {
		source, number = strings.TrimSpace(signature[:i]), signature[i+1:]
	}
	for _, s := range []string{v.get("externalId", "EventID", "EventIDCode", "deviceEventId"), number} {
		if n, err := strconv.ParseUint(strings.TrimSpace(s), 10, 32); err == nil {
			return uint32(n), source, true
		}
	}
	return 0, "", false
}

// fill puts the values into the event.
func (v values) fill(e *parsers.Event, source, name string) {
	set := func(f parsers.Field, value string) {
		if value != "" {
			e.Set(f, value)
		}
	}
	set(parsers.FieldLog, v.get("EventlogCategory", "Channel", "EventLog", "deviceFacility", "cat"))
	if s := v.get("EventSource", "SourceName", "Source", "ProviderName", "sourceServiceName"); s != "" {
		source = s
	}
	if isLogName(source) {
		set(parsers.FieldLog, source)
		source = ""
	}
	set(parsers.FieldProvider, source)
	set(parsers.FieldHost, v.get("dvchost", "Computer", "dhost", "resource", "identHostName", "shost", "dvc"))
	user, domain := v.get("duser", "suser", "usrName", "accountName"), v.get("dntdom", "sntdom", "domain")
	if user != "" && domain != "" && !strings.Contains(user, `\`) {
		user = domain + `\` + user
	}
	set(parsers.FieldUser, user)
	for _, key := range []string{"TaskCategory", "Category", "Task"} {
		if c := v.get(key); !onlyNumber(c) {
			set(parsers.FieldCategory, c)
			break
		}
	}
	p := pairs{typ: v.get("EventType", "outcome", "Type"), keywords: v.get("Keywords")}
	e.SetLevel(p.level())
	for _, key := range []string{"rt", "devTime", "deviceCustomDate1", "start", "end", "TimeGenerated"} {
		if m := cefTime(v.get(key)); m.known() {
			e.SetTime(m.at, m.zone)
			break
		}
	}
	text := v.get("msg", "message")
	if text == "" {
		text = strings.TrimSpace(name)
	}
	if text != "" {
		setMessage(e, text)
	}
	if len(v) > 0 {
		e.Data = append([]parsers.Named(nil), v...)
		e.Known |= parsers.FieldData
	}
}

// cefTime reads the times of CEF: milliseconds since 1970, or "Mar 13 2015
// 03:50:19".
func cefTime(s string) moment {
	if m := scanEpoch(s); m.known() {
		return m
	}
	m := scanC(s)
	if m.zone == parsers.ZoneLocal && strings.HasSuffix(s, " UTC") {
		return moment{m.at.In(time.UTC), parsers.ZoneUTC}
	}
	return m
}
