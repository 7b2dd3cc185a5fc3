package transcript

import "strings"

// joiner joins texts into strings that share memory, many in one piece of it.
type joiner struct{ b strings.Builder }

// joinerPiece is how much memory is taken at a time, in bytes.
const joinerPiece = 16 << 10

// join gives the parts as one string.
func (j *joiner) join(parts ...string) string {
	if len(parts) == 2 && parts[0] == "" {
		return parts[1]
	}
	size := 0
	for _, p := range parts {
		size += len(p)
	}
	j.room(size)
	from := j.b.Len()
	for _, p := range parts {
		j.b.WriteString(p)
	}
	return j.b.String()[from:]
}

// replace gives a text with one byte in the place of another.
func (j *joiner) replace(s string, old, by byte) string {
	i := strings.IndexByte(s, old)
	if i < 0 {
		return s
	}
	j.room(len(s))
	from := j.b.Len()
	for ; i >= 0; i = strings.IndexByte(s, old) {
		j.b.WriteString(s[:i])
		j.b.WriteByte(by)
		s = s[i+1:]
	}
	j.b.WriteString(s)
	return j.b.String()[from:]
}

// room makes sure that so many bytes follow one another.
func (j *joiner) room(size int) {
	if j.b.Cap()-j.b.Len() < size {
		j.b = strings.Builder{}
		j.b.Grow(max(joinerPiece, size))
	}
}
