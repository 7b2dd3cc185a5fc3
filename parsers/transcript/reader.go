package transcript

import (
	"slices"
	"strings"
	"time"

	"kbdiag/parsers"
)

// verdict is what a machine makes of a line.
type verdict uint8

const (
	used     verdict = iota // part of the session
	foreign                 // not understood: prose, or another program's
	boundary                // another session begins here
)

// machine is one protocol's part in reading a session.
type machine interface {
	// step takes one line of the dialogue.
	step(it *item) verdict
	// inData reports whether all lines, even empty ones, are data now.
	inData() bool
	// finish is called at the end of the session.
	finish()
	// infer names the commands that replies without one answer.
	infer()
}

// pending is a command that waits for its reply.
type pending struct {
	command
	line     int
	span     span
	at       time.Time
	inferred bool
	data     []typed // lines typed while DATA had not been answered
	partial  *reply  // IMAP: untagged replies so far
	literal  int     // IMAP: bytes of a literal that are still to come
	noDot    bool    // of a message: it never came to its end
}

// typed is a client line whose meaning is not yet settled.
type typed struct {
	text string
	line int
	span span
	at   time.Time
}

// turn is a command with its reply; either may be missing.
type turn struct {
	cmd *pending
	rep *reply
}

// reader reads one session from a feed.
type reader struct {
	src      feed
	mem      *scratch
	k        int // index of the next item
	m        machine
	s        parsers.Session
	bare     bool // no marker tells the sides
	strict   bool // the capture holds nothing but the dialogue
	prompted bool // a command was seen that opened the connection
	form     string
	queue    []*turn // commands that wait for a reply
	turns    []*turn // commands in order, and replies nobody asked for where they came
	commands int     // client lines seen
	replies  int     // replies seen, the greeting not counted
	greet    *reply
	last     *reply // the reply that a wrapped line goes on with
	lastItem *item
	said     int // index of the item that holds the server's last line
	lastUsed int // index of the last item that belongs to the session
	take     []int
	foreign  int // lines not understood since the last that was
	quiet    int // noise since then
	zone     parsers.Zone
	from, to time.Time
	stamped  bool
	greetAt  time.Time
	secrets  []string

	trying      bool
	connected   bool
	named       bool // the server's name was typed
	failing     parsers.Connect
	failed      bool // the attempt has failed for good
	closed      bool
	ended       bool
	lost        bool
	escaped     bool
	quit        bool // QUIT was answered
	tlsBegun    bool // TLS is being set up
	saidFailed  parsers.Stage
	why         string        // TLS failed, as the program says
	warning     string        // what a server's log says for itself of a command, such as "WARNING No return path"
	warnedAt    parsers.Stage // the command's
	gapAfter    time.Duration // to the record behind the session's last
	placeholder bool          // the body is a log's stand-in for one
}

// maxForeign is how many lines of prose a session goes on across; maxQuiet
// how many lines of a log that say nothing.
const (
	maxForeign = 14
	maxQuiet   = 400
)

// read reads the session that begins at item k. It gives the index of the
// first item behind it.
func (s *scratch) read(src feed, k int, bare bool) (*reader, int) {
	r := s.begin()
	r.src, r.k, r.bare = src, k, bare
	for {
		it := src.at(r.k)
		if it == nil || !r.step(it) {
			break
		}
		r.k++
	}
	if r.m != nil {
		r.m.finish()
		r.m.infer()
	}
	return r, r.lastUsed + 1
}

// step takes one item; false where the session ends before it.
func (r *reader) step(it *item) bool {
	if it.kind == kindTaken {
		return false
	}
	if r.m != nil && r.m.inData() && (it.kind != kindEvent || !r.breaks(it)) {
		return r.dialogue(it)
	}
	switch it.kind {
	case kindBlank:
		if it.fence && r.m != nil {
			r.strict = false // what follows may be prose
		}
		return true
	case kindNoise:
		return r.noise(it)
	case kindEvent:
		if !r.event(it) {
			r.gap(it)
			return false
		}
		r.mark(it)
		return !r.over(it)
	}
	if r.farewell(it) {
		r.closed = false
	}
	if r.closed || r.ended || r.lost || r.failed || r.marksBegin() {
		return false
	}
	return r.dialogue(it)
}

