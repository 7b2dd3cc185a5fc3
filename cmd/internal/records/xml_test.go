package records_test

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"kbdiag/cmd/internal/records"
	"kbdiag/parsers"
)

// logged is an event whose log has XML.
type logged string

func (l logged) AppendXML(dst []byte) ([]byte, error) { return append(dst, l...), nil }

type cut string

func (c cut) AppendXML(dst []byte) ([]byte, error) {
	return append(dst, c...), errors.New("BinXML ends early")
}

func wellFormed(t *testing.T, text string) {
	t.Helper()
	for d := xml.NewDecoder(strings.NewReader(text)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("not well-formed: %v\n%s", err, text)
		}
	}
}

func TestEventXML(t *testing.T) {
	audit := parsers.Event{}
	audit.SetLevel(parsers.LevelAuditFailure)
	audit.SetID(529)
	full := parsers.Event{Strings: []string{"a<b", "same"}, Data: []parsers.Named{{Name: "first", Value: "a<b"}, {Name: "Binary", Value: "DEAD"}, {Name: "EventSourceName", Value: "MSFTPSVC"}}}
	full.Set(parsers.FieldProvider, `Quote"Provider`)
	full.Set(parsers.FieldMessage, "line\nend & \x01")
	full.Set(parsers.FieldCategory, "Authentication")
	full.Set(parsers.FieldUser, `EXAMPLE\anna`)
	full.SetTime(time.Date(1999, 3, 12, 9, 26, 14, 0, time.UTC), parsers.ZoneLocal)
	full.SetID(0xC00432CB)
	for _, c := range []struct {
		name string
		e    parsers.Event
		want string
	}{
		{"nothing known", parsers.Event{}, `<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System></System></Event>`},
		{"audit", audit, `<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><EventID>529</EventID><Level>0</Level><Keywords>0x8090000000000000</Keywords></System></Event>`},
		{"full", full, `<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><Provider Name="Quote&quot;Provider" EventSourceName="MSFTPSVC"/>` +
			`<EventID Qualifiers="49156">13003</EventID><TimeCreated SystemTime="1999-03-12T09:26:14"/><Security UserID="EXAMPLE\anna"/></System>` +
			`<EventData><Data Name="first">a&lt;b</Data><Data>same</Data><Binary>DEAD</Binary></EventData>` +
			"<RenderingInfo><Message>line\nend &amp; _x0001_</Message><Task>Authentication</Task></RenderingInfo></Event>"},
		{"as its log has it", parsers.Event{XML: logged("<Event/>"), Message: "not asked"}, "<Event/>"},
		{"damaged", parsers.Event{XML: cut("<Event/>")}, "<Event/><!-- damaged: BinXML ends early -->"},
		{"nothing but damage", parsers.Event{XML: cut("")}, `<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System></System></Event><!-- damaged: BinXML ends early -->`},
		{"carved", parsers.Event{XML: logged("<Event/>"), Carved: true}, "<Event/><!-- carved: an old event out of the free space of the log -->"},
	} {
		got := string(records.EventXML(nil, &c.e, nil))
		if got != c.want+"\n" {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, c.want)
		}
		wellFormed(t, got)
	}
}

// TestEventXMLScrub takes secrets out of values, also where they are words of
// the markup, and leaves the markup as it is.
func TestEventXMLScrub(t *testing.T) {
	var s parsers.Secrets
	for _, word := range []string{"Data", "Name", "secret1", "a&b<c"} {
		s.Add(word)
	}
	e := parsers.Event{XML: logged(`<Event><Data Name="secret1">The Data is secret1, a&amp;b&lt;c</Data><![CDATA[Name > secret1]]></Event>`)}
	got := string(records.EventXML(nil, &e, s.Scrubber()))
	wellFormed(t, got)
	const want = `<Event><Data Name="[redacted]">The [redacted] is [redacted], [redacted]</Data><![CDATA[[redacted] > [redacted]]]></Event>` + "\n"
	if got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}
