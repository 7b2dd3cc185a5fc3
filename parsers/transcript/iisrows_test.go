package transcript

import (
	"testing"

	"kbdiag/parsers"
)

// TestChannelRows reads the log of FTP of IIS 7, which says that connections
// are opened and closed.
func TestChannelRows(t *testing.T) {
	sessions, lines, _ := readSessions(parsers.StdinName, []byte(`#Software: Microsoft Internet Information Services 7.5
#Version: 1.0
#Date: 2026-11-22 22:01:03
#Fields: date time c-ip cs-username s-ip s-port cs-method cs-uri-stem sc-status sc-win32-status sc-substatus x-session x-fullpath
2026-11-22 22:01:03 192.0.2.7 - 192.0.2.1 21 ControlChannelOpened - - 0 0 1f0c61a9-66ab-4c0f-9d2e-5ac6d7a0be11 -
2026-11-22 22:01:03 192.0.2.7 - 192.0.2.1 21 USER CONTOSO\joe 331 0 0 1f0c61a9-66ab-4c0f-9d2e-5ac6d7a0be11 -
2026-11-22 22:01:04 192.0.2.7 CONTOSO\joe 192.0.2.1 21 PASS *** 230 0 0 1f0c61a9-66ab-4c0f-9d2e-5ac6d7a0be11 /
2026-11-22 22:01:04 192.0.2.7 CONTOSO\joe 192.0.2.1 50123 DataChannelOpened - - 0 0 1f0c61a9-66ab-4c0f-9d2e-5ac6d7a0be11 -
2026-11-22 22:01:05 192.0.2.7 CONTOSO\joe 192.0.2.1 50123 DataChannelClosed - - 0 0 1f0c61a9-66ab-4c0f-9d2e-5ac6d7a0be11 -
2026-11-22 22:01:05 192.0.2.7 CONTOSO\joe 192.0.2.1 21 RETR report.zip 550 5 0 1f0c61a9-66ab-4c0f-9d2e-5ac6d7a0be11 /report.zip
2026-11-22 22:01:06 192.0.2.7 CONTOSO\joe 192.0.2.1 21 ControlChannelClosed - - 0 0 1f0c61a9-66ab-4c0f-9d2e-5ac6d7a0be11 -
`))
	if len(sessions) != 1 || len(lines) > 0 {
		t.Fatalf("%d sessions, lines %q", len(sessions), lines)
	}
	s := &sessions[0]
	if s.Protocol != "ftp" || s.Server != "192.0.2.1" || s.Port != 21 || s.Connect != parsers.Connected || len(s.Exchanges) != 3 || s.Authenticated != parsers.Yes {
		t.Errorf("%+v", s)
	}
}

// TestClientsComeAgain reads a log in which a client that has said QUIT comes
// again at once, and one whose rows are there in two layouts.
func TestClientsComeAgain(t *testing.T) {
	sessions, lines, _ := readSessions(parsers.StdinName, []byte(`#Software: Microsoft Internet Information Services 6.0
#Version: 1.0
#Date: 2026-11-22 22:01:03
#Fields: date time c-ip cs-username s-sitename s-computername s-ip s-port cs-method cs-uri-stem cs-uri-query sc-status sc-win32-status
2026-11-22 22:01:03 192.0.2.7 pc7 SMTPSVC1 MX1 192.0.2.1 0 EHLO - +pc7 250 0
2026-11-22 22:01:03 192.0.2.7 pc7 SMTPSVC1 MX1 192.0.2.1 0 QUIT - pc7 240 721
2026-11-22 22:01:04 192.0.2.7 pc7 SMTPSVC1 MX1 192.0.2.1 0 EHLO - +pc7 250 0
2026-11-22 22:01:04 192.0.2.7 pc7 SMTPSVC1 MX1 192.0.2.1 0 MAIL - +FROM:<joe@example.test> 250 0
2026-11-22 22:01:05 192.0.2.7 pc7 SMTPSVC1 MX1 192.0.2.1 0 RCPT - +TO:<ann@contoso.test> 550 0
2026-11-22 22:01:05 192.0.2.7 pc7 SMTPSVC1 MX1 192.0.2.1 0 QUIT - pc7 240 721
192.0.2.7, pc7, 11/22/26, 22:01:04, SMTPSVC1, MX1, 192.0.2.1, 0, 10, 5, 250, 0, EHLO, -, +pc7,
192.0.2.7, pc7, 11/22/26, 22:01:04, SMTPSVC1, MX1, 192.0.2.1, 0, 10, 5, 240, 0, QUIT, -, pc7,
`))
	if len(sessions) != 2 || len(lines) > 0 {
		t.Fatalf("%d sessions, lines %q", len(sessions), lines)
	}
	if a, b := len(sessions[0].Exchanges), len(sessions[1].Exchanges); a != 2 || b != 4 || len(sessions[1].Unsolicited) > 0 {
		t.Errorf("%d and %d exchanges, %+v", a, b, sessions[1])
	}
}
