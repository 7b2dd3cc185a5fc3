package transcript

import (
	"time"

	"kbdiag/parsers"
)

// side is who wrote a line.
type side uint8

const (
	sideUnknown side = iota
	sideClient
	sideServer
)

// kind is what a line of a capture is.
type kind uint8

const (
	kindLine  kind = iota // what client or server wrote
	kindBlank             // nothing
	kindEvent             // what the capturing program says
	kindNoise             // belongs to the capture, says nothing
	kindTaken             // belongs to another record
)

// item is one line of a capture with its wrapper taken off.
type item struct {
	text   string // what was written; of events and noise, the line
	whole  string // with its time stamp, if it had one
	event  *event // of kindEvent
	kind   kind
	side   side
	raw    bool // the raw copy of a line that the log gives twice
	mute   bool // known to be no line of any protocol
	typed  bool // it came key by key
	fence  bool // of kindBlank: a page's block of code begins or ends there
	zone   parsers.Zone
	at     time.Time
	indent int  // blanks before the text
	width  int  // of the line as it stands in the input, in bytes
	span   span // in the input
	first  int  // index of its first line in the window, -1 if there is none
	last   int  // index of its last line
}

// span is a stretch of the input.
type span struct {
	line int // 1-based, 0 for an empty span
	off  int64
	end  int64
}

// add makes s cover o too.
func (s *span) add(o span) {
	switch {
	case o.line == 0:
	case s.line == 0:
		*s = o
	default:
		if o.off < s.off {
			s.off, s.line = o.off, o.line
		}
		s.end = max(s.end, o.end)
	}
}

func (s span) pos() parsers.Pos {
	return parsers.Pos{Line: s.line, Offset: s.off, Length: s.end - s.off}
}

// feed gives the items of a capture by index, nil behind the last one.
type feed interface {
	at(k int) *item
}

// sliceFeed is a feed that is all there.
type sliceFeed []item

func (s sliceFeed) at(k int) *item {
	if k < 0 || k >= len(s) {
		return nil
	}
	return &s[k]
}

// pieceFeed is a feed that grows without being moved.
type pieceFeed struct {
	pieces []*piece
	n      int // items
}

// piece holds a few items of a feed.
type piece [32]item

func (f *pieceFeed) at(k int) *item {
	if k < 0 || k >= f.n {
		return nil
	}
	return &f.pieces[k/len(piece{})][k%len(piece{})]
}

// add stores an item, in memory that is to spare where there is any.
func (f *pieceFeed) add(it *item, spare *[]*piece) {
	if f.n == len(f.pieces)*len(piece{}) {
		if n := len(*spare); n > 0 {
			f.pieces = append(f.pieces, (*spare)[n-1])
			*spare = (*spare)[:n-1]
		} else {
			f.pieces = append(f.pieces, &piece{})
		}
	}
	f.n++
	*f.at(f.n - 1) = *it
}

// free gives the memory back.
func (f *pieceFeed) free(spare *[]*piece) {
	*spare = append(*spare, f.pieces...)
	*f = pieceFeed{}
}

// event is something that the capturing program says of the connection.
type event struct {
	what   what
	result parsers.Connect // of whatFail
	by     string          // of whatClosed: "server", "client" or ""
	server string
	port   int
	form   string // the program, "" if any may say so
	stage  parsers.Stage
	why    string // of whatFailed, in few words
}

type what uint8

const (
	whatNone       what = iota
	whatCommand         // a shell command that connects
	whatPrompt          // any other shell prompt
	whatTrying          // an address is tried
	whatConnected       // the connection stands
	whatFail            // the connection failed
	whatFailDetail      // one address failed, or the reason is given in another line
	whatClosed          // the connection was closed
	whatEscape          // the user left the dialogue ("^]")
	whatStart           // a capture begins here
	whatEnd             // a capture ends here
	whatFailed          // the client says that a stage failed
	whatLost            // the connection is lost for the dialogue
	whatTLSBegins       // TLS is being set up
	whatTLS             // TLS stands
	whatInfo            // server or port, nothing happens
	whatLoggedOn        // the client says that a logon succeeded, after others
)