// marksBegin reports whether the prose behind a dialogue without marks goes on
// to one with marks.
func (r *reader) marksBegin() bool {
	p, ok := r.src.(*page)
	if !ok || !r.bare || r.strict || r.foreign == 0 || p.look(r.k)&lookVotes == 0 {
		return false
	}
	for _, h := range p.hits[r.k] {
		if !h.deep && h.says != saysNothing {
			return true
		}
	}
	return false
}

// breaks reports whether an event ends data that goes on without a dot.
func (r *reader) breaks(it *item) bool {
	switch it.event.what {
	case whatClosed, whatEnd, whatStart, whatLost:
		return true
	case whatCommand, whatTrying, whatConnected, whatFail:
		return !r.bare || it.event.form != ""
	}
	return false
}

func (r *reader) noise(it *item) bool {
	r.quiet++
	r.warns(it)
	if r.lastUsed >= 0 {
		r.take = append(r.take, r.k)
	}
	return r.quiet < maxQuiet
}

// dialogue hands a line to the machine of the protocol, which is chosen at
// the first line.
func (r *reader) dialogue(it *item) bool {
	if r.m == nil {
		r.m = r.choose()
	}
	switch r.m.step(it) {
	case boundary:
		r.gap(it)
		return false
	case foreign:
		r.foreign++
		if r.bare && containsFold(it.text, "telnet") && len(r.queue) == 0 && r.replies > 0 {
			return false // the prose goes on to another session
		}
		return !r.quit && r.foreign < maxForeign && r.lastUsed >= 0
	}
	r.mark(it)
	return true
}

// mark makes an item part of the session.
func (r *reader) mark(it *item) {
	r.s.Pos = extend(r.s.Pos, it.span)
	r.take = append(r.take, r.k)
	r.lastUsed = r.k
	r.lastItem = it
	r.foreign, r.quiet = 0, 0
	r.clock(it)
}

// clock keeps the session's times.
func (r *reader) clock(it *item) {
	if it.at.IsZero() && it.zone == parsers.ZoneUnknown {
		return
	}
	if !r.stamped {
		r.from, r.zone, r.stamped = it.at, it.zone, true
	}
	r.to = it.at
}

// gap keeps how long the log says nothing behind the session.
func (r *reader) gap(it *item) {
	if r.stamped && !it.at.IsZero() && it.zone == r.zone {
		r.gapAfter = it.at.Sub(r.to)
	}
}

func extend(p parsers.Pos, s span) parsers.Pos {
	if p.Line == 0 {
		return s.pos()
	}
	whole := span{line: p.Line, off: p.Offset, end: p.Offset + p.Length}
	whole.add(s)
	return whole.pos()
}

// push makes a command wait for its reply.
func (r *reader) push(c command, it *item) *turn {
	s := r.mem.slot()
	s.pending = pending{command: c, line: it.span.line, span: it.span, at: it.at}
	t := &s.turn
	t.cmd = &s.pending
	r.queue = append(r.queue, t)
	r.turns = append(r.turns, t)
	r.commands++
	r.secrets = append(r.secrets, c.secrets...)
	return t
}

// head is the command that waits longest, nil if none does.
func (r *reader) head() *turn {
	if len(r.queue) == 0 {
		return nil
	}
	return r.queue[0]
}

// tail is the command typed last that still waits, nil if none does.
func (r *reader) tail() *turn {
	if len(r.queue) == 0 {
		return nil
	}
	return r.queue[len(r.queue)-1]
}

