package eventjson

import (
	"strings"
	"time"

	"kbdiag/parsers"
	"kbdiag/parsers/eventsyslog"
)

// inside looks for an event in the strings of an object that is none itself:
// shippers and collectors wrap the record of another program whole into
// "message", "_raw", "event.original" and the like, as JSON, XML, or the text
// of Splunk and OSSEC. Fields that the record lacks come from around it.
func (r *reader) inside(d *doc, at int32, e *parsers.Event) bool {
	if r.depth >= maxInner {
		return false
	}
	if text := otlpBody(d, at); text != "" && r.insideJSON(text, e) {
		r.around(e, fInner)
		return true
	}
	for _, f := range [...]field{fXML, fInner, fMessage} {
		if !r.res.found(f) {
			continue
		}
		text := strings.TrimSpace(r.value(f))
		if len(text) < 20 {
			continue
		}
		if r.insideText(text, e) {
			r.around(e, f)
			return true
		}
	}
	return false
}

func (r *reader) insideText(text string, e *parsers.Event) bool {
	switch {
	case text[0] == '<':
		return strings.HasPrefix(text, "<Event") && r.readXML(text, e)
	case text[0] == '{':
		return r.insideJSON(text, e)
	}
	if r.shipped == nil {
		r.shipped = eventsyslog.NewText(r.opts)
	}
	return r.shipped.Read(text, e)
}

func (r *reader) insideJSON(text string, e *parsers.Event) bool {
	if len(text) > maxObject {
		return false
	}
	if r.inner == nil {
		r.inner = &reader{opts: r.opts, depth: r.depth + 1}
	}
	if _, o := r.innerOf.scan(text, 0); o != whole && o != cutOff {
		return false
	}
	return r.inner.event(&r.innerOf, 0, e)
}

// around fills what the record inside a string lacks from what stands around
// it. It was found in field f.
func (r *reader) around(e *parsers.Event, f field) {
	if !e.Has(parsers.FieldHost) || e.Host == "" {
		r.setText(e, parsers.FieldHost, fHost)
	}
	r.timeAround(e)
	if m := strings.TrimSpace(r.value(fMessage)); f == fXML || f == fInner && m != "" && m[0] != '<' && m[0] != '{' {
		r.setMessage(e)
	}
	if f != fXML {
		return
	}
	if b := r.res.best[fStrings]; b.node != 0 && !e.Has(parsers.FieldStrings) {
		r.stringList(r.res.doc, b.node)
		e.Strings = r.strings
		e.Known |= parsers.FieldStrings
	}
}

// timeAround takes the time from around a record that has none, or the same
// moment without its zone.
func (r *reader) timeAround(e *parsers.Event) {
	if !e.Has(parsers.FieldTime) {
		r.setTime(e)
		return
	}
	if e.Zone != parsers.ZoneLocal {
		return
	}
	t, z := parseTime(r.value(fTime), r.opts)
	if z != parsers.ZoneUTC && z != parsers.ZoneOffset {
		return
	}
	const quarter, most = 15 * time.Minute, 14 * time.Hour // of zones
	apart := e.Time.Sub(t.Truncate(time.Second))
	if apart.Abs() <= most && apart.Truncate(time.Second)%quarter == 0 {
		e.SetTime(t, z)
	}
}

// valuesInText takes the values out of a string that holds EventData: XML,
// JSON, or the parameters of Azure's tables.
func (r *reader) valuesInText(text string, depth int) {
	text = strings.TrimSpace(text)
	switch {
	case text == "" || depth > maxInner:
	case strings.Contains(text, " ¦ "):
		r.hayabusaDetails(text)
	case strings.HasPrefix(text, "<Param"):
		text = strings.ReplaceAll(strings.ReplaceAll(text, "<Param", "<Data"), "</Param", "</Data")
		r.valuesInXML("<EventData>" + text + "</EventData>")
	case strings.HasPrefix(text, "<Data>") || strings.HasPrefix(text, "<Data "):
		r.valuesInXML("<EventData>" + text + "</EventData>")
	case text[0] == '<':
		r.valuesInXML(text)
	case text[0] == '{' || text[0] == '[':
		if len(text) > maxObject {
			return
		}
		var d doc
		if _, o := d.scan(text, 0); o != whole && len(d.nodes) < 2 {
			return
		}
		r.ordered = true
		r.values(&d, 0, depth+1)
	}
}

// hayabusaDetails takes "Proto: tcp ¦ SrcIP: 192.0.2.1".
func (r *reader) hayabusaDetails(text string) {
	for _, part := range strings.Split(text, " ¦ ") {
		if name, value, ok := strings.Cut(part, ": "); ok {
			r.addNamed(name, value, false)
		}
	}
}

func (r *reader) valuesInXML(text string) {
	var x parsers.Event
	r.xml.Read(text, &x)
	for _, s := range x.Strings {
		r.addString(s)
	}
	for _, v := range x.Data {
		r.addNamed(v.Name, v.Value, false)
	}
}
