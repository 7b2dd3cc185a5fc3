package powershell

import (
	"strings"

	"kbdiag/parsers/eventtable"
)

const (
	// flatPairs is how many properties a line has at least that is a list
	// without its line breaks.
	flatPairs = 3
	// flatLines is how many lines such a list goes on for, wrapped by a mail.
	flatLines = 60
	// maxFlat is how long it grows by lines behind the first, in bytes.
	maxFlat = 32 << 10
)

// flat reads the event whose list stands on line i without its line breaks, as
// forums and mails leave it: "TimeCreated : 3/14/2019 7:02:11 AM Id : 7036
// Message : ...". It may be wrapped, up to an empty line. flat gives the line
// behind it; i if there is none.
func (s *scan) flat(i int) int {
	if strings.Count(s.text[i], " :") < flatPairs {
		return i
	}
	props := flatProps(s.text[i])
	if len(props) < 2 {
		return i
	}
	to, last := i+1, len(props)
	text := s.text[i]
	for j := i + 1; j < len(s.text) && j < i+flatLines && len(text) < maxFlat && s.in[j] >= 0 && !s.w.Taken(j); j++ {
		text += " " + strings.TrimLeft(s.text[j], " \t")
		if strings.Contains(s.text[j], " :") {
			if more := flatProps(text); len(more) > last { // what follows the last one may be other text
				props, last, to = more, len(more), j+1
			}
		}
	}
	if len(props) < flatPairs || !isEvent(props) {
		return i
	}
	s.found = append(s.found, found{from: i, to: to, props: props})
	return to
}

// flatProps cuts a line at the names of properties.
func flatProps(t string) []property {
	var props []property
	from := -1 // where the value in work begins
	for at := 0; len(props) < maxFlatProps; {
		i := strings.Index(t[at:], " :")
		if i < 0 {
			break
		}
		i += at
		at = i + 2
		if at < len(t) && t[at] != ' ' {
			continue
		}
		end := len(strings.TrimRight(t[:i], " "))
		start := strings.LastIndexByte(t[:end], ' ') + 1
		name := t[start:end]
		n, known := eventtable.Lookup(name)
		if !known || name[0] < 'A' || name[0] > 'Z' || seenIn(props, name) {
			continue
		}
		if from >= 0 {
			props[len(props)-1].value = flatValue(t, from, start)
		}
		props = append(props, property{name: n, known: true, text: name})
		from = at
	}
	if from >= 0 {
		props[len(props)-1].value = flatValue(t, from, len(t))
	}
	return props
}

// maxFlatProps is more than any event has.
const maxFlatProps = 64

func flatValue(t string, from, to int) string {
	if from >= to {
		return ""
	}
	return strings.TrimSpace(t[from:to])
}

func seenIn(props []property, name string) bool {
	for i := range props {
		if strings.EqualFold(props[i].text, name) {
			return true
		}
	}
	return false
}
