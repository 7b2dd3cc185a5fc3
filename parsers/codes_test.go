package parsers

import (
	"strings"
	"testing"
)

func TestCodes(t *testing.T) {
	tests := []struct{ text, want string }{
		// the same code, written differently
		{"failed with 0x80070005.", "0x80070005"},
		{"MAPI error 80070005", "0x80070005"},
		{"error 2147942405 came back", "0x80070005"},
		{"hr=-2147024891", "0x80070005"},
		{"E_ACCESSDENIED", "0x80070005"},
		{"error code is 0x80070005L (again 80070005)", "0x80070005"},
		{"[80004005]", "0x80004005"},
		{"Error returned was [0x80004001].", "0x80004001"},
		{"Status: 0xC000006D Sub Status: 0xC0000064", "nt:0xc000006d nt:0xc0000064"},
		{"Data: c000006d", "nt:0xc000006d"},
		{"error 3221225581", "nt:0xc000006d"},
		{"HRESULT 0xD000006D", "nt:0xc000006d"},
		{"STATUS_LOGON_FAILURE", "nt:0xc000006d"},
		{"exception 0xc0000005 at address 0x80123456", "nt:0xc0000005"},
		{"c0000005 at address 74f230d5 (x)", "nt:0xc0000005"},
		{"error -1018 (0xfffffc06)", "-1018"},
		{"server-specific error 4294966278", "-1018"},
		{"because error 0xc80003fa occurred", "-1018"},
		{"JET_errReadVerifyFailure (-1018)", "-1018"},
		{"Database error: -1018.", "-1018"},
		{"Error 5", "win32:5"},
		{"failed with code 0x5", "win32:5"},
		{"error code 00000005", "win32:5"},
		{"returned error 0x5 (Access is denied)", "win32:5"},
		{"Error: 1069", "win32:1069"},
		{"Windows NT error code 1722 indicates", "win32:1722"},
		{"Windows NT error code: 1330. [BASE IL 1 2] (12)", "win32:1330"},
		{"%%1053", "win32:1053"},
		{"the service stopped: %%1721", "win32:1721"},
		{"An unexpected error has occurred. ID no: c106fbf8", "0xc106fbf8"},
		{"error no = 80004005.The mailbox", "0x80004005"},
		{"80004005.dll", ""},
		{"error 00000bb8.", "win32:3000"},
		{"stopped: %%2140", ""},
		{"A sockets error 10054 on a call", "win32:10054"},
		{"WSAECONNRESET", "win32:10054"},
		{"Error: 0x2740", "win32:10048"},
		{"Fehlercode 0x7E.", "win32:126"},
		{"Fehler: 2. Die Datei", "win32:2"},
		{"エラー コード 5", ""},
		{"エラー 5", "win32:5"},
		{"错误代码：1326", "win32:1326"},
		{"ошибка 1722", "win32:1722"},
		{"dwError=1722", "win32:1722"},
		{"LDAP error 49", "ldap:49"},
		{"LDAP error: 0x31 (49)", "ldap:49"},
		{"80090308: LdapErr: DSID-0C090334, comment: AcceptSecurityContext error, data 525, vece", "0x80090308 win32:1317"},
		{"*** STOP: 0x0000001E (0xc0000005, 0x80112233, 0, 1)", "stop:0x0000001e"},
		{"a bugcheck. The bugcheck was: 0x0000007b (0xf741b84c,0xc0000034,0x00000000,0x00000000).", "stop:0x0000007b"},
		{"Stop 0x7B", "stop:0x0000007b"},
		{"failed due to error 80040C15-F0000000", "0x80040c15"},
		{"progress=2, hr=0x80040111", "0x80040111"},
		{"Unexpected error 0x80004005 occurred, then 0xC0000022", "0x80004005 nt:0xc0000022"},
		{"error 1 and error 2 and error 1", "win32:1 win32:2"},

		// no codes
		{"", ""},
		{"Logon ID: (0x0,0x8EA46112)", ""},
		{"Process ID: 0x1230", ""},
		{"Access Mask: 0x80100080", ""},
		{"Keywords: 0x8020000000000000", ""},
		{"Logon GUID: {80004005-0000-0000-c000-000000000046}", ""},
		{"event ID 1023", ""},
		{"Event Error 5712", ""},
		{"port 25, line 80004005", ""},
		{"12 errors in 3 files", ""},
		{"error 0", ""},
		{"status 0x0", ""},
		{"Error 404.3", ""},
		{"error at 10:45:12", ""},
		{"error 3/4/1999", ""},
		{"S-1-5-21-2092848103-1120294241-1737835142-7944", ""},
		{"1,234 errors", ""},
		{"errors. 5 files", ""},
		{"error C2664", ""},
		{"version 5.5.2653.23", ""},
		{"the status 200", ""},
		{"control code 0xD1", ""},
		{"1999", ""},
		{"5", ""},
		{"0x3e7", ""},
		{"20040105", ""},
		{"deadbeef", ""},
		{"%%8448", ""},
		{"temperature fell to -12", ""},
		{"c0000005-1234-1234-1234-123456789012", ""},
	}
	for _, tt := range tests {
		if got := strings.Join(Codes(tt.text), " "); got != tt.want {
			t.Errorf("Codes(%q) = %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestCode(t *testing.T) {
	tests := []struct{ in, want string }{
		{"0x80070005", "0x80070005"},
		{"80070005", "0x80070005"},
		{"2147942405", "0x80070005"},
		{"-2147024891", "0x80070005"},
		{"0x2740", "win32:10048"},
		{"5", "win32:5"},
		{"win32:5", "win32:5"},
		{"-1018", "-1018"},
		{"nt:0xC000006D", "nt:0xc000006d"},
		{"C000006D", "nt:0xc000006d"},
		{"ldap:49", "ldap:49"},
		{"stop:0x7B", "stop:0x0000007b"},
		{"WSAECONNREFUSED", "win32:10061"},
		{"", ""},
		{"0", ""},
		{"fish", ""},
		{"99999999999", ""},
	}
	for _, tt := range tests {
		got, ok := Code(tt.in)
		if !ok {
			got = ""
		}
		if got != tt.want {
			t.Errorf("Code(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

// TestCodeOfCodes holds that normal forms are stable.
func TestCodeOfCodes(t *testing.T) {
	for name, code := range codeNames {
		if got, ok := Code(code); !ok || got != code {
			t.Errorf("%s: Code(%q) = %q", name, code, got)
		}
	}
}

func FuzzCodes(f *testing.F) {
	for _, s := range []string{"error -1018 (0xfffffc06)", "STOP: 0x0000001E (0xc0000005, 1)", "LDAP error: 0x31 (49)", "%%1053 c0000005", "错误代码：1326"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		seen := map[string]bool{}
		for _, c := range Codes(s) {
			if seen[c] {
				t.Fatalf("%q twice", c)
			}
			seen[c] = true
			if again, ok := Code(c); !ok || again != c {
				t.Fatalf("%q is not a normal form: %q", c, again)
			}
		}
	})
}

func BenchmarkCodes(b *testing.B) {
	text := strings.Repeat("An internal MTA error occurred. Content conversion for message 17 failed. Conversion error: 4096, Object at fault: 0600006C. [MTA DISP:RESULT 22 112] (14) ", 20)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	list := make([]string, 0, 8)
	for b.Loop() {
		list = AppendCodes(list[:0], text)
	}
	if len(list) == 0 {
		b.Fatal("no codes")
	}
}
