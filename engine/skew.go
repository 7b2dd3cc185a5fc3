package engine

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"kbdiag/rules"
)

// The clocks of two hosts are compared where both logged the same thing: a
// correlation that groups records by a value of theirs, such as the number of
// a session, and a group with one record of each of the two. The median of
// their differences is how far one clock is ahead of the other, and the median
// of what they deviate from it says how far that can be trusted. What takes
// long by nature, such as the signals of a sequence, is not compared, and a
// difference that the correlation allows is no sign of a clock that is off.
const (
	// skewPairs is how many pairs an estimate needs.
	skewPairs = 5
	// skewGrain is what times in whole seconds, and the way from one host to
	// the other, leave open at best.
	skewGrain = 1
	// skewWidest is the widest uncertainty, in seconds, with which an estimate
	// is of use.
	skewWidest = 30
	// skewShare is the share of the pairs that must lie within the uncertainty.
	skewShare = 0.8
	// skewKinds bounds the differences that are told apart, in seconds. More
	// of them are no clock.
	skewKinds = 1 << 12
	// skewTracks bounds the pairs of hosts that are compared. Where there are
	// more, no clock is estimated.
	skewTracks = 1 << 10
)

// hostSkew is an estimate: how far the clock of host is ahead of that of
// another.
type hostSkew struct {
	host, of string
	Skew
	pairs int
}

// note says it as the report does.
func (s *hostSkew) note() string {
	direction, ahead := "ahead of", s.Ahead
	if ahead < 0 {
		direction, ahead = "behind", -ahead
	}
	return fmt.Sprintf("clock of %s runs %.0f s %s %s, +-%.0f s, from %d pairs of records that both logged: times are compared accordingly (--skew states another)",
		s.host, ahead.Seconds(), direction, s.of, s.Within.Seconds(), s.pairs)
}

// skewTrack is two hosts, a before b, whose records one correlation pairs.
type skewTrack struct {
	a, b   uint16
	series int32
}

// skewSample counts differences, in whole seconds.
type skewSample struct {
	counts map[int64]int
	n      int
	wide   bool
}

func (s *skewSample) add(difference int64) {
	if _, ok := s.counts[difference]; !ok && len(s.counts) >= skewKinds {
		s.wide = true
		return
	}
	s.counts[difference]++
	s.n++
}

