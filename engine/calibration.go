package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
)

// Calibration turns the terms of the best diagnosis of a fault into the
// probability that it is right: a logistic regression on solved tickets. The
// score orders the rules; how far it can be believed is learned. A table holds
// for rule bases like the one it was fitted with: how often the answer is among
// the rules at all is a part of what it learned.
type Calibration struct {
	Trained string             `json:"trained"` // what the solved tickets are
	Tickets int                `json:"tickets"`
	Weights map[string]float64 `json:"weights"` // by feature, in nats
}

// ParseCalibration reads a table. It must have a weight for every feature and
// for nothing else.
func ParseCalibration(raw []byte) (*Calibration, error) {
	c := &Calibration{}
	if err := json.Unmarshal(raw, c); err != nil {
		return nil, fmt.Errorf("calibration: %w", err)
	}
	for _, name := range featureNames() {
		if _, ok := c.Weights[name]; !ok {
			return nil, fmt.Errorf("calibration: no weight for %q: fit it with kbdiag rules calibrate", name)
		}
	}
	if len(c.Weights) != len(featureNames()) {
		return nil, errors.New("calibration: it has weights for features that this program does not know")
	}
	return c, nil
}

// String says what the confidence was calibrated on.
func (c *Calibration) String() string {
	if c == nil {
		return ""
	}
	return fmt.Sprintf("%s (%d tickets)", c.Trained, c.Tickets)
}

// featureNames lists what the confidence is told from, in a fixed order.
func featureNames() []string {
	return []string{
		"always", "ahead of rivals", "far ahead of rivals", "ahead of other faults", "score",
		"near window", "outside window", "another product",
		"shared event", "more words", "unexplained errors",
	}
}

const (
	nearRivals = 6.0  // decibans within which rivals are close
	farRivals  = 15.0 // beyond it more does not matter
	manyShare  = 20.0 // rules that share an event, as a measure
)

// features of the best rule of a fault. rival is the score of the next rule
// for the same fault, other the best score of any other fault, both -Inf if
// there is none.
func (s *scored) features(rival, other float64) []float64 {
	f := make([]float64, len(featureNames()))
	ahead := max(0, min(farRivals, s.score-rival))
	f[0] = 1
	f[1] = min(ahead, nearRivals) / nearRivals
	f[2] = max(0, ahead-nearRivals) / (farRivals - nearRivals)
	f[3] = max(0, min(nearRivals, s.score-other)) / nearRivals
	score := s.score
	for _, t := range s.terms {
		switch {
		case t.Name == "incident window":
			score -= t.DB
			if place := windowPlace(t); place > 0 {
				f[4+place] = 1
			}
		case t.Name == "product" && t.DB < 0:
			f[7] = 1
		case strings.HasSuffix(t.Name, " more"):
			f[9] = max(f[9], t.DB/db(saysMore))
		}
	}
	f[4] = max(-3, min(2, score/10))
	f[8] = math.Log(float64(max(1, s.leaves.shared))) / math.Log(manyShare)
	if s.leaves.errors > 0 {
		f[10] = 1
	}
	return f
}

// windowPlace is 0 in the window, 1 near it, 2 outside.
func windowPlace(t Term) int {
	switch {
	case t.DB > 0:
		return 0
	case t.DB > db(outsideWindow)+0.1:
		return 1
	}
	return 2
}

// probability of a rule with these features to be right.
func (c *Calibration) probability(features []float64) float64 {
	sum := 0.0
	for i, name := range featureNames() {
		sum += c.Weights[name] * features[i]
	}
	return 1 / (1 + math.Exp(-sum))
}

// Case is one solved ticket: the features of its first diagnosis, and whether
// that was right.
type Case struct {
	features []float64
	Right    bool
}

// Case makes a case of a report. right is the rule that was the answer, "" for
// none of them. It gives false where the report has no diagnosis.
func (rep *Report) Case(right string) (Case, bool) {
	if len(rep.Diagnoses) == 0 || rep.first == nil {
		return Case{}, false
	}
	return Case{rep.first, rep.Diagnoses[0].Rule == right}, true
}

// ridge holds the weights of rare features near zero.
const ridge = 0.3

// FitCalibration fits the weights by Newton's method. trained names the
// tickets.
func FitCalibration(cases []Case, trained string) (*Calibration, error) {
	names := featureNames()
	if len(cases) < 3*len(names) {
		return nil, fmt.Errorf("%d solved tickets are too few: at least %d are needed", len(cases), 3*len(names))
	}
	w := make([]float64, len(names))
	for range 50 {
		gradient, hessian := make([]float64, len(w)), make([][]float64, len(w))
		for i := range w {
			gradient[i] = -ridge * w[i]
			hessian[i] = make([]float64, len(w))
			hessian[i][i] = ridge
		}
		for _, c := range cases {
			sum := 0.0
			for i, x := range c.features {
				sum += w[i] * x
			}
			p := 1 / (1 + math.Exp(-sum))
			off := -p
			if c.Right {
				off++
			}
			for i, x := range c.features {
				gradient[i] += off * x
				for j, y := range c.features {
					hessian[i][j] += p * (1 - p) * x * y
				}
			}
		}
		for i, d := range solve(hessian, gradient) {
			w[i] += d
		}
	}
	c := &Calibration{Trained: trained, Tickets: len(cases), Weights: map[string]float64{}}
	for i, name := range names {
		c.Weights[name] = math.Round(w[i]*1000) / 1000
	}
	return c, nil
}

// solve gives x of a*x = b by elimination. a is symmetric and positive
// definite, thanks to the ridge, so no pivoting is needed. It overwrites both.
func solve(a [][]float64, b []float64) []float64 {
	n := len(b)
	for k := range n {
		for i := k + 1; i < n; i++ {
			f := a[i][k] / a[k][k]
			for j := k; j < n; j++ {
				a[i][j] -= f * a[k][j]
			}
			b[i] -= f * b[k]
		}
	}
	x := make([]float64, n)
	for i := n - 1; i >= 0; i-- {
		x[i] = b[i]
		for j := i + 1; j < n; j++ {
			x[i] -= a[i][j] * x[j]
		}
		x[i] /= a[i][i]
	}
	return x
}

// Check measures a table on solved tickets: the mean squared error of the
// confidence (Brier score), and how far it is from the share that was right,
// in ten steps, weighted by their tickets (expected calibration error).
func (c *Calibration) Check(cases []Case) (brier, ece float64) {
	var n, right, sum [10]float64
	for _, x := range cases {
		p, y := c.probability(x.features), 0.0
		if x.Right {
			y = 1
		}
		brier += (p - y) * (p - y)
		step := min(9, int(p*10))
		n[step]++
		right[step] += y
		sum[step] += p
	}
	for i := range n {
		ece += math.Abs(right[i] - sum[i])
	}
	total := float64(max(1, len(cases)))
	return brier / total, ece / total
}
