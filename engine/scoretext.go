package engine

import (
	"fmt"
	"math"
)

// text adds the terms of the quoted text, of its details and of error codes.
func (o *observation) text(sig *signal, best *hit, n int) {
	name := sig.rule.Name
	differs := o.quote(name, &best.facts)
	if x := best.facts.information; x != 0 {
		why := "words that the other rules' quotes of this event have not"
		lr := min(math.Exp(detailPower*x), wordsBonus*math.Pow(float64(n), -sharingPower))
		if x < 0 { // a text that differs lacks these words too: they count once
			why = "words that tell this rule's quote from others are not there"
			lr = min(1, lr/differs)
		}
		o.term(name+" words", lr, why)
	}
	switch {
	case best.facts.codes > 0:
		o.term(name+" code", codeMatches, "the same error code")
		o.reason = true
	case best.facts.codes < 0:
		o.term(name+" code", codeDiffers, "another error code")
	}
}

// quote adds the terms of the quoted text, and gives the likelihood ratio of
// one that differs, 1 otherwise.
func (o *observation) quote(name string, f *facts) (differs float64) {
	c := f.coverage
	there := fmt.Sprintf("%.0f%% of the quoted text is there", 100*c)
	switch {
	case c < 0 && f.explained == 0:
		o.term(name+" more", saysMore, "the message has words, the quote has none")
	case c < 0:
	case c >= matchCoverage || f.prefix:
		if !f.noise { // a healthy machine's event reads the same
			part := max(0, c-matchCoverage) / (1 - matchCoverage)
			o.term(name+" text", textMatches*math.Pow(textWhole/textMatches, part), there)
			o.reason = true
		}
		if x := f.explained; x >= 0 && x < 0.95 {
			o.term(name+" more", math.Pow(saysMore, min(1, 2*(1-x))), fmt.Sprintf("%.0f%% of the message's words are not in the quote", 100*(1-x)))
		}
	case c <= textFarOff:
		o.term(name+" text", textDiffers, fmt.Sprintf("another text: %.0f%% of the quoted one", 100*c))
		return textDiffers
	default:
		differs = textDiffers * math.Pow(1/textDiffers, (c-textFarOff)/(matchCoverage-textFarOff))
		o.term(name+" text", differs, there)
		return differs
	}
	return 1
}
