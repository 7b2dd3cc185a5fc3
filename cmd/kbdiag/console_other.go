//go:build !windows

package main

import "io"

// enableColour makes the terminal understand the codes of colours: all but those
// of Windows do.
func enableColour(io.Writer) bool { return true }
