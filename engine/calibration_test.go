package engine

import (
	"encoding/json"
	"math"
	"math/rand"
	"slices"
	"strings"
	"testing"
)

// madeCases makes cases from known weights, with features 1 and 4 at random.
func madeCases(n int) (cases []Case, chance func([]float64) float64) {
	rnd := rand.New(rand.NewSource(1))
	truth := make([]float64, len(featureNames()))
	truth[0], truth[1], truth[4] = -1, 2, 1.5
	chance = func(f []float64) float64 {
		sum := 0.0
		for i, w := range truth {
			sum += w * f[i]
		}
		return 1 / (1 + math.Exp(-sum))
	}
	for range n {
		f := make([]float64, len(truth))
		f[0], f[1], f[4] = 1, rnd.Float64(), 2*rnd.Float64()-1
		cases = append(cases, Case{Answer: "Q1", first: &learned{features: f, first: true}, Right: rnd.Float64() < chance(f)})
	}
	return cases, chance
}

// TestFitCalibration finds the confidence that known weights give again.
func TestFitCalibration(t *testing.T) {
	cases, chance := madeCases(4000)
	c, err := FitCalibration(cases, "made cases")
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range cases[:200] {
		if got, want := c.probability(x.first.features), chance(x.first.features); math.Abs(got-want) > 0.06 {
			t.Errorf("features %v: %.2f, want %.2f", x.first.features, got, want)
		}
	}
	if q := c.Check(cases); q.Brier > 0.25 || q.Error > 0.03 || q.Tickets != 4000 {
		t.Errorf("%+v", q)
	}
	if _, err := FitCalibration(cases[:10], ""); err == nil {
		t.Error("ten cases were enough")
	}
}

// TestFalseSure leaves answers out of the rules: at most falseSure of such
// cases may be told as sure, and what is told is still about as often right as
// it says: holding back costs a few hundredths.
func TestFalseSure(t *testing.T) {
	cases, _ := madeCases(3000)
	rnd := rand.New(rand.NewSource(2))
	for i := range cases { // the right ones are far ahead, those without their rule less often
		f := slices.Clone(cases[i].first.features)
		f[1], cases[i].first.features[1] = rnd.Float64()*0.9, 0.6+0.4*rnd.Float64()
		cases[i].Right = rnd.Float64() < 0.95
		cases = append(cases, Case{Answer: "Q1", LeftOut: true, first: &learned{features: f, first: true}})
	}
	for i := range 400 {
		cases[i] = Case{Answer: "", first: cases[3000+i].first}
	}
	c, err := FitCalibration(cases, "made cases")
	if err != nil {
		t.Fatal(err)
	}
	q := c.Check(cases)
	if q.LeftOut != 3000 || float64(q.SureLeftOut) > 3000*falseSure {
		t.Errorf("%d of %d without their rule are sure", q.SureLeftOut, q.LeftOut)
	}
	if q.Sure == 0 || q.Error > 0.08 {
		t.Errorf("%+v", q)
	}
	last := 0.0
	for p := 0.001; p < 1; p += 0.001 {
		told, _ := fixed(p, c).told(&learned{features: cases[0].first.features, first: true})
		if told < last || told > 1 || p < c.Sure-1e-9 && told >= sureFrom || p >= c.Sure+1e-9 && told < sureFrom {
			t.Fatalf("%.3f is told as %.4f, the one before as %.4f; sure from %.3f", p, told, last, c.Sure)
		}
		last = told
	}
}

func TestParseCalibration(t *testing.T) {
	for text, want := range map[string]string{
		`{`:                                     "calibration",
		`{"weights": {"always": 1}}`:            "no weight for",
		`{"weights": {"always": "x"}}`:          "calibration",
		`{"trained": "x", "weights": {"a": 1}}`: "no weight for",
		tableText(0.9, 0.95):                    `"held" and "sure"`,
		tableText(1.5, 0.5):                     `"held" and "sure"`,
	} {
		if _, err := ParseCalibration([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// fixed gives a table that says p of everything, and tells it as another one.
func fixed(p float64, as *Calibration) *Calibration {
	c := &Calibration{Sure: as.Sure, Held: as.Held, Weights: map[string]float64{"always": math.Log(p / (1 - p))}}
	return c
}

// tableText writes a table without weight.
func tableText(sure, held float64) string {
	c := Calibration{Sure: sure, Held: held, Weights: map[string]float64{}}
	for _, name := range featureNames() {
		c.Weights[name] = 0
	}
	raw, _ := json.Marshal(c)
	return string(raw)
}
