package evtxtest

import (
	"fmt"
	"io"
	"time"
)

// WriteBig writes a security log of the given number of chunks of 64 KiB, for
// measurements, and gives the number of its records. It is the same whenever it
// is written.
func WriteBig(w io.WriteSeeker, chunks int) (records int, err error) {
	id := uint64(1)
	if _, err := w.Write(make([]byte, headSize)); err != nil {
		return 0, err
	}
	for range chunks {
		n := int(id)
		var c []byte
		c, id = fill(func() (Event, bool) { n++; return audit(n), true }, id)
		if _, err := w.Write(c); err != nil {
			return 0, err
		}
	}
	if _, err := w.Seek(0, io.SeekStart); err != nil {
		return 0, err
	}
	_, err = w.Write(fileHead(chunks, id))
	return int(id - 1), err
}

// audit makes the n-th event of a large log: logons, logoffs, privileges and
// processes in turn, of some hundred users and computers.
func audit(n int) Event {
	user, host := fmt.Sprintf("user%03d", n*7%400), fmt.Sprintf("PC-%04d", n*13%900)
	domain := "EXAMPLE"
	sid := Slot{Type: 0x13, Data: SID(21, 1004336348, 1177238915, 682003330, uint32(1000+n*7%400))}
	logon := Hex64(uint64(0x3e7 + n*4096))
	e := Event{
		Provider: "Microsoft-Windows-Security-Auditing", Qualifiers: -1, Keywords: 0x8020000000000000, Process: uint32(456 + n%3*8),
		Time:    time.Date(2016, 7, 8, 18, 12, 51, 0, time.UTC).Add(time.Duration(n) * 617 * time.Millisecond),
		Channel: "Security", Computer: "DC1.example.test",
	}
	subject := []named{{"SubjectUserSid", sid}, {"SubjectUserName", String(user)}, {"SubjectDomainName", String(domain)}, {"SubjectLogonId", logon}}
	target := []named{{"TargetUserSid", sid}, {"TargetUserName", String(user)}, {"TargetDomainName", String(domain)}, {"TargetLogonId", logon}}
	var data []named
	switch n % 5 {
	case 0, 1:
		e.ID, e.Task = 4624, 12544
		data = append(append(append(data, subject...), target...), named{"LogonType", Uint32(3)},
			named{"LogonProcessName", String("Kerberos")}, named{"AuthenticationPackageName", String("Kerberos")}, named{"WorkstationName", String(host)},
			named{"LogonGuid", Slot{Type: 0x0F, Data: make([]byte, 16)}}, named{"TransmittedServices", String("-")}, named{"LmPackageName", String("-")},
			named{"KeyLength", Uint32(0)}, named{"ProcessId", Hex64(0)}, named{"ProcessName", String("-")},
			named{"IpAddress", String(fmt.Sprintf("192.0.2.%d", n%250))}, named{"IpPort", String(fmt.Sprint(49152 + n%16000))})
	case 2:
		e.ID, e.Task = 4672, 12548
		data = append(append(data, subject...), named{"PrivilegeList", String("SeSecurityPrivilege\r\n\t\t\tSeBackupPrivilege\r\n\t\t\tSeRestorePrivilege")})
	case 3:
		e.ID, e.Task = 4634, 12545
		data = append(append(data, target...), named{"LogonType", Uint32(3)})
	default:
		e.ID, e.Task = 4688, 13312
		data = append(append(data, subject...), named{"NewProcessId", Hex64(uint64(n % 9000 * 4))},
			named{"NewProcessName", String(`C:\Windows\System32\svchost.exe`)}, named{"TokenElevationType", String("%%1936")}, named{"ProcessId", Hex64(500)})
	}
	e.Body = []Node{Slot{Type: 0x21, Optional: true, Nested: []Node{eventData(data)}}}
	return e
}

// named is a value of the event's data.
type named struct {
	name  string
	value Slot
}

func eventData(values []named) Element {
	e := Element{Name: "EventData"}
	for _, v := range values {
		e.Content = append(e.Content, Element{Name: "Data", Attrs: []Attr{{Name: "Name", Value: Text(v.name)}}, Content: []Node{v.value}})
	}
	return e
}
