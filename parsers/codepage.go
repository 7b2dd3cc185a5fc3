package parsers

import (
	"strings"
	"unicode"

	"github.com/wlynxg/chardet"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
)

// alphabet is what tells one language's text in one code page from others:
// the letters that it has beside A to Z, in lower case.
type alphabet struct {
	page    string
	letters string
	script  bool // a script of its own, whose letters do not stand beside those of ASCII
	share   float64
	needs   string // of these letters one must be there: every longer text has it
}

// The letters of languages, which several code pages have.
const (
	western    = "àáâãäåæçèéêëìíîïðñòóôõöøùúûüýÿßœšžªº"
	german     = "äöüß"
	french     = "àâæçèéêëîïôœùûüÿ"
	spanish    = "áéíñóúü"
	italian    = "àèéìíîòóùú"
	portuguese = "ãáàâçéêíóôõúü"
	nordic     = "åäöæøéü"
	polish     = "ąćęłńóśźż"
	czech      = "áčďéěíňóřšťúůýžäľĺŕô"
	hungarian  = "áéíóöőúüű"
	romanian   = "ăâîşţșț"
	southSlav  = "čćđšž"
	turkish    = "çğıöşüâîû"
	baltic     = "ąčęėįšųūžāēģīķļņõäöü"
	russian    = "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґўјљњћђџѓќ"
	greek      = "αάβγδεέζηήθιίϊΐκλμνξοόπρστυύϋΰφχψωώς"
	hebrew     = "אבגדהוזחטיךכלםמןנסעףפץצקרשת"
	arabic     = "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىيپچژگکی،"
	thai       = "กขฃคฅฆงจฉชซฌญฎฏฐฑฒณดตถทธนบปผฝพฟภมยรฤลฦวศษสหฬอฮะัาำิีึืฺุูเแโใไๅ็่้๊๋์"
)

// alphabets are the languages by which single-byte code pages are told, of
// equals the first. A page's letters of all western languages together are
// worth a little less than those of one language.
var alphabets = []alphabet{
	{"windows-1252", german, false, 1, ""}, {"windows-1252", french, false, 1, ""}, {"windows-1252", spanish, false, 1, ""},
	{"windows-1252", italian, false, 1, ""}, {"windows-1252", portuguese, false, 1, "ãç"}, {"windows-1252", nordic, false, 1, ""},
	{"windows-1252", western, false, 0.97, ""},
	{"cp850", german, false, 1, ""}, {"cp850", french, false, 1, ""}, {"cp850", spanish, false, 1, ""},
	{"cp850", italian, false, 1, ""}, {"cp850", portuguese, false, 1, "ãç"}, {"cp850", nordic, false, 1, ""},
	{"cp850", western, false, 0.97, ""},
	{"windows-1250", polish, false, 1, ""}, {"windows-1250", czech, false, 1, ""}, {"windows-1250", hungarian, false, 1, ""},
	{"windows-1250", romanian, false, 1, ""}, {"windows-1250", southSlav, false, 1, ""},
	{"cp852", polish, false, 1, ""}, {"cp852", czech, false, 1, ""}, {"cp852", hungarian, false, 1, ""},
	{"cp852", romanian, false, 1, ""}, {"cp852", southSlav, false, 1, ""},
	{"windows-1254", turkish, false, 1, ""}, {"windows-1257", baltic, false, 1, ""},
	{"windows-1251", russian, true, 1, ""}, {"ibm866", russian, true, 1, ""}, {"koi8-r", russian, true, 0.98, ""},
	{"windows-1253", greek, true, 1, ""}, {"windows-1256", arabic, true, 1, ""},
	{"windows-874", thai, true, 1, ""},
}

// singleByte gives the single-byte code pages that are told apart here.
func singleByte(name string) encoding.Encoding {
	if m := charMap(name); m != nil {
		return m
	}
	return nil
}

func charMap(name string) *charmap.Charmap {
	switch name {
	case "windows-1252", "cp1252":
		return charmap.Windows1252
	case "cp850":
		return charmap.CodePage850
	case "windows-1250":
		return charmap.Windows1250
	case "cp852":
		return charmap.CodePage852
	case "windows-1254":
		return charmap.Windows1254
	case "windows-1257":
		return charmap.Windows1257
	case "windows-1251":
		return charmap.Windows1251
	case "ibm866":
		return charmap.CodePage866
	case "koi8-r":
		return charmap.KOI8R
	case "windows-1253":
		return charmap.Windows1253
	case "windows-1255":
		return charmap.Windows1255
	case "windows-1256":
		return charmap.Windows1256
	case "windows-874":
		return charmap.Windows874
	}
	return nil
}

