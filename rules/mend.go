package rules

import (
	"slices"
)

// maxMendPasses bounds how often a file is read again to mend what an earlier
// mending brought to light.
const maxMendPasses = 10

// Mend applies all edits that findings on a file have, by ranges of bytes: all
// else stays as it is, comments too. It reads the result again and goes on
// until nothing is left that it can mend. It gives the mended file and the
// findings that were mended; data is not changed. A mending after which the
// file has more errors than before is not done.
func Mend(file string, data []byte) ([]byte, []Finding) {
	var done []Finding
	_, findings := Parse(file, data)
	for range maxMendPasses {
		edits := edits(findings)
		if len(edits) == 0 {
			break
		}
		mended := apply(data, edits)
		_, left := Parse(file, mended)
		if hides(findings, left) {
			edits = edits[:1]
			mended = apply(data, edits)
			_, left = Parse(file, mended)
		}
		if hides(findings, left) {
			break
		}
		data, findings, done = mended, left, append(done, edits...)
	}
	return data, done
}

// hides says whether a file that was read whole before is no TOML any more.
func hides(before, after []Finding) bool {
	broken := func(f Finding) bool { return f.Code == CodeSyntax || f.Code == CodeTooLarge }
	return slices.ContainsFunc(after, broken) && !slices.ContainsFunc(before, broken)
}

// edits gives the findings with an edit that does not touch an earlier one, in
// the order of the file.
func edits(findings []Finding) []Finding {
	var list []Finding
	for _, f := range findings {
		if f.Edit != nil {
			list = append(list, f)
		}
	}
	slices.SortStableFunc(list, func(a, b Finding) int { return a.Edit.Start - b.Edit.Start })
	end := -1
	return slices.DeleteFunc(list, func(f Finding) bool {
		if f.Edit.Start <= end {
			return true
		}
		end = f.Edit.End
		return false
	})
}

// apply makes edits that are sorted and do not touch.
func apply(data []byte, list []Finding) []byte {
	out := make([]byte, 0, len(data)+64*len(list))
	at := 0
	for _, f := range list {
		out = append(out, data[at:f.Edit.Start]...)
		out = append(out, f.Edit.Text...)
		at = f.Edit.End
	}
	return append(out, data[at:]...)
}
