package transcript

import (
	"hash/maphash"
	"strings"
	"time"

	"kbdiag/parsers"
)

// page is a window of text with its wrappers: it knows each line as it was
// written, with quoting, time stamps and marks taken off.
type page struct {
	w     *parsers.Window
	items []item
	known []bool
	quote int         // levels of "> " that are taken off
	times []time.Time // of the lines, where the form gives them beside the text
	zone  parsers.Zone
	looks []uint8  // what look found of the lines, 0 if they were not looked at
	hits  [][]hit  // the marks of the lines
	found []hit    // in work
	store []hit    // where the marks of the next lines go
	spare []*piece // memory of items that are no longer needed
	memo  *memo    // of lines that come again; nil in a small window
}

func newPage(w *parsers.Window) *page {
	n := len(w.Lines)
	p := &page{w: w, items: make([]item, n), known: make([]bool, n), looks: make([]uint8, n), hits: make([][]hit, n)}
	if n >= minMemo {
		p.memo = &memo{seed: maphash.MakeSeed()}
	}
	return p
}

// setQuote sets how many levels of quoting are taken off.
func (p *page) setQuote(n int) {
	if n == p.quote {
		return
	}
	p.quote = n
	clear(p.known)
	clear(p.looks)
}

// at gives line i as an item; it makes page a feed for captures without marks.
func (p *page) at(i int) *item {
	if i < 0 || i >= len(p.items) {
		return nil
	}
	if !p.known[i] {
		p.known[i] = true
		p.items[i] = p.cook(i)
	}
	return &p.items[i]
}

// cook takes the wrapper off line i.
func (p *page) cook(i int) item {
	l := &p.w.Lines[i]
	it := item{first: i, last: i, span: span{line: l.No, off: l.Offset, end: l.Offset + int64(l.Length)}, width: len(trimEnd(l.Text))}
	if p.w.Taken(i) {
		it.kind = kindTaken
		return it
	}
	text := p.peel(l.Text, &it)
	it.text = text
	if p.times != nil {
		it.at, it.zone = p.times[i], p.zone
	}
	if text == "" {
		it.kind = kindBlank
		return it
	}
	known := p.memo.at(text)
	if known.cook(&it) {
		return it
	}
	it.event, it.kind = metaItem(text)
	if strings.HasPrefix(text, "-----BEGIN ") && (it.kind == kindNoise || it.kind == kindLine && strings.HasSuffix(text, "-----")) {
		it.kind = kindNoise
		p.certificate(i)
		return it
	}
	if it.kind == kindLine {
		p.rewrite(&it)
	}
	known.keepCooked(&it)
	return it
}

// maxCertificate bounds a certificate block, in lines.
const maxCertificate = 400

// certificate makes noise of the lines of a certificate that begins at line i.
func (p *page) certificate(i int) {
	end := -1
	for j := i + 1; j < len(p.items) && j-i < maxCertificate; j++ {
		t := strings.TrimSpace(clean(p.w.Lines[j].Text))
		t = strings.TrimSpace(stripQuote(t, p.quote))
		if strings.HasPrefix(t, "-----END ") {
			end = j
			break
		}
		if strings.ContainsAny(t, " <") {
			return
		}
	}
	for j := i + 1; j <= end; j++ {
		l := &p.w.Lines[j]
		p.items[j] = item{kind: kindNoise, first: j, last: j, span: span{line: l.No, off: l.Offset, end: l.Offset + int64(l.Length)}}
		p.known[j] = true
	}
}

