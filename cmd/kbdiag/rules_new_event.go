package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"kbdiag/parsers"
	"kbdiag/rules/article"
)

// draftSample is a sample beside a draft.
type draftSample struct{ name, text string }

// soughtEvent is an event of a log, and others of it that are near misses.
type soughtEvent struct {
	event      *parsers.Event
	sameSource *parsers.Event // another id
	sameID     *parsers.Event // another source
	again      *parsers.Event // the same source and id
}

// draftOfEvent makes a draft of one event of a log, with samples.
func (a *app) draftOfEvent(c *cobra.Command, f *newFlags) (*article.Skeleton, []draftSample, error) {
	if (f.record == 0) == (f.line == 0) {
		return nil, nil, usage("say which event: --record N, or --line N where the log has no record numbers")
	}
	var flags inputFlags
	paths := []string{f.events}
	src, err := a.open(&flags, paths)
	if err != nil {
		return nil, nil, err
	}
	files := src.rd.Files(paths)
	if err := src.learnSecrets(c.Context(), files); err != nil {
		return nil, nil, err
	}
	found := &soughtEvent{}
	found.find(src.rd, files, f)
	if found.event == nil {
		return nil, nil, failed(fmt.Errorf("%s: %s", f.events, found.missing(f)))
	}
	found.findNear(src.rd, files)
	scrub := withoutSecrets(src.rd.Secrets)
	signal, ok := article.EventSignal(found.event)
	if !ok {
		return nil, nil, failed(errors.New("the event has no id: a rule cannot be drafted from it"))
	}
	signal.Message = scrub(signal.Message)
	what := fmt.Sprintf("line %d", found.event.Pos.Line)
	if f.record > 0 {
		what = fmt.Sprintf("record %d", f.record)
	}
	signal.Comment = fmt.Sprintf("%s of %s.", what, filepath.Base(f.events))
	d := &article.Skeleton{From: what + " of " + filepath.Base(f.events), Signals: []article.SkeletonSignal{signal}}
	if found.event.Level == parsers.LevelWarning {
		d.Severity = "warning"
	}
	return d, found.samples(scrub), nil
}

// withoutSecrets gives a function that takes secrets out of the text of an
// event: those that the log gave away elsewhere, and those that the text itself
// gives away by its shape.
func withoutSecrets(secrets *parsers.Secrets) func(string) string {
	known := secrets.Scrubber()
	return func(text string) string {
		lines := strings.Split(known(text), "\n")
		for i, l := range lines {
			lines[i] = parsers.RedactLine(l, nil)
		}
		return strings.Join(lines, "\n")
	}
}

// missing says why no event was found.
func (s *soughtEvent) missing(f *newFlags) string {
	if f.record > 0 {
		return fmt.Sprintf("there is no event with record number %d: see kbdiag events --format jsonl, or give --line", f.record)
	}
	return fmt.Sprintf("no event stands at line %d", f.line)
}

// find looks for the event of the flags: of a line, the last one that begins
// at it or before it in the first input.
func (s *soughtEvent) find(rd *parsers.Reader, files []string, f *newFlags) {
	for _, file := range files {
		rd.Read(file, parsers.Visitor{Event: func(e *parsers.Event) {
			switch {
			case f.record > 0 && s.event == nil && e.Pos.Record == f.record,
				f.line > 0 && e.Pos.Line > 0 && e.Pos.Line <= f.line && (s.event == nil || e.Pos.Line >= s.event.Pos.Line):
				s.event = keptEvent(e)
			}
		}})
		if s.event != nil {
			return
		}
	}
}

// findNear looks for events that are much like the one that was found.
func (s *soughtEvent) findNear(rd *parsers.Reader, files []string) {
	want := s.event
	for _, file := range files {
		rd.Read(file, parsers.Visitor{Event: func(e *parsers.Event) {
			source, id := strings.EqualFold(e.Provider, want.Provider), e.ID == want.ID
			slot := &s.again
			switch {
			case source && id && e.Pos == want.Pos, !source && !id, e.Quoted:
				return
			case source && !id:
				slot = &s.sameSource
			case !source && id:
				slot = &s.sameID
			}
			if *slot == nil {
				*slot = keptEvent(e)
			}
		}})
	}
}

// keptEvent copies what an event is needed for beyond the call: its strings
// may share memory with the block that it was read from.
func keptEvent(e *parsers.Event) *parsers.Event {
	kept := *e
	kept.Provider, kept.Message, kept.Log = strings.Clone(e.Provider), strings.Clone(e.Message), strings.Clone(e.Log)
	kept.Category = strings.Clone(e.Category)
	kept.Strings = nil
	for _, v := range e.Strings {
		kept.Strings = append(kept.Strings, strings.Clone(v))
	}
	kept.Data, kept.System, kept.XML = nil, nil, nil
	return &kept
}

// samples writes the event as a sample on which the rule must fire, and the
// others as near misses. Where the log has none, one with another id is made.
func (s *soughtEvent) samples(scrub func(string) string) []draftSample {
	list := []draftSample{{"fires-1.txt", sampleText(s.event, scrub)}}
	if s.again != nil {
		list = append(list, draftSample{"fires-2.txt", sampleText(s.again, scrub)})
	}
	other := s.sameSource
	if other == nil {
		made := *s.event
		made.ID, made.Message = s.event.ID^1, "Another event of the same source."
		other = &made
	}
	list = append(list, draftSample{"quiet-1-other-id.txt", sampleText(other, scrub)})
	other = s.sameID
	if other == nil {
		made := *s.event
		made.Provider, made.Message = "OtherSource", "An event of another source with the same id."
		other = &made
	}
	return append(list, draftSample{"quiet-2-other-source.txt", sampleText(other, scrub)})
}

// sampleText writes an event as Event Viewer copies it, without user and
// computer, which say nothing of the fault.
func sampleText(e *parsers.Event, scrub func(string) string) string {
	var b strings.Builder
	put := func(name, value string) { fmt.Fprintf(&b, "%-15s%s\n", name+":", oneParagraph(value)) }
	put("Log Name", orElse(e.Log, "Application"))
	put("Source", e.Provider)
	if e.Has(parsers.FieldTime) {
		put("Date", e.Time.Format("1/2/2006 3:04:05 PM"))
	}
	put("Event ID", fmt.Sprint(e.ID))
	put("Task Category", orElse(e.Category, "None"))
	level, keywords := "Information", "Classic"
	switch e.Level {
	case parsers.LevelAuditFailure:
		keywords = "Audit Failure"
	case parsers.LevelAuditSuccess:
		keywords = "Audit Success"
	case parsers.LevelUnknown:
	default:
		level = strings.ToUpper(e.Level.String()[:1]) + e.Level.String()[1:]
	}
	put("Level", level)
	put("Keywords", keywords)
	put("User", "N/A")
	put("Computer", "server.example.test")
	text := e.Message
	if text == "" {
		text = strings.Join(e.Strings, " ")
	}
	fmt.Fprintf(&b, "Description:\n%s\n", strings.TrimSpace(scrub(strings.ReplaceAll(text, "\r\n", "\n"))))
	return b.String()
}

// orElse gives a text, or another where it is empty.
func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
