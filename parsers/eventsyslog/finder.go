// Package eventsyslog reads Windows events that travelled as text through
// shippers and relays: Splunk, Snare, OSSEC, Adiscon, evtsys, nxlog, QRadar,
// CEF and LEEF, in files of their own and inside other text.
package eventsyslog

import (
	"strings"
	"sync"

	"kbdiag/parsers"
	"kbdiag/parsers/eventtext"
)

// Finder finds the events of all shippers in text.
func Finder() parsers.Finder {
	pool := sync.Pool{New: func() any { return &find{} }}
	return parsers.Finder{Name: "shipped events", Find: func(w *parsers.Window, out *parsers.Out) {
		f := pool.Get().(*find)
		*f = find{w: w, out: out, dates: datesOf(w.Opts), buf: f.buf[:0]}
		f.run()
		if cap(f.buf) > maxBuffer {
			f.buf = nil
		}
		f.w, f.out = nil, nil
		pool.Put(f)
	}, May: func(line string) bool { return kindOf(line) != none }}
}

// maxBuffer is how much memory is kept for the next window.
const maxBuffer = 1 << 20

// find is the state of reading one window.
type find struct {
	w      *parsers.Window
	out    *parsers.Out
	dates  *eventtext.Dates
	done   int           // line behind the last event
	prose  bool          // other text stands before the first event of the window
	looked bool          // prose was settled
	buf    []byte        // the message in work
	event  parsers.Event // the event in work
}

func (f *find) text(i int) string { return f.w.Lines[i].Text }

func (f *find) run() {
	bare := false
	for i := 0; i < len(f.w.Lines); {
		if f.w.Taken(i) {
			i++
			continue
		}
		t := f.text(i)
		k := kindOf(t)
		if k == none {
			i++
			continue
		}
		if k == bareMessage {
			bare = true
			i++
			continue
		}
		_, to := f.at(i, k)
		if to == 0 {
			i++
			continue
		}
		f.done = to
		i = max(to, i+1)
	}
	if bare {
		f.bareMessages()
	}
	f.dates.Report(f.out)
}

// kind is which form a line may be of.
type kind uint8

const (
	none kind = iota
	splunk
	snare
	ossec
	adiscon
	named // EventID=: QRadar, structured data
	cef
	tagged // a syslog line with source and id in its tag
	bracketed
	comb   // EventCombMT
	rhythm // LogRhythm
	bareMessage
)

// kindOf tells by a look at the line which form it may be of. Nearly all lines
// of all text are of none, so this is what the reading of other text costs.
func kindOf(t string) kind {
	if len(t) < 10 {
		return none
	}
	switch {
	case startsBracketed(t):
		return bracketed
	case startsComb(t):
		return comb
	case isRhythm(t):
		return rhythm
	}
	for i := 0; ; {
		at := strings.IndexByte(t[i:], 'v')
		if at < 0 {
			break
		}
		i += at + 1
		if k := kindAt(t, i-1); k != none {
			return k
		}
	}
	if strings.IndexByte(t, '|') >= 0 && isCEF(t) {
		return cef
	}
	if strings.IndexByte(t, '#') >= 0 && strings.Contains(t, "#01") && hasOctal(t) {
		if startsTagged(t) {
			return tagged
		}
		return bareMessage
	}
	if startsTagged(t) {
		return tagged
	}
	return none
}

// isCEF looks for the head of CEF or LEEF with the four bars of its fields.
func isCEF(t string) bool {
	i := strings.Index(t, "EF:")
	return i > 0 && (t[i-1] == 'C' || t[i-1] == 'E') && i+5 < len(t) && isDigit(t[i+3]) && strings.Count(t, "|") >= 4
}

