package rules_test

import (
	"archive/zip"
	"bytes"
	"testing"
)

// packBomb is a small archive whose manifest and rule are large.
func packBomb(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for name, size := range map[string]int{"manifest.json": 40 << 20, "ACME0001.toml": 64 << 20} {
		f, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		block := bytes.Repeat([]byte(" "), 1<<20)
		for range size >> 20 {
			if _, err := f.Write(block); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
