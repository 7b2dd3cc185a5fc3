package evtx

import "errors"

// effort is the work that may still be done for one chunk. A chunk holds 64
// KiB, but what stands in it once can be asked for many times: names by every
// element, values by every element of a template, templates by every value with
// BinXML in it. So every step that a chunk can ask for again takes something
// off; what is left undone when nothing is left is unknown or accounted for as
// skipped.
//
// One record gets half of what is left, so that a record that asks for all does
// not cost the others of its chunk.
type effort struct {
	left int
	kept int // for the records behind the one that is being read
}

// maxWork is the effort for one chunk: two steps for each of its bytes. The
// busiest chunks of honest logs take a seventh of it.
const maxWork = 2 * chunkSize

// What is done in bulk takes less than a step for each byte.
const (
	bytesMade     = 16  // bytes of text that are made in the time of a step
	bytesCompared = 256 // likewise that are compared
)

var errWork = errors.New("BinXML asks for too much work")

// spend takes n steps off. It reports false if there were not as many.
func (e *effort) spend(n int) bool {
	e.left -= n
	return e.left >= 0
}

// begin begins a record.
func (e *effort) begin() {
	e.kept = max(e.left, 0) / 2
	e.left -= e.kept
}

// end ends it.
func (e *effort) end() {
	e.left += e.kept
	e.kept = 0
}

// spent reports whether nothing is left.
func (e *effort) spent() bool { return e.left < 0 }
