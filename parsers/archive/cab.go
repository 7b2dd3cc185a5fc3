package archive

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/encoding/charmap"
)

// Facts of the cabinet format are from "Microsoft Cabinet Format" in MS-CAB:
// section 2.1 CFHEADER, 2.2 CFFOLDER, 2.3 CFFILE, 2.4 CFDATA, 3.1 MSZIP.

const (
	cabMSZIP = 1
	cabLZX   = 3
	// cabBlock is the most a CFDATA block unpacks to.
	cabBlock = 32 << 10
	cabUTF8  = 0x80 // CFFILE attribute: the name is UTF-8
)

type cabFolder struct {
	offset   int64 // of the first CFDATA
	blocks   int
	compress uint16
	files    []cabFile
}

type cabFile struct {
	name   string
	size   int64
	offset int64 // in the unpacked folder
}

type cabinet struct {
	at          io.ReaderAt
	size        int64
	dataReserve int64
	folders     []cabFolder
}

// walkCab visits the files of a cabinet, folder by folder.
func walkCab(src Source, visit func(Member, io.Reader) error) error {
	at, size, err := randomAccess(src)
	if err != nil {
		return err
	}
	c, err := readCabinet(at, size)
	if err != nil {
		return damaged(Cab, err)
	}
	for i := range c.folders {
		if err := c.walkFolder(&c.folders[i], visit); err != nil {
			return err
		}
	}
	return nil
}

// walkFolder unpacks a folder once and hands out its files in the order of
// their places. Files that lie over another, which no tool writes, are refused.
func (c *cabinet) walkFolder(f *cabFolder, visit func(Member, io.Reader) error) error {
	r, err := c.open(f)
	at := int64(0)
	for _, file := range f.files {
		m := Member{Name: file.name, Size: file.size, Err: err}
		if err == nil && file.offset < at {
			m.Err = damaged(Cab, errors.New("files overlap"))
		}
		if m.Err != nil {
			if err := visit(m, nil); err != nil {
				return err
			}
			continue
		}
		if _, skip := io.CopyN(io.Discard, r, file.offset-at); skip != nil {
			err = damaged(Cab, skip)
			m.Err = err
			if err := visit(m, nil); err != nil {
				return err
			}
			continue
		}
		content := &io.LimitedReader{R: r, N: file.size}
		if err := visit(m, content); err != nil {
			return err
		}
		if _, err := io.Copy(io.Discard, content); err != nil {
			return damaged(Cab, err)
		}
		at = file.offset + file.size
	}
	return nil
}

func (c *cabinet) open(f *cabFolder) (io.Reader, error) {
	blocks := &cabBlocks{c: c, offset: f.offset, left: f.blocks}
	switch f.compress & 0x0F {
	case 0:
		blocks.unpack = func(packed []byte, _ int) ([]byte, error) { return packed, nil }
	case cabMSZIP:
		blocks.unpack = mszip()
	case cabLZX:
		z, err := newLZX(int(f.compress >> 8 & 0x1F))
		if err != nil {
			return nil, damaged(Cab, err)
		}
		blocks.unpack = z.unpack
	default:
		return nil, fmt.Errorf("cabinet packed by method %d: unpack it first", f.compress&0x0F)
	}
	return blocks, nil
}

// cabBlocks reads the CFDATA blocks of a folder one after another.
type cabBlocks struct {
	c      *cabinet
	offset int64
	left   int
	unpack func(packed []byte, size int) ([]byte, error)
	have   []byte
}

func (b *cabBlocks) Read(p []byte) (int, error) {
	for len(b.have) == 0 {
		if b.left == 0 {
			return 0, io.EOF
		}
		if err := b.next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, b.have)
	b.have = b.have[n:]
	return n, nil
}

