package eventjson

import (
	"strings"

	"kbdiag/parsers"
)

// partial takes an object that is cut off or broken at text[end:]: the event
// in it if there is enough of one. Reading goes on behind it.
func (w *walker) partial(end int) {
	s := w.src
	from := s.i
	w.coarse = false
	w.e = parsers.Event{}
	some := len(w.d.nodes) > 0 && w.d.nodes[0].kind == isObject && w.rd.event(&w.d, 0, &w.e)
	pos := s.pos(from, min(end, len(s.text)))
	if some {
		w.e.Truncated = true
		w.give(pos)
	} else if w.open == 0 && end-from < 2 {
		w.gap() // a brace in a text
		return
	}
	before := w.events
	if !some {
		w.cut = end
		w.emitLists()
		w.cut = 0
	}
	resumeFrom := from
	if w.events > before { // what was read must not be read again
		resumeFrom = max(from, min(end, len(s.text))-1)
		some = true
	}
	to, found := w.resume(resumeFrom, end)
	for !found && !s.eof {
		// What has been looked through need not be kept.
		s.i = max(to-2, s.i)
		s.more()
		to, found = w.resume(s.i, s.i)
	}
	if !some {
		pos.Length = max(pos.Length, 1)
		w.out.Skip(skipBroken, 1, pos)
	}
	s.i, w.lead = to, -1
	w.big = w.big[:0]
}

// emitLists gives the events in the lists of an object that is not whole: it
// stood around records, and was cut off or broken among them.
func (w *walker) emitLists() {
	d := &w.d
	for i := int32(0); int(i) < len(d.nodes); i++ {
		n := &d.nodes[i]
		if n.kind != isArray || n.next == i+1 || d.nodes[i+1].kind != isObject {
			continue
		}
		w.misses = 0
		w.emit(d, i, 1)
		i = n.next - 1
	}
}

// resume finds where reading goes on behind a broken object that began at
// text[from] and broke at text[end]: at an object that begins a line, else
// behind the break at one that follows a brace and a comma.
func (w *walker) resume(from, end int) (int, bool) {
	t := w.src.text
	if i := strings.Index(t[min(from+1, len(t)):], "\n{"); i >= 0 {
		return from + 1 + i + 1, true
	}
	for i := min(max(end, from+1), len(t)); i < len(t); i++ {
		j := strings.IndexByte(t[i:], '{')
		if j < 0 {
			break
		}
		i += j
		if k := skipBack(t, i); k > 0 && (t[k-1] == ',' || t[k-1] == '[') || k < i && strings.IndexByte(t[max(k, 0):i], '\n') >= 0 {
			return i, true
		}
	}
	return len(t), false
}

// skipBack gives the end of what stands before the blanks before t[i].
func skipBack(t string, i int) int {
	for i > 0 && (t[i-1] == ' ' || t[i-1] == '\t' || t[i-1] == '\n' || t[i-1] == '\r') {
		i--
	}
	return i
}
