package parsers

import "strings"

// wordsBefore is what the words before a number say of it.
type wordsBefore struct {
	strong bool // an error: even a small number is a code
	weak   bool // a status, a result: a number of the shape of an error is one
	code   bool // a code of some kind: the same, but small numbers are not
	other  bool // something else: an address, an id, an event's number
	kind   codeKind
}

// role is what one word says of the number behind it.
type role uint8

const (
	noRole role = iota
	fillRole
	strongRole
	weakRole
	codeRole
	otherRole
	stopRole
	ldapRole
	dataRole
)

// wordRoles are the words that may stand before a number, in lower case.
var wordRoles = makeWordRoles(map[role]string{
	fillRole: "is was of the a an number no nr num value windows nt system with and by received following hex decimal internal " +
		"service specific following message mapi jet ese database server operation api occurred returns be " +
		"de der die das des mit ist lautet und des du la le est no número numéro numero número é foi da do il è con код кодом с",
	strongRole: "error errors err errno errcode errorcode win32 winsock lasterror getlasterror ec " +
		"fehler fehlercode fehlernummer fehlerkode erreur errore erro ошибка ошибки ошибкой ошибку fout foutcode błąd błędu fel felkod chyba chyby kód",
	codeRole: "code codes código codice",
	weakRole: "status substatus result results returned return returning hr hresult scode rc ret retval exception reason failed failure failing fails because due " +
		"fehlerwert ergebnis rückgabewert результат состояние",
	otherRole: "address addr at offset handle mask flags flag id ids pid tid size length version options attributes keywords memory location base pointer event line port process thread bytes article kb build",
	stopRole:  "stop bugcheck stopcode",
	ldapRole:  "ldap ldap_bind ldap_error ldap_search ldaperr ldap_err",
	dataRole:  "data",
})

func makeWordRoles(lists map[role]string) map[string]role {
	m := map[string]role{}
	for r, list := range lists {
		for _, w := range strings.Fields(list) {
			m[w] = r
		}
	}
	return m
}

// roleLengths has for each first byte of these words their lengths as a set of
// bits.
var roleLengths = func() (lengths [256]uint64) {
	for w := range wordRoles {
		lengths[w[0]] |= 1 << len(w)
	}
	return lengths
}()

// strongParts are words for error in scripts that do not put blanks between
// words.
var strongParts = [...]string{"エラー", "错误", "錯誤", "오류"}

// Bounds of looking back.
const (
	maxBackWords = 6
	maxBackBytes = 96
	maxBackWord  = 32
)

// before looks at the words before place i.
func (s *codeScan) before(i int) wordsBefore {
	var w wordsBefore
	low := max(0, i-maxBackBytes)
	for n := 0; n < maxBackWords; n++ {
		i = s.skipBack(i, low)
		from := i
		for from > low && isWordByte(s.text[from-1]) {
			from--
		}
		if from == i || i-from > maxBackWord && s.text[from] < 0x80 {
			break
		}
		r := wordRole(s.text[from:i])
		if r == noRole {
			break
		}
		if !w.take(r, s, from) {
			break
		}
		i = from
	}
	return w
}

// take adds what one word says. It reports false if the words before it say no
// more.
func (w *wordsBefore) take(r role, s *codeScan, from int) bool {
	switch r {
	case strongRole:
		w.strong = true
		w.qualify(s, from)
		return false
	case weakRole:
		w.weak = true
	case codeRole:
		w.code = true
	case otherRole:
		w.other = !w.weak && !w.code
		return false
	case stopRole:
		w.kind = stopCode
		return false
	case ldapRole:
		w.kind = ldapCode
		return false
	case dataRole:
		if s.ldapErrBefore(from) {
			w.kind = dataCode
		}
		return false
	}
	return true
}

// qualify looks at the word before "error": "LDAP error" is of its own kind,
// "event error" is an event's number.
func (w *wordsBefore) qualify(s *codeScan, i int) {
	low := max(0, i-maxBackWord)
	i = s.skipBack(i, low)
	from := i
	for from > low && isWordByte(s.text[from-1]) {
		from--
	}
	switch wordRole(s.text[from:i]) {
	case ldapRole:
		w.kind = ldapCode
	case otherRole:
		if strings.EqualFold(s.text[from:i], "event") {
			w.strong, w.other = false, true
		}
	}
}

// skipBack passes over what may stand between a word and its number. A point
// or comma ends a sentence or an item.
func (s *codeScan) skipBack(i, low int) int {
	for i > low {
		switch s.text[i-1] {
		case ' ', '\t', '\n', '\r', ':', '=', '#', '"', '\'', '(', '[', '<', '-':
			i--
		default:
			if hasSuffixAt(s.text, i, "：") {
				i -= len("：")
				continue
			}
			return i
		}
	}
	return i
}

func wordRole(word string) role {
	if len(word) > maxBackWord {
		return partRole(word)
	}
	var buf [maxBackWord]byte
	ascii := true
	for k := 0; k < len(word); k++ {
		c := word[k]
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		ascii = ascii && c < 0x80
		buf[k] = c
	}
	if len(word) > 0 && roleLengths[buf[0]]>>len(word)&1 != 0 {
		if r, ok := wordRoles[string(buf[:len(word)])]; ok {
			return r
		}
	}
	if !ascii {
		if r, ok := wordRoles[strings.ToLower(word)]; ok {
			return r
		}
		return partRole(word)
	}
	return joinedRole(string(buf[:len(word)]))
}

// joinedRole knows words like "ErrorCode", "dwError" and "last_error".
func joinedRole(word string) role {
	switch {
	case strings.HasSuffix(word, "error"), strings.HasSuffix(word, "errorcode"), strings.HasSuffix(word, "error_code"):
		return strongRole
	case strings.HasSuffix(word, "status"), strings.HasSuffix(word, "hresult"), strings.HasSuffix(word, "_hr"):
		return weakRole
	case strings.HasPrefix(word, "ldap_"):
		return ldapRole
	}
	return noRole
}

func partRole(word string) role {
	for _, p := range strongParts {
		if strings.Contains(word, p) {
			return strongRole
		}
	}
	return noRole
}

// ldapErrBefore reports whether an LdapErr text stands before place i.
func (s *codeScan) ldapErrBefore(i int) bool {
	return strings.Contains(s.text[max(0, i-200):i], "LdapErr")
}
