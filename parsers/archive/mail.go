package archive

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"path"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"
)

// Facts of mail: RFC 5322 (message format), RFC 2045 and 2046 (MIME), RFC 2183
// (attachments), RFC 4155 (mbox).

const (
	maxParts     = 2000 // of one message
	maxPartDepth = 10
	maxMessage   = 64 << 20 // bytes of one message of an mbox
)

// isMail tells a saved message by its header: fields only, and among them one
// that a mail program writes. Text that merely begins with "From:" is no mail
// file, it is read as text.
func isMail(head []byte) bool {
	sure := false
	for i, line := range strings.Split(string(head[:min(len(head), 16<<10)]), "\n") {
		line = strings.TrimRight(line, "\r")
		if line == "" {
			return sure && i > 1
		}
		if i > 0 && (line[0] == ' ' || line[0] == '\t') {
			continue
		}
		name, _, ok := strings.Cut(line, ":")
		if !ok || name == "" || strings.ContainsAny(name, " \t") {
			return false
		}
		switch strings.ToLower(name) {
		case "received":
			sure = sure || strings.Contains(line, "from ") || strings.Contains(line, " by ")
		case "mime-version", "message-id", "return-path", "x-mailer":
			sure = true
		}
	}
	return false
}

// isMbox tells a file of many messages: a separator line "From sender date",
// then a message.
func isMbox(head []byte) bool {
	first, rest, ok := bytes.Cut(head, []byte("\n"))
	if !ok || !bytes.HasPrefix(first, []byte("From ")) || bytes.Count(first, []byte(" ")) < 5 {
		return false
	}
	return isMail(rest)
}

// walkMail visits the text of a message as "body.txt" and its attachments by
// their names.
func walkMail(r io.Reader, visit func(Member, io.Reader) error) error {
	msg, err := mail.ReadMessage(bufio.NewReader(r))
	if err != nil {
		return damaged(Mail, err)
	}
	w := &mailWalk{visit: visit}
	return w.part(partHeader(msg.Header), msg.Body, 0)
}

// mailWalk walks the parts of one message.
type mailWalk struct {
	visit func(Member, io.Reader) error
	parts int
	body  int // texts without a file name so far
}

// header reads the fields of a part.
type header func(name string) string

func partHeader(h mail.Header) header { return h.Get }

// part visits one part of a message, or what is in it.
func (w *mailWalk) part(h header, body io.Reader, depth int) error {
	w.parts++
	if w.parts > maxParts || depth > maxPartDepth {
		return fmt.Errorf("mail of more than %d parts or %d levels: not read any further", maxParts, maxPartDepth)
	}
	kind, params, err := mime.ParseMediaType(h("Content-Type"))
	if err != nil || kind == "" {
		kind = "text/plain"
	}
	if strings.HasPrefix(kind, "multipart/") && params["boundary"] != "" {
		return w.multipart(kind, params["boundary"], body, depth)
	}
	content := decoded(h("Content-Transfer-Encoding"), body)
	name := fileName(h, params)
	switch {
	case kind == "message/rfc822" && name == "":
		msg, err := mail.ReadMessage(bufio.NewReader(content))
		if err != nil {
			return nil // a broken message inside a message: its text was no mail
		}
		return w.part(partHeader(msg.Header), msg.Body, depth+1)
	case name != "":
		return w.visit(Member{Name: name, Size: -1}, content)
	case kind == "text/html":
		return w.text(htmlText(utf8Of(content, params["charset"])))
	case strings.HasPrefix(kind, "text/"):
		return w.text(utf8Of(content, params["charset"]))
	}
	return w.visit(Member{Name: fmt.Sprintf("part%d", w.parts), Size: -1}, content)
}

func (w *mailWalk) text(content io.Reader) error {
	w.body++
	name := "body.txt"
	if w.body > 1 {
		name = fmt.Sprintf("body%d.txt", w.body)
	}
	return w.visit(Member{Name: name, Size: -1}, content)
}

