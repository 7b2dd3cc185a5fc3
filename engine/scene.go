package engine

import (
	"slices"
	"sort"
	"strings"

	"kbdiag/parsers"
)

const (
	// sessionsShown bounds the sessions that a report shows as dialogues.
	sessionsShown = 12
	// turnsShown bounds the turns of one of them.
	turnsShown = 60
	// turnText bounds the text of one turn, in bytes.
	turnText = 600
)

// scene is what a report shows of a ticket beside its evidence: how many events
// there were over time, and the sessions.
type scene struct {
	times    timeline
	sessions []Dialogue // in the order of shownBefore, at most sessionsShown
	count    int        // of all sessions
}

func newScene() scene { return scene{times: newTimeline()} }

func (s *scene) session(x *parsers.Session) {
	s.count++
	if d := (Dialogue{Path: x.Pos.Path, Line: x.Pos.Line, offset: x.Pos.Offset, Outcome: string(x.Outcome)}); s.wants(&d) {
		s.offer(dialogueOf(x))
	}
}

func (s *scene) wants(d *Dialogue) bool {
	return len(s.sessions) < sessionsShown || d.shownBefore(&s.sessions[len(s.sessions)-1])
}

func (s *scene) offer(d Dialogue) {
	if !s.wants(&d) {
		return
	}
	i := sort.Search(len(s.sessions), func(i int) bool { return d.shownBefore(&s.sessions[i]) })
	s.sessions = slices.Insert(s.sessions, i, d)
	s.sessions = s.sessions[:min(len(s.sessions), sessionsShown)]
}

func (s *scene) merge(o *scene) {
	s.times.merge(&o.times)
	s.count += o.count
	for _, d := range o.sessions {
		s.offer(d)
	}
}

// shownBefore is a total order: sessions that failed first, then by place.
func (d *Dialogue) shownBefore(o *Dialogue) bool {
	if a, b := d.failed(), o.failed(); a != b {
		return a
	}
	if d.Path != o.Path {
		return d.Path < o.Path
	}
	return d.offset < o.offset
}

func (d *Dialogue) failed() bool {
	return d.Outcome != string(parsers.OutcomeSuccess) && d.Outcome != string(parsers.OutcomeIncomplete)
}

// Dialogue is a captured session as its two sides spoke.
type Dialogue struct {
	ID          string `json:"id"` // s1, s2, ...
	Path        string `json:"path"`
	Line        int    `json:"line,omitempty"`
	Protocol    string `json:"protocol,omitempty"`
	Server      string `json:"server,omitempty"`
	Port        int    `json:"port,omitempty"`
	Time        string `json:"time,omitempty"`
	Outcome     string `json:"outcome"`
	FailedStage string `json:"failed_stage,omitempty"`
	Summary     string `json:"summary,omitempty"`
	Turns       []Turn `json:"turns"`
	Left        int    `json:"left,omitempty"` // turns that are not shown

	offset int64
}

// Turn is what one side said.
type Turn struct {
	From     string `json:"from"` // client or server
	Line     int    `json:"line,omitempty"`
	Text     string `json:"text"` // secrets redacted
	Failed   bool   `json:"failed,omitempty"`
	Inferred bool   `json:"inferred,omitempty"` // told from the other side's words
}

const (
	fromClient = "client"
	fromServer = "server"
)

