package engine

import (
	"cmp"
	"fmt"
	"math/rand"
	"regexp/syntax"
	"slices"
	"strings"
	"testing"
	"time"

	"kbdiag/parsers/exporttest"
	"kbdiag/rules"
)

// difficulty is how much stands in a made ticket beside the rule's own events.
type difficulty struct {
	name   string
	benign int // events that healthy machines log
	others int // events of other rules, on earlier days
}

var difficulties = []difficulty{{"clean", 0, 0}, {"moderate", 10, 0}, {"hard", 22, 3}}

// The ways in which a made ticket loses what the rule's article says.
var damages = []string{"full", "reworded", "cut", "bare", "sourceless"}

// madeTicket is a log made from a rule, with the answer.
type madeTicket struct {
	rule   string // "" where the rule was left out of the base on purpose
	damage string
	form   string
	text   string // of the file
}

// ticketMaker makes tickets from the event signals of rules. The same seed
// makes the same tickets.
type ticketMaker struct {
	rnd   *rand.Rand
	base  []*rules.Rule
	noise []rules.Noise
}

func newTicketMaker(t testing.TB, base []*rules.Rule, seed int64) *ticketMaker {
	t.Helper()
	noise, err := rules.KnownNoise()
	if err != nil {
		t.Fatal(err)
	}
	return &ticketMaker{rnd: rand.New(rand.NewSource(seed)), base: base, noise: noise}
}

// makes reports whether a rule has an event to make a ticket of: one that is
// strong evidence, and that its diagnosis asks for.
func makes(r *rules.Rule) bool {
	for i := range r.Signals {
		if decisive(r, i) {
			return true
		}
	}
	return false
}

func decisive(r *rules.Rule, i int) bool {
	s := &r.Signals[i]
	asked := r.Diagnosis.Cond == nil
	if !asked {
		rules.Signals(r.Diagnosis.Cond, func(n int) { asked = asked || n == i })
	}
	return asked && instantiable(s) && strengthLR[s.Strength] >= strengthLR[rules.Strong]
}

func instantiable(s *rules.Signal) bool {
	n := needsOf(s.Cond)
	return s.On == rules.OnEvent && strengthLR[s.Strength] > 1 && len(n.ids) > 0 && len(n.providers) > 0
}

// ticket makes one of a rule: its events some hours before the end of the log,
// after days of other things.
func (m *ticketMaker) ticket(r *rules.Rule, d difficulty) madeTicket {
	end := time.Date(1999+m.rnd.Intn(6), time.Month(1+m.rnd.Intn(12)), 10+m.rnd.Intn(15), 12+m.rnd.Intn(6), m.rnd.Intn(60), 0, 0, time.UTC)
	out := madeTicket{rule: r.ID, damage: damages[m.rnd.Intn(len(damages))]}
	var list []exporttest.Event
	for i := range r.Signals {
		s := &r.Signals[i]
		if !instantiable(s) || !decisive(r, i) && m.rnd.Intn(2) == 0 || len(list) > 6 {
			continue
		}
		for range 1 + m.rnd.Intn(3) {
			list = append(list, m.event(s, out.damage, end.Add(-time.Duration(m.rnd.Intn(90))*time.Minute)))
		}
	}
	for range d.benign {
		list = append(list, m.benign(end.Add(-time.Duration(m.rnd.Intn(4*24*60))*time.Minute)))
	}
	for range d.others {
		other := m.base[m.rnd.Intn(len(m.base))]
		for i := range other.Signals {
			if instantiable(&other.Signals[i]) && other.ID != r.ID {
				list = append(list, m.event(&other.Signals[i], "full", end.Add(-time.Duration(24+m.rnd.Intn(72))*time.Hour)))
				break
			}
		}
	}
	slices.SortStableFunc(list, func(a, b exporttest.Event) int { return a.At.Compare(b.At) })
	for i := range list {
		list[i].Record = 411 + i
	}
	form := m.form(out.damage)
	out.form, out.text = form.Name, form.Write(list)
	return out
}

// form picks one that suits the damage: texts are lost in bare forms only.
func (m *ticketMaker) form(damage string) exporttest.Form {
	var fit []exporttest.Form
	for _, f := range exporttest.Forms() {
		if f.SourceIsLost == (damage == "sourceless") && f.Bare == (damage == "bare") {
			fit = append(fit, f)
		}
	}
	return fit[m.rnd.Intn(len(fit))]
}

var (
	slotNames = []string{"mokafor", "jolly", "kim", "192.0.2.77", "MAIL3", "C:\\exchsrvr\\mdbdata", "priv.edb", "0x54f", "5", "example.test"}
	hosts     = []string{"MAIL3", "POSTA", "GATE7"}
)

