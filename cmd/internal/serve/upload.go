package serve

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"path"
	"strings"
	"time"
)

// refusal is a reason for not taking files, with the status that tells it.
type refusal struct {
	status int
	why    string
}

func (r *refusal) Error() string { return r.why }

func refuse(status int, format string, args ...any) error {
	return &refusal{status, fmt.Sprintf(format, args...)}
}

// taken is what was received.
type taken struct {
	stated Stated
	files  int
	bytes  int64
	first  string // name of the first file
}

// receive reads the files of a request into a folder, as they come. Nothing is
// held in memory.
func (s *Server) receive(w http.ResponseWriter, r *http.Request, dir string) (*taken, error) {
	select {
	case s.taking <- struct{}{}:
		defer func() { <-s.taking }()
	default:
		return nil, refuse(http.StatusTooManyRequests, "other files are being received: try again when they are there")
	}
	l := s.opts.Limits
	if r.ContentLength > l.Bytes+overhead {
		return nil, tooLarge(l.Bytes)
	}
	ctx, cancel := context.WithTimeout(r.Context(), l.Upload)
	defer cancel()
	body := &steadyBody{
		r: http.MaxBytesReader(w, r.Body, l.Bytes+overhead), ctx: ctx, idle: l.Idle, rc: http.NewResponseController(w),
	}
	r.Body = body
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, refuse(http.StatusBadRequest, "the request carries no files")
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	x := &receiver{root: root, limits: l}
	for {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = x.part(part)
		}
		if err != nil {
			return nil, x.plain(ctx, err)
		}
	}
	if x.files == 0 {
		return nil, refuse(http.StatusBadRequest, "there are no files in it")
	}
	return &x.taken, nil
}

// overhead is what the form of a request may add to its files.
const overhead = 16 << 20

func tooLarge(limit int64) error {
	return refuse(http.StatusRequestEntityTooLarge, "more than %d MB: use kbdiag diagnose on the command line, or --max-upload", limit>>20)
}

// steadyBody is a request's body that must go on coming.
type steadyBody struct {
	r    io.ReadCloser
	ctx  context.Context
	rc   *http.ResponseController
	idle time.Duration
	set  time.Time // when the deadline was last moved
}

func (b *steadyBody) Read(p []byte) (int, error) {
	if err := b.ctx.Err(); err != nil {
		return 0, err
	}
	if now := time.Now(); now.Sub(b.set) > b.idle/8 {
		b.set = now
		if err := b.rc.SetReadDeadline(now.Add(b.idle)); err != nil {
			return 0, err
		}
	}
	return b.r.Read(p)
}

func (b *steadyBody) Close() error { return b.r.Close() }

// receiver writes the parts of one request.
type receiver struct {
	taken
	root   *os.Root
	limits Limits
}

// maxStated bounds a text that a person states.
const maxStated = 200

// part takes one part: a file, or what is stated about the ticket.
func (x *receiver) part(p *multipart.Part) error {
	_, params, err := mime.ParseMediaType(p.Header.Get("Content-Disposition"))
	if err != nil {
		return refuse(http.StatusBadRequest, "the request cannot be read")
	}
	name, isFile := params["filename"] // with its folders, which Part.FileName takes away
	if isFile {
		return x.file(name, p)
	}
	raw, err := io.ReadAll(io.LimitReader(p, maxStated+1))
	if err != nil {
		return err
	}
	text := strings.TrimSpace(strings.ToValidUTF8(string(raw), ""))
	if len(raw) > maxStated {
		return refuse(http.StatusBadRequest, "%s is longer than %d bytes", params["name"], maxStated)
	}
	switch params["name"] {
	case "ticket":
		x.stated.Ticket = text
	case "product":
		x.stated.Product = text
	case "at":
		x.stated.At = text
	default:
		return refuse(http.StatusBadRequest, "the request has a part that is not known")
	}
	return nil
}

// file writes one file under a harmless name.
func (x *receiver) file(given string, content io.Reader) error {
	name, err := safeName(given)
	if err != nil {
		return refuse(http.StatusBadRequest, "%v", err)
	}
	if x.files++; x.files > x.limits.Files {
		return refuse(http.StatusRequestEntityTooLarge, "more than %d files: pack them into an archive", x.limits.Files)
	}
	if dir := path.Dir(name); dir != "." {
		if err := x.root.MkdirAll(dir, 0o700); err != nil {
			return refuse(http.StatusBadRequest, "a file and a folder have the same name")
		}
	}
	f, name, err := x.create(name)
	if err != nil {
		return err
	}
	if x.first == "" {
		x.first = name
	}
	n, err := io.Copy(f, io.LimitReader(content, x.limits.Bytes-x.bytes+1))
	if closed := f.Close(); err == nil {
		err = closed
	}
	if x.bytes += n; err == nil && x.bytes > x.limits.Bytes {
		err = tooLarge(x.limits.Bytes)
	}
	return err
}

// create makes a new file. Where there is one of that name, it is given
// another.
func (x *receiver) create(name string) (*os.File, string, error) {
	ext := path.Ext(name)
	stem := strings.TrimSuffix(name, ext)
	for n := 2; ; n++ {
		f, err := x.root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if !errors.Is(err, fs.ErrExist) || n > 1000 {
			return f, name, err
		}
		name = fmt.Sprintf("%s-%d%s", stem, n, ext)
	}
}

// plain says why files could not be received.
func (x *receiver) plain(ctx context.Context, err error) error {
	var large *http.MaxBytesError
	var r *refusal
	switch {
	case errors.As(err, &r):
		return err
	case errors.As(err, &large):
		return tooLarge(x.limits.Bytes)
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return refuse(http.StatusRequestTimeout, "giving the files took longer than %s", x.limits.Upload)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return refuse(http.StatusRequestTimeout, "nothing came for %s", x.limits.Idle)
	}
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return refuse(http.StatusInsufficientStorage, "the files cannot be written: %v", pe.Err)
	}
	return refuse(http.StatusBadRequest, "the files did not come whole")
}