// multipart walks the parts. Of alternatives the plain text is enough; only
// where there is none the HTML is read.
func (w *mailWalk) multipart(kind, boundary string, body io.Reader, depth int) error {
	parts := multipart.NewReader(body, boundary)
	plain := false
	for {
		p, err := parts.NextRawPart()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return damaged(Mail, err)
		}
		t := strings.ToLower(p.Header.Get("Content-Type"))
		if kind == "multipart/alternative" && plain && strings.HasPrefix(t, "text/html") {
			continue
		}
		plain = plain || t == "" || strings.HasPrefix(t, "text/plain")
		if err := w.part(p.Header.Get, p, depth+1); err != nil {
			return err
		}
	}
}

// fileName gives the name of an attachment, "" if the part has none.
func fileName(h header, params map[string]string) string {
	name := params["name"]
	if _, d, err := mime.ParseMediaType(h("Content-Disposition")); err == nil && d["filename"] != "" {
		name = d["filename"]
	}
	if plain, err := new(mime.WordDecoder).DecodeHeader(name); err == nil {
		name = plain
	}
	if name == "" {
		return ""
	}
	return path.Base(strings.ReplaceAll(name, `\`, "/"))
}

func decoded(encoding string, body io.Reader) io.Reader {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		return quotedprintable.NewReader(body)
	}
	return body
}

// utf8Of turns a text of a stated character set into UTF-8. Without one, or
// with one that nobody knows, detection has to tell.
func utf8Of(r io.Reader, name string) io.Reader {
	if name == "" {
		return r
	}
	if out, err := charset.NewReaderLabel(name, r); err == nil {
		return out
	}
	return r
}

// htmlText gives the text of a page as one would copy it: a line for each
// block, a tab between cells.
func htmlText(r io.Reader) io.Reader {
	var b strings.Builder
	z := html.NewTokenizer(io.LimitReader(r, maxMessage))
	z.SetMaxBuf(1 << 20)
	hidden := 0
	for {
		switch z.Next() {
		case html.ErrorToken:
			return strings.NewReader(b.String())
		case html.TextToken:
			if hidden == 0 {
				b.Write(z.Text())
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			switch string(name) {
			case "script", "style", "head":
				hidden++
			case "td", "th":
				b.WriteByte('\t')
			case "br", "p", "div", "tr", "li", "pre", "table", "h1", "h2", "h3", "blockquote":
				b.WriteByte('\n')
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			switch string(name) {
			case "script", "style", "head":
				hidden = max(0, hidden-1)
			case "p", "div", "pre", "table":
				b.WriteByte('\n')
			}
		}
	}
}

// walkMbox visits the messages of an mbox as "1.eml", "2.eml" and so on.
func walkMbox(r io.Reader, visit func(Member, io.Reader) error) error {
	in := bufio.NewReaderSize(r, 64<<10)
	var msg bytes.Buffer
	n, over := 0, false
	flush := func() error {
		if msg.Len() == 0 {
			return nil
		}
		n++
		m := Member{Name: fmt.Sprintf("%d.eml", n), Size: int64(msg.Len())}
		content := bytes.NewReader(msg.Bytes())
		defer msg.Reset()
		if over {
			m.Err, over = fmt.Errorf("a message of more than %d MiB", maxMessage>>20), false
			return visit(m, nil)
		}
		return visit(m, content)
	}
	empty, begun := true, true // whether the line before was empty, whether this line begins one
	for {
		line, err := in.ReadSlice('\n')
		if begun && empty && bytes.HasPrefix(line, []byte("From ")) {
			if err := flush(); err != nil {
				return err
			}
		} else if over = over || msg.Len() >= maxMessage; !over {
			msg.Write(line[quotedFrom(line, begun):])
		}
		empty = begun && len(bytes.TrimRight(line, "\r\n")) == 0
		begun = err == nil
		if err != nil && err != bufio.ErrBufferFull {
			if flushed := flush(); flushed != nil || err == io.EOF {
				return flushed
			}
			return damaged(Mbox, err)
		}
	}
}

// quotedFrom tells how much of a line is the mark with which mbox files hide a
// line that begins with "From ".
func quotedFrom(line []byte, begun bool) int {
	if begun && bytes.HasPrefix(line, []byte(">From ")) {
		return 1
	}
	return 0
}
