package engine

import "time"

// histogramCap bounds the buckets of a histogram: ten months of hours.
const histogramCap = 8 << 10

// histogram counts by hour. Where the times spread over more hours than
// histogramCap, buckets become a day, 24 days and so on. The result does not
// depend on the order of counting or merging: the buckets are the finest of
// which all that was counted needs no more than histogramCap.
type histogram struct {
	buckets map[int64]int // by first hour since 1970
	width   int64         // hours of a bucket, 0 while empty
}

// add counts n at an hour.
func (h *histogram) add(hour int64, n int) {
	if h.buckets == nil {
		h.buckets, h.width = map[int64]int{}, 1
	}
	h.buckets[floor(hour, h.width)] += n
	for len(h.buckets) > histogramCap {
		h.coarsen()
	}
}

func (h *histogram) coarsen() {
	h.width *= 24
	old := h.buckets
	h.buckets = make(map[int64]int, len(old)/24+1)
	for hour, n := range old {
		h.buckets[floor(hour, h.width)] += n
	}
}

func floor(hour, width int64) int64 {
	r := hour % width
	if r < 0 {
		r += width
	}
	return hour - r
}

// merge adds another histogram.
func (h *histogram) merge(o *histogram) {
	if o.width == 0 {
		return
	}
	if h.width == 0 {
		h.buckets, h.width = map[int64]int{}, 1
	}
	for h.width < o.width {
		h.coarsen()
	}
	for hour, n := range o.buckets {
		h.add(hour, n)
	}
}

// within counts what lies in the buckets that overlap from <= t <= to.
func (h *histogram) within(from, to time.Time) int {
	n := 0
	for hour, k := range h.buckets {
		if h.overlaps(hour, from, to) {
			n += k
		}
	}
	return n
}

// outside is the number of buckets that lie outside from <= t <= to.
func (h *histogram) outside(from, to time.Time) int {
	n := 0
	for hour := range h.buckets {
		if !h.overlaps(hour, from, to) {
			n++
		}
	}
	return n
}

func (h *histogram) overlaps(hour int64, from, to time.Time) bool {
	return hour+h.width > hourOf(from) && hour <= hourOf(to)
}

// at counts what lies in the bucket of an hour.
func (h *histogram) at(hour int64) int {
	if h.width == 0 {
		return 0
	}
	return h.buckets[floor(hour, h.width)]
}

func hourOf(t time.Time) int64 { return t.Unix() / 3600 }