// event makes one that a signal's condition holds on.
func (m *ticketMaker) event(s *rules.Signal, damage string, at time.Time) exporttest.Event {
	n := needsOf(s.Cond)
	e := exporttest.Event{
		At: at, Log: "Application", Kind: "Error", Category: "None", Host: hosts[0],
		Provider: spelling(s.Cond, anyOf(m.rnd, n.providers)), ID: uint16(anyOf(m.rnd, n.ids)), Qualifiers: 0xC000,
	}
	switch s.Level {
	case "warning":
		e.Kind = "Warning"
	case "information":
		e.Kind = "Information"
	}
	text := s.Message
	var inserted []string
	for _, l := range messageTexts(s.Cond) {
		if !strings.Contains(strings.ToLower(text), strings.ToLower(l)) {
			text += " " + l + "."
			inserted = append(inserted, l)
		}
	}
	text, e.Strings = m.fill(text)
	e.Strings = append(e.Strings, inserted...)
	switch damage {
	case "reworded":
		text = m.reword(text)
	case "cut":
		words := strings.Fields(text)
		text = strings.Join(words[:len(words)*(4+m.rnd.Intn(5))/10], " ")
	}
	e.Message = text
	return e
}

func anyOf[K cmp.Ordered](rnd *rand.Rand, set map[K]bool) K {
	var keys []K
	for k := range set {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys[rnd.Intn(len(keys))]
}

// messageTexts gives texts with which a condition on the message holds.
func messageTexts(c rules.Cond) []string {
	switch c := c.(type) {
	case *rules.And:
		var out []string
		for _, a := range c.Args {
			out = append(out, messageTexts(a)...)
		}
		return out
	case *rules.Or:
		return messageTexts(c.Args[len(c.Args)-1])
	case *rules.TextTest:
		if c.Operand.Field == "message" {
			return []string{c.Value}
		}
	case *rules.Matches:
		if c.Operand.Field == "message" {
			return []string{matching(c.Regexp.String())}
		}
	}
	return nil
}

// matching gives a short text that a pattern matches, of alternatives the last
// one: the first is often the beginning of the text.
func matching(pattern string) string {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return ""
	}
	var b strings.Builder
	writeMatching(&b, re.Simplify())
	return b.String()
}

func writeMatching(b *strings.Builder, re *syntax.Regexp) {
	switch re.Op {
	case syntax.OpLiteral:
		b.WriteString(string(re.Rune))
	case syntax.OpCharClass:
		b.WriteRune(re.Rune[0])
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		b.WriteByte('x')
	case syntax.OpAlternate:
		writeMatching(b, re.Sub[len(re.Sub)-1])
	case syntax.OpConcat, syntax.OpCapture, syntax.OpPlus:
		for _, sub := range re.Sub {
			writeMatching(b, sub)
		}
	}
}

// fill puts values into the slots of a quote: %1, and words in angle brackets.
func (m *ticketMaker) fill(text string) (string, []string) {
	var values []string
	words := strings.Fields(text)
	for i, w := range words {
		slot := strings.HasPrefix(w, "%") && len(w) > 1 || strings.HasPrefix(w, "<")
		if slot {
			v := slotNames[m.rnd.Intn(len(slotNames))]
			values = append(values, v)
			words[i] = v
		}
	}
	if len(values) == 0 && len(words) > 0 {
		values = []string{words[len(words)-1]}
	}
	return strings.Join(words, " "), values
}

// reword leaves out one word in eight and exchanges one in eight with its
// neighbour, as another version of the product would say it.
func (m *ticketMaker) reword(text string) string {
	words := strings.Fields(text)
	var out []string
	for i := 0; i < len(words); i++ {
		switch m.rnd.Intn(8) {
		case 0:
		case 1:
			if i+1 < len(words) {
				words[i], words[i+1] = words[i+1], words[i]
			}
			out = append(out, words[i])
		default:
			out = append(out, words[i])
		}
	}
	return strings.Join(out, " ")
}

// benign makes an event that healthy machines log.
func (m *ticketMaker) benign(at time.Time) exporttest.Event {
	n := m.noise[m.rnd.Intn(len(m.noise))]
	kind := []string{"Information", "Information", "Warning"}[m.rnd.Intn(3)]
	return exporttest.Event{
		At: at, Log: "Application", Provider: n.Provider, ID: n.IDs[m.rnd.Intn(len(n.IDs))], Kind: kind, Category: "None", Host: hosts[m.rnd.Intn(len(hosts))],
		Message: fmt.Sprintf("As usual: %s.", n.Why), Strings: []string{"as usual"},
	}
}
