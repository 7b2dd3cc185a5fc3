package evtx

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
)

const (
	fileHeadSize  = 4096
	chunkSize     = 64 << 10
	chunkHeadSize = 512
	// minimumRecord is the smallest record seen with BinXML in it, in bytes;
	// it bounds how many records a gap can have held.
	minimumRecord = 64
)

const (
	fileMagic   = "ElfFile\x00"
	chunkMagic  = "ElfChnk\x00"
	recordMagic = "**\x00\x00"
)

// rawRecord is one record of a chunk.
type rawRecord struct {
	pos     int    // in the chunk
	end     int    // in the chunk
	offset  int64  // in the file
	id      uint64 // from the record's head; 0 if that is damaged
	written uint64 // likewise; FILETIME
	lost    int    // bytes from here on were never written; end if all were
	mended  bool   // found again after damage
	carved  bool
}

// body gives where the record's BinXML begins.
func (r *rawRecord) body() int { return r.pos + recordHeadSize }

// loss is a piece of a chunk that gave no record.
type loss struct {
	reason string
	n      int
	pos    int // in the chunk
	length int
}

// Why pieces of a log give no event. Shown to the user.
const (
	skipTorn     = "record overwritten in part"
	skipBody     = "record whose content cannot be read"
	skipWork     = "record of a chunk that asks for too much work"
	skipTemplate = "record whose template is lost"
	skipMissing  = "record lost in a damaged part of the log"
	skipJunk     = "chunk that is no part of an event log"
	skipCut      = "record cut off at the end of the file"
	skipChunks   = "chunk missing at the end of the file"
	skipDefect   = "chunk that could not be read: defect in kbdiag, please report"
)

// chunkHead is what the head of a chunk says [libevtx: chunk header].
type chunkHead struct {
	firstID, lastID uint64
	free            int  // where the free space begins
	whole           bool // magic and checksum are right
	present         bool // the magic is there
}

func readChunkHead(b []byte) chunkHead {
	if len(b) < chunkHeadSize || string(b[:8]) != chunkMagic {
		return chunkHead{}
	}
	h := chunkHead{
		firstID: binary.LittleEndian.Uint64(b[24:]),
		lastID:  binary.LittleEndian.Uint64(b[32:]),
		present: true,
	}
	if free := binary.LittleEndian.Uint32(b[48:]); free >= chunkHeadSize && free <= chunkSize {
		h.free = int(free)
	}
	sum := crc32.ChecksumIEEE(b[:120])
	sum = crc32.Update(sum, crc32.IEEETable, b[128:chunkHeadSize])
	h.whole = h.free != 0 && h.firstID <= h.lastID && sum == binary.LittleEndian.Uint32(b[124:])
	return h
}

// walker finds the records of one chunk.
type walker struct {
	b      []byte
	base   int64 // of b in the file
	head   chunkHead
	limit  int // records end here
	last   uint64
	any    bool // last is set
	out    []rawRecord
	losses []loss
}

// walk finds the live records of the chunk.
func (w *walker) walk() {
	w.head = readChunkHead(w.b)
	w.limit = len(w.b)
	if w.head.whole {
		w.limit = min(w.limit, w.head.free)
	}
	pos := chunkHeadSize
	for pos+recordMinimumSize <= w.limit {
		if size := w.sizeAt(pos, w.limit); size > 0 && (w.head.whole || w.follows(pos)) {
			w.take(pos, size)
			pos += size
			continue
		}
		if allZero(w.b[pos:w.limit]) {
			w.unwritten(pos)
			return
		}
		if !w.head.whole && pos == w.head.free {
			return
		}
		pos = w.mend(pos)
	}
	if w.isCut() {
		w.missing(pos, len(w.b), skipCut)
	}
}

// isCut reports whether records are missing because the file ends too early.
func (w *walker) isCut() bool { return w.head.whole && w.head.free > len(w.b) }

// sizeAt gives the size of the record at pos, 0 if there is no whole one: its
// two sizes must agree.
func (w *walker) sizeAt(pos, limit int) int {
	if limit-pos < recordMinimumSize || string(w.b[pos:pos+4]) != recordMagic {
		return 0
	}
	size := int64(binary.LittleEndian.Uint32(w.b[pos+4:]))
	if size < recordMinimumSize || size > int64(limit-pos) {
		return 0
	}
	if int64(binary.LittleEndian.Uint32(w.b[pos+int(size)-4:])) != size {
		return 0
	}
	return int(size)
}

func (w *walker) idAt(pos int) uint64 { return le64(w.b[pos+8:]) }

// follows reports whether the record at pos directly continues those before.
// Where the chunk's head is damaged it cannot say where the free space begins,
// with the remains of older records in it; the numbers of the records can.
func (w *walker) follows(pos int) bool {
	return !w.any || w.idAt(pos) == w.last+1
}

func (w *walker) take(pos, size int) {
	r := rawRecord{
		pos: pos, end: pos + size, lost: pos + size, offset: w.base + int64(pos),
		id: w.idAt(pos), written: le64(w.b[pos+16:]),
	}
	w.last, w.any = r.id, true
	w.out = append(w.out, r)
}

// unwritten accounts for a chunk that ends in zeros before its head says.
func (w *walker) unwritten(pos int) {
	if w.head.whole && w.any && w.last >= w.head.firstID && w.last < w.head.lastID {
		w.missing(pos, w.limit, skipMissing)
	}
}

// missing accounts for the records between the last one and the chunk's last.
func (w *walker) missing(pos, end int, reason string) {
	n := 1
	if w.any && w.head.whole && w.head.lastID > w.last && w.head.lastID-w.last < chunkSize/minimumRecord {
		n = int(w.head.lastID - w.last)
	}
	w.lose(reason, n, pos, end)
}

func (w *walker) lose(reason string, n, pos, end int) {
	w.losses = append(w.losses, loss{reason: reason, n: n, pos: pos, length: end - pos})
}

// allZero reports whether b has nothing but zeros.
func allZero(b []byte) bool {
	const step = 512
	for len(b) >= step {
		if string(b[:step]) != zeros {
			return false
		}
		b = b[step:]
	}
	return string(b) == zeros[:len(b)]
}

var zeros = string(make([]byte, 512))

// indexRecord gives the next record signature at or after pos, -1 if none.
func indexRecord(b []byte, pos int) int {
	if pos >= len(b) {
		return -1
	}
	i := bytes.Index(b[pos:], []byte(recordMagic))
	if i < 0 {
		return -1
	}
	return pos + i
}

func le32(b []byte) uint32 { return binary.LittleEndian.Uint32(b) }
func le64(b []byte) uint64 { return binary.LittleEndian.Uint64(b) }
