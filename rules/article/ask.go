package article

import (
	"fmt"
	"regexp"
	"strings"

	"kbdiag/rules"
)

const (
	// maxAsks is how many questions a draft has.
	maxAsks = 8
	// maxAsked is how much of a message a question quotes, in bytes.
	maxAsked = 120
)

// Collect gives for each signal of the draft what to ask a customer for where
// the inputs leave it open.
func (d *Draft) Collect() []rules.Collect {
	var out []rules.Collect
	for i := range d.Signals {
		s := &d.Signals[i]
		if len(out) == maxAsks {
			break
		}
		out = append(out, rules.Collect{Ask: s.ask(), Signal: s.Name, Cost: s.cost()})
	}
	return out
}

// cost of the answer, in minutes.
func (s *DraftSignal) cost() float64 {
	if s.On == "event" {
		return 4
	}
	return 3
}

func (s *DraftSignal) ask() string {
	switch s.On {
	case "event":
		return "Does the event log have " + s.event() + s.words() + "? Please send the log of the day of the trouble."
	case "session", "exchange":
		return s.askSession()
	}
	if len(s.Codes) > 0 && strings.HasPrefix(s.Codes[0], "stop:") {
		return "Please send the first lines of the blue screen: the STOP code, its four values and the file that it names."
	}
	return "Was this message shown, or does it stand in a log" + s.words() + "? Please send it with the lines around it."
}

// event names the event, or the range of events.
func (s *DraftSignal) event() string {
	name := fmt.Sprintf("event %d", s.ID)
	if s.last != 0 {
		name = fmt.Sprintf("one of the events %d to %d", s.ID, s.last)
	}
	if s.Source != "" {
		name += " of " + s.Source
	}
	return name
}

// words quotes the beginning of the message, if there is one.
func (s *DraftSignal) words() string {
	text := s.Message
	if text == "" {
		return ""
	}
	if len(text) > maxAsked {
		end := strings.LastIndexByte(text[:maxAsked], ' ')
		if end <= 0 {
			return ""
		}
		text = text[:end] + " ..."
	}
	return `: "` + text + `"`
}

var (
	protocolPart = regexp.MustCompile(`\bprotocol == "([a-z0-9]+)"`)
	verbPart     = regexp.MustCompile(`\bcommand == "([^"]+)"`)
	portPart     = regexp.MustCompile(`\bport == (\d+)`)
)

// testPorts are where the protocols are tested by hand.
var testPorts = map[string]string{"pop3": "110", "smtp": "25", "imap": "143", "nntp": "119", "ftp": "21", "http": "80", "ldap": "389"}

// askSession asks for a test by hand.
func (s *DraftSignal) askSession() string {
	part := func(re *regexp.Regexp) string {
		if m := re.FindStringSubmatch(s.When); m != nil {
			return m[1]
		}
		return ""
	}
	port := part(portPart)
	if port == "" {
		port = testPorts[part(protocolPart)]
	}
	if port == "" {
		return "Please test the server by hand with telnet and send the whole session."
	}
	until := ""
	if verb := part(verbPart); verb != "" && !strings.HasPrefix(verb, "(") {
		until = ", as far as " + verb + ","
	}
	return "Please test the server by hand (telnet SERVER " + port + ")" + until + " and send the whole session."
}
