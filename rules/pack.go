package rules

import (
	"archive/zip"
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// A pack is a rule base in one file: a zip archive (APPNOTE 6.3) with
// manifest.json, the rules, and manifest.sig where it is signed. The manifest
// lists each rule with the SHA-256 of its file; the signature is over the bytes
// of the manifest. Packs of the same rules are the same byte for byte.

// PackVersion is the version of the form of packs that this program reads.
const PackVersion = 1

// Bounds of a pack.
const (
	maxManifest  = 32 << 20
	maxSignature = 4 << 10
	maxPack      = 64 << 20 // of all rules together
)

// packFormat tells a pack from other zip archives.
const packFormat = "kbdiag-rules"

// Names of files in a pack.
const (
	manifestName  = "manifest.json"
	signatureName = "manifest.sig"
)

// Manifest lists what is in a pack.
type Manifest struct {
	Format  string       `json:"format"`
	Version int          `json:"version"` // of the pack
	Schema  int          `json:"schema"`  // of the rules
	Name    string       `json:"name,omitempty"`
	Rules   []PackedRule `json:"rules"` // by id
}

// PackedRule is one rule of a pack.
type PackedRule struct {
	ID     string `json:"id"`
	SHA256 string `json:"sha256"` // of the rule file, in hexadecimal
}

// file is the name of a rule in the archive.
func (p PackedRule) file() string { return p.ID + ".toml" }

// signature is the content of manifest.sig. Both are base64 in JSON.
type signature struct {
	Key       []byte `json:"key"` // ed25519 public key
	Signature []byte `json:"signature"`
}

// WritePack writes a base as a pack. read gives the bytes of a rule's file. key
// signs it, nil for none.
func WritePack(w io.Writer, name string, b *Base, read func(*Rule) ([]byte, error), key ed25519.PrivateKey) error {
	m := Manifest{Format: packFormat, Version: PackVersion, Schema: SchemaVersion, Name: name, Rules: []PackedRule{}}
	for _, r := range b.Rules {
		m.Rules = append(m.Rules, PackedRule{r.ID, hex.EncodeToString(r.SHA256[:])})
	}
	manifest, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return err
	}
	z := zip.NewWriter(w)
	if err := put(z, manifestName, manifest); err != nil {
		return err
	}
	if key != nil {
		public, ok := key.Public().(ed25519.PublicKey)
		if !ok {
			return errors.New("not an ed25519 key")
		}
		sig, err := json.Marshal(signature{public, ed25519.Sign(key, manifest)})
		if err != nil {
			return err
		}
		if err := put(z, signatureName, sig); err != nil {
			return err
		}
	}
	for i, r := range b.Rules {
		raw, err := read(r)
		if err != nil {
			return err
		}
		if sha256.Sum256(raw) != r.SHA256 {
			return fmt.Errorf("%s was changed while it was packed", r.File)
		}
		if err := put(z, m.Rules[i].file(), raw); err != nil {
			return err
		}
	}
	return z.Close()
}

// put adds a file without a time, so that packs can be compared.
func put(z *zip.Writer, name string, content []byte) error {
	f, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return err
}

// isPack says whether a file begins as a zip archive does. Rule files cannot:
// a NUL or a control character is not TOML.
func isPack(name string) bool {
	f, err := os.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	var head [4]byte
	_, err = io.ReadFull(f, head[:])
	return err == nil && string(head[:]) == "PK\x03\x04"
}

// packError is what is wrong with a pack.
type packError struct {
	code Code
	msg  string
	fix  string
}

// Error gives what is wrong.
func (e *packError) Error() string { return e.msg }

// badPack is a pack that is none, or damaged.
func badPack(format string, args ...any) error {
	return &packError{CodeBadPack, fmt.Sprintf(format, args...), ""}
}

// packed reads the rules of a pack, all of them or none. trusted are the keys
// of which one must have signed it; with none any pack will do.
func packed(name string, trusted []ed25519.PublicKey) ([]source, error) {
	z, err := zip.OpenReader(name)
	if err != nil {
		return nil, badPack("not a pack of rules: %v", err)
	}
	defer z.Close()
	if len(z.File) > maxFiles+2 {
		return nil, badPack("more than %d files", maxFiles)
	}
	files := make(map[string]*zip.File, len(z.File))
	for _, f := range z.File {
		if files[f.Name] != nil {
			return nil, badPack("the pack has two files %s", shorten(f.Name))
		}
		files[f.Name] = f
	}
	manifest, err := unpack(files[manifestName], maxManifest)
	if err != nil {
		return nil, badPack("the pack has no manifest that can be read: %v", err)
	}
	m, err := readManifest(manifest)
	if err != nil {
		return nil, err
	}
	if err := verify(files[signatureName], manifest, trusted); err != nil {
		return nil, err
	}
	return m.sources(name, files)
}

