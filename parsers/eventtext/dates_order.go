package eventtext

import (
	"math"
	"time"

	"kbdiag/parsers"
)

// order is how a date is printed.
type order uint8

const (
	monthFirst order = iota // M/d/y
	dayFirst                // d/M/y
	yearLeads               // y/M/d with a year of two digits
)

func (o order) String() string {
	return [...]string{"month/day", "day/month", "year/month/day"}[o]
}

// dateOrder settles, once for a file, in which order its dates are printed:
// it is shown samples, then reads dates. What a single date cannot tell, the
// others may: a part above 12, the separator, the clock, the language, and
// that a log runs on from day to day.
//
// A file whose samples leave a doubt is read in the likelier order, and the
// doubt is reported. If a later date can only be of the other order, reading
// goes over to it.
type dateOrder struct {
	stated  parsers.Tri
	lang    string
	samples int // dates whose order is in doubt by themselves
	dayN    int // dates that can only be d/M
	monthN  int // dates that can only be M/d
	yearN   int // dates of two-digit years that can only be y/M/d
	weight  float64
	why     string // the evidence that weighs most
	runs    [2]run // of the days read in either order, by order

	settled bool
	order   order
	sure    bool
	read    int  // doubtful dates read
	turned  bool // a later date proved the other order
}

// run is the course of the days of a file, read in one order.
type run struct {
	last, low, high int64
	n               int // distinct neighbours
	ups, downs      int
}

// newDateOrder makes a dateOrder. What the user stated overrules everything
// but dates that cannot be of that order.
func newDateOrder(opts parsers.Options) *dateOrder {
	return &dateOrder{stated: opts.DayFirst}
}

// language says in which language the file's labels or words are (BCP 47); ""
// is ignored, the first stays.
func (d *dateOrder) language(lang string) {
	if d.lang == "" && lang != "" {
		d.lang = lang
		d.settled = false
	}
}

// sample shows a date of the file.
func (d *dateOrder) sample(s stamp) {
	if s.part[0] == 0 || s.named() || isPersian(s.part[2]) || isHijri(s.part[2]) {
		return
	}
	d.settled = false
	if s.yearFirst() {
		if s.width[0] <= 2 {
			d.yearN++
		}
		return
	}
	a, b := s.part[0], s.part[1]
	switch {
	case a > 12 && b > 12:
		return
	case b > 12:
		d.monthN++
		return
	case a > 12:
		d.dayN++
		return
	case a == b:
		return
	}
	d.samples++
	if d.samples == 1 {
		d.weigh(s)
	}
	y := fullYear(s.part[2], s.width[2])
	d.runs[monthFirst].step(unixDay(y, int(a), int(b)))
	d.runs[dayFirst].step(unixDay(y, int(b), int(a)))
}

func (r *run) step(day int64) {
	switch {
	case r.n == 0:
		r.low, r.high = day, day
	case day == r.last:
		return
	case day > r.last:
		r.ups++
	default:
		r.downs++
	}
	r.n++
	r.last = day
	r.low, r.high = min(r.low, day), max(r.high, day)
}

// back is how often the days run against the main direction of the log, which
// may be oldest or newest first.
func (r *run) back() int { return min(r.ups, r.downs) }

// weigh takes the evidence in the shape of one date, in decibans for d/M. The
// figures are judgements: Windows' default short dates by language, weighted
// with how common the languages are.
func (d *dateOrder) weigh(s stamp) {
	switch s.sep {
	case '.':
		d.add(25, "the points between its parts")
	case '-':
		d.add(12, "the hyphens between its parts")
	}
	padded := s.width[0] == 2 && s.width[1] == 2
	switch {
	case s.sep != '/':
	case s.width[1] == 1:
		// M/d/y is of the United States, d/M/y without a zero of few.
		d.add(-8, "the month or day without a leading zero")
	case s.width[0] == 1 && s.part[1] < 10:
		d.add(20, "the leading zero of its second part") // d/MM/y; nobody prints M/dd/y
	}
	if !s.clock.set {
		return
	}
	switch s.clock.half {
	case halfUpper:
		d.add(-8, "the 12-hour clock")
	case halfLower:
		d.add(3, "the 12-hour clock in lower case")
	case halfDotted:
		d.add(6, "the spelling of a.m. and p.m.")
	case half24:
		switch {
		case !s.clock.seconds: // changed by a spreadsheet: says little
		case padded:
			d.add(8, "the 24-hour clock")
		default:
			d.add(4, "the 24-hour clock")
		}
	}
}

