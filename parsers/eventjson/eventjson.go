// Package eventjson reads Windows events in JSON: what log shippers, SIEMs,
// PowerShell and tools for binary logs write. All forms are read alike: one
// scanner, and one table of the names that their fields have.
package eventjson

import (
	"strings"

	"kbdiag/parsers"
)

// Format is the form of files that hold events as JSON.
func Format() parsers.Format {
	return parsers.Format{Name: "event-json", Detect: detect, Parse: parse}
}

func parse(in *parsers.Input, out *parsers.Out) error {
	var src *source
	if ownCodePage(in.Head.Encoding) {
		src = newLineSource(in)
	} else {
		src = newSource(in.Bytes(), in.Size, in.Head.Encoding)
	}
	return newWalker(src, out, in.Opts).run()
}

// detect looks for an event at the beginning. JSON without one is left to the
// others, and so is JSON among more lines of other text than events: the finders
// read both, and what the other text quotes.
func detect(h *parsers.Head) int {
	if !beginsAsJSON(h.Text) {
		return 0
	}
	var acct parsers.Account
	w := newWalker(newSource(strings.NewReader(h.Text), int64(len(h.Text)), ""), parsers.NewOut(&acct, parsers.Visitor{}, nil), parsers.Options{})
	w.run() //nolint:errcheck // reading from memory
	detections := false
	for _, s := range acct.Skipped {
		detections = detections || s.Reason == skipDetection
	}
	if w.events == 0 && !detections || w.prose > w.events {
		return 0
	}
	return 95
}

// beginsAsJSON reports whether a text begins with an object or an array, or
// with evtx_dump's mark before one.
func beginsAsJSON(t string) bool {
	const blanks = " \t\r\n\ufeff\x1e"
	t = strings.TrimLeft(t, blanks)
	if line, rest, ok := strings.Cut(t, "\n"); ok && isRecordMark(strings.TrimSpace(line)) {
		t = strings.TrimLeft(rest, blanks)
	}
	if t == "" || t[0] != '{' && t[0] != '[' {
		return false
	}
	t = strings.TrimLeft(t[1:], blanks+"[")
	return t != "" && (t[0] == '"' || t[0] == '{')
}
