// Package browser makes the page that is the whole program in one file: dropped
// files are diagnosed where they are, without a server.
package browser

import (
	"bytes"
	"compress/gzip"
	_ "embed" // the page's parts are files of their own
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/template"

	"kbdiag/cmd/internal/report"
)

//go:embed page.html.tmpl
var pageTemplate string

//go:embed page.css
var pageStyle string

//go:embed page.js
var pageScript string

//go:embed worker.js
var workerScript string

// pageData is what the page is made of. All of it is the project's own, or
// Go's; nothing comes from strangers.
type pageData struct {
	Policy, Style, Script string
	Worker                string // source of the worker, with Go's support for it
	Program               string // the program for js/wasm: gzip, base64
	Version               string
}

// Write makes the page of a program that was built for GOOS=js GOARCH=wasm, and
// of wasm_exec.js of the Go that built it.
func Write(w io.Writer, program io.Reader, support, version string) error {
	packed, err := pack(program)
	if err != nil {
		return err
	}
	d := pageData{Policy: policy(), Style: pageStyle, Script: pageScript, Worker: workerScript + "\n" + support, Program: packed, Version: version}
	for _, part := range []string{d.Style, d.Script, d.Worker} {
		if low := strings.ToLower(part); strings.Contains(low, "</script") || strings.Contains(low, "</style") || strings.Contains(low, "<!--") {
			return errors.New("a part of the page would end it early")
		}
	}
	t, err := template.New("page").Parse(pageTemplate)
	if err != nil {
		return err
	}
	return t.Execute(w, d)
}

// wasmMagic begins every WebAssembly module.
const wasmMagic = "\x00asm"

// pack gives the program small enough for a page, as text.
func pack(program io.Reader) (string, error) {
	raw, err := io.ReadAll(program)
	if err != nil {
		return "", err
	}
	if !bytes.HasPrefix(raw, []byte(wasmMagic)) {
		return "", errors.New("not a WebAssembly program: build it with GOOS=js GOARCH=wasm")
	}
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return "", err
	}
	if _, err := z.Write(raw); err != nil {
		return "", err
	}
	if err := z.Close(); err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(b.Bytes()), nil
}

// policy lets the page run its own script, its worker and the program, show the
// report in a frame, and reach no network. A frame inherits it, so it allows
// the report's style and script as well.
func policy() string {
	style, script := report.PageSources()
	return fmt.Sprintf("default-src 'none'; connect-src 'none'; style-src '%s' '%s'; script-src '%s' '%s' 'wasm-unsafe-eval'; worker-src blob:; frame-src blob:; base-uri 'none'; form-action 'none'",
		report.SourceHash(pageStyle), report.SourceHash(style), report.SourceHash(pageScript), report.SourceHash(script))
}