// readManifest checks what the pack says of itself.
func readManifest(raw []byte) (*Manifest, error) {
	var m Manifest
	if err := json.Unmarshal(raw, &m); err != nil {
		return nil, badPack("the pack's manifest cannot be read: %v", err)
	}
	switch {
	case m.Format != packFormat:
		return nil, badPack("not a pack of rules")
	case m.Version > PackVersion:
		return nil, &packError{CodeBadSchema, fmt.Sprintf("the pack has version %d, this program reads up to %d", m.Version, PackVersion), "use a newer kbdiag"}
	case m.Schema > SchemaVersion:
		return nil, &packError{CodeBadSchema, fmt.Sprintf("the pack's rules have schema %d, which is newer than this program, which reads %d", m.Schema, SchemaVersion), "use a newer kbdiag"}
	case m.Version < 1 || m.Schema < 1:
		return nil, badPack("the pack has no version")
	case len(m.Rules) > maxFiles:
		return nil, badPack("more than %d rules", maxFiles)
	}
	return &m, nil
}

// verify checks the signature, and that a trusted key made it.
func verify(f *zip.File, manifest []byte, trusted []ed25519.PublicKey) error {
	if f == nil {
		if len(trusted) > 0 {
			return &packError{CodeUntrusted, "the pack is not signed", "pack it with --key"}
		}
		return nil
	}
	raw, err := unpack(f, maxSignature)
	if err != nil {
		return badPack("the signature cannot be read: %v", err)
	}
	var s signature
	if err := json.Unmarshal(raw, &s); err != nil || len(s.Key) != ed25519.PublicKeySize {
		return badPack("the signature cannot be read")
	}
	if !ed25519.Verify(s.Key, manifest, s.Signature) {
		return &packError{CodeTampered, "the signature is not that of the manifest: the pack was changed after it was signed", "get it again from where it comes"}
	}
	if len(trusted) > 0 && !slices.ContainsFunc(trusted, func(k ed25519.PublicKey) bool { return k.Equal(ed25519.PublicKey(s.Key)) }) {
		return &packError{CodeUntrusted, "the pack is signed with another key than those that are trusted", "check where it comes from"}
	}
	return nil
}

// sources reads the rules and checks each against the manifest.
func (m *Manifest) sources(name string, files map[string]*zip.File) ([]source, error) {
	var list []source
	total := 0
	for _, r := range m.Rules {
		if !idForm.MatchString(r.ID) {
			return nil, badPack("the manifest lists %q, which is not the id of an article", shorten(r.ID))
		}
		f := files[r.file()]
		if f == nil {
			return nil, &packError{CodeTampered, fmt.Sprintf("rule %s is missing from the pack, or is listed twice", r.ID), "get the pack again from where it comes"}
		}
		delete(files, r.file())
		raw, err := unpack(f, maxFileBytes+8)
		if err != nil {
			return nil, badPack("rule %s cannot be read: %v", r.ID, err)
		}
		if total += len(raw); total > maxPack {
			return nil, &packError{CodeTooLarge, fmt.Sprintf("rules of more than %d MiB in one pack", maxPack>>20), "make several packs of it"}
		}
		if sum := sha256.Sum256(raw); !strings.EqualFold(hex.EncodeToString(sum[:]), r.SHA256) {
			return nil, &packError{CodeTampered, fmt.Sprintf("rule %s was changed after it was packed: its SHA-256 is not that of the manifest", r.ID), "get the pack again from where it comes"}
		}
		list = append(list, source{name: name + "!" + r.file(), open: func() (io.ReadCloser, error) {
			return io.NopCloser(bytes.NewReader(raw)), nil
		}})
	}
	delete(files, manifestName)
	delete(files, signatureName)
	for extra := range files {
		return nil, &packError{CodeTampered, fmt.Sprintf("the pack holds %s, which its manifest does not list", shorten(extra)), "get the pack again from where it comes"}
	}
	return list, nil
}

// unpack reads a file of a pack up to a bound.
func unpack(f *zip.File, bound int64) ([]byte, error) {
	if f == nil {
		return nil, errors.New("it is missing")
	}
	if f.UncompressedSize64 > uint64(bound) {
		return nil, fmt.Errorf("%d bytes, at most %d are allowed", f.UncompressedSize64, bound)
	}
	in, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	raw, err := io.ReadAll(io.LimitReader(in, bound+1))
	if err == nil && int64(len(raw)) > bound {
		err = fmt.Errorf("more than %d bytes", bound)
	}
	return raw, err
}
