package engine

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"kbdiag/parsers"
)

// excerptSize bounds an excerpt, in bytes.
const excerptSize = 400

// excerptOf writes an event on one line, as a person would quote it.
func excerptOf(e *parsers.Event) string {
	var b strings.Builder
	if e.Has(parsers.FieldProvider) {
		b.WriteString(e.Provider)
		b.WriteByte(' ')
	}
	if e.Has(parsers.FieldID) {
		b.WriteString(strconv.Itoa(int(e.ID)))
		b.WriteByte(' ')
	}
	if e.Level != parsers.LevelUnknown {
		b.WriteString(e.Level.String())
	}
	text := e.Message
	if text == "" && len(e.Strings) > 0 {
		text = strings.Join(e.Strings, ", ")
	}
	if text == "" {
		for i, d := range e.Data {
			if i > 0 {
				text += ", "
			}
			text += d.Name + "=" + d.Value
		}
	}
	if text != "" {
		b.WriteString(": ")
		b.WriteString(text)
	}
	return shorten(b.String())
}

// excerptOfExchange writes an exchange as command and reply.
func excerptOfExchange(x *parsers.Exchange) string {
	command := strings.TrimSpace(x.Verb + " " + x.Args)
	if x.Inferred {
		command = "(" + command + ")"
	}
	return shorten(command + " -> " + x.Reply.Text)
}

func excerptOfSession(s *parsers.Session) string {
	if s.Summary != "" {
		return shorten(s.Summary)
	}
	return shorten(strings.TrimSpace(strings.ToUpper(s.Protocol) + " session: " + string(s.Outcome)))
}

// shorten puts a text on one line and cuts it at a character boundary. The
// result shares no memory with the text.
func shorten(s string) string {
	cut := len(s) > 2*excerptSize
	if cut {
		s = s[:2*excerptSize]
	}
	s = strings.ToValidUTF8(strings.Join(strings.Fields(s), " "), "")
	if len(s) > excerptSize {
		s, cut = s[:excerptSize], true
		for len(s) > 0 {
			if r, n := utf8.DecodeLastRuneInString(s); r != utf8.RuneError || n > 1 {
				break
			}
			s = s[:len(s)-1]
		}
	}
	if cut {
		return s + " ..."
	}
	return strings.Clone(s)
}
