package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
)

// Calibration turns the terms of the best diagnosis of a fault into the
// probability that it is right: a logistic regression on solved tickets. The
// score orders the rules; how far it can be believed is learned. A table holds
// for rule bases like the one it was fitted with: how often the answer is among
// the rules at all is a part of what it learned.
//
// Many articles tell of one and the same event. Where the right one is not
// among the rules another one may fit as well, and nothing in the ticket says
// so. What would happen then is learned by leaving out the rule that was right:
// from Sure on a diagnosis is so sure that at most falseSure of such tickets
// reach it. What is less sure than that, and not less than Held, is told by one
// figure just below sureFrom: about as many of these are right, taken together,
// and none of them so much surer that it can be told from the others.
type Calibration struct {
	Trained string             `json:"trained"` // what the solved tickets are
	Tickets int                `json:"tickets"`
	LeftOut int                `json:"left_out"` // diagnoses of them with the right rule left out
	Sure    float64            `json:"sure"`     // probability from which a diagnosis is sure
	Held    float64            `json:"held"`     // probability from which it is told as just below that
	Weights map[string]float64 `json:"weights"`  // by feature, in nats
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
	if !(c.Held >= 0 && c.Held <= c.Sure && c.Sure <= 1) {
		return nil, errors.New(`calibration: "held" and "sure" must be probabilities, the first not above the second`)
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
		"shared event", "unexplained errors", "missing events",
		"words the article lacks", "number of such words", "reworded text", "long quote",
		"same code", "another code", "no source named", "neither source nor text",
	}
}

const (
	nearRivals = 6.0  // decibans within which rivals are close
	farRivals  = 15.0 // beyond it more does not matter
	manyShare  = 20.0 // rules that share an event, as a measure
	apartWords = 0.4  // share of the words that an article lacks beyond which more does not matter
	fewMissing = 3    // records that a rule misses beyond which more do not matter
)

// features of the best rule of a fault. rival is the score of the next rule
// for the same fault, other the best score of any other fault, both -Inf if
// there is none.
func (s *scored) features(rival, other float64) []float64 {
	ahead := max(0, min(farRivals, s.score-rival))
	score, near, outside, product := s.score, false, false, false
	for _, t := range s.terms {
		switch {
		case t.Name == "incident window":
			score -= t.DB
			near, outside = windowPlace(t) == 1, windowPlace(t) == 2
		case t.Name == "product" && t.DB < 0:
			product = true
		}
	}
	l := &s.leaves
	return []float64{
		1,
		min(ahead, nearRivals) / nearRivals,
		max(0, ahead-nearRivals) / (farRivals - nearRivals),
		max(0, min(nearRivals, s.score-other)) / nearRivals,
		max(-3, min(2, score/10)),
		oneIfSo(near), oneIfSo(outside), oneIfSo(product),
		math.Log(float64(max(1, l.shared))) / math.Log(manyShare),
		oneIfSo(l.errors > 0),
		float64(min(l.missing, fewMissing)) / fewMissing,
		min(1, l.apart/apartWords),
		math.Log1p(float64(l.words)) / 2,
		oneIfSo(l.reworded),
		math.Log1p(float64(l.quoted)) / 4,
		oneIfSo(l.sameCode), oneIfSo(l.otherCode), oneIfSo(l.anySource), oneIfSo(l.nothingRead),
	}
}

func oneIfSo(b bool) float64 { return float64(oneIf(b)) }

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

// told gives the confidence in a rule, and the probability that it stands for.
func (c *Calibration) told(l *learned) (confidence, p float64) {
	const least, most = 0.795, 0.799 // reports round to thousandths
	p = c.probability(l.features)
	switch {
	case p >= c.Sure:
		return p, p
	case !l.first:
		return min(p, most), p
	case p >= c.Held:
		return least + (most-least)*(p-c.Held)/(c.Sure-c.Held), p
	}
	return p, p
}

// learned is what the confidence in the best rule of a fault is told from.
type learned struct {
	features []float64
	first    bool // the fault is the first one: on others the table was not fitted
}

// sureFrom is the confidence from which readers take a diagnosis for sure.
const sureFrom = 0.8

// probability of a rule with these features to be right.
func (c *Calibration) probability(features []float64) float64 {
	sum := 0.0
	for i, name := range featureNames() {
		sum += c.Weights[name] * features[i]
	}
	return 1 / (1 + math.Exp(-sum))
}