func (b *cabBlocks) next() error {
	head := make([]byte, 8)
	if _, err := b.c.at.ReadAt(head, b.offset); err != nil {
		return noEOF(err)
	}
	packed := make([]byte, binary.LittleEndian.Uint16(head[4:]))
	size := int(binary.LittleEndian.Uint16(head[6:]))
	start := b.offset + 8 + b.c.dataReserve
	if _, err := b.c.at.ReadAt(packed, start); err != nil {
		return noEOF(err)
	}
	b.offset = start + int64(len(packed))
	b.left--
	if size > cabBlock {
		return fmt.Errorf("a block of %d bytes, at most %d can be", size, cabBlock)
	}
	out, err := b.unpack(packed, size)
	if err != nil {
		return err
	}
	if len(out) != size {
		return fmt.Errorf("a block of %d bytes where the header says %d", len(out), size)
	}
	b.have = out
	return nil
}

// mszip unpacks blocks of deflate that each begin with "CK" and go on with the
// history of the block before.
func mszip() func([]byte, int) ([]byte, error) {
	var history []byte
	return func(packed []byte, size int) ([]byte, error) {
		if !bytes.HasPrefix(packed, []byte("CK")) {
			return nil, errors.New("a block without the MSZIP signature")
		}
		z := flate.NewReaderDict(bytes.NewReader(packed[2:]), history)
		out := make([]byte, size)
		if _, err := io.ReadFull(z, out); err != nil {
			return nil, err
		}
		history = out
		return out, z.Close()
	}
}

// cabCursor reads the tables at the beginning of a cabinet.
type cabCursor struct {
	at  io.ReaderAt
	pos int64
	err error
}

func (c *cabCursor) bytes(n int) []byte {
	b := make([]byte, n)
	if c.err == nil {
		_, c.err = c.at.ReadAt(b, c.pos)
		c.err = noEOF(c.err)
	}
	c.pos += int64(n)
	return b
}

func (c *cabCursor) u16() int { return int(binary.LittleEndian.Uint16(c.bytes(2))) }
func (c *cabCursor) u32() int64 {
	return int64(binary.LittleEndian.Uint32(c.bytes(4)))
}

// text reads up to a NUL; names are at most 256 bytes long.
func (c *cabCursor) text() string {
	b := make([]byte, 257)
	n, err := c.at.ReadAt(b, c.pos)
	end := bytes.IndexByte(b[:n], 0)
	if end < 0 {
		if c.err == nil {
			c.err = errors.Join(errors.New("a name without an end"), err)
		}
		return ""
	}
	c.pos += int64(end) + 1
	return string(b[:end])
}

func readCabinet(at io.ReaderAt, size int64) (*cabinet, error) {
	c := &cabCursor{at: at, pos: 16}
	files := c.u32()
	c.pos = 26
	folders, count, flags := c.u16(), c.u16(), c.u16()
	c.pos = 36
	out := &cabinet{at: at, size: size}
	folderReserve := 0
	if flags&4 != 0 {
		header := c.u16()
		b := c.bytes(2)
		folderReserve, out.dataReserve = int(b[0]), int64(b[1])
		c.pos += int64(header)
	}
	for _, bit := range []int{1, 2} { // names of the previous and the next cabinet and disk
		if flags&bit != 0 {
			c.text()
			c.text()
		}
	}
	for range folders {
		f := cabFolder{offset: c.u32(), blocks: c.u16(), compress: uint16(c.u16())}
		c.pos += int64(folderReserve)
		if c.err != nil {
			return nil, c.err
		}
		out.folders = append(out.folders, f)
	}
	c.pos = files
	for range count {
		f, folder := c.file()
		if c.err != nil {
			return nil, c.err
		}
		if folder >= len(out.folders) {
			return nil, fmt.Errorf("%s goes over several cabinets: unpack it first", f.name)
		}
		out.folders[folder].files = append(out.folders[folder].files, f)
	}
	return out, c.err
}

func (c *cabCursor) file() (cabFile, int) {
	f := cabFile{size: c.u32(), offset: c.u32()}
	folder := c.u16()
	c.pos += 4 // date and time
	attributes := c.u16()
	f.name = strings.ReplaceAll(c.text(), `\`, "/")
	if attributes&cabUTF8 == 0 {
		if name, err := charmap.Windows1252.NewDecoder().String(f.name); err == nil {
			f.name = name
		}
	}
	return f, folder
}

func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
