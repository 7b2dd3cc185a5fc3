package parsers

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"kbdiag/parsers/archive"
)

// Reader opens the inputs of a ticket, tells their forms and reads them.
type Reader struct {
	Forms   Forms
	Opts    Options
	Stdin   io.Reader // for the path "-"
	Secrets *Secrets  // may be nil

	Progress *Progress // may be nil

	Unhashed bool // nobody asks for the hashes of the inputs

	learning bool // reads for secrets alone
}

// StdinName is the path that stands for standard input.
const StdinName = "-"

// Files lists the inputs under paths: files as they are, folders with all
// files below them. The list is sorted and free of repeats, so the order in
// which paths were given does not matter. A path that cannot be opened is in
// the list too; reading it gives the error.
func (r *Reader) Files(paths []string) []string {
	seen := map[string]bool{}
	for _, p := range paths {
		if p == StdinName {
			seen[p] = true
			continue
		}
		info, err := os.Stat(p)
		if err != nil || !info.IsDir() {
			seen[filepath.ToSlash(filepath.Clean(p))] = true
			continue
		}
		//nolint:errcheck // the walk function never returns an error
		filepath.WalkDir(p, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				seen[filepath.ToSlash(path)] = true // reading it says why
				return nil
			}
			if d.IsDir() && isDropping(d.Name()) {
				return fs.SkipDir
			}
			if !d.IsDir() && !isDropping(d.Name()) {
				seen[filepath.ToSlash(path)] = true
			}
			return nil
		})
	}
	files := make([]string, 0, len(seen))
	for f := range seen {
		files = append(files, f)
	}
	sort.Strings(files)
	return files
}

// isDropping tells what operating systems and version control leave in folders
// by themselves, which is no part of any ticket.
func isDropping(name string) bool {
	switch name {
	case ".DS_Store", "Thumbs.db", "desktop.ini", "__MACOSX", ".git", ".svn", "$RECYCLE.BIN", "System Volume Information":
		return true
	}
	return strings.HasPrefix(name, "._")
}

// Read reads one path, tells visit of its records and gives its account, and
// those of its members after it where it is an archive. What goes wrong is in
// the accounts; the other inputs are not concerned.
func (r *Reader) Read(path string, visit Visitor) []*Account {
	return r.ReadContext(context.Background(), path, visit)
}

// ReadContext is Read that ends early, with ErrStopped in the accounts, when
// ctx does.
func (r *Reader) ReadContext(ctx context.Context, path string, visit Visitor) []*Account {
	in, closer, err := r.open(ctx, path)
	if err != nil {
		return []*Account{{Path: path, Err: plainError(path, err)}}
	}
	defer closer.Close()
	if r.Progress != nil {
		visit = r.Progress.visitor(visit)
		defer r.Progress.Files.Add(1)
	}
	return r.readAny(in, visit, &budget{left: MaxUnpacked, packed: in.Size}, 0)
}

// Learn reads one path for its secrets alone. Forms that cannot show any are
// left out.
func (r *Reader) Learn(path string) {
	learner := *r
	learner.learning, learner.Progress = true, nil
	learner.Read(path, Visitor{Want: func(*Event) bool { return false }})
}

// readAny reads an input that may be an archive.
func (r *Reader) readAny(in *Input, visit Visitor, b *budget, depth int) []*Account {
	if r.Unhashed || r.learning {
		in.read.h = nil
	}
	acct := &Account{Path: in.Path}
	if kind := archive.Detect(in.Head.Raw); kind != archive.None {
		return r.readArchive(kind, in, acct, visit, b, depth)
	}
	r.read(in, acct, visit)
	return []*Account{acct}
}

func (r *Reader) open(ctx context.Context, path string) (*Input, io.Closer, error) {
	if path == StdinName {
		src := r.Stdin
		if ctx.Done() != nil {
			src = newPumped(ctx, src)
		}
		in, err := NewInput(path, progressReader{src, r.Progress}, nil, -1, r.Opts)
		return in, io.NopCloser(nil), err
	}
	info, err := os.Stat(filepath.FromSlash(path))
	if err != nil {
		return nil, nil, err
	}
	if info.IsDir() {
		return nil, nil, errors.New("a link to a folder is not followed: give the folder itself")
	}
	if !info.Mode().IsRegular() {
		return nil, nil, errors.New("not a regular file: expected an exported log, a transcript or a folder")
	}
	f, err := os.Open(filepath.FromSlash(path))
	if err != nil {
		return nil, nil, err
	}
	src := stoppable{ctx, f, f}
	in, err := NewInput(path, progressReader{src, r.Progress}, src, info.Size(), r.Opts)
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return in, f, nil
}

// Section gives length bytes of an input from offset on, to read evidence
// again. Standard input cannot be read again.
func (r *Reader) Section(path string, offset, length int64) (io.ReadCloser, error) {
	if path == StdinName {
		return nil, errors.New("standard input cannot be read again")
	}
	f, err := os.Open(filepath.FromSlash(path))
	if err != nil {
		return r.sectionOfMember(path, offset, length, err)
	}
	return struct {
		io.Reader
		io.Closer
	}{io.NewSectionReader(f, offset, length), f}, nil
}

