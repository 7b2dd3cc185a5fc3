package parsers

import "testing"

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
