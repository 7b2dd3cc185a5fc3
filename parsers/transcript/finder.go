// Package transcript reads captured sessions: dialogues with POP3, SMTP,
// IMAP4, NNTP, FTP and HTTP servers that somebody typed with telnet or a like
// program, or that a client or server logged; and connections that failed.
//
// A capture is read in these steps: the wrapper of each line is taken off
// (window.go, stamp.go, marks.go), the words of the capturing program are told
// apart (meta.go and one file a family), and the lines that are left go to the
// machine of their protocol (choose.go, one file a protocol), which pairs
// commands and replies in order.
package transcript

import (
	"strings"

	"kbdiag/parsers"
)

// Finder finds sessions in free text.
func Finder() parsers.Finder {
	return parsers.Finder{Name: "transcript", Find: find}
}

func find(w *parsers.Window, out *parsers.Out) {
	if !promising(w) {
		return
	}
	pastedRows(w, out)
	f := finder{w: w, out: out}
	f.all()
}

// all reads the sessions of the window.
func (f *finder) all() {
	w := f.w
	for i := 0; i < len(w.Lines); {
		if w.Taken(i) || !anchor(w.Lines[i].Text) {
			i++
			continue
		}
		i = f.from(i)
	}
}

// finder reads the sessions of one window.
type finder struct {
	w    *parsers.Window
	out  *parsers.Out
	page *page  // nil until something was found
	flat bool   // the lines are those of one line already
	form string // of sessions that show no other, "" for "text"
	// barren is the line up to which a block with the marks barrenSet was read
	// and held no session.
	barren    int
	barrenSet uint8
	work      int // lines looked at in vain, to bound the time
	// quietTo is the line up to which all lines from the one looked at last
	// are known to be of no session.
	quietTo int
	mem     scratch
}

// from reads what begins at line i and gives the line to go on at.
func (f *finder) from(i int) int {
	if f.page == nil {
		f.page = newPage(f.w)
	}
	p := f.page
	if n := p.quoteAt(i); n != p.quote {
		p.setQuote(n)
		f.quietTo = 0
	}
	if next, ok := f.ldapTool(i); ok {
		return next
	}
	if next, ok := f.netTest(i); ok {
		return next
	}
	if next, ok := f.flattened(i); ok {
		return next
	}
	if f.quiet(i) {
		return i + 1
	}
	m := p.findMarks(i)
	if m == nil {
		m = p.halfMarks(i)
	}
	if m != nil && m.set == f.barrenSet && i < f.barren {
		m = nil // read already, from an earlier line
	} else if m != nil {
		if next := f.blockFrom(i, m); next > i {
			return next
		}
	} else if p.doubled(i) {
		if next := f.blockFrom(i, nil); next > i {
			return next
		}
	}
	if it := p.at(i); it.kind == kindBlank || it.kind == kindNoise || it.kind == kindTaken {
		return i + 1
	}
	if p.silent(i) {
		return i + 1 // it may be near a session, but none begins with it
	}
	r, next := f.mem.read(p, i, true)
	if !r.worthy() {
		return f.vain(i, r.k)
	}
	f.emit(r, p)
	return max(next, i+1)
}

// vain gives where to go on after lines that were no session. Looking at the
// same lines over and over is bounded.
func (f *finder) vain(i, seen int) int {
	f.work += seen - i
	if f.work > 20*len(f.w.Lines)+1000 {
		return max(seen, i+1)
	}
	return i + 1
}

// doubled reports whether the log at line i gives its lines twice.
func (p *page) doubled(i int) bool {
	for j := i; j < len(p.items) && j < i+12; j++ {
		if p.at(j).raw {
			return true
		}
	}
	return false
}

// blockFrom reads the sessions of a marked log. It gives the line behind the
// last one, i if there was none.
func (f *finder) blockFrom(i int, m *marking) int {
	b := f.page.block(i, m)
	next := i
	defer func() {
		for _, s := range b.streams {
			s.items.free(&f.page.spare)
		}
		if next == i && m != nil {
			f.barren, f.barrenSet = b.end, m.set
		}
	}()
	for _, s := range b.streams {
		copied := 0 // code of the last response in the log of curl
		for k := 0; k < s.items.n; {
			r, after := f.mem.read(&s.items, k, m == nil)
			if !r.worthy() {
				if f.work += r.k - k; f.work > 20*len(f.w.Lines)+1000 {
					break
				}
				k = max(k+1, after)
				continue
			}
			if r.form == "" {
				r.form = b.form
			}
			if copied > 0 && r.isResponse(copied) {
				f.take(r, &s.items)
				k = max(after, k+1)
				continue
			}
			copied = r.copyFollows()
			f.emit(r, &s.items)
			next = max(next, b.end, f.copied(b.end, r))
			k = max(after, k+1)
		}
	}
	return next
}

