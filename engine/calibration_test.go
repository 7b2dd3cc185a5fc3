package engine

import (
	"math"
	"math/rand"
	"strings"
	"testing"
)

// TestFitCalibration makes cases from known weights and finds the confidence
// that they give again.
func TestFitCalibration(t *testing.T) {
	rnd := rand.New(rand.NewSource(1))
	n := len(featureNames())
	truth := make([]float64, n)
	truth[0], truth[1], truth[4] = -1, 2, 1.5
	chance := func(f []float64) float64 {
		sum := 0.0
		for i, w := range truth {
			sum += w * f[i]
		}
		return 1 / (1 + math.Exp(-sum))
	}
	cases := make([]Case, 4000)
	for i := range cases {
		f := make([]float64, n)
		f[0], f[1], f[4] = 1, rnd.Float64(), 2*rnd.Float64()-1
		cases[i] = Case{f, rnd.Float64() < chance(f)}
	}
	c, err := FitCalibration(cases, "made cases")
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range cases[:200] {
		if got, want := c.probability(x.features), chance(x.features); math.Abs(got-want) > 0.06 {
			t.Errorf("features %v: %.2f, want %.2f", x.features, got, want)
		}
	}
	if brier, ece := c.Check(cases); brier > 0.25 || ece > 0.03 {
		t.Errorf("Brier score %.3f, calibration error %.3f", brier, ece)
	}
	if _, err := FitCalibration(cases[:10], ""); err == nil {
		t.Error("ten cases were enough")
	}
}

func TestParseCalibration(t *testing.T) {
	for text, want := range map[string]string{
		`{`:                                     "calibration",
		`{"weights": {"always": 1}}`:            "no weight for",
		`{"weights": {"always": "x"}}`:          "calibration",
		`{"trained": "x", "weights": {"a": 1}}`: "no weight for",
	} {
		if _, err := ParseCalibration([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
