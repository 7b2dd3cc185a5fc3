package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"kbdiag/parsers"
)

func TestProgressText(t *testing.T) {
	b := &bar{p: &parsers.Progress{}, files: 12, bytes: 1_200_000_000}
	b.p.Files.Add(3)
	b.p.Bytes.Add(300_000_000)
	b.p.Records.Add(123456)
	if got, want := b.text(3*time.Second), "3 of 12 files  300 MB of 1.2 GB  100 MB/s  123456 records  9s left"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	b.open = true
	if got, want := b.text(3*time.Second), "3 of 12 files  300 MB  100 MB/s  123456 records"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestProgressLeavesNothing draws and takes away again.
func TestProgressLeavesNothing(t *testing.T) {
	var w bytes.Buffer
	b := &bar{w: &w, p: &parsers.Progress{}, start: time.Now()}
	done, ended := make(chan struct{}), make(chan struct{})
	go b.run(done, ended)
	time.Sleep(progressFrom + progressEvery)
	close(done)
	<-ended
	if s := w.String(); !strings.Contains(s, "records") || !strings.HasSuffix(s, toStart) {
		t.Errorf("%q", s)
	}
	w.Reset()
	b.drawn = false
	done, ended = make(chan struct{}), make(chan struct{})
	go b.run(done, ended)
	close(done)
	<-ended
	if w.Len() != 0 {
		t.Errorf("nothing was drawn, yet %q", w.String())
	}
}
