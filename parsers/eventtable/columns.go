// Package eventtable reads event logs that were saved as a table with a row of
// names: what PowerShell, Log Parser, EvtxECmd, plaso, the NirSoft viewers,
// Splunk, Kibana, Azure and others write as CSV. One table of names serves
// them all, and the property lists of PowerShell too.
package eventtable

import "strings"

// Column is what a named value of an event means.
type Column uint8

// The columns, by what they give an event.
const (
	Unknown    Column = iota // of no known meaning: kept as a named value
	Ignored                  // known, and nothing that an event has
	Time                     // date and time of day
	Date                     // date alone; the clock stands in a column of its own
	Clock                    // time of day alone
	TimeZone                 // name of the zone of Date and Clock
	ID                       // event code, or 32-bit identifier
	Instance                 // 32-bit identifier, as InstanceId of Get-EventLog
	Qualifiers               // upper half of the identifier
	LevelWord                // in any language
	Level                    // number of 0 to 5, or a word
	Type                     // number of 1, 2, 4, 8, 16, or a word
	Keywords                 // names, or a signed or hexadecimal number of 64 bits
	Provider                 // source
	Log                      // log or channel
	Host                     // computer
	User                     // name or SID
	Category                 // task category in words
	Message                  // rendered text
	Strings                  // insertion strings
	RecordNo                 // record number
	Payload                  // named values as JSON or XML
	System                   // the system part as JSON
	XML                      // the event as XML
	Raw                      // the event as it was collected: XML or key=value
	Desc                     // text of plaso, which has all of the event in it
	columns                  // how many there are
)

// Name is one entry of the table of names.
type Name struct {
	Column Column
	rank   uint8 // of several names of one column in a table the lowest rank counts
	points uint8 // how much the name says for a table of events: 3 unmistakable, 0 nothing
	utc    bool  // times in it are in UTC though they do not say so
}

// names are the names of columns and properties in the form of fold, by
// column, best first, each with its points. Sources: the documentation of the
// tools, and the properties of System.Diagnostics.EventLogEntry and
// System.Diagnostics.Eventing.Reader.EventLogRecord.
var names = []struct {
	column Column
	list   string
}{
	{Time, "timecreated 3|timecreatedutc 3 utc|systemtime 3 utc|timecreatedsystemtime 3 utc|eventsystemtimecreatedsystemtime 3 utc|eventsystemtimecreated 3 utc|timegeneratedutc 3 utc|timegenerated 3|generatedtime 1|" +
		"winlogtimecreated 3|@timestamp 2|eventcreated 1|eventtime 1|datetime 1|dateandtime 1|timestamputc 1 utc|timestamp 1|time 1|eventcreatedtime 1|logged 1|timelogged 1|timelocal 1|timewritten 3|timewrittenutc 3 utc|writtentime 1|eventtimestamp 1"},
	{Date, "date 0"},
	{TimeZone, "timezone 0"},
	{ID, "eventid 2|eventcode 2|winlogeventid 3|windowseventid 2|systemeventid 3|systemeventidvalue 3|eventsystemeventid 3|eventidvalue 2|id 1|event 0"},
	{Instance, "instanceid 3|messageidentifier 1|eventidentifier 3"},
	{Qualifiers, "qualifiers 2|eventidqualifiers 2|systemeventidqualifiers 2"},
	{LevelWord, "leveldisplayname 3|entrytype 3|eventlevelname 3|eventtypename 2|leveltext 1|levelname 1|winloglevel 2|severityvalue 0"},
	{Level, "level 1|systemlevel 1|eventsystemlevel 1|eventlevel 1|loglevel 1|severity 1|type 1"},
	{Type, "eventtype 1|entrytypenumber 1"},
	{Keywords, "keywordsdisplaynames 3|winlogkeywords 3|keywords 2|systemkeywords 2|eventsystemkeywords 2"},
	{Provider, "providername 3|sourcename 2|eventsourcename 2|provider 2|eventprovidername 3|systemprovidername 3|systemprovider 3|eventsystemproviderattributesname 3|eventsystemprovider 3|winlogprovidername 3|eventsource 1|source 1|eventprovider 1|publisher 0"},
	{Log, "logname 2|channel 2|eventlog 2|winlogchannel 3|systemchannel 3|eventsystemchannel 3|eventlogname 2|log 1|logfile 1|containerlog 2|eventchannel 1"},
	{Host, "machinename 2|computername 2|winlogcomputername 3|systemcomputer 3|eventsystemcomputer 3|computer 1|pscomputername 3|hostname 1|host 1|devicename 1|agentname 0"},
	{User, "username 1|winlogusername 2|user 1|userid 1|winloguseridentifier 3|usersid 1|sid 1|systemsecurityuserid 2|securityuserid 1"},
	{Category, "taskdisplayname 3|taskcategory 2|eventcategoryname 2|winlogtask 3|category 1"},
	{Message, "message 1|rendereddescription 3|messagestring 1|eventdescription 1|formattedmessage 1|eventmessage 1|winlogmessage 1|description 1|renderinginfomessage 1|fullmessage 0"},
	{Strings, "replacementstrings 3|insertionstrings 2|strings 1"},
	{RecordNo, "eventrecordid 3|systemeventrecordid 3|eventsystemeventrecordid 3|winlogrecordid 3|recordid 2|recordnumber 2|index 1|record 0"},
	{Payload, "payload 2|eventdata 1|parameterxml 3|userdata 1|winlogeventdata 2"},
	{System, "system 1"},
	{XML, "xmlstring 3|eventxml 2|toxml 2|rawxml 1"},
	{Raw, "raw 0|eventoriginal 1"},
	{Ignored, "data 0|categorynumber 3|site 0|container 0|version 0|task 0|opcode 0|processid 0|threadid 0|providerid 0|providerguid 0|activityid 0|relatedactivityid 0|matchedqueryids 1|bookmark 0|" +
		"opcodedisplayname 3|properties 0|chunknumber 1|hiddenrecord 1|sourcefile 0|extradataoffset 1|eventcategory 0|runspaceid 0|levelnumber 0|" +
		"punct 0|linecount 0|splunkserver 0|splunkservergroup 0|eventtypecolor 0|" +
		"macb 0|timestampdesc 0|parser 0|displayname 0|datatype 0|offset 0|label 0|tag 0|recovered 0|sha256hash 0|sourcelong 0|sourceshort 0|sourcetype 0|inode 0|format 0|short 0|notes 0|filename 0|storenumber 0|storeindex 0|eventlength 0|eventdatalength 0"},
}

