package transcript

import (
	"strconv"

	"kbdiag/parsers"
)

// tlsWatch follows the TLS of a connection as far as it can be seen without
// the keys: that a handshake began, and alerts that are not encrypted
// [RFC 8446 sections 5.1 and 6].
type tlsWatch struct {
	on       bool
	alert    int // description of the first fatal alert, -1 if encrypted
	by       int // side that sent it
	fatal    bool
	answered bool // the server sent handshake records of its own
	data     bool // application data was sent
	skip     [2]int
	head     [2][]byte
}

// takes reports whether a side's bytes belong to TLS.
func (t *tlsWatch) takes(side int, data []byte) bool {
	if !t.on {
		if len(data) < 3 || data[0] != 0x16 && data[0] != 0x15 || data[1] != 3 || data[2] > 4 {
			return false
		}
		t.on = true
	}
	t.records(side, data)
	return true
}

// records passes over whole records and looks at their first bytes.
func (t *tlsWatch) records(side int, data []byte) {
	for len(data) > 0 {
		if t.skip[side] > 0 {
			n := min(t.skip[side], len(data))
			t.skip[side] -= n
			data = data[n:]
			continue
		}
		need := 7 - len(t.head[side])
		n := min(need, len(data))
		t.head[side] = append(t.head[side], data[:n]...)
		data = data[n:]
		h := t.head[side]
		if len(h) < 7 {
			return
		}
		length := int(h[3])<<8 | int(h[4])
		switch h[0] {
		case 0x16:
			t.answered = t.answered || side == 1
		case 0x17:
			t.data = true
		case 0x15:
			if length == 2 && h[5] == 2 && !t.fatal {
				t.alert, t.by, t.fatal = int(h[6]), side, true
			}
		}
		t.head[side] = h[:0]
		t.skip[side] = max(0, length-2)
	}
}

// tlsAlerts names the alerts that say why a handshake failed.
var tlsAlerts = map[int]string{
	10: "unexpected message", 20: "bad record MAC", 40: "handshake failure", 42: "bad certificate", 43: "unsupported certificate",
	44: "certificate revoked", 45: "certificate expired", 46: "certificate unknown", 47: "illegal parameter", 48: "unknown CA",
	49: "access denied", 50: "decode error", 51: "decrypt error", 70: "protocol version", 71: "insufficient security",
	80: "internal error", 86: "inappropriate fallback", 90: "user cancelled", 112: "unrecognized name", 116: "certificate required",
	120: "no application protocol",
}

// note says what is known of the TLS, "" without any.
func (t *tlsWatch) note() string {
	switch {
	case !t.on:
		return ""
	case t.fatal:
		who := "client"
		if t.by == 1 {
			who = "server"
		}
		s := "TLS handshake, alert " + strconv.Itoa(t.alert) + " from the " + who
		if name := tlsAlerts[t.alert]; name != "" {
			s += " (" + name + ")"
		}
		return s
	case !t.answered:
		return "TLS handshake, not answered"
	case t.data:
		return "then encrypted by TLS"
	}
	return "TLS handshake"
}

// judge settles the outcome of a session that ends in TLS.
func (t *tlsWatch) judge(s *parsers.Session) {
	switch {
	case !t.on:
	case t.fatal, !t.answered && s.ClosedBy == "server":
		s.Outcome, s.FailedStage = parsers.OutcomeTLSFailed, parsers.StageTLS
	case s.Outcome == parsers.OutcomeNoGreeting && t.answered:
		s.Outcome, s.FailedStage = parsers.OutcomeIncomplete, parsers.StageNone
		s.GreetingSeen = parsers.Unknown
	case s.Outcome == parsers.OutcomeDropped || s.Outcome == parsers.OutcomeAbandoned:
		if t.data {
			s.Outcome, s.FailedStage = parsers.OutcomeIncomplete, parsers.StageNone
		}
	}
}
