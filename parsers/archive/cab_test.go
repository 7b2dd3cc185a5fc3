package archive

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

// buildCab writes a cabinet of one folder.
func buildCab(t testing.TB, compress uint16, names, contents []string) []byte {
	t.Helper()
	le := binary.LittleEndian
	var files, data bytes.Buffer
	all := strings.Join(contents, "")
	offset := 0
	for i, name := range names {
		entry := le.AppendUint32(nil, uint32(len(contents[i])))
		entry = le.AppendUint32(entry, uint32(offset))
		entry = append(entry, 0, 0, 0, 0, 0, 0, 0x20, 0)
		files.Write(append(append(entry, name...), 0))
		offset += len(contents[i])
	}
	blocks := 0
	var history []byte
	z := newLZXWriter(16, []byte(all), false)
	for at := 0; at < len(all); at += cabBlock {
		block := []byte(all[at:min(len(all), at+cabBlock)])
		packed := block
		if compress == cabMSZIP {
			packed = deflate(t, block, history)
			history = block
		}
		if compress&0x0F == cabLZX {
			packed = z.frame(lzxVerbatim, at, at+len(block))
		}
		head := le.AppendUint32(nil, 0)
		head = le.AppendUint16(head, uint16(len(packed)))
		head = le.AppendUint16(head, uint16(len(block)))
		data.Write(append(head, packed...))
		blocks++
	}
	const folders = 36
	out := append([]byte("MSCF"), make([]byte, 32)...)
	le.PutUint32(out[8:], uint32(folders+8+files.Len()+data.Len()))
	le.PutUint32(out[16:], folders+8)
	out[24], out[25] = 3, 1
	le.PutUint16(out[26:], 1)
	le.PutUint16(out[28:], uint16(len(names)))
	out = le.AppendUint32(out, uint32(folders+8+files.Len()))
	out = le.AppendUint16(out, uint16(blocks))
	out = le.AppendUint16(out, compress)
	return append(append(out, files.Bytes()...), data.Bytes()...)
}

func deflate(t testing.TB, block, history []byte) []byte {
	var b bytes.Buffer
	b.WriteString("CK")
	z, err := flate.NewWriterDict(&b, flate.BestCompression, history)
	if err == nil {
		_, err = z.Write(block)
	}
	if err := errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func walkAll(raw []byte) (map[string]string, error) {
	out := map[string]string{}
	src := Source{Name: "a.cab", R: bytes.NewReader(raw), At: bytes.NewReader(raw), Size: int64(len(raw))}
	err := Walk(Detect(raw), src, func(m Member, r io.Reader) error {
		if m.Err != nil {
			out[m.Name] = "error: " + m.Err.Error()
			return nil
		}
		b, err := io.ReadAll(r)
		out[m.Name] = string(b)
		return err
	})
	return out, err
}

func TestCab(t *testing.T) {
	var long strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&long, "line %d of a long log\r\n", i*i)
	}
	names := []string{`logs\system.txt`, "empty.txt", "last.txt"}
	contents := []string{long.String(), "", "the end\r\n"}
	for _, compress := range []uint16{0, cabMSZIP, cabLZX | 16<<8} {
		got, err := walkAll(buildCab(t, compress, names, contents))
		if err != nil {
			t.Errorf("method %d: %v", compress, err)
		}
		for i, name := range names {
			if got[strings.ReplaceAll(name, `\`, "/")] != contents[i] {
				t.Errorf("method %d: %s has %d bytes, want %d", compress, name, len(got[name]), len(contents[i]))
			}
		}
	}
	if got, err := walkAll(buildCab(t, 2, names, contents)); err != nil || !strings.Contains(got["last.txt"], "method 2") {
		t.Errorf("Quantum: %v, %v", got, err)
	}
}

func TestCutCab(t *testing.T) {
	raw := buildCab(t, cabMSZIP, []string{"a.txt"}, []string{strings.Repeat("abcdefgh", 20_000)})
	for _, n := range []int{10, 40, 60, len(raw) - 5} {
		if _, err := walkAll(raw[:n]); err == nil {
			t.Errorf("cut at %d of %d bytes: no error", n, len(raw))
		}
	}
}

func FuzzWalk(f *testing.F) {
	f.Add(buildCab(f, cabMSZIP, []string{"a.txt"}, []string{"content"}))
	f.Add(sampleMsg())
	f.Add([]byte("PK\x03\x04"))
	f.Add([]byte("7z\xBC\xAF\x27\x1C\x00\x04"))
	f.Add([]byte("\xFD7zXZ\x00"))
	f.Fuzz(func(_ *testing.T, raw []byte) {
		kind := Detect(raw)
		if kind == None {
			return
		}
		src := Source{Name: "x", R: bytes.NewReader(raw), At: bytes.NewReader(raw), Size: int64(len(raw))}
		//nolint:errcheck // any error will do, a panic or a hang will not
		Walk(kind, src, func(_ Member, r io.Reader) error {
			if r == nil {
				return nil
			}
			_, err := io.Copy(io.Discard, io.LimitReader(r, 1<<20))
			return err
		})
	})
}
