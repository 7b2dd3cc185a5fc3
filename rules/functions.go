package rules

import "slices"

// FunctionDoc describes an operator or function of conditions.
type FunctionDoc struct {
	Name    string
	Form    string // how it is written, with names of fields or signals
	Example string // a condition that loads: over an event, or over signals a and b
	Doc     string
}

// Functions gives the operators and functions of conditions over fields.
func Functions() []FunctionDoc {
	return []FunctionDoc{
		{"==", "field == value", `provider == "AcmeFeed"`, "is equal; text compares without regard to case. Also != < <= > >="},
		{"in", "field in [value, ...]", `id in [1203, 1204]`, "is one of; with a range, id in 1000..1099; in a list of the record, \"win32:5\" in codes"},
		{"contains", `field contains "text"`, `message contains "feed folder"`, "has the text somewhere in it"},
		{"startsWith", `field startsWith "text"`, `provider startsWith "Acme"`, "begins with the text"},
		{"endsWith", `field endsWith "text"`, `host endsWith ".example.test"`, "ends with the text"},
		{"matches", `field matches "pattern"`, "message matches `feed [0-9]+ of [0-9]+`", "has the regular expression (RE2) somewhere in it; . is also a line break"},
		{"&&", "condition && condition", `provider == "AcmeFeed" && id == 1203`, "both hold; the same as and"},
		{"||", "condition || condition", `id == 1203 || id == 1204`, "one of them holds; the same as or"},
		{"!", "!(condition)", `!(message contains "test run")`, "does not hold; what is unknown stays unknown. The same as not"},
		{"any", "any(list, condition on #)", `any(strings, # contains "feed")`, "one element or more satisfies the condition"},
		{"all", "all(list, condition on #)", `all(strings, # != "feed")`, "each element does; true of an empty list"},
		{"none", "none(list, condition on #)", `none(codes, # startsWith "nt:")`, "no element does"},
		{"one", "one(list, condition on #)", `one(strings, # == "feed")`, "exactly one element does"},
		{"len", "len(list)", `len(strings) >= 2`, "number of elements"},
		{"strings[0]", "strings[n]", `strings[0] == "feed"`, "one insertion string, counted from 0"},
		{`data["name"]`, `data["name"]`, `data["TargetUserName"] == "feed"`, "one named value; unknown where the event has none of that name"},
	}
}

// DiagnosisFunctions gives the functions of conditions over signals.
func DiagnosisFunctions() []FunctionDoc {
	return []FunctionDoc{
		{"a", "signal", `a && !b`, "the signal was seen; joined with &&, || and !"},
		{"count", "count(signal) >= n", `count(a) >= 3`, "number of records that show the signal; count(a, same(host)) counts those of one host"},
		{"within", `within(signal, signal, "time")`, `within(a, b, "10m")`, "both were seen, at most this long apart, in any order"},
		{"sequence", `sequence(signal, signal, "time")`, `sequence(a, b, "10m")`, "both were seen in this order, at most this long apart"},
		{"absent", "absent(signal)", `a && absent(b)`, "was not seen in a log that would show it; unknown where that log was not supplied"},
		{"same", "same(host)", `within(a, b, "10m", same(host))`, "last argument of count, within and sequence: only records that share host, user, session or server"},
	}
}

// Windows gives durations as within and sequence take them.
func Windows() []string { return []string{"90s", "10m", "2h", "7d", "1d12h"} }

// KeyPath finds the description of a key: "title", "signal.when". ok is false
// where there is none.
func KeyPath(table, name string) (doc KeyDoc, ok bool) {
	keys := Keys
	if table != "" {
		i := slices.IndexFunc(keys, func(k KeyDoc) bool { return k.Name == table })
		if i < 0 {
			return KeyDoc{}, false
		}
		keys = keys[i].Table
	}
	i := slices.IndexFunc(keys, func(k KeyDoc) bool { return k.Name == name })
	if i < 0 {
		return KeyDoc{}, false
	}
	return keys[i], true
}

// Kinds gives the kinds of record that signals are on.
func Kinds() []Kind { return kinds() }
