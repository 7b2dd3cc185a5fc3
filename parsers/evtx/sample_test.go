package evtx_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kbdiag/parsers"
	"kbdiag/parsers/evtx"
	"kbdiag/parsers/evtx/evtxtest"
)

var update = flag.Bool("update", false, "write the golden files anew")

var start = time.Date(2024, 3, 1, 8, 30, 0, 123456700, time.UTC)

func at(seconds int) time.Time { return start.Add(time.Duration(seconds) * time.Second) }

var (
	system = evtxtest.SID(18)
	anna   = evtxtest.SID(21, 1004336348, 1177238915, 682003330, 1001)
)

func logon(n int, user string, ok bool) evtxtest.Event {
	e := evtxtest.Event{
		Provider: "Microsoft-Windows-Security-Auditing", ID: 4624, Qualifiers: -1, Keywords: 0x8020000000000000, Task: 12544,
		Time: at(n), Channel: "Security", Computer: "mail01.example.com",
	}
	if !ok {
		e.ID, e.Keywords = 4625, 0x8010000000000000
	}
	body := evtxtest.Data("TargetUserName", user, "TargetDomainName", "EXAMPLE", "IpAddress", "192.0.2.17", "ProcessName", "")
	body.Content = append(body.Content,
		evtxtest.Element{Name: "Data", Attrs: []evtxtest.Attr{{Name: "Name", Value: evtxtest.Text("TargetUserSid")}}, Content: []evtxtest.Node{evtxtest.Slot{Type: 0x13, Data: anna}}},
		evtxtest.Element{Name: "Data", Attrs: []evtxtest.Attr{{Name: "Name", Value: evtxtest.Text("TargetLogonId")}}, Content: []evtxtest.Node{evtxtest.Hex64(0x3e7)}},
		evtxtest.Element{Name: "Data", Attrs: []evtxtest.Attr{{Name: "Name", Value: evtxtest.Text("LogonType")}}, Content: []evtxtest.Node{evtxtest.Uint32(3)}},
	)
	e.Body = []evtxtest.Node{body}
	return e
}

func service(n int, name string) evtxtest.Event {
	return evtxtest.Event{
		Provider: "Service Control Manager", Source: "Service Control Manager", ID: 7023, Qualifiers: 49152, Level: 2,
		Keywords: 0x8080000000000000, Time: at(n), Channel: "System", Computer: "mail01.example.com",
		Body: []evtxtest.Node{evtxtest.Data("param1", name, "param2", "%%1053")},
	}
}

func classic(n int) evtxtest.Event {
	return evtxtest.Event{
		Provider: "MSExchangePOP3", ID: 13003, Qualifiers: 49156, Level: 2, Keywords: 0x80000000000000, Time: at(n),
		Channel: "Application", Computer: "mail01.example.com", User: system,
		Body: []evtxtest.Node{evtxtest.Classic([]byte{0xDE, 0xAD, 0xBE, 0xEF}, "Hr lookup", "", "anna@example.com", "Größe — 値 \U0000263A")},
	}
}

// inEvent wraps content in an event with nothing else of note.
func inEvent(body ...evtxtest.Node) evtxtest.Event {
	return evtxtest.Event{
		Provider: "Example-Provider", ID: 1, Qualifiers: -1, Level: 4, Time: at(0),
		Channel: "Example/Operational", Computer: "host", Body: body,
	}
}

func typed(name string, typ uint8, data ...byte) evtxtest.Node {
	return evtxtest.Element{
		Name: "Data", Attrs: []evtxtest.Attr{{Name: "Name", Value: evtxtest.Text(name)}},
		Content: []evtxtest.Node{evtxtest.Slot{Type: typ, Data: data}},
	}
}

