package exporttest

import (
	"fmt"
	"strings"

	"kbdiag/parsers/evt/evttest"
	"kbdiag/parsers/evtx/evtxtest"
)

// Collected gives the binary logs, and the forms of collectors and of tools for
// binary logs.
func Collected() []Form {
	return []Form{
		{Name: "evt", Bare: true, whole: func(list []Event) string {
			l := evttest.Log{First: uint32(list[0].Record)}
			for _, e := range list {
				l.Events = append(l.Events, evttest.Event{Source: e.Provider, Computer: e.Host, ID: e.instance(), Type: uint16(e.eventType()), Time: e.At, Strings: e.Strings})
			}
			return string(l.Bytes())
		}},
		{Name: "evtx", Bare: true, whole: func(list []Event) string {
			var chunk []evtxtest.Event
			for _, e := range list {
				chunk = append(chunk, evtxtest.Event{Record: uint64(e.Record), Provider: e.Provider, ID: e.ID, Qualifiers: int(e.Qualifiers), Level: uint8(e.level()), Keywords: 0x80000000000000,
					Time: e.At, Channel: e.Log, Computer: e.Host, Body: []evtxtest.Node{evtxtest.Classic(nil, e.Strings...)}})
			}
			return string(evtxtest.Log{Chunks: [][]evtxtest.Event{chunk}, First: uint64(list[0].Record)}.Bytes())
		}},
		{Name: "CLIXML", head: "<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">\r\n", tail: "</Objs>", each: func(e Event) string {
			return fmt.Sprintf("  <Obj RefId=\"%d\">\r\n    <TN RefId=\"0\">\r\n      <T>System.Diagnostics.Eventing.Reader.EventLogRecord</T>\r\n    </TN>\r\n    <Props>\r\n      <I32 N=\"Id\">%d</I32>\r\n      <I32 N=\"Qualifiers\">%d</I32>\r\n      <By N=\"Level\">%d</By>\r\n      <I64 N=\"RecordId\">%d</I64>\r\n      <S N=\"ProviderName\">%s</S>\r\n      <S N=\"LogName\">%s</S>\r\n      <S N=\"MachineName\">%s</S>\r\n      <DT N=\"TimeCreated\">%s</DT>\r\n      <S N=\"LevelDisplayName\">%s</S>\r\n    </Props>\r\n    <MS>\r\n      <S N=\"Message\">%s</S>\r\n    </MS>\r\n  </Obj>\r\n",
				e.Record, e.ID, e.Qualifiers, e.level(), e.Record, e.Provider, e.Log, e.Host, e.us("2006-01-02T15:04:05.0000000Z"), e.Kind, e.Message)
		}},
		{Name: "evtexport", Bare: true, head: "evtexport 20200926\n\n", tail: "No recovered events to export.\n", each: func(e Event) string {
			return fmt.Sprintf("Event number\t\t\t: %d\nCreation time\t\t\t: %s UTC\nWritten time\t\t\t: %s UTC\nEvent type\t\t\t: %s event (%d)\nComputer name\t\t\t: %s\nSource name\t\t\t: %s\nEvent category\t\t\t: 0\nEvent identifier\t\t: 0x%08x (%d)\nNumber of strings\t\t: %d\n%s\n",
				e.Record, e.us("Jan 02, 2006 15:04:05"), e.us("Jan 02, 2006 15:04:05"), e.Kind, e.eventType(), e.Host, e.Provider, e.instance(), e.instance(), len(e.Strings), e.numbered())
		}},
		{Name: "evtxexport", Bare: true, head: "evtxexport 20181227\n\n", tail: "\n", each: func(e Event) string {
			return fmt.Sprintf("Event number\t\t\t: %d\nWritten time\t\t\t: %s UTC\nEvent level\t\t\t: %s (%d)\nComputer name\t\t\t: %s\nSource name\t\t\t: %s\nEvent identifier\t\t: 0x%08x (%d)\nNumber of strings\t\t: %d\n%s\n",
				e.Record, e.us("Jan 02, 2006 15:04:05.000000000"), e.Kind, e.level(), e.Host, e.Provider, e.instance(), e.instance(), len(e.Strings), e.numbered())
		}},
		{Name: "plaso CSV", Bare: true, head: "datetime,timestamp_desc,source,source_long,message,parser,display_name,tag\n", each: func(e Event) string {
			return fmt.Sprintf("%s,Content Modification Time,EVT,WinEVTX,\"[%d / 0x%04x] Source Name: %s Strings: ['%s'] Computer Name: %s Record Number: %d Event Level: %d\",winevtx,OS:/cases/Application.evtx,-\n",
				e.us("2006-01-02T15:04:05.000000+00:00"), e.ID, e.ID, e.Provider, strings.Join(e.Strings, "', '"), e.Host, e.Record, e.level())
		}},
		{Name: "Azure table CSV", head: "TimeGenerated,Source,EventLog,Computer,EventLevel,EventLevelName,ParameterXml,EventID,RenderedDescription,UserName\n", each: func(e Event) string {
			return fmt.Sprintf("%s,%s,%s,%s,%d,%s,\"<Param>%s</Param>\",%d,%q,N/A\n", e.us("2006-01-02T15:04:05.000Z"), e.Provider, e.Log, e.Host, e.level(), e.Kind, strings.Join(e.Strings, "</Param><Param>"), e.ID, e.Message)
		}},
		{Name: "Azure table", each: func(e Event) string {
			return jsonText(map[string]any{"TimeGenerated": e.us("2006-01-02T15:04:05.000Z"), "Source": e.Provider, "EventLog": e.Log, "Computer": e.Host, "EventLevel": e.level(), "EventLevelName": e.Kind,
				"EventID": e.ID, "RenderedDescription": e.Message, "UserName": "N/A", "Type": "Event"}) + "\n"
		}},
		{Name: "Azure query result", head: `{"tables":[{"name":"PrimaryResult","columns":[{"name":"TimeGenerated","type":"datetime"},{"name":"Computer","type":"string"},{"name":"EventLog","type":"string"},{"name":"Source","type":"string"},{"name":"EventID","type":"int"},{"name":"EventLevelName","type":"string"},{"name":"RenderedDescription","type":"string"}],"rows":[`,
			between: ",", tail: "]}]}", each: func(e Event) string {
				return jsonText([]any{e.us("2006-01-02T15:04:05Z"), e.Host, e.Log, e.Provider, e.ID, e.Kind, e.Message})
			}},
		{Name: "fluentd", each: func(e Event) string {
			return jsonText(map[string]any{"channel": "application", "record_number": fmt.Sprint(e.Record), "time_generated": e.us("2006-01-02 15:04:05 +0000"), "time_written": e.us("2006-01-02 15:04:05 +0000"),
				"event_id": fmt.Sprint(e.instance()), "computer_name": e.Host, "event_type": strings.ToLower(e.Kind), "event_category": "0", "source_name": e.Provider, "user": "", "description": e.Message, "string_inserts": e.Strings}) + "\n"
		}},
		{Name: "Velociraptor", each: func(e Event) string {
			system := map[string]any{"Provider": map[string]any{"Name": e.Provider}, "EventID": map[string]any{"Value": e.ID, "Qualifiers": e.Qualifiers}, "Level": e.level(), "TimeCreated": map[string]any{"SystemTime": e.At.Unix()},
				"EventRecordID": e.Record, "Channel": e.Log, "Computer": e.Host}
			return jsonText(map[string]any{"System": system, "EventData": map[string]any{"Data": e.Strings}, "Message": e.Message}) + "\n"
		}},
		{Name: "Kibana CSV", head: "\"@timestamp\",\"winlog.event_id\",\"winlog.provider_name\",\"winlog.channel\",\"winlog.computer_name\",\"winlog.record_id\",\"log.level\",message\n", each: func(e Event) string {
			return fmt.Sprintf("%q,\"%d,%03d\",%q,%s,%q,%q,%s,%q\n", e.us("Jan 2, 2006 @ 15:04:05.000"), e.ID/1000, e.ID%1000, e.Provider, e.Log, e.Host, fmt.Sprint(e.Record), strings.ToLower(e.Kind), e.Message)
		}},
		{Name: "Splunk export JSON", each: func(e Event) string {
			raw := fmt.Sprintf("%s\nLogName=%s\nSourceName=%s\nEventCode=%d\nEventType=%d\nType=%s\nComputerName=%s\nTaskCategory=%s\nOpCode=None\nRecordNumber=%d\nKeywords=Classic\nMessage=%s",
				e.us("01/02/2006 03:04:05 PM"), e.Log, e.Provider, e.ID, e.level(), e.Kind, e.Host, e.Category, e.Record, e.Message)
			return jsonText(map[string]any{"preview": false, "result": map[string]any{"_raw": raw, "_time": e.us("2006-01-02 15:04:05.000 UTC"), "host": e.Host, "sourcetype": "WinEventLog"}}) + "\n"
		}},
	}
}

// numbered prints the strings as the tools of libevt and libevtx do.
func (e Event) numbered() string {
	var b strings.Builder
	for i, s := range e.Strings {
		fmt.Fprintf(&b, "String: %d\t\t\t: %s\n", i+1, s)
	}
	return b.String()
}
