package engine

import (
	"sort"
	"time"

	"kbdiag/parsers"
	"kbdiag/rules"
)

// groupKey gives the group that a moment belongs to, false if the record does
// not tell.
func groupKey(by rules.Group, m *moment) (string, bool) {
	switch by {
	case rules.SameHost, rules.SameServer:
		return m.host, m.host != ""
	case rules.SameUser:
		return m.user, m.user != ""
	case rules.SameSession:
		return m.group, m.group != ""
	}
	return "", true
}

// groups splits the moments of each signal by key, in time order. undated
// reports whether some moment lacks its time or key, so that a "no" cannot be
// told.
func groups(tracks [][]moment, by rules.Group) (out map[string][][]int64, undated bool) {
	out = map[string][][]int64{}
	for i, track := range tracks {
		for j := range track {
			key, ok := groupKey(by, &track[j])
			if !ok || track[j].at == 0 {
				undated = true
				continue
			}
			g := out[key]
			if g == nil {
				g = make([][]int64, len(tracks))
				out[key] = g
			}
			g[i] = append(g[i], track[j].at)
		}
	}
	for _, g := range out {
		for i := range g {
			sort.Slice(g[i], func(a, b int) bool { return g[i][a] < g[i][b] })
		}
	}
	return out, undated
}

// within tells whether every signal was seen inside some stretch of time no
// longer than d. A signal that is named twice must be seen twice.
func within(tracks [][]moment, ids []int, d time.Duration, by rules.Group) parsers.Tri {
	need := map[int]int{}
	for _, id := range ids {
		need[id]++
	}
	grouped, undated := groups(distinct(tracks, ids), by)
	for _, g := range grouped {
		if withinGroup(g, distinctIDs(ids), need, int64(d)) {
			return parsers.Yes
		}
	}
	return notFound(undated)
}

func notFound(undated bool) parsers.Tri {
	if undated {
		return parsers.Unknown
	}
	return parsers.No
}

// distinct gives the track of each different signal once, in order of first
// naming.
func distinct(tracks [][]moment, ids []int) [][]moment {
	var out [][]moment
	seen := map[int]bool{}
	for i, id := range ids {
		if !seen[id] {
			seen[id] = true
			out = append(out, tracks[i])
		}
	}
	return out
}

func distinctIDs(ids []int) []int {
	var out []int
	seen := map[int]bool{}
	for _, id := range ids {
		if !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}

// withinGroup slides a window over the times. For the i-th signal, need says
// how many of its hits the window must hold.
func withinGroup(times [][]int64, ids []int, need map[int]int, d int64) bool {
	type point struct {
		at  int64
		sig int
	}
	var points []point
	for i, ts := range times {
		for _, t := range ts {
			points = append(points, point{t, i})
		}
	}
	sort.Slice(points, func(a, b int) bool { return points[a].at < points[b].at })
	have := make([]int, len(ids))
	lacking := len(ids)
	left := 0
	for _, p := range points {
		have[p.sig]++
		if have[p.sig] == need[ids[p.sig]] {
			lacking--
		}
		for p.at-points[left].at > d {
			q := points[left].sig
			if have[q] == need[ids[q]] {
				lacking++
			}
			have[q]--
			left++
		}
		if lacking == 0 {
			return true
		}
	}
	return false
}

// sequence tells whether the signals were seen in the order in which they are
// named, the last no later than d after the first. Records of equal time may
// stand in either order.
func sequence(tracks [][]moment, ids []int, d time.Duration, by rules.Group) parsers.Tri {
	grouped, undated := groups(tracks, by)
	for _, g := range grouped {
		if sequenceGroup(g, ids, int64(d)) {
			return parsers.Yes
		}
	}
	return notFound(undated)
}

// sequenceGroup tries each first hit and takes the earliest next one that is
// not before it, which gives the shortest sequence from there.
func sequenceGroup(times [][]int64, ids []int, d int64) bool {
	for start := range times[0] {
		if sequenceFrom(times, ids, start, d) {
			return true
		}
	}
	return false
}

func sequenceFrom(times [][]int64, ids []int, start int, d int64) bool {
	first := times[0][start]
	at := first
	used := map[int]int{ids[0]: start + 1} // by signal: the first hit not used yet
	for i := 1; i < len(times); i++ {
		ts := times[i]
		k := sort.Search(len(ts), func(k int) bool { return ts[k] >= at })
		k = max(k, used[ids[i]])
		if k >= len(ts) || ts[k]-first > d {
			return false
		}
		used[ids[i]] = k + 1
		at = ts[k]
	}
	return true
}