func allTypes() evtxtest.Event {
	guid := []byte{0x25, 0x96, 0x84, 0x54, 0x78, 0x54, 0x94, 0x49, 0xA5, 0xBA, 0x3E, 0x3B, 0x03, 0x28, 0xC3, 0x0D}
	return inEvent(evtxtest.Element{Name: "EventData", Content: []evtxtest.Node{
		typed("null", 0x00),
		typed("string", 0x01, evtxtest.UTF16("a<b&\"c\"\x00")...),
		typed("surrogates", 0x01, 0x3D, 0xD8, 0x00, 0xDE, 0x3D, 0xD8),
		typed("control", 0x01, 0x03, 0, 'x', 0, '\r', 0, '\n', 0),
		typed("ansi", 0x02, 'G', 'r', 0xF6, 0xDF, 'e', 0),
		typed("int8", 0x03, 0xFE),
		typed("uint8", 0x04, 0xFE),
		typed("int16", 0x05, 0xFE, 0xFF),
		typed("uint16", 0x06, 0xFE, 0xFF),
		typed("int32", 0x07, 0xFE, 0xFF, 0xFF, 0xFF),
		typed("uint32", 0x08, 0xFE, 0xFF, 0xFF, 0xFF),
		typed("int64", 0x09, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF),
		typed("uint64", 0x0A, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF),
		typed("real32", 0x0B, 0, 0, 0xC0, 0x3F),
		typed("real64", 0x0C, 0, 0, 0, 0, 0, 0, 0xF8, 0xBF),
		typed("bool4", 0x0D, 1, 0, 0, 0),
		typed("bool1", 0x0D, 0),
		typed("bool8", 0x0D, 0, 0, 0, 0, 1, 0, 0, 0),
		typed("binary", 0x0E, 0xDE, 0xAD),
		typed("guid", 0x0F, guid...),
		typed("size4", 0x10, 0x00, 0x10, 0, 0),
		typed("filetime", 0x11, binary.LittleEndian.AppendUint64(nil, 133537626001234567)...),
		typed("filetime0", 0x11, make([]byte, 8)...),
		typed("systemtime", 0x12, 0xE8, 7, 3, 0, 5, 0, 1, 0, 8, 0, 30, 0, 15, 0, 0x7B, 0),
		typed("nodate", 0x12, make([]byte, 16)...),
		typed("sid", 0x13, anna...),
		typed("cutsid", 0x13, anna[:20]...),
		typed("hex32", 0x14, 0xEF, 0xBE, 0, 0),
		typed("hex64", 0x15, 0xE7, 3, 0, 0, 0, 0, 0, 0),
		typed("strings", 0x81, evtxtest.UTF16("one\x00\x00three\x00")...),
		typed("nothing", 0x81),
		typed("numbers", 0x88, 1, 0, 0, 0, 2, 0, 0, 0),
		typed("sids", 0x93, append(append([]byte{}, system...), anna...)...),
		typed("unknown", 0x7A, 1, 2, 3),
		typed("odd", 0x08, 1, 2, 3),
	}})
}

func userData() evtxtest.Event {
	inner := evtxtest.Element{
		Name: "MailboxFailure", Attrs: []evtxtest.Attr{{Name: "xmlns", Value: evtxtest.Text("urn:example")}},
		Content: []evtxtest.Node{
			evtxtest.Element{Name: "Store", Attrs: []evtxtest.Attr{{Name: "path", Value: evtxtest.String(`D:\priv.edb`)}, {Name: "gone", Value: evtxtest.Slot{Optional: true}}}},
			evtxtest.Element{Name: "Error", Content: []evtxtest.Node{evtxtest.Slot{Type: 0x14, Data: []byte{0x5, 0x40, 0, 0x80}}}},
			evtxtest.Element{Name: "Absent", Content: []evtxtest.Node{evtxtest.Slot{Optional: true}}},
			evtxtest.Element{Name: "Extra", Content: []evtxtest.Node{evtxtest.Slot{Type: 0x21, Bare: []evtxtest.Node{
				evtxtest.Element{Name: "Deep", Attrs: []evtxtest.Attr{{Name: "n", Value: evtxtest.Text("1")}}, Content: []evtxtest.Node{evtxtest.Text("below")}},
			}}}},
		},
	}
	return inEvent(evtxtest.Slot{Type: 0x21, Nested: []evtxtest.Node{evtxtest.Element{Name: "UserData", Content: []evtxtest.Node{inner}}}})
}

func markup() evtxtest.Event {
	return inEvent(evtxtest.Element{Name: "EventData", Content: []evtxtest.Node{
		evtxtest.Element{Name: "Data", Attrs: []evtxtest.Attr{{Name: "Name", Value: evtxtest.Text("mixed")}}, Content: []evtxtest.Node{
			evtxtest.Text("a "), evtxtest.EntityRef("lt"), evtxtest.CharRef(0x26), evtxtest.EntityRef("nbsp"), evtxtest.String(" b"),
		}},
		evtxtest.Element{Name: "Data", Attrs: []evtxtest.Attr{{Name: "Name", Value: evtxtest.Text("cdata")}}, Content: []evtxtest.Node{evtxtest.CDATA("<x>]]></x>")}},
		evtxtest.PI{Target: "example", Data: "go?>on"},
		evtxtest.Element{Name: "bad name", Content: []evtxtest.Node{evtxtest.Text("kept")}},
	}})
}

func rendered() evtxtest.Event {
	e := service(9, "Spooler")
	e.Task = 3
	e.Body = append(e.Body, evtxtest.Element{Name: "RenderingInfo", Attrs: []evtxtest.Attr{{Name: "Culture", Value: evtxtest.Text("en-US")}}, Content: []evtxtest.Node{
		evtxtest.Element{Name: "Message", Content: []evtxtest.Node{evtxtest.String("The Spooler service terminated.")}},
		evtxtest.Element{Name: "Level", Content: []evtxtest.Node{evtxtest.String("Error")}},
		evtxtest.Element{Name: "Task", Content: []evtxtest.Node{evtxtest.String("Printing")}},
	}})
	return e
}

