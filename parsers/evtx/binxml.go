package evtx

import (
	"encoding/binary"
	"errors"
	"strconv"

	"kbdiag/parsers"
)

// Tokens of BinXML [MS-EVEN6 2.2.12]. Some carry tokenMore.
const (
	tokenEOF          = 0x00
	tokenElement      = 0x01
	tokenCloseStart   = 0x02
	tokenCloseEmpty   = 0x03
	tokenEndElement   = 0x04
	tokenText         = 0x05
	tokenAttribute    = 0x06
	tokenCDATA        = 0x07
	tokenCharRef      = 0x08
	tokenEntityRef    = 0x09
	tokenPITarget     = 0x0A
	tokenPIData       = 0x0B
	tokenTemplate     = 0x0C
	tokenSubst        = 0x0D
	tokenOptionalSub  = 0x0E
	tokenFragment     = 0x0F
	tokenMore         = 0x40 // an attribute list, or more of the same, follows
	fragmentSize      = 4    // token, major and minor version, flags
	noDependency      = 0xFFFF
	maxNodes          = 1 << 14
	maxDepth          = 64 // of elements within one fragment
	maxNesting        = 16 // of fragments within values
	templateHeadSize  = 24 // next template, GUID, size
	instanceHeadSize  = 10 // token, version, template id, offset of the definition
	nameHeadSize      = 8  // next name, hash, length
	descriptorSize    = 4  // of a value: size, type, zero
	guidOffset        = 4  // in a template definition
	guidSize          = 16
	recordHeadSize    = 24
	recordMinimumSize = recordHeadSize + 4
)

var (
	errCut     = errors.New("BinXML ends early")
	errToken   = errors.New("no BinXML token")
	errNesting = errors.New("BinXML nested too deep")
	errName    = errors.New("reference to no name")
	errLong    = errors.New("BinXML too long")
)

// kind is the kind of a node.
type kind uint8

const (
	nodeStart     kind = iota // start of an element, its attributes follow
	nodeAttribute             // start of an attribute, its value follows
	nodeContent               // end of a start tag
	nodeEnd                   // end of an element
	nodeText
	nodeCDATA
	nodeCharRef   // text holds the character
	nodeEntityRef // name holds the entity
	nodePI        // name and text
	nodeSlot
)

// node is one piece of a fragment of BinXML, free of chunk-relative offsets.
type node struct {
	kind     kind
	optional bool   // of a slot: a NULL value takes its element or attribute away
	slot     uint16 // index into the values of the instance
	end      int32  // of a start: index of the element's nodeEnd; of an attribute: index after its value
	name     string
	text     string
}

// hole is a place in a template definition that differs from chunk to chunk:
// the reference to a name.
type hole struct {
	at     int32  // of the 4-byte offset of the name, from the start of the definition's nodes
	inline bool   // the name itself follows, and with it 4 bytes of a hash chain
	raw    string // the name with hash and length, as it stands in the chunk
}

// parser reads the tokens of one fragment into nodes.
type parser struct {
	chunk  []byte
	start  int // where the fragment begins
	pos    int
	end    int
	depend bool // elements carry a dependency id; those in values do not
	nodes  []node
	holes  []hole
	open   []int32 // indexes of the open elements' starts
	attr   int32   // index of the open attribute, -1 if none
	inTag  bool
	effort *effort
}

// parseElement reads one element with all below it and leaves pos behind it.
func (p *parser) parseElement() error {
	return p.parse(true)
}

// parseTemplate reads the fragment of a template definition up to its end
// token.
func (p *parser) parseTemplate() error {
	return p.parse(false)
}

func (p *parser) parse(one bool) error {
	p.start, p.attr = p.pos, -1
	for {
		if p.pos >= p.end {
			return errCut
		}
		if len(p.nodes) > maxNodes {
			return errLong
		}
		if !p.effort.spend(1) {
			return errWork
		}
		token := p.chunk[p.pos]
		if token == tokenEOF && len(p.open) == 0 {
			p.pos++
			return nil
		}
		if err := p.token(token &^ tokenMore); err != nil {
			return err
		}
		if one && len(p.open) == 0 && !p.inTag {
			return nil
		}
	}
}

