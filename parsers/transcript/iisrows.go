package transcript

import (
	"strings"
	"time"

	"kbdiag/parsers"
)

// iisRows is the log of the SMTP, FTP and NNTP services of IIS in its three
// text layouts: W3C extended, IIS, NCSA [learn.microsoft.com, "IIS log file
// formats"]. A row is a command with the code of its reply; rows of one client
// are one session until it quits.
func iisRows() rowForm {
	return rowForm{name: "iis service log", starts: startsIIS, sure: holdsIISRow, open: func(opts parsers.Options, out *parsers.Out) rowReader {
		return &iisReader{t: newRowTable(out), opts: opts}
	}}
}

// iisRow is one row in any layout.
type iisRow struct {
	layout  byte // 'w', 'i' or 'n'
	at      time.Time
	zone    parsers.Zone
	client  string
	session string // an id of the session, if the row has one
	server  string
	port    int
	verb    string
	args    string
	code    string
	reply   string // the reply's text, of an outbound connection
	out     byte   // 'c' or 'r': command or reply of an outbound connection
}

func startsIIS(s string) bool {
	if s[0] == '#' {
		return strings.HasPrefix(s, "#Fields: ") && strings.Contains(s, " cs-method ") && (strings.Contains(s, "s-sitename") || strings.Contains(s, "x-session") || strings.Contains(s, "cs-username"))
	}
	r := iisReader{}
	row, ok := r.read(s)
	return ok && row.verb != ""
}

// holdsIISRow reports whether the first row behind the head is of such a
// service: web servers write the same head.
func holdsIISRow(line func(int) (string, bool)) bool {
	r := iisReader{}
	for i := 0; ; i++ {
		l, ok := line(i)
		if !ok {
			return false
		}
		if l == "" || l[0] == '#' && r.header(l) {
			continue
		}
		_, ok = r.read(l)
		return ok
	}
}

type iisReader struct {
	t      *rowTable
	opts   parsers.Options
	fields []w3cField
	useful int      // of the fields, up to the last one of use
	words  []string // of the row
	key    []byte   // of the row's connection
	date   string
	at     time.Time // of the row before, which was written as day and clock
	day    string
	clock  string
	prev   iisRow
	text   joiner
}

// w3cField is a field of the W3C layout that is of use.
type w3cField uint8

const (
	w3cOther w3cField = iota
	w3cDate
	w3cTime
	w3cClient
	w3cUser
	w3cServer
	w3cPort
	w3cMethod
	w3cStem
	w3cQuery
	w3cStatus
	w3cSession
)

var w3cFields = map[string]w3cField{
	"date": w3cDate, "time": w3cTime, "c-ip": w3cClient, "cs-username": w3cUser, "s-ip": w3cServer, "s-port": w3cPort, "cs-method": w3cMethod,
	"cs-uri-stem": w3cStem, "cs-uri-query": w3cQuery, "sc-status": w3cStatus, "x-session": w3cSession,
}

func (r *iisReader) finish() { r.t.finish() }

func (r *iisReader) line(l *parsers.TextLine, text string) bool {
	text = strings.TrimSpace(text)
	if text == "" {
		return true
	}
	if text[0] == '#' {
		return r.header(text)
	}
	row, ok := r.read(text)
	if !ok {
		return false
	}
	r.take(&row, linePos(l))
	return true
}

func (r *iisReader) header(s string) bool {
	switch {
	case strings.HasPrefix(s, "#Fields: "):
		r.fields, r.useful = []w3cField{}, 0
		for name := range strings.FieldsSeq(s[len("#Fields: "):]) {
			r.fields = append(r.fields, w3cFields[name])
			if w3cFields[name] != w3cOther {
				r.useful = len(r.fields)
			}
		}
	case strings.HasPrefix(s, "#Date: "):
		r.date, _, _ = strings.Cut(strings.TrimSpace(s[len("#Date: "):]), " ")
	case strings.HasPrefix(s, "#Software: "), strings.HasPrefix(s, "#Version: "):
	default:
		return false
	}
	return true
}

// read reads a row of any layout.
func (r *iisReader) read(s string) (iisRow, bool) {
	if len(s) < 16 || !isDigit(s[0]) {
		return iisRow{}, false
	}
	if r.fields != nil {
		if row, ok := r.w3c(s); ok {
			return row, true
		}
	}
	if strings.Count(s, ", ") >= 12 {
		return r.iis(s)
	}
	if strings.Contains(s, "] \"") {
		return r.ncsa(s)
	}
	return r.short(s)
}

