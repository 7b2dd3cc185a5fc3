package rules

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
)

// Bounds of a rule base.
const (
	maxFiles   = 100_000
	maxFolders = 20 // nested in each other
)

// Base is a set of rules with different ids.
type Base struct {
	Rules    []*Rule   // by id
	findings []Finding // of all files, sorted
	byID     map[string]*Rule
}

// Rule finds a rule, nil if there is none.
func (b *Base) Rule(id string) *Rule { return b.byID[id] }

// SHA256 is a checksum over the ids and files of all rules, in hexadecimal.
func (b *Base) SHA256() string {
	h := sha256.New()
	for _, r := range b.Rules {
		fmt.Fprintf(h, "%s %x\n", r.ID, r.SHA256)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Load reads the rules of a folder and the folders in it: all files *.toml. A
// folder named like a rule file, without .toml, holds the rule's samples. The
// error is Errors with everything that is wrong; the base then holds the rules
// that are right. Paths are those of fsys.
func Load(fsys fs.FS, root string) (*Base, error) {
	l := &loader{}
	l.folder(place{fsys, "", path.Join}, path.Clean(root), 0)
	return l.base()
}

// LoadPaths reads rules from files and folders of the system, as Load does.
// Paths in findings and samples are those of the system.
func LoadPaths(paths ...string) (*Base, error) {
	l := &loader{}
	for _, p := range paths {
		l.path(p)
	}
	return l.base()
}

// LoadTrusted is LoadPaths where packs must be signed with one of some keys.
func LoadTrusted(trusted []ed25519.PublicKey, paths ...string) (*Base, error) {
	l := &loader{trusted: trusted}
	for _, p := range paths {
		l.path(p)
	}
	return l.base()
}

// Merge joins bases. Two rules of the same id are an error, and the first of
// them stays.
func Merge(bases ...*Base) (*Base, error) {
	var all []parsed
	var findings []Finding
	for _, b := range bases {
		for _, r := range b.Rules {
			all = append(all, parsed{rule: r})
		}
		findings = append(findings, b.findings...)
	}
	b := assemble(all)
	fresh := errorsOf(b.findings)
	b.findings = append(findings, b.findings...)
	sortFindings(b.findings)
	return b, fresh.asError()
}

// place is a file system with the prefix of its paths in messages.
type place struct {
	fsys   fs.FS
	prefix string
	join   func(...string) string
}

// name gives the path of a file in messages.
func (p place) name(file string) string {
	if p.prefix == "" {
		return file
	}
	return p.join(p.prefix, file)
}

// source is a rule file to read.
type source struct {
	name    string
	open    func() (io.ReadCloser, error)
	samples []Sample
	sampled bool
}

// parsed is a rule file that was read.
type parsed struct {
	rule     *Rule
	findings []Finding
}

// loader collects rule files.
type loader struct {
	trusted  []ed25519.PublicKey // that packs must be signed with, none for any
	sources  []source
	findings []Finding
}

// failed notes a file or folder that cannot be read.
func (l *loader) failed(name string, code Code, err error) {
	l.findings = append(l.findings, unreadable(name, code, err))
}

// unreadable is the finding for a file that cannot be read.
func unreadable(name string, code Code, err error) Finding {
	msg := err.Error()
	var p *fs.PathError
	if errors.As(err, &p) {
		msg = "cannot be read: " + p.Err.Error()
	}
	return Finding{File: name, Severity: SeverityError, Code: code, Msg: msg, err: err}
}

// path adds a file or folder of the system.
func (l *loader) path(name string) {
	info, err := os.Stat(name)
	if err != nil {
		l.failed(name, CodeUnreadable, err)
		return
	}
	if info.IsDir() {
		l.folder(place{os.DirFS(name), name, filepath.Join}, ".", 0)
		return
	}
	if info.Mode().IsRegular() && isPack(name) {
		l.pack(name)
		return
	}
	s := source{name: name, open: func() (io.ReadCloser, error) { return os.Open(name) }}
	dir := strings.TrimSuffix(name, ".toml")
	if info, err := os.Stat(dir); dir != name && err == nil && info.IsDir() {
		s.samples, err = samplesIn(place{os.DirFS(dir), dir, filepath.Join}, ".")
		if err != nil {
			l.failed(dir, CodeUnreadable, err)
		}
	}
	s.sampled = true
	l.sources = append(l.sources, s)
}

// pack adds the rules of a pack, or notes why none of them is loaded.
func (l *loader) pack(name string) {
	list, err := packed(name, l.trusted)
	var e *packError
	if errors.As(err, &e) {
		l.findings = append(l.findings, Finding{File: name, Severity: SeverityError, Code: e.code, Msg: e.msg, Fix: e.fix})
		return
	}
	if err != nil {
		l.failed(name, CodeUnreadable, err)
		return
	}
	l.sources = append(l.sources, list...)
}

// folder adds the rule files of a folder and of the folders in it.
func (l *loader) folder(p place, dir string, depth int) {
	entries, err := fs.ReadDir(p.fsys, dir)
	if err != nil {
		l.failed(p.name(dir), CodeUnreadable, err)
		return
	}
	if depth > maxFolders {
		l.failed(p.name(dir), CodeTooLarge, fmt.Errorf("folders nested deeper than %d", maxFolders))
		return
	}
	rules, folders := map[string]bool{}, map[string]bool{}
	for _, e := range entries {
		if stem, ok := strings.CutSuffix(e.Name(), ".toml"); ok && !e.IsDir() {
			rules[stem] = true
		}
		if e.Type().IsRegular() {
			continue
		}
		folders[e.Name()] = true // or a link to one
	}
	for _, e := range entries {
		full := path.Join(dir, e.Name())
		switch {
		case e.IsDir() && !rules[e.Name()]:
			l.folder(p, full, depth+1)
		case !e.IsDir() && strings.HasSuffix(e.Name(), ".toml"):
			l.file(p, full, folders[strings.TrimSuffix(e.Name(), ".toml")])
		}
	}
}

// file adds a rule file, with its samples where there is a folder of them.
func (l *loader) file(p place, full string, sampled bool) {
	name := p.name(full)
	if len(l.sources) == maxFiles {
		l.failed(name, CodeTooLarge, fmt.Errorf("more than %d rule files", maxFiles))
	}
	if len(l.sources) >= maxFiles {
		return
	}
	info, err := fs.Stat(p.fsys, full)
	if err != nil {
		l.failed(name, CodeUnreadable, err)
		return
	}
	if !info.Mode().IsRegular() {
		l.failed(name, CodeUnreadable, errors.New("not a file"))
		return
	}
	s := source{name: name, open: func() (io.ReadCloser, error) { return p.fsys.Open(full) }, sampled: true}
	if sampled {
		s.samples, err = samplesIn(p, strings.TrimSuffix(full, ".toml"))
	}
	if err != nil {
		l.failed(name, CodeUnreadable, err)
	}
	l.sources = append(l.sources, s)
}

// base reads all files, in parallel, and joins them in their order.
func (l *loader) base() (*Base, error) {
	slices.SortStableFunc(l.sources, func(a, b source) int { return strings.Compare(a.name, b.name) })
	done := make([]parsed, len(l.sources))
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(l.sources)) {
		workers.Go(func() {
			for i := range next {
				done[i] = l.sources[i].parse()
			}
		})
	}
	for i := range l.sources {
		next <- i
	}
	close(next)
	workers.Wait()
	b := assemble(done)
	b.findings = append(b.findings, l.findings...)
	sortFindings(b.findings)
	return b, errorsOf(b.findings).asError()
}

// parse reads a rule file.
func (s source) parse() parsed {
	data, err := s.read()
	if err != nil {
		return parsed{findings: []Finding{unreadable(s.name, CodeUnreadable, err)}}
	}
	rule, findings := Parse(s.name, data)
	if rule != nil {
		rule.Samples, rule.sampled, rule.open = s.samples, s.sampled, s.open
	}
	return parsed{rule, findings}
}

// read reads a file up to just above the bound, which Parse then reports.
func (s source) read() ([]byte, error) {
	f, err := s.open()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxFileBytes+8))
}

// assemble joins rules to a base. Of two rules of one id the first stays.
func assemble(all []parsed) *Base {
	b := &Base{byID: make(map[string]*Rule, len(all))}
	for _, p := range all {
		b.findings = append(b.findings, p.findings...)
		if p.rule == nil {
			continue
		}
		first := b.byID[p.rule.ID]
		if first != nil {
			b.findings = append(b.findings, Finding{
				File: p.rule.File, Line: p.rule.idPos.Line, Column: p.rule.idPos.Column,
				Severity: SeverityError, Code: CodeDuplicateID,
				Msg: fmt.Sprintf("%s is the id of %s too", p.rule.ID, first.File), Fix: "give one of them another id",
			})
			continue
		}
		b.byID[p.rule.ID] = p.rule
		b.Rules = append(b.Rules, p.rule)
	}
	slices.SortFunc(b.Rules, func(x, y *Rule) int { return strings.Compare(x.ID, y.ID) })
	return b
}
