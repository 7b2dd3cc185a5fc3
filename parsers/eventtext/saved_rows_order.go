package eventtext

import (
	"strings"

	"kbdiag/parsers"
)

// A file that leaves a doubt in its beginning is looked at in more places.
const (
	orderSpots = 24
	orderSpot  = 32 << 10 // bytes read at each
)

// fileOrder shows a dateOrder the dates of a file: of its beginning, and if
// those leave a doubt and the file can be read at any place, of spots spread
// over it. rowOf takes a line apart.
func fileOrder(in *parsers.Input, rowOf func(line string) (savedRow, bool)) *dateOrder {
	d := newDateOrder(in.Opts)
	sampleText(d, in.Head.Text, rowOf)
	at := in.ReaderAt()
	if at == nil || in.Head.Whole || !d.doubtful() {
		return d
	}
	buf := make([]byte, orderSpot)
	for i := int64(1); i <= orderSpots && d.doubtful(); i++ {
		n, _ := at.ReadAt(buf, ((in.Size-orderSpot)*i/orderSpots)&^1)
		if n == 0 {
			break
		}
		text := spotText(buf[:n], in.Head)
		if j := strings.IndexByte(text, '\n'); j >= 0 {
			sampleText(d, text[j+1:], rowOf)
		}
	}
	return d
}

// spotText decodes a piece of a file. Only digits and separators matter, so
// the code page does not.
func spotText(b []byte, h *parsers.Head) string {
	if !strings.HasPrefix(h.Encoding, "utf-16") {
		return string(b)
	}
	half := make([]byte, 0, len(b)/2)
	low := 0
	if h.Encoding == "utf-16be" {
		low = 1
	}
	for i := low; i < len(b); i += 2 {
		c := b[i]
		if b[i^1] != 0 || c >= 0x80 {
			c = '?'
		}
		half = append(half, c)
	}
	return string(half)
}

// sampleText shows d the dates of the whole lines of text.
func sampleText(d *dateOrder, text string, rowOf func(line string) (savedRow, bool)) {
	for {
		i := strings.IndexByte(text, '\n')
		if i < 0 {
			return
		}
		if r, ok := rowOf(strings.TrimRight(text[:i], "\r")); ok {
			d.sample(r.stamp)
			d.language(r.lang)
		}
		text = text[i+1:]
	}
}

// doubtful reports whether the samples so far leave a doubt that more of them
// may end.
func (d *dateOrder) doubtful() bool {
	if d.samples == 0 || d.stated != parsers.Unknown {
		return false
	}
	d.settle()
	return d.dayN+d.monthN+d.yearN == 0
}

// share counts the rows of a head: how many lines are rows, how many lines
// there are that are not blank, and whether the first of those is a row or the
// header before one.
type share struct {
	rows, lines int
	leads       bool
}

// countRows looks at the lines of a head.
func countRows(h *parsers.Head, rowOf func(line string) (savedRow, bool), header func(line string) bool) share {
	var s share
	text := h.Text
	for text != "" {
		line := text
		if i := strings.IndexByte(text, '\n'); i >= 0 {
			line, text = text[:i], text[i+1:]
		} else {
			text = ""
		}
		line = strings.TrimRight(line, "\r")
		t := trimBlanks(line)
		if t == "" || isLeftOut(t) {
			continue
		}
		_, ok := rowOf(line)
		if ok {
			s.rows++
			s.leads = s.leads || s.lines == 0
		} else if s.lines == 0 && header(t) {
			continue
		}
		s.lines++
	}
	return s
}

// score turns a share into a detection score. A file that does not begin with
// rows must consist of them for the most part.
func (s share) score() int {
	switch {
	case s.leads && s.rows > 1:
		return 90
	case s.leads:
		return 75
	case s.rows >= 3 && s.rows*2 >= s.lines:
		return 60
	}
	return 0
}
