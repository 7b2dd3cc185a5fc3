package eventjson

// field is what a value of a document means.
type field uint8

const (
	fNothing field = iota
	fMeta          // of the shipper or of the transport, nothing of the event's own data
	fID
	fID32
	fQualifiers
	fProvider
	fSource // EventSourceName beside the provider's name
	fLog
	fHost
	fTime
	fUser
	fDomain
	fSID
	fMessage
	fDescription // a message where the event's values stand apart from it
	fCategory
	fRecord
	fLevel    // 0 to 5, or a word
	fType     // 1, 2, 4, 8, 16, or a word
	fWord     // a word
	fSeverity // NXLog's number
	fKeywords // a number or words
	fStrings  // insertion strings
	fData     // the event's values by name
	fDetails  // likewise, of a detection
	fExtra    // more of them
	fUserData
	fXML   // the event's XML in a string
	fInner // a string that may hold the whole event once more
	fieldCount
)

// alias is one name that some program has for a field. Names are in lower case
// without the marks "_", "-", "@", "#" and "$"; a dot goes into an object, or
// stands in the name itself.
type alias struct {
	path  string
	field field
	rank  uint8 // the lowest rank wins, among equals the first
	weak  bool  // a value of the event's own may bear this name: a loser is data
}

// aliases are the names of the fields in all forms: the event schema
// [MS-EVEN6 2.2.18] as evtx_dump, python-evtx, Velociraptor, xmltodict and
// Wazuh turn it into JSON; .NET's EventLogRecord and EventLogEntry; WMI's
// Win32_NTLogEvent; Winlogbeat 6 and 7 and the Elastic Common Schema; NXLog;
// fluentd and Fluent Bit; osquery; Azure Monitor; EvtxECmd; Splunk; the
// OpenTelemetry receiver; Event Viewer's columns.
var aliases = []alias{
	{path: "eventid", field: fID},
	{path: "event id", field: fID},
	{path: "system.eventid", field: fID},
	{path: "winlog.eventid", field: fID},
	{path: "eventcode", field: fID, rank: 1},
	{path: "event.code", field: fID, rank: 3},
	{path: "id", field: fID, rank: 5, weak: true},
	{path: "eventidentifier", field: fID32},
	{path: "instanceid", field: fID32},
	{path: "qualifiers", field: fQualifiers},
	{path: "eventidqualifiers", field: fQualifiers},
	{path: "system.qualifiers", field: fQualifiers},
	{path: "winlog.qualifiers", field: fQualifiers},

	{path: "providername", field: fProvider},
	{path: "winlog.providername", field: fProvider},
	{path: "system.provider", field: fProvider},
	{path: "system.providername", field: fProvider},
	{path: "system.provider.name", field: fProvider},
	{path: "sourcename", field: fProvider, rank: 1},
	{path: "winlog.sourcename", field: fProvider, rank: 1},
	{path: "eventsourcename", field: fProvider, rank: 2},
	{path: "provider", field: fProvider, rank: 3, weak: true},
	{path: "provider.name", field: fProvider, rank: 3},
	{path: "source", field: fProvider, rank: 5, weak: true},
	{path: "event.provider", field: fProvider, rank: 6},
	{path: "system.provider.eventsourcename", field: fSource},
	{path: "system.eventsourcename", field: fSource},
	{path: "winlog.eventsourcename", field: fSource},

	{path: "channel", field: fLog},
	{path: "logname", field: fLog},
	{path: "log name", field: fLog},
	{path: "winlog.channel", field: fLog},
	{path: "system.channel", field: fLog},
	{path: "eventlog", field: fLog, rank: 1, weak: true},
	{path: "logfile", field: fLog, rank: 1, weak: true},

	{path: "computer", field: fHost},
	{path: "winlog.computername", field: fHost},
	{path: "system.computer", field: fHost},
	{path: "machinename", field: fHost},
	{path: "hostname", field: fHost, rank: 1},
	{path: "computername", field: fHost, rank: 2, weak: true},
	{path: "host", field: fHost, rank: 4},
	{path: "hostidentifier", field: fHost, rank: 4},
	{path: "host.name", field: fHost, rank: 5},
	{path: "host.hostname", field: fHost, rank: 6},
	{path: "roleinstance", field: fHost, rank: 6, weak: true},
	{path: "agent.name", field: fHost, rank: 8},
	{path: "agent.hostname", field: fHost, rank: 7},

	{path: "system.timecreated", field: fTime},
	{path: "system.systemtime", field: fTime},
	{path: "system.timecreated.systemtime", field: fTime},
	{path: "eventtime", field: fTime, rank: 1},
	{path: "timecreated", field: fTime, rank: 2},
	{path: "timecreatedsystemtime", field: fTime, rank: 2},
	{path: "systemtime", field: fTime, rank: 2},
	{path: "winlog.timecreated", field: fTime, rank: 2},
	{path: "timegenerated", field: fTime, rank: 3},
	{path: "winlog.systemtime", field: fTime, rank: 3},
	{path: "date and time", field: fTime, rank: 3},
	{path: "datetime", field: fTime, rank: 3, weak: true},
	{path: "_time", field: fTime, rank: 4},
	{path: "timestamp", field: fTime, rank: 5, weak: true}, // "@timestamp" too
	{path: "time", field: fTime, rank: 6, weak: true},
	{path: "timewritten", field: fTime, rank: 7},
	{path: "t", field: fTime, rank: 8, weak: true}, // Seq's "@t", "@m", "@mt" and "@l"

	{path: "winlog.user.name", field: fUser},
	{path: "winlog.user.domain", field: fDomain},
	{path: "winlog.user.identifier", field: fSID},
	{path: "system.security", field: fSID},
	{path: "system.security.userid", field: fSID},
	{path: "system.security.userid.value", field: fSID},
	{path: "accountname", field: fUser, rank: 1},
	{path: "domain", field: fDomain, weak: true},
	{path: "username", field: fUser, rank: 2, weak: true},
	{path: "userid", field: fSID},
	{path: "userid.value", field: fSID},
	{path: "sid", field: fSID, rank: 1, weak: true},
	{path: "security.userid", field: fSID, rank: 1},
	{path: "user", field: fUser, rank: 5, weak: true},

	{path: "message", field: fMessage},
	{path: "winlog.message", field: fMessage},
	{path: "system.message", field: fMessage},
	{path: "event.message", field: fMessage},
	{path: "rendering.message", field: fMessage},
	{path: "renderedmessage", field: fMessage, rank: 1},
	{path: "rendereddescription", field: fMessage, rank: 1},
	{path: "fullmessage", field: fMessage, rank: 2},
	{path: "shortmessage", field: fMessage, rank: 3},
	{path: "m", field: fMessage, rank: 4, weak: true},
	{path: "mt", field: fMessage, rank: 5, weak: true},
	{path: "description", field: fDescription, weak: true},

	{path: "taskdisplayname", field: fCategory},
	{path: "taskcategory", field: fCategory},
	{path: "task category", field: fCategory},
	{path: "categorystring", field: fCategory},
	{path: "rendering.task", field: fCategory},
	{path: "winlog.task", field: fCategory, rank: 1},
	{path: "eventcategory", field: fCategory, rank: 2},
	{path: "category", field: fCategory, rank: 2, weak: true},
	{path: "task", field: fCategory, rank: 3},

	{path: "eventrecordid", field: fRecord},
	{path: "system.eventrecordid", field: fRecord},
	{path: "winlog.recordid", field: fRecord},
	{path: "winlog.eventrecordid", field: fRecord},
	{path: "recordnumber", field: fRecord, rank: 1},
	{path: "recordid", field: fRecord, rank: 1},
	{path: "index", field: fRecord, rank: 3, weak: true},

	{path: "level", field: fLevel},
	{path: "system.level", field: fLevel},
	{path: "winlog.level", field: fLevel},
	{path: "eventlevel", field: fLevel, rank: 1},
	{path: "eventtype", field: fType, weak: true},
	{path: "entrytype", field: fType},
	{path: "type", field: fType, rank: 2, weak: true},
	{path: "leveldisplayname", field: fWord},
	{path: "eventlevelname", field: fWord},
	{path: "eventtypename", field: fWord},
	{path: "leveltext", field: fWord},
	{path: "log.level", field: fWord},
	{path: "rendering.level", field: fWord},
	{path: "system.severityvalue", field: fWord},
	{path: "severity", field: fWord, rank: 1, weak: true},
	{path: "l", field: fWord, rank: 3, weak: true},
	{path: "severityvalue", field: fSeverity},

	{path: "keywords", field: fKeywords},
	{path: "system.keywords", field: fKeywords},
	{path: "winlog.keywords", field: fKeywords},
	{path: "keywordsdisplaynames", field: fKeywords, rank: 1},
	{path: "rendering.keywords", field: fKeywords, rank: 1},

	{path: "stringinserts", field: fStrings},
	{path: "replacementstrings", field: fStrings},
	{path: "insertionstrings", field: fStrings},
	{path: "strings", field: fStrings, rank: 1, weak: true},
	{path: "parameterxml", field: fData, rank: 2},

	{path: "eventdata", field: fData},
	{path: "eventdatadynamic", field: fData, rank: 1},
	{path: "winlog.eventdata", field: fData},
	{path: "payload", field: fData, rank: 3, weak: true},
	{path: "data", field: fData, rank: 4, weak: true},
	{path: "properties", field: fStrings, rank: 2, weak: true},
	{path: "event.eventdata", field: fData},
	{path: "data.eventdata", field: fData},
	{path: "payload.eventdata", field: fData},
	{path: "wazuh.eventdata", field: fData},
	{path: "wazuh.userdata", field: fUserData},
	{path: "userdata", field: fUserData},
	{path: "event.userdata", field: fUserData},
	{path: "data.userdata", field: fUserData},
	{path: "payload.userdata", field: fUserData},
	{path: "winlog.userdata", field: fUserData},
	{path: "allfieldinfo", field: fDetails},
	{path: "details", field: fDetails, rank: 1, weak: true},

	{path: "extrafieldinfo", field: fExtra},

	{path: "rawxml", field: fXML},
	{path: "eventxml", field: fXML},
	{path: "event", field: fXML, rank: 1, weak: true},
	{path: "system", field: fXML, rank: 1}, // Fluent Bit's, with all of the event in it
	{path: "xml", field: fXML, rank: 1, weak: true},
	{path: "xmlstring", field: fXML},                          // plaso's
	{path: "stringvalue", field: fInner, rank: 3, weak: true}, // of a body in OTLP
	{path: "event.original", field: fInner},
	{path: "_raw", field: fInner},
	{path: "raw", field: fInner, rank: 1, weak: true},
	{path: "fulllog", field: fInner, rank: 1},
	{path: "log", field: fInner, rank: 2, weak: true},
	{path: "msg", field: fInner, rank: 2, weak: true},
	{path: "original", field: fInner, rank: 3, weak: true},
	{path: "body", field: fInner, rank: 3, weak: true},

	{path: "system.eventid.text", field: fID},
	{path: "system.eventid.value", field: fID},
	{path: "system.eventid.qualifiers", field: fQualifiers},
	{path: "eventid.id", field: fID},
	{path: "eventid.text", field: fID},
	{path: "eventid.value", field: fID},
	{path: "eventid.qualifiers", field: fQualifiers},
	{path: "timecreated.value", field: fTime, rank: 2},
	{path: "timecreated.datetime", field: fTime, rank: 3},
	{path: "timecreated.systemtime", field: fTime, rank: 2},
	{path: "timegenerated.value", field: fTime, rank: 3},
	{path: "keywords.keyword", field: fKeywords, rank: 1},
	{path: "rendering.keywords.keyword", field: fKeywords, rank: 1},
}

