package engine

import (
	"fmt"
	"strings"

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
	return f.event != nil && n.providers != nil && n.ids != nil &&
		f.event.Has(parsers.FieldID) && !f.event.Has(parsers.FieldProvider)
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
