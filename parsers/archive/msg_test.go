package archive

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"
)

// entry is a stream, or with children a storage, of a compound file.
type entry struct {
	name     string
	content  []byte
	children []entry
}

// buildCompound writes a compound file of version 3 [MS-CFB]. Streams are
// filled up with NULs to 4096 bytes, from which on they need no mini stream.
func buildCompound(root []entry) []byte {
	le := binary.LittleEndian
	const (
		sector = 512
		none   = 0xFFFFFFFF
		end    = 0xFFFFFFFE
	)
	var dirs [][]byte
	var data bytes.Buffer
	var chains [][2]int // first sector after the directory, and number, of each stream
	var add func(list []entry) uint32
	record := func(e entry, kind byte) int {
		d := make([]byte, 128)
		for i, u := range utf16.Encode([]rune(e.name)) {
			le.PutUint16(d[2*i:], u)
		}
		le.PutUint16(d[64:], uint16(2*len(e.name)+2))
		d[66], d[67] = kind, 1
		for _, at := range []int{68, 72, 76} {
			le.PutUint32(d[at:], none)
		}
		le.PutUint32(d[116:], end)
		dirs = append(dirs, d)
		return len(dirs) - 1
	}
	add = func(list []entry) uint32 {
		first, last := uint32(none), -1
		for _, e := range list {
			kind := byte(2)
			if e.children != nil {
				kind = 1
			}
			i := record(e, kind)
			if last < 0 {
				first = uint32(i)
			} else {
				le.PutUint32(dirs[last][72:], uint32(i)) // the next sibling
			}
			last = i
			if kind == 1 {
				le.PutUint32(dirs[i][76:], add(e.children))
				continue
			}
			content := append(bytes.Clone(e.content), make([]byte, max(0, 4096-len(e.content)))...)
			size := len(content)
			content = append(content, make([]byte, (sector-size%sector)%sector)...)
			chains = append(chains, [2]int{data.Len() / sector, len(content) / sector})
			le.PutUint32(dirs[i][116:], uint32(data.Len()/sector)) // mended below
			le.PutUint32(dirs[i][120:], uint32(size))
			data.Write(content)
		}
		return first
	}
	record(entry{name: "Root Entry"}, 5)
	child := add(root)
	le.PutUint32(dirs[0][76:], child)
	for len(dirs)%4 != 0 {
		dirs = append(dirs, make([]byte, 128))
	}
	dirSectors := len(dirs) / 4
	sectors := dirSectors + data.Len()/sector
	fats := 1
	for fats*128 < sectors+fats {
		fats++
	}
	fat := make([]byte, fats*sector)
	for i := range fats * 128 {
		le.PutUint32(fat[4*i:], none)
	}
	chain := func(from, n int) {
		for i := range n {
			next := uint32(from + i + 1)
			if i == n-1 {
				next = end
			}
			le.PutUint32(fat[4*(from+i):], next)
		}
	}
	for i := range fats {
		le.PutUint32(fat[4*i:], 0xFFFFFFFD)
	}
	chain(fats, dirSectors)
	for _, c := range chains {
		chain(fats+dirSectors+c[0], c[1])
	}
	for _, d := range dirs {
		if d[66] == 2 {
			le.PutUint32(d[116:], le.Uint32(d[116:])+uint32(fats+dirSectors))
		}
	}
	head := make([]byte, sector)
	copy(head, compoundMagic)
	le.PutUint16(head[24:], 0x3E)
	le.PutUint16(head[26:], 3)
	le.PutUint16(head[28:], 0xFFFE)
	le.PutUint16(head[30:], 9)
	le.PutUint16(head[32:], 6)
	le.PutUint32(head[44:], uint32(fats))
	le.PutUint32(head[48:], uint32(fats))
	le.PutUint32(head[56:], 4096)
	le.PutUint32(head[60:], end)
	le.PutUint32(head[68:], end)
	for i := range 109 {
		le.PutUint32(head[76+4*i:], none)
	}
	for i := range fats {
		le.PutUint32(head[76+4*i:], uint32(i))
	}
	out := append(head, fat...)
	for _, d := range dirs {
		out = append(out, d...)
	}
	return append(out, data.Bytes()...)
}

func wideText(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}

func sampleMsg() []byte {
	inner := []entry{
		{name: messageStream, content: []byte("x")},
		{name: propStream + "1000001E", content: []byte("The inner text, caf\xe9.")},
	}
	return buildCompound([]entry{
		{name: messageStream, content: []byte("x")},
		{name: propStream + "1000001F", content: wideText("Das Postfach geht nicht: Größe überschritten")},
		{name: attachStorage + "#00000000", children: []entry{
			{name: propStream + "3707001F", content: wideText("app.csv")},
			{name: propStream + "37010102", content: []byte(strings.Repeat("a,b\r\n", 2000))},
		}},
		{name: attachStorage + "#00000001", children: []entry{
			{name: propStream + "3704001E", content: []byte("NOTE.MSG")},
			{name: embeddedObject, children: inner},
		}},
		{name: attachStorage + "#00000002", children: []entry{
			{name: propStream + "3707001F", content: wideText("link.doc")},
		}},
	})
}

func TestMsg(t *testing.T) {
	raw := sampleMsg()
	if k := Detect(raw); k != Msg {
		t.Fatalf("kind %q", k)
	}
	got, err := walkAll(raw)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"body.txt":          "Das Postfach geht nicht: Größe überschritten",
		"app.csv":           strings.Repeat("a,b\r\n", 2000),
		"NOTE.MSG/body.txt": "The inner text, café.",
		"link.doc":          "error: the attachment is not in the message: it is a link or an object of another program",
	} {
		if got[name] != want {
			t.Errorf("%s is %.80q, want %.80q", name, got[name], want)
		}
	}
	if len(got) != 4 {
		t.Errorf("%d members", len(got))
	}
}

func TestOfficeDocument(t *testing.T) {
	raw := buildCompound([]entry{{name: "WordDocument", content: []byte("text")}})
	if _, err := walkAll(raw); err == nil || !strings.Contains(err.Error(), "an Office document") {
		t.Errorf("error %v", err)
	}
}

func TestCutMsg(t *testing.T) {
	raw := sampleMsg()
	for _, n := range []int{20, 600, 1500, len(raw) - 4096} {
		got, err := walkAll(raw[:n])
		for _, text := range got {
			if strings.HasPrefix(text, "error") {
				err = ErrEncrypted // any member that says so will do
			}
		}
		if err == nil {
			t.Errorf("cut at %d of %d bytes: no error", n, len(raw))
		}
	}
}
