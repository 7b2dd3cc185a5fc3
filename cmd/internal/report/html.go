package report

import (
	"crypto/sha256"
	_ "embed" // the page's parts are files of their own
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"

	"kbdiag/engine"
)

//go:embed page.html.tmpl
var pageTemplate string

//go:embed page.css
var pageStyle string

//go:embed page.js
var pageScript string

const (
	// cardsShown bounds the diagnoses that the page shows whole, rowsShown those
	// that it lists.
	cardsShown = 25
	rowsShown  = 300
	// evidenceShown bounds the evidence of one diagnosis, evidenceInAll that of
	// the page.
	evidenceShown = 40
	evidenceInAll = 600
	inputsShown   = 500
)

// HTML prints a report as one page: no network, readable without scripts, light
// and dark, on paper too.
func HTML(w io.Writer, r *engine.Report, _ Style) error {
	data := newPageData(r)
	t, err := template.New("page").Funcs(template.FuncMap{
		"percent": percent, "clock": clock, "words": words, "place": Place, "plural": plural, "inc": func(i int) int { return i + 1 },
		"byteText": ByteText, "db": func(db float64) string { return fmt.Sprintf("%+.1f", db) }, "strengthWords": strengthWords,
		"hundredth": func(f float64) string { return fmt.Sprintf("%.0f", 100*f) }, "join": strings.Join, "upper": strings.ToUpper, "marked": marked,
		"below": func(path string) string { return strings.TrimPrefix(path, data.Folder) },
		"short": func(s string) string { return s[:min(16, len(s))] },
	}).Parse(pageTemplate)
	if err != nil {
		return err
	}
	return t.Execute(w, data)
}

// pageData is what the page shows.
type pageData struct {
	*engine.Report
	Title    string
	Folder   string // that all inputs share, with its slash; "" for none
	Verdict  verdict
	Cards    []card
	Rows     []engine.Diagnosis
	MoreRows int
	Chart    *chart
	Close    *chart // the time around the incident, where that is a small part of the whole
	Steps    []dialogue
	Reply    string
	Sound    string   // whether what was read shows any trouble, where there is no diagnosis
	Help     []string // what to send then
	Shown    []engine.Input
	MoreIn   int
	Lost     int // inputs that could not be read whole
	Style    template.CSS
	Script   template.JS
	Policy   string
}

// card is a diagnosis with what the page shows of its evidence.
type card struct {
	engine.Diagnosis
	Proof, Contra         []engine.Evidence
	MoreProof, MoreContra int
	Scale                 float64 // the largest term, for the bars
}

// Bar gives the place of a term's bar, in 200 units around 100.
func (c card) Bar(db float64) struct{ X, W string } {
	w := 0.0
	if c.Scale > 0 {
		w = 96 * db / c.Scale
	}
	x := 100.0
	if w < 0 {
		x, w = 100+w, -w
	}
	return struct{ X, W string }{fmt.Sprintf("%.1f", x), fmt.Sprintf("%.1f", max(w, 1))}
}

func newPageData(r *engine.Report) *pageData {
	d := &pageData{Report: r, Title: titleOf(r), Folder: folderOf(r.Inputs), Verdict: verdictOf(r), Steps: dialoguesOf(r), Sound: soundness(r), Help: wouldHelp}
	left := evidenceInAll
	take := func(list []engine.Evidence) ([]engine.Evidence, int) {
		n := min(len(list), evidenceShown, left)
		left -= n
		return list[:n], len(list) - n
	}
	for i, g := range r.Diagnoses {
		if i >= cardsShown || g.Level == engine.Unlikely && i > 0 {
			d.Rows = append(d.Rows, g)
			continue
		}
		c := card{Diagnosis: g}
		c.Proof, c.MoreProof = take(g.Evidence)
		c.Contra, c.MoreContra = take(g.Against)
		for _, t := range g.Terms {
			c.Scale = max(c.Scale, t.DB, -t.DB)
		}
		d.Cards = append(d.Cards, c)
	}
	if n := len(d.Rows); n > rowsShown {
		d.Rows, d.MoreRows = d.Rows[:rowsShown], n-rowsShown
	}
	d.Chart, d.Close = chartsOf(r, d.Cards)
	d.Shown = r.Inputs[:min(len(r.Inputs), inputsShown)]
	d.MoreIn = len(r.Inputs) - len(d.Shown)
	for i := range r.Inputs {
		if !r.Inputs[i].Complete {
			d.Lost++
		}
	}
	var reply strings.Builder
	if Reply(&reply, r, Style{Width: 72}) == nil {
		d.Reply = reply.String()
	}
	d.Style, d.Script = template.CSS(pageStyle), template.JS(pageScript)
	d.Policy = Policy()
	return d
}

