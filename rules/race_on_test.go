//go:build race

package rules_test

// slowdown is how much longer than usual the race detector may take.
const slowdown = 10
