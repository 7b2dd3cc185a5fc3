package engine

import (
	"bufio"
	"container/heap"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"slices"
	"sync"
)

const (
	sightingChunk = 1 << 10
	// sightingsHeld bounds the sightings in memory, 40 bytes each. Beyond it
	// they are sorted and written to a temporary file.
	sightingsHeld = 1 << 19
	sightingSize  = 32 // bytes in the file
	// mergeBuffers bounds the memory with which the sorted pieces are read back.
	mergeBuffers = 8 << 20
)

// sightings keeps what correlations have to look at, in bounded memory however
// long the log is.
type sightings struct {
	mu     sync.Mutex
	held   []moment
	limit  int
	file   *os.File // sorted pieces one after another, nil while all fits in memory
	pieces []piece
	size   int64
	err    error // why sightings were lost
}

// piece is a sorted part of the file.
type piece struct{ offset, length int64 }

// add takes sightings of any worker.
func (s *sightings) add(list []moment) {
	if len(list) == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held = append(s.held, list...)
	if len(s.held) >= s.limit {
		s.spill()
	}
}

func sortSightings(list []moment) {
	slices.SortFunc(list, func(a, b moment) int {
		if a.before(&b) {
			return -1
		}
		if b.before(&a) {
			return 1
		}
		return 0
	})
}

// spill writes what is held as a sorted piece.
func (s *sightings) spill() {
	if s.err == nil {
		s.err = s.write()
	}
	s.held = s.held[:0]
}

func (s *sightings) write() error {
	if s.file == nil {
		f, err := os.CreateTemp("", "kbdiag-*.tmp")
		if err != nil {
			return err
		}
		s.file = f
	}
	sortSightings(s.held)
	w := bufio.NewWriterSize(io.NewOffsetWriter(s.file, s.size), 1<<18)
	var b [sightingSize]byte
	for i := range s.held {
		s.held[i].encode(&b)
		if _, err := w.Write(b[:]); err != nil {
			return err
		}
	}
	n := int64(len(s.held)) * sightingSize
	s.pieces = append(s.pieces, piece{s.size, n})
	s.size += n
	return w.Flush()
}

func (s *moment) encode(b *[sightingSize]byte) {
	binary.LittleEndian.PutUint64(b[0:], s.group[0])
	binary.LittleEndian.PutUint64(b[8:], s.group[1])
	binary.LittleEndian.PutUint64(b[16:], uint64(s.at))
	binary.LittleEndian.PutUint32(b[24:], uint32(s.series))
	binary.LittleEndian.PutUint16(b[28:], uint16(s.place))
	binary.LittleEndian.PutUint16(b[30:], s.host)
}

func (s *moment) decode(b *[sightingSize]byte) {
	s.group[0] = binary.LittleEndian.Uint64(b[0:])
	s.group[1] = binary.LittleEndian.Uint64(b[8:])
	s.at = int64(binary.LittleEndian.Uint64(b[16:]))
	s.series = int32(binary.LittleEndian.Uint32(b[24:]))
	s.place = int32(binary.LittleEndian.Uint16(b[28:]))
	s.host = binary.LittleEndian.Uint16(b[30:])
}

// each calls visit with all sightings in order. It may be called again.
func (s *sightings) each(visit func(*moment)) error {
	sortSightings(s.held)
	if s.err != nil {
		return s.err
	}
	m := merging{}
	if err := m.add(&cursor{list: s.held}); err != nil {
		return err
	}
	buffer := max(4<<10, min(256<<10, mergeBuffers/max(1, len(s.pieces))))
	for _, p := range s.pieces {
		r := bufio.NewReaderSize(io.NewSectionReader(s.file, p.offset, p.length), buffer)
		if err := m.add(&cursor{file: r}); err != nil {
			return err
		}
	}
	for len(m) > 0 {
		c := m[0]
		visit(&c.now)
		more, err := c.next()
		if err != nil {
			return err
		}
		if more {
			heap.Fix(&m, 0)
		} else {
			heap.Pop(&m)
		}
	}
	return nil
}

// moved gives the same sightings with their times changed, and closes s.
func (s *sightings) moved(change func(*moment)) (*sightings, error) {
	out := &sightings{limit: s.limit}
	err := s.each(func(m *moment) {
		c := *m
		change(&c)
		out.add([]moment{c})
	})
	s.close()
	if err == nil {
		err = out.err
	}
	if err != nil {
		out.close()
	}
	return out, err
}

// close removes the temporary file.
func (s *sightings) close() {
	if s.file == nil {
		return
	}
	name := s.file.Name()
	s.file.Close()
	os.Remove(name)
	s.file = nil
}

// cursor reads one sorted piece, from memory or from the file.
type cursor struct {
	list []moment
	file *bufio.Reader
	now  moment
}

func (c *cursor) next() (bool, error) {
	if c.file == nil {
		if len(c.list) == 0 {
			return false, nil
		}
		c.now, c.list = c.list[0], c.list[1:]
		return true, nil
	}
	var b [sightingSize]byte
	if _, err := io.ReadFull(c.file, b[:]); err != nil {
		if errors.Is(err, io.EOF) {
			return false, nil
		}
		return false, err
	}
	c.now.decode(&b)
	return true, nil
}

// merging is a heap of cursors by their present moment.
type merging []*cursor

func (m *merging) add(c *cursor) error {
	more, err := c.next()
	if more {
		heap.Push(m, c)
	}
	return err
}

func (m merging) Len() int           { return len(m) }
func (m merging) Less(i, j int) bool { return m[i].now.before(&m[j].now) }
func (m merging) Swap(i, j int)      { m[i], m[j] = m[j], m[i] }
func (m *merging) Push(x any)        { *m = append(*m, x.(*cursor)) }
func (m *merging) Pop() any {
	old := *m
	x := old[len(old)-1]
	*m = old[:len(old)-1]
	return x
}
