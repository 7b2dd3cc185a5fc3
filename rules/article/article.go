// Package article turns knowledge-base articles into draft rules.
package article

import (
	"bufio"
	"bytes"
	"errors"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"kbdiag/rules"
)

// Article is one article of the text archive form: six header lines, a block
// of products, sections with underlined titles, a footer.
type Article struct {
	ID       string // such as "Q247764"
	Title    string // cut at 64 characters by the archive
	Products []rules.Product
	Keywords []string
	Query    string // "Additional query words" of the footer
	Sections []Section
	Lines    []string // the whole text

	product   string // of the header, for articles that list none
	versions  string
	titleLine int    // 1-based
	front     string // title of the front matter
	madeID    bool   // the id was made of the file's name
	cut       bool   // the title may be cut: the archive does it
}

// Section is one section of an article.
type Section struct {
	Title string // as printed, such as "SYMPTOMS"; "" for text before the first
	Says  string // what its title says beside its kind: "the disk is full" of "Cause 2: the disk is full"
	Line  int    // of its first line of text, 1-based
	Lines []string
}

// ErrForm says that a text is not an article.
var ErrForm = errors.New("not an article: expected a line DOCUMENT:Qnnnnnn at the top, or Markdown or HTML with a title heading and an article id in the text or the file's name")

var documentLine = regexp.MustCompile(`^DOCUMENT:(Q\d{5,6})\b`)

// Parse reads an article of any form. name is its file's name, for the id
// where the text states none.
func Parse(raw []byte, name string) (*Article, error) {
	head := strings.ToLower(string(raw[:min(len(raw), 2048)]))
	switch {
	case documentLine.Match(raw):
		return ParseArchive(raw)
	case strings.Contains(head, "<html") || strings.Contains(head, "<!doctype html") || strings.Contains(head, "<body"):
		return ParseHTML(raw, name)
	}
	return ParseMarkdown(raw, name)
}

// decodeText gives a text as UTF-8; what is not is taken for cp1252.
func decodeText(raw []byte) string {
	raw = bytes.TrimPrefix(raw, []byte("\xEF\xBB\xBF"))
	if !utf8.Valid(raw) {
		if b, err := charmap.Windows1252.NewDecoder().Bytes(raw); err == nil {
			raw = b
		}
	}
	return string(raw)
}

// ParseArchive reads an article of the archive form. The archive is ASCII but
// for a few files in cp1252.
func ParseArchive(raw []byte) (*Article, error) {
	a := &Article{titleLine: 2, cut: true}
	sc := bufio.NewScanner(strings.NewReader(decodeText(raw)))
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		a.Lines = append(a.Lines, strings.TrimRight(strings.ReplaceAll(sc.Text(), "<BR/>", ""), " \r"))
	}
	if err := sc.Err(); err != nil {
		return nil, err
	}
	if err := a.header(); err != nil {
		return nil, err
	}
	a.body()
	if len(a.Products) == 0 && a.product != "" {
		a.addProduct(a.product + ", version " + a.versions)
	}
	return a, nil
}

func (a *Article) header() error {
	if len(a.Lines) < 6 {
		return ErrForm
	}
	m := documentLine.FindStringSubmatch(a.Lines[0])
	if m == nil {
		return ErrForm
	}
	a.ID = m[1]
	for _, l := range a.Lines[:min(len(a.Lines), 10)] {
		label, value, _ := strings.Cut(l, ":")
		switch value = strings.TrimSpace(value); strings.TrimSpace(label) {
		case "TITLE":
			a.Title = value
		case "PRODUCT":
			a.product = value
		case "PROD/VER":
			if _, versions, ok := strings.Cut(value, ":"); ok {
				a.versions = versions
			}
		}
	}
	return nil
}

// body splits the text after the header into products, sections and footer.
func (a *Article) body() {
	current := Section{}
	flush := func() {
		for len(current.Lines) > 0 && current.Lines[len(current.Lines)-1] == "" {
			current.Lines = current.Lines[:len(current.Lines)-1]
		}
		if len(current.Lines) > 0 {
			a.Sections = append(a.Sections, current)
		}
	}
	for i := 6; i < len(a.Lines); i++ {
		l := a.Lines[i]
		switch {
		case strings.HasPrefix(l, "The information in this article applies to:"):
			i = a.products(i + 1)
			current = Section{}
		case i+1 < len(a.Lines) && isUnderline(a.Lines[i+1], len(l)):
			flush()
			current = Section{Title: strings.TrimSpace(l)}
			i++
		case strings.HasPrefix(l, "Additional query words:"), isFooterRule(l) && a.footerFollows(i):
			flush()
			a.footer(i)
			return
		case isFooterRule(l): // the rule below the header
		default:
			if l == "" && len(current.Lines) == 0 {
				continue
			}
			if len(current.Lines) == 0 {
				current.Line = i + 1
			}
			current.Lines = append(current.Lines, l)
		}
	}
	flush()
}

// isUnderline tells the row of equal signs under a title of n characters.
func isUnderline(l string, n int) bool {
	return n > 2 && n < 70 && len(l) >= n-2 && len(l) <= n+2 && strings.Trim(l, "=") == ""
}

