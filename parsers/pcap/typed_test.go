package pcap

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// typing is how a client sends what a person types.
type typing struct {
	name string
	send func(c *conn, s string, echo bool)
}

var typings = []typing{
	{"key by key", func(c *conn, s string, echo bool) {
		for i := range len(s) {
			c.send(0, ack|8, s[i:i+1])
			if echo {
				c.send(1, ack|8, s[i:i+1])
			} else {
				c.send(1, ack, "")
			}
		}
		c.send(0, ack|8, "\r\x00")
	}},
	{"line by line", func(c *conn, s string, echo bool) { c.send(0, ack|8, s+"\r\n") }},
	{"key by key, then CR LF", func(c *conn, s string, echo bool) {
		for i := range len(s) {
			c.send(0, ack|8, s[i:i+1])
			c.send(1, ack, "")
		}
		c.send(0, ack|8, "\r\n")
	}},
}

// TestPasswordsAtPrompts logs on to hosts in many ways and looks for the
// password in what is read. With KBDIAG_KEEP the captures are kept in that
// folder.
func TestPasswordsAtPrompts(t *testing.T) {
	const secret = "Zebra-Kite-42"
	prompts := [][2]string{
		{"\r\nhost login: ", "\r\nPassword: "},
		{"\r\n\r\nUser Access Verification\r\n\r\nUsername: ", "\r\nPassword: "},
		{"User: ", "\r\nEnter your secret code "},
		{"", "\r\nPassword:"},
		{"welcome\r\n> ", "\r\nPIN> "},
		{"", ""},
	}
	sessions, n := 0, 0
	for _, port := range []int{23, 513, 2323, 9000} {
		for _, negotiates := range []string{"", "first", "late"} {
			for _, whole := range []bool{true, false} {
				for _, p := range prompts {
					if p[1] == "" && port > 1024 && negotiates == "" {
						continue // nothing tells what such a line is
					}
					for _, typed := range typings {
						for _, result := range []string{"\r\nLast login: Sun Nov 22\r\n$ ", "\r\nLogin incorrect\r\nhost login: ", ""} {
							w := newTape()
							c := w.dial("192.0.2.7:51442", fmt.Sprintf("192.0.2.1:%d", port))
							logon(c, whole, negotiates, p, secret, typed, result)
							found, _ := readBytes(w.out.Bytes())
							text := fmt.Sprintf("%+v", found)
							if strings.Contains(strings.ToLower(text), "zebra") {
								t.Errorf("port %d, negotiates %q, whole %v, prompts %q, %s, then %q: %s", port, negotiates, whole, p, typed.name, result, text)
							}
							sessions += len(found)
							if dir := os.Getenv("KBDIAG_KEEP"); dir != "" {
								if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%04d.pcap", n)), w.out.Bytes(), 0o644); err != nil {
									t.Fatal(err)
								}
							}
							n++
						}
					}
				}
			}
		}
	}
	if sessions < n/2 {
		t.Errorf("%d sessions of %d captures", sessions, n)
	}
}

// logon writes one logon.
func logon(c *conn, whole bool, negotiates string, prompts [2]string, secret string, typed typing, result string) {
	if whole {
		c.open()
	}
	if negotiates == "first" {
		c.send(1, ack|8, "\xff\xfd\x18\xff\xfd\x20")
		c.send(0, ack|8, "\xff\xfb\x18\xff\xfc\x20")
	}
	if prompts[0] != "" {
		c.send(1, ack|8, prompts[0])
		typed.send(c, "joe", true)
	}
	if negotiates == "late" {
		c.send(1, ack|8, "\xff\xfb\x01")
		c.send(0, ack|8, "\xff\xfd\x01")
	}
	if prompts[1] != "" {
		c.send(1, ack|8, prompts[1])
	}
	typed.send(c, secret, false)
	if result != "" {
		c.send(1, ack|8, result)
		typed.send(c, "ls", true)
		c.send(1, ack|8, "\r\nfile1 file2\r\n$ ")
	}
	c.close(0)
}
