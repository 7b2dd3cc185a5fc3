package evtx_test

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"kbdiag/parsers/evtx"
)

// TestPeer compares every value of every record with what evtxexport (Debian:
// libevtx-utils) writes. The peer gives up some records that are read here, and
// does not escape markup in values: those are left out.
func TestPeer(t *testing.T) {
	dir := corpus(t)
	peer, err := exec.LookPath("evtxexport")
	if err != nil {
		t.Skip("evtxexport is not installed (Debian: libevtx-utils)")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.evtx"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		ours := map[string]bool{}
		for _, x := range read(t, data, evtx.Options{}).XML {
			x = strings.TrimPrefix(x, "mended: ")
			if values, ok := valuesOf(x); ok {
				ours[values] = true
			}
		}
		text, _ := exec.Command(peer, "-f", "xml", path).Output() // fails on damaged logs, after what it can read
		same, other := 0, 0
		for i, x := range strings.Split(string(text), "\n<Event ") {
			if i == 0 {
				continue
			}
			values, ok := valuesOf("<Event " + x)
			if !ok {
				continue
			}
			if ours[values] {
				same++
				continue
			}
			if other++; other < 4 {
				t.Errorf("%s: a record is read differently:\n%s", filepath.Base(path), values)
			}
		}
		t.Logf("%s: %d records agree, %d differ", filepath.Base(path), same, other)
	}
}

var (
	leadingZeros = regexp.MustCompile(`^0x0*([0-9a-f]+)$`)
	fraction     = regexp.MustCompile(`^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7})(00)?Z$`)
	controls     = regexp.MustCompile(`_x00[01][0-9A-F]_|[\x00-\x08\x0b\x0c\x0e-\x1f]`)
)

// valuesOf gives names and values of an event's XML in order, in one notation.
// ok is false for what the two programs are known to write differently.
func valuesOf(text string) (string, bool) {
	text = controls.ReplaceAllString(text, "?")
	d := xml.NewDecoder(strings.NewReader(text))
	var b strings.Builder
	depth := 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return b.String(), true
		}
		if err != nil {
			return "", false
		}
		switch k := token.(type) {
		case xml.StartElement:
			depth++
			switch k.Name.Local {
			case "Envelope":
				return "", false
			case "RenderingInfo": // the peer drops a second fragment
				depth--
				if d.Skip() != nil {
					return "", false
				}
				continue
			}
			b.WriteString("\n" + strings.Repeat(" ", depth) + k.Name.Local)
			for _, a := range k.Attr {
				b.WriteString(" " + a.Name.Local + "=" + normal(a.Value))
			}
			b.WriteString(": ")
		case xml.EndElement:
			if depth--; depth == 0 {
				return b.String(), true
			}
		case xml.CharData:
			b.WriteString(normal(string(k)))
		}
	}
}

func normal(s string) string {
	s = strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n"))
	if strings.HasPrefix(s, "<") {
		return ""
	}
	if m := leadingZeros.FindStringSubmatch(s); m != nil {
		if n, err := strconv.ParseUint(m[1], 16, 64); err == nil {
			return strconv.FormatUint(n, 10) // pointers are decimal there
		}
	}
	if m := fraction.FindStringSubmatch(s); m != nil {
		return m[1]
	}
	return s
}