// w3c reads a row by its fields.
func (r *iisReader) w3c(s string) (iisRow, bool) {
	f, ok := r.split(s)
	if !ok {
		return iisRow{}, false
	}
	row := iisRow{layout: 'w', zone: parsers.ZoneUTC}
	date, clock, stem, query := r.date, "", "", ""
	for i, v := range f {
		if v == "-" {
			continue
		}
		name := r.fields[i]
		switch name {
		case w3cDate:
			date = v
		case w3cTime:
			clock = v
		case w3cClient:
			row.client = v
		case w3cUser:
			switch v {
			case "OutboundConnectionCommand":
				row.out = 'c'
			case "OutboundConnectionResponse":
				row.out = 'r'
			}
		case w3cServer:
			row.server = v
		case w3cPort:
			row.port = portOf(v)
		case w3cMethod:
			row.verb = v
		case w3cStem:
			stem = v
		case w3cQuery:
			query = v
		case w3cStatus:
			row.code = v
		case w3cSession:
			row.session = v
		}
	}
	if clock != "" && clock == r.clock && date == r.day {
		row.at = r.at
	} else if at, err := time.Parse("2006-01-02 15:04:05", date+" "+clock); err == nil {
		row.at = at
		r.at, r.day, r.clock = at, strings.Clone(date), strings.Clone(clock)
	} else if at, err := time.Parse("15:04:05", clock); err == nil {
		row.at, row.zone = at.AddDate(1, 0, 0), parsers.ZoneUnknown
	} else {
		return iisRow{}, false
	}
	if stem != "" && query == "" {
		query = stem
	}
	row.args = strings.TrimSpace(r.text.replace(query, '+', ' '))
	return row, row.settle()
}

// split gives the fields of a row up to the last one of use; false where the
// row has fewer than the head says.
func (r *iisReader) split(s string) ([]string, bool) {
	f := r.words[:0]
	rest := s
	for len(f) < r.useful {
		end := strings.IndexByte(rest, ' ')
		if end < 0 {
			end = len(rest)
		}
		f = append(f, rest[:end])
		if rest = rest[end:]; rest == "" {
			break
		}
		rest = rest[1:]
	}
	r.words = f
	if strings.Count(rest, " ")+min(len(rest), 1) == len(r.fields)-len(f) && singleBlanks(s) {
		return f, true
	}
	f = f[:0]
	for v := range strings.FieldsSeq(s) {
		f = append(f, v)
	}
	r.words = f
	if len(f) < len(r.fields) {
		return nil, false
	}
	return f[:r.useful], true
}

// singleBlanks reports whether nothing but single blanks stand between the
// words of a trimmed ASCII text.
func singleBlanks(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c <= ' ' && (c != ' ' || s[i-1] == ' ') || c >= 0x80 {
			return false
		}
	}
	return true
}

// iis reads "10.1.2.3, user, 8/18/06, 13:17:37, SMTPSVC1, HOST, 10.1.2.4, 90,
// 42, 0, 250, 0, MAIL FROM, -, FROM:<a@b>,".
func (r *iisReader) iis(s string) (iisRow, bool) {
	f := strings.Split(s, ",")
	if len(f) < 14 {
		return iisRow{}, false
	}
	for i := range f {
		f[i] = strings.TrimSpace(f[i])
	}
	if !strings.Contains(f[4], "SVC") || !isNumber(f[10]) {
		return iisRow{}, false
	}
	row := iisRow{layout: 'i', zone: parsers.ZoneLocal, client: f[0], server: f[6], code: f[10], verb: f[12]}
	_, st := peelStamp(f[2]+" "+f[3]+" x", r.opts.DayFirst)
	if st.ok {
		row.at, row.zone = st.at, st.zone
	}
	row.args = f[13]
	if len(f) > 14 && (f[13] == "-" || f[13] == "") {
		row.args = f[14]
	}
	switch {
	case strings.HasPrefix(f[4], "SMTPSVC"):
		row.port = 25
	case strings.HasPrefix(f[4], "MSFTPSVC"):
		row.port = 21
	case strings.HasPrefix(f[4], "NNTPSVC"):
		row.port = 119
	}
	return row, row.settle()
}

// ncsa reads `10.1.2.3 - name [18/Aug/2006:13:17:37 -0800] "MAIL -? FROM: x
// HTTP/1.0" 250 0`.
func (r *iisReader) ncsa(s string) (iisRow, bool) {
	head, rest, _ := strings.Cut(s, "] \"")
	words := strings.Fields(head)
	_, clock, ok := strings.Cut(head, "[")
	i := strings.LastIndex(rest, "HTTP/")
	if !ok || i < 0 || len(words) < 4 {
		return iisRow{}, false
	}
	row := iisRow{layout: 'n', client: words[0], zone: parsers.ZoneOffset}
	at, err := time.Parse("02/Jan/2006:15:04:05 -0700", strings.ReplaceAll(clock, "- ", "-"))
	if err != nil {
		return iisRow{}, false
	}
	row.at = at
	tail := strings.Fields(strings.TrimLeft(rest[i:], `HTP/1.0"`))
	if len(tail) > 0 {
		row.code = tail[0]
	}
	request := strings.ReplaceAll(strings.TrimSpace(rest[:i]), "-?", "")
	row.verb, row.args, _ = strings.Cut(request, " ")
	return row, row.settle()
}

