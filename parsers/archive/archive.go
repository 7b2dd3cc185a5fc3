// Package archive walks the members of archives and compressed files. It
// writes nothing: names of members are only names, so "../../etc/passwd" does
// no harm.
package archive

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/bodgit/sevenzip"
	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"
)

// Kind is a form of archive.
type Kind string

const (
	None  Kind = ""
	Zip   Kind = "zip"
	Tar   Kind = "tar"
	Gzip  Kind = "gzip"
	Bzip2 Kind = "bzip2"
	XZ    Kind = "xz"
	Zstd  Kind = "zstd"
	Seven Kind = "7z"
	Cab   Kind = "cab"
	Mail  Kind = "mail"
	Mbox  Kind = "mbox"
	Msg   Kind = "msg"
)

// ErrEncrypted marks a member or archive that needs a password.
var ErrEncrypted = errors.New("encrypted: unpack it with its password first")

// Member is one file inside an archive.
type Member struct {
	Name string // as the archive has it, with slashes
	Size int64  // unpacked, in bytes; -1 if the archive does not say
	Err  error  // why it cannot be read
}

// Source is an open archive. At may be nil, and Size -1, where there is only a
// stream.
type Source struct {
	Name string
	R    io.Reader
	At   io.ReaderAt
	Size int64
}

// maxBuffered is how much of an archive that needs random access is held in
// memory where there is only a stream of it (a zip inside another archive).
const maxBuffered = 256 << 20

// Detect tells the kind of an archive by its first bytes.
func Detect(head []byte) Kind {
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return Zip
	case bytes.HasPrefix(head, []byte("\x1F\x8B\x08")):
		return Gzip
	case bytes.HasPrefix(head, []byte("BZh")) && len(head) > 3 && head[3] >= '1' && head[3] <= '9':
		return Bzip2
	case bytes.HasPrefix(head, []byte("\xFD7zXZ\x00")):
		return XZ
	case bytes.HasPrefix(head, []byte("\x28\xB5\x2F\xFD")):
		return Zstd
	case bytes.HasPrefix(head, []byte("MSCF\x00\x00\x00\x00")):
		return Cab
	case bytes.HasPrefix(head, []byte("7z\xBC\xAF\x27\x1C")):
		return Seven
	case bytes.HasPrefix(head, []byte(compoundMagic)):
		return Msg
	case len(head) >= 262 && string(head[257:262]) == "ustar":
		return Tar
	case isMbox(head):
		return Mbox
	case isMail(head):
		return Mail
	}
	return None
}

// Walk calls visit for each file in the archive, in the archive's order. The
// reader is only valid during the call and is nil where Member.Err is set. An
// error of visit ends the walk and is returned. The other errors say that the
// rest of the archive cannot be read.
func Walk(kind Kind, src Source, visit func(Member, io.Reader) error) error {
	switch kind {
	case Zip:
		return walkZip(src, visit)
	case Seven:
		return walkSeven(src, visit)
	case Cab:
		return walkCab(src, visit)
	case Tar:
		return walkTar(src.R, visit)
	case Mail:
		return walkMail(src.R, visit)
	case Msg:
		return walkMsg(src, visit)
	case Mbox:
		return walkMbox(src.R, visit)
	}
	return walkStream(kind, src, visit)
}

// walkStream unpacks a compressed file, which has one member.
func walkStream(kind Kind, src Source, visit func(Member, io.Reader) error) error {
	r, name, err := decompress(kind, src)
	if err != nil {
		return damaged(kind, err)
	}
	if c, ok := r.(io.Closer); ok {
		defer c.Close()
	}
	return visit(Member{Name: name, Size: -1}, r)
}

