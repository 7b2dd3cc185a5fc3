package rules_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kbdiag/rules"
)

// crooked is a rule with faults that can be mended, with marks «wrong|right»
// at each; all else must stay byte for byte.
const crooked = "\xef\xbb\xbf# The feeder of Acme, kept by Nora.\r\n" +
	"«|schema = 1\r\n»" +
	`id       = «"acme-0001"|"ACME0001"»	# our own number
«titel|title»    = «The feeder stops|"The feeder stops"»   # no quotes
cause    = "The feed folder is full."   
«sevrity|severity» = «"Error"|"error"»
references = ["ACME0002", # two
  "ACME0003"«, "ACME0003"|», ]

[signal.stopped] # the one that counts
on       = "event"
when     = '''
provider «=|==» "AcmeFeed" «AND|&&» id in [1203, 1204«, 1203|»] &&
«lower(message)|message» contains "feed folder" && «hasPrefix(host, "FEED")|host startsWith "FEED"»'''
strength = "strong"
doc      = "It stopped. "

[diagnosis]
when = "«stoped|stopped»"

[[step]]
text   = "Empty the feed folder."
verify = "The folder is empty."

[[collect]]
ask    = "Is the feed folder full?"
signal = "stopped"
# the end, without a line break`

// sides splits crooked into what is wrong and what is right.
func sides(marked string) (wrong, right []byte) {
	for _, part := range strings.Split(marked, "«") {
		change, rest, ok := strings.Cut(part, "»")
		if !ok {
			wrong, right = append(wrong, part...), append(right, part...)
			continue
		}
		was, is, _ := strings.Cut(change, "|")
		wrong = append(append(wrong, was...), rest...)
		right = append(append(right, is...), rest...)
	}
	return wrong, right
}

// TestMend mends a file with many faults.
func TestMend(t *testing.T) {
	wrong, right := sides(crooked)
	// The first syntax error of TOML hides all others, the first of an
	// expression those behind it: mending goes on until nothing is left.
	got, done := rules.Mend("ACME0001.toml", wrong)
	if !bytes.Equal(got, right) {
		t.Errorf("got\n%s\nwant\n%s", got, right)
	}
	if len(done) != 13 {
		t.Errorf("%d findings mended: %v", len(done), done)
	}
	rule, findings := rules.Parse("ACME0001.toml", got)
	if rule == nil {
		t.Errorf("left: %v", findings)
	}
	if again, more := rules.Mend("ACME0001.toml", got); len(more) != 0 || !bytes.Equal(again, got) {
		t.Errorf("mended again: %v", more)
	}
}

// TestMendBad mends each bad sample as far as it can: what is left has no edit,
// and no error is new.
func TestMendBad(t *testing.T) {
	files, err := filepath.Glob("../testdata/rules/bad/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	mended := 0
	for _, file := range files {
		marked, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		data, _ := unmark(marked)
		before := bytes.Clone(data)
		got, done := rules.Mend("ACME0001.toml", data)
		if !bytes.Equal(before, data) {
			t.Errorf("%s: the input was changed", file)
		}
		mended += len(done)
		_, left := rules.Parse("ACME0001.toml", got)
		for _, f := range left {
			if f.Edit != nil {
				t.Errorf("%s: left: %s", file, f)
			}
		}
	}
	if mended < 40 {
		t.Errorf("only %d findings were mended", mended)
	}
}

// FuzzMend mends anything and reads the result.
func FuzzMend(f *testing.F) {
	files, err := filepath.Glob("../testdata/rules/bad/*.txt")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		marked, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		data, _ := unmark(marked)
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 16<<10 {
			return
		}
		rule, findings := rules.Parse("ACME0001.toml", data)
		for _, x := range findings {
			if x.Edit != nil && (x.Edit.Start < 0 || x.Edit.End < x.Edit.Start || x.Edit.End > len(data)) {
				t.Fatalf("edit %v of %d bytes: %s", *x.Edit, len(data), x)
			}
			if x.Line < 0 || x.Until.Line < x.Line || x.Until.Line == x.Line && x.Until.Column < x.Column {
				t.Fatalf("%s ends at %v", x, x.Until)
			}
		}
		got, _ := rules.Mend("ACME0001.toml", data)
		if after, left := rules.Parse("ACME0001.toml", got); rule != nil && after == nil {
			t.Fatalf("mending broke it: %v\n%s", left, got)
		}
	})
}
