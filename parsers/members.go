package parsers

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"kbdiag/parsers/archive"
)

// Bounds of what an archive may hold.
const (
	MaxUnpacked = 64 << 30 // bytes, of all members of one path together
	maxDepth    = 8        // archives inside archives
	maxMembers  = 100_000
	// An archive that unpacks to more than maxRatio times its size is a bomb,
	// once it has given ratioFrom bytes. Exported logs reach 20 to 50 times, deflate
	// at most 1032 times.
	maxRatio  = 250
	ratioFrom = 256 << 20
)

// errBomb ends the reading of an archive that unpacks to too much.
var errBomb = errors.New("unpacks to far more than a log would: not read any further")

// budget is what the members of one path may still unpack to.
type budget struct {
	left    int64
	packed  int64 // size of the outermost archive, -1 if unknown
	given   int64
	members int
}

func (b *budget) take(n int64) error {
	b.left -= n
	b.given += n
	if b.left < 0 || b.packed > 0 && b.given > ratioFrom && b.given/maxRatio > b.packed {
		return errBomb
	}
	return nil
}

// budgeted counts what is read against the budget.
type budgeted struct {
	r io.Reader
	b *budget
}

func (x budgeted) Read(p []byte) (int, error) {
	n, err := x.r.Read(p)
	if over := x.b.take(int64(n)); over != nil {
		return n, over
	}
	return n, err
}

// memberSeparator stands between the path of an archive and the name of a
// member.
const memberSeparator = "!"

// readArchive reads the members of an archive.
func (r *Reader) readArchive(kind archive.Kind, in *Input, acct *Account, visit Visitor, b *budget, depth int) []*Account {
	acct.Format = string(kind)
	all := []*Account{acct}
	if depth >= maxDepth {
		acct.Err = fmt.Errorf("%s: archives inside archives, more than %d deep: unpack it first", in.Path, maxDepth)
	} else {
		src := archive.Source{Name: in.Path, R: in.Bytes(), At: in.at, Size: in.Size}
		err := archive.Walk(kind, src, func(m archive.Member, content io.Reader) error {
			accounts, err := r.readMember(in, m, content, visit, b, depth)
			all = append(all, accounts...)
			return err
		})
		if err != nil {
			acct.Err = fmt.Errorf("%s: %w", in.Path, err)
		}
	}
	if err := in.drain(); err != nil && acct.Err == nil {
		acct.Err = plainError(in.Path, err)
	}
	acct.Bytes, acct.SHA256 = in.read.n, in.read.sum()
	return all
}

// readMember reads one member. Its error ends the whole archive.
func (r *Reader) readMember(in *Input, m archive.Member, content io.Reader, visit Visitor, b *budget, depth int) ([]*Account, error) {
	name := memberPath(in.Path, m.Name)
	b.members++
	if b.members > maxMembers {
		return nil, fmt.Errorf("more than %d members: not read any further", maxMembers)
	}
	failed := func(err error) []*Account {
		return []*Account{{Path: name, Err: fmt.Errorf("%s: %w", name, err)}}
	}
	if m.Err == nil && leadsOut(m.Name) {
		m.Err = fmt.Errorf("its name leads out of the archive (%q): not read", m.Name)
	}
	if m.Err != nil {
		return failed(m.Err), nil
	}
	member, err := NewInput(name, budgeted{content, b}, nil, -1, r.Opts)
	if errors.Is(err, errBomb) {
		return failed(err), err
	}
	if err != nil {
		return failed(err), nil
	}
	accounts := r.readAny(member, visit, b, depth+1)
	for _, a := range accounts {
		if errors.Is(a.Err, errBomb) {
			return accounts, errBomb
		}
	}
	return accounts, nil
}

// leadsOut reports whether unpacking a member of this name would write outside
// of the folder that it is unpacked to. Packing programs write no such names.
func leadsOut(name string) bool {
	depth := 0
	for _, part := range strings.Split(strings.ReplaceAll(name, `\`, "/"), "/") {
		switch part {
		case "", ".":
		case "..":
			if depth--; depth < 0 {
				return true
			}
		default:
			depth++
		}
	}
	return false
}

// memberPath names a member for people: no way out of the archive, no control
// characters.
func memberPath(outer, name string) string {
	name = strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7F {
			return '_'
		}
		return c
	}, strings.ReplaceAll(name, `\`, "/"))
	return outer + memberSeparator + strings.TrimPrefix(path.Clean("/"+name), "/")
}

// maxSection bounds what is read of a member to find evidence again.
const maxSection = 64 << 20

// errFound ends a walk when its aim is reached.
var errFound = errors.New("found")

// sectionOfMember gives a section of a member of an archive. notFound is the
// error where the path names none.
func (r *Reader) sectionOfMember(name string, offset, length int64, notFound error) (io.ReadCloser, error) {
	outer := outermost(name)
	if outer == "" || length > maxSection {
		return nil, notFound
	}
	f, err := os.Open(filepath.FromSlash(outer))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	in, err := NewInput(outer, f, f, info.Size(), r.Opts)
	if err != nil {
		return nil, err
	}
	var section []byte
	err = findMember(in, name, func(content io.Reader) error {
		if _, err := io.CopyN(io.Discard, content, offset); err != nil {
			return err
		}
		section = make([]byte, length)
		_, err := io.ReadFull(content, section)
		return err
	})
	if !errors.Is(err, errFound) {
		return nil, notFound
	}
	return io.NopCloser(bytes.NewReader(section)), nil
}

// outermost gives the part of a member's path that is a file on disk.
func outermost(name string) string {
	for i := strings.Index(name, memberSeparator); i >= 0; {
		if info, err := os.Stat(filepath.FromSlash(name[:i])); err == nil && info.Mode().IsRegular() {
			return name[:i]
		}
		j := strings.Index(name[i+1:], memberSeparator)
		if j < 0 {
			return ""
		}
		i += 1 + j
	}
	return ""
}

// findMember walks an archive to the member of the given path and gives its
// content to use. It ends with errFound when that went well.
func findMember(in *Input, name string, use func(io.Reader) error) error {
	kind := archive.Detect(in.Head.Raw)
	src := archive.Source{Name: in.Path, R: in.Bytes(), At: in.at, Size: in.Size}
	return archive.Walk(kind, src, func(m archive.Member, content io.Reader) error {
		at := memberPath(in.Path, m.Name)
		if m.Err != nil || at != name && !strings.HasPrefix(name, at+memberSeparator) {
			return nil
		}
		if at == name {
			if err := use(content); err != nil {
				return err
			}
			return errFound
		}
		inner, err := NewInput(at, content, nil, -1, in.Opts)
		if err != nil {
			return err
		}
		return findMember(inner, name, use)
	})
}
