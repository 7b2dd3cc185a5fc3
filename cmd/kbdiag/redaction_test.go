package main

import (
	"encoding/base64"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"kbdiag/parsers/transcript/transcripttest"
)

const secretSigns = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789-_#!$"

func randomSecret(rnd *rand.Rand) string {
	b := make([]byte, 8+rnd.Intn(14))
	for i := range b {
		b[i] = secretSigns[rnd.Intn(len(secretSigns))]
	}
	b[0] = 'Q' // a blank or sign first would make another word of it
	return string(b)
}

// plant writes every session in every form into a folder, each with a secret
// of its own, and gives the secrets by file.
func plant(t *testing.T, dir string, rnd *rand.Rand, damage func(string) string) map[string]string {
	t.Helper()
	secrets := map[string]string{}
	var protocols []string
	for p := range transcripttest.Dialogues {
		protocols = append(protocols, p)
	}
	sort.Strings(protocols)
	for _, protocol := range protocols {
		for i, c := range transcripttest.Captures() {
			more := protocol == "plain" || protocol == "oauth" || protocol == "literal" || protocol == "initial" || protocol == "mechanisms"
			if !c.Takes(protocol) || more && rnd.Intn(4) > 0 {
				continue // of the rarer logons a share: all forms together take minutes
			}
			secret := randomSecret(rnd)
			encoded := base64.StdEncoding.EncodeToString([]byte(secret))
			text := damage(c.Write(transcripttest.Fill(transcripttest.Dialogues[protocol], secret, encoded), protocol))
			name := filepath.Join(dir, fmt.Sprintf("%s-%02d.txt", protocol, i))
			if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			secrets[name+" ("+c.Name+")"] = secret
		}
	}
	return secrets
}

// everyCommand gives the output of all commands that print what inputs hold.
func everyCommand(t *testing.T, paths ...string) string {
	t.Helper()
	return outputOf(t, [][]string{
		{"events", "--format", "jsonl"}, {"events", "--format", "text"}, {"events", "--format", "csv"},
		{"sessions", "--format", "jsonl"}, {"sessions", "--format", "text"}, {"sessions", "--format", "csv"},
		{"diagnose", "--format", "json", "--verbose"}, {"diagnose", "--format", "text"}, {"diagnose", "--format", "text", "--verbose"},
		{"diagnose", "--format", "html"}, {"diagnose", "--format", "md"}, {"diagnose", "--format", "reply"}, {"diagnose", "--format", "csv"},
		{"diagnose", "--format", "sarif"}, {"diagnose", "--format", "junit"},
		{"inspect"}, {"inspect", "--format", "json"},
		{"explain", "Q189732"}, {"sessions", "--where", "outcome != \"success\""},
	}, paths)
}

// outputOf gives what commands print of paths.
func outputOf(t *testing.T, commands [][]string, paths []string) string {
	t.Helper()
	var all strings.Builder
	for _, args := range commands {
		out, errs, status := runCommand(t, append(args, paths...)...)
		if status == exitUsage {
			t.Fatalf("kbdiag %s: %s", strings.Join(args, " "), errs)
		}
		all.WriteString(out)
		all.WriteString(errs)
	}
	return all.String()
}

// TestSecretsNeverShowInAnyForm types random secrets into sessions in every
// form, whole and damaged, and looks for them in what every command prints.
func TestSecretsNeverShowInAnyForm(t *testing.T) {
	rnd := rand.New(rand.NewSource(11))
	for _, d := range []struct {
		name   string
		damage func(string) string
	}{
		{"whole", func(s string) string { return s }},
		{"beginning lost", func(s string) string { return s[len(s)/5:] }},
		{"CRLF", func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }},
		{"quoted", func(s string) string { return "> " + strings.ReplaceAll(s, "\n", "\n> ") }},
		{"in a ticket", func(s string) string { return "Hello,\n\nsee below:\n\n" + s + "\n\nThanks\n" }},
	} {
		if testing.Short() && d.name != "quoted" {
			continue
		}
		t.Run(d.name, func(t *testing.T) {
			dir := t.TempDir()
			secrets := plant(t, dir, rnd, d.damage)
			var out string
			if d.name == "whole" {
				out = everyCommand(t, filepath.ToSlash(dir))
			} else {
				out = outputOf(t, [][]string{{"events", "--format", "text"}, {"sessions", "--format", "jsonl"}, {"diagnose", "--format", "json"}, {"diagnose", "--format", "html"}}, []string{filepath.ToSlash(dir)})
			}
			if len(out) < 10_000 {
				t.Fatalf("only %d bytes of output", len(out))
			}
			for where, s := range secrets {
				for _, form := range []string{s, base64.StdEncoding.EncodeToString([]byte(s))} {
					if i := strings.Index(out, form); i >= 0 {
						t.Errorf("%s: the secret shows: %q", where, out[max(0, i-120):min(len(out), i+60)])
						break
					}
				}
			}
		})
	}
}

