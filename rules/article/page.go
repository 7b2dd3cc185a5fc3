package article

import (
	"bytes"
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

// ParseHTML reads an article that was saved as a page, by its headings.
func ParseHTML(raw []byte, name string) (*Article, error) {
	return ParseMarkdown([]byte(pageText([]byte(decodeText(raw)))), name)
}

// pageText writes a page as Markdown: headings, paragraphs, list items, and
// preformatted text and quotes indented as articles of the archive have them.
func pageText(raw []byte) string {
	var b strings.Builder
	z := html.NewTokenizer(bytes.NewReader(raw))
	hidden, indent, pre, ordered := 0, "", false, []int{}
	row := -1 // where the row of a table begins, while it has one cell
	line := func(prefix string) {
		if s := b.String(); s != "" && !strings.HasSuffix(s, "\n") {
			b.WriteByte('\n')
		}
		b.WriteString(prefix)
	}
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return manyBlanks.ReplaceAllString(b.String(), "\n\n")
		}
		tag, _ := z.TagName()
		name := string(tag)
		switch kind {
		case html.TextToken:
			if hidden > 0 {
				continue
			}
			text := string(z.Text())
			if !pre {
				b.WriteString(oneBlank(text, b.String()))
				continue
			}
			b.WriteString(text)
		case html.StartTagToken, html.SelfClosingTagToken:
			switch name {
			case "script", "style", "head", "nav", "footer", "aside", "noscript", "svg", "button", "form":
				if kind == html.StartTagToken {
					hidden++
				}
			case "b", "strong":
				if !pre && indent == "" {
					b.WriteString("**")
				}
			case "h1", "h2", "h3", "h4", "h5", "h6":
				line("\n" + strings.Repeat("#", int(name[1]-'0')) + " ")
			case "table":
				indent = quoteIndent
				line("\n" + indent)
			case "p", "div", "dl":
				line("\n" + indent)
			case "br", "dt", "dd":
				if pre {
					b.WriteByte('\n')
					continue
				}
				line(indent)
			case "tr":
				line(indent)
				row = b.Len()
			case "td", "th":
				if row >= 0 && b.Len() > row {
					if label := strings.Trim(b.String()[row:], " *"); isLabel(label) {
						b.WriteByte(':')
					}
					row = -1
				}
				b.WriteByte(' ')
			case "ol":
				ordered = append(ordered, 1)
			case "ul":
				ordered = append(ordered, 0)
			case "li":
				line("\n" + itemMark(ordered))
			case "pre":
				pre = true
				line("\n```\n")
			case "blockquote":
				indent = quoteIndent
				line("\n" + indent)
			}
		case html.EndTagToken:
			switch name {
			case "script", "style", "head", "nav", "footer", "aside", "noscript", "svg", "button", "form":
				hidden = max(0, hidden-1)
			case "ol", "ul":
				ordered = ordered[:max(0, len(ordered)-1)]
			case "b", "strong":
				if !pre && indent == "" {
					b.WriteString("**")
				}
			case "pre":
				pre = false
				line("```\n")
			case "blockquote", "table":
				indent = ""
				line("\n")
			case "h1", "h2", "h3", "h4", "h5", "h6", "p":
				line("\n")
			}
		}
	}
}

// manyBlanks are the empty lines between elements, of which one is enough.
var manyBlanks = regexp.MustCompile(`\n(?:[ \t]*\n){2,}`)

// quoteIndent is how far articles of the archive indent what they quote.
const quoteIndent = "   "

// oneBlank gives a text with one blank where it has some, and one between it and
// what is before.
func oneBlank(text, before string) string {
	words := strings.Join(strings.Fields(text), " ")
	if words == "" {
		if strings.HasSuffix(before, "\n") || strings.HasSuffix(before, " ") || before == "" {
			return ""
		}
		return " "
	}
	if strings.TrimLeft(text, " \t\r\n") != text && before != "" && !strings.HasSuffix(before, "\n") && !strings.HasSuffix(before, " ") {
		words = " " + words
	}
	if strings.TrimRight(text, " \t\r\n") != text {
		words += " "
	}
	return words
}

// itemMark numbers the items of ordered lists.
func itemMark(ordered []int) string {
	if n := len(ordered); n > 0 && ordered[n-1] > 0 {
		ordered[n-1]++
		return string(rune('0'+(ordered[n-1]-1)%10)) + ". "
	}
	return "- "
}
