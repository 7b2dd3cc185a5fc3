package parsers

import (
	"math/rand"
	"strings"
	"testing"
)

// TestRedactLineProse tells a password from what is said of one.
func TestRedactLineProse(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{"Your Password was rejected. Account: 'egarcia'", "Your Password was rejected. Account: 'egarcia'"},
		{"with the long name the password is taken.", "with the long name the password is taken."},
		{"her password is not in question", "her password is not in question"},
		{"its password is Hollow-Reed-31, I will change it", "its password is [redacted, 8 to 15], I will change it"},
		{"the password was changed, the password is now Ash7Elm, password: Yew9Fir", "the password was changed, the password is now [redacted, under 8], password: [redacted, under 8]"},
		{"the password is still refused", "the password is still refused"},
		{"Password: rejected", "Password: [redacted, 8 to 15]"},
		{"password was Rejected7.", "password was [redacted, 8 to 15]"},
		{"334 transactions were written to the journal", "334 transactions were written to the journal"},
		{`"334 VXNlcm5hbWU6\\r\\n"],[0.2,"am9l\\r\\n"],[0.2,"334 UGFzc3dvcmQ6\\r\\n"],[0.2,"QXNoN0VsbQ==\\r\\n"],[0.2,"535 5.7.8 Error: failed`,
			`"334 VXNlcm5hbWU6\\r\\n"],[0.2,"[redacted, under 8]\\r\\n"],[0.2,"334 UGFzc3dvcmQ6\\r\\n"],[0.2,"[redacted, 8 to 15]\\r\\n"],[0.2,"535 5.7.8 Error: failed`},
	} {
		if got := RedactLine(c.line, nil); got != c.want {
			t.Errorf("%q gives %q, want %q", c.line, got, c.want)
		}
	}
}

// TestShapesByTheirWords compares what is redacted where the words of a line
// choose the shapes with what all shapes redact.
func TestShapesByTheirWords(t *testing.T) {
	words := strings.Split(`PASS|pass|ACCT|AUTHINFO|AUTH|authenticate|PLAIN|LOGIN|login|.login(|'joe'|,|'Ash7Elm'|Authorization:|Basic|Cookie:|Set-Cookie:|Master-Key|`+
		`Session-ID|-ctx|PSK|:|0123456789ABCDEF|http://|joe:Yew9Fir@|host|--password|-ap|=|was|pwd|passwd|password|ldapsearch|-w|-u|-u=joe:Oak3Bay|--user|joe:Oak3Bay|-pw|`+
		`--proxy-user|token|access_token|client-secret|api_key|"|'|is|>Yew9Fir</|is now|APOP|deadbeefdeadbeefdeadbeefdeadbeef|334 |VXNlcm5hbWU6|QmFkcHdk|250 |>|C:|a1|x`, "|")
	blanks := []string{"", " ", "\t", "  "}
	rnd := rand.New(rand.NewSource(1))
	redacted := 0
	for range 20_000 {
		var b strings.Builder
		for range 1 + rnd.Intn(8) {
			b.WriteString(words[rnd.Intn(len(words))])
			b.WriteString(blanks[rnd.Intn(len(blanks))])
		}
		line := b.String()
		got, want := RedactLine(line, nil), redactShapes(line, allShapes, nil)
		if got != want {
			t.Fatalf("%q gives %q, want %q", line, got, want)
		}
		if got != line {
			redacted++
		}
	}
	if redacted < 1000 {
		t.Errorf("only %d lines had anything to redact", redacted)
	}
}
