package parsers

import (
	"sort"
	"time"
)

// Skipped is input that was not turned into records, with the reason.
// Equal reasons are counted together; Pos is the first of them.
type Skipped struct {
	Reason string
	Count  int // pieces: lines, records, files
	Pos    Pos
}

// Account says what became of one input: everything in it is either in a
// record or in Skipped.
type Account struct {
	Path     string
	Format   string // name of the form, "text" for free text, "" if it could not be read
	Encoding string // of text forms
	Bytes    int64
	SHA256   string // of all bytes, hex; "" if the input could not be read to its end, or nobody asked
	Events   int
	Carved   int // old events out of free space, which do not count as Events
	Sessions int
	Lines    int
	Skipped  []Skipped
	Notes    []string // doubts, such as the order of day and month
	First    time.Time
	Last     time.Time
	Zone     Zone
	Hosts    []string // distinct, sorted; at most maxHosts
	Logs     []string // distinct log names, sorted; at most maxHosts
	Err      error    // why the input, or the rest of it, could not be read
}

// maxHosts bounds the lists of an account.
const maxHosts = 64

// Records is the number of records read.
func (a *Account) Records() int { return a.Events + a.Sessions + a.Lines }

// Complete reports whether nothing of the input was lost. Pieces that are no
// records by nature (template rows, "[...]" marks) do not count as lost.
func (a *Account) Complete() bool { return a.Err == nil && a.lost() == 0 }

func (a *Account) lost() int { return len(a.Lost()) }

// Lost gives what was skipped and is a loss.
func (a *Account) Lost() []Skipped {
	var out []Skipped
	for _, s := range a.Skipped {
		if !harmless[s.Reason] {
			out = append(out, s)
		}
	}
	return out
}

// Reasons of skipping that lose nothing.
const (
	SkipMark     = "mark of left-out text, no record"
	SkipTemplate = "template or table row, no record"
	SkipHeader   = "header row"
	SkipPacket   = "packet without TCP, no record"
	// SkipDetection is a hit of a rule that a hunting tool laid over a log.
	SkipDetection = "detection of a hunting tool, no event"
)

var harmless = map[string]bool{SkipMark: true, SkipTemplate: true, SkipHeader: true, SkipPacket: true, SkipDetection: true}

func (a *Account) skip(reason string, n int, pos Pos) {
	for i := range a.Skipped {
		if a.Skipped[i].Reason == reason {
			a.Skipped[i].Count += n
			return
		}
	}
	a.Skipped = append(a.Skipped, Skipped{Reason: reason, Count: n, Pos: pos})
}

func (a *Account) note(text string) {
	for _, n := range a.Notes {
		if n == text {
			return
		}
	}
	a.Notes = append(a.Notes, text)
}

func (a *Account) span(t time.Time, z Zone) {
	if z == ZoneUnknown || t.IsZero() {
		return
	}
	if a.First.IsZero() || t.Before(a.First) {
		a.First = t
	}
	if t.After(a.Last) {
		a.Last = t
	}
	a.Zone = z
}

func addName(list []string, name string) []string {
	if name == "" || len(list) >= maxHosts {
		return list
	}
	i := sort.SearchStrings(list, name)
	if i < len(list) && list[i] == name {
		return list
	}
	list = append(list, "")
	copy(list[i+1:], list[i:])
	list[i] = string([]byte(name)) // the name may share memory with a large block
	return list
}
