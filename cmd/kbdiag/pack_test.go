package main

import (
	"archive/zip"
	"bytes"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"kbdiag/rules"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// writeKeys makes a pair of keys and writes it as PEM files.
func writeKeys(t *testing.T, name string) (private, public string) {
	t.Helper()
	pub, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	rawPub, err := x509.MarshalPKIXPublicKey(pub)
	if err != nil {
		t.Fatal(err)
	}
	private, public = name+".pem", name+".pub"
	for file, block := range map[string]*pem.Block{private: {Type: "PRIVATE KEY", Bytes: raw}, public: {Type: "PUBLIC KEY", Bytes: rawPub}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return private, public
}

// repack writes a pack again with its files changed by change, which gives nil
// to leave one out.
func repack(t *testing.T, from, to string, change func(name string, content []byte) []byte) {
	t.Helper()
	z, err := zip.OpenReader(from)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range z.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		if raw = change(f.Name, raw); raw == nil {
			continue
		}
		o, err := w.Create(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := o.Write(raw); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestPack packs the shipped rules, and refuses packs that were changed.
func TestPack(t *testing.T) {
	kb, err := filepath.Abs(filepath.Join(repository, "rules", "kb"))
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	private, public := writeKeys(t, "ours")
	_, other := writeKeys(t, "other")
	shipped, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	count := fmt.Sprintf("%d rules", len(shipped.Rules))
	for _, args := range [][]string{
		{"rules", "pack", kb, "-o", "plain.kbrules"},
		{"rules", "pack", kb, "-o", "again.kbrules"},
		{"rules", "pack", kb, "--key", private, "-o", "signed.kbrules"},
	} {
		if out, errs, status := runCommand(t, args...); status != exitOK || !strings.Contains(out, count) {
			t.Fatalf("%v: %d %s%s", args, status, out, errs)
		}
	}
	plain, _ := os.ReadFile("plain.kbrules")
	again, _ := os.ReadFile("again.kbrules")
	if !bytes.Equal(plain, again) {
		t.Error("two packs of the same rules differ")
	}
	replace := func(old, with string) func(string, []byte) []byte {
		return func(_ string, raw []byte) []byte { return bytes.Replace(raw, []byte(old), []byte(with), 1) }
	}
	repack(t, "signed.kbrules", "rule.kbrules", func(name string, raw []byte) []byte {
		if name == "Q191687.toml" {
			return append(raw, "# changed\n"...)
		}
		return raw
	})
	repack(t, "signed.kbrules", "manifest.kbrules", replace(`"id": "Q191687"`, `"id": "Q191688"`))
	repack(t, "signed.kbrules", "less.kbrules", func(name string, raw []byte) []byte {
		if name == "Q191687.toml" {
			return nil
		}
		return raw
	})
	repack(t, "plain.kbrules", "newer.kbrules", replace(`"schema": 1`, `"schema": 2`))
	repack(t, "plain.kbrules", "version.kbrules", replace(`"version": 1`, `"version": 9`))
	repack(t, "plain.kbrules", "other.zip", replace(`kbdiag-rules`, `something`))
	if err := os.WriteFile("cut.kbrules", plain[:len(plain)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		file, trust, want string // want "" for a pack that loads
	}{
		{"plain.kbrules", "", ""},
		{"signed.kbrules", "", ""},
		{"signed.kbrules", public, ""},
		{"signed.kbrules", other, "another key"},
		{"plain.kbrules", public, "not signed"},
		{"rule.kbrules", "", "rule Q191687 was changed"},
		{"rule.kbrules", public, "rule Q191687 was changed"},
		{"manifest.kbrules", "", "changed after it was signed"},
		{"less.kbrules", "", "rule Q191687 is missing"},
		{"newer.kbrules", "", "schema 2, which is newer"},
		{"version.kbrules", "", "version 9"},
		{"other.zip", "", "not a pack of rules"},
		{"cut.kbrules", "", "not a pack of rules"},
	} {
		args := []string{"rules", "list", "--no-builtin", "--rules", c.file}
		if c.trust != "" {
			args = append(args, "--trust", c.trust)
		}
		out, errs, status := runCommand(t, args...)
		switch {
		case c.want == "" && (status != exitOK || strings.Count(out, "\n") != len(shipped.Rules)):
			t.Errorf("%v: %d %s%s", args, status, out, errs)
		case c.want != "" && (status != exitFailed || !strings.Contains(errs, c.want)):
			t.Errorf("%v: %d %s, want %s", args, status, errs, c.want)
		}
	}
	if _, errs, _ := runCommand(t, "rules", "lint", "rule.kbrules"); strings.Contains(errs, "panic") {
		t.Error(errs)
	}
}
