package serve

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"kbdiag/engine"
	"kbdiag/parsers"
)

// take receives the files of a ticket, diagnoses them and keeps the report. It
// answers with progress, and then with the number of the run. When the browser
// goes away before, all of it is ended and removed.
func (s *Server) take(w http.ResponseWriter, r *http.Request) {
	s.tickets.work.Add(1)
	defer s.tickets.work.Done()
	dir, err := os.MkdirTemp(s.dir, "ticket-")
	if err != nil {
		fail(w, http.StatusInsufficientStorage, "the files cannot be written")
		return
	}
	keep := false
	defer func() {
		if !keep {
			os.RemoveAll(dir)
		}
	}()
	given, err := s.receive(w, r, dir)
	if err != nil {
		w.Header().Set("Connection", "close") // the rest is not read
		var x *refusal
		if !errors.As(err, &x) {
			x = &refusal{http.StatusInternalServerError, "the files cannot be written"}
		}
		fail(w, x.status, x.why)
		return
	}
	given.stated.Ticket = ticketName(given)
	opts, err := s.opts.Engine(given.stated)
	if err != nil {
		fail(w, http.StatusBadRequest, err.Error())
		return
	}
	keep = s.first(w, r, &ticket{dir: dir, bytes: given.bytes, files: given.files, opts: opts})
}

// first diagnoses a ticket that was just received, and tells whether its files
// are to be kept.
func (s *Server) first(w http.ResponseWriter, r *http.Request, t *ticket) bool {
	out := s.newStream(w)
	rep, err := s.diagnose(r.Context(), out, t, s.opts.Set)
	if err != nil {
		out.fail(err.Error())
		return false
	}
	if t.run, err = s.opts.Past.Add(rep, time.Now()); err != nil {
		out.fail("the report cannot be kept: " + err.Error())
		return false
	}
	s.tickets.add(t, s.opts.Limits.Bytes)
	out.send(map[string]any{"done": map[string]int64{"run": t.run}})
	return true
}

// ticketName is what a person calls the ticket, else the folder or the first
// file that was given.
func ticketName(x *taken) string {
	if x.stated.Ticket != "" {
		return x.stated.Ticket
	}
	if folder, _, ok := strings.Cut(x.first, "/"); ok {
		return folder
	}
	return strings.TrimSuffix(x.first, path.Ext(x.first))
}

var (
	errGone    = errors.New("ended: the browser went away")
	errTooLong = errors.New("reading takes too long: use kbdiag diagnose on the command line")
	errNothing = errors.New("nothing could be analysed: none of the files is a log, a session or a text")
)

// turn waits until no other analysis runs, for each uses all processors.
func (s *Server) turn(ctx context.Context, out *stream) (done func(), err error) {
	for {
		select {
		case s.busy <- struct{}{}:
			return func() { <-s.busy }, nil
		case <-ctx.Done():
			return nil, errGone
		case <-time.After(every):
			out.send(progress{Step: "waiting"})
		}
	}
}

// reading prepares the reading of a ticket's files, and tells of its progress
// until it is stopped.
func (s *Server) reading(out *stream, t *ticket) (rd *parsers.Reader, stop func()) {
	rd = s.opts.Reader()
	rd.Progress = &parsers.Progress{}
	return rd, out.watch(rd.Progress, progress{Of: int64(t.files), OfBytes: t.bytes})
}

// diagnose reads a ticket with a set of rules.
func (s *Server) diagnose(ctx context.Context, out *stream, t *ticket, set *engine.Set) (*engine.Report, error) {
	done, err := s.turn(ctx, out)
	if err != nil {
		return nil, err
	}
	defer done()
	ctx, cancel := context.WithTimeout(ctx, s.opts.Limits.Analyse)
	defer cancel()
	rd, stop := s.reading(out, t)
	rep := engine.Diagnose(ctx, set, rd, []string{t.dir}, t.opts)
	stop()
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return nil, errTooLong
	case ctx.Err() != nil:
		return nil, errGone
	}
	records := 0
	for i := range rep.Inputs {
		records += rep.Inputs[i].Records
	}
	rep, err = renamed(t, rep)
	if err == nil && records == 0 {
		err = nothingIn(rep)
	}
	return rep, err
}

// nothingIn says why a ticket gave nothing.
func nothingIn(rep *engine.Report) error {
	for i := range rep.Inputs {
		if why := rep.Inputs[i].Error; why != "" {
			return errors.New("nothing could be analysed: " + why)
		}
	}
	return errNothing
}

// renamed gives a value without the server's folder in what names files.
func renamed[T any](t *ticket, v *T) (*T, error) {
	text, err := plainJSON(v)
	if err != nil {
		return nil, err
	}
	prefix, err := plainJSON(filepath.ToSlash(t.dir) + "/")
	if err != nil {
		return nil, err
	}
	text = bytes.ReplaceAll(text, prefix[1:len(prefix)-1], nil) // without its quotes
	clean := new(T)
	return clean, json.Unmarshal(text, clean)
}

// plainJSON writes a value as JSON that escapes no more than it must.
func plainJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSpace(b.Bytes()), err
}

// asked is what is asked about a run.
type asked struct {
	Rule string `json:"rule"`
	Text string `json:"text"` // of the changed rule file, where one is tried
}

// again gives the ticket that a request asks about, and what it asks; it
// answers itself where that cannot be.
func (s *Server) again(w http.ResponseWriter, r *http.Request) (t *ticket, a asked, done func()) {
	if !read(w, r, &a) {
		return nil, a, nil
	}
	t, done = s.tickets.use(idOf(r))
	if t == nil {
		fail(w, http.StatusGone, "the files of this run are not here any more: give them again")
	}
	return t, a, done
}

// why says why a rule does or does not apply to a ticket.
func (s *Server) why(w http.ResponseWriter, r *http.Request) {
	s.tickets.work.Add(1)
	defer s.tickets.work.Done()
	t, a, done := s.again(w, r)
	if t == nil {
		return
	}
	defer done()
	out := s.newStream(w)
	free, err := s.turn(r.Context(), out)
	if err != nil {
		return
	}
	defer free()
	ctx, cancel := context.WithTimeout(r.Context(), s.opts.Limits.Analyse)
	defer cancel()
	rd, stop := s.reading(out, t)
	x, err := engine.Explain(ctx, s.opts.Set, rd, []string{t.dir}, a.Rule, t.opts)
	stop()
	if err == nil {
		x, err = renamed(t, x)
	}
	if err != nil {
		out.fail(err.Error())
		return
	}
	out.send(map[string]any{"done": x})
}