// metaNames are values of the event's head and of the shipper that are not
// read, and are no data of the event where both stand side by side.
const metaNames = "opcode|opcodevalue|opcodedisplayname|version|threadid|executionprocessid|executionthreadid|" +
	"providerguid|providerid|activityid|relatedactivityid|eventreceivedtime|sourcemodulename|sourcemoduletype|" +
	"accounttype|tenantid|sourcesystem|mg|managementgroupname|_resourceid|sourcecomputerid|eventoriginid|" +
	"timecollected|chunknumber|sourcefile|hiddenrecord|extradataoffset|mapdescription|containerlog|" +
	"machineguid|pspath|psparentpath|pschildname|psprovider|pscomputername|runspaceid|psshowcomputername|" +
	"_id|_index|_type|_score|_cd|_bkt|_si|_serial|_indextime|_sourcetype|sourcetype|linecount|splunkserver|punct|" +
	"eventtypeoriginal|eventtypeorignal|gl2sourceinput|gl2sourcenode|gl2messageid|gl2remoteip|gl2remoteport|" +
	"ruletitle|ruleid|rulefile|evtxfile|ruleauthor|rulecreationdate|rulemodifieddate|gl2accountedmessagesize|gl2processingtimestamp|gl2receivetimestamp|beatstype|collectornodeid"

