package engine

// automaton looks for many literals in a text in one pass (Aho and Corasick,
// 1975), as a table with a row for each state. ASCII letters of the text match
// whatever their case. It is safe for concurrent use.
type automaton struct {
	class   [256]uint8 // column of a byte; 0 for bytes that no literal has
	width   int32      // columns of the table
	next    []int32    // next state, as an index of its row's first column
	outFrom int32      // rows from here on end some literal
	outAt   []int32    // by row from outFrom: where its literals begin in outs
	outs    []int32
}

// trieNode is a state before the table is laid out.
type trieNode struct {
	children []edge
	fail     int32
	out      []int32 // literals that end here, those of shorter suffixes included
	row      int32
}

type edge struct {
	b  byte
	to int32
}

func (n *trieNode) child(b byte) (int32, bool) {
	for _, e := range n.children {
		if e.b == b {
			return e.to, true
		}
	}
	return 0, false
}

// newAutomaton takes the literals, in lower case and not empty; their indexes
// are what scan reports. nil for none.
func newAutomaton(literals []string) *automaton {
	if len(literals) == 0 {
		return nil
	}
	nodes := trieOf(literals)
	order := linkFailures(nodes)
	a := &automaton{width: 1}
	for _, l := range literals {
		for i := 0; i < len(l); i++ {
			if a.class[l[i]] == 0 {
				a.class[l[i]] = uint8(a.width) // without capitals there are less than 256
				a.width++
			}
		}
	}
	for c := 'A'; c <= 'Z'; c++ {
		a.class[c] = a.class[c+'a'-'A']
	}
	a.layOut(nodes, order)
	return a
}

func trieOf(literals []string) []trieNode {
	nodes := []trieNode{{}}
	for n, l := range literals {
		at := int32(0)
		for i := 0; i < len(l); i++ {
			to, ok := nodes[at].child(l[i])
			if !ok {
				to = int32(len(nodes))
				nodes = append(nodes, trieNode{})
				nodes[at].children = append(nodes[at].children, edge{l[i], to})
			}
			at = to
		}
		nodes[at].out = append(nodes[at].out, int32(n))
	}
	return nodes
}

// linkFailures sets for each state the one of its longest suffix, and gives
// the states in the order of their depth.
func linkFailures(nodes []trieNode) []int32 {
	order := make([]int32, 1, len(nodes))
	for k := 0; k < len(order); k++ {
		at := order[k]
		for _, e := range nodes[at].children {
			to := e.to
			order = append(order, to)
			if at == 0 {
				continue
			}
			f := nodes[at].fail
			for {
				if n, ok := nodes[f].child(e.b); ok {
					nodes[to].fail = n
					break
				}
				if f == 0 {
					break
				}
				f = nodes[f].fail
			}
			nodes[to].out = append(nodes[to].out, nodes[nodes[to].fail].out...)
		}
	}
	return order
}

// layOut numbers the rows, those that end a literal last, and fills the table.
func (a *automaton) layOut(nodes []trieNode, order []int32) {
	row := int32(0)
	for _, ends := range []bool{false, true} {
		if ends {
			a.outFrom = row * a.width
		}
		for _, n := range order {
			if ends == (len(nodes[n].out) > 0) {
				nodes[n].row = row * a.width
				row++
				if ends {
					a.outAt = append(a.outAt, int32(len(a.outs)))
					a.outs = append(a.outs, nodes[n].out...)
				}
			}
		}
	}
	a.outAt = append(a.outAt, int32(len(a.outs)))
	a.next = make([]int32, int(row)*int(a.width))
	for _, n := range order {
		node := &nodes[n]
		cells := a.next[node.row : node.row+a.width]
		if n != 0 {
			copy(cells, a.next[nodes[node.fail].row:][:a.width])
		}
		for _, e := range node.children {
			cells[a.class[e.b]] = nodes[e.to].row
		}
	}
}

// scan calls found with each literal that the text has, as often as it stands
// there. It gives the bits of all bytes, so that the caller learns whether the
// text is ASCII.
func (a *automaton) scan(text string, found func(literal int32)) (bits byte) {
	state := int32(0)
	next, outFrom := a.next, a.outFrom
	for i := 0; i < len(text); i++ {
		b := text[i]
		bits |= b
		state = next[state+int32(a.class[b])]
		if state >= outFrom {
			row := (state - outFrom) / a.width
			for _, l := range a.outs[a.outAt[row]:a.outAt[row+1]] {
				found(l)
			}
		}
	}
	return bits
}

// size is the number of bytes of the table.
func (a *automaton) size() int {
	if a == nil {
		return 0
	}
	return 4 * (len(a.next) + len(a.outs) + len(a.outAt))
}