// Policy is the content security policy of the page: its own style and script,
// and nothing from anywhere. The page states it; a server may state it too.
func Policy() string {
	return fmt.Sprintf("default-src 'none'; style-src '%s'; script-src '%s'; base-uri 'none'; form-action 'none'", SourceHash(pageStyle), SourceHash(pageScript))
}

// PageSources gives the style and the script of the page, which a page that shows
// it in a frame has to allow.
func PageSources() (style, script string) { return pageStyle, pageScript }

// SourceHash names a source as a content security policy does.
func SourceHash(source string) string {
	sum := sha256.Sum256([]byte(source))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

func titleOf(r *engine.Report) string {
	name := r.Ticket
	if name == "" {
		name = strings.TrimRight(folderOf(r.Inputs), "/")
	}
	if len(r.Diagnoses) == 0 {
		return strings.TrimSpace("No diagnosis " + name)
	}
	return strings.TrimSpace(r.Diagnoses[0].Rule + " " + name)
}

// folderOf is the folder that all inputs share, with its slash.
func folderOf(inputs []engine.Input) string {
	if len(inputs) == 0 {
		return ""
	}
	common := inputs[0].Path
	for i, in := range inputs {
		if i == 0 || !strings.HasPrefix(in.Path, common) {
			common = common[:strings.LastIndexByte(common, '/')+1]
		}
		for common != "" && !strings.HasPrefix(in.Path, common) {
			common = common[:strings.LastIndexByte(common[:len(common)-1], '/')+1]
		}
	}
	return common
}

// piece is a part of an excerpt.
type piece struct {
	Text string
	Mark bool
}

// marked parts an excerpt at its marks.
func marked(e engine.Evidence) []piece {
	var out []piece
	at := 0
	for _, m := range e.Marks {
		if m.Offset < at || m.Length <= 0 || m.Offset+m.Length > len(e.Excerpt) {
			continue
		}
		if m.Offset > at {
			out = append(out, piece{e.Excerpt[at:m.Offset], false})
		}
		at = m.Offset + m.Length
		out = append(out, piece{e.Excerpt[m.Offset:at], true})
	}
	if at < len(e.Excerpt) {
		out = append(out, piece{e.Excerpt[at:], false})
	}
	return out
}

// dialogue is a session with the evidence that stands in it.
type dialogue struct {
	engine.Dialogue
	Said []turn
}

type turn struct {
	engine.Turn
	Evidence []string // ids of the evidence that stands on this line
}

func dialoguesOf(r *engine.Report) []dialogue {
	at := map[string][]string{}
	for _, d := range r.Diagnoses[:min(len(r.Diagnoses), cardsShown)] {
		for _, e := range d.Evidence {
			if e.On == "exchange" && e.Line > 0 {
				key := Place(e.Path, e.Line, 0)
				at[key] = append(at[key], e.ID)
			}
		}
	}
	var out []dialogue
	for _, s := range r.Sessions {
		d := dialogue{Dialogue: s}
		for _, t := range s.Turns {
			said := turn{Turn: t}
			if t.Line > 0 {
				key := Place(s.Path, t.Line, 0)
				said.Evidence = at[key]
				delete(at, key)
			}
			d.Said = append(d.Said, said)
		}
		out = append(out, d)
	}
	return out
}
