package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"kbdiag/cmd/internal/records"
	"kbdiag/parsers"
	"kbdiag/parsers/formats"
	"kbdiag/parsers/transcript"
)

// maxCopied is the largest input that is copied, in bytes: copies are made in
// memory, so that they can be checked before they are written.
const maxCopied = 1 << 30

func (a *app) redact() *cobra.Command {
	var f inputFlags
	var dir string
	c := &cobra.Command{
		Use:   "redact PATH... -o DIR",
		Short: "Copy the inputs with the secrets taken out",
		Long: `Writes a copy of each input into DIR, with the passwords and other secrets that
its sessions and its text give away replaced by tokens: the same secret has the
same token in all copies of one run. Archives and mails are unpacked into a
folder of their name. Binary event logs keep their size, secrets in them are
overwritten. Packet captures, and dumps whose copy would still spell out a
secret, are written as the text of their sessions.`,
		Example: "  kbdiag redact ticket-4711/ -o ticket-4711-safe/",
		RunE: func(c *cobra.Command, paths []string) error {
			if dir == "" {
				return usage("no folder to write to: give -o DIR")
			}
			src, err := a.open(&f, paths)
			if err != nil {
				return err
			}
			files := src.rd.Files(paths)
			if err := src.learnSecrets(c.Context(), files); err != nil {
				return err
			}
			var accounts []*parsers.Account
			for _, file := range files {
				if c.Context().Err() != nil {
					return failed(c.Context().Err())
				}
				accounts = append(accounts, src.rd.Read(file, parsers.Visitor{})...)
			}
			r := &redactor{a: a, src: src, dir: dir, replace: src.rd.Secrets.Replacer(), common: commonFolder(files), used: map[string]bool{}}
			for _, acct := range accounts {
				if err := r.copy(acct, accounts); err != nil {
					return failed(err)
				}
			}
			fmt.Fprintf(a.stderr, "kbdiag: %d files written to %s, %d left out\n", r.written, dir, r.left)
			if r.written == 0 {
				return failed(fmt.Errorf("nothing could be copied"))
			}
			if r.left > 0 {
				return &exitError{status: exitPartial}
			}
			return nil
		},
	}
	f.add(c)
	c.Flags().StringVarP(&dir, "output", "o", "", "folder to write the copies to")
	return c
}

// redactor writes the copies of one run.
type redactor struct {
	a       *app
	src     *source
	dir     string
	replace *parsers.Replacer
	common  string          // folder that all inputs share, with its slash
	used    map[string]bool // names that were written
	written int
	left    int
}

// copy writes the copy of one input. Archives have none: their members do.
func (r *redactor) copy(acct *parsers.Account, all []*parsers.Account) error {
	for _, other := range all {
		if strings.HasPrefix(other.Path, acct.Path+"!") {
			return nil
		}
	}
	if acct.Format == "" || acct.Err != nil && acct.Records() == 0 {
		r.leave(acct.Path, "it could not be read, so it is not known to be safe")
		return nil
	}
	raw, err := r.content(acct)
	if err != nil {
		r.leave(acct.Path, err.Error())
		return nil
	}
	switch acct.Format {
	case "evtx", "evt":
		r.replace.Overwrite(raw)
		return r.write(acct.Path, raw)
	case "pcap", "pcapng":
		return r.writeSessions(acct.Path, raw)
	}
	safe := r.text(raw)
	if r.stillTells(safe) {
		return r.writeSessions(acct.Path, raw)
	}
	return r.write(acct.Path, safe)
}

func (r *redactor) leave(path, why string) {
	r.left++
	fmt.Fprintf(r.a.stderr, "kbdiag: %s: not copied: %s\n", path, why)
}

// content gives the bytes of an input, of members of archives too.
func (r *redactor) content(acct *parsers.Account) ([]byte, error) {
	if acct.Path == parsers.StdinName {
		if r.src.stdin == nil {
			return nil, fmt.Errorf("standard input is too large")
		}
		return bytes.Join(r.src.stdin, nil), nil
	}
	if acct.Bytes > maxCopied {
		return nil, fmt.Errorf("larger than %d MiB", maxCopied>>20)
	}
	in, err := r.src.rd.Section(acct.Path, 0, acct.Bytes)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	return io.ReadAll(in)
}

