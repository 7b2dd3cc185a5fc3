package eventtexttest

import (
	"encoding/json"
	"fmt"
	"strings"
)

// writer writes one form.
type writer struct {
	head, tail string
	event      func(*bulk, event)
}

var writers = map[string]writer{
	"nt-csv":          {event: ntRow(",")},
	"nt-txt":          {event: ntRow("\t")},
	"vista-csv":       {head: "Level,Date and Time,Source,Event ID,Task Category\r\n", event: vistaRow(",")},
	"vista-txt":       {head: "Level\tDate and Time\tSource\tEvent ID\tTask Category\r\n", event: vistaRow("\t")},
	"dumpel":          {event: dumpelRow},
	"clipboard-2000":  {event: clipboard2000},
	"clipboard-vista": {event: clipboardVista},
	"xml":             {event: xmlEvent(false, "\r\n")},
	"xml-saved": {head: `<?xml version="1.0" encoding="utf-8" standalone="yes"?>` + "\r\n<Events>", tail: "</Events>",
		event: xmlEvent(false, "")},
	"xml-rendered": {head: `<?xml version="1.0" encoding="utf-8" standalone="yes"?>` + "\r\n<Events>", tail: "</Events>",
		event: xmlEvent(true, "")},
	"ndjson": {event: ndjson},
	"prose":  {event: prose},
}

var typeNames = [...]string{"Success Audit", "Error", "Error", "Warning", "Information"}
var levelNames = [...]string{"Audit Success", "Critical", "Error", "Warning", "Information"}

func crlf(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }

func ntRow(sep string) func(*bulk, event) {
	return func(b *bulk, e event) {
		fields := []string{e.at.Format("1/2/2006"), e.at.Format("3:04:05 PM"), e.source, typeNames[e.level], e.category + " ",
			fmt.Sprint(e.id), e.user, e.host, crlf(e.message) + " \r\n"}
		b.print("%s", strings.Join(fields, sep))
	}
}

func vistaRow(sep string) func(*bulk, event) {
	return func(b *bulk, e event) {
		text := crlf(e.message)
		if strings.ContainsAny(text, "\r\n\""+sep) {
			text = `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
		}
		fields := []string{levelNames[e.level], e.at.Format("1/2/2006 3:04:05 PM"), e.source, fmt.Sprint(e.id), e.category, text}
		b.print("%s\r\n", strings.Join(fields, sep))
	}
}

func dumpelRow(b *bulk, e event) {
	types := [...]int{8, 1, 1, 2, 4}
	user := e.user
	b.print("%s\t%d\t0\t%d\t%s\t%s\t%s\t%s\r\n", e.at.Format("1/2/2006\t3:04:05 PM"), types[e.level], e.id, e.source, user, e.host,
		strings.Join(e.values, "\t"))
}

func clipboard2000(b *bulk, e event) {
	b.print("Event Type:\t%s\r\nEvent Source:\t%s\r\nEvent Category:\t%s\r\nEvent ID:\t%d\r\nDate:\t\t%s\r\nTime:\t\t%s\r\nUser:\t\t%s\r\nComputer:\t%s\r\nDescription:\r\n%s\r\n\r\n",
		typeNames[e.level], e.source, e.category, e.id, e.at.Format("1/2/2006"), e.at.Format("3:04:05 PM"), e.user, e.host, crlf(e.message))
}

func clipboardVista(b *bulk, e event) {
	b.print("Log Name:      %s\r\nSource:        %s\r\nDate:          %s\r\nEvent ID:      %d\r\nTask Category: %s\r\nLevel:         %s\r\nKeywords:      Classic\r\nUser:          %s\r\nComputer:      %s\r\nDescription:\r\n%s\r\n\r\n",
		e.channel, e.source, e.at.Format("1/2/2006 3:04:05 PM"), e.id, e.category, levelNames[max(e.level, 2)], e.user, e.host, crlf(e.message))
}

var xmlEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

func xmlEvent(rendered bool, end string) func(*bulk, event) {
	return func(b *bulk, e event) {
		var t strings.Builder
		keywords := "0x80000000000000"
		if e.level == 0 {
			keywords = "0x8020000000000000"
		}
		fmt.Fprintf(&t, "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='%s' Guid='{54849625-5478-4994-a5ba-3e3b0328c30d}'/><EventID Qualifiers='16384'>%d</EventID><Version>0</Version><Level>%d</Level><Task>0</Task><Opcode>0</Opcode><Keywords>%s</Keywords><TimeCreated SystemTime='%s'/><EventRecordID>%d</EventRecordID><Correlation/><Execution ProcessID='612' ThreadID='7240'/><Channel>%s</Channel><Computer>%s.example.test</Computer><Security UserID='S-1-5-18'/></System><EventData>",
			e.source, e.id, e.level, keywords, e.at.Format("2006-01-02T15:04:05.0000000Z"), e.record, e.channel, e.host)
		for i, v := range e.values {
			if e.names[i] == "" {
				fmt.Fprintf(&t, "<Data>%s</Data>", xmlEscaper.Replace(v))
			} else {
				fmt.Fprintf(&t, "<Data Name='%s'>%s</Data>", e.names[i], xmlEscaper.Replace(v))
			}
		}
		t.WriteString("</EventData>")
		if rendered {
			fmt.Fprintf(&t, "<RenderingInfo Culture='en-US'><Message>%s</Message><Level>%s</Level><Task>%s</Task><Opcode>Info</Opcode><Channel>%s</Channel><Provider>%s</Provider><Keywords><Keyword>Classic</Keyword></Keywords></RenderingInfo>",
				xmlEscaper.Replace(crlf(e.message)), levelNames[max(e.level, 2)], e.category, e.channel, e.source)
		}
		t.WriteString("</Event>" + end)
		b.print("%s", t.String())
	}
}

// ndjson is the event as a shipper sends it: one object on a line, in the
// fields of Winlogbeat.
func ndjson(b *bulk, e event) {
	data := map[string]string{}
	for i, v := range e.values {
		name := e.names[i]
		if name == "" {
			name = fmt.Sprintf("param%d", i+1)
		}
		data[name] = v
	}
	line, err := json.Marshal(map[string]any{
		"@timestamp": e.at.Format("2006-01-02T15:04:05.000Z"), "message": e.message, "log": map[string]any{"level": strings.ToLower(levelNames[e.level])},
		"winlog": map[string]any{"event_id": e.id, "provider_name": e.source, "channel": e.channel, "computer_name": e.host, "record_id": e.record, "task": e.category, "event_data": data},
	})
	b.keep(err)
	b.print("%s\n", line)
}

// prose is what people write, and lines of a log that is of no form.
func prose(b *bulk, e event) {
	b.print("Hello,\nsince %s the server %s shows odd things, and %d users call every day.\nWe have restarted it twice; it did not help. Could you have a look at it?\n\n",
		e.at.Format("2 January"), e.host, b.pick(90))
	for range 4 {
		b.print("%s INFO  [worker-%d] handled request %d of client 192.0.2.%d in %d ms\n", e.at.Format("2006-01-02 15:04:05.000"), b.pick(12), e.record, b.pick(250), b.pick(900))
	}
	b.print("\n")
}
