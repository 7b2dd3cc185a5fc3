package eventtable

import (
	"strings"

	"kbdiag/parsers"
	"kbdiag/parsers/eventtext"
)

// layout is how the rows of a table are taken apart.
type layout struct {
	sep   byte     // between cells; ' ' for W3C; 0 where the cells stand in places
	piped bool     // of Markdown: "|" may stand at both ends too
	web   bool     // of a web page
	plus  bool     // "+" stands for a blank, as in W3C
	spans []int    // where the cells begin, where they stand in places
	cols  []column // by place
	line  string   // the header as it stands
	form  string   // name of the form

	id, time, message int // places, -1 if there is none
	packed            bool
	points            int // how much the names say for a table of events
}

// column is one column of a table.
type column struct {
	Name
	known bool
	text  string // as the header has it
}

const (
	minColumns = 2
	maxColumns = 512
	// minPoints is what the names must say at least. "TimeCreated,Id,Message"
	// has it.
	minPoints = 5
	// minPasted is what they must say at least where a person has made the
	// table: every row has an id and a time. "Time,Event ID,Source" has it.
	minPasted = 4
)

// separators are what may stand between cells.
const separators = ",\t;|"

// readHeader takes a line as the names of columns, if they are those of events.
func readHeader(line string) (*layout, bool) {
	if len(line) > 1<<15 || len(line) < 8 {
		return nil, false
	}
	var best *layout
	for i := 0; i < len(separators); i++ {
		if strings.IndexByte(line, separators[i]) < 0 {
			continue
		}
		if l, ok := headerWith(line, separators[i]); ok && (best == nil || l.points > best.points) {
			best = l
		}
	}
	return best, best != nil
}

func headerWith(line string, sep byte) (*layout, bool) {
	l := &layout{sep: sep, line: line, form: "event-table"}
	t := eventtext.Trim(line)
	if sep == '|' && (len(t) > 2 && t[0] == '|' && t[len(t)-1] == '|' || strings.Contains(t, " | ")) {
		cells, _ := pipeCells(line)
		l.piped = true
		return l, l.name(cells)
	}
	s := splitter{sep: sep}
	if s.split(t, 0) {
		return nil, false
	}
	return l, l.name(s.cells)
}

// pastedLayout takes the first row of a table of a web page as the names of
// columns, if they are those of events.
func pastedLayout(names []string) (*layout, bool) {
	l := &layout{web: true, form: "event-table"}
	return l, l.name(names)
}

// name gives the columns their names. It reports false if they are not those
// of a table of events.
func (l *layout) name(names []string) bool {
	if len(names) < minColumns || len(names) > maxColumns {
		return false
	}
	for _, text := range names {
		l.addColumn(eventtext.Trim(text))
	}
	return l.settle()
}

// addColumn adds a column by its name. What is in UTC says so behind the name.
func (l *layout) addColumn(text string) {
	n, ok := Lookup(text)
	if l.pasted() {
		n, ok = columnOf(text)
	}
	l.cols = append(l.cols, column{Name: n, known: ok, text: text})
}

// pasted reports whether a person has made the table, out of what Event Viewer
// shows as likely as out of what a tool has saved.
func (l *layout) pasted() bool { return l.piped || l.web }

// has reports whether a column of the given folded name is there.
func (l *layout) has(name string) bool {
	for i := range l.cols {
		var buf [maxName]byte
		if t := l.cols[i].text; len(t) <= maxName && string(fold(buf[:0], t)) == name {
			return true
		}
	}
	return false
}

// settle decides whether the names are those of a table of events, and of
// which form.
func (l *layout) settle() bool {
	l.id, l.time, l.message = -1, -1, -1
	var at [columns]int
	sum, sure := 0, false
	for i := range l.cols {
		c := &l.cols[i]
		sum += int(c.points)
		sure = sure || c.points >= 3
		if at[c.Column] == 0 || c.rank < l.cols[at[c.Column]-1].rank {
			at[c.Column] = i + 1
		}
	}
	l.points = sum
	l.id, l.time, l.message = at[ID]-1, at[Time]-1, at[Message]-1
	if l.id < 0 {
		l.id = at[Instance] - 1
	}
	if l.plaso(at[Message]) {
		return true
	}
	if l.time < 0 && at[Date] > 0 { // "Date,Time" would have Time as Time
		if !l.pasted() {
			return false
		}
		l.time = at[Date] - 1
		l.cols[l.time].Column, at[Date] = Time, 0
	}
	if at[Date] > 0 && l.has("time") && foldName(l.cols[l.time].text) == "time" {
		l.cols[l.time].Name = Name{Column: Clock}
		l.time = at[Date] - 1
	}
	if !l.isRaw(&at) && (l.id < 0 || l.time < 0) {
		return false
	}
	if l.pasted() && !l.packed {
		if !sure && foldName(l.cols[l.id].text) == "id" { // of anything
			return false
		}
		return sum >= minPasted && at[Provider]+at[LevelWord]+at[Level]+at[Type]+at[Keywords] > 0
	}
	if l.isVista() {
		return false
	}
	l.tune(&at)
	switch {
	case l.id >= 0 && foldName(l.cols[l.id].text) == "id":
		return sure && sum >= minPoints-1
	case l.id >= 0 && foldName(l.cols[l.id].text) == "event": // eventquery.vbs
		return l.has("type") && l.has("datetime") && l.has("source")
	}
	return l.points >= minPoints
}