// median gives the value in the middle of what key makes of the differences.
func (s *skewSample) median(key func(int64) int64) int64 {
	counts := map[int64]int{}
	for d, n := range s.counts {
		counts[key(d)] += n
	}
	keys := make([]int64, 0, len(counts))
	for k := range counts {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	before := 0
	for _, k := range keys {
		if before += counts[k]; 2*before >= s.n {
			return k
		}
	}
	return 0
}

// estimate gives how far the clock is ahead, with Ahead 0 where the difference
// is no more than what is allowed. ok is false if the pairs do not tell.
func (s *skewSample) estimate(allowed time.Duration) (skew Skew, ok bool) {
	if s.n < skewPairs || s.wide {
		return Skew{}, false
	}
	middle := s.median(func(d int64) int64 { return d })
	deviation := func(d int64) int64 { return max(d-middle, middle-d) }
	within := skewGrain + 2*s.median(deviation)
	near := 0
	for d, n := range s.counts {
		if deviation(d) <= within {
			near += n
		}
	}
	if within > skewWidest || float64(near) < skewShare*float64(s.n) {
		return Skew{}, false
	}
	skew.Within = time.Duration(within) * time.Second
	if ahead := time.Duration(middle) * time.Second; ahead.Abs() > max(skew.Within, allowed) {
		skew.Ahead = ahead
	}
	return skew, true
}

// skewFinder collects the pairs of one group after another.
type skewFinder struct {
	correlations []*correlation
	samples      map[skewTrack]*skewSample
	many         bool     // hosts, too many to compare
	group        []moment // the moments of the group at hand, at most skewGroup
}

// skewGroup is how many records a group may have: of more it is not clear
// which of them belong together.
const skewGroup = 16

// pairs takes the pairs of a group that is complete.
func (f *skewFinder) pairs() {
	if len(f.group) < 2 || len(f.group) > skewGroup {
		return
	}
	c := f.correlations[f.group[0].series]
	if _, together := c.node.(*rules.Within); together {
		f.pair(f.group)
		return
	}
	for place := range c.signals {
		var same []moment
		for _, m := range f.group {
			if int(m.place) == place {
				same = append(same, m)
			}
		}
		f.pair(same)
	}
}

// pair compares two records of two hosts.
func (f *skewFinder) pair(m []moment) {
	if len(m) != 2 || m[0].host == m[1].host || m[0].host == 0 || m[1].host == 0 {
		return
	}
	a, b := m[0], m[1]
	if a.host > b.host {
		a, b = b, a
	}
	track := skewTrack{a.host, b.host, a.series}
	s := f.samples[track]
	if s == nil {
		if len(f.samples) >= skewTracks {
			f.many = true
			return
		}
		s = &skewSample{counts: map[int64]int{}}
		f.samples[track] = s
	}
	s.add(int64(math.Round(float64(a.at-b.at) / float64(time.Second))))
}

// estimateClocks looks for pairs among the sightings.
func (r *Run) estimateClocks() error {
	f := skewFinder{correlations: r.set.correlations, samples: map[skewTrack]*skewSample{}}
	if !slices.ContainsFunc(f.correlations, (*correlation).pairsRecords) {
		return nil
	}
	err := r.sightings.each(func(m *moment) {
		if len(f.group) > 0 && (f.group[0].series != m.series || f.group[0].group != m.group) {
			f.pairs()
			f.group = f.group[:0]
		}
		if r.set.correlations[m.series].pairsRecords() && len(f.group) <= skewGroup {
			f.group = append(f.group, *m)
		}
	})
	f.pairs()
	if err != nil || f.many {
		return err
	}
	r.skews = skewsOf(&f, r.hosts.names)
	for _, s := range r.skews {
		r.clocks.set(r.hosts.number(s.host), s.Skew)
	}
	return nil
}

// pairsRecords reports whether the records of a group share a value of theirs.
func (c *correlation) pairsRecords() bool { return c.by.value != nil && c.window > 0 }

// estimated is an estimate between two hosts.
type estimated struct {
	a, b  uint16
	skew  Skew // of a
	pairs int
}

// skewsOf chooses among the estimates: for each two hosts that of the
// correlation with the most pairs, so that no pair counts twice. The host with
// the most pairs goes right, those that it is compared with are ahead or
// behind, and so on with what is left.
func skewsOf(f *skewFinder, names []string) []hostSkew {
	samples := f.samples
	best := map[[2]uint16]skewTrack{}
	for t, s := range samples {
		k := [2]uint16{t.a, t.b}
		old, ok := best[k]
		if n := s.n; !ok || n > samples[old].n || n == samples[old].n && t.series < old.series {
			best[k] = t
		}
	}
	var list []estimated
	weight := map[uint16]int{}
	for k, t := range best {
		if skew, ok := samples[t].estimate(f.correlations[t.series].window); ok {
			list = append(list, estimated{k[0], k[1], skew, samples[t].n})
			weight[k[0]] += samples[t].n
			weight[k[1]] += samples[t].n
		}
	}
	var out []hostSkew
	for len(weight) > 0 {
		right := heaviestHost(weight, names)
		delete(weight, right)
		for _, e := range list {
			other := e.a
			if e.a == right {
				other, e.skew.Ahead = e.b, -e.skew.Ahead
			} else if e.b != right {
				continue
			}
			if _, open := weight[other]; !open {
				continue
			}
			delete(weight, other)
			if e.skew.Ahead != 0 {
				out = append(out, hostSkew{names[other], names[right], e.skew, e.pairs})
			}
		}
	}
	slices.SortFunc(out, func(a, b hostSkew) int { return strings.Compare(a.host, b.host) })
	return out
}

// heaviestHost gives the host with the most pairs, of equal ones the first by
// name.
func heaviestHost(weight map[uint16]int, names []string) uint16 {
	best := uint16(0)
	for h, n := range weight {
		if best == 0 || n > weight[best] || n == weight[best] && names[h] < names[best] {
			best = h
		}
	}
	return best
}