// containers are objects whose members are looked up elsewhere: under the path
// on the right.
var containers = []struct{ path, as string }{
	{"_source", ""}, {"result", ""}, {"columns", ""}, {"properties", ""}, {"fields", ""},
	{"event", "event"}, {"event.system", "system"},
	{"event.renderinginfo", "rendering"}, {"renderinginfo", "rendering"},
	{"system", "system"}, {"system.eventid", "system.eventid"}, {"system.eventidattributes", "system.eventid"},
	{"system.provider", "system.provider"}, {"system.providerattributes", "system.provider"},
	{"system.timecreated", "system.timecreated"}, {"system.timecreatedattributes", "system.timecreated"},
	{"system.security", "system.security"}, {"system.securityattributes", "system.security"},
	{"system.security.userid", "system.security.userid"},
	{"winlog", "winlog"}, {"winlog.user", "winlog.user"},
	{"log", "log"}, {"host", "host"}, {"agent", "agent"}, {"beat", "agent"},
	{"data", "data"}, {"data.win", ""}, {"data.eventchannel", ""}, {"winevtchannel", "wazuh"}, {"wazuh.system", "system"}, {"win", ""},
	{"payload", "payload"},
	{"eventid", "eventid"}, {"provider", "provider"}, {"userid", "userid"}, {"security", "security"},
	{"timecreated", "timecreated"}, {"timegenerated", "timegenerated"}, {"keywords", "keywords"},
	{"rendering.keywords", "rendering.keywords"},
	{"user", "olduser"},
	{"record", ""}, {"body", ""}, {"winevent", ""}, {"windows", ""}, {"nxlog", ""}, {"wineventlog", ""},
	{"eventrecord", ""}, {"rawevent", ""}, {"winlogbeat", ""}, {"parsed", ""}, {"jsonpayload", ""}, {"doc", ""},
	{"winlog.security", "system.security"}, {"winlog.execution", "execution"},
}