// kindAt looks at the letter v in line[i], which all names of events have.
func kindAt(line string, i int) kind {
	rest := line[i:]
	if i == 0 || len(rest) < 6 {
		return none
	}
	switch rest[1] {
	case 'e':
		switch {
		case strings.HasPrefix(rest, "ventCode=") && line[i-1] == 'E':
			return splunk
		case strings.HasPrefix(rest, "ventID=") && line[i-1]|0x20 == 'e':
			return named
		case strings.HasPrefix(rest, "ventLog") && i >= 6 && line[i-6:i] == "MSWinE":
			return snare
		}
	case 't':
		if strings.HasPrefix(rest, "vtLog") && i >= 4 && line[i-4:i] == "WinE" {
			return ossec
		}
	case 'n':
		if strings.HasPrefix(rest, "vntSLog") && line[i-1] == 'E' {
			return adiscon
		}
	}
	return none
}

// startsTagged tells a syslog line that may name a source and an id.
func startsTagged(t string) bool {
	return startsHeader(t) && namesSource(t[:min(len(t), 240)])
}

// namesSource looks for ": 7000", "] 7000" or a source of Vista and later.
func namesSource(t string) bool {
	for i := 2; i+2 < len(t); i++ {
		if t[i+1] == ' ' && isDigit(t[i+2]) && (t[i] == ':' || t[i] == ']') {
			return true
		}
	}
	return strings.IndexByte(t, 'M') >= 0 && (strings.Contains(t, "Microsoft-Windows-") || strings.Contains(t, "MSExchange"))
}

// startsHeader tells a syslog header by its first bytes.
func startsHeader(t string) bool {
	switch c := t[0]; {
	case c == '<':
		return isDigit(t[1])
	case c >= '1' && c <= '2':
		return len(t) > 20 && t[4] == '-' && t[7] == '-' && (t[10] == 'T' || t[10] == ' ')
	case c >= 'A' && c <= 'S':
		return len(t) > 20 && t[3] == ' ' && (t[6] == ' ' && t[9] == ':' || t[5] == ' ' && t[8] == ':') && monthOf(t) > 0
	}
	return false
}

// at reads the event on line i, which may be of form k.
func (f *find) at(i int, k kind) (from, to int) {
	switch k {
	case splunk:
		if f.qradarAt(i) {
			return i, i + 1
		}
		return f.splunkAt(i)
	case ossec:
		return f.ossecAt(i)
	case bracketed:
		return f.bracketedAt(i)
	}
	e := f.begin(i, i+1)
	line, _ := unquoteLine(f.text(i))
	if !readLine(line, k, e) {
		return 0, 0
	}
	f.give(e, i, i+1)
	return i, i + 1
}

// readLine reads the event that fills a line, of a form that needs no other
// lines.
func readLine(line string, k kind, e *parsers.Event) bool {
	switch k {
	case snare:
		return readSnare(line, e)
	case ossec:
		return readOSSEC(line, e)
	case adiscon:
		return readAdiscon(line, e)
	case named:
		return readQRadar(line, e) || readStructured(line, e) || strings.Contains(line, "EF:") && readCEF(line, e) || readKeyValues(line, e)
	case cef:
		return readCEF(line, e)
	case tagged:
		return readTagged(line, e)
	case bracketed:
		return readBracketed(line, e)
	case comb:
		return readComb(line, e)
	case rhythm:
		return readRhythm(line, e)
	}
	return false
}

// begin makes the event that fills lines from <= i < to.
func (f *find) begin(from, to int) *parsers.Event {
	f.event = parsers.Event{Pos: f.w.Span(from, to)}
	return &f.event
}

// give gives an event to out and claims its lines.
func (f *find) give(e *parsers.Event, from, to int) {
	f.w.Take(from, to)
	f.out.Event(e)
}

// keep leaves the lines from the given one on for the next window, where their
// event goes on.
func (f *find) keep(from int) bool { return f.w.Keep(from) }

// setMessage sets the message, with the escapes of relays undone.
func setMessage(e *parsers.Event, text string) {
	e.Set(parsers.FieldMessage, plainText(text))
	eventtext.Unwrap(e)
}

// setText sets a field to a value, "" for what stands for nothing.
func setText(e *parsers.Event, f parsers.Field, value string) { e.Set(f, nullless(value)) }