// text gives a text without its secrets. What stands in a line as a terminal
// recorded it, with erasures, is written as it was shown where it hides one.
func (r *redactor) text(raw []byte) []byte {
	var out bytes.Buffer
	head := parsers.NewHead(raw[:min(len(raw), parsers.HeadSize)], len(raw) <= parsers.HeadSize)
	if wide := strings.HasPrefix(strings.ToLower(head.Encoding), "utf-16"); wide {
		return r.wideText(raw)
	}
	for len(raw) > 0 {
		end := bytes.IndexByte(raw, '\n') + 1
		if end == 0 {
			end = len(raw)
		}
		out.WriteString(r.line(string(raw[:end])))
		raw = raw[end:]
	}
	return out.Bytes()
}

// wideText gives UTF-16 as UTF-8.
func (r *redactor) wideText(raw []byte) []byte {
	in, err := parsers.NewInput("", bytes.NewReader(raw), nil, int64(len(raw)), parsers.Options{})
	if err != nil {
		return nil
	}
	var out bytes.Buffer
	lines := in.Lines()
	for l, ok := lines.Next(); ok; l, ok = lines.Next() {
		out.WriteString(r.line(l.Text))
		out.WriteString("\r\n")
	}
	return out.Bytes()
}

func (r *redactor) line(s string) string {
	body := strings.TrimRight(s, "\r\n")
	end := s[len(body):]
	if shown := transcript.Clean(body); shown != body && (r.replace.Holds(shown) || parsers.RedactLine(shown, nil) != shown) {
		body = shown
	}
	return parsers.RedactLine(r.replace.Text(body), nil) + end
}

// stillTells reads a copy again: a secret that is spelt out in some other way,
// such as in hexadecimal or letter by letter, comes out again.
func (r *redactor) stillTells(safe []byte) bool {
	secrets := &parsers.Secrets{}
	rd := &parsers.Reader{Forms: formats.All(), Opts: r.src.rd.Opts, Secrets: secrets, Stdin: bytes.NewReader(safe)}
	rd.Read(parsers.StdinName, parsers.Visitor{})
	for _, w := range secrets.Words() {
		if r.replace.Holds(w) {
			return true
		}
	}
	return false
}

// writeSessions writes the sessions of an input in place of a copy.
func (r *redactor) writeSessions(path string, raw []byte) error {
	var out bytes.Buffer
	w := bufio.NewWriter(&out)
	fmt.Fprintf(w, "Sessions of %s, in place of a copy, which would have spelt out secrets.\n\n", filepath.Base(path))
	rd := &parsers.Reader{Forms: formats.All(), Opts: r.src.rd.Opts, Secrets: r.src.rd.Secrets, Stdin: bytes.NewReader(raw)}
	var failure error
	rd.Read(parsers.StdinName, parsers.Visitor{
		Session: func(s *parsers.Session) {
			if err := records.SessionText(w, s, r.replace.Text); err != nil {
				failure = err
			}
		},
		Line: func(l *parsers.Line) { fmt.Fprintln(w, r.line(l.Text)) },
	})
	if failure != nil {
		return failure
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return r.write(path+".sessions.txt", out.Bytes())
}

// write writes a copy below the folder, under the input's name without what
// would lead out of it.
func (r *redactor) write(path string, content []byte) error {
	name := r.name(path)
	target := filepath.Join(r.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return err
	}
	r.written++
	return os.WriteFile(target, content, 0o644)
}

func (r *redactor) name(path string) string {
	if path == parsers.StdinName {
		path = "standard-input.txt"
	}
	path = strings.TrimPrefix(path, r.common)
	var parts []string
	for _, p := range strings.FieldsFunc(path, func(c rune) bool { return c == '/' || c == '\\' || c == '!' }) {
		p = strings.Map(func(c rune) rune {
			if c < ' ' || strings.ContainsRune(`:*?"<>|`, c) {
				return '_'
			}
			return c
		}, p)
		if p = r.replace.Text(p); p != "." && p != ".." {
			parts = append(parts, p)
		}
	}
	name := strings.Join(parts, "/")
	for n := 2; r.used[strings.ToLower(name)]; n++ {
		name = fmt.Sprintf("%s.%d", strings.Join(parts, "/"), n)
	}
	r.used[strings.ToLower(name)] = true
	return name
}

// commonFolder gives the folder that all files lie in, "" if there is none.
func commonFolder(files []string) string {
	common, any := "", false
	for _, f := range files {
		if f == parsers.StdinName {
			continue
		}
		dir := f[:strings.LastIndexByte(f, '/')+1]
		if !any {
			common, any = dir, true
		}
		for !strings.HasPrefix(dir, common) {
			common = common[:strings.LastIndexByte(strings.TrimSuffix(common, "/"), '/')+1]
		}
	}
	return common
}
