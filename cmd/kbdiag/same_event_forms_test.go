package main

import (
	"fmt"
	"strings"

	"kbdiag/parsers/evt/evttest"
	"kbdiag/parsers/evtx/evtxtest"
)

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
		{name: "Get-WinEvent list", levelIsLost: true, between: "\r\n", each: func(e happened) string {
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

// shipperForms are the binary logs, and the forms of collectors and of tools for
// binary logs.
func shipperForms() []form {
	return []form{
		{name: "evt", bare: true, whole: func(list []happened) string {
			l := evttest.Log{First: uint32(list[0].record)}
			for _, e := range list {
				l.Events = append(l.Events, evttest.Event{Source: e.provider, Computer: e.host, ID: e.instance(), Type: uint16(e.eventType()), Time: e.at, Strings: e.strings})
			}
			return string(l.Bytes())
		}},
		{name: "evtx", bare: true, whole: func(list []happened) string {
			var chunk []evtxtest.Event
			for _, e := range list {
				chunk = append(chunk, evtxtest.Event{Record: uint64(e.record), Provider: e.provider, ID: e.id, Qualifiers: int(e.qualifiers), Level: uint8(e.level()), Keywords: 0x80000000000000,
					Time: e.at, Channel: e.log, Computer: e.host, Body: []evtxtest.Node{evtxtest.Classic(nil, e.strings...)}})
			}
			return string(evtxtest.Log{Chunks: [][]evtxtest.Event{chunk}, First: uint64(list[0].record)}.Bytes())
		}},
		{name: "CLIXML", head: "<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">\r\n", tail: "</Objs>", each: func(e happened) string {
			return fmt.Sprintf("  <Obj RefId=\"%d\">\r\n    <TN RefId=\"0\">\r\n      <T>System.Diagnostics.Eventing.Reader.EventLogRecord</T>\r\n    </TN>\r\n    <Props>\r\n      <I32 N=\"Id\">%d</I32>\r\n      <I32 N=\"Qualifiers\">%d</I32>\r\n      <By N=\"Level\">%d</By>\r\n      <I64 N=\"RecordId\">%d</I64>\r\n      <S N=\"ProviderName\">%s</S>\r\n      <S N=\"LogName\">%s</S>\r\n      <S N=\"MachineName\">%s</S>\r\n      <DT N=\"TimeCreated\">%s</DT>\r\n      <S N=\"LevelDisplayName\">%s</S>\r\n    </Props>\r\n    <MS>\r\n      <S N=\"Message\">%s</S>\r\n    </MS>\r\n  </Obj>\r\n",
				e.record, e.id, e.qualifiers, e.level(), e.record, e.provider, e.log, e.host, e.us("2006-01-02T15:04:05.0000000Z"), e.kind, e.message)
		}},
		{name: "evtexport", bare: true, head: "evtexport 20200926\n\n", tail: "No recovered events to export.\n", each: func(e happened) string {
			return fmt.Sprintf("Event number\t\t\t: %d\nCreation time\t\t\t: %s UTC\nWritten time\t\t\t: %s UTC\nEvent type\t\t\t: %s event (%d)\nComputer name\t\t\t: %s\nSource name\t\t\t: %s\nEvent category\t\t\t: 0\nEvent identifier\t\t: 0x%08x (%d)\nNumber of strings\t\t: %d\n%s\n",
				e.record, e.us("Jan 02, 2006 15:04:05"), e.us("Jan 02, 2006 15:04:05"), e.kind, e.eventType(), e.host, e.provider, e.instance(), e.instance(), len(e.strings), e.numbered())
		}},
		{name: "evtxexport", bare: true, head: "evtxexport 20181227\n\n", tail: "\n", each: func(e happened) string {
			return fmt.Sprintf("Event number\t\t\t: %d\nWritten time\t\t\t: %s UTC\nEvent level\t\t\t: %s (%d)\nComputer name\t\t\t: %s\nSource name\t\t\t: %s\nEvent identifier\t\t: 0x%08x (%d)\nNumber of strings\t\t: %d\n%s\n",
				e.record, e.us("Jan 02, 2006 15:04:05.000000000"), e.kind, e.level(), e.host, e.provider, e.instance(), e.instance(), len(e.strings), e.numbered())
		}},
		{name: "plaso CSV", bare: true, head: "datetime,timestamp_desc,source,source_long,message,parser,display_name,tag\n", each: func(e happened) string {
			return fmt.Sprintf("%s,Content Modification Time,EVT,WinEVTX,\"[%d / 0x%04x] Source Name: %s Strings: ['%s'] Computer Name: %s Record Number: %d Event Level: %d\",winevtx,OS:/cases/Application.evtx,-\n",
				e.us("2006-01-02T15:04:05.000000+00:00"), e.id, e.id, e.provider, strings.Join(e.strings, "', '"), e.host, e.record, e.level())
		}},
		{name: "Azure table CSV", head: "TimeGenerated,Source,EventLog,Computer,EventLevel,EventLevelName,ParameterXml,EventID,RenderedDescription,UserName\n", each: func(e happened) string {
			return fmt.Sprintf("%s,%s,%s,%s,%d,%s,\"<Param>%s</Param>\",%d,%q,N/A\n", e.us("2006-01-02T15:04:05.000Z"), e.provider, e.log, e.host, e.level(), e.kind, strings.Join(e.strings, "</Param><Param>"), e.id, e.message)
		}},
		{name: "Azure table", each: func(e happened) string {
			return jsonText(map[string]any{"TimeGenerated": e.us("2006-01-02T15:04:05.000Z"), "Source": e.provider, "EventLog": e.log, "Computer": e.host, "EventLevel": e.level(), "EventLevelName": e.kind,
				"EventID": e.id, "RenderedDescription": e.message, "UserName": "N/A", "Type": "Event"}) + "\n"
		}},
		{name: "Azure query result", head: `{"tables":[{"name":"PrimaryResult","columns":[{"name":"TimeGenerated","type":"datetime"},{"name":"Computer","type":"string"},{"name":"EventLog","type":"string"},{"name":"Source","type":"string"},{"name":"EventID","type":"int"},{"name":"EventLevelName","type":"string"},{"name":"RenderedDescription","type":"string"}],"rows":[`,
			between: ",", tail: "]}]}", each: func(e happened) string {
				return jsonText([]any{e.us("2006-01-02T15:04:05Z"), e.host, e.log, e.provider, e.id, e.kind, e.message})
			}},
		{name: "fluentd", each: func(e happened) string {
			return jsonText(map[string]any{"channel": "application", "record_number": fmt.Sprint(e.record), "time_generated": e.us("2006-01-02 15:04:05 +0000"), "time_written": e.us("2006-01-02 15:04:05 +0000"),
				"event_id": fmt.Sprint(e.instance()), "computer_name": e.host, "event_type": strings.ToLower(e.kind), "event_category": "0", "source_name": e.provider, "user": "", "description": e.message, "string_inserts": e.strings}) + "\n"
		}},
		{name: "Velociraptor", each: func(e happened) string {
			system := map[string]any{"Provider": map[string]any{"Name": e.provider}, "EventID": map[string]any{"Value": e.id, "Qualifiers": e.qualifiers}, "Level": e.level(), "TimeCreated": map[string]any{"SystemTime": e.at.Unix()},
				"EventRecordID": e.record, "Channel": e.log, "Computer": e.host}
			return jsonText(map[string]any{"System": system, "EventData": map[string]any{"Data": e.strings}, "Message": e.message}) + "\n"
		}},
		{name: "Kibana CSV", head: "\"@timestamp\",\"winlog.event_id\",\"winlog.provider_name\",\"winlog.channel\",\"winlog.computer_name\",\"winlog.record_id\",\"log.level\",message\n", each: func(e happened) string {
			return fmt.Sprintf("%q,\"%d,%03d\",%q,%s,%q,%q,%s,%q\n", e.us("Jan 2, 2006 @ 15:04:05.000"), e.id/1000, e.id%1000, e.provider, e.log, e.host, fmt.Sprint(e.record), strings.ToLower(e.kind), e.message)
		}},
		{name: "Splunk export JSON", each: func(e happened) string {
			raw := fmt.Sprintf("%s\nLogName=%s\nSourceName=%s\nEventCode=%d\nEventType=%d\nType=%s\nComputerName=%s\nTaskCategory=%s\nOpCode=None\nRecordNumber=%d\nKeywords=Classic\nMessage=%s",
				e.us("01/02/2006 03:04:05 PM"), e.log, e.provider, e.id, e.level(), e.kind, e.host, e.category, e.record, e.message)
			return jsonText(map[string]any{"preview": false, "result": map[string]any{"_raw": raw, "_time": e.us("2006-01-02 15:04:05.000 UTC"), "host": e.host, "sourcetype": "WinEventLog"}}) + "\n"
		}},
	}
}

// numbered prints the strings as the tools of libevt and libevtx do.
func (e happened) numbered() string {
	var b strings.Builder
	for i, s := range e.strings {
		fmt.Fprintf(&b, "String: %d\t\t\t: %s\n", i+1, s)
	}
	return b.String()
}