func foldName(s string) string { return string(fold(nil, s)) }

// isRaw reports whether the whole event stands in one column, which makes up
// for the lack of others.
func (l *layout) isRaw(at *[columns]int) bool {
	l.packed = at[System] > 0 && at[Payload] > 0 || at[XML] > 0 || at[Raw] > 0 && l.time >= 0
	if l.packed && l.id < 0 {
		l.points += minPoints
	}
	return l.packed
}

// isVista tells the table that Event Viewer of Vista and later saves, whose
// rows have one cell more than the header: eventtext reads it.
func (l *layout) isVista() bool {
	if len(l.cols) < 5 {
		return false
	}
	first := foldName(l.cols[0].text)
	return (first == "level" || first == "keywords") && foldName(l.cols[1].text) == "dateandtime" &&
		foldName(l.cols[2].text) == "source" && foldName(l.cols[3].text) == "eventid" && foldName(l.cols[4].text) == "taskcategory"
}

// plaso recognises the tables of log2timeline, timesketch and psort, in which
// the text has the event's fields, whatever columns there are.
func (l *layout) plaso(message int) bool {
	long := l.has("macb") && l.has("sourcetype") && l.has("desc")
	if !long && (!l.has("timestampdesc") || message == 0) {
		return false
	}
	l.form, l.packed, l.points = "plaso-csv", true, 10
	for i := range l.cols {
		c := &l.cols[i]
		switch f := foldName(c.text); {
		case f == "desc" && long, f == "message" && !long:
			c.Name, c.known = Name{Column: Desc}, true
			l.message = i
		case f == "message", f == "type", f == "user" && long, f == "source", f == "level", f == "tag", f == "timestamp", f == "extra":
			c.Name, c.known = Name{Column: Ignored}, true
		case f == "time" && long:
			c.Name = Name{Column: Clock}
		case f == "eventlevel", f == "messageidentifier", f == "eventidentifier":
		case !c.known:
			c.Name, c.known = Name{Column: Ignored}, true
		}
	}
	if long {
		l.time = -1
	} else {
		for i := range l.cols {
			if foldName(l.cols[i].text) == "datetime" {
				l.time = i
			}
		}
	}
	l.id = -1
	return true
}

// tune gives names the meaning that they have in one form only.
func (l *layout) tune(at *[columns]int) {
	switch {
	case l.has("mapdescription") && l.has("payload"):
		l.form = "evtxecmd-csv"
		for i := range l.cols {
			switch foldName(l.cols[i].text) {
			case "timecreated":
				l.cols[i].utc = true // documented: all times are UTC
			case "username": // of what the event is about; UserId is of the event
				l.cols[i].Name, l.cols[i].known = Name{}, false
			}
		}
	case l.has("entrytype") && l.has("instanceid"):
		l.form = "get-eventlog-csv"
	case l.has("leveldisplayname") || l.has("providername") && l.has("timecreated"):
		l.form = "get-winevent-csv"
	case l.has("type") && l.has("event") && l.has("computername"):
		l.form = "eventquery-csv"
	case l.has("eventtime") && l.has("provider") && l.has("opcode"), l.has("generatedtime") && l.has("recordnumber"):
		l.form = "nirsoft"
	case l.has("eventtypename") && l.has("sourcename"):
		l.form = "logparser"
	case l.has("winlogeventid"):
		l.form = "kibana-csv"
	case l.has("raw") || l.has("sourcetype") || l.cols[0].text == "_time":
		l.form = "splunk-csv"
		for i := range l.cols {
			if foldName(l.cols[i].text) == "source" { // of the input, not of the event
				l.cols[i].Name = Name{Column: Ignored}
			}
		}
	case at[System] > 0 || l.has("eventrecordid") && l.has("usersid"):
		l.form = "velociraptor-csv"
	case l.has("timegeneratedutc"):
		l.form = "azure-csv"
	}
}

// isDetections reports whether a header is that of a table of detections: hits
// of rules that a hunting tool has laid over a log.
func isDetections(line string) bool {
	for i := 0; i < len(separators); i++ {
		s := splitter{sep: separators[i]}
		if strings.IndexByte(line, separators[i]) < 0 || s.split(eventtext.Trim(line), 0) || len(s.cells) < 3 {
			continue
		}
		rule, event := false, false
		for _, c := range s.cells {
			switch foldName(eventtext.Trim(c)) {
			case "ruletitle", "detections", "detectionrule", "rulename", "ruleid", "rulelevel", "sigmarule", "decoded", "mitretactics", "ruleauthors", "rulefile":
				rule = true
			case "eventid", "channel", "computer", "recordid", "level", "count", "log", "rulecount", "path", "eventdata":
				event = true
			}
		}
		if rule && event {
			return true
		}
	}
	return false
}

// linePos is the position of one line.
func linePos(l *parsers.TextLine) parsers.Pos {
	return parsers.Pos{Line: l.No, Offset: l.Offset, Length: int64(l.Length)}
}
