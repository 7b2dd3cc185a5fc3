package parsers

import (
	"context"
	"errors"
	"io"
)

// ErrStopped says that reading was ended from outside.
var ErrStopped = errors.New("interrupted: the rest was not read")

// stoppable ends reading when its context does.
type stoppable struct {
	ctx context.Context
	r   io.Reader
	at  io.ReaderAt
}

func (s stoppable) Read(p []byte) (int, error) {
	if s.ctx.Err() != nil {
		return 0, ErrStopped
	}
	return s.r.Read(p)
}

func (s stoppable) ReadAt(p []byte, off int64) (int, error) {
	if s.ctx.Err() != nil {
		return 0, ErrStopped
	}
	return s.at.ReadAt(p, off)
}

// pumped reads a stream that may block for ever, such as standard input, and
// still ends when its context does. The read that blocks then is left alone.
type pumped struct {
	ctx   context.Context
	reads chan pumpRead
	ask   chan struct{}
	rest  []byte
	err   error
}

type pumpRead struct {
	data []byte
	err  error
}

func newPumped(ctx context.Context, r io.Reader) *pumped {
	p := &pumped{ctx: ctx, reads: make(chan pumpRead), ask: make(chan struct{})}
	go func() {
		buf := make([]byte, blockSize)
		for {
			select {
			case <-p.ask:
			case <-ctx.Done():
				return
			}
			n, err := r.Read(buf)
			select {
			case p.reads <- pumpRead{buf[:n], err}:
			case <-ctx.Done():
				return
			}
			if err != nil {
				return
			}
		}
	}()
	return p
}

// Read gives what the pump has read; the pump reads on when that is used up.
func (p *pumped) Read(b []byte) (int, error) {
	for len(p.rest) == 0 {
		if p.err != nil {
			return 0, p.err
		}
		select {
		case p.ask <- struct{}{}:
		case <-p.ctx.Done():
			return 0, ErrStopped
		}
		select {
		case r := <-p.reads:
			p.rest, p.err = r.data, r.err
		case <-p.ctx.Done():
			return 0, ErrStopped
		}
	}
	n := copy(b, p.rest)
	p.rest = p.rest[n:]
	return n, nil
}
