package parsers

// Codes finds the error codes in a text and gives them normalised, each once,
// in the order of their places: "0x80070005" (HRESULT), "nt:0xc000006d"
// (NTSTATUS), "-1018" (JET), "win32:5", "ldap:49", "stop:0x0000007b".
func Codes(text string) []string { return nil }
