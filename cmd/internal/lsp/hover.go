package lsp

import (
	"os"
	"slices"
	"strings"

	"kbdiag/rules"
)

// hover explains the word at a place, nil where there is nothing to say.
func (s *Server) hover(c *cursor) any {
	text := s.explain(c)
	if text == "" {
		return nil
	}
	return hover{markup{"markdown", text}}
}

// explain gives the meaning of the word at a place, "" for none.
func (s *Server) explain(c *cursor) string {
	if c.word == "" {
		return ""
	}
	if r := s.index.Rule(c.word); r != nil {
		return "**" + r.ID + "** " + r.Title + "\n\n" + strings.Join(strings.Fields(r.Cause), " ")
	}
	if c.key == "" {
		return explainKey(c)
	}
	if c.key == "when" && c.table != "diagnosis" {
		if text := explainField(c.kind(), c.word); text != "" {
			return text
		}
		return explainFunction(rules.Functions(), c.word)
	}
	if c.key == "when" || c.key == "signal" {
		if _, at := c.signals(); slices.Contains(mapKeys(at), c.word) {
			return "signal **" + c.word + "**\n\n```toml\n" + c.signalDoc(at[c.word]) + "\n```"
		}
		return explainFunction(rules.DiagnosisFunctions(), c.word)
	}
	return ""
}

// mapKeys gives the names in a map.
func mapKeys(m map[string]int) []string {
	names := make([]string, 0, len(m))
	for n := range m {
		names = append(names, n)
	}
	return names
}

// explainKey gives the meaning of a key, or of a table in its header.
func explainKey(c *cursor) string {
	table := c.top()
	if strings.HasPrefix(strings.TrimSpace(c.lines[c.line]), "[") {
		table = ""
	}
	k, ok := rules.KeyPath(table, c.word)
	if !ok {
		return ""
	}
	text := "**" + k.Name + "** (" + string(k.Kind) + ")\n\n" + k.Doc
	if len(k.Values) > 0 {
		text += ": " + strings.Join(k.Values, ", ")
	}
	if k.Required {
		text += "\n\nMust be there."
	}
	return text
}

// explainField gives the meaning of a field.
func explainField(k rules.Kind, name string) string {
	for _, f := range rules.Fields[k] {
		if f.Name == name {
			return "**" + f.Name + "** (" + string(f.Type) + ")\n\n" + f.Describe()
		}
	}
	return ""
}

// explainFunction gives the meaning of a function or an operator.
func explainFunction(list []rules.FunctionDoc, name string) string {
	for _, f := range list {
		if f.Name == name {
			return "`" + f.Form + "`\n\n" + f.Doc + "\n\n`" + f.Example + "`"
		}
	}
	return ""
}

// definition gives the place where the word at a place is defined: the file of
// a rule, or the header of a signal.
func (s *Server) definition(c *cursor) any {
	if r := s.index.Rule(c.word); r != nil {
		if _, err := os.Stat(r.File); err != nil {
			return nil // a rule of the program or of a pack
		}
		p := position{r.IDPos().Line - 1, r.IDPos().Column - 1}
		return location{uriOf(r.File), textRange{p, position{p.Line, p.Character + len(r.ID) + 2}}}
	}
	if c.key != "when" && c.key != "signal" {
		return nil
	}
	if _, at := c.signals(); slices.Contains(mapKeys(at), c.word) {
		line := at[c.word]
		return location{c.doc.uri, textRange{position{line, 0}, position{line, units(c.lines[line])}}}
	}
	return nil
}
