package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"math"

	"kbdiag/parsers"
)

// round rounds to the given number of parts of one.
func round(x, parts float64) float64 { return math.Round(x*parts) / parts }

// roundTerms rounds the terms to tenths of a deciban and sums what is shown, so
// that a reader who adds them up gets the score.
func roundTerms(terms []Term) ([]Term, float64) {
	out := make([]Term, len(terms))
	sum := 0.0
	for i, t := range terms {
		t.DB = round(t.DB, 10)
		out[i] = t
		sum += t.DB
	}
	return out, round(sum, 10)
}

// evidenceHasher reads the bytes of evidence again to hash them.
type evidenceHasher struct{ rd *parsers.Reader }

// maxEvidence bounds the bytes that are hashed for one piece of evidence.
const maxEvidence = 16 << 20

// of gives the SHA-256 of the record's bytes, "" where they cannot be read
// again.
func (h evidenceHasher) of(pos parsers.Pos) string {
	if h.rd == nil || pos.Length <= 0 || pos.Length > maxEvidence {
		return ""
	}
	src, err := h.rd.Section(pos.Path, pos.Offset, pos.Length)
	if err != nil {
		return ""
	}
	defer src.Close()
	sum := sha256.New()
	if n, err := io.Copy(sum, src); err != nil || n != pos.Length {
		return ""
	}
	return hex.EncodeToString(sum.Sum(nil))
}
