package rules

// Kind is what a signal observes.
type Kind string

const (
	OnEvent    Kind = "event"
	OnExchange Kind = "exchange"
	OnSession  Kind = "session"
	OnLine     Kind = "line"
)

// Type is the type of a field in a condition.
type Type string

const (
	Text     Type = "text"       // compares without regard to case
	Number   Type = "number"     // integer
	Bool     Type = "true/false" //
	TextList Type = "list of text"
	TextMap  Type = "named text" // data["Name"]; names compare without regard to case
)

// FieldDoc describes one field that conditions may use.
type FieldDoc struct {
	Name   string
	Type   Type
	Values []string // all possible values, where they are a closed set
	Doc    string
}

// Fields lists the fields of each kind of record, in the order of the
// documentation. The engine binds each of them; a test holds the two together.
var Fields = map[Kind][]FieldDoc{
	OnEvent: {
		{"provider", Text, nil, "source of the event; both names of a provider that has two compare equal"},
		{"id", Number, nil, "event code, 16 bits"},
		{"qualifiers", Number, nil, "upper 16 bits of a 32-bit event id"},
		{"log", Text, nil, "log or channel, such as Application"},
		{"level", Text, []string{"critical", "error", "warning", "information", "verbose", "audit success", "audit failure"}, "severity, from any language"},
		{"category", Text, nil, "category or task category"},
		{"user", Text, nil, "user of the event"},
		{"host", Text, nil, "computer"},
		{"message", Text, nil, "rendered description; the insertion strings where the description is missing"},
		{"strings", TextList, nil, "insertion strings, in order"},
		{"data", TextMap, nil, "named values of the event"},
		{"codes", TextList, nil, `error codes found in message, strings and data, normalised: "0x80070005", "-1018", "win32:5", "nt:0xc000006d"`},
	},
	OnExchange: {
		{"protocol", Text, []string{"pop3", "smtp", "imap", "nntp", "ftp", "http"}, "protocol of the session"},
		{"server", Text, nil, "server as typed"},
		{"port", Number, nil, "TCP port"},
		{"product", Text, nil, "server software told from the greeting, such as Exchange Server"},
		{"version", Text, nil, "its version"},
		{"command", Text, nil, "verb, in upper case; (response) for an SASL line, (body) for a message body"},
		{"args", Text, nil, "arguments, secrets redacted"},
		{"user", Text, nil, "name given for the logon, by this command (LOGIN) or the last one before it (USER); unknown before that"},
		{"status", Text, nil, `status word of the reply, such as "+OK", "NO", "550"`},
		{"code", Number, nil, "three-digit reply code"},
		{"response_code", Text, nil, `bracketed code, such as "AUTH" or "ALERT"`},
		{"enhanced", Text, nil, `enhanced status code, such as "5.7.1"`},
		{"text", Text, nil, "text of the reply"},
		{"ok", Bool, nil, "whether the reply is positive"},
		{"inferred", Bool, nil, "whether the command was told from its reply (echo off)"},
		{"stage", Text, []string{"connect", "greeting", "tls", "helo", "auth", "mail", "rcpt", "data", "body", "select", "command", "quit"}, "stage that the command belongs to"},
	},
	OnSession: {
		{"protocol", Text, []string{"pop3", "smtp", "imap", "nntp", "ftp", "http"}, "protocol; empty if it cannot be told"},
		{"server", Text, nil, "server as typed"},
		{"port", Number, nil, "TCP port"},
		{"connect", Text, []string{"connected", "refused", "timeout", "unreachable", "denied", "no such name", "failed", "reset"}, "result of connecting"},
		{"greeted", Bool, nil, "whether the server sent a greeting"},
		{"greeting", Text, nil, "greeting"},
		{"banner", Text, nil, "part of the greeting that names the server software"},
		{"product", Text, nil, "server software told from the greeting"},
		{"version", Text, nil, "its version"},
		{"authenticated", Bool, nil, "whether a logon succeeded"},
		{"failed_stage", Text, []string{"", "connect", "greeting", "tls", "helo", "auth", "mail", "rcpt", "data", "body", "select", "command", "quit"}, "first stage that failed, empty if none"},
		{"outcome", Text, []string{"success", "connect failed", "no greeting", "greeting refused", "auth failed", "relay denied", "tls failed", "refused", "no reply", "dropped", "abandoned", "incomplete"}, "what became of the session"},
		{"closed_by", Text, []string{"server", "client"}, "who closed"},
		{"echo", Text, []string{"on", "off", "partial"}, "whether the client's lines are in the capture"},
		{"exchanges", Number, nil, "number of commands with a reply"},
		{"unanswered", Number, nil, "number of commands without a reply"},
		{"unanswered_command", Text, nil, "first command without a reply"},
		{"unsolicited", Text, nil, "text of replies that nobody asked for"},
	},
	OnLine: {
		{"text", Text, nil, "the line"},
		{"path", Text, nil, "path of the input"},
		{"codes", TextList, nil, "error codes found in the line, normalised as for events"},
	},
}