func (d *dateOrder) add(db float64, why string) {
	if d.why == "" || math.Abs(db) > math.Abs(d.weight) {
		d.why = why
	}
	d.weight += db
}

// sureDB is the weight from which the order is not called an assumption.
const sureDB = 15

// settle decides from all that was seen.
func (d *dateOrder) settle() {
	d.settled = true
	switch {
	case d.stated != parsers.Unknown:
		d.order, d.sure = monthFirst, true
		if d.stated == parsers.Yes {
			d.order = dayFirst
		}
		return
	case d.yearN > 0 && d.monthN == 0:
		d.order, d.sure = yearLeads, true
		return
	case d.dayN > 0 && d.monthN == 0:
		d.order, d.sure = dayFirst, true
		return
	case d.monthN > 0 && d.dayN == 0:
		d.order, d.sure = monthFirst, true
		return
	}
	if d.dayN+d.monthN > 0 { // both: mixed, by the majority
		d.order, d.sure = monthFirst, false
		if d.dayN > d.monthN {
			d.order = dayFirst
		}
		d.why = "most of the dates that can be told; others are in the other order"
		return
	}
	w, why := d.total()
	d.order, d.sure = monthFirst, math.Abs(w) >= sureDB
	if w > 0 {
		d.order = dayFirst
	}
	d.why = why
}

// total weighs shape, language and course, in decibans for d/M, and names the
// weightiest that speaks for the outcome.
func (d *dateOrder) total() (float64, string) {
	type term struct {
		db  float64
		why string
	}
	terms := [...]term{
		{d.weight, d.why},
		{languageDB(d.lang), "the language"},
		{d.courseDB(), "the course of the days"},
	}
	sum := 0.0
	for _, t := range terms {
		sum += t.db
	}
	best := term{}
	for _, t := range terms {
		if t.db*sum > 0 && math.Abs(t.db) > math.Abs(best.db) {
			best = t
		}
	}
	return sum, best.why
}

// languageDB is what a language says for d/M. Languages that print the year
// first say nothing of dates that have it last; English has both, and Windows'
// default is M/d.
func languageDB(lang string) float64 {
	switch lang {
	case "":
		return -1
	case "en":
		return -3
	case "ja", "zh-CN", "zh-TW", "ko", "hu":
		return 0
	}
	return 20
}

// courseDB weighs how the days run in either order. A log covers days that
// follow one another: the order in which they run against each other, or in
// which they are spread over months, is the wrong one.
func (d *dateOrder) courseDB() float64 {
	m, y := &d.runs[monthFirst], &d.runs[dayFirst]
	if m.n < 2 {
		return 0
	}
	db := 10 * math.Log10(float64(m.high-m.low+2)/float64(y.high-y.low+2))
	if m.n >= 4 {
		db += 5 * float64(m.back()-y.back())
	}
	return max(-25, min(25, db))
}

// time reads a date. It reports false if there is no such date.
func (d *dateOrder) time(s stamp) (time.Time, bool) {
	y, m, day, ok := d.parts(s)
	if !ok {
		return time.Time{}, false
	}
	return s.clock.at(unixDay(y, m, day)), true
}

