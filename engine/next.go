package engine

import (
	"math"
	"sort"

	"kbdiag/parsers"
	"kbdiag/rules"
)

const (
	questionsShown = 5
	minGainBits    = 0.01
	// gainParts is the fraction of a bit that is told: the last digits of
	// logarithms differ from one machine to another, and reports must not.
	gainParts = 1000
	// seenIfNot is how often a signal is seen although its rule is not the
	// cause.
	seenIfNot = 0.1
)

// seenIfCause is how often a signal is seen when its rule is the cause.
var seenIfCause = map[rules.Strength]float64{
	rules.Pathognomonic: 0.6,
	rules.Strong:        0.85,
	rules.Supports:      0.6,
	rules.Weak:          0.35,
	rules.Against:       0.05,
	rules.RulesOut:      0.01,
}

// questions gives what to ask for next: the signals that the inputs cannot
// tell, by the information that their answer is expected to give about which
// diagnosis is right, per minute of the customer's time.
func questions(ranked []*scored) []Question {
	p := shares(ranked)
	before := entropy(p)
	byAsk := map[string]*Question{}
	var order []string
	for i, s := range ranked {
		if s.conf < possibleFrom {
			continue
		}
		for _, c := range s.rule.rule.Collect {
			gain := round(before-expectedEntropy(p, i, s.strengthOf(c.Signal)), gainParts)
			if gain < minGainBits || !s.open(c.Signal) {
				continue
			}
			q := byAsk[c.Ask]
			if q == nil {
				q = &Question{Ask: c.Ask, Cost: max(c.Cost, 1)}
				byAsk[c.Ask] = q
				order = append(order, c.Ask)
			}
			q.GainBits = max(q.GainBits, gain)
			q.Separates = append(q.Separates, s.rule.rule.ID)
		}
	}
	out := make([]Question, 0, len(order))
	for _, ask := range order {
		out = append(out, *byAsk[ask])
	}
	sort.SliceStable(out, func(i, j int) bool {
		a, b := out[i].GainBits/out[i].Cost, out[j].GainBits/out[j].Cost
		if math.Abs(a-b) > 1e-12 {
			return a > b
		}
		return out[i].Ask < out[j].Ask
	})
	return out[:min(len(out), questionsShown)]
}

// shares gives the probability of each rule, and of none of them last.
func shares(ranked []*scored) []float64 {
	p := make([]float64, len(ranked)+1)
	total := 1.0
	for i, s := range ranked {
		p[i] = math.Pow(10, s.score/10)
		total += p[i]
	}
	p[len(ranked)] = 1
	for i := range p {
		p[i] /= total
	}
	return p
}

func entropy(p []float64) float64 {
	h := 0.0
	for _, x := range p {
		if x > 0 {
			h -= x * math.Log2(x)
		}
	}
	return h
}

// expectedEntropy is the entropy of p after the answer whether a signal of
// rule i is there.
func expectedEntropy(p []float64, i int, strength rules.Strength) float64 {
	seen := func(j int) float64 {
		if j == i {
			return seenIfCause[strength]
		}
		return seenIfNot
	}
	yes := make([]float64, len(p))
	no := make([]float64, len(p))
	sum := 0.0
	for j := range p {
		yes[j] = p[j] * seen(j)
		no[j] = p[j] - yes[j]
		sum += yes[j]
	}
	return sum*entropy(scale(yes, sum)) + (1-sum)*entropy(scale(no, 1-sum))
}

func scale(p []float64, total float64) []float64 {
	if total <= 0 {
		return nil
	}
	for i := range p {
		p[i] /= total
	}
	return p
}

// open reports whether the inputs leave it open that the signal is there. A
// question without a signal is always open.
func (s *scored) open(name string) bool {
	for i := range s.rule.signals {
		if s.rule.signals[i].rule.Name == name {
			return s.state.signals[i].value == parsers.Unknown
		}
	}
	return true
}

func (s *scored) strengthOf(name string) rules.Strength {
	for i := range s.rule.signals {
		if s.rule.signals[i].rule.Name == name {
			return s.rule.signals[i].rule.Strength
		}
	}
	return rules.Supports
}
