package archive

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/richardlehane/mscfb"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// A message that Outlook saved is a compound file. Each property of the message
// is a stream, named by the property's number and type; attachments and the
// messages in them are storages. The source is [MS-OXMSG] section 2.
const (
	compoundMagic  = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"
	propStream     = "__substg1.0_"
	attachStorage  = "__attach_version1.0_"
	messageStream  = "__properties_version1.0"
	embeddedObject = propStream + "3701000D" // a message as an attachment

	typeUnicode = "001F"
	typeANSI    = "001E"
	typeBinary  = "0102"

	propBody     = "1000"
	propHTML     = "1013"
	propRTF      = "1009"
	propData     = "3701"
	propName     = "3704"
	propLongName = "3707"

	maxStreams = 20_000
)

// walkMsg visits the text of a message as "body.txt" and its attachments by
// their names; those of a message inside it are in a folder of their own.
func walkMsg(src Source, visit func(Member, io.Reader) error) (err error) {
	at, size, err := randomAccess(src)
	if err != nil {
		return damaged(Msg, err)
	}
	streams, err := readCompound(at, size)
	if err != nil {
		return damaged(Msg, err)
	}
	if !slices.ContainsFunc(streams, func(f *mscfb.File) bool { return len(f.Path) == 0 && f.Name == messageStream }) {
		return errors.New("an Office document: expected a message of Outlook, an exported event log or a transcript")
	}
	return (&msgWalk{streams: streams, visit: visit}).message(nil, "")
}

// readCompound lists the streams of a compound file. A file that is made to
// harm is refused before the reader believes its counts.
func readCompound(at io.ReaderAt, size int64) (streams []*mscfb.File, err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("the compound file is damaged")
		}
	}()
	head := make([]byte, 80)
	if _, err := at.ReadAt(head, 0); err != nil {
		return nil, noEOF(err)
	}
	for _, place := range []int{0x28, 0x2C, 0x40, 0x48} { // numbers of sectors of its tables
		if int64(binary.LittleEndian.Uint32(head[place:])) > size/512+1 {
			return nil, errors.New("the compound file says it has more sectors than it has bytes")
		}
	}
	doc, err := mscfb.New(at)
	if err != nil {
		return nil, err
	}
	for {
		f, err := doc.Next()
		if err == io.EOF {
			return streams, nil
		}
		if err != nil {
			return nil, err
		}
		if f.Size > size {
			return nil, errors.New("the compound file has a stream larger than itself")
		}
		if streams = append(streams, f); len(streams) > maxStreams {
			return nil, fmt.Errorf("more than %d streams", maxStreams)
		}
	}
}

type msgWalk struct {
	streams []*mscfb.File
	visit   func(Member, io.Reader) error
	parts   int
}

// message visits one message: the streams of a storage.
func (w *msgWalk) message(storage []string, folder string) error {
	w.parts++
	if w.parts > maxParts || len(storage) > 2*maxPartDepth {
		return fmt.Errorf("mail of more than %d parts or %d levels: not read any further", maxParts, maxPartDepth)
	}
	if err := w.body(storage, folder); err != nil {
		return err
	}
	n := 0
	for _, f := range w.streams {
		if !slices.Equal(f.Path, storage) || !strings.HasPrefix(f.Name, attachStorage) {
			continue
		}
		n++
		if err := w.attachment(append(slices.Clone(storage), f.Name), folder, n); err != nil {
			return err
		}
	}
	return nil
}

// body visits the text of a message: plain, or else that of its page.
func (w *msgWalk) body(storage []string, folder string) error {
	m := Member{Name: folder + "body.txt", Size: -1}
	text, err := w.text(storage, propBody)
	switch {
	case err != nil:
		m.Err = err
		return w.visit(m, nil)
	case strings.TrimSpace(text) != "":
		return w.visit(m, strings.NewReader(text))
	}
	if page := w.stream(storage, propHTML+typeBinary); page != nil {
		return w.visit(m, htmlText(io.LimitReader(careful{page}, maxMessage)))
	}
	if w.stream(storage, propRTF+typeBinary) != nil {
		m.Err = errors.New("the message has its text as rich text only: save it as text or HTML")
		return w.visit(m, nil)
	}
	return nil
}

func (w *msgWalk) attachment(storage []string, folder string, n int) error {
	name, err := w.text(storage, propLongName)
	if err == nil && name == "" {
		name, err = w.text(storage, propName)
	}
	if err != nil || strings.TrimSpace(name) == "" {
		name = fmt.Sprintf("attachment%d", n)
	}
	for _, f := range w.streams {
		if f.Name == embeddedObject && slices.Equal(f.Path, storage) {
			return w.message(append(slices.Clone(storage), f.Name), folder+name+"/")
		}
	}
	m := Member{Name: folder + name, Size: -1}
	data := w.stream(storage, propData+typeBinary)
	if data == nil {
		m.Err = errors.New("the attachment is not in the message: it is a link or an object of another program")
		return w.visit(m, nil)
	}
	m.Size = data.Size
	return w.visit(m, careful{data})
}

// stream gives the stream of a property, nil if it is not there.
func (w *msgWalk) stream(storage []string, property string) *mscfb.File {
	for _, f := range w.streams {
		if strings.EqualFold(f.Name, propStream+property) && slices.Equal(f.Path, storage) {
			return f
		}
	}
	return nil
}

// text gives a property of text, "" if it is not there.
func (w *msgWalk) text(storage []string, property string) (string, error) {
	if f := w.stream(storage, property+typeUnicode); f != nil {
		raw, err := readStream(f)
		if err != nil {
			return "", err
		}
		text, err := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewDecoder().String(string(raw))
		return strings.TrimRight(text, "\x00"), err
	}
	if f := w.stream(storage, property+typeANSI); f != nil {
		raw, err := readStream(f)
		if err != nil {
			return "", err
		}
		return charmap.Windows1252.NewDecoder().String(strings.TrimRight(string(raw), "\x00"))
	}
	return "", nil
}

// readStream reads a stream into memory.
func readStream(f *mscfb.File) ([]byte, error) {
	if f.Size > maxMessage {
		return nil, fmt.Errorf("a text of more than %d MiB", maxMessage>>20)
	}
	return io.ReadAll(careful{f})
}

// careful reads a stream of a compound file whose tables may be damaged in a
// way that the library does not expect.
type careful struct{ r io.Reader }

func (c careful) Read(p []byte) (n int, err error) {
	defer func() {
		if recover() != nil {
			n, err = 0, errors.New("the compound file is damaged")
		}
	}()
	return c.r.Read(p)
}
