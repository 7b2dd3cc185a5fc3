package rules_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kbdiag/rules"
)

// bulkRule makes a rule like those that authors write, of a number.
func bulkRule(i int) string {
	part := []string{"spooler", "indexer", "gateway", "archiver", "feeder", "relay", "scanner", "notifier", "catalog", "scheduler"}[i%10]
	return fmt.Sprintf(`# Rule %[1]d of a made base.
schema   = 1
id       = "ACME%05[1]d"
title    = "The %[2]s of site %[1]d stops after its store was moved"
products = [{ name = "Acme %[2]s", versions = ["2.0", "2.%[3]d"] }]
severity = "error"
references = ["ACME%05[4]d"]
cause    = """
The %[2]s of site %[1]d keeps the path of its store in two places, and only \
one of them was changed when the store was moved."""
symptoms = "Users of site %[1]d see old pages; the queue of the %[2]s grows until the disk is full."

[signal.stopped]
on       = "event"
when     = 'provider in ["Acme%[2]s", "Acme %[2]s"] && id == %[5]d'
strength = "strong"
message  = "The store \\\\host%[1]d\\%[2]s could not be opened: the path of site %[1]d does not exist."
codes    = ["win32:3"]
level    = "error"

[signal.refused]
on       = "exchange"
when     = 'protocol == "smtp" && command == "RCPT" && code == 4%[6]d && text contains "store %[1]d is away"'
strength = "supports"

[signal.queue_grows]
on       = "line"
when     = '''
text contains "%[2]s %[1]d: queue" &&
text matches "queue (of|at) [0-9]+ (kb|mb) .* site %[1]d"'''
strength = "supports"
doc      = "Nothing leaves the queue."

[diagnosis]
when = 'within(stopped, refused, "2h") || count(stopped) >= 2 || stopped && queue_grows'
explains = ["ACME%05[4]d"]

[[step]]
text   = "Write the new path of the store into the settings of the %[2]s."

[[step]]
text   = "Start the %[2]s again."
verify = "No event %[5]d after the start."

[[collect]]
ask    = "Was the store of site %[1]d moved lately?"
signal = "stopped"
cost   = 2
`, i, part, i%7, i+1, 1000+i%4000, 50+i%10)
}

// bulkBase writes a base of n rules into a folder. Some have a fault.
func bulkBase(tb testing.TB, n int) (dir string, size int64) {
	tb.Helper()
	dir = tb.TempDir()
	for i := range n {
		text := bulkRule(i)
		switch i % 100 {
		case 7:
			text = strings.Replace(text, "severity", "sevrity", 1)
		case 13:
			text = strings.Replace(text, "provider in", "provder in", 1)
		case 21:
			text = strings.Replace(text, `level    = "error"`, `level    = "eror"`, 1)
		}
		folder := filepath.Join(dir, fmt.Sprintf("%02d", i%100))
		if err := os.MkdirAll(folder, 0o755); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("ACME%05d.toml", i)), []byte(text), 0o644); err != nil {
			tb.Fatal(err)
		}
		size += int64(len(text))
	}
	return dir, size
}

// TestBulkRule holds the made rules to what authors write.
func TestBulkRule(t *testing.T) {
	rule, findings := rules.Parse("ACME00012.toml", []byte(bulkRule(12)))
	if rule == nil || len(findings) > 0 {
		t.Fatal(findings)
	}
}

// BenchmarkLint loads and checks 10,000 rules.
func BenchmarkLint(b *testing.B) {
	dir, size := bulkBase(b, 10_000)
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		base, _ := rules.LoadPaths(dir)
		if n := len(rules.Lint(base)); n < 10_000 {
			b.Fatalf("%d findings", n)
		}
	}
}

// BenchmarkLoad loads 10,000 rules without the checks across them.
func BenchmarkLoad(b *testing.B) {
	dir, size := bulkBase(b, 10_000)
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		rules.LoadPaths(dir)
	}
}

// BenchmarkCheckOne checks one rule as it is typed, beside 10,000 others.
func BenchmarkCheckOne(b *testing.B) {
	dir, _ := bulkBase(b, 10_000)
	base, _ := rules.LoadPaths(dir)
	index := base.Index()
	data := []byte(bulkRule(12))
	b.ReportAllocs()
	for b.Loop() {
		index.CheckOne(filepath.Join(dir, "12", "ACME00012.toml"), data)
	}
}
