package parsers

import (
	"slices"
	"strings"
)

// redactEvent takes the secrets that their shape gives away out of an event's
// texts: of the message line by line, of strings and values, and the values
// whose name says that they are one. A secret found in one of them is taken out
// of the others too. Slices are copied where they change.
func (o *Out) redactEvent(e *Event) {
	if !suspect(e) {
		return
	}
	var found Secrets
	message := redactText(e.Message, &found)
	list, data := slices.Clone(e.Strings), slices.Clone(e.Data)
	if len(list) > 1 {
		RedactLine(strings.Join(list, ", "), &found) // a form may have cut the text at its commas
	}
	for i, s := range list {
		list[i] = redactText(s, &found)
	}
	for i, d := range data {
		data[i].Value = redactText(d.Value, &found)
		if namesSecret(d.Name) && isValue(d.Value) {
			found.Add(d.Value)
			data[i].Value = RedactedLength(d.Value)
		}
	}
	if found.Len() == 0 {
		return
	}
	clean := found.Scrubber()
	e.Message = clean(message)
	for i := range list {
		list[i] = clean(list[i])
	}
	for i := range data {
		data[i].Value = clean(data[i].Value)
	}
	e.Strings, e.Data = list, data
	if o.secrets != nil {
		o.secrets.addAll(&found)
	}
}

// suspect is a cheap look whether an event may hold a secret.
func suspect(e *Event) bool {
	if shapesIn(e.Message) != 0 {
		return true
	}
	for _, s := range e.Strings {
		if shapesIn(s) != 0 {
			return true
		}
	}
	for i := range e.Data {
		if namesSecret(e.Data[i].Name) || shapesIn(e.Data[i].Value) != 0 {
			return true
		}
	}
	return false
}

// redactText redacts the lines of a text.
func redactText(s string, found *Secrets) string {
	if s == "" || shapesIn(s) == 0 {
		return s
	}
	if strings.IndexByte(s, '\n') < 0 {
		return RedactLine(s, found)
	}
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = RedactLine(l, found)
	}
	return strings.Join(lines, "\n")
}

// isValue reports whether a value is one, and not a mark that there is none.
// "%%1793" is a text of Windows' tables.
func isValue(s string) bool {
	return len(s) > 2 && !IsHidden(s) && !notSecret[strings.ToLower(s)] && !strings.HasPrefix(s, "%%")
}

// secretNames are the ends of names of values that are secrets.
var secretNames = [...]string{"password", "passwd", "pwd", "clientsecret", "accesstoken", "refreshtoken"}

// namesSecret reports whether a value's name says that it is a secret:
// "Password", "ClientSecret". "PasswordLastSet" does not.
func namesSecret(name string) bool {
	for _, end := range secretNames {
		if n := len(name) - len(end); n >= 0 && strings.EqualFold(name[n:], end) {
			return true
		}
	}
	return false
}