// NewInput opens an input whose content comes from src. at and size may be nil
// and -1 where there is no random access.
func NewInput(path string, src io.Reader, at io.ReaderAt, size int64, opts Options) (*Input, error) {
	head := make([]byte, HeadSize+1)
	n, err := io.ReadFull(src, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return nil, err
	}
	head = head[:n]
	shown := head[:min(n, HeadSize)]
	return &Input{
		Path: path,
		Size: size,
		Head: NewHead(shown, n <= HeadSize),
		Opts: opts,
		r:    io.MultiReader(bytes.NewReader(head), src),
		at:   at,
		read: countingHash{h: sha256.New()},
	}, nil
}

func (r *Reader) read(in *Input, acct *Account, visit Visitor) {
	acct.Encoding = in.Head.Encoding
	out := NewOut(acct, visit, r.Secrets)
	out.learns = r.learning
	format, ok := r.detect(in.Head)
	if r.learning && (!ok || format.EventsOnly) {
		return
	}
	switch {
	case len(in.Head.Raw) == 0:
		acct.Err = fmt.Errorf("%s: empty file: export the log again", in.Path)
	case ok:
		acct.Format = format.Name
		acct.Err = format.parse(in, out)
	default:
		acct.Err = fmt.Errorf("%s: %s: expected an exported event log or a transcript", in.Path, describeBinary(in.Head.Raw))
	}
	stopped := false
	if err := in.drain(); err != nil && (acct.Err == nil || errors.Is(err, errBomb) || errors.Is(err, ErrStopped)) {
		acct.Err = plainError(in.Path, err)
		stopped = errors.Is(err, ErrStopped)
	}
	acct.Bytes = in.read.n
	if !stopped {
		acct.SHA256 = in.read.sum()
	}
	in.accountForCuts(out)
}

// accountForCuts says what of the text could not be read whole.
func (in *Input) accountForCuts(out *Out) {
	if in.lines == nil {
		return
	}
	if n, pos := in.lines.CutLines(); n > 0 {
		out.Skip("rest of a line longer than 1 MiB", n, pos)
	}
	if in.lines.wide != narrow && in.read.n%2 != 0 {
		out.Skip("half a UTF-16 character at the end: the file is cut", 1, Pos{Line: in.lines.no, Offset: in.read.n - 1, Length: 1})
	}
}

// parse runs the format's parser and turns a panic into an error of this one
// input: a defect in one parser must not cost the rest of the ticket. The
// panic's value is left out, for it may hold a secret.
func (f Format) parse(in *Input, out *Out) (err error) {
	defer func() {
		if recover() != nil {
			err = fmt.Errorf("%s: reading as %s failed: defect in kbdiag, please report the form of this file", in.Path, f.Name)
		}
	}()
	return f.Parse(in, out)
}

// detect gives the most likely form. Text that is of no form of its own is
// free text.
func (r *Reader) detect(h *Head) (Format, bool) {
	best, score := Format{}, 0
	for _, f := range r.Forms.Formats {
		if s := f.Detect(h); s > score {
			best, score = f, s
		}
	}
	if score > 0 {
		if best.Parse == nil {
			best.Parse = freeText(&r.Forms).Parse
		}
		return best, true
	}
	if h.Encoding == encBinary || len(h.Raw) == 0 || isKnownBinary(h.Raw) {
		return Format{}, false
	}
	return freeText(&r.Forms), true
}

// drain reads what the parser left, so that size and hash are of the whole.
func (in *Input) drain() error {
	_, err := io.Copy(io.Discard, in.Bytes())
	return err
}

// countingHash counts and hashes what is read.
type countingHash struct {
	h hash.Hash // nil where nobody asks for it
	n int64
}

func (c *countingHash) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	if c.h == nil {
		return len(p), nil
	}
	return c.h.Write(p)
}

// sum is the hash of all that was read, "" if it was not hashed.
func (c *countingHash) sum() string {
	if c.h == nil {
		return ""
	}
	return hex.EncodeToString(c.h.Sum(nil))
}

// plainError says what went wrong with a path, once.
func plainError(path string, err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return fmt.Errorf("%s: %w", path, pe.Err)
	}
	return fmt.Errorf("%s: %w", path, err)
}

// describeBinary names what a binary input is, from its first bytes.
func describeBinary(b []byte) string {
	for _, m := range magics {
		if bytes.HasPrefix(b, []byte(m.magic)) {
			return m.what
		}
	}
	return "binary data of no known form"
}

// isKnownBinary tells files that are no text by their first bytes, however much
// the rest looks like text. Two letters alone are too common to tell.
func isKnownBinary(b []byte) bool {
	for _, m := range magics {
		if len(m.magic) > 2 && bytes.HasPrefix(b, []byte(m.magic)) {
			return true
		}
	}
	return false
}

var magics = []struct{ magic, what string }{
	{"\x89PNG", "a picture (PNG)"},
	{"\xFF\xD8\xFF", "a picture (JPEG)"},
	{"GIF8", "a picture (GIF)"},
	{"BM", "a picture (BMP)"},
	{"%PDF", "a PDF document"},
	{"ElfFile\x00", "a binary event log (.evtx); export it as text or XML"},
	{"\x30\x00\x00\x00LfLe", "a binary event log (.evt); save it as text"},
	{"MZ", "a Windows program"},
	{"\xD0\xCF\x11\xE0", "an Office or Outlook document"},
	{"SQLite format 3", "an SQLite database"},
}
