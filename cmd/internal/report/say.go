package report

import (
	"fmt"
	"math"
	"strings"

	"kbdiag/engine"
)

// verdict is the answer in one sentence, for all formats.
type verdict struct {
	Sure  engine.Level // of the first diagnosis, "" for none
	Text  string
	Also  []string // rules of other diagnoses that are likely
	Reach string   // what kind of answer it is, in words
}

func verdictOf(r *engine.Report) verdict {
	if len(r.Diagnoses) == 0 {
		return verdict{Text: fmt.Sprintf("No diagnosis: none of the %s fits what was supplied.", plural(r.Tool.Rules, "rule"))}
	}
	first := &r.Diagnoses[0]
	v := verdict{Sure: first.Level, Text: first.Title}
	switch first.Level {
	case engine.Likely:
		v.Reach = "Most likely cause"
	case engine.Possible:
		v.Reach = "Possible cause"
	default:
		v.Reach = "Nothing likely; the nearest is"
	}
	for _, d := range r.Diagnoses[1:] {
		if d.Level == engine.Likely {
			v.Also = append(v.Also, d.Rule)
		}
	}
	return v
}

// strengthWords says what a number of decibans means: how many times as likely
// the evidence is if the diagnosis is right.
func strengthWords(db float64) string {
	times := math.Pow(10, math.Abs(db)/10)
	var n string
	switch {
	case times < 1.05:
		return "says nothing"
	case times < 10:
		n = fmt.Sprintf("%.1f", times)
	default:
		n = fmt.Sprintf("%.0f", times)
	}
	if db < 0 {
		return n + " times less likely"
	}
	return n + " times more likely"
}

// plural writes a count with its noun.
func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return grouped(n) + " " + what + "s"
}

// grouped writes a number with its thousands apart.
func grouped(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// ByteText writes a size in decimal units: "812 kB", "1.2 GB".
func ByteText(n int64) string {
	f, unit := float64(n), 0
	units := []string{"B", "kB", "MB", "GB", "TB"}
	for ; f >= 1000 && unit < len(units)-1; unit++ {
		f /= 1000
	}
	if unit > 0 && f < 10 {
		return fmt.Sprintf("%.1f %s", f, units[unit])
	}
	return fmt.Sprintf("%.0f %s", f, units[unit])
}

// oneLine joins a text's lines.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// span writes from when to when, once where both are the same.
func span(first, last string) string {
	if first == last || last == "" {
		return clock(first)
	}
	return clock(first) + " to " + clock(last)
}

func itoa(n int) string { return fmt.Sprint(n) }

// wouldHelp is what to send where no rule applies.
var wouldHelp = []string{
	"The application and system logs of the server, saved from Event Viewer, with the time of the trouble in them.",
	"The exact words of the error that users see, and when they saw it last.",
	"Where mail or logons fail: a test by hand with telnet, copied from the first line to the last.",
}

// soundness says of a report without a diagnosis whether what was read shows
// any trouble at all: "" where it does, or where that is not known.
func soundness(r *engine.Report) string {
	events, sessions := 0, 0
	for i := range r.Inputs {
		if !r.Inputs[i].Complete {
			return ""
		}
		events += r.Inputs[i].Events
		sessions += r.Inputs[i].Sessions
	}
	if len(r.Diagnoses) > 0 || len(r.Unexplained) > 0 || events+sessions == 0 || events > 0 && r.Timeline == nil || sessions > len(r.Sessions) {
		return ""
	}
	if r.Timeline != nil {
		for _, b := range r.Timeline.Counts {
			if b.Problems > 0 {
				return ""
			}
		}
	}
	for _, s := range r.Sessions {
		if s.FailedStage != "" {
			return ""
		}
	}
	var read []string
	if events > 0 {
		read = append(read, plural(events, "event"))
	}
	if sessions > 0 {
		read = append(read, plural(sessions, "session"))
	}
	return "No error, warning or failed step was found in " + strings.Join(read, " and ") + ". What was read may not cover the time of the trouble."
}
