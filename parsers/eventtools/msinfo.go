package eventtools

import (
	"html"
	"strings"

	"kbdiag/parsers"
	"kbdiag/parsers/eventtext"
)

// msInfo is the section "Windows Error Reporting" of a report that msinfo32
// /report wrote: rows of time, type and details with tabs between them, and
// line breaks of the details as "&#x000d;&#x000a;". The names of sections and
// columns are of the language of Windows, so the rows are told by their
// content. The type is the source of the event; level and id are not told.
var msInfo = tool{
	name:  "msinfo32",
	first: "0123456789\xE2\xE4\xE5\xE6\xE7\xE8\xE9\xEC\xED",
	read:  readMSInfo,
	title: isMSInfoTitle,
}

// breakMark begins the line breaks in details.
const breakMark = "&#x000"

// reportTypes are the sources that the section lists. A row of one of them
// counts whatever its details are.
var reportTypes = []string{"Windows Error Reporting", "Application Error", "Application Hang"}

func readMSInfo(s *scan, i int, r row, rec *record) int {
	t := r.text
	if len(t) < 24 {
		return i
	}
	marked := strings.Contains(t, breakMark)
	if !marked && reportType(t) == "" {
		return i
	}
	n := eventtext.StampLen(t)
	if n == 0 || n == len(t) {
		return i
	}
	kind, details, ok := cutType(t[n:])
	if !ok {
		return i
	}
	rec.when, rec.dated = t, true
	rec.event.Set(parsers.FieldProvider, kind)
	s.setDetails(&rec.event, details)
	s.infoHost(&rec.event)
	return i + 1
}

// reportType finds one of the types in a row.
func reportType(t string) string {
	t = t[:min(len(t), maxBefore)]
	for _, w := range reportTypes {
		if strings.Index(t, w) > 0 {
			return w
		}
	}
	return ""
}

// maxBefore is longer than a time and a type, in bytes.
const maxBefore = 72

// cutType cuts what stands behind the time: the type, and the details behind a
// tab, or behind blanks where somebody pasted the row.
func cutType(t string) (kind, details string, ok bool) {
	if k := strings.IndexByte(t[:min(len(t), maxTail)], '\t'); k > 0 {
		t = t[k:] // some languages print a word behind the time
	}
	if t[0] != '\t' && t[0] != ' ' {
		return "", "", false
	}
	tabs := t[0] == '\t'
	t = strings.TrimLeft(t, " \t")
	if tabs {
		kind, details, ok = strings.Cut(t, "\t")
	}
	if !ok {
		for _, w := range reportTypes {
			if rest, found := strings.CutPrefix(t, w); found {
				kind, details, ok = w, rest, true
			}
		}
	}
	kind = eventtext.Trim(kind)
	return kind, strings.Trim(details, " \t"), ok && kind != "" && len(kind) < 80
}

// maxTail is longer than what any language prints behind a time, in bytes.
const maxTail = 12

// setDetails sets the message, with its line breaks.
func (s *scan) setDetails(e *parsers.Event, v string) {
	if strings.IndexByte(v, '&') >= 0 {
		v = html.UnescapeString(v)
		v = strings.ReplaceAll(v, "\r\n", "\n")
	}
	if v = strings.Trim(v, " \t\r\n"); v != "" {
		e.Set(parsers.FieldMessage, v)
	}
}

// infoHost sets the computer of the report, which its second row names.
func (s *scan) infoHost(e *parsers.Event) {
	if s.ctx.hostInfo == "" {
		s.ctx.hostInfo = reportHost(&s.page)
	}
	if h := s.ctx.hostInfo; h != "" && h != noHost {
		e.Set(parsers.FieldHost, h)
	}
}

const noHost = "\x00" // looked for in vain

// reportHost reads the computer out of the head of a whole report.
func reportHost(p *page) string {
	if len(p.lines) < 2 || p.lines[0].No != 1 {
		return noHost
	}
	if h := headHost(p.at(0).text, p.at(1).text); h != "" {
		return h
	}
	return noHost
}

// headHost reads the first two rows of a whole report, one that ends with date
// and time and "System Name: OAK"; "" if they are not.
func headHost(first, second string) string {
	_, when, ok := strings.Cut(first, ": ")
	if n := eventtext.StampLen(when); !ok || n == 0 || n != len(when) {
		return ""
	}
	_, host, ok := strings.Cut(second, ": ")
	if host = eventtext.Trim(host); !ok || strings.ContainsAny(host, " \t") {
		return ""
	}
	return host
}

// isMSInfoTitle knows a whole report, or the section cut out of one.
func isMSInfoTitle(rows []string) bool {
	if len(rows) < 3 {
		return false
	}
	if headHost(rows[0], rows[1]) != "" && isSection(rows[2]) {
		return true
	}
	if !isSection(rows[0]) || strings.Count(rows[1], "\t") < 2 {
		return false
	}
	return eventtext.StampLen(rows[2]) > 0 && strings.Contains(rows[2], breakMark)
}

// isSection reports whether a row is the name of a section, in brackets.
func isSection(t string) bool { return len(t) > 2 && t[0] == '[' && t[len(t)-1] == ']' }

func isInfoXMLTitle(rows []string) bool {
	return strings.HasPrefix(rows[0], "<?xml") && len(rows) > 1 && rows[1] == "<MsInfo>"
}

// msInfoXML is the same section in a file that msinfo32 /nfo saved: XML with
// an element for each value, whose names are of the language of Windows:
//
//	<Data>
//	<Time><![CDATA[12/28/2015 3:22 AM]]></Time>
//	<Type><![CDATA[Windows Error Reporting]]></Type>
//	<Details><![CDATA[...]]></Details>
//	</Data>
var msInfoXML = tool{name: "msinfo32-nfo", first: "<", read: readInfoData, title: isInfoXMLTitle}

// systemNames are the names of the row that has the computer's name.
var systemNames = "|System Name|Systemname|Nom du système|Nom système|Nombre del sistema|Nombre de sistema|Nome sistema|Nome do sistema|Имя системы|システム名|系统名称|系統名稱|시스템 이름|Systeemnaam|Nazwa systemu|Systemnamn|Systemnavn|Název systému|"

func readInfoData(s *scan, i int, r row, rec *record) int {
	if r.text != "<Data>" {
		return i
	}
	var values [4]string
	n, j := 0, i+1
	for ; j < len(s.page.lines) && n < len(values); j++ {
		if s.page.at(j).text == "</Data>" {
			j++
			break
		}
		name, v, to := s.element(j)
		if name == "" {
			return i
		}
		values[n] = v
		n++
		j = to
	}
	if n == 2 && strings.Contains(systemNames, "|"+values[0]+"|") {
		s.ctx.hostInfo = values[1]
	}
	if n != 3 {
		return i
	}
	if eventtext.StampLen(values[0]) == 0 || !strings.Contains(values[2], breakMark) && reportType(" "+values[1]) == "" {
		return i
	}
	rec.when, rec.dated = values[0], true
	rec.event.Set(parsers.FieldProvider, eventtext.Trim(values[1]))
	s.setDetails(&rec.event, values[2])
	if h := s.ctx.hostInfo; h != "" && h != noHost {
		rec.event.Set(parsers.FieldHost, h)
	}
	return j
}
