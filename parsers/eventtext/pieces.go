package eventtext

import (
	"time"

	"kbdiag/parsers"
)

// What the other rooms of event logs as text need of this one: dates, words
// for levels and for nothing, and the wrappers of lost messages.

// Dates reads the dates of one file, whose order of day and month is settled
// from all that it was shown.
type Dates struct{ order *dateOrder }

// NewDates makes a reader of dates. What the user stated of their order
// overrules all but dates that cannot be of that order.
func NewDates(opts parsers.Options) *Dates { return &Dates{newDateOrder(opts)} }

// Sample shows the date that text begins with.
func (d *Dates) Sample(text string) {
	if st, n := scanStamp(text); n > 0 {
		d.order.sample(st)
	}
}

// Time reads the date and time of day that text begins with, as wall clock in
// UTC, and gives how many bytes it read. It gives 0 if text does not begin
// with both, and a zero time for a date that does not exist and for 1601-01-01,
// which is how Windows prints a file time of 0.
func (d *Dates) Time(text string) (t time.Time, n int) {
	st, n := scanStamp(text)
	if n == 0 || !st.clock.set {
		return time.Time{}, 0
	}
	t, ok := d.order.time(st)
	if !ok || t.Year() == 1601 {
		return time.Time{}, n
	}
	return t, n
}

// StampLen is the length of the date and time of day that text begins with, 0
// if it does not begin with both.
func StampLen(text string) int {
	st, n := scanStamp(text)
	if n == 0 || !st.clock.set {
		return 0
	}
	return n
}

// Report tells the account of a doubt. Call it once all dates are read.
func (d *Dates) Report(out *parsers.Out) { d.order.report(out) }

// LevelOf gives the level that a word for type, level or keywords stands for,
// in any language and any case; LevelUnknown if it is none.
func LevelOf(word string) parsers.Level { return levelOf(word) }

// AuditOf gives the audit verdict in a list of keywords, LevelUnknown if there
// is none.
func AuditOf(keywords string) parsers.Level { return auditOf(keywords) }

// Present gives value without blanks at its ends, or "" if it stands for
// nothing in any language ("N/A", "-", "None").
func Present(value string) string { return present(value) }

// Unwrap recognises the wrapper that stands in place of a message that could
// not be found: the insertion strings go to e.Strings and the message becomes
// unknown.
func Unwrap(e *parsers.Event) bool { return unwrapDescription(e) }

// Sure reports whether the order of day and month is beyond doubt. It is only
// certain of what Sample and Time were shown.
func (d *Dates) Sure() bool {
	if !d.order.settled {
		d.order.settle()
	}
	return d.order.sure
}
