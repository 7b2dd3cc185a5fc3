package parsers

import "time"

// Session is one conversation with a server, or one attempt at it.
type Session struct {
	Pos      Pos
	Form     string // how it was captured: "telnet", "putty", "script", ...
	Protocol string // "pop3", "smtp", "imap", "nntp", "ftp", "http", "telnet", or "" if it cannot be told
	Server   string // host name or address as typed, "" if unknown
	Port     int    // 0 if unknown
	Connect  Connect
	Greeting string // the greeting's text, all lines joined by "\n"; "" if none was seen
	// GreetingSeen says whether the capture shows that the server greeted.
	// NotSeen is for captures that begin after the greeting.
	GreetingSeen  Tri
	Banner        string // the part of the greeting that names the server's software
	Product       string // server software told from the banner, such as "Exchange Server"
	Version       string // its version, such as "5.5.2650.22"
	Authenticated Tri
	FailedStage   Stage   // the first stage that failed, "" if none
	Outcome       Outcome // what became of the session as a whole
	ClosedBy      string  // "server", "client", or "" if the capture does not tell
	Echo          string  // "on", "off" or "partial": whether the client's lines are in the capture
	Start, End    time.Time
	Zone          Zone
	Elapsed       time.Duration // from the first stamped line to the last, 0 if not stamped
	GreetingDelay time.Duration // from the first stamped line to the greeting, 0 if not stamped
	Exchanges     []Exchange    // commands with their replies, in the order of the commands
	Unanswered    []Command     // commands that got no reply
	Unsolicited   []Reply       // replies nobody asked for, such as 421 or BYE
	Summary       string        // one line that an engineer would write
}

// Tri is a fact that may be unknown.
type Tri uint8

const (
	Unknown Tri = iota
	No
	Yes
)

// String gives "yes", "no" or "".
func (t Tri) String() string { return [...]string{"", "no", "yes"}[t] }

// TriOf turns a known fact into a Tri.
func TriOf(b bool) Tri {
	if b {
		return Yes
	}
	return No
}

// Connect is the result of connecting.
type Connect string

const (
	ConnectUnknown     Connect = ""             // the capture does not show it
	Connected          Connect = "connected"    // shown, or proved by a reply
	ConnectRefused     Connect = "refused"      // connection refused, WSAECONNREFUSED 10061
	ConnectTimeout     Connect = "timeout"      // no answer
	ConnectUnreachable Connect = "unreachable"  // no route to host, network unreachable
	ConnectDenied      Connect = "denied"       // prohibited by a filter or by permission
	ConnectNoName      Connect = "no such name" // the name does not resolve
	ConnectFailed      Connect = "failed"       // failed, the capture does not tell how (Windows telnet)
	ConnectReset       Connect = "reset"        // reset while connecting
)

// Stage is a stage of a session.
type Stage string

const (
	StageNone     Stage = ""
	StageConnect  Stage = "connect"
	StageGreeting Stage = "greeting" // connected, but refused, silent, or closed before the greeting ended
	StageTLS      Stage = "tls"
	StageHelo     Stage = "helo"
	StageAuth     Stage = "auth"
	StageMail     Stage = "mail"
	StageRcpt     Stage = "rcpt"
	StageData     Stage = "data"
	StageBody     Stage = "body"
	StageSelect   Stage = "select"
	StageCommand  Stage = "command" // any other command
	StageQuit     Stage = "quit"
)

// Outcome says what became of a session.
type Outcome string

const (
	OutcomeSuccess         Outcome = "success"          // all that was asked for was done, harmless refusals apart
	OutcomeConnectFailed   Outcome = "connect failed"   // see Connect
	OutcomeNoGreeting      Outcome = "no greeting"      // connected, then silence
	OutcomeGreetingRefused Outcome = "greeting refused" // the greeting itself is a refusal, such as 421 or 554
	OutcomeAuthFailed      Outcome = "auth failed"
	OutcomeRelayDenied     Outcome = "relay denied"
	OutcomeTLSFailed       Outcome = "tls failed"
	OutcomeRefused         Outcome = "refused"    // another command was refused
	OutcomeNoReply         Outcome = "no reply"   // a command was never answered
	OutcomeDropped         Outcome = "dropped"    // the server closed before the end
	OutcomeAbandoned       Outcome = "abandoned"  // the user closed before the end
	OutcomeIncomplete      Outcome = "incomplete" // the capture ends, nothing had failed
)

// Command is one client line that expects a reply.
type Command struct {
	Line int    // 1-based line of the input; 0 if inferred
	Verb string // in upper case; "(response)" for an SASL response, "(body)" for a message body
	Args string // arguments, secrets redacted
}

// Reply is one complete reply of the server.
type Reply struct {
	Line         int    // 1-based line of its first line
	Status       string // status word as sent, in upper case: "+OK", "-ERR", "NO", "250", ...
	Code         int    // three-digit reply code; 0 where the protocol has none
	ResponseCode string // bracketed code without brackets, such as "AUTH" or "ALERT"
	Enhanced     string // enhanced status code [RFC 3463], such as "5.7.1"
	Text         string // text of all lines, joined by "\n", secrets redacted
	OK           bool   // a positive completion or intermediate reply
}

// Exchange is one client line and its complete reply. Where an article leaves
// the reply out and goes on with commands that succeeded, it is one without
// line, status and text that is OK.
type Exchange struct {
	Command
	Reply    Reply
	Pos      Pos   // of command and reply
	Stage    Stage // the stage that the command belongs to
	Inferred bool  // the command was not captured but told from the reply
	Time     time.Time
}
