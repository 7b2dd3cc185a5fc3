package evtx

// gap finds out whether a stretch of zeros between two chunks held records.
// Most such stretches are space that was set aside and never used; where the
// numbers of the records go on behind it, nothing is missing. A log that has
// gone round goes on with lower numbers.
type gap struct {
	last    uint64 // number of the last record before
	chunks  int    // in the stretch
	missing int    // records, in all stretches
}

// zeros is told of a chunk of zeros.
func (g *gap) zeros() { g.chunks++ }

// records is told of the records of a chunk.
func (g *gap) records(list []rawRecord) {
	if len(list) == 0 {
		return
	}
	if first := list[0].id; g.chunks > 0 && g.last > 0 && first > g.last+1 {
		missing := first - g.last - 1
		if most := uint64(g.chunks) * (chunkSize / minimumRecord); missing <= most {
			g.missing += int(missing)
		}
	}
	g.last, g.chunks = list[len(list)-1].id, 0
}