// answer gives the reply to the command that waits longest.
func (r *reader) answer(rep *reply) *turn {
	t := r.queue[0]
	if r.queue = r.queue[1:]; len(r.queue) == 0 {
		r.queue = r.mem.queue[:0]
	}
	t.rep = rep
	r.replies++
	return t
}

// drop forgets that a command waits, without a reply.
func (r *reader) drop(t *turn) {
	for i, q := range r.queue {
		if q == t {
			r.queue = slices.Delete(r.queue, i, i+1)
			return
		}
	}
}

// orphan keeps a reply that nobody asked for.
func (r *reader) orphan(rep *reply) *turn {
	t := &r.mem.slot().turn
	t.rep = rep
	r.turns = append(r.turns, t)
	r.replies++
	return t
}

// anyReplyAlone reports whether a reply has no command.
func (r *reader) anyReplyAlone() bool {
	for _, t := range r.turns {
		if t.cmd == nil {
			return true
		}
	}
	return false
}

// greeting keeps the server's greeting.
func (r *reader) greeting(rep *reply, it *item) {
	r.greet = rep
	r.greetAt = it.at
}

// peek gives the nearest item behind the current one that is not blank, nil
// if there is none within a few.
func (r *reader) peek() *item {
	for i := 1; i < 8; i++ {
		it := r.src.at(r.k + i)
		if it == nil {
			return nil
		}
		if it.kind != kindBlank {
			return it
		}
	}
	return nil
}

// wrapped reports whether it is the rest of the server's line before, which
// was too long for the page: nothing but the page's width kept them apart.
func (r *reader) wrapped(it *item) bool {
	prev := r.lastItem
	if prev == nil || r.last == nil || r.said != r.lastUsed || it.first < 0 || it.first != prev.last+1 {
		return false
	}
	if masked(it.text) && (r.last.Text == "" || masked(r.last.Text)) {
		return true // a masked greeting is longer than any page
	}
	if it.stamped() && prev.stamped() {
		return false
	}
	text := it.text
	if it.stamped() {
		text = it.whole // the rest of a line may begin with a time
	}
	word, _, _ := strings.Cut(text, " ")
	return prev.width >= 40 && prev.width <= 82 && prev.width+1+len(word) >= 76
}

// stamped reports whether the line had a time stamp.
func (it *item) stamped() bool { return !it.at.IsZero() || it.zone != parsers.ZoneUnknown }

// goOn appends a wrapped line to the last reply.
func (r *reader) goOn(it *item) {
	text := it.text
	if it.stamped() && r.lastItem != nil && !r.lastItem.stamped() {
		text = it.whole
		it.at, it.zone = time.Time{}, parsers.ZoneUnknown
	}
	if r.last.Text == "" {
		r.last.Text = text
	} else if len(r.last.Text) < maxReplyText {
		r.last.Text += " " + text
	}
	r.said = r.k
	r.last.span.add(it.span)
}

// prose reports whether a line reads as a sentence rather than as something
// typed at a server.
func prose(s string) bool {
	if foreignProse(s) {
		return true
	}
	words, plain := 0, 0
	for w := range strings.FieldsSeq(s) {
		words++
		if isLower(strings.TrimRight(w, ".,:;")) {
			plain++
		}
	}
	if words < 4 {
		return false
	}
	end := s[len(s)-1]
	return plain >= 4 || plain >= 2 && (end == ':' || end == '.')
}

// foreignProse reports whether a line is mostly of letters that are not Latin:
// no protocol has commands of them, and what is typed in a message is text.
func foreignProse(s string) bool {
	other := 0
	for i := 0; i < len(s); i++ {
		if s[i] >= 0xD0 && s[i] < 0xF0 { // the first byte of a letter that is not Latin or Greek
			other++
		}
	}
	return other >= 8 && other*6 >= len(s)
}

func isLower(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 'a' || s[i] > 'z' {
			return false
		}
	}
	return len(s) > 1
}
