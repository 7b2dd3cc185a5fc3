package transcript

import (
	"strings"
)

// block is a stretch of a marked log: its items with their sides, apart by
// connection where the log tells connections apart.
type block struct {
	streams []*stream
	end     int // index of the line behind it
	form    string
}

// stream is one connection of a block.
type stream struct {
	key   string
	items pieceFeed
}

// How far marks are looked for, and how many unmarked lines a block goes on
// across.
const (
	maxLook     = 100
	maxUnmarked = 60
)

// findMarks tells with which marks the log at line k is written; nil if the
// dialogue stands there without any.
func (p *page) findMarks(k int) *marking {
	if !p.votesAhead(k) {
		return nil
	}
	var poll poll
	voted := 0
	for i := k; i < len(p.w.Lines) && i < k+maxLook && voted < 24; i++ {
		l := p.look(i)
		if l&lookMarks == 0 {
			continue
		}
		for _, h := range p.hits[i] {
			poll.count(h)
		}
		if l&lookVotes != 0 {
			voted++
		}
	}
	return poll.decide()
}

// votesAhead reports whether a mark within sight of line k has a line of a
// dialogue behind it, before one that has no mark.
func (p *page) votesAhead(k int) bool {
	for i := k; i < len(p.w.Lines) && i < k+maxLook; i++ {
		switch l := p.look(i); {
		case l&lookVotes != 0:
			return true
		case l&(lookServer|lookClient) != 0:
			return false
		}
	}
	return false
}

// halfMarks tells the mark of a log in which only the client's lines have one:
// sendmail -v, CuteFTP; nil if line k begins no such log.
func (p *page) halfMarks(k int) *marking {
	servers := 0
	clients := map[uint8]int(nil)
	listing := false // inside a reply of several lines
	for i := k; i < len(p.w.Lines) && i < k+30; i++ {
		l := p.look(i)
		switch it := p.at(i); {
		case it.kind == kindTaken:
			return nil
		case it.kind != kindLine:
			continue
		case l&lookServer != 0:
			servers++
			code, ok := codeReply(it.text)
			listing = ok && code.goes
			continue
		case listing:
			continue // what a server can do may be named as commands are
		case it.side == sideClient:
			continue // typed at the client's prompt
		case l&lookClient != 0:
			return nil
		case l&lookMarks == 0:
			continue
		}
		for _, h := range markHits(p.items[i].text, 0, nil) {
			if h.deep {
				continue
			}
			lines := payload(h.rest, nil)
			switch {
			case len(lines) == 0:
			case serverish(lines[0]):
				return nil
			case clientish(lines[0]):
				if clients == nil {
					clients = map[uint8]int{}
				}
				clients[h.token]++
			}
		}
	}
	for t, n := range clients {
		if n >= 2 && servers >= 2 && len(clients) == 1 {
			m := &marking{set: tokens[t].set, half: true, form: tokens[t].spec}
			m.sides[t], m.sides[tokens[t].pair] = sideClient, sideServer
			return m
		}
	}
	return nil
}

// under gives the line below a mark that stands alone.
func (p *page) under(i int) string {
	it := p.at(i + 1)
	if it == nil || it.kind != kindLine || len(markHits(it.text, 0, nil)) > 0 {
		return ""
	}
	return it.text
}

// rowText gives the text in which marks are looked for: of a row of a log, its
// last field.
func (p *page) rowText(it *item) string {
	if r, ok := tabRow(it.text); ok {
		return r.text
	}
	return it.text
}

// row is a row of tab-separated, quoted fields, as hMailServer writes them.
type row struct {
	key  string // of the connection, "" if the row has none
	text string
	// sends is who has sent what is logged as SENT: the server, or the client
	// where the program is one.
	sends side
	peer  string // address of the other side, "" if the row has none
}

// tabRow reads `"POP3D"	1444	267	"2017-08-07 10:42:01.339"	"192.0.2.7"	"SENT: +OK"`.
func tabRow(s string) (row, bool) {
	if len(s) < 4 || s[0] != '"' || !strings.Contains(s, "\"\t") {
		return row{}, false
	}
	fields := strings.Split(s, "\t")
	r := row{text: strings.Trim(fields[len(fields)-1], `"`)}
	if len(fields) >= 6 {
		r.key, r.peer = fields[2], strings.Trim(fields[4], `"`)
		switch fields[0] {
		case `"SMTPC"`, `"POP3C"`:
			r.sends = sideClient
		case `"SMTPD"`, `"POP3D"`, `"IMAPD"`:
			r.sends = sideServer
		}
	}
	return r, true
}