func (p *parser) token(token byte) error {
	switch token {
	case tokenFragment:
		return p.skip(fragmentSize)
	case tokenElement:
		return p.element()
	case tokenAttribute:
		return p.attribute()
	case tokenCloseStart:
		p.closeAttribute()
		if !p.inTag {
			return errToken
		}
		p.inTag = false
		p.add(node{kind: nodeContent})
		return p.skip(1)
	case tokenCloseEmpty, tokenEndElement:
		return p.endElement()
	case tokenText:
		return p.text(nodeText, 2)
	case tokenCDATA:
		return p.text(nodeCDATA, 1)
	case tokenCharRef:
		return p.charRef()
	case tokenEntityRef:
		return p.entityRef()
	case tokenPITarget:
		return p.instruction()
	case tokenSubst, tokenOptionalSub:
		return p.substitution(token == tokenOptionalSub)
	}
	return errToken
}

func (p *parser) add(n node) { p.nodes = append(p.nodes, n) }

func (p *parser) skip(n int) error {
	if n > p.end-p.pos {
		return errCut
	}
	p.pos += n
	return nil
}

// element reads the start of an element: token, dependency id, size, name and,
// if the token says so, the size of the attribute list. The sizes are not
// used: they are wrong in real logs.
func (p *parser) element() error {
	if p.inTag {
		return errToken
	}
	if len(p.open) >= maxDepth {
		return errNesting
	}
	more := p.chunk[p.pos]&tokenMore != 0
	head := 1 + 4
	if p.depend {
		head += 2
	}
	if err := p.skip(head); err != nil {
		return err
	}
	name, err := p.name()
	if err != nil {
		return err
	}
	if more {
		if err := p.skip(4); err != nil {
			return err
		}
	}
	p.open = append(p.open, int32(len(p.nodes)))
	p.inTag = true
	p.add(node{kind: nodeStart, name: name})
	return nil
}

func (p *parser) endElement() error {
	p.closeAttribute()
	empty := p.chunk[p.pos]&^tokenMore == tokenCloseEmpty
	if len(p.open) == 0 || p.inTag != empty {
		return errToken
	}
	if empty {
		p.inTag = false
		p.add(node{kind: nodeContent})
	}
	last := len(p.open) - 1
	p.nodes[p.open[last]].end = int32(len(p.nodes))
	p.open = p.open[:last]
	p.add(node{kind: nodeEnd})
	return p.skip(1)
}

func (p *parser) attribute() error {
	p.closeAttribute()
	if !p.inTag {
		return errToken
	}
	if err := p.skip(1); err != nil {
		return err
	}
	name, err := p.name()
	if err != nil {
		return err
	}
	p.attr = int32(len(p.nodes))
	p.add(node{kind: nodeAttribute, name: name})
	return nil
}

func (p *parser) closeAttribute() {
	if p.attr >= 0 {
		p.nodes[p.attr].end = int32(len(p.nodes))
		p.attr = -1
	}
}

// inValue reports whether a value may stand here: in an attribute or in the
// content of an element.
func (p *parser) inValue() bool { return len(p.open) > 0 && (!p.inTag || p.attr >= 0) }

// text reads text with its length in characters, behind head bytes.
func (p *parser) text(k kind, head int) error {
	if !p.inValue() || k == nodeText && p.pos+1 < p.end && p.chunk[p.pos+1] != typeString {
		return errToken
	}
	if err := p.skip(head); err != nil {
		return err
	}
	s, err := p.counted()
	if err != nil {
		return err
	}
	p.add(node{kind: k, text: s})
	return nil
}

func (p *parser) counted() (string, error) {
	if p.pos+2 > p.end {
		return "", errCut
	}
	n := 2 * int(binary.LittleEndian.Uint16(p.chunk[p.pos:]))
	p.pos += 2
	if n > p.end-p.pos {
		return "", errCut
	}
	if !p.effort.spend(n / bytesMade) {
		return "", errWork
	}
	s := string(appendUTF16(nil, p.chunk[p.pos:p.pos+n]))
	p.pos += n
	return s, nil
}

