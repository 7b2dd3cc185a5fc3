package transcript

import "strings"

// appleMail reads the heads of Apple Mail's log, which name the connection
// before each block of lines:
// "WROTE Mar 12 09:11:02.402 [...] -- host:h -- port:587 -- socket:0x6 -- thread:0x7".
func appleMail(s string) (event, kind) {
	word, _, _ := strings.Cut(s, " ")
	switch word {
	case "INITIATING", "CONNECTED", "READ", "WROTE":
	default:
		return line()
	}
	host := between(s, "host:", " ")
	port := portOf(between(s, "-- port:", " "))
	if host == "" || port == 0 || !strings.Contains(s, "-- socket:") {
		return line()
	}
	ev := event{what: whatInfo, server: host, port: port, form: "apple mail"}
	switch word {
	case "INITIATING":
		ev.what = whatTrying
	case "CONNECTED":
		ev.what = whatConnected
	default:
		return noise()
	}
	return happens(ev)
}
