package main

import (
	"io"
	"os"
	"runtime"
	"testing"
	"time"

	"kbdiag/parsers/eventtext/eventtexttest"
)

// TestMemoryStaysBounded diagnoses logs that are larger than the memory that it
// may use; the XML is one line.
func TestMemoryStaysBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 200 MB")
	}
	const size, limit = 100 << 20, 90 << 20
	for _, form := range []string{"vista-csv", "xml-saved"} {
		r, w := io.Pipe()
		go func() { w.CloseWithError(eventtexttest.Write(w, form, size)) }()
		done := make(chan struct{})
		peak := make(chan uint64)
		go func() {
			var m runtime.MemStats
			most := uint64(0)
			for {
				select {
				case <-done:
					peak <- most
					return
				case <-time.After(20 * time.Millisecond):
					runtime.ReadMemStats(&m)
					most = max(most, m.HeapInuse)
				}
			}
		}()
		a := &app{stdin: r, stdout: io.Discard, stderr: os.Stderr}
		c := a.root()
		c.SetArgs([]string{"diagnose", "-"})
		status := a.status(c.Execute())
		close(done)
		if most := <-peak; status != exitOK || most > limit {
			t.Errorf("%s: status %d, %d MB of memory for %d MB of input", form, status, most>>20, size>>20)
		}
	}
}
