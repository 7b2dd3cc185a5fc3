package rules

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
)

// ownWords is the length of a run of words that no rule may share with an
// article: shorter runs are names, paths and ways of speaking that nobody owns.
const ownWords = 8

// TestOwnWords holds the shipped rules to their own words: no eight words in a
// row stand in an article of the archive. Quoted messages are facts and exempt.
func TestOwnWords(t *testing.T) {
	corpus := os.Getenv("KBDIAG_CORPUS")
	if corpus == "" {
		t.Skip("KBDIAG_CORPUS is not set")
	}
	base, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	wrote := map[string]string{} // run of words: where a rule has it
	for _, r := range base.Rules {
		for place, text := range proseOf(r) {
			for run := range runs(text) {
				wrote[run] = r.ID + " " + place
			}
		}
	}
	articles, err := filepath.Glob(filepath.Join(corpus, "kb", "*.TXT"))
	if err != nil || len(articles) == 0 {
		t.Skipf("no articles in %s (%v)", corpus, err)
	}
	for _, path := range articles {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for run := range runs(string(data)) {
			if place, ok := wrote[run]; ok {
				t.Errorf("%s has the words of %s: %s", place, filepath.Base(path), run)
			}
		}
	}
}

// proseOf gives the texts of a rule that are its author's own, by their places.
func proseOf(r *Rule) map[string]string {
	texts := map[string]string{"title": r.Title, "cause": r.Cause, "symptoms": r.Symptoms, "notes": r.Notes}
	for _, s := range r.Signals {
		texts["signal "+s.Name] = s.Doc
	}
	for _, s := range r.Steps {
		texts["step "+s.Text] = s.Text
		texts["verify "+s.Verify] = s.Verify
	}
	for _, c := range r.Collect {
		texts["ask "+c.Ask] = c.Ask
	}
	return texts
}

// runs yields each run of eight words of a text, in small letters and without
// signs. Signs within a word part it, as they do in paths and names.
func runs(text string) func(func(string) bool) {
	words := strings.FieldsFunc(strings.ToLower(text), func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) })
	return func(yield func(string) bool) {
		for i := 0; i+ownWords <= len(words); i++ {
			if !yield(strings.Join(words[i:i+ownWords], " ")) {
				return
			}
		}
	}
}

// TestOwnWordsFinds shows that a copied run is found whatever its signs and
// its line ends.
func TestOwnWordsFinds(t *testing.T) {
	article := "Stop the\r\nservice; then DELETE the old file,\nand start it."
	have := map[string]bool{}
	for run := range runs(article) {
		have[run] = true
	}
	found := false
	for run := range runs("Please stop the service, then delete the old file.") {
		found = found || have[run]
	}
	if !found {
		t.Error("a run of eight words in other signs and lines was not found")
	}
}