// block reads the stretch of a marked log that begins at line k. Without a
// marking it reads a log that gives its lines twice.
func (p *page) block(k int, m *marking) *block {
	b := &builder{p: p, m: m, b: &block{}, byKey: map[string]*stream{}}
	if m != nil {
		b.b.form = m.form
	}
	quiet := 0
	i := k
	for ; i < len(p.w.Lines) && quiet < maxUnmarked; i++ {
		it := p.at(i)
		if it.kind == kindTaken || b.begins(it) {
			break
		}
		if b.add(it) {
			quiet = 0
			b.b.end = i + 1
		} else if it.kind != kindBlank {
			quiet++
		}
	}
	return b.b
}

// builder puts a block together.
type builder struct {
	p      *page
	m      *marking
	b      *block
	byKey  map[string]*stream
	last   *stream
	held   []item // events without a key, for the next connection
	marked bool   // a marked line was seen
	block  side   // lines belong to this side until the next mark
	raws   []string
	rawOf  side
	hits   []hit
	lines  []string // behind the mark of a line
	keyed  bool     // a connection has a key
}

// begins reports whether a line begins another capture behind this one.
func (b *builder) begins(it *item) bool {
	if !b.marked || it.kind != kindEvent || len(b.byKey) > 1 || b.last == nil {
		return false
	}
	switch it.event.what {
	case whatStart, whatCommand:
		return true
	case whatTrying:
		return !b.opensData()
	}
	return false
}

// opensData reports whether the client's last line has FTP open a connection
// for data.
func (b *builder) opensData() bool {
	for i := b.last.items.n - 1; i >= 0; i-- {
		if it := b.last.items.at(i); it.kind == kindLine && it.side == sideClient {
			return opensData(strings.ToUpper(it.text))
		}
	}
	return false
}

// add takes one line; false if it says nothing.
func (b *builder) add(it *item) bool {
	r, isRow := tabRow(it.text)
	text := it.text
	if isRow {
		text = r.text
		b.rowStamp(it)
	}
	if b.m != nil {
		if h, ok := b.markOf(text); ok {
			return b.addMarked(it, h, &r)
		}
	}
	if isRow {
		row := *it
		row.text = text
		row.event, row.kind = metaItem(text)
		if row.kind == kindEvent {
			b.put(row, r.key)
			return true
		}
		row.kind = kindNoise
		b.put(row, r.key)
		return false
	}
	return b.addUnmarked(it)
}

// mentioned reports whether a sentence speaks of a mark: "lines with C> come
// from the client".
func mentioned(s string, h hit) bool {
	if !h.deep || !prose(s) || meaning(h.rest) != saysNothing {
		return false
	}
	before := strings.TrimRight(s[:len(s)-len(h.rest)], " \t")
	before = strings.TrimRight(before[:max(0, len(before)-len(tokens[h.token].text))], " ")
	return isLower(before[strings.LastIndexByte(before, ' ')+1:])
}

// rowStamp takes the time out of a row's own field.
func (b *builder) rowStamp(it *item) {
	for _, f := range strings.Split(it.text, "\t") {
		if _, st := peelStamp(strings.Trim(f, `"`), b.p.w.Opts.DayFirst); st.ok {
			it.at, it.zone = st.at, st.zone
			return
		}
	}
}

