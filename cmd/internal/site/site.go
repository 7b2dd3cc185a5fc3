// Package site writes a rule base as pages that a browser opens from disk: an
// index with a search, one page a rule, and a page on what they cover. They load nothing from a network.
package site

import (
	"bufio"
	"bytes"
	"embed"
	"encoding/json"
	"html/template"
	"io"
	"os"
	"path/filepath"
	"strings"

	"kbdiag/engine"
	"kbdiag/rules"
)

//go:embed pages/*
var files embed.FS

// Site is a rule base as pages.
type Site struct {
	Title   string
	Version string // of the program
	Base    *rules.Base
	Covered engine.Covered // what the base knows of, and what not

	explainedBy map[string][]string
	pages       *template.Template
}

// New prepares the pages of a base.
func New(title, version string, base *rules.Base, covered engine.Covered) (*Site, error) {
	s := &Site{Title: title, Version: version, Base: base, Covered: covered, explainedBy: map[string][]string{}}
	for _, r := range base.Rules {
		for _, id := range r.Diagnosis.Explains {
			s.explainedBy[id] = append(s.explainedBy[id], r.ID)
		}
	}
	pages, err := template.New("").Funcs(template.FuncMap{
		"known": func(id string) bool { return base.Rule(id) != nil },
		"title": func(id string) string { return base.Rule(id).Title },
		"words": func(s string) string { return strings.ReplaceAll(s, "_", " ") },
		"upper": strings.ToUpper, "paras": paragraphs, "products": productNames,
	}).ParseFS(files, "pages/*.html")
	s.pages = pages
	return s, err
}

// paragraphs splits a text at empty lines.
func paragraphs(s string) []string {
	var list []string
	for _, p := range strings.Split(strings.ReplaceAll(s, "\r", ""), "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			list = append(list, p)
		}
	}
	return list
}

// productNames names the products of a rule.
func productNames(r *rules.Rule) string {
	var names []string
	for _, p := range r.Products {
		names = append(names, strings.TrimSpace(p.Name+" "+strings.Join(p.Versions, ", ")))
	}
	return strings.Join(names, "; ")
}

// Write writes the pages into a folder, which is made.
func (s *Site) Write(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, name := range []string{"style.css", "search.js"} {
		raw, err := files.ReadFile("pages/" + name)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, name), raw, 0o644); err != nil {
			return err
		}
	}
	words, err := s.searchData()
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "words.js"), words, 0o644); err != nil {
		return err
	}
	for _, name := range []string{"index.html", "coverage.html"} {
		if err := writePage(filepath.Join(dir, name), func(w io.Writer) error {
			return s.pages.ExecuteTemplate(w, name, s)
		}); err != nil {
			return err
		}
	}
	for _, r := range s.Base.Rules {
		page := rulePage{Site: s, Rule: r, ExplainedBy: s.explainedBy[r.ID]}
		if err := writePage(filepath.Join(dir, r.ID+".html"), func(w io.Writer) error {
			return s.pages.ExecuteTemplate(w, "rule.html", page)
		}); err != nil {
			return err
		}
	}
	return nil
}

// rulePage is what the page of a rule shows.
type rulePage struct {
	*Site
	Rule        *rules.Rule
	ExplainedBy []string
}

// writePage writes a file.
func writePage(name string, write func(io.Writer) error) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	err = write(w)
	if flushed := w.Flush(); err == nil {
		err = flushed
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	return err
}

// searchData is a script with the words of each rule, in the order of the
// index: a page that is opened from disk may load scripts, but no data.
func (s *Site) searchData() ([]byte, error) {
	list := make([]string, 0, len(s.Base.Rules))
	for _, r := range s.Base.Rules {
		list = append(list, searchText(r))
	}
	var b bytes.Buffer
	b.WriteString("const words = ")
	if err := json.NewEncoder(&b).Encode(list); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// maxSearchText bounds the words of one rule, in bytes.
const maxSearchText = 2000

// searchText gives what a rule is found by, the most telling first.
func searchText(r *rules.Rule) string {
	parts := []string{r.ID, r.Title, productNames(r)}
	for _, s := range r.Signals {
		parts = append(parts, s.When, s.Message, s.Doc)
	}
	parts = append(parts, r.Cause, r.Symptoms)
	text := strings.ToLower(strings.Join(strings.Fields(strings.Join(parts, " ")), " "))
	if len(text) > maxSearchText {
		text = strings.ToValidUTF8(text[:maxSearchText], "")
	}
	return text
}