// guessCodePage tells the code page of bytes that are neither UTF-8 nor
// UTF-16: those with characters of several bytes by statistics, the others by
// the language in which the words have letters and no signs.
func guessCodePage(b []byte) string {
	inside := insideWords(b)
	page, fits := bestAlphabet(&inside)
	guess := strings.ToLower(chardet.Detect(b).Encoding)
	switch guess {
	case "shift_jis", "cp932", "euc-jp", "gb2312", "gb18030", "gbk", "big5", "euc-kr":
		share := highShare(b)
		if enc := encodingByName(guess); enc != nil && (share > 0.05 || fits < 0.5 && share > 0) {
			return guess
		}
	case "koi8-r", "windows-1251", "cp866", "ibm866", "windows-1255", "windows-1253":
		if enc := encodingByName(guess); enc != nil && highShare(b) > 0.05 {
			return guess
		}
	}
	return page
}

// highBytes counts the bytes from 0x80 on that touch words, by place: at the
// beginning, at the end and inside of words of ASCII, and among their like.
type highBytes struct{ head, tail, inner, own [128]int }

func insideWords(b []byte) (h highBytes) {
	for i, c := range b {
		if c < 0x80 {
			continue
		}
		before, after := byte(' '), byte(' ')
		if i > 0 {
			before = b[i-1]
		}
		if i+1 < len(b) {
			after = b[i+1]
		}
		c -= 0x80
		switch {
		case !isASCIILetter(before) && !isASCIILetter(after):
			if before >= 0x80 || after >= 0x80 {
				h.own[c]++
			}
		case before < 0x80 && !isASCIILetter(before):
			h.head[c]++
		case after < 0x80 && !isASCIILetter(after):
			h.tail[c]++
		default:
			h.inner[c]++
		}
	}
	return h
}

// bestAlphabet gives the code page of the language that most of the bytes in
// words are letters of, and which share of them are.
func bestAlphabet(h *highBytes) (page string, fits float64) {
	page, total := "windows-1252", 0
	for i := range h.own {
		total += h.head[i] + h.tail[i] + h.inner[i] + h.own[i]
	}
	if total == 0 {
		return page, 1
	}
	for _, a := range alphabets {
		if f := float64(a.count(h)) / float64(2*total) * a.share; f > fits {
			page, fits = a.page, f
		}
	}
	return page, fits
}

// count is twice the number of bytes that are letters of the language, or signs
// of the Windows code pages, where such may stand.
func (a *alphabet) count(h *highBytes) int {
	m, n := charMap(a.page), 0
	windows := strings.HasPrefix(a.page, "windows-")
	needed := a.needs == ""
	for i := range h.own {
		latin := h.head[i] + h.tail[i] + h.inner[i]
		if latin+h.own[i] == 0 {
			continue
		}
		r := unicode.ToLower(m.DecodeByte(byte(0x80 + i)))
		letter := strings.ContainsRune(a.letters, r)
		needed = needed || strings.ContainsRune(a.needs, r)
		switch {
		case letter && a.script: // words in capitals are few: those of another script look like it
			n += 2 * h.own[i]
			if unicode.IsUpper(m.DecodeByte(byte(0x80 + i))) {
				n -= h.own[i]
			}
		case letter, windows && strings.IndexByte(joinSigns, byte(0x80+i)) >= 0:
			n += 2 * latin
		case windows && strings.IndexByte(openSigns, byte(0x80+i)) >= 0:
			n += 2 * h.head[i]
		case windows && strings.IndexByte(closeSigns, byte(0x80+i)) >= 0:
			n += 2 * h.tail[i]
		}
	}
	if !needed {
		return 0
	}
	return n
}

// The signs that all Windows code pages have, and that touch words.
const (
	joinSigns  = "\x92\x96\x97\xA7\xB7"             // apostrophe, dashes, section, point
	openSigns  = "\x82\x84\x8B\x91\x93\xA9\xAB"     // quotes, copyright
	closeSigns = "\x85\x94\x99\x9B\xA0\xAE\xB0\xBB" // ellipsis, quotes, marks, degree
)

func isASCIILetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