// TestPlantedSecretsOfTheCorpus looks for the secrets that the corpus' notes
// name in what every command prints of the corpus.
func TestPlantedSecretsOfTheCorpus(t *testing.T) {
	root := os.Getenv("KBDIAG_CORPUS")
	if root == "" {
		t.Skip("KBDIAG_CORPUS is not set: no corpus to read")
	}
	root = filepath.ToSlash(filepath.Join(root, "telnet"))
	notes, err := os.ReadFile(filepath.Join(root, "NOTES.md"))
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	folders, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range folders {
		if f.IsDir() {
			paths = append(paths, root+"/"+f.Name())
		}
	}
	out := everyCommand(t, paths...)
	_, list, _ := strings.Cut(string(notes), "## Planted secrets")
	_, list, _ = strings.Cut(list, "\n")
	list, _, _ = strings.Cut(list, "TLS session tickets")
	checked := 0
	for _, w := range strings.FieldsFunc(list, func(r rune) bool { return strings.ContainsRune(" \n,;:()`/", r) }) {
		switch {
		case len(w) < 5, w == strings.ToUpper(w) && strings.Trim(w, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "", strings.Trim(w, "abcdefghijklmnopqrstuvwxyz") == "" && !strings.HasSuffix(w, "pw"), strings.HasPrefix(w, "Ym9i"):
			continue // words of the sentence, and names
		}
		checked++
		if i := strings.Index(out, w); i >= 0 {
			t.Errorf("%s shows: %q", w, out[max(0, i-150):min(len(out), i+50)])
		}
	}
	if checked < 8 {
		t.Errorf("only %d secrets are named", checked)
	}
}

// TestRedact copies sessions in every form and looks for the secrets in the
// copies, in clear, as base64 and in hexadecimal.
func TestRedact(t *testing.T) {
	rnd := rand.New(rand.NewSource(12))
	dir, safe := t.TempDir(), filepath.Join(t.TempDir(), "safe")
	secrets := plant(t, dir, rnd, func(s string) string { return s })
	same := "Zebra-Kite-42x"
	note := "USER joe\nThe password was " + same + ", he says.\n" // the token of the session's secret
	session := "+OK ready\nUSER joe\n+OK\nPASS " + same + "\n-ERR no\nPASS " + same + "\n-ERR no\nQUIT\n+OK\n"
	for name, text := range map[string]string{"note.txt": note, "session.txt": session} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	_, errs, status := runCommand(t, "redact", filepath.ToSlash(dir), "-o", filepath.ToSlash(safe))
	if status != exitOK {
		t.Fatalf("exit status %d: %s", status, errs)
	}
	copies, err := os.ReadDir(safe)
	if err != nil || len(copies) != len(secrets)+2 {
		t.Fatalf("%d copies of %d inputs, %v", len(copies), len(secrets)+2, err)
	}
	var all strings.Builder
	texts := map[string]string{}
	for _, c := range copies {
		raw, err := os.ReadFile(filepath.Join(safe, c.Name()))
		if err != nil {
			t.Fatal(err)
		}
		texts[c.Name()] = string(raw)
		all.Write(raw)
	}
	for where, s := range secrets {
		for _, form := range []string{s, base64.StdEncoding.EncodeToString([]byte(s)), fmt.Sprintf("%x", s), fmt.Sprintf("% x", s[:6])} {
			if i := strings.Index(all.String(), form); i >= 0 {
				t.Errorf("%s: %q is in a copy", where, form)
			}
		}
	}
	_, token, _ := strings.Cut(texts["note.txt"], "password was ")
	token, _, _ = strings.Cut(token, ",")
	if !strings.HasPrefix(token, "[secret-") || strings.Count(texts["session.txt"], "PASS "+token) != 2 {
		t.Errorf("the same secret has not one token: %q and\n%s", token, texts["session.txt"])
	}
}
