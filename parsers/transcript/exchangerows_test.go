package transcript

import (
	"testing"

	"kbdiag/parsers"
)

// TestBlocksLeftOut reads a log of commands that leaves out the lines up to a
// dot, which CAPA, LIST and RETR are answered with.
func TestBlocksLeftOut(t *testing.T) {
	sessions, lines, _ := readSessions(parsers.StdinName, []byte(`#Software: Microsoft Exchange Server
#Log-type: POP3 Log
#Fields: dateTime,sessionId,seqNumber,sIp,cIp,user,duration,rqsize,rpsize,command,parameters,context
2026-11-22T22:01:03.000Z,08d9a1b200000000,0,192.0.2.1:110,192.0.2.7:10000,,0,0,39,OpenSession,,
2026-11-22T22:01:03.000Z,08d9a1b200000000,1,192.0.2.1:110,192.0.2.7:10000,,1,4,66,capa,,R=ok
2026-11-22T22:01:03.000Z,08d9a1b200000000,2,192.0.2.1:110,192.0.2.7:10000,,1,5,5,user,joe,R=ok
2026-11-22T22:01:04.000Z,08d9a1b200000000,3,192.0.2.1:110,192.0.2.7:10000,joe,15,12,54,pass,*****,"R=""-ERR Logon failure: unknown user name or bad password."""
2026-11-22T22:01:05.000Z,08d9a1b200000000,4,192.0.2.1:110,192.0.2.7:10000,joe,4,4,59,quit,,R=ok
2026-11-22T22:01:05.000Z,08d9a1b200000000,5,192.0.2.1:110,192.0.2.7:10000,joe,0,0,0,CloseSession,,
`))
	if len(sessions) != 1 || len(lines) > 0 {
		t.Fatalf("%d sessions, lines %q", len(sessions), lines)
	}
	s := &sessions[0]
	if len(s.Exchanges) != 4 || len(s.Unanswered) > 0 || s.Outcome != parsers.OutcomeAuthFailed || s.Authenticated != parsers.No {
		t.Errorf("%+v", s)
	}
}
