package engine

import (
	"fmt"
	"strings"
	"time"

	"kbdiag/parsers"
	"kbdiag/rules"
)

// fact is one record as the oracle sees it.
type fact struct {
	kind  rules.Kind
	event *parsers.Event
	s     *parsers.Session
	x     *parsers.Exchange
	line  *parsers.Line
}

type oracle struct {
	facts []fact
	skew  map[string]Skew
}

func newOracle(w *world) *oracle {
	o := &oracle{skew: w.skew}
	for i := range w.events {
		o.facts = append(o.facts, fact{kind: rules.OnEvent, event: &w.events[i]})
	}
	for i := range w.session {
		s := &w.session[i]
		o.facts = append(o.facts, fact{kind: rules.OnSession, s: s})
		for k := range s.Exchanges {
			o.facts = append(o.facts, fact{kind: rules.OnExchange, s: s, x: &s.Exchanges[k]})
		}
	}
	for i := range w.lines {
		o.facts = append(o.facts, fact{kind: rules.OnLine, line: &w.lines[i]})
	}
	return o
}

// text gives a text field in lower case: known is 0 for unknown, 1 for a part,
// 2 for the whole.
func (f *fact) text(name string) (text string, known int) {
	if f.line != nil {
		return strings.ToLower(f.line.Text), 2
	}
	if f.event != nil {
		return f.eventText(name)
	}
	if f.x != nil {
		switch name {
		case "command":
			return strings.ToLower(f.x.Verb), 2
		case "text":
			return strings.ToLower(f.x.Reply.Text), 2
		}
	}
	value := f.s.Protocol
	if name == "server" {
		value = f.s.Server
	}
	if value == "" {
		return "", 0
	}
	return strings.ToLower(value), 2
}

func (f *fact) eventText(name string) (string, int) {
	e := f.event
	fields := map[string]struct {
		field parsers.Field
		value string
	}{
		"log": {parsers.FieldLog, e.Log}, "level": {parsers.FieldLevel, e.Level.String()},
		"user": {parsers.FieldUser, e.User}, "host": {parsers.FieldHost, e.Host},
		"provider": {parsers.FieldProvider, foldProvider(e.Provider)},
	}
	if k, ok := fields[name]; ok {
		if !e.Has(k.field) {
			return "", 0
		}
		return strings.ToLower(k.value), 2
	}
	var rest []string
	if len(e.Strings) > 0 {
		rest = e.Strings
	} else {
		for _, d := range e.Data {
			rest = append(rest, d.Value)
		}
	}
	switch {
	case e.Has(parsers.FieldMessage) && (e.Message != "" || len(rest) == 0):
		if e.Truncated {
			return strings.ToLower(e.Message), 1
		}
		return strings.ToLower(e.Message), 2
	case len(rest) > 0:
		return strings.ToLower(strings.Join(rest, " ")), 1
	}
	return "", 0
}

func (f *fact) operand(o rules.Operand, elem string) (string, int) {
	switch o.Form {
	case rules.ElemOperand:
		return elem, 2
	case rules.KeyOperand:
		if f.event != nil {
			for _, d := range f.event.Data {
				if strings.EqualFold(d.Name, o.Key) {
					return strings.ToLower(d.Value), 2
				}
			}
		}
		return "", 0
	case rules.IndexOperand:
		if f.event == nil || !f.event.Has(parsers.FieldStrings) || o.Index >= len(f.event.Strings) {
			return "", 0
		}
		return strings.ToLower(f.event.Strings[o.Index]), 2
	}
	return f.text(o.Field)
}

