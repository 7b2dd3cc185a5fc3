package parsers

import "io"

// Format is one form of input that fills a whole file.
type Format struct {
	Name string
	// Detect scores from 0 (not this form) to 100 (certain) how likely the
	// input is of this form, by its content.
	Detect func(h *Head) int
	// Parse reads the input to its end. It returns an error only where the
	// rest of the input cannot be read; what is merely damaged is skipped with
	// a reason and reading goes on. nil: the finders read it, as they read any
	// text; the form has a name of its own and is not taken for another.
	Parse func(in *Input, out *Out) error
	// EventsOnly says that nothing but events comes of the form, and lines of
	// what strays between them. Secrets are looked for in lines and sessions, so
	// there are none to learn from it.
	EventsOnly bool
}

// Finder finds records of one family inside free text, such as events quoted
// in a mail or a session pasted into a ticket.
type Finder struct {
	Name string
	// Find takes the lines it understands out of the window and gives their
	// records to out.
	Find func(w *Window, out *Out)
	// May says of one line whether Find may take anything of a window in which
	// the line stands: a window of which no line may, Find leaves as it is, and
	// tells out nothing of it. nil: Find must look at all windows.
	May func(line string) bool
	// Alone makes the reader of windows of one text that hold nothing but records
	// of the finder's own, which it reads as Find would. may tells the lines of
	// which another finder may take something before. The reader reports false,
	// and has told out nothing, where there is such a line or the window is not
	// so plain. nil: Find reads all windows.
	Alone func(may func(line string) bool) func(w *Window, out *Out) bool
}

// Forms is the explicit list of all that can be read.
type Forms struct {
	Formats []Format
	Finders []Finder // in order: the first to claim a line has it
	// Plain makes the check of one text: it is given the windows of the text in
	// order and reports whether one holds nothing that any finder would take.
	// nil: the finders look at all.
	Plain func() func(w *Window) bool
	// Rest makes the reader of what the finders leave of one text: it is given
	// the windows of the text in order. nil: every line is a record.
	Rest func(opts Options) func(w *Window, out *Out)
}

// Head is the beginning of an input, for detection.
type Head struct {
	Raw      []byte // at most HeadSize bytes
	Text     string // Raw as UTF-8 text, "" where it is binary; may end inside a line
	Encoding string
	Whole    bool // Raw is the whole input
}

// HeadSize is how much of an input detection sees.
const HeadSize = 64 << 10

// Input is one open input.
type Input struct {
	Path string // as given
	Size int64  // in bytes, -1 if unknown (standard input)
	Head *Head
	Opts Options

	r     io.Reader   // the whole content from its first byte
	at    io.ReaderAt // random access, nil if there is none
	read  countingHash
	lines *Lines // what Lines gave, for the account of cut lines
}

// Options tells parsers what the user stated about the inputs.
type Options struct {
	DayFirst Tri  // order of day and month where dates do not tell
	Carve    bool // also give old events out of the free space of binary logs
}

// Lines gives the input as text, line by line, once. Lines that had to be cut
// are accounted for by the Reader.
func (in *Input) Lines() *Lines {
	in.lines = newLines(in.Bytes(), in.Head)
	return in.lines
}

// Bytes gives the content as it is, once.
func (in *Input) Bytes() io.Reader { return io.TeeReader(in.r, &in.read) }

// ReaderAt gives random access to the content, or nil if there is none
// (standard input). It does not count towards what Bytes has read.
func (in *Input) ReaderAt() io.ReaderAt { return in.at }

// Window is a stretch of free text from which finders take what they
// understand. A window ends at an empty line wherever possible.
type Window struct {
	Lines []TextLine
	Opts  Options // what the user stated
	taken []bool
	left  int
	more  bool // the text goes on behind the window
	kept  int  // line from which the next window begins; 0: the whole is read
}

// NewWindow makes a window of lines.
func NewWindow(lines []TextLine) *Window {
	return &Window{Lines: lines, taken: make([]bool, len(lines)), left: len(lines)}
}

// Taken reports whether a finder has claimed line i (0-based in the window).
func (w *Window) Taken(i int) bool { return w.taken[i] }

// Take claims the lines from <= i < to.
func (w *Window) Take(from, to int) {
	for i := from; i < to && i < len(w.taken); i++ {
		if !w.taken[i] {
			w.taken[i] = true
			w.left--
		}
	}
}

// More reports whether the text goes on behind the window.
func (w *Window) More() bool { return w.more }

// Keep leaves the lines from the given one on for the next window, because
// their record goes on there. It reports false where that cannot be: at the
// end of the text, or where the record would fill the whole window.
func (w *Window) Keep(from int) bool {
	if !w.more || from <= 0 || from >= len(w.Lines) {
		return false
	}
	w.kept = from
	w.Take(from, len(w.Lines))
	return true
}

// Left is the number of lines nobody has claimed.
func (w *Window) Left() int { return w.left }

// Span gives the position of the lines from <= i < to as one piece.
func (w *Window) Span(from, to int) Pos {
	a, b := w.Lines[from], w.Lines[to-1]
	return Pos{Line: a.No, Offset: a.Offset, Length: b.Offset + int64(b.Length) - a.Offset}
}
