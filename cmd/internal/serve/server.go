// Package serve is the page of kbdiag serve: a small web server on loopback
// for one person. Files are given to it, it diagnoses them, shows the report,
// says why a rule does not apply, tries a changed rule and compares runs.
//
// Nothing is kept of what is given to it but the report: the files lie in a
// private folder that is gone when the server ends.
package serve

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"time"

	"golang.org/x/net/netutil"

	"kbdiag/cmd/internal/history"
	"kbdiag/engine"
	"kbdiag/parsers"
	"kbdiag/rules"
)

// Options is what a server needs. All of it is used by one server only.
type Options struct {
	Version string
	Base    *rules.Base
	Set     *engine.Set // of Base
	Compile func([]*rules.Rule) *engine.Set
	Past    *history.Store // closed by who opened it
	Keeps   string         // where Past is on disk, "" where it is not
	Reader  func() *parsers.Reader
	Engine  func(Stated) (engine.Options, error)
	Limits  Limits
	TempDir string // "" for the system's
}

// Stated is what a person states about a ticket. All may be empty.
type Stated struct {
	Ticket  string
	Product string
	At      string // time of the trouble
}

// Limits bounds what the server takes on.
type Limits struct {
	Bytes   int64         // of one ticket, and of all whose files are kept
	Files   int           // of one ticket
	Upload  time.Duration // that giving it may take in all
	Idle    time.Duration // that a connection may be silent for
	Analyse time.Duration // that reading and ranking may take
	Header  time.Duration // that the head of a request may take
}

// DefaultLimits is what people need, and no more than a computer can bear.
func DefaultLimits() Limits {
	return Limits{
		Bytes: 2 << 30, Files: 20_000,
		Upload: 30 * time.Minute, Idle: 30 * time.Second, Analyse: 30 * time.Minute, Header: 10 * time.Second,
	}
}

// connections bounds the open connections; a browser makes six.
const connections = 64

// Server is one page, from New to Close.
type Server struct {
	opts    Options
	token   string // 128 random bits in hexadecimal
	host    string // the only address that requests may be for
	dir     string // private, of the files that were given
	index   *rules.Index
	find    []listedRule // the rules, as they are searched
	tickets tickets
	busy    chan struct{} // holds one while an analysis runs
	taking  chan struct{} // holds one for each ticket that is being received
	in      net.Listener
}

// New makes a server that listens on a loopback address and port, 0 for any.
func New(opts Options, address string, port int) (*Server, error) {
	ip := net.ParseIP(address)
	if ip == nil || !ip.IsLoopback() {
		return nil, fmt.Errorf("%s is no loopback address: expected 127.0.0.1 or ::1", address)
	}
	in, err := net.Listen("tcp", net.JoinHostPort(address, fmt.Sprint(port)))
	if err != nil {
		return nil, plainListen(err)
	}
	dir, err := os.MkdirTemp(opts.TempDir, "kbdiag-serve-") // 0700
	if err != nil {
		in.Close()
		return nil, err
	}
	s := &Server{
		opts: opts, token: randomToken(), host: in.Addr().String(), dir: dir,
		index: opts.Base.Index(), find: listRules(opts.Base), in: in,
		busy: make(chan struct{}, 1), taking: make(chan struct{}, 2),
	}
	return s, nil
}

// plainListen says what keeps a port from being used, without the call.
func plainListen(err error) error {
	var op *net.OpError
	if errors.As(err, &op) && op.Addr != nil {
		return fmt.Errorf("%s cannot be used: %w", op.Addr, op.Err)
	}
	return err
}

func randomToken() string {
	raw := make([]byte, 16)
	rand.Read(raw) // never fails
	return hex.EncodeToString(raw)
}

// URL is the address to open, with the token.
func (s *Server) URL() string { return "http://" + s.host + "/?token=" + s.token }

// Serve answers until ctx ends. What runs then is ended, and the files that
// were given are removed.
func (s *Server) Serve(ctx context.Context) error {
	work, cancel := context.WithCancel(ctx)
	defer cancel()
	h := &http.Server{
		Handler:           s.guard(s.routes()),
		BaseContext:       func(net.Listener) context.Context { return work },
		ReadHeaderTimeout: s.opts.Limits.Header,
		ReadTimeout:       s.opts.Limits.Idle,
		WriteTimeout:      2 * s.opts.Limits.Idle,
		IdleTimeout:       4 * s.opts.Limits.Idle,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          log.New(io.Discard, "", 0),
	}
	ended := make(chan error, 1)
	go func() { ended <- h.Serve(netutil.LimitListener(s.in, connections)) }()
	var err error
	select {
	case err = <-ended:
	case <-ctx.Done():
		grace, stop := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
		defer stop()
		if h.Shutdown(grace) != nil {
			h.Close()
		}
	}
	cancel() // ends what a lost listener leaves running
	s.tickets.wait()
	if gone := os.RemoveAll(s.dir); err == nil || errors.Is(err, http.ErrServerClosed) {
		err = gone
	}
	return err
}

// Close gives back what New took, where Serve is not called.
func (s *Server) Close() error {
	return errors.Join(s.in.Close(), os.RemoveAll(s.dir))
}

// routes lists all that the server answers.
func (s *Server) routes() http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("GET /{$}", s.page)
	m.HandleFunc("GET /page/{name}", s.asset)
	m.HandleFunc("GET /api/state", s.state)
	m.HandleFunc("POST /api/tickets", s.take)
	m.HandleFunc("GET /api/runs", s.list)
	m.HandleFunc("GET /api/runs/{id}", s.run)
	m.HandleFunc("DELETE /api/runs/{id}", s.forget)
	m.HandleFunc("POST /api/runs/{id}/why", s.why)
	m.HandleFunc("POST /api/runs/{id}/try", s.try)
	m.HandleFunc("GET /runs/{id}/report", s.report)
	m.HandleFunc("GET /runs/{id}/tried", s.tried)
	m.HandleFunc("GET /runs/{id}/save/{format}", s.save)
	m.HandleFunc("GET /api/rules", s.searchRules)
	m.HandleFunc("GET /api/rules/{id}", s.rule)
	m.HandleFunc("POST /api/lint", s.lint)
	m.HandleFunc("GET /api/compare", s.compare)
	return m
}
