// Command kbdiag reads exported event logs and captured sessions and tells
// which knowledge-base article they speak for.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// Version of the program, as reports give it.
const version = "0.1.0"

// Exit statuses.
const (
	exitOK      = 0
	exitFailed  = 1 // nothing could be analysed, or the command failed
	exitUsage   = 2
	exitPartial = 3 // ran, but part of the input could not be read
	exitFailOn  = 4 // a diagnosis reaches the level of --fail-on
)

// exitError ends the program with a status. err may be nil where all is said.
type exitError struct {
	status int
	err    error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

func main() { os.Exit(run()) }

func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // the second one ends the program whatever it does
	app := &app{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr}
	return app.status(app.root().ExecuteContext(ctx))
}

// status prints an error and gives its exit status. What cobra finds wrong
// with the command line is a usage error.
func (a *app) status(err error) int {
	if err == nil {
		return exitOK
	}
	var e *exitError
	if !errors.As(err, &e) {
		e = &exitError{status: exitUsage, err: err}
	}
	if e.err != nil {
		fmt.Fprintln(a.stderr, "kbdiag:", e.err)
	}
	if e.status == exitUsage {
		fmt.Fprintln(a.stderr, "See kbdiag --help.")
	}
	return e.status
}

func failed(err error) error { return &exitError{status: exitFailed, err: err} }

func usage(format string, args ...any) error {
	return &exitError{status: exitUsage, err: fmt.Errorf(format, args...)}
}
