// Package exporttest writes events in the forms in which logs are exported, for
// tests that read the same events in all of them.
package exporttest

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Event is one event as it happened, before anybody exported it.
type Event struct {
	At         time.Time // the machine keeps UTC
	Log        string
	Provider   string
	ID         uint16
	Qualifiers uint16
	Kind       string // Error, Warning, Information
	Category   string
	Host       string
	Record     int
	Message    string
	Strings    []string
}

// level is the Level of Windows Vista and later.
func (e Event) level() int {
	return map[string]int{"Error": 2, "Warning": 3, "Information": 4}[e.Kind]
}

// eventType is the EventType of Windows NT.
func (e Event) eventType() int {
	return map[string]int{"Error": 1, "Warning": 2, "Information": 4}[e.Kind]
}

func (e Event) instance() uint32 { return uint32(e.Qualifiers)<<16 | uint32(e.ID) }

func (e Event) us(layout string) string { return e.At.Format(layout) }

// Form is one form of export: how it writes an event, and what stands before
// and behind all of them.
type Form struct {
	Name         string
	head         string
	each         func(e Event) string
	between      string
	tail         string
	NewestFirst  bool
	Bare         bool // the text is lost, only the strings are there
	SourceIsLost bool
	LevelIsLost  bool
	whole        func(list []Event) string // writes all events at once, as binary logs are
}

// Text reports whether the form is text, which can be pasted and wrapped.
func (f Form) Text() bool { return f.whole == nil }

// Cuttable reports whether the form can be cut at both ends: nothing holds it
// together.
func (f Form) Cuttable() bool { return f.Text() && (f.head == "" || f.tail == "") }

// Head gives what stands before the events.
func (f Form) Head() string { return f.head }