var nameTable = makeNameTable()

func makeNameTable() map[string]Name {
	t := make(map[string]Name, 256)
	for _, n := range names {
		for rank, entry := range strings.Split(n.list, "|") {
			f := strings.Fields(entry)
			t[f[0]] = Name{Column: n.column, rank: uint8(rank), points: f[1][0] - '0', utc: len(f) > 2}
		}
	}
	return t
}

// maxName is longer than any name that is looked up, in bytes.
const maxName = 64

// Lookup finds a name of a column or property, without regard to case, blanks,
// points and underscores. It reports false for a name of no known meaning.
func Lookup(name string) (Name, bool) {
	if len(name) > maxName {
		return Name{}, false
	}
	for i := 0; i < len(name); i++ {
		if c := name[i]; c < 0x80 && !nameByte[c] {
			return Name{}, false
		}
	}
	var buf [maxName]byte
	n, ok := nameTable[string(fold(buf[:0], name))]
	if !ok {
		for _, p := range carriers {
			if len(name) > len(p) && strings.EqualFold(name[:len(p)], p) {
				return Lookup(name[len(p):])
			}
		}
	}
	return n, ok
}

// carriers are what shippers and collectors put before the names of an event's
// fields: Wazuh, Graylog's sidecars, Elasticsearch.
var carriers = []string{"data.win.system.", "win.system.", "_source.data.win.system.", "winlogbeat_", "_source.", "nxlog_", "filebeat_"}

// nameByte marks the ASCII bytes that names may have in them.
var nameByte = func() (t [128]bool) {
	for c := range t {
		t[c] = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte(" ._-@[]()/#", byte(c)) >= 0
	}
	return t
}()

// Is reports whether the name can stand in a table of events only.
func (n Name) Is() bool { return n.points >= 3 }

// fold appends the form in which names compare: letters and digits in lower
// case, and "@".
func fold(buf []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= 'A' && c <= 'Z':
			buf = append(buf, c|0x20)
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '@', c >= 0x80:
			buf = append(buf, c)
		}
	}
	return buf
}

// dataPrefixes stand before the names of an event's own values.
var dataPrefixes = []string{"data.win.eventdata.", "_source.data.win.eventdata.", "winlogbeat_winlog_event_data_", "winlogbeat_event_data_", "winlog.event_data.", "winlog.user_data.", "event_data.", "EventData.", "Event.EventData.", "UserData.", "Data."}

// dataName gives the name of an event's own value without what stands before
// it in the names of columns.
func dataName(name string) string {
	for _, p := range dataPrefixes {
		if len(name) > len(p) && strings.EqualFold(name[:len(p)], p) {
			return name[len(p):]
		}
	}
	return name
}

// Points is how much the name says for an event, 0 to 3.
func (n Name) Points() int { return int(n.points) }
