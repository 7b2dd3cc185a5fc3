package transcript

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	"kbdiag/parsers"
)

// longLog writes a protocol log as it is read, in which many connections last
// from its beginning to its end, and many more come and go.
type longLog struct {
	left int // bytes
	n    int // rows
	rest []byte
}

const lasting = 1000 // connections

func (l *longLog) Read(b []byte) (int, error) {
	for len(l.rest) < len(b) && l.left > 0 {
		from := len(l.rest)
		l.row()
		l.left -= len(l.rest) - from
	}
	if len(l.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(b, l.rest)
	l.rest = append(l.rest[:0], l.rest[n:]...)
	return n, nil
}

func (l *longLog) row() {
	const row = "2026-11-22T22:01:03.123Z,MX1\\Default MX1,08D9A1B2%08X,%d,192.0.2.1:25,192.0.2.7:51442,%s\r\n"
	l.n++
	if l.n <= lasting {
		l.rest = fmt.Appendf(l.rest, row, l.n, 0, "+,,")
		return
	}
	if l.n%400 == 0 { // one of those that last, in turn
		l.rest = fmt.Appendf(l.rest, row, l.n/400%lasting+1, l.n, "<,NOOP,")
		return
	}
	id := lasting + l.n
	for _, s := range []string{"+,,", "<,EHLO pc7.example.test,", ">,250  MX1.example.test Hello [192.0.2.7] SIZE 37748736 PIPELINING DSN,", "<,QUIT,", ">,221 2.0.0 Service closing,", "-,,Local"} {
		l.rest = fmt.Appendf(l.rest, row, id, 1, s)
	}
}

// TestMemoryOfLongConnections reads a log of which each connection that lasts
// has rows all over it.
func TestMemoryOfLongConnections(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(50))
	sessions, most := 0, uint64(0)
	var m runtime.MemStats
	head := "#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context\r\n"
	rd := &parsers.Reader{Forms: parsers.Forms{Formats: Formats()}, Stdin: io.MultiReader(strings.NewReader(head), &longLog{left: 48 << 20})}
	accounts := rd.Read(parsers.StdinName, parsers.Visitor{Session: func(*parsers.Session) {
		if sessions++; sessions%5000 == 0 {
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapInuse)
		}
	}})
	t.Logf("%d sessions, at most %d MiB in use", sessions, most>>20)
	if sessions < 40_000 || accounts[0].Err != nil {
		t.Errorf("%d sessions, %v", sessions, accounts[0].Err)
	}
	if most > 32<<20 {
		t.Errorf("%d MiB in use, want 32 at most", most>>20)
	}
}