// Write writes events, given in the order of their records.
func (f Form) Write(list []Event) string {
	if f.whole != nil {
		return f.whole(list)
	}
	var parts []string
	for i := range list {
		e := list[i]
		if f.NewestFirst {
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

func (e Event) xml() string {
	var data strings.Builder
	for _, s := range e.Strings {
		fmt.Fprintf(&data, "<Data>%s</Data>", s)
	}
	return fmt.Sprintf(`<Event xmlns='%s'><System><Provider Name='%s'/><EventID Qualifiers='%d'>%d</EventID><Level>%d</Level><Task>0</Task><Keywords>0x80000000000000</Keywords><TimeCreated SystemTime='%s'/><EventRecordID>%d</EventRecordID><Channel>%s</Channel><Computer>%s</Computer><Security/></System><EventData>%s</EventData></Event>`,
		xmlns, e.Provider, e.Qualifiers, e.ID, e.level(), e.us("2006-01-02T15:04:05.000000000Z"), e.Record, e.Log, e.Host, data.String())
}

// Forms gives the forms that programs print for people.
func Forms() []Form { return append(textForms(), toolForms()...) }

// textForms are the forms of Event Viewer and of what people paste.
func textForms() []Form {
	return []Form{
		{Name: "Event Viewer NT CSV", NewestFirst: true, each: func(e Event) string {
			return strings.Join([]string{e.us(usDate), e.us(usTime), e.Provider, e.Kind, e.Category + " ", fmt.Sprint(e.ID), "N/A", e.Host, e.Message}, ",") + "\r\n"
		}},
		{Name: "Event Viewer NT text", NewestFirst: true, each: func(e Event) string {
			return strings.Join([]string{e.us(usDate), e.us(usTime), e.Provider, e.Kind, e.Category, fmt.Sprint(e.ID), "N/A", e.Host, e.Message}, "\t") + "\r\n"
		}},
		{Name: "Event Viewer NT CSV without descriptions", NewestFirst: true, Bare: true, each: func(e Event) string {
			text := fmt.Sprintf("The description for Event ID ( %d ) in Source ( %s ) could not be found. It contains the following insertion string(s): %s.", e.ID, e.Provider, strings.Join(e.Strings, ", "))
			return strings.Join([]string{e.us(usDate), e.us(usTime), e.Provider, e.Kind, e.Category + " ", fmt.Sprint(e.ID), "N/A", e.Host, text}, ",") + "\r\n"
		}},
		{Name: "clipboard of 2003", each: func(e Event) string {
			return fmt.Sprintf("Event Type:\t%s\r\nEvent Source:\t%s\r\nEvent Category:\t%s\r\nEvent ID:\t%d\r\nDate:\t\t%s\r\nTime:\t\t%s\r\nUser:\t\tN/A\r\nComputer:\t%s\r\nDescription:\r\n%s\r\n\r\n",
				e.Kind, e.Provider, e.Category, e.ID, e.us(usDate), e.us(usTime), e.Host, e.Message)
		}},
		{Name: "clipboard of Vista", each: func(e Event) string {
			return fmt.Sprintf("Log Name:      %s\r\nSource:        %s\r\nDate:          %s %s\r\nEvent ID:      %d\r\nTask Category: %s\r\nLevel:         %s\r\nKeywords:      Classic\r\nUser:          N/A\r\nComputer:      %s\r\nDescription:\r\n%s\r\n\r\n",
				e.Log, e.Provider, e.us(usDate), e.us(usTime), e.ID, e.Category, e.Kind, e.Host, e.Message)
		}},
		{Name: "Event Viewer Vista CSV", NewestFirst: true, head: "\ufeffLevel,Date and Time,Source,Event ID,Task Category\r\n", each: func(e Event) string {
			return fmt.Sprintf("%s,%s %s,%s,%d,%s,%s\r\n", e.Kind, e.us(usDate), e.us(usTime), e.Provider, e.ID, e.Category, `"`+e.Message+`"`)
		}},
		{Name: "Event Viewer Vista text", NewestFirst: true, head: "\ufeffLevel\tDate and Time\tSource\tEvent ID\tTask Category\r\n", each: func(e Event) string {
			return fmt.Sprintf("%s\t%s %s\t%s\t%d\t%s\t%s\r\n", e.Kind, e.us(usDate), e.us(usTime), e.Provider, e.ID, e.Category, e.Message)
		}},
		{Name: "dumpel", Bare: true, each: func(e Event) string {
			return strings.Join([]string{e.us(usDate), e.us(usTime), fmt.Sprint(e.eventType()), "0", fmt.Sprint(e.ID), e.Provider, "N/A", e.Host, strings.Join(e.Strings, " ")}, "\t") + "\r\n"
		}},
		{Name: "quoted mail", head: "Hello,\n\nthis is what we see:\n\n", tail: "\nBest regards\n", between: ">\n", each: func(e Event) string {
			return fmt.Sprintf("> Event ID: %d\n> Source: %s\n> Type: %s\n> Category: %s\n> Description: %s\n", e.ID, e.Provider, e.Kind, e.Category, e.Message)
		}},
		{Name: "Event Viewer XML", head: "\ufeff<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\r\n<Events>", tail: "</Events>", Bare: true, each: Event.xml},
		{Name: "wevtutil XML without a root", between: "\r\n", Bare: true, each: Event.xml},
		{Name: "evtx_dump XML", head: "", Bare: true, each: func(e Event) string {
			return fmt.Sprintf("Record %d\n<?xml version=\"1.0\" encoding=\"utf-8\"?>\n%s\n", e.Record, strings.ReplaceAll(e.xml(), "'", `"`))
		}},
		{Name: "wevtutil text", between: "\r\n", each: func(e Event) string {
			return fmt.Sprintf("Event[%d]:\r\n  Log Name: %s\r\n  Source: %s\r\n  Date: %s\r\n  Event ID: %d\r\n  Task: N/A\r\n  Level: %s\r\n  Opcode: N/A\r\n  Keyword: Classic\r\n  User: N/A\r\n  User Name: N/A\r\n  Computer: %s\r\n  Description: \r\n%s\r\n",
				e.Record-411, e.Log, e.Provider, e.us("2006-01-02T15:04:05.000"), e.ID, e.Kind, e.Host, e.Message)
		}},
	}
}

// toolForms are the forms of PowerShell and of other programs.
func toolForms() []Form {
	return []Form{
		{Name: "Get-EventLog list", between: "\r\n", each: func(e Event) string {
			return fmt.Sprintf("Index              : %d\r\nEntryType          : %s\r\nInstanceId         : %d\r\nMessage            : %s\r\nCategory           : %s\r\nCategoryNumber     : 0\r\nReplacementStrings : {%s}\r\nSource             : %s\r\nTimeGenerated      : %s %s\r\nTimeWritten        : %s %s\r\nUserName           : \r\n",
				e.Record, e.Kind, e.instance(), e.Message, "(0)", strings.Join(e.Strings, ", "), e.Provider, e.us(usDate), e.us(usTime), e.us(usDate), e.us(usTime))
		}},
		{Name: "Get-WinEvent list", LevelIsLost: true, between: "\r\n", each: func(e Event) string {
			return fmt.Sprintf("TimeCreated  : %s %s\r\nProviderName : %s\r\nId           : %d\r\nMessage      : %s\r\n", e.us(usDate), e.us(usTime), e.Provider, e.ID, e.Message)
		}},
		{Name: "Get-EventLog Export-Csv", head: "#TYPE System.Diagnostics.EventLogEntry\r\n" + `"EventID","MachineName","Data","Index","Category","CategoryNumber","EntryType","Message","Source","ReplacementStrings","InstanceId","TimeGenerated","TimeWritten","UserName","Site","Container"` + "\r\n",
			each: func(e Event) string {
				return quotedCSV(",", fmt.Sprint(e.ID), e.Host, "System.Byte[]", fmt.Sprint(e.Record), "(0)", "0", e.Kind, e.Message, e.Provider, "System.String[]", fmt.Sprint(e.instance()), e.us(usDate)+" "+e.us(usTime), e.us(usDate)+" "+e.us(usTime), "", "", "")
			}},
		{Name: "Get-WinEvent ConvertTo-Json 5.1", head: "[", between: ",", tail: "]", each: func(e Event) string {
			raw := jsonText(map[string]any{"Id": e.ID, "Qualifiers": e.Qualifiers, "Level": e.level(), "LevelDisplayName": e.Kind, "ProviderName": e.Provider, "LogName": e.Log, "MachineName": e.Host, "RecordId": e.Record, "Message": e.Message, "TimeCreated": "@"})
			return strings.Replace(raw, `"@"`, fmt.Sprintf(`"\/Date(%d)\/"`, e.At.UnixMilli()), 1)
		}},
		{Name: "evtx_dump JSON", Bare: true, each: func(e Event) string {
			system := map[string]any{"Provider": map[string]any{"#attributes": map[string]any{"Name": e.Provider}}, "EventID": map[string]any{"#text": e.ID, "#attributes": map[string]any{"Qualifiers": e.Qualifiers}},
				"Level": e.level(), "Channel": e.Log, "Computer": e.Host, "EventRecordID": e.Record, "TimeCreated": map[string]any{"#attributes": map[string]any{"SystemTime": e.us("2006-01-02T15:04:05.000000Z")}}}
			return jsonText(map[string]any{"Event": map[string]any{"System": system, "EventData": map[string]any{"Data": map[string]any{"#text": e.Strings}}}}) + "\n"
		}},
		{Name: "Winlogbeat 7", each: func(e Event) string {
			return jsonText(map[string]any{"@timestamp": e.us("2006-01-02T15:04:05.000Z"), "message": e.Message, "log": map[string]any{"level": strings.ToLower(e.Kind)},
				"winlog": map[string]any{"event_id": fmt.Sprint(e.ID), "provider_name": e.Provider, "channel": e.Log, "computer_name": e.Host, "record_id": e.Record}}) + "\n"
		}},
		{Name: "Winlogbeat 6", each: func(e Event) string {
			return jsonText(map[string]any{"@timestamp": e.us("2006-01-02T15:04:05.000Z"), "message": e.Message, "level": e.Kind, "event_id": e.ID, "source_name": e.Provider,
				"log_name": e.Log, "computer_name": e.Host, "record_number": fmt.Sprint(e.Record), "type": "wineventlog", "beat": map[string]any{"name": "x"}}) + "\n"
		}},
		{Name: "NXLog JSON", each: func(e Event) string {
			severity := map[string]int{"Error": 4, "Warning": 3, "Information": 2}[e.Kind]
			return jsonText(map[string]any{"EventTime": e.us("2006-01-02 15:04:05"), "Hostname": e.Host, "EventType": strings.ToUpper(e.Kind), "SeverityValue": severity,
				"EventID": e.ID, "SourceName": e.Provider, "Channel": e.Log, "RecordNumber": e.Record, "Message": e.Message, "SourceModuleType": "im_msvistalog"}) + "\n"
		}},
		{Name: "Splunk", each: func(e Event) string {
			return fmt.Sprintf("%s\nLogName=%s\nSourceName=%s\nEventCode=%d\nEventType=%d\nType=%s\nComputerName=%s\nTaskCategory=%s\nOpCode=None\nRecordNumber=%d\nKeywords=Classic\nMessage=%s\n",
				e.us("01/02/2006 03:04:05 PM"), e.Log, e.Provider, e.ID, e.level(), e.Kind, e.Host, e.Category, e.Record, e.Message)
		}},
		{Name: "Snare", each: func(e Event) string {
			return fmt.Sprintf("<14>%s %s MSWinEventLog\t1\t%s\t%d\t%s\t%d\t%s\tN/A\tN/A\t%s\t%s\t%s\t\t%s\t%d\n",
				e.us("Jan 02 15:04:05"), e.Host, e.Log, e.Record, e.us("Mon Jan 02 15:04:05 2006"), e.ID, e.Provider, e.Kind, e.Host, e.Category, e.Message, e.Record)
		}},
		{Name: "OSSEC", each: func(e Event) string {
			return fmt.Sprintf("%s WinEvtLog: %s: %s(%d): %s: (no user): no domain: %s: %s\n", e.us("2006 Jan 02 15:04:05"), e.Log, strings.ToUpper(e.Kind), e.ID, e.Provider, e.Host, e.Message)
		}},
		{Name: "Wazuh", each: func(e Event) string {
			system := map[string]any{"providerName": e.Provider, "eventID": fmt.Sprint(e.ID), "level": fmt.Sprint(e.level()), "systemTime": e.us("2006-01-02T15:04:05.0000000Z"), "eventRecordID": fmt.Sprint(e.Record), "channel": e.Log, "computer": e.Host, "severityValue": strings.ToUpper(e.Kind), "message": `"` + e.Message + `"`}
			return jsonText(map[string]any{"timestamp": e.us("2006-01-02T15:04:05.000+0000"), "rule": map[string]any{"level": 5, "id": "60000"}, "decoder": map[string]any{"name": "windows_eventchannel"}, "data": map[string]any{"win": map[string]any{"system": system}}}) + "\n"
		}},
		{Name: "PsLogList", head: "\r\nPsLoglist v2.8 - local and remote event log viewer\r\nCopyright (C) 2000-2009 Mark Russinovich\r\nSysinternals - www.sysinternals.com\r\n\r\nApplication log on \\\\MAIL3:\r\n", NewestFirst: true, each: func(e Event) string {
			return fmt.Sprintf("[%03d] %s\r\n   Type:     %s\r\n   Computer: %s\r\n   Time:     %s %s   ID:       %d\r\n%s\r\n", e.Record, e.Provider, strings.ToUpper(e.Kind), e.Host, e.us(usDate), e.us(usTime), e.ID, e.Message)
		}},
		{Name: "FRST", head: "==================== Event log errors: ========================\r\n\r\nApplication errors:\r\n==================\r\n", each: func(e Event) string {
			return fmt.Sprintf("%s: (%s) (Source: %s) (EventID: %d) (User: )\r\nDescription: %s\r\n\r\n", e.Kind, e.us("01/02/2006 03:04:05 PM"), e.Provider, e.ID, e.Message)
		}},
		{Name: "dcdiag", each: func(e Event) string {
			article := map[string]string{"Error": "An Error", "Warning": "A Warning", "Information": "An Information"}[e.Kind]
			return fmt.Sprintf("         %s Event occurred.  EventID: 0x%08X\r\n            Time Generated: %s\r\n            Event String:\r\n            %s\r\n", article, e.instance(), e.us("01/02/2006   15:04:05"), e.Message)
		}, head: "Testing server: Default-First-Site-Name\\MAIL3\r\n      Starting test: SystemLog\r\n", SourceIsLost: true},
		{Name: "eventquery CSV", head: `"Type","Event","Date Time","Source","ComputerName","Category","User","Description"` + "\r\n", each: func(e Event) string {
			return quotedCSV(",", e.Kind, fmt.Sprint(e.ID), e.us(usDate)+" "+e.us(usTime), e.Provider, e.Host, e.Category, "N/A", e.Message)
		}},
		{Name: "Log Parser CSV", head: "EventLog,RecordNumber,TimeGenerated,TimeWritten,EventID,EventType,EventTypeName,EventCategory,EventCategoryName,SourceName,Strings,ComputerName,SID,Message,Data\r\n", each: func(e Event) string {
			return fmt.Sprintf("%s,%d,%s,%s,%d,%d,%s event,0,%s,%s,%s,%s,,%s,\r\n", e.Log, e.Record, e.us("2006-01-02 15:04:05"), e.us("2006-01-02 15:04:05"), e.ID, e.eventType(), e.Kind, e.Category, e.Provider, strings.Join(e.Strings, "|"), e.Host, `"`+e.Message+`"`)
		}},
		{Name: "EvtxECmd CSV", Bare: true, head: "\ufeffRecordNumber,EventRecordId,TimeCreated,EventId,Level,Provider,Channel,ProcessId,ThreadId,Computer,ChunkNumber,UserId,MapDescription,UserName,RemoteHost,PayloadData1,PayloadData2,PayloadData3,PayloadData4,PayloadData5,PayloadData6,ExecutableInfo,HiddenRecord,SourceFile,Keywords,ExtraDataOffset,Payload\r\n",
			each: func(e Event) string {
				level := map[string]string{"Error": "Error", "Warning": "Warning", "Information": "Info"}[e.Kind]
				payload := jsonText(map[string]any{"EventData": map[string]any{"Data": strings.Join(e.Strings, ", "), "Binary": ""}})
				return fmt.Sprintf("%d,%d,%s,%d,%s,%s,%s,0,0,%s,0,,,,,,,,,,,,False,C:\\logs\\a.evtx,Classic,0,%s", e.Record-410, e.Record, e.us("2006-01-02 15:04:05.0000000"), e.ID, level, e.Provider, e.Log, e.Host, quotedCSV(",", payload))
			}},
	}
}
