package serve

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"kbdiag/parsers"
)

// fail answers with what went wrong, in words.
func fail(w http.ResponseWriter, status int, why string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	writeJSON(w, map[string]string{"error": why})
}

// send answers with a value.
func send(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	writeJSON(w, v)
}

// writeJSON writes one line. Who does not read it is gone; nothing is to be
// done about that.
func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	return enc.Encode(v)
}

// maxAsked bounds the body of a request that carries no files: a rule file is
// at most 256 KiB, as JSON twice that.
const maxAsked = 1 << 20

// read reads the JSON of a request into v, and answers itself where it is none.
func read(w http.ResponseWriter, r *http.Request, v any) bool {
	dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxAsked))
	dec.DisallowUnknownFields()
	err := dec.Decode(v)
	var large *http.MaxBytesError
	switch {
	case err == nil:
		return true
	case errors.As(err, &large):
		fail(w, http.StatusRequestEntityTooLarge, "the request is too long")
	default:
		fail(w, http.StatusBadRequest, "the request cannot be read")
	}
	return false
}

// idOf gives the number of a run in a path.
func idOf(r *http.Request) int64 {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return 0
	}
	return id
}

// stream answers with one line of JSON after another, while work goes on.
type stream struct {
	w    http.ResponseWriter
	rc   *http.ResponseController
	idle time.Duration
	mu   sync.Mutex
}

// newStream begins an answer. The request has been read.
func (s *Server) newStream(w http.ResponseWriter) *stream {
	x := &stream{w: w, rc: http.NewResponseController(w), idle: s.opts.Limits.Idle}
	//nolint:errcheck // a connection without deadlines needs none lifted
	x.rc.SetReadDeadline(time.Time{}) // its end tells that the browser has gone
	w.Header().Set("Content-Type", "application/x-ndjson")
	return x
}

func (x *stream) send(v any) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.rc.SetWriteDeadline(time.Now().Add(x.idle))
	writeJSON(x.w, v)
	x.rc.Flush()
}

// fail ends a stream with what went wrong.
func (x *stream) fail(why string) { x.send(map[string]string{"error": why}) }

// progress is how far reading is.
type progress struct {
	Step    string `json:"step"` // "waiting", "reading"
	Files   int64  `json:"files"`
	Of      int64  `json:"of_files"`
	Bytes   int64  `json:"bytes"`
	OfBytes int64  `json:"of_bytes"`
	Records int64  `json:"records"`
}

// every is how often progress is told.
const every = 200 * time.Millisecond

// watch tells of progress until the function that it gives is called.
func (x *stream) watch(p *parsers.Progress, of progress) (stop func()) {
	now := func() progress {
		of.Step, of.Files, of.Bytes, of.Records = "reading", p.Files.Load(), p.Bytes.Load(), p.Records.Load()
		return of
	}
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			x.send(now())
			select {
			case <-done:
				x.send(now())
				return
			case <-tick.C:
			}
		}
	}()
	return sync.OnceFunc(func() { close(done); <-ended })
}
