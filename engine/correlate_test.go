package engine

import (
	"math/rand"
	"testing"
	"time"

	"kbdiag/parsers"
	"kbdiag/rules"
)

// oracleWithin tries every choice of one hit for each named signal.
func oracleWithin(tracks [][]moment, ids []int, d time.Duration, by rules.Group, ordered bool) parsers.Tri {
	type pick struct{ sig, n int }
	undated := false
	for _, t := range tracks {
		for i := range t {
			if _, ok := groupKey(by, &t[i]); !ok || t[i].at == 0 {
				undated = true
			}
		}
	}
	var try func(i int, chosen []moment, used map[pick]bool) bool
	try = func(i int, chosen []moment, used map[pick]bool) bool {
		if i == len(tracks) {
			lo, hi := chosen[0].at, chosen[0].at
			for j, m := range chosen {
				lo, hi = min(lo, m.at), max(hi, m.at)
				if ordered && j > 0 && m.at < chosen[j-1].at {
					return false
				}
			}
			return hi-lo <= int64(d)
		}
		for n := range tracks[i] {
			m := tracks[i][n]
			p := pick{ids[i], n}
			key, ok := groupKey(by, &m)
			if !ok || m.at == 0 || used[p] {
				continue
			}
			if i > 0 {
				if first, _ := groupKey(by, &chosen[0]); first != key {
					continue
				}
			}
			used[p] = true
			found := try(i+1, append(chosen, m), used)
			delete(used, p)
			if found {
				return true
			}
		}
		return false
	}
	if try(0, nil, map[pick]bool{}) {
		return parsers.Yes
	}
	return notFound(undated)
}

// TestCorrelationOracle compares the streaming algorithms with trying all
// choices, on random hits with equal times, disorder and missing times.
func TestCorrelationOracle(t *testing.T) {
	rnd := rand.New(rand.NewSource(1))
	found := map[parsers.Tri]int{}
	for n := 0; n < 20_000; n++ {
		signals := make([][]moment, 1+rnd.Intn(3))
		for i := range signals {
			signals[i] = make([]moment, rnd.Intn(5))
			for j := range signals[i] {
				m := moment{at: int64(1 + rnd.Intn(8)), host: []string{"a", "b", ""}[rnd.Intn(3)]}
				if rnd.Intn(12) == 0 {
					m.at = 0
				}
				signals[i][j] = m
			}
		}
		var ids []int
		var tracks [][]moment
		for k := 1 + rnd.Intn(3); k > 0; k-- {
			id := rnd.Intn(len(signals))
			ids = append(ids, id)
			tracks = append(tracks, signals[id])
		}
		by := []rules.Group{rules.Ungrouped, rules.SameHost}[rnd.Intn(2)]
		d := time.Duration(rnd.Intn(6))
		if got, want := within(tracks, ids, d, by), oracleWithin(tracks, ids, d, by, false); got != want {
			t.Fatalf("within(%v, ids %v, %d, %q) = %v, want %v", tracks, ids, d, by, got, want)
		}
		got, want := sequence(tracks, ids, d, by), oracleWithin(tracks, ids, d, by, true)
		if got != want {
			t.Fatalf("sequence(%v, ids %v, %d, %q) = %v, want %v", tracks, ids, d, by, got, want)
		}
		found[got]++
	}
	if len(found) != 3 {
		t.Errorf("the random cases gave only %v", found)
	}
}
