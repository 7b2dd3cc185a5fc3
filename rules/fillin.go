package rules

import "strings"

// FillIn stands in drafts where the author has something to write.
const FillIn = "FILL IN"

// DraftID is the id of a draft whose author has not yet chosen one.
const DraftID = "DRAFT0001"

// fillIns warns of what a draft says to fill in and its author has not.
func (r *ruleReader) fillIns() {
	if r.rule.ID == DraftID {
		r.doc.warn(r.at("id"), CodeFillIn, "give the rule an id of its own", "%s is the id of a draft", DraftID)
	}
	r.fillInsOf(r.node, r.values)
}

// fillInsOf looks at the texts of a table and of what is in it.
func (r *ruleReader) fillInsOf(n *tomlNode, value any) {
	switch v := value.(type) {
	case string:
		r.fillIn(n, v)
	case map[string]any:
		for _, e := range n.entries {
			r.fillInsOf(e.value, v[e.name])
		}
	case []any:
		for i, item := range v {
			if i < len(n.items) {
				r.fillInsOf(n.items[i], item)
			}
		}
	case []map[string]any:
		for i, item := range v {
			if i < len(n.items) {
				r.fillInsOf(n.items[i], item)
			}
		}
	}
}

// fillIn warns of a text that is still to be written.
func (r *ruleReader) fillIn(n *tomlNode, text string) {
	i := strings.Index(text, FillIn)
	if i < 0 {
		return
	}
	q := quoted{r.doc.data[n.at.from:n.at.to], n.at.from}
	what := text[i+len(FillIn):]
	if end := strings.IndexAny(what, "\n\"'`"); end >= 0 {
		what = what[:end]
	}
	if what = strings.Trim(what, ": "); what == "" {
		what = "a value"
	}
	r.doc.warn(span{q.offset(i), n.at.to}, CodeFillIn, "write it, or leave the key out where a rule may", "still to be filled in: %s", shorten(what))
}
