package eventjson_test

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"

	"kbdiag/parsers"
	"kbdiag/parsers/eventjson"
)

const sample = `{"EventTime":"2020-08-01 06:49:15","Hostname":"srv.example.test","Keywords":-9187343239835811840,"EventType":"INFO",` +
	`"SeverityValue":2,"Severity":"INFO","EventID":7036,"SourceName":"Service Control Manager","Channel":"System","RecordNumber":%d,` +
	`"Message":"The Spooler service entered the running state.\r\n\r\nNothing else happened.","param1":"Spooler","param2":"running",` +
	`"EventReceivedTime":"2020-08-01 06:49:16","SourceModuleName":"eventlog","SourceModuleType":"im_msvistalog"}`

// read reads an input and checks that records and account agree, and that no
// position is outside it.
func read(t testing.TB, r io.Reader, size int64) (*parsers.Account, []parsers.Event) {
	t.Helper()
	in, err := parsers.NewInput("x", r, nil, size, parsers.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var acct parsers.Account
	var events []parsers.Event
	at := int64(-1)
	out := parsers.NewOut(&acct, parsers.Visitor{Event: func(e *parsers.Event) {
		if e.Pos.Offset < at || e.Pos.Length <= 0 || size >= 0 && e.Pos.Offset+e.Pos.Length > size {
			t.Fatalf("position %+v of %d bytes, after %d", e.Pos, size, at)
		}
		at = e.Pos.Offset
		if len(events) < 10_000 {
			events = append(events, *e)
		}
	}}, nil)
	if err := eventjson.Format().Parse(in, out); err != nil {
		t.Fatal(err)
	}
	return &acct, events
}

func readString(t testing.TB, s string) (*parsers.Account, []parsers.Event) {
	t.Helper()
	return read(t, strings.NewReader(s), int64(len(s)))
}

// TestLargeDocuments reads files that are one document many times larger than
// an object may be.
func TestLargeDocuments(t *testing.T) {
	const n = 12_000 // about 6 MB
	var list strings.Builder
	for i := range n {
		if i > 0 {
			list.WriteString(",\n")
		}
		fmt.Fprintf(&list, sample, i+1)
	}
	rows := strings.Builder{}
	for i := range n {
		if i > 0 {
			rows.WriteByte(',')
		}
		fmt.Fprintf(&rows, `["2022-05-13T08:55:07Z","w5","System","Service Control Manager",%d,"Information","%s"]`, i%100, strings.Repeat("text ", 80))
	}
	for name, doc := range map[string]string{
		"array":     "[" + list.String() + "]",
		"wrapped":   `{"took":3,"hits":{"total":{"value":2},"hits":[` + list.String() + `]}}`,
		"deep":      `{"a":{"b":[{"c":{"d":[[` + list.String() + `]]}}]}}`,
		"table":     `{"tables":[{"name":"T","columns":[{"name":"TimeGenerated"},{"name":"Computer"},{"name":"EventLog"},{"name":"Source"},{"name":"EventID"},{"name":"EventLevelName"},{"name":"RenderedDescription"}],"rows":[` + rows.String() + `]}]}`,
		"one lines": strings.ReplaceAll(list.String(), ",\n", "\n"),
		"bare":      strings.ReplaceAll(list.String(), ",\n", ""),
	} {
		t.Run(name, func(t *testing.T) {
			acct, events := readString(t, doc)
			if acct.Events != n || len(acct.Skipped) != 0 || acct.Lines != 0 {
				t.Errorf("%d events, %d lines, skipped %v; expected %d events", acct.Events, acct.Lines, acct.Skipped, n)
			}
			for _, e := range events[:100] {
				piece := doc[e.Pos.Offset : e.Pos.Offset+e.Pos.Length]
				if piece[0] != '{' && piece[0] != '[' || strings.Count(doc[:e.Pos.Offset], "\n")+1 != e.Pos.Line {
					t.Fatalf("position %+v does not cover the record", e.Pos)
				}
			}
		})
	}
}

// TestBoundaries moves a record across the end of the piece that is read at a
// time.
func TestBoundaries(t *testing.T) {
	const piece = 512 << 10
	line := fmt.Sprintf(sample, 7) + "\n"
	pretty := strings.NewReplacer(`,"`, ",\n  \"", "{", "{\n", "}", "\n}").Replace(line)
	for _, record := range []string{line, pretty, "text before it\n" + line, "[" + line + "]\n", "Record 1\n" + pretty, `<13>Aug 1 h nxlog: ` + line} {
		step := 3
		if testing.Short() {
			step = 41
		}
		for k := 0; k < len(record)+4; k += step {
			text := line + strings.Repeat(" ", piece-len(line)-k) + record + line
			acct, events := readString(t, text)
			if acct.Events != 3 || len(acct.Skipped) != 0 {
				t.Fatalf("%.40q at %d: %d events, skipped %v", record, k, acct.Events, acct.Skipped)
			}
			for _, e := range events {
				if p := text[e.Pos.Offset : e.Pos.Offset+e.Pos.Length]; p[0] != '{' || p[len(p)-1] != '}' || e.Pos.Line != strings.Count(text[:e.Pos.Offset], "\n")+1 {
					t.Fatalf("%.40q at %d: %+v", record, k, e.Pos)
				}
			}
		}
	}
}

// TestWide reads UTF-16 of both orders, with positions in the input's bytes.
func TestWide(t *testing.T) {
	text := "\ufeff" + strings.Repeat(fmt.Sprintf(sample, 5)+"\r\n", 3000)
	text = strings.ReplaceAll(text, "Spooler", "Größe 日本 😀")
	for _, big := range []bool{false, true} {
		var b bytes.Buffer
		for _, u := range utf16.Encode([]rune(text)) {
			if big {
				b.Write([]byte{byte(u >> 8), byte(u)})
			} else {
				b.Write([]byte{byte(u), byte(u >> 8)})
			}
		}
		raw := b.Bytes()
		acct, events := read(t, bytes.NewReader(raw), int64(len(raw)))
		if acct.Events != 3000 {
			t.Fatalf("%d events", acct.Events)
		}
		last := events[2999]
		if end := last.Pos.Offset + last.Pos.Length; end != int64(len(raw)-4) || last.Pos.Line != 3000 || last.Data[0].Value != "Größe 日本 😀" {
			t.Errorf("last at %+v of %d: %v", last.Pos, len(raw), last.Data)
		}
	}
}

// TestCodePages reads what PowerShell 5 writes in the code page of the machine.
// Letters of two bytes may have a backslash for the second.
func TestCodePages(t *testing.T) {
	for _, c := range []struct {
		enc  encoding.Encoding
		text string
	}{
		{simplifiedchinese.GB18030, "服务控制管理器无法启动后台打印程序服务，因为发生了以下错误：系统找不到指定的文件。"},
		{japanese.ShiftJIS, "サービス コントロール マネージャーは表示ソフトの能力を十分に予測できませんでした。"},
		{charmap.Windows1251, "Служба диспетчера очереди печати неожиданно прервана. Это произошло два раза подряд."},
	} {
		line := `{"EventID":7031,"ProviderName":"Service Control Manager","LogName":"System","LevelDisplayName":"Error","Message":"` + c.text + `"}` + "\r\n"
		raw, err := c.enc.NewEncoder().String(strings.Repeat(line, 300))
		if err != nil {
			t.Fatal(err)
		}
		_, events := readString(t, raw)
		if len(events) != 300 {
			t.Fatalf("%v: %d events", c.enc, len(events))
		}
		e := events[299]
		if e.Message != c.text || e.Pos.Line != 300 || e.Pos.Offset+e.Pos.Length != int64(len(raw)) {
			t.Errorf("%v: %+v of %d, %q", c.enc, e.Pos, len(raw), e.Message)
		}
	}
}

// endless gives a repeated piece of text up to a length, and notes how much
// memory is in use on the way.
type endless struct {
	piece string
	left  int
	at    int
}

func (e *endless) Read(p []byte) (int, error) {
	if e.left <= 0 {
		return 0, io.EOF
	}
	n := 0
	for n < len(p) && e.left > 0 {
		c := copy(p[n:min(len(p), n+e.left)], e.piece[e.at:])
		e.at = (e.at + c) % len(e.piece)
		n += c
		e.left -= c
	}
	return n, nil
}

// TestHostile reads inputs that are made to cost time or memory.
func TestHostile(t *testing.T) {
	size := 8 << 20
	if testing.Short() {
		size = 1 << 20
	}
	event := fmt.Sprintf(sample, 1)
	for name, c := range map[string]struct {
		head, piece, tail string
		events            int // expected at the end, behind the tail
	}{
		"nested objects":      {"", `{"a":`, "\n" + event, 1},
		"nested arrays":       {"", "[", "\n" + event, 1},
		"one string":          {`{"a":"`, "x", `"}` + "\n" + event, 1},
		"one escaped string":  {`{"a":"`, `\\`, `"}` + "\n" + event, 1},
		"one number":          {`{"a":`, "1", "}\n" + event, 1},
		"many names":          {`{"a":1`, `,"b":2`, "}\n" + event, 1},
		"open lines":          {"", `{"EventID":1,"Channel":` + "\n", "\n" + event, 1},
		"open strings":        {"", `{"a":"b` + "\n", "\n" + event, 1},
		"braces":              {"", "{", "\n" + event, 1},
		"brace lines":         {"", "{\n", "\n" + event, 1},
		"quotes":              {"", `"`, "", 0},
		"backslashes":         {`{"`, `\`, "", 0},
		"blanks":              {"{", " ", "", 0},
		"closing":             {"", "]}", "\n" + event, 1},
		"text":                {"", "no JSON here { and [ there\n", "\n" + event, 1},
		"text with objects":   {"", `see {"a":1} and {"b":2}` + "\n", "\n" + event, 1},
		"columns":             {`{"columns":["a","b"],"rows":[`, `[1,2],`, "]}\n" + event, 1},
		"nest and width":      {strings.Repeat(`{"a":`, 60), `{"b":1,"c":`, "", 0},
		"containers":          {"", `{"result":{"result":{"result":{"result":{"result":{"a":1}}}}}}`, "\n" + event, 1},
		"inner documents":     {"", `{"message":"{\"message\":\"{\\\"message\\\":\\\"{}\\\"}\"}"}`, "\n" + event, 1},
		"binary":              {"", "\xff\x00\xfe{\x80", "\n" + event, 1},
		"events with a break": {"", event[:len(event)-1] + "\n", "", -1},
	} {
		t.Run(name, func(t *testing.T) {
			r := io.MultiReader(strings.NewReader(c.head), &endless{piece: c.piece, left: size / len(c.piece) * len(c.piece)}, strings.NewReader(c.tail))
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			start := time.Now()
			acct, _ := read(t, r, -1)
			if d := time.Since(start); d > 60*time.Second {
				t.Errorf("took %v", d)
			} else {
				t.Logf("%v, %d events, %d lines, %d kinds skipped", d.Round(time.Millisecond), acct.Events, acct.Lines, len(acct.Skipped))
			}
			runtime.GC()
			runtime.ReadMemStats(&after)
			if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 64<<20 {
				t.Errorf("%d MB more in use", grown>>20)
			}
			if c.events >= 0 && acct.Events != c.events {
				t.Errorf("%d events, expected %d; skipped %v", acct.Events, c.events, acct.Skipped)
			}
		})
	}
}

// TestCut cuts a file at every byte: no event before the cut is lost, and the
// one that is cut is marked.
func TestCut(t *testing.T) {
	line := fmt.Sprintf(sample, 1) + "\n"
	text := line + line
	for n := range len(text) {
		acct, events := readString(t, text[:n])
		whole := n / (len(line) - 1)
		if n < len(line) {
			whole = 0
			if n == len(line)-1 {
				whole = 1
			}
		} else if n >= len(line) && n < 2*len(line)-1 {
			whole = 1
		}
		good := 0
		for _, e := range events {
			if !e.Truncated {
				good++
			}
		}
		if good != whole {
			t.Fatalf("cut at %d: %d whole events, expected %d (%+v)", n, good, whole, acct)
		}
	}
}

// TestLevels holds the numbers of different fields apart.
func TestLevels(t *testing.T) {
	for _, c := range []struct {
		members string
		want    parsers.Level
	}{
		{`"Level":1`, parsers.LevelCritical},
		{`"Level":"2"`, parsers.LevelError},
		{`"Level":0`, parsers.LevelInformation},
		{`"EventType":1`, parsers.LevelError},
		{`"EventType":2`, parsers.LevelWarning},
		{`"EntryType":16`, parsers.LevelAuditFailure},
		{`"EntryType":"SuccessAudit"`, parsers.LevelAuditSuccess},
		{`"SeverityValue":4`, parsers.LevelError},
		{`"SeverityValue":5`, parsers.LevelCritical},
		{`"EventType":"WARNING","SeverityValue":3`, parsers.LevelWarning},
		{`"short_message":"x","level":3`, parsers.LevelError},
		{`"Level":0,"Keywords":"0x8010000000000000"`, parsers.LevelAuditFailure},
		{`"Level":0,"Keywords":-9214364837600034816`, parsers.LevelAuditSuccess},
		{`"Level":0,"Keywords":"-9218868437227405312"`, parsers.LevelAuditFailure},
		{`"Level":0,"Keywords":9232379236109516800`, parsers.LevelAuditSuccess},
		{`"Level":0,"Keywords":9.232379236109517e+18`, parsers.LevelAuditSuccess},
		{`"Level":4,"Keywords":["Audit Failure"]`, parsers.LevelAuditFailure},
		{`"Level":4,"KeywordsDisplayNames":["Überwachung gescheitert"]`, parsers.LevelAuditFailure},
		{`"LevelDisplayName":"Avertissement"`, parsers.LevelWarning},
		{`"LevelDisplayName":"\u8b66\u544a"`, parsers.LevelWarning},
		{`"Level":"8"`, parsers.LevelAuditSuccess},
		{`"EventLevel":1,"EventLevelName":"Error"`, parsers.LevelError},
		{`"Severity":"WARN"`, parsers.LevelWarning},
	} {
		_, events := readString(t, `{"EventID":1,"Channel":"System","ProviderName":"X",`+c.members+`}`)
		if len(events) != 1 || events[0].Level != c.want {
			t.Errorf("%s: %v, expected %v", c.members, events, c.want)
		}
	}
}

// TestTimes reads times of all kinds.
func TestTimes(t *testing.T) {
	for _, c := range []struct{ value, want string }{
		{`"2020-10-19T10:46:42.0271234Z"`, "2020-10-19 10:46:42.0271234 +00:00 utc"},
		{`"2020-10-19 10:46:42"`, "2020-10-19 10:46:42 +00:00 local"},
		{`"2020-10-19T10:46:42+0530"`, "2020-10-19 10:46:42 +05:30 offset"},
		{`"2020-10-19 10:46:42.5 -08:00"`, "2020-10-19 10:46:42.5 -08:00 offset"},
		{`"2020-10-19T10:46:42-00:00"`, "2020-10-19 10:46:42 +00:00 utc"},
		{`"\/Date(1602982685959)\/"`, "2020-10-18 00:58:05.959 +00:00 utc"},
		{`"/Date(1602982685959+0200)/"`, "2020-10-18 00:58:05.959 +00:00 utc"},
		{`{"value":"\/Date(1602982685959)\/","DateTime":"Sunday"}`, "2020-10-18 00:58:05.959 +00:00 utc"},
		{`1602982685.5`, "2020-10-18 00:58:05.5 +00:00 utc"},
		{`"1602982685959"`, "2020-10-18 00:58:05.959 +00:00 utc"},
		{`132474562859590000`, "2020-10-18 00:58:05.959 +00:00 utc"},
		{`"20201018025805.959000+120"`, "2020-10-18 02:58:05.959 +02:00 offset"},
		{`"10/19/2020 10:46:42 PM"`, "2020-10-19 22:46:42 +00:00 local"},
		{`"19.10.2020 22:46:42"`, "2020-10-19 22:46:42 +00:00 local"},
		{`"1601-01-01T00:00:00Z"`, ""},
		{`"\/Date(-11644473600000)\/"`, ""},
		{`""`, ""}, {`null`, ""}, {`"x"`, ""}, {`1e400`, ""}, {`99`, ""},
	} {
		_, events := readString(t, `{"EventID":1,"Channel":"System","ProviderName":"X","TimeCreated":`+c.value+`}`)
		if len(events) != 1 {
			t.Errorf("%s: %d events", c.value, len(events))
			continue
		}
		got := ""
		if e := &events[0]; e.Has(parsers.FieldTime) {
			got = e.Time.Format("2006-01-02 15:04:05.9999999 -07:00 ") + e.Zone.String()
		}
		if got != c.want {
			t.Errorf("%s: %s, expected %s", c.value, got, c.want)
		}
	}
}

// TestNoEvents are logs of other programs, which must not be taken for events.
func TestNoEvents(t *testing.T) {
	for _, s := range []string{
		`{"level":"info","time":"2020-01-01T00:00:00Z","event_id":12,"source":"web","message":"x"}`,
		`{"id":5,"hostname":"x","channel":"general","message":"hi"}`,
		`{"event":{"code":"302013","provider":"asa"},"message":"x"}`,
		`{"EventID":"abc","Channel":"System"}`,
		`{"name":"x","version":2,"description":"y","data":[1,2]}`,
		`{"Id":7,"Name":"x","Source":"y","TimeGenerated":"2020-01-01T00:00:00Z","Type":"Error"}`,
		`[1,2,3]`, `"string"`, `[]`, `{}`,
	} {
		if acct, _ := readString(t, s); acct.Events != 0 {
			t.Errorf("%s is taken for an event", s)
		}
		if score := eventjson.Format().Detect(parsers.NewHead([]byte(s), true)); score != 0 {
			t.Errorf("%s: score %d", s, score)
		}
	}
}

// TestCutDocument cuts a document around records: those before the cut are
// read, the one that is cut is marked.
func TestCutDocument(t *testing.T) {
	record := fmt.Sprintf(sample, 7)
	for _, join := range []string{",", ",\n", ",\n  "} {
		doc := `{"value":[` + strings.Repeat(record+join, 5) + record + `],"Count":6}`
		at := strings.Index(doc[2000:], `"Message"`) + 2000
		acct, events := readString(t, doc[:at])
		if acct.Events < 4 || !events[len(events)-1].Truncated || events[0].Truncated {
			t.Errorf("%q: %d events, skipped %v", join, acct.Events, acct.Skipped)
		}
		if score := eventjson.Format().Detect(parsers.NewHead([]byte(doc[:at]), false)); score == 0 {
			t.Errorf("%q: not detected by its beginning", join)
		}
		broken := doc[:at] + "}}!" + doc[at+30:]
		acct, _ = readString(t, broken)
		if acct.Events < 5 || acct.Events > 6 {
			t.Errorf("%q: %d events around a break, skipped %v", join, acct.Events, acct.Skipped)
		}
	}
}
