package parsers

import (
	"io"
	"sync/atomic"
)

// Progress counts what a Reader has read so far. It may be looked at while
// reading goes on.
type Progress struct {
	Files   atomic.Int64 // paths read to their end
	Bytes   atomic.Int64 // of the files on disk and of standard input
	Records atomic.Int64
}

// visitor counts the records that visit is told of.
func (p *Progress) visitor(visit Visitor) Visitor {
	counted := visit
	counted.Event = func(e *Event) {
		p.Records.Add(1)
		if visit.Event != nil {
			visit.Event(e)
		}
	}
	counted.Session = func(s *Session) {
		p.Records.Add(1)
		if visit.Session != nil {
			visit.Session(s)
		}
	}
	counted.Line = func(l *Line) {
		p.Records.Add(1)
		if visit.Line != nil {
			visit.Line(l)
		}
	}
	return counted
}

// progressReader counts bytes; p may be nil.
type progressReader struct {
	r io.Reader
	p *Progress
}

func (x progressReader) Read(b []byte) (int, error) {
	n, err := x.r.Read(b)
	if x.p != nil {
		x.p.Bytes.Add(int64(n))
	}
	return n, err
}