// parts gives year, month and day.
func (d *dateOrder) parts(s stamp) (y, m, day int, ok bool) {
	if s.part[0] == 0 {
		return 0, 0, 0, false
	}
	a, b, c := int(s.part[0]), int(s.part[1]), int(s.part[2])
	switch {
	case isPersian(s.part[0]):
		return persianDate(a, b, c)
	case isPersian(s.part[2]) && s.width[2] == 4:
		return persianDate(c, b, a)
	case isHijri(s.part[0]), isHijri(s.part[2]) && s.width[2] == 4:
		return 0, 0, 0, false // its months begin when the moon is seen
	case s.yearFirst():
		return date(fullYear(s.part[0], s.width[0]), b, c)
	case s.width[0] == 0:
		return date(fullYear(s.part[2], s.width[2]), a, b)
	case s.width[1] == 0:
		return date(fullYear(s.part[2], s.width[2]), b, a)
	}
	if !d.settled {
		d.settle()
	}
	if d.order == yearLeads && !s.yearLast() {
		return date(fullYear(s.part[0], s.width[0]), b, c)
	}
	if d.eastern(&s) {
		return date(fullYear(s.part[0], s.width[0]), b, c)
	}
	y = fullYear(s.part[2], s.width[2])
	if a != b && a <= 12 && b <= 12 {
		d.read++
	}
	o := d.order
	switch {
	case b > 12:
		o = d.prove(monthFirst)
	case a > 12:
		o = d.prove(dayFirst)
	}
	if o == dayFirst {
		return date(y, b, a)
	}
	return date(y, a, b)
}

// eastern reports whether a date of three small numbers is of a language that
// prints the year first.
func (d *dateOrder) eastern(s *stamp) bool {
	if s.yearLast() || s.part[1] > 12 || d.dayN+d.monthN > 0 && d.lang == "" {
		return false
	}
	switch d.lang {
	case "ja", "zh-CN", "zh-TW", "ko", "hu", "sv":
		return true
	}
	return false
}

// prove is told of a date that can only be of order o.
func (d *dateOrder) prove(o order) order {
	if d.sure || d.order == o {
		d.sure = d.sure || d.dayN+d.monthN == 0
		return o
	}
	if d.dayN+d.monthN == 0 { // the samples left a doubt, this date ends it
		d.turned = d.read > 0
		d.order, d.sure = o, true
	}
	return o
}

// date checks that there is such a date.
func date(y, m, d int) (int, int, int, bool) {
	ok := m >= 1 && m <= 12 && d >= 1 && d <= monthDays[m]
	return y, m, d, ok
}

// report tells the account of a doubt. Call it once all dates are read.
func (d *dateOrder) report(out *parsers.Out) {
	switch {
	case d.turned:
		out.Note("order of day and month: a later date shows " + d.order.String() + ", the dates before it were read the other way round")
	case d.read > 0 && !d.sure:
		text := "order of day and month is not certain: " + d.order.String() + " assumed"
		if d.why != "" {
			text += " from " + d.why
		}
		out.Note(text)
	}
}

// setTime sets the event's time: wall clock of a zone that is not stated. A
// date that does not exist, and 1601-01-01, which is how Windows prints a file
// time of 0, leave the time unknown.
func (d *dateOrder) setTime(e *parsers.Event, s stamp) {
	if t, ok := d.time(s); ok && (t.Unix() >= in1602 || t.Year() != 1601) {
		e.SetTime(t, parsers.ZoneLocal)
	}
}

// in1602 is behind the year 1601, which Year need not be asked for then.
const in1602 = -11_612_000_000

// fullYear completes a year of two digits: event logs began with Windows NT
// in 1993, so 70 to 99 are of the last century. Thai dates count from 543 BC.
func fullYear(y int16, width uint8) int {
	switch {
	case width <= 2 && y < 70:
		return 2000 + int(y)
	case width <= 2:
		return 1900 + int(y)
	case y > 2400:
		return int(y) - 543
	}
	return int(y)
}

// unixDay is the number of days from 1970-01-01 to a date of the Gregorian
// calendar.
func unixDay(y, m, d int) int64 {
	if m <= 2 {
		y--
	}
	era := y / 400
	yoe := y - era*400
	doy := (153*((m+9)%12)+2)/5 + d - 1
	doe := yoe*365 + yoe/4 - yoe/100 + doy
	return int64(era)*146097 + int64(doe) - 719468
}

// monthDays are the days of each month in a leap year.
var monthDays = [13]int{0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

// at gives the time of a date and the clock, as wall clock in UTC.
func (c clock) at(day int64) time.Time {
	sec := day*86400 + int64(c.hour)*3600 + int64(c.min)*60 + int64(c.sec)
	return time.Unix(sec, int64(c.nano)).UTC()
}