// peel takes control characters, quoting, indentation and the time stamp off a
// line, and keeps what they told.
func (p *page) peel(s string, it *item) string {
	s = clean(s)
	if p.quote > 0 {
		s = stripQuote(s, p.quote)
	}
	trimmed := trimStart(s)
	it.indent = len(s) - len(trimmed)
	s = trimEnd(trimmed)
	if s == "" {
		return ""
	}
	s = strings.TrimPrefix(s, "↪ ") // a page's mark for a line that goes on
	if s == "" {
		return ""
	}
	if strings.HasPrefix(s, "```") && strings.Trim(s[3:], "abcdefghijklmnopqrstuvwxyz-") == "" {
		it.fence = true
	}
	if s[0] == '`' {
		s = strings.TrimLeft(s, "`")
	}
	if s != "" && s[len(s)-1] == '`' {
		s = strings.TrimRight(s, "`")
	}
	for _, br := range lineBreaks {
		s = strings.TrimSuffix(s, br)
	}
	if strings.HasSuffix(s, ` \`) {
		s = strings.TrimRight(s[:len(s)-2], " ") // a stray line continuation
	}
	if strings.Contains(s, "&") {
		s = unescape(s)
	}
	if strings.Contains(s, "--:--:--") {
		if s = offMeter(s); s == "" {
			return ""
		}
	}
	if strings.HasPrefix(s, ". ") && len(s) > 12 && isDigit(s[2]) { // WinSCP's mark for its own words
		if _, st := peelStamp(s[2:], p.w.Opts.DayFirst); st.ok {
			s = s[2:]
		}
	}
	rest, st := peelStamp(s, p.w.Opts.DayFirst)
	if st.ok {
		it.at, it.zone, it.whole = st.at, st.zone, s
		s = strings.TrimSpace(rest)
		if again, inner := peelStamp(s, p.w.Opts.DayFirst); inner.ok { // "[10:02:11.123][id]" and the like keep one
			s = strings.TrimSpace(again)
		}
	}
	if s != "" && s[0] == '"' {
		s = quotedStep(s)
	}
	if strings.HasPrefix(s, "IO: |") {
		it.raw = true
		s = strings.TrimSpace(s[len("IO: |"):])
	}
	return s
}

// lineBreaks are the elements that a page's text keeps at the ends of lines.
var lineBreaks = [...]string{"<br>", "<br/>", "<br />"}

// quotedStep takes the quotation marks off what an article has the reader type,
// or shows as a reply: `" auth login " (without the quotation marks)`.
func quotedStep(s string) string {
	inner, rest, ok := strings.Cut(s[1:], `"`)
	if !ok || !strings.HasPrefix(rest, " (without") {
		return s
	}
	return strings.TrimSpace(inner)
}

// trimStart takes blanks off the beginning.
func trimStart(s string) string {
	for s != "" && (s[0] == ' ' || s[0] == '\t') {
		s = s[1:]
	}
	return s
}

// trimEnd takes blanks and carriage returns off the end.
func trimEnd(s string) string {
	for s != "" && (s[len(s)-1] == ' ' || s[len(s)-1] == '\t' || s[len(s)-1] == '\r') {
		s = s[:len(s)-1]
	}
	return s
}

// offMeter takes curl's meter off a line: twelve columns of numbers and times,
// behind which its next line begins where both go to one terminal.
func offMeter(s string) string {
	rest := s
	for range 12 {
		rest = strings.TrimLeft(rest, " ")
		n := 0
		for n < len(rest) && (isDigit(rest[n]) || strings.IndexByte("-:.kMG", rest[n]) >= 0) {
			n++
		}
		if n == 0 {
			return s
		}
		rest = rest[n:]
	}
	return strings.TrimSpace(rest)
}

// rewrite gives a line of an unmarked capture its meaning where a wrapper of
// its own kind hides it.
func (p *page) rewrite(it *item) {
	s := it.text
	if sent, ok := typedFTP(s); ok && s != "Password:" {
		it.text, it.side = sent, sideClient
		return
	}
	switch {
	case strings.HasPrefix(s, "User (") && strings.HasSuffix(s, ":(none)):"):
		it.kind = kindNoise // the prompt, with nothing typed
	case s == "Password:":
		it.text, it.side = "PASS ********", sideClient
	case strings.HasPrefix(s, "Protocol Log: "):
		it.text = s[len("Protocol Log: "):]
	case strings.HasPrefix(s, "data: ") && serverish(s[6:]):
		it.text = s[6:]
	case debuggedReply(s) != "":
		it.text, it.side = debuggedReply(s), sideServer
	case it.stamped():
		it.text = afterLevel(s)
	default:
		if n := numbered(s); n != s && clientish(n) {
			it.text = n
		}
	}
}

// debuggedReply gives the reply that CodeIgniter's e-mail class prints behind
// a name of the command ("hello: 250-host Hello"), or quotes in its own words
// about a logon, "" for other lines.
func debuggedReply(s string) string {
	name, rest, ok := strings.Cut(s, ": ")
	if !ok {
		return ""
	}
	switch name {
	case "hello", "starttls", "from", "to", "data", "reset", "quit":
	case "Failed to authenticate password. Error", "Failed to authenticate username. Error", "Failed to send AUTH LOGIN command. Error":
	default:
		return ""
	}
	rest = strings.TrimSpace(rest)
	if _, ok := codeReply(rest); !ok {
		return ""
	}
	return rest
}

// afterLevel takes a log's level word off a line of a dialogue, and finds a
// reply that is quoted inside an error message.
func afterLevel(s string) string {
	word, rest, ok := strings.Cut(s, " ")
	if !ok {
		return s
	}
	switch word {
	case "I", "W", "E", "D", "N", "V", "INFO", "WARN", "WARNING", "ERROR", "DEBUG", "NOTICE", "TRACE":
	default:
		return s
	}
	rest = strings.TrimSpace(rest)
	if serverish(rest) || clientish(rest) {
		return rest
	}
	if inner := after(rest, "response code: "); serverish(inner) {
		return inner
	}
	return s
}

// unescape undoes the entities that web pages leave in text.
func unescape(s string) string {
	if !strings.Contains(s, "&lt;") && !strings.Contains(s, "&gt;") && !strings.Contains(s, "&amp;") && !strings.Contains(s, "&quot;") {
		return s
	}
	return entities.Replace(s)
}

var entities = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&quot;", `"`, "&amp;", "&")

// stripQuote takes up to n levels of mail quoting off a line.
func stripQuote(s string, n int) string {
	for ; n > 0; n-- {
		t := strings.TrimLeft(s, " ")
		if t == "" || t[0] != '>' {
			return s
		}
		s = strings.TrimPrefix(t[1:], " ")
	}
	return s
}

// quoteDepth gives how many levels of quoting stand before a line, and what is
// left of it.
func quoteDepth(s string) (int, string) {
	n := 0
	for {
		t := strings.TrimLeft(s, " ")
		if t == "" || t[0] != '>' {
			return n, t
		}
		s = t[1:]
		n++
	}
}

// quoteAt tells how many levels of mail quoting there are around line i: as
// many as stand before a reply nearby. Where "<" marks stand beside them, ">"
// is a mark too.
func (p *page) quoteAt(i int) int {
	if d, _ := quoteDepth(p.w.Lines[i].Text); d == 0 {
		return 0
	}
	if p.arrows(i) {
		return 0
	}
	for j := i; j < len(p.w.Lines) && j < i+20; j++ {
		d, rest := quoteDepth(clean(p.w.Lines[j].Text))
		rest = strings.TrimRight(rest, " \t\r")
		if strings.HasPrefix(rest, "<") && serverish(strings.TrimLeft(rest, "< ")) {
			return max(0, d)
		}
		bare, _ := peelStamp(rest, parsers.Unknown)
		if d > 0 && (serverish(strings.TrimSpace(bare)) || isEvent(bare)) {
			return d
		}
		if h := markHits(bare, 0, nil); d > 0 && len(h) > 0 && serverish(h[0].rest) {
			return d
		}
	}
	return 0
}

// arrows reports whether ">>>" at line i is a mark of its own, for "<<<" stands
// near.
func (p *page) arrows(i int) bool {
	if !strings.HasPrefix(trimStart(p.w.Lines[i].Text), ">>") {
		return false
	}
	for j := i; j < len(p.w.Lines) && j < i+20; j++ {
		if strings.HasPrefix(trimStart(p.w.Lines[j].Text), "<<") {
			return true
		}
	}
	return false
}

func isEvent(s string) bool {
	_, k := meta(strings.TrimSpace(s))
	return k == kindEvent
}
