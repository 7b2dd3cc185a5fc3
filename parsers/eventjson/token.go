package eventjson

import (
	"strings"

	"kbdiag/parsers"
)

// The members of containers that are too large to be read whole.

// token passes over a name or plain value in a container that was gone into.
func (w *walker) token() {
	s := w.src
	c := s.text[s.i]
	if c != '"' {
		end := scanWord(s.text, s.i)
		if end >= len(s.text) && s.more() {
			return
		}
		s.i = max(end, s.i+1)
		return
	}
	end, esc, o := scanString(s.text, s.i+1)
	switch {
	case o == cutOff && !s.eof && len(s.text)-s.i <= maxObject:
		s.more()
		w.big = w.big[:0]
		return
	case o == cutOff && !s.eof:
		w.longString()
		return
	case o != whole:
		s.i = max(end, s.i+1)
		return
	}
	for {
		i := skipBlanks(s.text, end+1)
		if i >= len(s.text) && !s.eof {
			at := end - s.i
			s.more()
			w.big = w.big[:0]
			end = s.i + at
			continue
		}
		if i < len(s.text) && s.text[i] == ':' {
			w.key, w.member = s.text[s.i+1:end], true
			s.i = i + 1
			return
		}
		break
	}
	w.stringValue(end, esc)
	s.i = end + 1
}

// stringValue takes a string in an array: it may hold the XML of an event.
func (w *walker) stringValue(end int, esc bool) {
	s := w.src
	text := s.text[s.i+1 : end]
	if len(text) < 20 || text[0] != '<' && text[0] != '{' && text[0] != '\\' {
		return
	}
	if esc {
		text = w.rd.arena.unescape(text)
	}
	pos := s.pos(s.i, end+1)
	w.e = parsers.Event{}
	if w.rd.insideText(strings.TrimSpace(text), &w.e) {
		w.give(pos)
		return
	}
	w.out.Skip(skipValue, 1, pos)
}

// longString passes over a string longer than any object may be.
func (w *walker) longString() {
	s := w.src
	pos := s.pos(s.i, len(s.text))
	n := s.i
	s.i++
	for {
		end, _, o := scanString(s.text, s.i)
		if o != cutOff {
			s.i = min(end+1, len(s.text))
			break
		}
		s.i = len(s.text)
		if s.i > n && s.text[s.i-1] == '\\' {
			s.i--
		}
		if !s.more() {
			s.i = len(s.text)
			break
		}
		n = s.i
	}
	w.big = w.big[:0]
	w.out.Skip("string longer than 4 MiB", 1, pos)
}
