package serve

import (
	"errors"
	"strings"
	"unicode/utf8"
)

// Bounds of the names that files are given.
const (
	maxDepth = 16  // folders in folders
	maxName  = 120 // bytes of one part
)

var (
	errLeadsOut = errors.New("a file's name leads out of its folder")
	errTooDeep  = errors.New("a file lies too deep in folders")
	errNoName   = errors.New("a file has no name")
)

// safeName turns the name of a file in a browser, with its folders, into one
// that any system takes, with slashes. Names that lead out of the folder are an
// error: no browser sends any.
func safeName(name string) (string, error) {
	name = strings.ReplaceAll(name, `\`, "/")
	if strings.HasPrefix(name, "/") || len(name) > 1 && name[1] == ':' {
		return "", errLeadsOut
	}
	var parts []string
	for _, p := range strings.Split(name, "/") {
		switch p {
		case "..":
			return "", errLeadsOut
		case "", ".":
			continue
		}
		parts = append(parts, safePart(p))
	}
	switch {
	case len(parts) == 0:
		return "", errNoName
	case len(parts) > maxDepth:
		return "", errTooDeep
	}
	return strings.Join(parts, "/"), nil
}

// safePart makes one part of a name harmless: no signs that a system keeps for
// itself, no device of Windows, no dot or blank at the end, not too long.
func safePart(p string) string {
	p = strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7F || c == utf8.RuneError || strings.ContainsRune(`<>:"|?*`, c) {
			return '_'
		}
		return c
	}, p)
	for len(p) > maxName { // the beginning goes: the end tells the kind of file
		_, n := utf8.DecodeRuneInString(p)
		p = p[n:]
	}
	if end := strings.TrimRight(p, ". "); end != p {
		p = end + strings.Repeat("_", len(p)-len(end))
	}
	if isDevice(p) {
		p = "_" + p
	}
	return p
}

// isDevice tells the names that Windows keeps for devices, with any ending
// (Naming Files, Paths, and Namespaces, in the Windows documentation).
func isDevice(p string) bool {
	stem, _, _ := strings.Cut(strings.ToUpper(p), ".")
	switch stem = strings.TrimRight(stem, " "); stem {
	case "CON", "PRN", "AUX", "NUL":
		return true
	}
	return len(stem) == 4 && (strings.HasPrefix(stem, "COM") || strings.HasPrefix(stem, "LPT")) && stem[3] >= '0' && stem[3] <= '9'
}
