package eventtext

import "strings"

// Marks of forums (BBCode) around pasted text. Those of blocks end and begin
// rows; those of letters are taken away where a closing one proves them.
var (
	forumBlocks  = [...]string{"quote", "code", "indent", "spoiler", "list", "noparse", "php"}
	forumLetters = [...]string{"b", "i", "u", "color", "size", "font", "center", "url"}
)

// forumMark gives the length of the mark that s begins with, and whether it is
// that of a block; 0 if there is none.
func forumMark(s string) (n int, block bool) {
	if len(s) < 3 || s[0] != '[' {
		return 0, false
	}
	end := strings.IndexByte(s[:min(len(s), 100)], ']')
	if end < 0 {
		return 0, false
	}
	name := strings.TrimPrefix(s[1:end], "/")
	if i := strings.IndexByte(name, '='); i >= 0 {
		name = name[:i]
	}
	for _, b := range forumBlocks {
		if strings.EqualFold(name, b) {
			return end + 1, true
		}
	}
	for _, l := range forumLetters {
		if strings.EqualFold(name, l) {
			return end + 1, false
		}
	}
	return 0, false
}

// appendForum adds the rows of a line with marks of a forum. It reports false,
// and adds none, if there are no marks.
func appendForum(rows []row, text string, line int32) ([]row, bool) {
	r := makeRow(text, line)
	from := len(rows)
	add := func(t string) {
		r.text = t
		rows = append(rows, r)
	}
	t, letters := r.text, strings.Contains(text, "[/")
	var b strings.Builder
	marks := false
	for t != "" {
		at := strings.IndexByte(t, '[')
		if at < 0 {
			break
		}
		n, block := forumMark(t[at:])
		if n == 0 || !block && !letters {
			b.WriteString(t[:at+1])
			t = t[at+1:]
			continue
		}
		marks = true
		b.WriteString(t[:at])
		if block {
			if before := trimBlanks(b.String()); before != "" {
				add(before)
			}
			b.Reset()
			add(t[at : at+n])
		}
		t = t[at+n:]
	}
	if !marks {
		return rows[:from], false
	}
	b.WriteString(t)
	if rest := trimBlanks(b.String()); rest != "" || len(rows) == from {
		add(rest)
	}
	return rows, true
}

// isForumBlock reports whether a row is the mark of a block alone.
func isForumBlock(t string) bool {
	n, block := forumMark(t)
	return block && n == len(t)
}