func isFooterRule(l string) bool { return len(l) > 60 && strings.Trim(l, "=") == "" }

func (a *Article) footerFollows(i int) bool {
	for _, l := range a.Lines[i+1 : min(len(a.Lines), i+4)] {
		if strings.HasPrefix(l, "Keywords  ") || strings.HasPrefix(l, "Technology  ") || strings.HasPrefix(l, "THE INFORMATION PROVIDED") {
			return true
		}
	}
	return false
}

func (a *Article) footer(from int) {
	query := false
	for _, l := range a.Lines[from:] {
		label, value, ok := strings.Cut(l, ":")
		switch {
		case ok && strings.TrimSpace(label) == "Additional query words":
			query, a.Query = true, strings.Join(strings.Fields(value), " ")
		case query && l != "" && !isFooterRule(l):
			a.Query = strings.TrimSpace(a.Query + " " + strings.Join(strings.Fields(l), " "))
		case ok && strings.TrimSpace(label) == "Keywords":
			a.Keywords = strings.Fields(value)
		default:
			query = false
		}
	}
}

// products reads the list up to the closing rule and gives the index of the
// rule's line.
func (a *Article) products(from int) int {
	for i := from; i < len(a.Lines); i++ {
		l := strings.TrimSpace(a.Lines[i])
		if len(l) > 20 && strings.Trim(l, "-") == "" {
			return i
		}
		item, ok := strings.CutPrefix(l, "- ")
		if !ok {
			continue
		}
		if !strings.HasPrefix(item, "the hardware:") {
			a.addProduct(strings.TrimPrefix(item, "the operating system:"))
		}
	}
	return len(a.Lines) - 1
}

// trailingVersion is a version without the word: "Windows 2000 SP1" is Windows,
// version 2000 SP1.
var trailingVersion = regexp.MustCompile(`\s(?:\d+\.\d+\w*|2000|2003|95|98)(?:\s+SP\d+\w*)?$`)

var versionWord = regexp.MustCompile(`,?\s+versions?\s+`)

// besideProduct is what the archive has beside a product: on what it runs, with
// what it comes, and notes of its editors.
var besideProduct = regexp.MustCompile(`,?\s*(?:on platform\(s\)|included with|used with):.*$|\*EDITOR[^*]*\*|\* use [\d, ]+`)

func (a *Article) addProduct(item string) {
	name, versions := strings.TrimSpace(besideProduct.ReplaceAllString(item, "")), ""
	if at := versionWord.FindStringIndex(item); at != nil {
		name, versions = item[:at[0]], item[at[1]:]
	}
	name = strings.TrimSpace(strings.TrimPrefix(strings.Trim(name, " ,"), "Microsoft "))
	if name == "" {
		return
	}
	if at := trailingVersion.FindStringIndex(name); at != nil && versions == "" {
		name, versions = name[:at[0]], strings.TrimSpace(name[at[0]:])
	}
	p := rules.Product{Name: name}
	for _, v := range strings.Split(versions, ",") {
		v = strings.TrimSpace(v)
		if v != "" && v[0] >= '0' && v[0] <= '9' {
			p.Versions = append(p.Versions, v)
		}
	}
	for i := range a.Products {
		if have := &a.Products[i]; have.Name == p.Name {
			for _, v := range p.Versions {
				if !slices.Contains(have.Versions, v) {
					have.Versions = append(have.Versions, v)
				}
			}
			return
		}
	}
	a.Products = append(a.Products, p)
}

// Section gives the first section of one of the titles, nil if there is none.
func (a *Article) Section(titles ...string) *Section {
	for _, t := range titles {
		for i := range a.Sections {
			if strings.EqualFold(a.Sections[i].Title, t) {
				return &a.Sections[i]
			}
		}
	}
	return nil
}

// Text gives the paragraphs of a section, wrapped lines joined.
func (s *Section) Text() string {
	if s == nil {
		return ""
	}
	all := paragraphs(s.Lines)
	for i, p := range all {
		all[i] = strings.TrimPrefix(p, partMark)
	}
	if s.Says != "" {
		all = append([]string{s.Says}, all...)
	}
	return strings.Join(all, "\n\n")
}

// all gives the sections of a title.
func (a *Article) all(title string) []*Section {
	var out []*Section
	for i := range a.Sections {
		if a.Sections[i].Title == title {
			out = append(out, &a.Sections[i])
		}
	}
	return out
}

// paragraphs joins wrapped lines. Numbered and dashed items begin paragraphs
// of their own.
func paragraphs(lines []string) []string {
	var out []string
	open := false
	for _, l := range lines {
		t := strings.TrimSpace(strings.ReplaceAll(l, "<BR/>", ""))
		switch {
		case t == "":
			open = false
		case strings.HasPrefix(t, partMark):
			out, open = append(out, t), false
		case open && !itemStart.MatchString(t):
			out[len(out)-1] += " " + t
		default:
			out = append(out, t)
			open = true
		}
	}
	return out
}

var itemStart = regexp.MustCompile(`^(?:\d{1,2}\.|[a-z]\.|-|\*)\s`)
