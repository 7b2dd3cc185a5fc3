package browser

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"io"
	"regexp"
	"strings"
	"testing"

	"kbdiag/cmd/internal/report"
)

const (
	program = wasmMagic + "\x01\x00\x00\x00 and the rest"
	support = "globalThis.Go = class {};"
)

func made(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, strings.NewReader(program), support, "9.9.9"); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// element gives the text of a script or style of the page.
func element(t *testing.T, page, begin, end string) string {
	t.Helper()
	_, rest, ok := strings.Cut(page, begin)
	text, _, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatalf("the page has no %s", begin)
	}
	return text
}

func TestPageHoldsTheProgram(t *testing.T) {
	packed, err := base64.StdEncoding.DecodeString(element(t, made(t), `id="program">`, "</script>"))
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(z)
	if err != nil || string(got) != program {
		t.Errorf("unpacked to %q, %v", got, err)
	}
	if w := element(t, made(t), `id="worker">`, "</script>"); !strings.Contains(w, support) || !strings.Contains(w, "class Disk") {
		t.Error("the worker is not whole")
	}
}

// TestPageReachesNoNetwork holds the page to loading nothing, and its policy to
// the scripts and styles of the page and of the report in its frame.
func TestPageReachesNoNetwork(t *testing.T) {
	page := made(t)
	policy := element(t, page, `Content-Security-Policy" content="`, `"`)
	for _, part := range []string{"default-src 'none'", "connect-src 'none'", "base-uri 'none'", "form-action 'none'"} {
		if !strings.Contains(policy, part) {
			t.Errorf("the policy lacks %s", part)
		}
	}
	for _, bad := range []string{"unsafe-inline", "'unsafe-eval'", "'self'", "*", "http"} {
		if strings.Contains(policy, bad) {
			t.Errorf("the policy has %s", bad)
		}
	}
	style, script := report.PageSources()
	for _, source := range []string{element(t, page, "<style>", "</style>"), element(t, page, "<script>", "</script>"), style, script} {
		if !strings.Contains(policy, "'"+report.SourceHash(source)+"'") {
			t.Errorf("the policy does not allow a source that begins %.40q", source)
		}
	}
	own := page[:strings.Index(page, `id="worker">`)] + pageScript + pageStyle + workerScript
	for _, bad := range []string{"http:", "https:", "fetch(", "XMLHttpRequest", "WebSocket", "sendBeacon", "<link", "@import", "url(", " style=", " onclick="} {
		if strings.Contains(own, bad) {
			t.Errorf("the page has %q", bad)
		}
	}
}

func TestScriptFindsItsElements(t *testing.T) {
	page := made(t)
	for _, m := range regexp.MustCompile(`\$\('([a-z]+)'\)`).FindAllStringSubmatch(pageScript, -1) {
		if !strings.Contains(page, ` id="`+m[1]+`"`) {
			t.Errorf("the page has no #%s", m[1])
		}
	}
}

func TestRefusesWhatIsNoProgram(t *testing.T) {
	if err := Write(io.Discard, strings.NewReader("\x7fELF"), support, "1"); err == nil || !strings.Contains(err.Error(), "GOOS=js GOARCH=wasm") {
		t.Errorf("a program for another system: %v", err)
	}
	if err := Write(io.Discard, strings.NewReader(program), "a </SCRIPT> b", "1"); err == nil {
		t.Error("a part that ends the page early is taken")
	}
}