func (p *parser) charRef() error {
	if !p.inValue() || p.pos+3 > p.end {
		return errToken
	}
	r := rune(binary.LittleEndian.Uint16(p.chunk[p.pos+1:]))
	p.add(node{kind: nodeCharRef, text: string(r), name: strconv.Itoa(int(r))})
	return p.skip(3)
}

func (p *parser) entityRef() error {
	if !p.inValue() {
		return errToken
	}
	if err := p.skip(1); err != nil {
		return err
	}
	name, err := p.name()
	if err != nil {
		return err
	}
	p.add(node{kind: nodeEntityRef, name: name, text: entityText(name)})
	return nil
}

// entityText gives the character of a predefined entity [XML 1.0, 4.6]; any
// other stays as it is.
func entityText(name string) string {
	switch name {
	case "amp":
		return "&"
	case "lt":
		return "<"
	case "gt":
		return ">"
	case "quot":
		return `"`
	case "apos":
		return "'"
	}
	return "&" + name + ";"
}

// instruction reads a processing instruction: its target and, if it follows,
// its data.
func (p *parser) instruction() error {
	if p.inTag {
		return errToken
	}
	if err := p.skip(1); err != nil {
		return err
	}
	name, err := p.name()
	if err != nil {
		return err
	}
	n := node{kind: nodePI, name: name}
	if p.pos < p.end && p.chunk[p.pos]&^tokenMore == tokenPIData {
		p.pos++
		if n.text, err = p.counted(); err != nil {
			return err
		}
	}
	p.add(n)
	return nil
}

func (p *parser) substitution(optional bool) error {
	if !p.inValue() || p.pos+4 > p.end {
		return errToken
	}
	p.add(node{kind: nodeSlot, optional: optional, slot: binary.LittleEndian.Uint16(p.chunk[p.pos+1:])})
	return p.skip(4)
}

// cost gives about how much memory was taken, in bytes.
func (p *parser) cost() int {
	n := p.pos - p.start + 64*len(p.nodes)
	for i := range p.holes {
		n += len(p.holes[i].raw)
	}
	return n
}

// name reads a reference to a name. The first use in a chunk has the name
// itself behind the reference. The hash chains of names are not followed:
// they may loop.
func (p *parser) name() (string, error) {
	if p.pos+4 > p.end {
		return "", errCut
	}
	at := int(binary.LittleEndian.Uint32(p.chunk[p.pos:]))
	h := hole{at: int32(p.pos - p.start), inline: at == p.pos+4}
	p.pos += 4
	raw, ok := rawName(p.chunk, at)
	if !ok {
		return "", errName
	}
	if h.inline {
		if err := p.skip(4 + len(raw) + 2); err != nil {
			return "", err
		}
	}
	if !p.effort.spend(len(raw) / bytesMade) {
		return "", errWork
	}
	name := string(appendUTF16(nil, raw[4:]))
	if nameHash(raw[4:]) != binary.LittleEndian.Uint16(raw) && !parsers.IsXMLName(name) {
		return "", errName
	}
	h.raw = string(raw)
	p.holes = append(p.holes, h)
	return name, nil
}

// nameHash is the lower half of the hash of a name [MS-EVEN6 2.2.12.2]. It is
// right in all logs seen; where it is not, the reference has gone astray
// unless what it points to looks like a name.
func nameHash(chars []byte) uint16 {
	h := uint32(0)
	for i := 0; i+1 < len(chars); i += 2 {
		h = h*65599 + uint32(binary.LittleEndian.Uint16(chars[i:]))
	}
	return uint16(h)
}

// rawName gives a name's hash, length and characters as they stand in the
// chunk, without the hash chain before and the terminator after them.
func rawName(chunk []byte, at int) ([]byte, bool) {
	if at < chunkHeadSize || at > len(chunk)-nameHeadSize {
		return nil, false
	}
	n := 2 * int(binary.LittleEndian.Uint16(chunk[at+6:]))
	if n == 0 || n > maxName || at+nameHeadSize+n+2 > len(chunk) {
		return nil, false
	}
	return chunk[at+4 : at+nameHeadSize+n], true
}

// maxName bounds a name, in bytes. The longest seen has 60 characters.
const maxName = 512
