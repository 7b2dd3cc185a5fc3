package rules_test

import (
	"fmt"
	"math"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"kbdiag/rules"
)

// goodRule is a rule without faults, with room for a condition.
const goodRule = `schema   = 1
id       = "ACME0001"
title    = "The feeder stops"
cause    = "The feed folder is full."

[signal.stopped]
on       = "event"
when     = %s
strength = "strong"

[diagnosis]
when = "stopped"

[[step]]
text   = "Empty the feed folder."
verify = "The folder is empty."

[[collect]]
ask    = "Is the feed folder full?"
signal = "stopped"
`

// withCondition is goodRule with a condition, which has no ”' in it.
func withCondition(expr string) string {
	return fmt.Sprintf(goodRule, "'''\n"+expr+"'''")
}

// nest writes open n times, then inner, then shut n times.
func nest(open, inner, shut string, n int) string {
	return strings.Repeat(open, n) + inner + strings.Repeat(shut, n)
}

// each joins f(0) to f(n-1).
func each(n int, sep string, f func(int) string) string {
	parts := make([]string, n)
	for i := range parts {
		parts[i] = f(i)
	}
	return strings.Join(parts, sep)
}

// hostileFiles are rule files that cost a decoder, a parser or an evaluator
// dearly. None of them may load.
func hostileFiles() map[string]string {
	return map[string]string{
		"dotted key of 16 KB":    strings.Repeat("a.", 8<<10) + "a = 1\n",
		"dotted keys":            each(3000, "", func(i int) string { return fmt.Sprintf("a.b.c.d.e.k%d = 1\n", i) }),
		"dotted headers":         each(5000, "", func(i int) string { return fmt.Sprintf("[a.b.c.d.e.k%d]\n", i) }),
		"inline tables":          "a = " + nest("{a=", "1", "}", 20_000) + "\n",
		"inline tables, shallow": "a = " + nest("{a=", "1", "}", 900) + "\n",
		"arrays":                 "a = " + nest("[", "1", "]", 100_000) + "\n",
		"array open":             "a = " + strings.Repeat("[", 250_000),
		"wide array":             "references = [" + strings.Repeat(`"x",`, 60_000) + "]\n",
		"wide inline table":      "a = {" + each(9000, ",", func(i int) string { return fmt.Sprintf("k%d=1", i) }) + "}\n",
		"array of tables":        strings.Repeat("[[step]]\ntext=\"x\"\n", 12_000),
		"unknown keys":           each(1900, "", func(i int) string { return fmt.Sprintf("severitz%050d = 1\n", i) }),
		"bad ids":                "references = [" + each(1000, ",", func(i int) string { return fmt.Sprintf(`"Qx%0200d"`, i) }) + "]\n",
		"signals": each(900, "", func(i int) string {
			return fmt.Sprintf("[signal.s%d]\non=\"event\"\nwhen='ids == %d && id2 == 5'\n", i, i)
		}),
		"string of 250 KB":  "title = \"" + strings.Repeat("x", 250_000) + "\"\n",
		"escapes of 250 KB": "title = \"" + strings.Repeat(`\u0041`, 40_000) + "\"\n",
		"comments":          strings.Repeat("#\n", 120_000),
		"string open":       `title = """` + strings.Repeat("x\\\n", 60_000),
		"file of 8 MB":      strings.Repeat("a = 1\n", 8<<20/6),
		"NUL bytes":         strings.Repeat("\x00", 100_000),
		"key of 250 KB":     strings.Repeat("k", 250_000) + " = 1\n",
		"number of 250 KB":  "schema = " + strings.Repeat("9", 250_000) + "\n",
	}
}

