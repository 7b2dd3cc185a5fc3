//go:build !race

package engine

// raceDetector says that tests run many times slower.
const raceDetector = false
