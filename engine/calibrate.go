package engine

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Case is one solved ticket: the features of its first diagnosis, and whether
// that was right.
type Case struct {
	Answer  string // the rule that was the answer, "" for none of the rules
	LeftOut bool   // it was left out of the rules on purpose
	Right   bool

	first *learned // nil where there was no diagnosis
}

// Case makes a case of a report. answer is the rule that was the answer, "" for
// none of them. leftOut tells that it was left out of the rules on purpose.
func (rep *Report) Case(answer string, leftOut bool) Case {
	c := Case{Answer: answer, LeftOut: leftOut}
	if len(rep.Diagnoses) > 0 {
		c.first = rep.first
		c.Right = rep.Diagnoses[0].Rule == answer && !leftOut
	}
	return c
}

// absent says that the answer was not among the rules.
func (c *Case) absent() bool { return c.LeftOut || c.Answer == "" }

const (
	// ridge holds the weights of rare features near zero.
	ridge = 0.3
	// usuallyAbsent is the share of tickets whose answer is not among the
	// rules, where the tickets do not tell: none of them is without an answer.
	usuallyAbsent = 0.1
	// falseSure is the share of the tickets whose rule was left out that may be
	// taken for sure.
	falseSure = 0.05
	// leastHeld is the least probability that is told as just below sure: more
	// likely right than not. Rules that tie are told as what they are.
	leastHeld = 0.5
)

// FitCalibration fits the weights by Newton's method. Cases with the right rule
// left out count, together with those without an answer, as much as the latter
// are a share of the tickets. trained names the tickets.
func FitCalibration(cases []Case, trained string) (*Calibration, error) {
	names := featureNames()
	c := &Calibration{Trained: trained, Weights: map[string]float64{}}
	for _, x := range cases {
		switch {
		case x.LeftOut:
			c.LeftOut++
		case x.first != nil:
			c.Tickets++
		}
	}
	if c.Tickets < 3*len(names) {
		return nil, fmt.Errorf("%d solved tickets are too few: at least %d are needed", c.Tickets, 3*len(names))
	}
	w := weigh(cases)
	for i, x := range logistic(w, len(names)) {
		c.Weights[names[i]] = math.Round(x*1000) / 1000
	}
	c.findSure(cases)
	c.findHeld(w)
	return c, nil
}

// weighed is a case with what it counts.
type weighed struct {
	*Case
	weight float64
}

// weigh leaves out the cases without a diagnosis.
func weigh(cases []Case) []weighed {
	asked, unanswered := 0, 0
	present, absent := 0, 0
	var out []weighed
	for i := range cases {
		c := &cases[i]
		if !c.LeftOut {
			asked++
			unanswered += oneIf(c.Answer == "")
		}
		if c.first == nil {
			continue
		}
		out = append(out, weighed{c, 1})
		if c.absent() {
			absent++
		} else {
			present++
		}
	}
	share := usuallyAbsent
	if unanswered > 0 {
		share = float64(unanswered) / float64(asked)
	}
	for i := range out {
		if out[i].absent() && present > 0 {
			out[i].weight = share / (1 - share) * float64(present) / float64(absent)
		}
	}
	return out
}

// logistic fits a regression of so many weights.
func logistic(cases []weighed, n int) []float64 {
	w := make([]float64, n)
	for range 50 {
		gradient, hessian := make([]float64, n), make([][]float64, n)
		for i := range w {
			gradient[i] = -ridge * w[i]
			hessian[i] = make([]float64, n)
			hessian[i][i] = ridge
		}
		for _, c := range cases {
			sum := 0.0
			for i, x := range c.first.features {
				sum += w[i] * x
			}
			p := 1 / (1 + math.Exp(-sum))
			off := float64(oneIf(c.Right)) - p
			for i, x := range c.first.features {
				gradient[i] += c.weight * off * x
				for j, y := range c.first.features {
					hessian[i][j] += c.weight * p * (1 - p) * x * y
				}
			}
		}
		for i, d := range solve(hessian, gradient) {
			w[i] += d
		}
	}
	return w
}

// findSure finds the probability from which at most falseSure of the tickets
// whose rule was left out are sure, those without a diagnosis among them.
func (c *Calibration) findSure(cases []Case) {
	c.Sure = sureFrom
	var left []float64
	for i := range cases {
		switch {
		case cases[i].LeftOut && cases[i].first == nil:
			left = append(left, 0)
		case cases[i].LeftOut:
			left = append(left, c.probability(cases[i].first.features))
		}
	}
	if len(left) == 0 {
		return
	}
	slices.SortFunc(left, func(a, b float64) int { return cmp.Compare(b, a) })
	c.Sure = max(sureFrom, math.Ceil(left[int(falseSure*float64(len(left)))]*1000)/1000)
}

// findHeld finds the probability from which the diagnoses that are not sure
// are, taken together, as sure as just below sureFrom tells.
func (c *Calibration) findHeld(cases []weighed) {
	type one struct{ p, weight float64 }
	var list []one
	for _, x := range cases {
		if p := c.probability(x.first.features); p < c.Sure {
			list = append(list, one{p, x.weight})
		}
	}
	slices.SortFunc(list, func(a, b one) int { return cmp.Compare(b.p, a.p) })
	c.Held = c.Sure
	sum, total := 0.0, 0.0
	for _, x := range list {
		sum, total = sum+x.weight*x.p, total+x.weight
		if sum/total < sureFrom-0.01 || x.p < leastHeld {
			break
		}
		c.Held = math.Ceil(x.p*1000) / 1000
	}
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

// Quality is how well a table does on solved tickets.
type Quality struct {
	Tickets, Absent, LeftOut int     // with an answer or a diagnosis, without an answer, with it left out
	Brier                    float64 // mean squared error of the confidence
	Error                    float64 // how far it is from the share that was right, in ten steps, weighted by their tickets (expected calibration error)
	Sure, SureRight          int     // of the tickets with an answer: from sureFrom on, and right
	SureAbsent, SureLeftOut  int     // of the others: from sureFrom on, which is never right
}

// Check measures a table.
func (c *Calibration) Check(cases []Case) Quality {
	var q Quality
	var n, right, sum [10]float64
	told := 0
	for _, x := range cases {
		p := 0.0
		if x.first != nil {
			p, _ = c.told(x.first)
		}
		sure := oneIf(p >= sureFrom)
		if x.LeftOut {
			q.LeftOut++
			q.SureLeftOut += sure
			continue
		}
		q.Tickets++
		if x.Answer == "" {
			q.Absent++
			q.SureAbsent += sure
		} else {
			q.Sure += sure
			q.SureRight += sure * oneIf(x.Right)
		}
		if x.first == nil {
			continue
		}
		told++
		y := float64(oneIf(x.Right))
		q.Brier += (p - y) * (p - y)
		step := min(9, int(p*10))
		n[step]++
		right[step] += y
		sum[step] += p
	}
	for i := range n {
		q.Error += math.Abs(right[i] - sum[i])
	}
	q.Brier /= float64(max(1, told))
	q.Error /= float64(max(1, told))
	return q
}
