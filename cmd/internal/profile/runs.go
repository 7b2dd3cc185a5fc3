package profile

import "sort"

// maxRuns bounds the runs of record numbers that are kept of one log.
const maxRuns = 4096

// run is an unbroken stretch of record numbers.
type run struct{ low, high uint64 }

// runs collects the record numbers of one log, in any order.
type runs struct {
	list    []run // sorted, none touches the next
	at      int   // run that was added to last: the next number is beside it
	repeats int
	full    bool // too many runs: the gaps are no longer known
}

// add takes one number.
func (r *runs) add(n uint64) {
	if r.full {
		return
	}
	if r.at < len(r.list) {
		switch c := &r.list[r.at]; {
		case n == c.high+1 && (r.at+1 == len(r.list) || r.list[r.at+1].low > n+1):
			c.high = n
			return
		case n+1 == c.low && (r.at == 0 || r.list[r.at-1].high+1 < n):
			c.low = n
			return
		}
	}
	r.insert(n)
}

// insert puts a number where it belongs and joins what it connects.
func (r *runs) insert(n uint64) {
	i := sort.Search(len(r.list), func(i int) bool { return r.list[i].high >= n })
	r.at = i
	if i < len(r.list) && r.list[i].low <= n {
		r.repeats++
		return
	}
	before := i > 0 && r.list[i-1].high+1 == n
	behind := i < len(r.list) && r.list[i].low == n+1
	switch {
	case before && behind:
		r.list[i-1].high = r.list[i].high
		r.list = append(r.list[:i], r.list[i+1:]...)
		r.at = i - 1
	case before:
		r.list[i-1].high = n
		r.at = i - 1
	case behind:
		r.list[i].low = n
	case len(r.list) == maxRuns:
		r.full = true
	default:
		r.list = append(r.list, run{})
		copy(r.list[i+1:], r.list[i:])
		r.list[i] = run{n, n}
	}
}

// missing gives the gaps between the numbers, and how many numbers they hold.
func (r *runs) missing() (gaps []run, n uint64) {
	for i := 1; i < len(r.list); i++ {
		g := run{r.list[i-1].high + 1, r.list[i].low - 1}
		gaps = append(gaps, g)
		n += g.high - g.low + 1
	}
	return gaps, n
}