// addMarked takes a line with a mark.
func (b *builder) addMarked(it *item, h hit, r *row) bool {
	s, key := b.m.side(h.token), r.key
	if r.sends != sideUnknown {
		s = r.sends
		if tokens[h.token].text == "received:" {
			s = opposite(s)
		}
		if r.sends == sideClient && r.peer != "" && b.byKey[key] == nil {
			b.put(item{kind: kindEvent, event: &event{what: whatInfo, server: r.peer}, first: -1}, key)
		}
	}
	b.marked = true
	b.block = sideUnknown
	rest := h.rest
	if strings.HasPrefix(rest, "IO: |") {
		it.raw = true
		rest = strings.TrimSpace(rest[len("IO: |"):])
	}
	if id, text, ok := threadID(rest); ok {
		key, rest = id, text
	}
	if key == "" {
		key = connectionKey(it.text)
	}
	if strings.HasPrefix(it.text, "Net::") && strings.HasSuffix(rest, ")") && !strings.Contains(it.text, "=GLOB(") { // Perl lists its classes
		b.noise(it, key)
		return false
	}
	if tokens[h.token].skip || b.m.gets && tokens[h.token].text == "*resp*" || strings.HasPrefix(rest, "retcode (") {
		b.noise(it, key)
		return true
	}
	b.lines = payload(rest, b.lines)
	lines := b.lines
	if len(lines) == 0 {
		if rest == "" && tokens[h.token].text[0] != '[' { // a log with such marks has one before each line
			b.block = s
		}
		blank := *it
		blank.kind, blank.side, blank.text = kindBlank, s, ""
		b.put(blank, key)
		return true
	}
	for _, l := range lines {
		one := *it
		one.text, one.side, one.kind = strings.TrimSpace(l), s, kindLine
		if one.text == "" {
			one.kind = kindBlank
		}
		if b.m.set == 9 && s == sideServer {
			if ev, k := metaItem(one.text); k == kindEvent && (ev.what == whatTrying || ev.what == whatConnected || ev.what == whatClosed) {
				one.event, one.kind = ev, k // marks added by hand, before the client's own words too
			}
		}
		if b.repeats(&one) {
			b.noise(it, key)
			continue
		}
		b.put(one, key)
	}
	return true
}

// repeats reports whether a line was already given raw: a log at its highest
// level writes each line as it came and then as it was read.
func (b *builder) repeats(it *item) bool {
	if it.raw {
		if b.rawOf != it.side {
			b.raws = b.raws[:0]
		}
		b.raws = append(b.raws, it.text)
		b.rawOf = it.side
		return false
	}
	if b.rawOf != it.side {
		b.raws = b.raws[:0]
		return false
	}
	for i, t := range b.raws {
		n := min(len(t), len(it.text), 12)
		if n > 0 && t[:n] == it.text[:n] {
			b.raws = append(b.raws[:i:i], b.raws[i+1:]...)
			return true
		}
	}
	return false
}

// threadID reads "(TID:140): text" of Exchange's IMAP4 log.
func threadID(s string) (string, string, bool) {
	if !strings.HasPrefix(s, "(TID:") {
		return "", s, false
	}
	id, rest, ok := strings.Cut(s[len("(TID:"):], "):")
	return id, strings.TrimSpace(rest), ok && isNumber(id)
}

func (b *builder) noise(it *item, key string) {
	one := *it
	one.kind = kindNoise
	b.put(one, key)
}

// addUnmarked takes a line without a mark: an event, the rest of the marked
// line before, a line of a block under one mark, or nothing.
func (b *builder) addUnmarked(it *item) bool {
	if id, text, ok := threadID(it.text); ok {
		one := *it
		one.text = text
		one.event, one.kind = metaItem(text)
		if one.kind != kindEvent {
			one.kind = kindNoise
		}
		b.put(one, id)
		return one.kind == kindEvent
	}
	switch it.kind {
	case kindBlank:
		b.put(*it, b.key())
		return false
	case kindEvent:
		if it.event.what == whatClosed || it.event.what == whatEnd {
			b.block = sideUnknown
		}
		if p := replyInError(it.text); p != "" && (b.prev() == nil || b.prev().text != p) {
			one := *it
			one.text, one.side, one.kind, one.event = p, sideServer, kindLine, nil
			b.put(one, "")
			return true
		}
		key := connectionKey(it.text)
		if key == "" && it.event.what == whatFailed && b.keyed && it.event.form == "fetchmail" {
			key = b.key()
		}
		b.put(*it, key)
		return true
	case kindNoise:
		b.noise(it, b.key())
		return false
	}
	if b.m == nil {
		one := *it
		if b.repeats(&one) {
			b.noise(it, "")
			return true
		}
		b.put(one, "")
		return one.raw || serverish(one.text) || clientish(one.text)
	}
	if b.block != sideUnknown {
		one := *it
		one.side = b.block
		b.put(one, b.key())
		return true
	}
	if b.m.half && it.side == sideClient { // typed at the prompt, and marked where it is sent
		b.noise(it, b.key())
		return true
	}
	if b.m.half {
		one := *it
		if serverish(one.text) {
			one.side = sideServer
		}
		b.put(one, b.key())
		return one.side == sideServer
	}
	return b.continues(it)
}