// short reads the least that the W3C layout can be: "13:17:37 10.1.2.3 MAIL -
// 250".
func (r *iisReader) short(s string) (iisRow, bool) {
	if s[1] != ':' && s[2] != ':' {
		return iisRow{}, false
	}
	f := strings.Fields(s)
	if len(f) < 4 || len(f) > 8 || !isAddress(f[1]) {
		return iisRow{}, false
	}
	at, err := time.Parse("15:04:05", f[0])
	if err != nil {
		return iisRow{}, false
	}
	row := iisRow{layout: 'w', at: at.AddDate(1, 0, 0), client: f[1], verb: f[2], code: f[len(f)-1], args: strings.Join(f[3:len(f)-1], " ")}
	return row, row.settle()
}

// settle brings verb, arguments and code into the form of the dialogue; false
// for a row that is of no such service.
func (w *iisRow) settle() bool {
	switch w.out {
	case 'r':
		w.reply = w.args
		return w.reply != ""
	case 'c':
		return w.verb != ""
	}
	if w.verb == "OutboundConnectionCommand" || w.verb == "OutboundConnectionResponse" {
		w.out = 'c'
		if strings.HasSuffix(w.verb, "Response") {
			w.out, w.reply = 'r', w.args
		} else {
			w.verb, w.args = splitVerb(w.args)
		}
		return true
	}
	switch w.verb { // FTP of IIS 7 and later; such a row has no code
	case controlOpened, controlClosed, dataOpened, dataClosed:
		return true
	}
	if rest, ok := strings.CutPrefix(w.verb, "["); ok { // "[12]USER": FTP of IIS 4 to 6
		if id, verb, ok := strings.Cut(rest, "]"); ok {
			w.session, w.verb = id, verb
		}
	}
	w.args = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(w.args), "- "))
	if w.args == "-" {
		w.args = ""
	}
	verb, second := splitVerb(w.verb)
	w.verb = verb
	if first, rest := splitVerb(w.args); second == "" && (first == "FROM" || first == "TO") && rest != "" || first == "FROM" || first == "TO" {
		second, w.args = first, rest
	}
	second = strings.TrimSuffix(second, ":")
	if second != "" && !hasPrefixFold(w.args, second) {
		w.args = second + ":" + w.args
	}
	switch {
	case !isNumber(w.code):
		return false
	case verb == "GET" || verb == "POST" || verb == "HEAD" || verb == "OPTIONS":
		return false // a web server's log
	}
	known, _ := wordOf(verb)
	return known != nil && known.line.of&(ofSMTP|ofFTP|ofNNTP) != 0 && (len(w.code) == 3 || w.code == "0")
}

// What FTP of IIS 7 and later logs of its connections.
const (
	controlOpened = "ControlChannelOpened"
	controlClosed = "ControlChannelClosed"
	dataOpened    = "DataChannelOpened"
	dataClosed    = "DataChannelClosed"
)

// maxIISGap ends a session that was silent for long.
const maxIISGap = 10 * time.Minute

// take puts a row into its session.
func (r *iisReader) take(w *iisRow, p parsers.Pos) {
	same := w.verb == r.prev.verb && w.client == r.prev.client && w.code == r.prev.code && w.at.Format("150405") == r.prev.at.Format("150405")
	r.key = append(append(append(r.key[:0], w.client...), ' '), w.session...)
	v := r.t.find(r.key)
	if v != nil && w.layout != v.note[0] && (same || v.last.Format("1504") == w.at.Format("1504")) {
		return // the same row again, in another layout
	}
	r.prev = *w
	if v != nil && (v.quit || w.at.Sub(v.last) > maxIISGap) && w.out == 0 {
		r.t.end(v.key)
		v = nil
	}
	if v == nil {
		server, port := w.server, w.port
		if w.out != 0 {
			server, port = w.client, 25
		}
		v = r.t.add(string(r.key), NewConversation("iis", server, port, w.zone))
		v.note = string(w.layout)
	}
	v.last = w.at
	r.say(v, w, p)
}

func (r *iisReader) say(v *rowConn, w *iisRow, p parsers.Pos) {
	switch {
	case w.out == 'r':
		v.c.Text(true, w.reply, w.at, p)
		return
	case w.verb == dataOpened, w.verb == dataClosed:
		return
	case w.verb == controlOpened:
		v.c.Connected(w.at, p)
		return
	case w.verb == controlClosed:
		v.c.Closed("", w.at, p)
		r.t.end(v.key)
		return
	}
	v.c.Text(false, strings.TrimSpace(r.text.join(w.verb, " ", w.args)), w.at, p)
	if w.out == 'c' {
		return
	}
	code := w.code
	switch {
	case w.verb == "QUIT" && (code == "0" || code == "240"):
		code = map[string]string{"0": "221 logged as 0", "240": "221 logged as 240"}[code]
	case w.verb == "DATA" && code == "250":
		v.c.Text(true, "250 of the whole message", w.at, p) // one row for DATA and message
		return
	case code == "0":
		return
	}
	v.c.Text(true, code, w.at, p)
	if w.verb == "QUIT" && w.session == "" {
		r.t.quits(v) // the client's next row is of another connection
	}
}
