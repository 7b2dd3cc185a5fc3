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
	if testing.Short() {
		t.Skip("one reader after the other: nothing that runs at the same time")
	}
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
		ours, byNumber := map[string]bool{}, map[string]string{}
		for _, x := range read(t, data, evtx.Options{}).XML {
			x = strings.TrimPrefix(x, "mended: ")
			if values, ok := valuesOf(x); ok {
				ours[values] = true
			}
			if m := recordNumber.FindStringSubmatch(x); m != nil {
				byNumber[m[1]] = x
			}
		}
		text, _ := exec.Command(peer, "-f", "xml", path).Output() // fails on damaged logs, after what it can read
		same, loose, other := 0, 0, 0
		for i, x := range strings.Split(string(text), "\n<Event ") {
			if i == 0 {
				continue
			}
			values, ok := valuesOf("<Event " + x)
			if !ok {
				m := recordNumber.FindStringSubmatch(x)
				if m == nil {
					continue
				}
				if missing, ok := inOrder(byNumber[m[1]], x); !ok {
					t.Errorf("%s: record %s: the peer's text does not have %q", filepath.Base(path), m[1], missing)
				}
				loose++
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
		t.Logf("%s: %d records agree, %d more have the same values in the same order, %d differ", filepath.Base(path), same, loose, other)
	}
}

var recordNumber = regexp.MustCompile(`<EventRecordID>(\d+)<`)

// inOrder reports whether all values of our XML stand in the peer's text in
// their order, where that text is no XML because markup in values is not
// escaped. Numbers and times, whose notation differs, are left out.
func inOrder(ours, theirs string) (missing string, ok bool) {
	theirs = squeeze(theirs)
	d := xml.NewDecoder(strings.NewReader(ours))
	has := func(value string) bool {
		v := squeeze(controls.ReplaceAllString(value, "?"))
		if v == "" || leadingZeros.MatchString(v) || fraction.MatchString(v) || strings.Contains(v, "?") {
			return true
		}
		i := strings.Index(theirs, v)
		if i < 0 {
			missing = v
			return false
		}
		theirs = theirs[i+len(v):]
		return true
	}
	for skip := 0; ; {
		token, err := d.Token()
		if err != nil {
			return "", errors.Is(err, io.EOF)
		}
		switch k := token.(type) {
		case xml.StartElement:
			if k.Name.Local == "RenderingInfo" || skip > 0 {
				skip++
			}
			for _, a := range k.Attr {
				if skip == 0 && !has(a.Value) {
					return missing, false
				}
			}
		case xml.EndElement:
			skip = max(skip-1, 0)
		case xml.CharData:
			if skip == 0 && !has(string(k)) {
				return missing, false
			}
		}
	}
}

// squeeze leaves blanks and line ends out.
func squeeze(s string) string { return strings.Join(strings.Fields(s), "") }

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