// copied passes over the header that curl prints a second time behind its own
// log. It gives the line behind it.
func (f *finder) copied(i int, r *reader) int {
	if r.form != "curl" || r.s.Protocol != "http" || len(r.turns) == 0 {
		return i
	}
	rep := r.turns[len(r.turns)-1].rep
	it := f.page.at(i)
	for it != nil && (it.kind == kindEvent && it.event.form == "curl" || it.kind == kindNoise) {
		i++
		it = f.page.at(i)
	}
	if rep == nil || it == nil {
		return i
	}
	again, ok := httpReply(it.text)
	if !ok || again.Code != rep.Code {
		return i
	}
	end := i
	for it != nil && it.kind == kindLine {
		end++
		it = f.page.at(end)
	}
	f.w.Take(i, end)
	return end
}

// copyFollows gives the code of the response whose header curl may print again
// behind its own log, 0 if none.
func (r *reader) copyFollows() int {
	if r.form != "curl" || r.s.Protocol != "http" || len(r.turns) == 0 {
		return 0
	}
	if last := r.turns[len(r.turns)-1].rep; last != nil {
		return last.Code
	}
	return 0
}

// isResponse reports whether a reading is nothing but the header of a response
// with this code.
func (r *reader) isResponse(code int) bool {
	return r.s.Protocol == "http" && r.commands == 0 && len(r.turns) == 1 && r.turns[0].rep != nil && r.turns[0].rep.Code == code
}

// emit hands a session over and takes its lines.
func (f *finder) emit(r *reader, src feed) {
	f.take(r, src)
	if f.out.Learns() {
		r.tell(f.out)
		return
	}
	if f.form != "" && (r.form == "" || r.form == "telnet") {
		r.form = f.form
	}
	s := r.session()
	r.tell(f.out)
	f.out.Session(s)
}

// tell gives the secrets of a session to out.
func (r *reader) tell(out *parsers.Out) {
	for _, v := range r.secrets {
		out.Secret(v)
	}
}

// take claims the lines of a session.
func (f *finder) take(r *reader, src feed) {
	for _, k := range r.take {
		if it := src.at(k); it != nil && it.first >= 0 && k <= r.lastUsed {
			f.w.Take(it.first, it.last+1)
		}
	}
}

// promising is a cheap look for what every session has: a reply, or the words
// of a program that connects. Most logs have none of it.
func promising(w *parsers.Window) bool {
	for i := range w.Lines {
		if w.Taken(i) {
			continue
		}
		if t := w.Lines[i].Text; hasPromise(t) || hasReplyCode(t) {
			return true
		}
	}
	return false
}

// promises are words of which every session has one that is not a reply code.
var promises = [...]string{
	"+OK", "+ok", "+Ok", "-ERR", "-Err", "-err", "onnect", "onnexion", "onect", "onness", "erbind", "rying", " OK", " NO", " BAD", "* ", "HTTP",
	"!!binary", "ldap_", "lookup", "resolve", "telnet: ", "nknown host", " not known", "bad address", "Ncat: ", "getaddrinfo", "ftp: ", "TCP port ", "TcpTest",
	"连接", "連線", "接続", "연결", "одключени", "ołączeni",
	"Host does not exist", "SSH-", "locate host",
	"ogin incorrect", "ogin failed", "ogin Failed", "ogon failure",
}

// promiseIndex lists the promises by their first byte, promisePairs marks the
// first two bytes of all: few places in other text have one of these.
var (
	promiseIndex = indexFirst(promises[:])
	promisePairs = indexPairs(promises[:])
)

func indexPairs(list []string) *[1 << 16]bool {
	var t [1 << 16]bool
	for _, p := range list {
		t[int(p[0])<<8|int(p[1])] = true
	}
	return &t
}

func hasPromise(t string) bool {
	for i := 0; i+1 < len(t); i++ {
		if !promisePairs[int(t[i])<<8|int(t[i+1])] {
			continue
		}
		for _, p := range promiseIndex[t[i]] {
			if strings.HasPrefix(t[i:], p) {
				return true
			}
		}
	}
	return false
}

// hasReplyCode looks for three digits of a reply with nothing of a word or
// number before them and a blank, a hyphen or the end behind them.
func hasReplyCode(t string) bool {
	for i := 0; i+2 < len(t); i++ {
		if t[i] < '1' || t[i] > '5' || !isDigit(t[i+1]) || !isDigit(t[i+2]) || i > 0 && isWord(t[i-1]) {
			continue
		}
		if i+3 == len(t) || t[i+3] == ' ' || t[i+3] == '-' || t[i+3] == '\r' {
			return true
		}
	}
	return false
}
