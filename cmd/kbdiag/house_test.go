package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// repository is the root of the source tree, seen from this package.
const repository = "../.."

// mayImport says which of our packages a package may import. The first entry
// whose folder holds the package counts.
var mayImport = []struct {
	folder string
	ours   []string // folders, and what is below them
}{
	{"cmd", []string{"cmd/internal", "engine", "rules", "parsers"}},
	{"engine", []string{"rules", "parsers"}},
	{"rules/article", []string{"rules", "parsers"}},
	{"rules", nil},
	{"parsers/formats", []string{"parsers"}},
	{"parsers/archive", nil},
	{"parsers", []string{"parsers"}},
}

func allowed(folder, imported string) bool {
	for _, m := range mayImport {
		if folder != m.folder && !strings.HasPrefix(folder, m.folder+"/") {
			continue
		}
		for _, ours := range m.ours {
			if imported == ours || strings.HasPrefix(imported, ours+"/") {
				return true
			}
		}
		return false
	}
	return false
}

// TestImportsRunOneWay holds the packages to the direction of imports, and the
// code to plain lists in place of registration.
func TestImportsRunOneWay(t *testing.T) {
	files := 0
	err := filepath.WalkDir(repository, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(file, ".go") {
			return err
		}
		files++
		checkFile(t, file)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 50 {
		t.Errorf("only %d files were looked at", files)
	}
}

func checkFile(t *testing.T, file string) {
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Errorf("%s: %v", file, err)
		return
	}
	rel, err := filepath.Rel(repository, file)
	if err != nil {
		t.Fatal(err)
	}
	folder := path.Dir(filepath.ToSlash(rel))
	isTest := strings.HasSuffix(file, "_test.go")
	for _, imp := range f.Imports {
		name, err := strconv.Unquote(imp.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		if imp.Name != nil && imp.Name.Name == "_" && name != "embed" {
			t.Errorf("%s imports %s for its side effects: lists are explicit", rel, name)
		}
		ours, ok := strings.CutPrefix(name, "kbdiag/")
		if ok && !isTest && !allowed(folder, ours) {
			t.Errorf("%s imports %s, which stands the wrong way round", rel, ours)
		}
	}
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Name.Name == "init" && fn.Recv == nil {
			t.Errorf("%s has an init function", rel)
		}
	}
}

// TestTopLevel holds the root to what users find there.
func TestTopLevel(t *testing.T) {
	entries, err := os.ReadDir(repository)
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{"cmd": true, "engine": true, "rules": true, "parsers": true, "testdata": true,
		"go.mod": true, "go.sum": true, "README.md": true, "LICENSE": true}
	for _, e := range entries {
		if !known[e.Name()] && !strings.HasPrefix(e.Name(), ".") {
			t.Errorf("%s stands at the top level", e.Name())
		}
	}
}