func (f *fact) eval(c rules.Cond, elem string) parsers.Tri {
	value := func(o rules.Operand, holds func(string) bool) parsers.Tri {
		s, known := f.operand(o, elem)
		switch {
		case known == 0:
			return parsers.Unknown
		case holds(s):
			return parsers.Yes
		case known == 1:
			return parsers.Unknown
		}
		return parsers.No
	}
	fold := func(o rules.Operand, s string) string {
		if o.Field == "provider" {
			return foldProvider(s)
		}
		return strings.ToLower(s)
	}
	number := func(o rules.Operand) (int64, bool) {
		if o.Field == "code" {
			return int64(f.x.Reply.Code), true
		}
		return int64(f.event.ID), f.event.Has(parsers.FieldID)
	}
	switch c := c.(type) {
	case *rules.And:
		out := parsers.Yes
		for _, a := range c.Args {
			if v := f.eval(a, elem); v == parsers.No || out == parsers.No {
				out = parsers.No
			} else if v == parsers.Unknown {
				out = parsers.Unknown
			}
		}
		return out
	case *rules.Or:
		out := parsers.No
		for _, a := range c.Args {
			if v := f.eval(a, elem); v == parsers.Yes || out == parsers.Yes {
				out = parsers.Yes
			} else if v == parsers.Unknown {
				out = parsers.Unknown
			}
		}
		return out
	case *rules.Not:
		return map[parsers.Tri]parsers.Tri{parsers.Yes: parsers.No, parsers.No: parsers.Yes, parsers.Unknown: parsers.Unknown}[f.eval(c.Arg, elem)]
	case *rules.TrueField:
		return parsers.TriOf(f.x.Reply.OK)
	case *rules.Compare:
		if c.Value.Type == rules.Number {
			n, ok := number(c.Operand)
			if !ok {
				return parsers.Unknown
			}
			if c.Op == rules.Less {
				return parsers.TriOf(n < c.Value.Number)
			}
			return parsers.TriOf(n == c.Value.Number)
		}
		v := value(c.Operand, func(s string) bool { return s == fold(c.Operand, c.Value.Text) })
		if c.Op == rules.NotEqual {
			return map[parsers.Tri]parsers.Tri{parsers.Yes: parsers.No, parsers.No: parsers.Yes, parsers.Unknown: parsers.Unknown}[v]
		}
		return v
	case *rules.CompareFields:
		a, ka := f.operand(c.Left, elem)
		b, kb := f.operand(c.Right, elem)
		if ka != 2 || kb != 2 {
			return parsers.Unknown
		}
		return parsers.TriOf(a == b)
	case *rules.InList:
		return value(c.Operand, func(s string) bool {
			for _, v := range c.Values {
				if s == fold(c.Operand, v.Text) {
					return true
				}
			}
			return false
		})
	case *rules.InRange:
		n, ok := number(c.Operand)
		if !ok {
			return parsers.Unknown
		}
		return parsers.TriOf(c.From <= n && n <= c.To)
	case *rules.TextTest:
		return value(c.Operand, func(s string) bool {
			lit := strings.ToLower(c.Value)
			return c.Op == rules.Contains && strings.Contains(s, lit) || c.Op == rules.StartsWith && strings.HasPrefix(s, lit) ||
				c.Op == rules.EndsWith && strings.HasSuffix(s, lit)
		})
	case *rules.Matches:
		return value(c.Operand, c.Regexp.MatchString)
	case *rules.Has:
		for _, code := range CodesOf(f.event) {
			if strings.EqualFold(code, c.Value) {
				return parsers.Yes
			}
		}
		if _, known := f.text("message"); known == 2 {
			return parsers.No
		}
		return parsers.Unknown
	case *rules.Each:
		return f.each(c)
	}
	panic(fmt.Sprintf("%T", c))
}

func (f *fact) each(c *rules.Each) parsers.Tri {
	if !f.event.Has(parsers.FieldStrings) {
		return parsers.Unknown
	}
	yes := 0
	for _, s := range f.event.Strings {
		if f.eval(c.Pred, strings.ToLower(s)) == parsers.Yes {
			yes++
		}
	}
	n := len(f.event.Strings)
	return parsers.TriOf(c.Quant == rules.AnyOf && yes > 0 || c.Quant == rules.AllOf && yes == n ||
		c.Quant == rules.NoneOf && yes == 0 || c.Quant == rules.OneOf && yes == 1)
}

type signalCounts struct{ sure, idOnly, unknown int }

// idOnly tells that the provider alone is unknown: both are required, and the
// record has the id.
func (f *fact) idOnly(c rules.Cond) bool {
	n := needsOf(c)
	return f.event != nil && n.providers != nil && n.ids != nil && !f.event.Has(parsers.FieldProvider)
}

func (o *oracle) counts(r *rules.Rule, signal int) signalCounts {
	var out signalCounts
	sig := &r.Signals[signal]
	for i := range o.facts {
		f := &o.facts[i]
		if f.kind != sig.On {
			continue
		}
		switch f.eval(sig.Cond, "") {
		case parsers.Yes:
			out.sure++
		case parsers.Unknown:
			out.unknown++
			if f.idOnly(sig.Cond) {
				out.idOnly++
			}
		}
	}
	return out
}

// placed is a sure sighting with its time and group.
type placed struct {
	at    time.Duration
	group string
	timed bool
	known bool
}

func (o *oracle) placedOf(r *rules.Rule, signal int, by rules.Group) []placed {
	var out []placed
	sig := &r.Signals[signal]
	for i := range o.facts {
		f := &o.facts[i]
		if f.kind != sig.On || f.eval(sig.Cond, "") != parsers.Yes {
			continue
		}
		var p placed
		at, host := time.Time{}, ""
		switch {
		case f.event != nil:
			at, host = f.event.Time, f.event.Host
		case f.s != nil:
			at, host = f.s.Start, f.s.Server
		default:
			at = f.line.Time
		}
		p.timed = !at.IsZero()
		p.at = time.Duration(at.UnixNano()) - o.skew[strings.ToLower(host)].Ahead
		p.group, p.known = f.group(by)
		out = append(out, p)
	}
	return out
}

func (f *fact) group(by rules.Group) (string, bool) {
	if o, captured := by.Value(); captured {
		s, known := f.operand(o, "")
		return s, known == 2 && s != ""
	}
	s := ""
	switch by {
	case rules.Ungrouped:
		return "", true
	case rules.SameHost, rules.SameServer:
		if f.event != nil {
			s = strings.ToLower(f.event.Host)
		} else if f.s != nil {
			s = strings.ToLower(f.s.Server)
		}
	case rules.SameUser:
		if f.event != nil {
			s = strings.ToLower(f.event.User)
		} else if f.x != nil {
			s = f.loggedOn()
		}
	case rules.SameSession:
		if f.s != nil {
			s = fmt.Sprint("session ", f.s.Pos.Offset)
		}
	}
	return s, s != ""
}

