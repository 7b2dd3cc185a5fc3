package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kbdiag/engine"
	"kbdiag/parsers"
	"kbdiag/parsers/formats"
)

// happened is one event as it happened, before anybody exported it.
type happened struct {
	at         time.Time // the machine keeps UTC
	log        string
	provider   string
	id         uint16
	qualifiers uint16
	kind       string // Error, Warning, Information
	category   string
	host       string
	record     int
	message    string
	strings    []string
}

// sameEvents are the events of one small log, in the order of their records.
func sameEvents() []happened {
	day := time.Date(2003, 3, 14, 8, 20, 0, 0, time.UTC)
	return []happened{
		{day, "Application", "MSExchangeSA", 1000, 0x4004, "Information", "General", "MAIL3", 411,
			"Microsoft Exchange System Attendant is starting, version 5.5.", []string{"5.5"}},
		{day.Add(26 * time.Minute), "Application", "MSExchangePOP3", 13003, 0xC004, "Error", "Authentication", "MAIL3", 412,
			"Logon attempt from 192.0.2.77 to jolly has failed: HrLookupCredentials() call failed with error Logon failure: unknown user name or bad password.",
			[]string{"192.0.2.77", "jolly", "HrLookupCredentials() call failed with error Logon failure: unknown user name or bad password."}},
		{day.Add(27 * time.Minute), "Application", "Userenv", 1000, 0x4000, "Warning", "None", "MAIL3", 413,
			"The registry of a user could not be unloaded, error code 5.", []string{"5"}},
		{day.Add(15 * time.Hour), "Application", "MSExchangePOP3", 13003, 0xC004, "Error", "Authentication", "MAIL3", 414,
			"Logon attempt from 192.0.2.78 to kim has failed: HrLookupCredentials() call failed with error Logon failure: unknown user name or bad password.",
			[]string{"192.0.2.78", "kim", "HrLookupCredentials() call failed with error Logon failure: unknown user name or bad password."}},
	}
}

// level is the Level of Windows Vista and later.
func (e happened) level() int {
	return map[string]int{"Error": 2, "Warning": 3, "Information": 4}[e.kind]
}

// eventType is the EventType of Windows NT.
func (e happened) eventType() int {
	return map[string]int{"Error": 1, "Warning": 2, "Information": 4}[e.kind]
}

func (e happened) instance() uint32 { return uint32(e.qualifiers)<<16 | uint32(e.id) }

func (e happened) us(layout string) string { return e.at.Format(layout) }

// form is one form of export: how it writes an event, and what stands before
// and behind all of them.
type form struct {
	name         string
	head         string
	each         func(e happened) string
	between      string
	tail         string
	newestFirst  bool
	bare         bool // the text is lost, only the strings are there
	sourceIsLost bool
	levelIsLost  bool
	whole        func(list []happened) string // writes all events at once, as binary logs are
}

func (f form) write(list []happened) string {
	if f.whole != nil {
		return f.whole(list)
	}
	var parts []string
	for i := range list {
		e := list[i]
		if f.newestFirst {
			e = list[len(list)-1-i]
		}
		parts = append(parts, f.each(e))
	}
	return f.head + strings.Join(parts, f.between) + f.tail
}

const (
	usDate = "1/2/2006"
	usTime = "3:04:05 PM"
	xmlns  = "http://schemas.microsoft.com/win/2004/08/events/event"
)

func quotedCSV(sep string, fields ...string) string {
	for i, f := range fields {
		fields[i] = `"` + strings.ReplaceAll(f, `"`, `""`) + `"`
	}
	return strings.Join(fields, sep) + "\r\n"
}

func jsonText(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(raw)
}

func (e happened) xml() string {
	var data strings.Builder
	for _, s := range e.strings {
		fmt.Fprintf(&data, "<Data>%s</Data>", s)
	}
	return fmt.Sprintf(`<Event xmlns='%s'><System><Provider Name='%s'/><EventID Qualifiers='%d'>%d</EventID><Level>%d</Level><Task>0</Task><Keywords>0x80000000000000</Keywords><TimeCreated SystemTime='%s'/><EventRecordID>%d</EventRecordID><Channel>%s</Channel><Computer>%s</Computer><Security/></System><EventData>%s</EventData></Event>`,
		xmlns, e.provider, e.qualifiers, e.id, e.level(), e.us("2006-01-02T15:04:05.000000000Z"), e.record, e.log, e.host, data.String())
}

// TestSameEvent reads the events of one log in every form. The records agree
// in every field that a form carries, and the diagnosis is the same.
func TestSameEvent(t *testing.T) {
	list := sameEvents()
	for _, f := range sameForms() {
		t.Run(f.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "export.txt")
			if err := os.WriteFile(file, []byte(f.write(list)), 0o644); err != nil {
				t.Fatal(err)
			}
			compareEvents(t, f, readEvents(t, file), list)
			sameDiagnosis(t, f, file)
		})
	}
}

