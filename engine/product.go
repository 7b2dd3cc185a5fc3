package engine

import (
	"strings"

	"kbdiag/parsers"
	"kbdiag/rules"
)

// statedProduct is a product that the inputs or the user name.
type statedProduct struct {
	text    string
	version string // "" if not stated
	why     string // "the ticket states", "the greeting of mail3:110 shows"
}

// fits reports whether the rule's product is the stated one: all words of its
// name are there, and the versions agree as far as both are known.
func (p statedProduct) fits(want rules.Product) bool {
	have := " " + strings.ToLower(p.text) + " "
	for _, w := range strings.Fields(strings.ToLower(want.Name)) {
		if w != "microsoft" && w != "server" && !strings.Contains(have, w) {
			return false
		}
	}
	version := p.version
	if version == "" {
		version = versionIn(p.text)
	}
	if version == "" || len(want.Versions) == 0 {
		return true
	}
	for _, v := range want.Versions {
		if sameVersion(version, v) {
			return true
		}
	}
	return false
}

// sameVersion compares the parts that both have: 5.5 is the version of the
// build 5.5.2650.22, and "5.5 SP3" is 5.5.
func sameVersion(a, b string) bool {
	as, bs := versionParts(a), versionParts(b)
	n := min(len(as), len(bs))
	if n == 0 {
		return strings.Contains(strings.ToLower(a), strings.ToLower(b)) || strings.Contains(strings.ToLower(b), strings.ToLower(a))
	}
	for i := 0; i < min(n, 2); i++ {
		if as[i] != bs[i] {
			return false
		}
	}
	return true
}

func versionParts(v string) []string {
	v = versionIn(v)
	if v == "" {
		return nil
	}
	return strings.Split(v, ".")
}

// versionIn finds the first version number of a text, such as "5.5" or "2000".
func versionIn(text string) string {
	for _, w := range strings.Fields(text) {
		w = strings.Trim(w, "(),;:")
		if n := len(w) - len(strings.TrimLeft(w, "0123456789.")); n > 0 && w[0] != '.' {
			return strings.Trim(w[:n], ".") // "4.0SP1" is 4.0
		}
	}
	return ""
}

// productOfSession takes the server software from a greeting.
func productOfSession(s *parsers.Session) (statedProduct, bool) {
	if s.Product == "" {
		return statedProduct{}, false
	}
	where := strings.ToUpper(s.Protocol)
	if s.Server != "" {
		where += " on " + s.Server
	}
	return statedProduct{
		text:    strings.TrimSpace(s.Product + " " + majorMinor(s.Version)),
		version: majorMinor(s.Version),
		why:     "the greeting of " + where + " shows",
	}, true
}

func majorMinor(v string) string {
	parts := strings.SplitN(v, ".", 3)
	if len(parts) < 2 {
		return v
	}
	return parts[0] + "." + parts[1]
}

// productOfLine takes the product from a line of a ticket such as
// "Product: Exchange Server 5.5".
func productOfLine(text string) (statedProduct, bool) {
	label, value, ok := strings.Cut(text, ":")
	if !ok || len(label) > 24 || len(value) > 120 {
		return statedProduct{}, false
	}
	switch strings.ToLower(strings.TrimSpace(strings.Trim(label, "*- "))) {
	case "product", "products", "product name", "produkt":
	default:
		return statedProduct{}, false
	}
	value = strings.Clone(strings.TrimSpace(value))
	if value == "" {
		return statedProduct{}, false
	}
	return statedProduct{text: value, why: "the ticket states"}, true
}
