package rules_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"kbdiag/rules"
)

// codesInSource reads the names of all codes from the source.
func codesInSource(t *testing.T) map[rules.Code]bool {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "finding.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	codes := map[rules.Code]bool{}
	ast.Inspect(f, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok || len(v.Values) != 1 {
			return true
		}
		if typ, ok := v.Type.(*ast.Ident); ok && typ.Name == "Code" {
			s, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			codes[rules.Code(s)] = true
		}
		return true
	})
	return codes
}

// TestEveryCodeIsExplained holds the explanations to the codes, and wants each
// code in a golden file or in a test of loading.
func TestEveryCodeIsExplained(t *testing.T) {
	codes := codesInSource(t)
	if len(codes) < 40 {
		t.Fatalf("%d codes", len(codes))
	}
	for _, d := range rules.CodeDocs() {
		if !codes[d.Code] {
			t.Errorf("%s is explained twice, or no code", d.Code)
		}
		delete(codes, d.Code)
		if d.Means == "" || d.Do == "" || d.Severity == "" {
			t.Errorf("%s: %+v", d.Code, d)
		}
	}
	for c := range codes {
		t.Errorf("%s is not explained", c)
	}
}

// TestEveryCodeIsSeen wants each code that one file alone can show in a golden
// file.
func TestEveryCodeIsSeen(t *testing.T) {
	files, err := filepath.Glob("../testdata/rules/bad/*.golden")
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(raw)
	}
	across := map[rules.Code]bool{rules.CodeUnreadable: true, rules.CodeDuplicateID: true, rules.CodeUnknownExplains: true,
		rules.CodeExplainsCycle: true, rules.CodeAlike: true, rules.CodeNoSamples: true, rules.CodeSharedEvent: true,
		rules.CodeBadPack: true, rules.CodeTampered: true, rules.CodeUntrusted: true}
	for _, d := range rules.CodeDocs() {
		if !across[d.Code] && !strings.Contains(all.String(), " "+string(d.Code)+" ") {
			t.Errorf("no sample shows %s", d.Code)
		}
	}
}
