package engine

import (
	"testing"

	"kbdiag/rules"
)

// TestProductFit wants the rule for the very product to fit best.
func TestProductFit(t *testing.T) {
	product := func(name string, versions ...string) rules.Product {
		return rules.Product{Name: name, Versions: versions}
	}
	exchange := statedProduct{text: "Microsoft Exchange Server 5.5", why: "the ticket states"}
	packed := statedProduct{text: "Exchange Server 5.5 SP3", why: "the ticket states"}
	workstation := statedProduct{text: "Windows NT Workstation 4.0", why: "the ticket states"}
	for _, c := range []struct {
		stated statedProduct
		rules  [][]rules.Product // the best first
	}{
		{exchange, [][]rules.Product{{product("Exchange Server", "5.5")}, {product("Exchange Server", "5.0", "5.5")}, {product("Exchange Server", "4.0")}}},
		{packed, [][]rules.Product{{product("Exchange Server", "5.5 SP3")}, {product("Exchange Server", "5.5 SP1", "5.5 SP2")}, {product("SNA Server", "5.5")}}},
		{workstation, [][]rules.Product{{product("Windows NT Workstation", "4.0")}, {product("Windows NT", "4.0")}, {product("Windows NT Workstation", "3.51")}}},
	} {
		for i := 1; i < len(c.rules); i++ {
			a, b := c.stated.fits(c.rules[i-1]), c.stated.fits(c.rules[i])
			if a.likelihood() <= b.likelihood() {
				t.Errorf("%s: %v fits %.2f, %v %.2f", c.stated.text, c.rules[i-1], a.likelihood(), c.rules[i], b.likelihood())
			}
		}
	}
	// Service packs tell nothing apart where none is stated.
	one, many := exchange.fits([]rules.Product{product("Exchange Server", "5.5")}), exchange.fits([]rules.Product{product("Exchange Server", "5.5", "5.5 SP1", "5.5 SP2")})
	if one.likelihood() != many.likelihood() {
		t.Errorf("without a service pack: %.2f and %.2f", one.likelihood(), many.likelihood())
	}
	if f := exchange.fits([]rules.Product{product("Exchange Server", "4.0", "5.0", "5.5", "6.0", "6.5", "8.0", "9.0", "10.0", "11.0", "12.0", "13.0", "14.0", "15.0", "16.0", "17.0")}); f.likelihood() < 1 {
		t.Errorf("a product that fits counts against the rule: %.2f", f.likelihood())
	}
}

// TestPlaceholdersAreNoDetails compares two quotes that differ in the name of a
// placeholder alone.
func TestPlaceholdersAreNoDetails(t *testing.T) {
	set := compileRules(t, oneEvent("Q100001", "Store", 77, "The store <store name> refused the mailbox"), oneEvent("Q100002", "Store", 77, "The store <mdbname> refused the mailbox"))
	list := diagnose(t, set, Options{}, "app.csv", csvRows("20 9 Store 77 Error The store name PRIV1 refused the mailbox")).Diagnoses
	if len(list) != 2 || list[0].ScoreDB != list[1].ScoreDB {
		t.Errorf("%+v", list)
	}
}