// dialogueOf copies a session; it shares no memory with it.
func dialogueOf(x *parsers.Session) Dialogue {
	d := Dialogue{
		Path: strings.Clone(x.Pos.Path), Line: x.Pos.Line, offset: x.Pos.Offset, Protocol: strings.Clone(x.Protocol), Server: strings.Clone(x.Server), Port: x.Port,
		Time: FormatTime(x.Start, x.Zone), Outcome: string(x.Outcome), FailedStage: string(x.FailedStage),
		Summary: shorten(x.Summary), Turns: []Turn{},
	}
	if x.Greeting != "" {
		d.Turns = append(d.Turns, Turn{From: fromServer, Text: turnOf(x.Greeting), Failed: x.FailedStage == parsers.StageGreeting})
	}
	for i := range x.Exchanges {
		d.exchange(&x.Exchanges[i], x.FailedStage)
	}
	for _, c := range x.Unanswered {
		d.Turns = append(d.Turns, Turn{From: fromClient, Line: c.Line, Text: turnOf(c.Verb + " " + c.Args), Failed: x.Outcome == parsers.OutcomeNoReply})
	}
	for _, r := range x.Unsolicited {
		d.Turns = append(d.Turns, Turn{From: fromServer, Line: r.Line, Text: replyText(&r), Failed: !r.OK})
	}
	d.order()
	d.cut()
	return d
}

func (d *Dialogue) exchange(x *parsers.Exchange, failed parsers.Stage) {
	command := Turn{From: fromClient, Line: x.Line, Text: turnOf(x.Verb + " " + x.Args), Inferred: x.Inferred}
	if command.Text == "" {
		command.Text = "(not captured)"
	}
	d.Turns = append(d.Turns, command)
	if text := replyText(&x.Reply); text != "" {
		d.Turns = append(d.Turns, Turn{From: fromServer, Line: x.Reply.Line, Text: text, Failed: !x.Reply.OK && x.Stage == failed && failed != parsers.StageNone})
	}
}

// replyText writes a reply as the server sent it.
func replyText(r *parsers.Reply) string {
	text := r.Text
	if r.Enhanced != "" && !strings.HasPrefix(text, r.Enhanced) {
		text = r.Enhanced + " " + text
	}
	if r.ResponseCode != "" && !strings.Contains(text, "["+r.ResponseCode) {
		text = "[" + r.ResponseCode + "] " + text
	}
	if r.Status != "" && !strings.HasPrefix(text, r.Status) {
		text = r.Status + " " + text
	}
	return turnOf(text)
}

// turnOf cuts a turn's text at its size, and keeps its lines.
func turnOf(s string) string {
	s = strings.TrimSpace(s)
	if len(s) > turnText {
		s = s[:turnText] + " ..."
	}
	return strings.Clone(strings.ToValidUTF8(s, ""))
}

// order puts turns that came with no reply or no command in their place. A turn
// whose line is not known stays behind the one before it.
func (d *Dialogue) order() {
	last := 0
	lines := make([]int, len(d.Turns))
	for i, t := range d.Turns {
		if t.Line > 0 {
			last = t.Line
		}
		lines[i] = last
	}
	by := make([]int, len(d.Turns))
	for i := range by {
		by[i] = i
	}
	sort.SliceStable(by, func(i, j int) bool { return lines[by[i]] < lines[by[j]] })
	sorted := make([]Turn, len(by))
	for i, from := range by {
		sorted[i] = d.Turns[from]
	}
	d.Turns = sorted
}

// cut keeps the turns around the first that failed.
func (d *Dialogue) cut() {
	if len(d.Turns) <= turnsShown {
		return
	}
	at := slices.IndexFunc(d.Turns, func(t Turn) bool { return t.Failed })
	from := max(0, min(at-turnsShown/2, len(d.Turns)-turnsShown))
	d.Left = len(d.Turns) - turnsShown
	d.Turns = slices.Clone(d.Turns[from : from+turnsShown])
}

// report gives the sessions by place, with their names.
func (s *scene) report(scrub func(string) string) []Dialogue {
	out := slices.Clone(s.sessions)
	sort.SliceStable(out, func(i, j int) bool {
		if out[i].Path != out[j].Path {
			return out[i].Path < out[j].Path
		}
		return out[i].offset < out[j].offset
	})
	for i := range out {
		d := &out[i]
		d.ID = numbered("s", i+1)
		d.Summary = scrub(d.Summary)
		d.Turns = slices.Clone(d.Turns)
		for j := range d.Turns {
			d.Turns[j].Text = scrub(d.Turns[j].Text)
		}
	}
	return out
}
