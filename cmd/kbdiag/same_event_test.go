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
}

func (f form) write(list []happened) string {
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

// textForms are the forms of Event Viewer and of what people paste.
func textForms() []form {
	return []form{
		{name: "Event Viewer NT CSV", newestFirst: true, each: func(e happened) string {
			return strings.Join([]string{e.us(usDate), e.us(usTime), e.provider, e.kind, e.category + " ", fmt.Sprint(e.id), "N/A", e.host, e.message}, ",") + "\r\n"
		}},
		{name: "Event Viewer NT text", newestFirst: true, each: func(e happened) string {
			return strings.Join([]string{e.us(usDate), e.us(usTime), e.provider, e.kind, e.category, fmt.Sprint(e.id), "N/A", e.host, e.message}, "\t") + "\r\n"
		}},
		{name: "Event Viewer NT CSV without descriptions", newestFirst: true, bare: true, each: func(e happened) string {
			text := fmt.Sprintf("The description for Event ID ( %d ) in Source ( %s ) could not be found. It contains the following insertion string(s): %s.", e.id, e.provider, strings.Join(e.strings, ", "))
			return strings.Join([]string{e.us(usDate), e.us(usTime), e.provider, e.kind, e.category + " ", fmt.Sprint(e.id), "N/A", e.host, text}, ",") + "\r\n"
		}},
		{name: "clipboard of 2003", each: func(e happened) string {
			return fmt.Sprintf("Event Type:\t%s\r\nEvent Source:\t%s\r\nEvent Category:\t%s\r\nEvent ID:\t%d\r\nDate:\t\t%s\r\nTime:\t\t%s\r\nUser:\t\tN/A\r\nComputer:\t%s\r\nDescription:\r\n%s\r\n\r\n",
				e.kind, e.provider, e.category, e.id, e.us(usDate), e.us(usTime), e.host, e.message)
		}},
		{name: "clipboard of Vista", each: func(e happened) string {
			return fmt.Sprintf("Log Name:      %s\r\nSource:        %s\r\nDate:          %s %s\r\nEvent ID:      %d\r\nTask Category: %s\r\nLevel:         %s\r\nKeywords:      Classic\r\nUser:          N/A\r\nComputer:      %s\r\nDescription:\r\n%s\r\n\r\n",
				e.log, e.provider, e.us(usDate), e.us(usTime), e.id, e.category, e.kind, e.host, e.message)
		}},
		{name: "Event Viewer Vista CSV", newestFirst: true, head: "\ufeffLevel,Date and Time,Source,Event ID,Task Category\r\n", each: func(e happened) string {
			return fmt.Sprintf("%s,%s %s,%s,%d,%s,%s\r\n", e.kind, e.us(usDate), e.us(usTime), e.provider, e.id, e.category, `"`+e.message+`"`)
		}},
		{name: "Event Viewer Vista text", newestFirst: true, head: "\ufeffLevel\tDate and Time\tSource\tEvent ID\tTask Category\r\n", each: func(e happened) string {
			return fmt.Sprintf("%s\t%s %s\t%s\t%d\t%s\t%s\r\n", e.kind, e.us(usDate), e.us(usTime), e.provider, e.id, e.category, e.message)
		}},
		{name: "dumpel", bare: true, each: func(e happened) string {
			return strings.Join([]string{e.us(usDate), e.us(usTime), fmt.Sprint(e.eventType()), "0", fmt.Sprint(e.id), e.provider, "N/A", e.host, strings.Join(e.strings, " ")}, "\t") + "\r\n"
		}},
		{name: "quoted mail", head: "Hello,\n\nthis is what we see:\n\n", tail: "\nBest regards\n", between: ">\n", each: func(e happened) string {
			return fmt.Sprintf("> Event ID: %d\n> Source: %s\n> Type: %s\n> Category: %s\n> Description: %s\n", e.id, e.provider, e.kind, e.category, e.message)
		}},
		{name: "Event Viewer XML", head: "\ufeff<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\r\n<Events>", tail: "</Events>", bare: true, each: happened.xml},
		{name: "wevtutil XML without a root", between: "\r\n", bare: true, each: happened.xml},
		{name: "evtx_dump XML", head: "", bare: true, each: func(e happened) string {
			return fmt.Sprintf("Record %d\n<?xml version=\"1.0\" encoding=\"utf-8\"?>\n%s\n", e.record, strings.ReplaceAll(e.xml(), "'", `"`))
		}},
		{name: "wevtutil text", between: "\r\n", each: func(e happened) string {
			return fmt.Sprintf("Event[%d]:\r\n  Log Name: %s\r\n  Source: %s\r\n  Date: %s\r\n  Event ID: %d\r\n  Task: N/A\r\n  Level: %s\r\n  Opcode: N/A\r\n  Keyword: Classic\r\n  User: N/A\r\n  User Name: N/A\r\n  Computer: %s\r\n  Description: \r\n%s\r\n",
				e.record-411, e.log, e.provider, e.us("2006-01-02T15:04:05.000"), e.id, e.kind, e.host, e.message)
		}},
	}
}

// toolForms are the forms of PowerShell and of other programs.
func toolForms() []form {
	return []form{
		{name: "Get-EventLog list", between: "\r\n", each: func(e happened) string {
			return fmt.Sprintf("Index              : %d\r\nEntryType          : %s\r\nInstanceId         : %d\r\nMessage            : %s\r\nCategory           : %s\r\nCategoryNumber     : 0\r\nReplacementStrings : {%s}\r\nSource             : %s\r\nTimeGenerated      : %s %s\r\nTimeWritten        : %s %s\r\nUserName           : \r\n",
				e.record, e.kind, e.instance(), e.message, "(0)", strings.Join(e.strings, ", "), e.provider, e.us(usDate), e.us(usTime), e.us(usDate), e.us(usTime))
		}},
		{name: "Get-WinEvent list", between: "\r\n", each: func(e happened) string {
			return fmt.Sprintf("TimeCreated  : %s %s\r\nProviderName : %s\r\nId           : %d\r\nMessage      : %s\r\n", e.us(usDate), e.us(usTime), e.provider, e.id, e.message)
		}},
		{name: "Get-EventLog Export-Csv", head: "#TYPE System.Diagnostics.EventLogEntry\r\n" + `"EventID","MachineName","Data","Index","Category","CategoryNumber","EntryType","Message","Source","ReplacementStrings","InstanceId","TimeGenerated","TimeWritten","UserName","Site","Container"` + "\r\n",
			each: func(e happened) string {
				return quotedCSV(",", fmt.Sprint(e.id), e.host, "System.Byte[]", fmt.Sprint(e.record), "(0)", "0", e.kind, e.message, e.provider, "System.String[]", fmt.Sprint(e.instance()), e.us(usDate)+" "+e.us(usTime), e.us(usDate)+" "+e.us(usTime), "", "", "")
			}},
		{name: "Get-WinEvent ConvertTo-Json 5.1", head: "[", between: ",", tail: "]", each: func(e happened) string {
			raw := jsonText(map[string]any{"Id": e.id, "Qualifiers": e.qualifiers, "Level": e.level(), "LevelDisplayName": e.kind, "ProviderName": e.provider, "LogName": e.log, "MachineName": e.host, "RecordId": e.record, "Message": e.message, "TimeCreated": "@"})
			return strings.Replace(raw, `"@"`, fmt.Sprintf(`"\/Date(%d)\/"`, e.at.UnixMilli()), 1)
		}},
		{name: "evtx_dump JSON", bare: true, each: func(e happened) string {
			system := map[string]any{"Provider": map[string]any{"#attributes": map[string]any{"Name": e.provider}}, "EventID": map[string]any{"#text": e.id, "#attributes": map[string]any{"Qualifiers": e.qualifiers}},
				"Level": e.level(), "Channel": e.log, "Computer": e.host, "EventRecordID": e.record, "TimeCreated": map[string]any{"#attributes": map[string]any{"SystemTime": e.us("2006-01-02T15:04:05.000000Z")}}}
			return jsonText(map[string]any{"Event": map[string]any{"System": system, "EventData": map[string]any{"Data": map[string]any{"#text": e.strings}}}}) + "\n"
		}},
		{name: "Winlogbeat 7", each: func(e happened) string {
			return jsonText(map[string]any{"@timestamp": e.us("2006-01-02T15:04:05.000Z"), "message": e.message, "log": map[string]any{"level": strings.ToLower(e.kind)},
				"winlog": map[string]any{"event_id": fmt.Sprint(e.id), "provider_name": e.provider, "channel": e.log, "computer_name": e.host, "record_id": e.record}}) + "\n"
		}},
		{name: "Winlogbeat 6", each: func(e happened) string {
			return jsonText(map[string]any{"@timestamp": e.us("2006-01-02T15:04:05.000Z"), "message": e.message, "level": e.kind, "event_id": e.id, "source_name": e.provider,
				"log_name": e.log, "computer_name": e.host, "record_number": fmt.Sprint(e.record), "type": "wineventlog", "beat": map[string]any{"name": "x"}}) + "\n"
		}},
		{name: "NXLog JSON", each: func(e happened) string {
			severity := map[string]int{"Error": 4, "Warning": 3, "Information": 2}[e.kind]
			return jsonText(map[string]any{"EventTime": e.us("2006-01-02 15:04:05"), "Hostname": e.host, "EventType": strings.ToUpper(e.kind), "SeverityValue": severity,
				"EventID": e.id, "SourceName": e.provider, "Channel": e.log, "RecordNumber": e.record, "Message": e.message, "SourceModuleType": "im_msvistalog"}) + "\n"
		}},
		{name: "Splunk", each: func(e happened) string {
			return fmt.Sprintf("%s\nLogName=%s\nSourceName=%s\nEventCode=%d\nEventType=%d\nType=%s\nComputerName=%s\nTaskCategory=%s\nOpCode=None\nRecordNumber=%d\nKeywords=Classic\nMessage=%s\n",
				e.us("01/02/2006 03:04:05 PM"), e.log, e.provider, e.id, e.level(), e.kind, e.host, e.category, e.record, e.message)
		}},
		{name: "Snare", each: func(e happened) string {
			return fmt.Sprintf("<14>%s %s MSWinEventLog\t1\t%s\t%d\t%s\t%d\t%s\tN/A\tN/A\t%s\t%s\t%s\t\t%s\t%d\n",
				e.us("Jan 02 15:04:05"), e.host, e.log, e.record, e.us("Mon Jan 02 15:04:05 2006"), e.id, e.provider, e.kind, e.host, e.category, e.message, e.record)
		}},
		{name: "OSSEC", each: func(e happened) string {
			return fmt.Sprintf("%s WinEvtLog: %s: %s(%d): %s: (no user): no domain: %s: %s\n", e.us("2006 Jan 02 15:04:05"), e.log, strings.ToUpper(e.kind), e.id, e.provider, e.host, e.message)
		}},
		{name: "Wazuh", each: func(e happened) string {
			system := map[string]any{"providerName": e.provider, "eventID": fmt.Sprint(e.id), "level": fmt.Sprint(e.level()), "systemTime": e.us("2006-01-02T15:04:05.0000000Z"), "eventRecordID": fmt.Sprint(e.record), "channel": e.log, "computer": e.host, "severityValue": strings.ToUpper(e.kind), "message": `"` + e.message + `"`}
			return jsonText(map[string]any{"timestamp": e.us("2006-01-02T15:04:05.000+0000"), "rule": map[string]any{"level": 5, "id": "60000"}, "decoder": map[string]any{"name": "windows_eventchannel"}, "data": map[string]any{"win": map[string]any{"system": system}}}) + "\n"
		}},
		{name: "PsLogList", head: "\r\nPsLoglist v2.8 - local and remote event log viewer\r\nCopyright (C) 2000-2009 Mark Russinovich\r\nSysinternals - www.sysinternals.com\r\n\r\nApplication log on \\\\MAIL3:\r\n", newestFirst: true, each: func(e happened) string {
			return fmt.Sprintf("[%03d] %s\r\n   Type:     %s\r\n   Computer: %s\r\n   Time:     %s %s   ID:       %d\r\n%s\r\n", e.record, e.provider, strings.ToUpper(e.kind), e.host, e.us(usDate), e.us(usTime), e.id, e.message)
		}},
		{name: "FRST", head: "==================== Event log errors: ========================\r\n\r\nApplication errors:\r\n==================\r\n", each: func(e happened) string {
			return fmt.Sprintf("%s: (%s) (Source: %s) (EventID: %d) (User: )\r\nDescription: %s\r\n\r\n", e.kind, e.us("01/02/2006 03:04:05 PM"), e.provider, e.id, e.message)
		}},
		{name: "dcdiag", each: func(e happened) string {
			article := map[string]string{"Error": "An Error", "Warning": "A Warning", "Information": "An Information"}[e.kind]
			return fmt.Sprintf("         %s Event occurred.  EventID: 0x%08X\r\n            Time Generated: %s\r\n            Event String:\r\n            %s\r\n", article, e.instance(), e.us("01/02/2006   15:04:05"), e.message)
		}, head: "Testing server: Default-First-Site-Name\\MAIL3\r\n      Starting test: SystemLog\r\n", sourceIsLost: true},
		{name: "eventquery CSV", head: `"Type","Event","Date Time","Source","ComputerName","Category","User","Description"` + "\r\n", each: func(e happened) string {
			return quotedCSV(",", e.kind, fmt.Sprint(e.id), e.us(usDate)+" "+e.us(usTime), e.provider, e.host, e.category, "N/A", e.message)
		}},
		{name: "Log Parser CSV", head: "EventLog,RecordNumber,TimeGenerated,TimeWritten,EventID,EventType,EventTypeName,EventCategory,EventCategoryName,SourceName,Strings,ComputerName,SID,Message,Data\r\n", each: func(e happened) string {
			return fmt.Sprintf("%s,%d,%s,%s,%d,%d,%s event,0,%s,%s,%s,%s,,%s,\r\n", e.log, e.record, e.us("2006-01-02 15:04:05"), e.us("2006-01-02 15:04:05"), e.id, e.eventType(), e.kind, e.category, e.provider, strings.Join(e.strings, "|"), e.host, `"`+e.message+`"`)
		}},
		{name: "EvtxECmd CSV", bare: true, head: "\ufeffRecordNumber,EventRecordId,TimeCreated,EventId,Level,Provider,Channel,ProcessId,ThreadId,Computer,ChunkNumber,UserId,MapDescription,UserName,RemoteHost,PayloadData1,PayloadData2,PayloadData3,PayloadData4,PayloadData5,PayloadData6,ExecutableInfo,HiddenRecord,SourceFile,Keywords,ExtraDataOffset,Payload\r\n",
			each: func(e happened) string {
				level := map[string]string{"Error": "Error", "Warning": "Warning", "Information": "Info"}[e.kind]
				payload := jsonText(map[string]any{"EventData": map[string]any{"Data": strings.Join(e.strings, ", "), "Binary": ""}})
				return fmt.Sprintf("%d,%d,%s,%d,%s,%s,%s,0,0,%s,0,,,,,,,,,,,,False,C:\\logs\\a.evtx,Classic,0,%s", e.record-410, e.record, e.us("2006-01-02 15:04:05.0000000"), e.id, level, e.provider, e.log, e.host, quotedCSV(",", payload))
			}},
	}
}

// TestSameEvent reads the events of one log in every form. The records agree
// in every field that a form carries, and the diagnosis is the same.
func TestSameEvent(t *testing.T) {
	list := sameEvents()
	for _, f := range append(textForms(), toolForms()...) {
		t.Run(f.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "export.txt")
			if err := os.WriteFile(file, []byte(f.write(list)), 0o644); err != nil {
				t.Fatal(err)
			}
			got := readEvents(t, file)
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
			sameDiagnosis(t, f, file)
		})
	}
}

func readEvents(t *testing.T, file string) []parsers.Event {
	t.Helper()
	var got []parsers.Event
	rd := &parsers.Reader{Forms: formats.All()}
	for _, acct := range rd.Read(filepath.ToSlash(file), parsers.Visitor{Event: func(e *parsers.Event) {
		kept := *e
		kept.Strings = append([]string(nil), e.Strings...)
		got = append(got, kept)
	}}) {
		if acct.Err != nil {
			t.Error(acct.Err)
		}
		for _, s := range acct.Lost() {
			t.Errorf("%d skipped: %s", s.Count, s.Reason)
		}
	}
	return got
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
	if !e.Has(parsers.FieldLevel) && f.name != "Get-WinEvent list" {
		t.Errorf("record %d: no level", want.record)
	}
	check(parsers.FieldProvider, "provider", e.Provider, want.provider)
	check(parsers.FieldLevel, "level", e.Level.String(), strings.ToLower(want.kind))
	check(parsers.FieldHost, "host", e.Host, want.host)
	if !f.sourceIsLost { // dcdiag names no source and shows the system log
		check(parsers.FieldLog, "log", e.Log, want.log)
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