// hostileConditions may not load either.
func hostileConditions() map[string]string {
	return map[string]string{
		"100 KB":               `provider == "` + strings.Repeat("x", 100_000) + `"`,
		"brackets":             nest("(", "id == 1", ")", 2000),
		"brackets open":        strings.Repeat("(", 4000),
		"negations":            strings.Repeat("!", 4000) + "x",
		"nots":                 strings.Repeat("not ", 1000) + "x",
		"minuses":              "id == " + strings.Repeat("-", 3000) + "1",
		"chain":                each(400, " && ", func(i int) string { return fmt.Sprintf("id!=%d", i) }),
		"chained comparisons":  nest("1<(", "id", "<2)", 500),
		"comparisons of pairs": "1" + strings.Repeat("<(1<id)", 500),
		"choices":              strings.Repeat("true?true:", 400) + "true",
		"members":              "data" + strings.Repeat(".a", 1900),
		"indexes":              "data" + strings.Repeat("[0]", 1300),
		"index in index":       nest("data[", "0", "]", 600),
		"arrays":               "id in " + nest("[", "1", "]", 1900),
		"maps":                 nest("{a:", "1", "}", 900),
		"ranges":               `any(1..1000000000, # == 5)`,
		"range in list":        `id in [1..1000000000]`,
		"wide range":           `id in 0..9999999999`,
		"reduce":               `reduce(1..40, #acc + #acc, "a") == "x"`,
		"repeat":               `repeat("x", 1000000000) == provider`,
		"text sum":             `provider + provider + provider == "x"`,
		"nested predicates":    nest("all(strings, ", `# == "x"`, ")", 200),
		"three predicates":     `all(strings, all(strings, all(strings, # == "x")))`,
		"map and filter":       `len(filter(map(strings, # + #), # != "")) > 5`,
		"sort":                 `sortBy(strings, #)[0] == "x"`,
		"join":                 `join(strings, join(strings, ",")) contains "x"`,
		"closures":             nest("any(strings, {", "true", "})", 300),
		"let":                  strings.Repeat("let a = 1; ", 350) + "a == 1",
		"sequence":             strings.Repeat("1;", 2000) + "1",
		"pipe":                 "strings" + strings.Repeat("|map(#)", 500),
		"coalescing":           strings.Repeat("a??", 1300) + "a",
		"repeated repeats":     "message matches `" + nest("(", "a", "){50}", 10) + "`",
		"large repeats":        "message matches `(a{31}){31}(b{31}){31}(c{31}){31}`",
		"classes":              "message matches `" + strings.Repeat(`(\pL\pN){9}`, 45) + "`",
		"optional":             "message matches `" + strings.Repeat("(x?y*){9}", 55) + "z`",
		"nested pattern":       "message matches `" + nest("(", "a", ")*", 160) + "`",
		"environment":          `len($env) > 3`,
		"now":                  `now().Year() > 3`,
		"fromJSON":             `fromJSON(message).a == 1`,
		"choice of choices":    each(60, " && ", func(i int) string { return fmt.Sprintf("(id == %d || id == %d)", 2*i, 2*i+1) }) + " && id == 70000",
		"pigeons":              pigeons(6, 5) + " && true",
		"comment open":         "id == 5 /*" + strings.Repeat("x", 3000),
		"comments":             strings.Repeat("/**/", 1000),
		"bad escapes":          `provider == "\U` + strings.Repeat("\\", 3000) + `"`,
		"surrogates":           "provider == \"\\uD800\\uDFFF\xf0\x9f\x98\x80\" || \u202e\u0000",
		"letters":              strings.Repeat("é", 2000),
	}
}

// pigeons says that n birds sit in m holes, no two in one: false for n > m, but
// hard to see.
func pigeons(n, m int) string {
	sits := func(b, h int) string { return fmt.Sprintf("data[%q] == \"x\"", fmt.Sprint(b, "-", h)) }
	var all []string
	for b := range n {
		all = append(all, "("+each(m, " || ", func(h int) string { return sits(b, h) })+")")
	}
	for h := range m {
		for b := range n {
			for c := range b {
				all = append(all, "!("+sits(b, h)+" && "+sits(c, h)+")")
			}
		}
	}
	return strings.Join(all, " && ")
}

// best measures f, again if it takes longer than limit: a busy machine is no
// fault of the file. It gives the shortest time and what one run allocated.
func best(limit time.Duration, f func()) (took time.Duration, allocated uint64) {
	took = math.MaxInt64
	var before, after runtime.MemStats
	for range 3 {
		runtime.ReadMemStats(&before)
		start := time.Now()
		f()
		took = min(took, time.Since(start))
		runtime.ReadMemStats(&after)
		if allocated = after.TotalAlloc - before.TotalAlloc; took <= limit {
			break
		}
	}
	return took, allocated
}

