package transcript

import "strings"

// anchor is a quick look at a line of free text: false if no session can begin
// there. It runs on every line of every log.
func anchor(s string) bool {
	return s != "" && strings.TrimSpace(s) != ""
}
