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
	"kbdiag/parsers/exporttest"
	"kbdiag/parsers/formats"
)

// sameEvents are the events of one small log, in the order of their records.
func sameEvents() []exporttest.Event {
	day := time.Date(2003, 3, 14, 8, 20, 0, 0, time.UTC)
	event := func(after time.Duration, kind, provider string, id uint16, message string, strings ...string) exporttest.Event {
		return exporttest.Event{At: day.Add(after), Log: "Application", Kind: kind, Provider: provider, ID: id, Category: "None", Host: "MAIL3", Message: message, Strings: strings}
	}
	refused := func(after time.Duration, client, user string) exporttest.Event {
		why := "HrLookupCredentials() call failed with error Logon failure: unknown user name or bad password."
		e := event(after, "Error", "MSExchangePOP3", 13003, "Logon attempt from "+client+" to "+user+" has failed: "+why, client, user, why)
		e.Qualifiers, e.Category = 0xC004, "Authentication"
		return e
	}
	list := []exporttest.Event{
		event(0, "Information", "MSExchangeSA", 1000, "Microsoft Exchange System Attendant is starting, version 5.5.", "5.5"),
		refused(26*time.Minute, "192.0.2.77", "jolly"),
		event(27*time.Minute, "Warning", "Userenv", 1000, "The registry of a user could not be unloaded, error code 5.", "5"),
		refused(15*time.Hour, "192.0.2.78", "kim"),
	}
	list[0].Qualifiers, list[0].Category = 0x4004, "General"
	list[2].Qualifiers = 0x4000
	for i := range list {
		list[i].Record = 411 + i
	}
	return list
}

// TestSameEvent reads the events of one log in every form. The records agree
// in every field that a form carries, and the diagnosis is the same.
func TestSameEvent(t *testing.T) {
	list := sameEvents()
	for i, f := range sameForms() {
		if testing.Short() && i%5 > 0 {
			continue
		}
		t.Run(f.Name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "export.txt")
			if err := os.WriteFile(file, []byte(f.Write(list)), 0o644); err != nil {
				t.Fatal(err)
			}
			compareEvents(t, f, readEvents(t, file), list)
			sameDiagnosis(t, f, file)
		})
	}
}

// sameForms are all forms that the same events are written in.
func sameForms() []exporttest.Form {
	return append(exporttest.Forms(), exporttest.Collected()...)
}

// compareEvents compares what was read of a form with what exporttest.Event.
func compareEvents(t *testing.T, f exporttest.Form, got []parsers.Event, list []exporttest.Event) {
	t.Helper()
	if len(got) != len(list) {
		t.Fatalf("%d events, want %d", len(got), len(list))
	}
	for i := range got {
		want := list[i]
		if f.NewestFirst {
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
func compareEvent(t *testing.T, f exporttest.Form, e *parsers.Event, want exporttest.Event) {
	t.Helper()
	record := want.Record
	check := func(field parsers.Field, name, got, want string) {
		t.Helper()
		if e.Has(field) && got != want {
			t.Errorf("record %d: %s is %q, want %q", record, name, got, want)
		}
	}
	if !e.Has(parsers.FieldID) || e.ID != want.ID {
		t.Errorf("record %d: id %d, want %d", want.Record, e.ID, want.ID)
	}
	if !e.Has(parsers.FieldProvider) && !f.SourceIsLost {
		t.Errorf("record %d: no provider", want.Record)
	}
	if !e.Has(parsers.FieldLevel) && !f.LevelIsLost {
		t.Errorf("record %d: no level", want.Record)
	}
	check(parsers.FieldProvider, "provider", e.Provider, want.Provider)
	check(parsers.FieldLevel, "level", e.Level.String(), strings.ToLower(want.Kind))
	check(parsers.FieldHost, "host", e.Host, want.Host)
	if !f.SourceIsLost { // dcdiag names no source and shows the system log
		check(parsers.FieldLog, "log", strings.ToLower(e.Log), strings.ToLower(want.Log)) // one collector writes it small
	}
	check(parsers.FieldRecord, "record", fmt.Sprint(e.Pos.Record), fmt.Sprint(want.Record))
	check(parsers.FieldQualifiers, "qualifiers", fmt.Sprint(e.Qualifiers), fmt.Sprint(want.Qualifiers))
	check(parsers.FieldTime, "time", e.Time.UTC().Format(time.DateTime), want.At.Format(time.DateTime))
	if !f.Bare && strings.Join(strings.Fields(e.Message), " ") != want.Message {
		t.Errorf("record %d: message %q, want %q", want.Record, e.Message, want.Message)
	}
	if f.Bare && len(want.Strings) > 0 {
		for _, s := range want.Strings {
			if !strings.Contains(strings.Join(e.Strings, "\n")+"\n"+e.Message, s) {
				t.Errorf("record %d: strings %q lack %q", want.Record, e.Strings, s)
			}
		}
	}
}

// sameDiagnosis holds the form to the answer that all forms give.
func sameDiagnosis(t *testing.T, f exporttest.Form, file string) {
	t.Helper()
	out, errs, status := runCommand(t, "diagnose", "--format", "json", filepath.ToSlash(file))
	if status != exitOK {
		t.Fatalf("exit status %d: %s", status, errs)
	}
	var rep engine.Report
	if err := json.Unmarshal([]byte(out), &rep); err != nil {
		t.Fatal(err)
	}
	if f.SourceIsLost {
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