// TestHostile holds each hostile file to 1 s and 100 MB allocated in all.
func TestHostile(t *testing.T) {
	files := hostileFiles()
	for name, expr := range hostileConditions() {
		files["condition: "+name] = withCondition(expr)
		files["diagnosis: "+name] = strings.Replace(withCondition("id == 5"), `"stopped"`, "'''"+expr+"'''", 1)
	}
	for name, text := range files {
		t.Run(name, func(t *testing.T) {
			fsys := fstest.MapFS{"ACME0001.toml": {Data: []byte(text)}}
			var base *rules.Base
			var err error
			took, allocated := best(slowdown*time.Second, func() { base, err = rules.Load(fsys, ".") })
			if err == nil {
				t.Error("it was loaded")
			}
			if n := len(base.Rules); n != 0 {
				t.Errorf("%d rules were loaded", n)
			}
			if took > slowdown*time.Second {
				t.Errorf("took %v", took)
			}
			if allocated > 100<<20 {
				t.Errorf("allocated %d MB", allocated>>20)
			}
			if testing.Verbose() {
				t.Logf("%v, %d KB: %.150s", took, allocated>>10, fmt.Sprint(err))
			}
		})
	}
}

// TestHostileMending holds checking and mending of each hostile file to the
// same bounds as loading.
func TestHostileMending(t *testing.T) {
	files := hostileFiles()
	for name, expr := range hostileConditions() {
		files["condition: "+name] = withCondition(expr)
	}
	files["edits"] = "references = [" + strings.Repeat(`"q165186",`, 900) + "]\n" + withCondition("id = 5")
	files["edit after edit"] = withCondition(strings.Repeat("id = 5 AND ", 300) + "id = 5")
	files["bare values"] = strings.Repeat("a = b c\n", 30_000)
	files["one bare value"] = "a = " + strings.Repeat("b ", 120_000)
	for name, text := range files {
		t.Run(name, func(t *testing.T) {
			took, allocated := best(slowdown*2*time.Second, func() {
				rules.Mend("ACME0001.toml", []byte(text))
				base, _ := rules.Load(fstest.MapFS{"ACME0001.toml": {Data: []byte(text)}}, ".")
				rules.Lint(base)
			})
			if took > slowdown*2*time.Second {
				t.Errorf("took %v", took)
			}
			if allocated > 100<<20 {
				t.Errorf("allocated %d MB", allocated>>20)
			}
		})
	}
}

// TestHostileBase checks bases whose rules are each harmless, and costly
// together.
func TestHostileBase(t *testing.T) {
	const n = 100
	id := func(i int) string { return fmt.Sprintf("ACME%04d", i) }
	bases := map[string]func(i int) string{
		"all explain all": func(i int) string {
			return "explains = [" + each(n, ",", func(j int) string { return fmt.Sprintf("%q", id((i+j+1)%n+n*((j+1)/n))) }) + "]"
		},
		"unknown rules": func(i int) string {
			return "explains = [" + each(300, ",", func(j int) string { return fmt.Sprintf(`"OTHER%04d"`, j) }) + "]"
		},
		"one chain": func(i int) string { return fmt.Sprintf("explains = [%q]", id((i+1)%n)) },
		"all alike": func(int) string { return "" },
	}
	for name, diagnosis := range bases {
		t.Run(name, func(t *testing.T) {
			fsys := fstest.MapFS{}
			for i := range n {
				fsys[id(i)+".toml"] = &fstest.MapFile{Data: []byte(ruleText(id(i), "AcmeOne", diagnosis(i)))}
			}
			base, err := rules.Load(fsys, ".")
			if err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			list := rules.Lint(base)
			if took := time.Since(start); took > slowdown*5*time.Second {
				t.Errorf("took %v", took)
			}
			size := 0
			for _, f := range list {
				size += len(f.String())
			}
			t.Logf("%d findings of %d KB, %v", len(list), size>>10, time.Since(start))
			if size > 64<<20 {
				t.Errorf("findings of %d MB", size>>20)
			}
		})
	}
}

// TestCostly loads conditions that are allowed but as large as they may be.
func TestCostly(t *testing.T) {
	for name, expr := range map[string]string{
		"clauses":  each(110, " && ", func(i int) string { return fmt.Sprintf("id != %d", i) }) + ` && provider == "AcmeFeed"`,
		"choices":  `provider == "AcmeFeed" && ` + each(40, " && ", func(i int) string { return fmt.Sprintf("(id != %d || level != \"error\")", i) }),
		"pigeons":  pigeons(4, 4) + ` && provider == "AcmeFeed"`,
		"patterns": each(7, " || ", func(i int) string { return "message matches `" + strings.Repeat(fmt.Sprintf("[a-z]%dab", i), 60) + "`" }),
		"list":     "provider == \"AcmeFeed\" && id in [" + each(250, ",", func(i int) string { return fmt.Sprint(i) }) + "]",
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			rule, findings := rules.Parse("ACME0001.toml", []byte(withCondition(expr)))
			if rule == nil {
				t.Fatal(findings)
			}
			if took := time.Since(start); took > slowdown*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}
