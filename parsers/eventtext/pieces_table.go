package eventtext

import (
	"strings"
	"time"

	"kbdiag/parsers"
)

// What the rooms of tables and property lists need of this one besides.

// Language says in which language the file's words are (BCP 47); "" is
// ignored, the first stays.
func (d *Dates) Language(lang string) { d.order.language(lang) }

// SampleFile shows the dates of a file: sample is given the text of its
// beginning, and if that leaves a doubt and the file can be read at any place,
// the whole lines of spots spread over it.
func (d *Dates) SampleFile(in *parsers.Input, sample func(text string)) {
	sample(in.Head.Text)
	at := in.ReaderAt()
	if at == nil || in.Head.Whole {
		return
	}
	buf := make([]byte, orderSpot)
	for i := int64(1); i <= orderSpots && d.order.doubtful(); i++ {
		n, _ := at.ReadAt(buf, ((in.Size-orderSpot)*i/orderSpots)&^1)
		if n == 0 {
			return
		}
		text := spotText(buf[:n], in.Head)
		if j := strings.IndexByte(text, '\n'); j >= 0 {
			sample(text[j+1:])
		}
	}
}

// LevelLanguage gives the language of a level word, "" if it is none or
// several languages share it.
func LevelLanguage(word string) string { return levelLanguage(word) }

// LevelOfType turns the number of an EventType (1, 2, 4, 8, 16) into a level.
// 0 is what NT calls success.
func LevelOfType(n uint32) parsers.Level {
	l, _ := dumpelLevel(n)
	return l
}

// LeadingLevel gives the level word that text begins with, and what follows
// it; "" if there is none.
func LeadingLevel(text string) (word, rest string) { return leadingLevel(text) }

// Trim takes blanks, tabs, no-break spaces and direction marks off both ends.
func Trim(s string) string { return trimBlanks(s) }

// IsLeftOut reports whether a trimmed line is a mark that its author left
// text out, such as "[...]".
func IsLeftOut(t string) bool { return isLeftOut(t) }

// ISOTime reads a date and time of day in the order of ISO 8601, with T or a
// blank between the two: "2012-03-14 04:17:38.276340+00:00",
// "2024-01-31T04:26:39.0170000Z", "2026-08-22 05:26:47". It gives how many
// bytes it read, 0 if text does not begin so. The zone is local where none is
// stated.
func ISOTime(s string) (t time.Time, z parsers.Zone, n int) {
	if len(s) < 19 || s[4] != '-' || s[7] != '-' || s[10] != 'T' && s[10] != ' ' || s[13] != ':' || s[16] != ':' {
		return t, z, 0
	}
	var v [6]int
	for i, at := range [6][2]int8{{0, 4}, {5, 7}, {8, 10}, {11, 13}, {14, 16}, {17, 19}} {
		for j := at[0]; j < at[1]; j++ {
			if !isDigit(s[j]) {
				return t, z, 0
			}
			v[i] = v[i]*10 + int(s[j]-'0')
		}
	}
	y, m, d, ok := date(v[0], v[1], v[2])
	if !ok || v[3] > 23 || v[4] > 59 || v[5] > 60 || len(s) > 19 && isDigit(s[19]) {
		return t, z, 0
	}
	nano, rest := xmlFraction(s[19:])
	sec := unixDay(y, m, d)*86400 + int64(v[3])*3600 + int64(v[4])*60 + int64(v[5])
	t = time.Unix(sec, int64(nano)).UTC()
	n = len(s) - len(rest)
	t, z, k := isoZone(t, rest)
	if half, _, _ := scanHalf(rest); k == 0 && half != 0 {
		return time.Time{}, parsers.ZoneUnknown, 0 // a 12-hour clock
	}
	return t, z, n + k
}

// isoZone reads the zone behind a time and gives the time in it.
func isoZone(t time.Time, s string) (time.Time, parsers.Zone, int) {
	blank := 0
	if strings.HasPrefix(s, " ") {
		blank = 1
	}
	rest := s[blank:]
	switch {
	case strings.HasPrefix(rest, "Z") && (len(rest) == 1 || !isLetter(rest[1])):
		return t, parsers.ZoneUTC, blank + 1
	case strings.HasPrefix(rest, "UTC"):
		return t, parsers.ZoneUTC, blank + 3
	case len(rest) < 5 || rest[0] != '+' && rest[0] != '-' || !isDigit(rest[1]) || !isDigit(rest[2]):
		return t, parsers.ZoneLocal, 0
	}
	n := 3
	if rest[n] == ':' {
		n++
	}
	if len(rest) < n+2 || !isDigit(rest[n]) || !isDigit(rest[n+1]) {
		return t, parsers.ZoneLocal, 0
	}
	off := int(rest[1]-'0')*36000 + int(rest[2]-'0')*3600 + int(rest[n]-'0')*600 + int(rest[n+1]-'0')*60
	n += 2
	if off == 0 {
		return t, parsers.ZoneUTC, blank + n
	}
	if rest[0] == '-' {
		off = -off
	}
	zone := time.FixedZone("", off)
	return t.Add(-time.Duration(off) * time.Second).In(zone), parsers.ZoneOffset, blank + n
}
