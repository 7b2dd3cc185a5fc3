package lsp

import (
	"fmt"
	"strings"

	"kbdiag/rules"
)

// maxIDs is how many ids of rules are offered at once.
const maxIDs = 100

// complete gives what can stand at a place.
func (s *Server) complete(c *cursor) any {
	list := completionList{Items: []completionItem{}}
	line := c.lines[c.line]
	switch {
	case strings.HasPrefix(strings.TrimSpace(line), "#"):
	case c.key == "" && strings.HasPrefix(strings.TrimSpace(line), "["):
		list.Items = headers(c)
	case c.key == "":
		list.Items = keys(c)
	case c.key == "when" && c.table == "diagnosis":
		list.Items = append(signalItems(c), functionItems(rules.DiagnosisFunctions()[1:])...)
	case c.key == "when":
		list.Items = append(fieldItems(c.kind()), functionItems(rules.Functions())...)
	case c.key == "signal" && c.table == "collect":
		list.Items = signalItems(c)
	case c.key == "explains" || c.key == "references":
		ids, all := s.index.IDs(strings.ToUpper(c.typed()), maxIDs)
		list.Incomplete = !all
		for _, id := range ids {
			list.Items = append(list.Items, completionItem{Label: id, Kind: kindFile, Detail: s.index.Rule(id).Title})
		}
	default:
		list.Items = values(c)
	}
	return list
}

// headers offers the tables of a rule.
func headers(c *cursor) []completionItem {
	var items []completionItem
	for _, k := range rules.Keys {
		header := ""
		switch k.Kind {
		case rules.TableKey:
			header = "[" + k.Name + "]"
		case rules.TablesKey:
			if k.Name == "products" {
				continue
			}
			header = "[[" + k.Name + "]]"
		case rules.NamedTables:
			header = "[" + k.Name + ".NAME]"
		default:
			continue
		}
		line := c.lines[c.line]
		edit := &change{textRange{position{c.line, 0}, position{c.line, units(line)}}, header}
		items = append(items, completionItem{Label: header, Kind: kindModule, Detail: k.Doc, Edit: edit})
	}
	return items
}

// keysOf gives the keys of the table that a place is in.
func keysOf(table string) []rules.KeyDoc {
	if table == "" {
		return rules.Keys
	}
	if k, ok := rules.KeyPath("", table); ok {
		return k.Table
	}
	return nil
}

// keys offers the keys of the table that are not yet there.
func keys(c *cursor) []completionItem {
	there := map[string]bool{}
	for i, l := range c.tableLines() {
		if name, _, ok := strings.Cut(l, "="); ok && i >= 0 {
			there[strings.TrimSpace(name)] = true
		}
	}
	items := []completionItem{}
	for _, k := range keysOf(c.top()) {
		if there[k.Name] || c.table == "" && k.Table != nil && k.Name != "products" {
			continue
		}
		item := completionItem{Label: k.Name, Kind: kindProperty, Detail: string(k.Kind), Doc: k.Doc, Insert: k.Name + " = " + emptyValue(k)}
		item.Sort = "1" + k.Name
		if k.Required {
			item.Sort = "0" + k.Name
		}
		items = append(items, item)
	}
	return items
}

// emptyValue is what a key is set to until its value is written.
func emptyValue(k rules.KeyDoc) string {
	switch k.Kind {
	case rules.TextKey:
		return `""`
	case rules.TextsKey, rules.TablesKey:
		return "[]"
	case rules.WholeKey:
		return "1"
	}
	return ""
}

// values offers the values of a key that has a closed set.
func values(c *cursor) []completionItem {
	items := []completionItem{}
	k, ok := rules.KeyPath(c.top(), c.key)
	if !ok {
		return items
	}
	for i, v := range k.Values {
		items = append(items, completionItem{Label: v, Kind: kindValue, Sort: fmt.Sprintf("%02d", i)})
	}
	return items
}

// signalItems offers the signals of the document.
func signalItems(c *cursor) []completionItem {
	names, at := c.signals()
	items := []completionItem{}
	for _, n := range names {
		items = append(items, completionItem{Label: n, Kind: kindVariable, Detail: "signal", Doc: c.signalDoc(at[n])})
	}
	return items
}

// fieldItems offers the fields of a kind of record.
func fieldItems(k rules.Kind) []completionItem {
	items := []completionItem{}
	for _, f := range rules.Fields[k] {
		items = append(items, completionItem{Label: f.Name, Kind: kindField, Detail: string(f.Type), Doc: f.Describe()})
	}
	return items
}

// functionItems offers operators and functions that have a name.
func functionItems(list []rules.FunctionDoc) []completionItem {
	var items []completionItem
	for _, f := range list {
		if !isWord(f.Name[0]) || strings.ContainsAny(f.Name, "[") {
			continue
		}
		kind := kindOperator
		if strings.HasPrefix(f.Form, f.Name+"(") {
			kind = kindFunction
		}
		items = append(items, completionItem{Label: f.Name, Kind: kind, Detail: f.Form, Doc: f.Doc + "\n\n" + f.Example, Sort: "z" + f.Name})
	}
	return items
}
