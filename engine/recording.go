package engine

import (
	"context"
	"slices"
	"strings"

	"kbdiag/parsers"
	"kbdiag/rules"
)

// Recording holds the records of one ticket in memory, so that they can be
// matched again without being read again. It is meant for samples, which are
// small. It is safe for concurrent use once recorded.
type Recording struct {
	Accounts []*parsers.Account
	inputs   [][]kept // by file
}

// kept is one record: one of the fields is set.
type kept struct {
	event   *parsers.Event
	session *parsers.Session
	line    *parsers.Line
}

// Record reads all inputs under a path.
func Record(ctx context.Context, rd *parsers.Reader, path string) *Recording {
	rec := &Recording{}
	for _, file := range rd.Files([]string{path}) {
		var records []kept
		rec.Accounts = append(rec.Accounts, rd.ReadContext(ctx, file, parsers.Visitor{
			Event:   func(e *parsers.Event) { records = append(records, kept{event: cloneEvent(e)}) },
			Session: func(s *parsers.Session) { records = append(records, kept{session: cloneSession(s)}) },
			Line: func(l *parsers.Line) {
				c := *l
				c.Text = strings.Clone(l.Text)
				records = append(records, kept{line: &c})
			},
		})...)
		rec.inputs = append(rec.inputs, records)
	}
	return rec
}

func cloneEvent(e *parsers.Event) *parsers.Event {
	c := *e
	for _, s := range []*string{&c.Log, &c.Provider, &c.Category, &c.User, &c.Host, &c.Message} {
		*s = strings.Clone(*s)
	}
	c.Strings = slices.Clone(e.Strings)
	for i := range c.Strings {
		c.Strings[i] = strings.Clone(c.Strings[i])
	}
	c.Data = slices.Clone(e.Data)
	for i, d := range c.Data {
		c.Data[i] = parsers.Named{Name: strings.Clone(d.Name), Value: strings.Clone(d.Value)}
	}
	c.System, c.XML = nil, nil
	return &c
}

func cloneSession(s *parsers.Session) *parsers.Session {
	c := *s
	c.Exchanges = slices.Clone(s.Exchanges)
	c.Unanswered = slices.Clone(s.Unanswered)
	c.Unsolicited = slices.Clone(s.Unsolicited)
	return &c
}

// Records is the number of records.
func (rec *Recording) Records() int {
	n := 0
	for _, in := range rec.inputs {
		n += len(in)
	}
	return n
}

// Replay matches the records, as if the run had read them.
func (r *Run) Replay(rec *Recording) {
	for _, in := range rec.inputs {
		w := r.Worker()
		for _, k := range in {
			switch {
			case k.event != nil:
				e := *k.event // the run may place it in a zone
				w.event(&e)
			case k.session != nil:
				w.session(k.session)
			default:
				w.line(k.line)
			}
		}
		r.Done(w)
	}
}

// each shows the records to f one by one, the exchanges of a session after it.
func (rec *Recording) each(v *view, f func(rules.Kind)) {
	show := func(kind rules.Kind, set func()) {
		v.reset(kind)
		set()
		f(kind)
	}
	for _, in := range rec.inputs {
		for _, k := range in {
			switch {
			case k.event != nil:
				show(rules.OnEvent, func() { v.event = k.event })
			case k.session != nil:
				show(rules.OnSession, func() { v.session = k.session })
				for i := range k.session.Exchanges {
					show(rules.OnExchange, func() { v.session, v.exchange = k.session, &k.session.Exchanges[i] })
				}
			default:
				show(rules.OnLine, func() { v.line = k.line })
			}
		}
	}
}

// Answer is one ranked diagnosis, without its evidence.
type Answer struct {
	Rule       string
	Level      Level
	Confidence float64
	ScoreDB    float64
}

// Answer ranks the rules on a recording.
func (s *Set) Answer(rec *Recording) []Answer {
	run := s.NewRun(Options{Workers: 1})
	defer run.Close()
	run.Replay(rec)
	run.finish()
	var out []Answer
	ordered, _ := explained(run.rank())
	for _, x := range ordered {
		level, _ := x.level()
		out = append(out, Answer{x.rule.rule.ID, level, x.conf, x.score})
	}
	return out
}
