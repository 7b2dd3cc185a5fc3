// Package evt reads binary event logs of Windows NT 3.1 to Server 2003 (.evt).
//
// The format is described in MS-EVEN section 2.2 (records) and in the
// documentation of libevt (file, end record). A log is a ring: behind a head of
// 48 bytes records stand one after another up to an end record; when the file
// is full, the newest go on at its beginning, over the oldest. The head is only
// brought up to date when the service stops, so a log that was copied while in
// use has a stale one: the end record is right.
package evt

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"kbdiag/parsers"
)

// Format is the form for the list of forms.
func Format() parsers.Format {
	return parsers.Format{Name: "evt", Detect: detect, Parse: parse, EventsOnly: true}
}

const (
	headSize   = 48
	endSize    = 40
	recordHead = 56 // fixed part of a record
	maxRecord  = 1 << 18
	magic      = "LfLe"
	// maxStream bounds a log that comes as a stream and so has to be kept in
	// memory, in bytes. Windows keeps its logs below about 300 MB.
	maxStream = 512 << 20
)

// endMagic begins the end record: its size and four marks.
var endMagic = []byte{
	0x28, 0, 0, 0,
	0x11, 0x11, 0x11, 0x11, 0x22, 0x22, 0x22, 0x22, 0x33, 0x33, 0x33, 0x33, 0x44, 0x44, 0x44, 0x44,
}

// Why pieces of a log give no event. Shown to the user.
const (
	skipMissing = "record lost in a damaged part of the log"
	skipBody    = "record whose content cannot be read"
	skipCut     = "record cut off at the end of the file"
)

// detect goes by the head or, where it is damaged or missing, by a whole
// record.
func detect(h *parsers.Head) int {
	b := h.Raw
	if len(b) >= headSize && string(b[4:8]) == magic && le32(b) == headSize {
		return 100
	}
	if bytes.Contains(b, []byte("ElfChnk\x00")) {
		return 0 // the newer form
	}
	for at := 0; ; {
		i := bytes.Index(b[at:], []byte(magic))
		if i < 0 {
			return 0
		}
		if at += i; at >= 4 && wholeSize(b[at-4:]) > 0 {
			return 80
		}
		at++
	}
}

// wholeSize gives the size of the record at the start of b, 0 if there is no
// whole one: it ends with its size.
func wholeSize(b []byte) int {
	if len(b) < recordHead || string(b[4:8]) != magic {
		return 0
	}
	size := le32(b)
	if size < recordHead || size > maxRecord || int64(size) > int64(len(b)) || le32(b[size-4:]) != size {
		return 0
	}
	return int(size)
}

func parse(in *parsers.Input, out *parsers.Out) error {
	return Read(in, out, Options{})
}

// Options says how a log is read.
type Options struct {
	// Carve also gives the events that are found outside of the live part of
	// the ring. They come last, without those that the log still has and
	// without repeats.
	Carve bool
	// Record, if set, is told of each event just before out is.
	Record func(*Record)
}

// Record is an event as the log has it. It is only valid during the call.
type Record struct {
	*parsers.Event
	Mended bool // found again after damage
	Carved bool // found outside of the live part of the log
}

// Read reads the log and gives its events to out, oldest first. Damage is
// skipped and accounted for.
func Read(in *parsers.Input, out *parsers.Out, opts Options) error {
	at, size, err := access(in)
	if err != nil {
		return fmt.Errorf("%s: %w", in.Path, err)
	}
	r := &reader{out: out, opts: opts, log: logName(in.Path), seen: map[recordKey]struct{}{}}
	r.ring.at = at
	if err := r.read(size); err != nil {
		return fmt.Errorf("%s: %w", in.Path, err)
	}
	return nil
}

// access gives random access to the input. A stream is kept in memory.
func access(in *parsers.Input) (io.ReaderAt, int64, error) {
	if at := in.ReaderAt(); at != nil && in.Size >= 0 {
		return at, in.Size, nil
	}
	b, err := io.ReadAll(io.LimitReader(in.Bytes(), maxStream+1))
	if err != nil {
		return nil, 0, err
	}
	if len(b) > maxStream {
		return nil, 0, errors.New("event log of more than 512 MiB as a stream: give the file itself")
	}
	return bytes.NewReader(b), int64(len(b)), nil
}

// logName tells the log from the name that its file has in Windows: the file
// itself does not say. "" if the name is another one.
func logName(name string) string {
	if i := strings.LastIndexByte(name, '!'); i >= 0 {
		name = name[i+1:]
	}
	switch strings.ToLower(path.Base(name)) {
	case "appevent.evt":
		return "Application"
	case "secevent.evt":
		return "Security"
	case "sysevent.evt":
		return "System"
	case "ntds.evt":
		return "Directory Service"
	case "ntfrs.evt":
		return "File Replication Service"
	case "dnsevent.evt":
		return "DNS Server"
	}
	return ""
}

func le16(b []byte) uint16 { return binary.LittleEndian.Uint16(b) }
func le32(b []byte) uint32 { return binary.LittleEndian.Uint32(b) }
