package serve

import (
	"os"
	"slices"
	"sync"

	"kbdiag/engine"
)

// kept is how many tickets keep their files, so that they can be read again.
const kept = 8

// ticket is a ticket whose files are here.
type ticket struct {
	run   int64 // its number in the history
	dir   string
	bytes int64
	files int
	opts  engine.Options

	mu    sync.Mutex
	tried *engine.Report // the answer with a changed rule, the last one

	uses int // that hold its files; tickets.mu
	gone bool
}

// tickets are those whose files are here, the oldest first.
type tickets struct {
	mu   sync.Mutex
	list []*ticket
	work sync.WaitGroup // what may write into the folder
}

// add keeps a ticket. The oldest ones go where there are too many, or where
// they hold more than so many bytes together.
func (x *tickets) add(t *ticket, limit int64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.list = append(x.list, t)
	total := int64(0)
	for _, o := range x.list {
		total += o.bytes
	}
	for len(x.list) > 1 && (len(x.list) > kept || total > limit) {
		total -= x.list[0].bytes
		x.drop(x.list[0])
	}
}

// drop takes a ticket off the list. Its files go once nobody uses them.
func (x *tickets) drop(t *ticket) {
	x.list = slices.DeleteFunc(x.list, func(o *ticket) bool { return o == t })
	t.gone = true
	if t.uses == 0 {
		os.RemoveAll(t.dir)
	}
}

// use gives the ticket of a run and holds its files until done is called; nil
// where they are not here.
func (x *tickets) use(run int64) (t *ticket, done func()) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, t := range x.list {
		if t.run == run {
			t.uses++
			return t, func() { x.unuse(t) }
		}
	}
	return nil, func() {}
}

func (x *tickets) unuse(t *ticket) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if t.uses--; t.uses == 0 && t.gone {
		os.RemoveAll(t.dir)
	}
}

// has tells whether the files of a run are here.
func (x *tickets) has(run int64) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return slices.ContainsFunc(x.list, func(t *ticket) bool { return t.run == run })
}

// forget removes the files of a run.
func (x *tickets) forget(run int64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, t := range x.list {
		if t.run == run {
			x.drop(t)
			return
		}
	}
}

// wait waits for what may write into the folder.
func (x *tickets) wait() { x.work.Wait() }

func (t *ticket) setTried(r *engine.Report) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.tried = r
}

func (t *ticket) lastTried() *engine.Report {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.tried
}