func plain() evtxtest.Event {
	e := service(10, "Spooler")
	e.Plain, e.User = true, system
	e.Body = []evtxtest.Node{evtxtest.Element{Name: "EventData", Content: []evtxtest.Node{
		evtxtest.Element{Name: "Data", Attrs: []evtxtest.Attr{{Name: "Name", Value: evtxtest.Text("param1")}}, Content: []evtxtest.Node{evtxtest.Text("Spooler")}},
		evtxtest.Element{Name: "Data"},
	}}}
	return e
}

// samples are whole logs, each with a golden reading.
func samples() map[string]evtxtest.Log {
	return map[string]evtxtest.Log{
		"security": {Chunks: [][]evtxtest.Event{{logon(0, "anna", true), logon(1, "-", false), logon(2, "anna", true)}, {logon(3, "bob", false)}}},
		"system":   {Chunks: [][]evtxtest.Event{{service(0, "Spooler"), service(60, "Themes")}}, Dirty: true},
		"classic":  {Chunks: [][]evtxtest.Event{{classic(0)}}, First: 700},
		"types":    {Chunks: [][]evtxtest.Event{{allTypes()}}},
		"userdata": {Chunks: [][]evtxtest.Event{{userData(), userData()}}},
		"markup":   {Chunks: [][]evtxtest.Event{{markup()}}},
		"rendered": {Chunks: [][]evtxtest.Event{{rendered()}}},
		"plain":    {Chunks: [][]evtxtest.Event{{plain(), plain()}}},
	}
}

// reading is a log as the golden files have it.
type reading struct {
	Events  []any               `json:"events"`
	Skipped []parsers.Skipped   `json:"skipped,omitempty"`
	Notes   []string            `json:"notes,omitempty"`
	XML     []string            `json:"xml"`
	Known   map[string][]string `json:"-"`
}

func read(t testing.TB, data []byte, opts evtx.Options) reading {
	t.Helper()
	var r reading
	opts.Record = func(rec *evtx.Record) {
		text, err := rec.AppendXML(nil)
		if err != nil {
			text = fmt.Appendf(text, "<!-- %v -->", err)
		}
		if rec.Carved {
			text = append([]byte("carved: "), text...)
		}
		if rec.Mended {
			text = append([]byte("mended: "), text...)
		}
		r.XML = append(r.XML, string(text))
	}
	acct := readBytes(t, data, opts, func(e *parsers.Event) {
		b, err := json.Marshal(struct {
			*parsers.Event
			Level, Zone string
		}{e, e.Level.String(), e.Zone.String()})
		if err != nil {
			t.Fatal(err)
		}
		r.Events = append(r.Events, json.RawMessage(b))
	})
	r.Skipped, r.Notes = acct.Skipped, acct.Notes
	return r
}

func golden(t *testing.T, name string, got reading) {
	t.Helper()
	path := filepath.Join("..", "..", "testdata", "evtx", name+".golden")
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(got); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), b.String()); d != "" {
		t.Errorf("%s: reading differs (-want +got):\n%s", name, d)
	}
}

func TestSamples(t *testing.T) {
	for name, l := range samples() {
		t.Run(name, func(t *testing.T) {
			data := l.Bytes()
			got := read(t, data, evtx.Options{})
			golden(t, name, got)
			for _, x := range got.XML {
				wellFormed(t, x)
			}
			for workers := 1; workers <= 3; workers++ {
				if d := cmp.Diff(got, read(t, data, evtx.Options{Workers: workers})); d != "" {
					t.Errorf("%d workers read something else:\n%s", workers, d)
				}
			}
		})
	}
}

// TestSampleFile holds the sample that other tests of the project read to what
// the writer gives.
func TestSampleFile(t *testing.T) {
	path := filepath.Join("..", "..", "testdata", "evtx", "system.evtx")
	data := samples()["system"].Bytes()
	if *update {
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, data) {
		t.Errorf("%s is not what the writer gives: run with -update", path)
	}
}

func wellFormed(t testing.TB, text string) {
	t.Helper()
	text = strings.TrimPrefix(strings.TrimPrefix(text, "mended: "), "carved: ")
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		_, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("XML is not well-formed: %v\n%s", err, text)
		}
	}
}

func TestDetect(t *testing.T) {
	data := samples()["system"].Bytes()
	broken := bytes.Clone(data)
	copy(broken, "XXXXXXXX")
	for _, c := range []struct {
		name string
		data []byte
		want int
	}{
		{"whole", data, 100},
		{"head of the file damaged", broken, 90},
		{"head of the file missing", data[4096:], 90},
		{"text", []byte("ElfFile is a name"), 0},
		{"empty", nil, 0},
	} {
		h := parsers.NewHead(c.data[:min(len(c.data), parsers.HeadSize)], len(c.data) <= parsers.HeadSize)
		if got := evtx.Format().Detect(h); got != c.want {
			t.Errorf("%s: score %d, want %d", c.name, got, c.want)
		}
	}
}