// continues takes the rest of the marked line before it.
func (b *builder) continues(it *item) bool {
	prev := b.prev()
	if prev == nil || prev.kind != kindLine || prev.side == sideUnknown || it.first != prev.last+1 || it.stamped() || it.text[0] == '{' {
		b.noise(it, b.key())
		return false
	}
	if serverish(it.text) && prev.side == sideServer {
		one := *it
		one.side = sideServer
		b.put(one, b.key())
		return true
	}
	if prev.text == "." || httpish(prev.text) || it.text[0] == '*' || it.text[0] == '=' || remarkOf(it.text) {
		b.noise(it, b.key())
		return false
	}
	if prev.side == sideServer && (prev.width >= 60 || it.indent > 0 || isKeyword(it.text)) || prev.width >= 70 {
		prev.text += " " + it.text
		prev.last = it.last
		prev.span.add(it.span)
		prev.width = it.width
		return false
	}
	b.noise(it, b.key())
	return false
}

// isKeyword reports whether a line begins as a server names what it can do:
// "8BITMIME", "SIZE 10240000", "AUTH=LOGIN".
func isKeyword(s string) bool {
	word, _, _ := strings.Cut(s, " ")
	letters := 0
	for i := 0; i < len(word); i++ {
		switch c := word[i]; {
		case c >= 'A' && c <= 'Z':
			letters++
		case !isDigit(c) && c != '-' && c != '=':
			return false
		}
	}
	return letters > 1
}

// remarks are how lines begin that a program says for itself: Java, lftp,
// FileZilla, Ruby.
var remarks = [...]string{"at ", "DEBUG ", "DEBUG:", "---- ", "**** ", "Trace:", "TLS connection started"}

// remarkOf reports whether a line is what a program says for itself: "at
// Class.method", "[connection] Ended", "DEBUG POP3: ...".
func remarkOf(s string) bool {
	if s[0] == '[' && strings.IndexByte(s, ']') > 1 {
		return true
	}
	for _, p := range remarks {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

// httpish reports whether a line belongs to a header of HTTP, which is never
// wrapped.
func httpish(s string) bool {
	name, _, ok := strings.Cut(s, ": ")
	return ok && !strings.Contains(name, " ") && len(name) > 2 && !isNumber(name[:1])
}

func (b *builder) key() string {
	if b.last == nil {
		return ""
	}
	return b.last.key
}

// prev gives the last item that was put.
func (b *builder) prev() *item {
	if b.last == nil {
		return nil
	}
	return b.last.items.at(b.last.items.n - 1)
}

// put adds an item to its connection. Events that name no connection wait for
// the next one that begins.
func (b *builder) put(it item, key string) {
	it.mute = false // said of the line with its mark
	if key == "" && b.keyed && it.kind == kindEvent {
		b.held = append(b.held, it)
		return
	}
	s := b.last
	if s == nil || s.key != key {
		s = b.byKey[key]
	}
	if s == nil {
		s = b.open(key)
	}
	s.items.add(&it, &b.p.spare)
	b.last = s
}

// open begins a connection. What stood before without a key belongs to the
// first.
func (b *builder) open(key string) *stream {
	b.keyed = b.keyed || key != ""
	if u := b.byKey[""]; key != "" && u != nil && len(b.byKey) == 1 {
		u.key = key
		delete(b.byKey, "")
		b.byKey[key] = u
		return u
	}
	s := &stream{key: key}
	for i := range b.held {
		s.items.add(&b.held[i], &b.p.spare)
	}
	b.held = nil
	b.byKey[key] = s
	b.b.streams = append(b.b.streams, s)
	return s
}