func decompress(kind Kind, src Source) (io.Reader, string, error) {
	name := strings.TrimSuffix(path.Base(src.Name), path.Ext(src.Name))
	switch kind {
	case Gzip:
		z, err := gzip.NewReader(src.R)
		if err != nil {
			return nil, "", err
		}
		if z.Name != "" {
			name = path.Base(strings.ReplaceAll(z.Name, `\`, "/"))
		}
		return z, name, nil
	case Bzip2:
		return bzip2.NewReader(src.R), name, nil
	case XZ:
		z, err := xz.NewReader(src.R)
		return z, name, err
	case Zstd:
		z, err := zstd.NewReader(src.R, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(128<<20))
		if err != nil {
			return nil, "", err
		}
		return z.IOReadCloser(), name, nil
	}
	return nil, "", fmt.Errorf("no such kind of archive: %q", kind)
}

func walkTar(r io.Reader, visit func(Member, io.Reader) error) error {
	t := tar.NewReader(r)
	for {
		h, err := t.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return damaged(Tar, err)
		}
		if h.Typeflag != tar.TypeReg {
			continue
		}
		if err := visit(Member{Name: h.Name, Size: h.Size}, t); err != nil {
			return err
		}
	}
}

func walkZip(src Source, visit func(Member, io.Reader) error) error {
	at, size, err := randomAccess(src)
	if err != nil {
		return err
	}
	z, err := zip.NewReader(at, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return damaged(Zip, err)
	}
	for _, f := range z.File {
		if f.FileInfo().IsDir() {
			continue
		}
		if err := visitZip(f, visit); err != nil {
			return err
		}
	}
	return nil
}

func visitZip(f *zip.File, visit func(Member, io.Reader) error) error {
	m := Member{Name: strings.ReplaceAll(f.Name, `\`, "/"), Size: int64(f.UncompressedSize64)}
	if f.Flags&1 != 0 {
		m.Err = ErrEncrypted
		return visit(m, nil)
	}
	r, err := f.Open()
	if err != nil {
		m.Err = damaged(Zip, err)
		return visit(m, nil)
	}
	defer r.Close()
	return visit(m, r)
}

func walkSeven(src Source, visit func(Member, io.Reader) error) error {
	at, size, err := randomAccess(src)
	if err != nil {
		return err
	}
	z, err := sevenzip.NewReader(at, size)
	if err != nil {
		return sevenError(err)
	}
	for _, f := range z.File {
		if f.FileInfo().IsDir() {
			continue
		}
		m := Member{Name: strings.ReplaceAll(f.Name, `\`, "/"), Size: int64(f.UncompressedSize)}
		r, err := f.Open()
		if err != nil {
			m.Err = sevenError(err)
			if err := visit(m, nil); err != nil {
				return err
			}
			continue
		}
		err = visit(m, sevenContent{r})
		r.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

// sevenContent reads a member of a 7z archive. That a member is encrypted often
// shows only when it is read.
type sevenContent struct{ r io.Reader }

func (c sevenContent) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	if err == nil || err == io.EOF {
		return n, err
	}
	return n, sevenError(err)
}

// sevenError says "encrypted" where the library's error only hints at it.
func sevenError(err error) error {
	var re *sevenzip.ReadError
	if errors.As(err, &re) && re.Encrypted {
		return ErrEncrypted
	}
	return damaged(Seven, err)
}

func damaged(kind Kind, err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return fmt.Errorf("%s archive is cut: %w", kind, io.ErrUnexpectedEOF)
	}
	return fmt.Errorf("%s archive is damaged: %w", kind, err)
}

// randomAccess gives an archive as a whole, holding a stream in memory.
func randomAccess(src Source) (io.ReaderAt, int64, error) {
	if src.At != nil && src.Size >= 0 {
		return src.At, src.Size, nil
	}
	b, err := io.ReadAll(io.LimitReader(src.R, maxBuffered+1))
	if err != nil {
		return nil, 0, err
	}
	if len(b) > maxBuffered {
		return nil, 0, fmt.Errorf("an archive of more than %d MiB inside another one: unpack it first", maxBuffered>>20)
	}
	return bytes.NewReader(b), int64(len(b)), nil
}