// sameForms are all forms that the same events are written in.
func sameForms() []form {
	return append(append(textForms(), toolForms()...), shipperForms()...)
}

// compareEvents compares what was read of a form with what happened.
func compareEvents(t *testing.T, f form, got []parsers.Event, list []happened) {
	t.Helper()
	if len(got) != len(list) {
		t.Fatalf("%d events, want %d", len(got), len(list))
	}
	for i := range got {
		want := list[i]
		if f.newestFirst {
			want = list[len(list)-1-i]
		}
		compareEvent(t, f, &got[i], want)
	}
}

func readEvents(t *testing.T, file string) []parsers.Event {
	t.Helper()
	got, accts := allEvents(file)
	for _, acct := range accts {
		if acct.Err != nil {
			t.Error(acct.Err)
		}
		for _, s := range acct.Lost() {
			t.Errorf("%d skipped: %s", s.Count, s.Reason)
		}
	}
	return got
}

// allEvents gives the events of a file and the accounts of what was read.
func allEvents(file string) ([]parsers.Event, []*parsers.Account) {
	var got []parsers.Event
	rd := &parsers.Reader{Forms: formats.All()}
	accts := rd.Read(filepath.ToSlash(file), parsers.Visitor{Event: func(e *parsers.Event) {
		kept := *e
		kept.Strings = append([]string(nil), e.Strings...)
		got = append(got, kept)
	}})
	return got, accts
}

// compareEvent compares the fields that the form carries.
func compareEvent(t *testing.T, f form, e *parsers.Event, want happened) {
	t.Helper()
	record := want.record
	check := func(field parsers.Field, name, got, want string) {
		t.Helper()
		if e.Has(field) && got != want {
			t.Errorf("record %d: %s is %q, want %q", record, name, got, want)
		}
	}
	if !e.Has(parsers.FieldID) || e.ID != want.id {
		t.Errorf("record %d: id %d, want %d", want.record, e.ID, want.id)
	}
	if !e.Has(parsers.FieldProvider) && !f.sourceIsLost {
		t.Errorf("record %d: no provider", want.record)
	}
	if !e.Has(parsers.FieldLevel) && !f.levelIsLost {
		t.Errorf("record %d: no level", want.record)
	}
	check(parsers.FieldProvider, "provider", e.Provider, want.provider)
	check(parsers.FieldLevel, "level", e.Level.String(), strings.ToLower(want.kind))
	check(parsers.FieldHost, "host", e.Host, want.host)
	if !f.sourceIsLost { // dcdiag names no source and shows the system log
		check(parsers.FieldLog, "log", strings.ToLower(e.Log), strings.ToLower(want.log)) // one collector writes it small
	}
	check(parsers.FieldRecord, "record", fmt.Sprint(e.Pos.Record), fmt.Sprint(want.record))
	check(parsers.FieldQualifiers, "qualifiers", fmt.Sprint(e.Qualifiers), fmt.Sprint(want.qualifiers))
	check(parsers.FieldTime, "time", e.Time.UTC().Format(time.DateTime), want.at.Format(time.DateTime))
	if !f.bare && strings.Join(strings.Fields(e.Message), " ") != want.message {
		t.Errorf("record %d: message %q, want %q", want.record, e.Message, want.message)
	}
	if f.bare && len(want.strings) > 0 {
		for _, s := range want.strings {
			if !strings.Contains(strings.Join(e.Strings, "\n")+"\n"+e.Message, s) {
				t.Errorf("record %d: strings %q lack %q", want.record, e.Strings, s)
			}
		}
	}
}

// sameDiagnosis holds the form to the answer that all forms give.
func sameDiagnosis(t *testing.T, f form, file string) {
	t.Helper()
	out, errs, status := runCommand(t, "diagnose", "--format", "json", filepath.ToSlash(file))
	if status != exitOK {
		t.Fatalf("exit status %d: %s", status, errs)
	}
	var rep engine.Report
	if err := json.Unmarshal([]byte(out), &rep); err != nil {
		t.Fatal(err)
	}
	if f.sourceIsLost {
		if !strings.Contains(out, `"rule": "Q247764"`) {
			t.Errorf("diagnoses %+v", rep.Diagnoses)
		}
		return
	}
	if len(rep.Diagnoses) == 0 || rep.Diagnoses[0].Rule != "Q247764" {
		t.Errorf("diagnoses %+v", rep.Diagnoses)
		return
	}
	d := rep.Diagnoses[0]
	if len(d.Evidence) == 0 || d.Evidence[0].Count != 2 {
		t.Errorf("evidence %+v", d.Evidence)
	}
}
