package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"sync"
	"time"

	"golang.org/x/term"

	"kbdiag/parsers"
)

// Progress is shown once reading takes longer than progressFrom, and drawn anew
// every progressEvery.
const (
	progressFrom  = 700 * time.Millisecond
	progressEvery = 250 * time.Millisecond
)

// watch shows on standard error how far reading is, where that is a terminal.
// streams says that the command prints to out while it reads: it has the
// terminal for itself then. The function that it gives takes the line away; it
// is called before anything else is printed, and may be called again.
func (a *app) watch(src *source, paths []string, streams bool, out io.Writer) (stop func()) {
	if !isTerminal(a.stderr) || os.Getenv("TERM") == "dumb" || streams && isTerminal(out) {
		return func() {}
	}
	b := &bar{w: a.stderr, p: &parsers.Progress{}, start: time.Now()}
	src.rd.Progress = b.p
	for _, f := range src.rd.Files(paths) {
		b.files++
		info, err := os.Stat(f)
		if f == parsers.StdinName || err != nil {
			b.open = b.open || f == parsers.StdinName
			continue
		}
		if info.Mode().IsRegular() {
			b.bytes += info.Size()
		}
	}
	done, ended := make(chan struct{}), make(chan struct{})
	go b.run(done, ended)
	return sync.OnceFunc(func() {
		close(done)
		<-ended
	})
}

func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// bar is the line of progress.
type bar struct {
	w     io.Writer
	p     *parsers.Progress
	start time.Time
	files int
	bytes int64 // of all files
	open  bool  // standard input is among them: nobody knows its size
	drawn bool
}

func (b *bar) run(done <-chan struct{}, ended chan<- struct{}) {
	defer close(ended)
	defer b.clear()
	wait := time.NewTimer(progressFrom)
	defer wait.Stop()
	for {
		select {
		case <-done:
			return
		case now := <-wait.C:
			b.draw(now)
			wait.Reset(progressEvery)
		}
	}
}

// toStart goes back to the beginning of the terminal's line and empties it.
const toStart = "\r\x1b[K"

func (b *bar) draw(now time.Time) {
	b.drawn = true
	fmt.Fprint(b.w, toStart, b.text(now.Sub(b.start)))
}

func (b *bar) clear() {
	if b.drawn {
		fmt.Fprint(b.w, toStart)
	}
}

// text gives the line, short enough for a terminal of 80 columns.
func (b *bar) text(since time.Duration) string {
	read := b.p.Bytes.Load()
	s := fmt.Sprintf("%d of %d files  %s", b.p.Files.Load(), b.files, byteText(read))
	if !b.open {
		s += " of " + byteText(b.bytes)
	}
	rate := float64(read) / max(since.Seconds(), 0.001)
	s += fmt.Sprintf("  %s/s  %d records", byteText(int64(rate)), b.p.Records.Load())
	if left := b.bytes - read; !b.open && rate > 0 && left > 0 {
		s += "  " + (time.Duration(float64(left)/rate) * time.Second).String() + " left"
	}
	return s
}

// byteText writes a size in decimal units: "812 kB", "1.2 GB".
func byteText(n int64) string {
	f, unit := float64(n), 0
	for ; f >= 1000 && unit < len(byteUnits)-1; unit++ {
		f /= 1000
	}
	digits := 0
	if unit > 0 && f < 10 {
		digits = 1
	}
	return strconv.FormatFloat(f, 'f', digits, 64) + " " + byteUnits[unit]
}

var byteUnits = [...]string{"B", "kB", "MB", "GB", "TB"}