// loggedOn is the name of the USER command up to this exchange.
func (f *fact) loggedOn() string {
	name := ""
	for i := range f.s.Exchanges {
		if f.s.Exchanges[i].Verb == "USER" {
			name = f.s.Exchanges[i].Args
		}
		if &f.s.Exchanges[i] == f.x {
			break
		}
	}
	return name
}

// diagnosis evaluates a correlation by trying every choice of sightings.
func (o *oracle) diagnosis(r *rules.Rule, value func(int) parsers.Tri) parsers.Tri {
	switch d := r.Diagnosis.Cond.(type) {
	case *rules.Within:
		return o.together(r, d.Signals, d.Same, value, func(at []time.Duration, unsure time.Duration) bool {
			lo, hi := at[0], at[0]
			for _, t := range at {
				lo, hi = min(lo, t), max(hi, t)
			}
			return hi-lo <= d.Window+unsure
		})
	case *rules.Sequence:
		return o.together(r, d.Signals, d.Same, value, func(at []time.Duration, unsure time.Duration) bool {
			for i := 1; i < len(at); i++ {
				step := at[i] - at[i-1]
				if step < -unsure || d.Gap > 0 && step > d.Gap+unsure {
					return false
				}
			}
			return at[len(at)-1]-at[0] <= d.Window+unsure
		})
	case *rules.Count:
		return o.count(r, d, value)
	}
	panic("no oracle")
}

func (o *oracle) unsure(by rules.Group) time.Duration {
	if by == rules.SameHost || by == rules.SameServer || by == rules.SameSession {
		return 0
	}
	return o.skew["a"].Within + o.skew["b"].Within
}

// together tries all choices of one sighting for each signal. fits says whether
// times will do when each difference may be off by so much.
func (o *oracle) together(r *rules.Rule, signals []int, by rules.Group, value func(int) parsers.Tri, fits func([]time.Duration, time.Duration) bool) parsers.Tri {
	open := false
	tracks := make([][]placed, len(signals))
	for i, k := range signals {
		if value(k) == parsers.No {
			return parsers.No
		}
		c := o.counts(r, k)
		open = open || value(k) == parsers.Unknown || c.unknown > 0
		for _, p := range o.placedOf(r, k, by) {
			if p.timed && p.known {
				tracks[i] = append(tracks[i], p)
			} else {
				open = true
			}
		}
	}
	var try func(at []time.Duration, group string, unsure time.Duration) bool
	try = func(at []time.Duration, group string, unsure time.Duration) bool {
		if len(at) == len(tracks) {
			return fits(at, unsure)
		}
		for _, p := range tracks[len(at)] {
			if len(at) > 0 && p.group != group {
				continue
			}
			if try(append(at[:len(at):len(at)], p.at), p.group, unsure) {
				return true
			}
		}
		return false
	}
	u := o.unsure(by)
	switch {
	case try(nil, "", -u):
		return parsers.Yes
	case open || try(nil, "", u):
		return parsers.Unknown
	}
	return parsers.No
}

func (o *oracle) count(r *rules.Rule, d *rules.Count, value func(int) parsers.Tri) parsers.Tri {
	c := o.counts(r, d.Signal)
	if d.Same == rules.Ungrouped && d.Window == 0 {
		if c == (signalCounts{}) && value(d.Signal) == parsers.Unknown {
			return parsers.Unknown
		}
		yes, no := false, false
		for n := c.sure; n <= c.sure+c.unknown; n++ {
			if compareInts(int64(n), d.Op, d.N) {
				yes = true
			} else {
				no = true
			}
		}
		switch {
		case yes && no:
			return parsers.Unknown
		}
		return parsers.TriOf(yes)
	}
	if value(d.Signal) == parsers.No {
		return parsers.No
	}
	open := value(d.Signal) == parsers.Unknown || c.unknown > 0
	groups := map[string][]placed{}
	for _, p := range o.placedOf(r, d.Signal, d.Same) {
		if !p.known || d.Window > 0 && !p.timed {
			open = true
			continue
		}
		groups[p.group] = append(groups[p.group], p)
	}
	found := func(unsure time.Duration) bool {
		for _, g := range groups {
			if d.Window == 0 && compareInts(int64(len(g)), d.Op, d.N) {
				return true
			}
			for _, first := range g {
				n := int64(0)
				for _, p := range g {
					if p.at >= first.at && p.at-first.at <= d.Window+unsure {
						n++
					}
				}
				if d.Window > 0 && compareInts(n, d.Op, d.N) {
					return true
				}
			}
		}
		return false
	}
	u := o.unsure(d.Same)
	switch {
	case found(-u):
		return parsers.Yes
	case open || found(u):
		return parsers.Unknown
	}
	return parsers.No
}
