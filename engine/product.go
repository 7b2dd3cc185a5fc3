package engine

import (
	"fmt"
	"math"
	"regexp"
	"slices"
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

// fit is how well a rule's products agree with the stated one.
type fit struct {
	name  string // the rule's product that agrees, "" for none
	loose bool   // another edition of it, or another service pack
	among int    // products and versions that the rule is written for
}

// likelihood of the statement under the rule, against that under none of them.
// A rule for one version says more of a ticket on that version than a rule for
// all versions does.
func (f fit) likelihood() float64 {
	if f.name == "" {
		return productMissing
	}
	lr := productFits * math.Pow(float64(f.among), sharingPower)
	if f.loose {
		lr *= productLoose
	}
	return max(1.05, lr)
}

// why says what agrees, or that nothing does.
func (f fit) why(p statedProduct) string {
	if f.name == "" {
		return "not written for " + p.text + ", as " + p.why
	}
	why := "written for " + f.name
	if f.loose {
		why += " in another edition or service pack"
	}
	if f.among > 1 {
		why += fmt.Sprintf(", one of %d products and versions", f.among)
	}
	return why + ", as " + p.why
}

// fits compares the products that a rule is written for with the stated one.
func (p statedProduct) fits(products []rules.Product) fit {
	version := p.version
	if version == "" {
		version = versionIn(p.text)
	}
	var best fit
	among := 0
	for _, want := range products {
		among += p.distinct(version, want.Versions)
		fits, exactly := p.named(want.Name), p.exactly(want.Name)
		if !fits {
			continue
		}
		same, pack := p.versionIn(version, want.Versions)
		if !same {
			continue
		}
		if loose := !exactly || !pack; best.name == "" || best.loose && !loose {
			best.name, best.loose = want.Name, loose
		}
	}
	best.among = among
	return best
}

// distinct counts the versions that the statement can tell apart: where it
// names no service pack, those that differ in nothing else are one.
func (p statedProduct) distinct(version string, listed []string) int {
	if version == "" {
		return 1
	}
	packs := servicePack(p.text) != ""
	seen := map[string]bool{}
	for _, v := range listed {
		key := versionIn(v)
		if packs {
			key += " " + servicePack(v)
		}
		seen[key] = true
	}
	return max(1, len(seen))
}

// named reports whether all words of a product's name are in the stated one.
func (p statedProduct) named(name string) bool {
	have := strings.ToLower(p.text)
	for _, w := range nameWords(name) {
		if w != "server" && !strings.Contains(have, w) {
			return false
		}
	}
	return true
}

// exactly reports whether the stated product has no word that the name lacks:
// such a word is another edition, or a part of the product.
func (p statedProduct) exactly(name string) bool {
	want := nameWords(name)
	for _, w := range nameWords(p.text) {
		if w != "server" && !slices.Contains(want, w) {
			return false
		}
	}
	return true
}

// nameWords are the words of a product's name, without the maker and without
// versions.
func nameWords(name string) []string {
	var out []string
	for _, w := range strings.Fields(strings.ToLower(name)) {
		w = strings.Trim(w, "(),;:")
		switch {
		case w == "" || w == "microsoft" || w == "version" || w == "service" || w == "pack" || hasDigit(w):
		default:
			out = append(out, w)
		}
	}
	return out
}

// versionIn reports whether the version is among those listed, as far as both
// are known, and whether its service pack is.
func (p statedProduct) versionIn(version string, listed []string) (same, pack bool) {
	if version == "" || len(listed) == 0 {
		return true, true
	}
	mine := servicePack(p.text)
	for _, v := range listed {
		if sameVersion(version, v) {
			same = true
			pack = pack || mine == "" || mine == servicePack(v)
		}
	}
	return same, pack
}

// servicePack gives the number of the service pack that a text names, such as
// "6a" of "4.0SP6a", "" for none.
func servicePack(text string) string {
	if m := packNumber.FindStringSubmatch(text); m != nil {
		return strings.ToLower(m[1])
	}
	return ""
}

var packNumber = regexp.MustCompile(`(?i)(?:sp|service pack)\s*(\d+[a-z]?)\b`)

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
