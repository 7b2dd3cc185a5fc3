// Package eventtexttest writes large logs in the text forms, for tests of
// speed and memory. What it writes depends on nothing but its arguments.
package eventtexttest

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"time"
	"unicode/utf16"
)

// Forms are the names of the forms that Write knows.
var Forms = []string{
	"nt-csv", "nt-txt", "vista-csv", "vista-txt", "dumpel", "clipboard-2000", "clipboard-vista",
	"xml", "xml-saved", "xml-rendered", "ndjson", "prose", "vista-csv-utf16", "xml-saved-utf16",
}

// Write writes a log of at least size bytes in the named form.
func Write(w io.Writer, form string, size int64) error {
	b := &bulk{w: bufio.NewWriterSize(w, 1<<20), size: size}
	if len(form) > 6 && form[len(form)-6:] == "-utf16" {
		b.wide, form = true, form[:len(form)-6]
		b.wrote, _ = b.w.Write([]byte{0xFF, 0xFE})
	}
	f, ok := writers[form]
	if !ok {
		return fmt.Errorf("no such form: %s", form)
	}
	b.print("%s", f.head)
	for ; int64(b.wrote) < size && b.err == nil; b.n++ {
		f.event(b, b.next())
	}
	b.print("%s", f.tail)
	if b.err != nil {
		return b.err
	}
	return b.w.Flush()
}

// bulk counts what is written.
type bulk struct {
	w     *bufio.Writer
	size  int64
	wrote int
	n     int
	seed  uint32
	wide  bool
	buf   []byte
	err   error
}

func (b *bulk) print(format string, args ...any) {
	b.buf = b.buf[:0]
	if len(args) == 0 {
		b.buf = append(b.buf, format...)
	} else {
		b.buf = fmt.Appendf(b.buf, format, args...)
	}
	if b.wide {
		units := utf16.Encode([]rune(string(b.buf)))
		b.buf = b.buf[:0]
		for _, u := range units {
			b.buf = binary.LittleEndian.AppendUint16(b.buf, u)
		}
	}
	n, err := b.w.Write(b.buf)
	b.wrote += n
	b.keep(err)
}

// keep keeps the first error.
func (b *bulk) keep(err error) {
	if b.err == nil {
		b.err = err
	}
}

// pick gives a number below n, the same ones in every run.
func (b *bulk) pick(n int) int {
	b.seed = b.seed*1664525 + 1013904223
	return int(b.seed>>8) % n
}

// kind is one kind of event. Message and values have %s for what differs from
// one event to the next.
type kind struct {
	source, channel string
	id, level       int // level 0 is a successful audit
	category, user  string
	names           []string // of the values
	values          []string
	message         string
}

var kinds = []kind{
	{"Service Control Manager", "System", 7036, 4, "None", "N/A", []string{"param1", "param2"}, []string{"Print Spooler", "stopped"},
		"The Print Spooler service entered the stopped state."},
	{"Service Control Manager", "System", 7000, 2, "None", "N/A", []string{"param1", "param2"}, []string{"Queue Keeper %s", "%%%%1069"},
		"The Queue Keeper %s service failed to start due to the following error: \nThe service did not start due to a logon failure."},
	{"Microsoft-Windows-Security-Auditing", "Security", 4624, 0, "Logon", "N/A",
		[]string{"SubjectUserSid", "SubjectUserName", "SubjectDomainName", "TargetUserName", "LogonType", "IpAddress", "ProcessName"},
		[]string{"S-1-5-18", "MAIL01$", "EXAMPLE", "user%s", "3", "192.0.2.17", "C:\\Windows\\System32\\services.exe"},
		"An account was logged on.\n\nSubject:\n\tSecurity ID:\t\tSYSTEM\n\tAccount Name:\t\tMAIL01$\n\tAccount Domain:\t\tEXAMPLE\n\tLogon ID:\t\t0x3E7\n\nNew Logon:\n\tAccount Name:\t\tuser%s\n\tLogon Type:\t\t3\n\nNetwork Information:\n\tSource Network Address:\t192.0.2.17\n"},
	{"MSExchangeIS Private", "Application", 1026, 3, "Transport General", "EXAMPLE\\kim", []string{"", ""}, []string{"12", "Sales %s"},
		"An error was found in the store, after 12 attempts, of the folder with the name Sales %s. Error 0x8004010f was returned."},
	{"EventLog", "System", 6013, 4, "None", "N/A", []string{""}, []string{"%s"},
		"The system was up for %s seconds."},
	{"Userenv", "Application", 1000, 2, "None", "NT AUTHORITY\\SYSTEM", []string{""}, []string{"5"},
		"The registry file of user%s could not be unloaded. Detail: Access is denied, code 5 & \"retry\"."},
	{"W32Time", "System", 35, 4, "None", "N/A", []string{"TimeSource"}, []string{"dc%s.example.test"},
		"The time service now takes its time from dc%s.example.test (ntp.m|0x1|192.0.2.1:123)."},
}

// event is one event to write.
type event struct {
	kind
	at     time.Time
	record int
	host   string
}

func (b *bulk) next() event {
	e := event{kind: kinds[b.pick(len(kinds))], record: 100000 + b.n, host: "MAIL01"}
	e.at = time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(b.n)*7*time.Second + time.Duration(b.pick(1000))*time.Millisecond)
	part := fmt.Sprint(b.pick(5000))
	e.message = fill(e.message, part)
	values := make([]string, len(e.values))
	for i, v := range e.values {
		values[i] = fill(v, part)
	}
	e.values = values
	return e
}

// fill puts part in the place of %s.
func fill(s, part string) string {
	for i := 0; i+1 < len(s); i++ {
		if s[i] == '%' && s[i+1] == 's' {
			return fmt.Sprintf(s, part)
		}
	}
	return s
}
