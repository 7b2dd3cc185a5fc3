package site

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"kbdiag/engine"
	"kbdiag/rules"
)

// hostile is a rule whose texts try to break out of the page.
const hostile = `schema = 1
id = "ACME0001"
title = "</title><script>alert(1)</script>"
cause = "<img src=x onerror=alert(2)>"
references = ["Q247764", "ACME0002"]
[signal.stopped]
on = "event"
when = 'provider == "</pre><script>alert(3)</script>" && id == 1'
strength = "strong"
message = "\u2028</script>"
[diagnosis]
when = 'stopped'
[[step]]
text = "<a href='javascript:alert(4)'>x</a>"
verify = "It is."
[[collect]]
ask = "Why?"
signal = "stopped"
`

// pages writes the shipped rules and a hostile one.
func pages(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "ACME0001.toml")
	if err := os.WriteFile(file, []byte(hostile), 0o600); err != nil {
		t.Fatal(err)
	}
	ours, err := rules.LoadPaths(file)
	if err != nil {
		t.Fatal(err)
	}
	shipped, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	base, err := rules.Merge(shipped, ours)
	if err != nil {
		t.Fatal(err)
	}
	areas, err := rules.Areas()
	if err != nil {
		t.Fatal(err)
	}
	s, err := New("Our articles", "1", base, engine.Compile(base.Rules, "").Covers(areas))
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "site")
	if err := s.Write(out); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestPages reads each page: links lead somewhere, nothing is loaded from
// elsewhere, and texts of rules stay texts.
func TestPages(t *testing.T) {
	dir := pages(t)
	shipped, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.html"))
	if want := len(shipped.Rules) + 3; err != nil || len(files) != want {
		t.Fatalf("%d pages, want %d, %v", len(files), want, err)
	}
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		root, err := html.Parse(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		checkPage(t, dir, filepath.Base(file), root)
	}
	raw, err := os.ReadFile(filepath.Join(dir, "Q247764.html"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Every POP3 logon is refused", "Act as part of the operating", "HrLookupCredentials", "lookup failed"} {
		if !strings.Contains(string(raw), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

// checkPage looks at the elements of a page.
func checkPage(t *testing.T, dir, name string, root *html.Node) {
	t.Helper()
	ids := map[string]bool{}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		for _, a := range n.Attr {
			switch {
			case strings.HasPrefix(a.Key, "on"), a.Key == "style":
				t.Errorf("%s: %s has %s", name, n.Data, a.Key)
			case a.Key == "id":
				if ids[a.Val] {
					t.Errorf("%s: id %s twice", name, a.Val)
				}
				ids[a.Val] = true
			case a.Key == "href" || a.Key == "src":
				if _, err := os.Stat(filepath.Join(dir, a.Val)); err != nil {
					t.Errorf("%s: %s leads nowhere", name, a.Val)
				}
			}
		}
		if n.Data == "script" && n.FirstChild != nil {
			t.Errorf("%s: a script in the page", name)
		}
		if n.Data == "img" || n.Data == "iframe" {
			t.Errorf("%s: %s", name, n.Data)
		}
	}
}

// TestNoNetwork wants no address of another computer in what is written.
func TestNoNetwork(t *testing.T) {
	dir := pages(t)
	address := regexp.MustCompile(`(?i)(?:https?:)?//[a-z0-9]`)
	for _, name := range []string{"index.html", "style.css", "search.js", "Q247764.html"} {
		raw, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if m := address.Find(raw); m != nil {
			t.Errorf("%s has %s", name, m)
		}
	}
}

// TestSearchData wants the words of each rule in the order of the list.
func TestSearchData(t *testing.T) {
	dir := pages(t)
	raw, err := os.ReadFile(filepath.Join(dir, "words.js"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(raw), "</script") {
		t.Error("the words close a script")
	}
	for _, want := range []string{"q247764 every pop3 logon", "13003", `const words = [`} {
		if !strings.Contains(string(raw), want) {
			t.Errorf("no %q", want)
		}
	}
}

// TestCoverage wants the page to say what is covered and what is not.
func TestCoverage(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(pages(t), "coverage.html"))
	if err != nil {
		t.Fatal(err)
	}
	page := string(raw)
	for _, want := range []string{
		`<th scope="row">MSExchangePOP3</th><td>`, "13003", `<a href="Q247764.html"`,
		`<th scope="row">Management of devices</th><td class="n none">none yet</td>`, `<th scope="row">SMTP</th>`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %s", want)
		}
	}
}
