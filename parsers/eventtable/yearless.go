package eventtable

import "strconv"

// HasNoYear reports whether text begins with a date as the tables of
// Get-EventLog have it: "Jan 17 19:16", the month in the language of the
// system, where Japanese and Korean have its number.
func HasNoYear(text string) bool { return YearlessLen(text) > 0 }

// YearlessLen is the length of such a date, 0 if text does not begin with one.
func YearlessLen(text string) int {
	i := 0
	for i < len(text) && i < 24 && text[i] != ' ' {
		if c := text[i]; c < 0x80 && (c|0x20 < 'a' || c|0x20 > 'z') && c != '.' && !digit(c) {
			return 0
		}
		i++
	}
	if n := digits(text); n < i || n > 2 {
		if i < 2 || digit(text[i-1]) {
			return 0
		}
	} else if text[:n] > "12" && n == 2 || text[:n] == "0" {
		return 0
	}
	for i < len(text) && text[i] == ' ' {
		i++
	}
	day := digits(text[i:])
	i += day
	if day < 1 || day > 2 {
		return 0
	}
	blank := i
	for i < len(text) && text[i] == ' ' {
		i++
	}
	hour := digits(text[i:])
	if i == blank || hour < 1 || hour > 2 || i+hour+3 > len(text) || text[i+hour] != ':' && text[i+hour] != '.' || digits(text[i+hour+1:]) != 2 {
		return 0
	}
	return i + hour + 3
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

// digits is the number of digits that s begins with.
func digits(s string) int {
	n := 0
	for n < len(s) && digit(s[n]) {
		n++
	}
	return n
}

// count gives a number with its noun.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}
