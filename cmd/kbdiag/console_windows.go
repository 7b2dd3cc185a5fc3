package main

import (
	"io"
	"os"

	"golang.org/x/sys/windows"
)

// enableColour makes a console of Windows understand the codes of colours, which
// those before Windows 10 do not. False: it does not.
func enableColour(out io.Writer) bool {
	f, ok := out.(*os.File)
	if !ok {
		return false
	}
	var mode uint32
	h := windows.Handle(f.Fd())
	if err := windows.GetConsoleMode(h, &mode); err != nil {
		return false
	}
	return windows.SetConsoleMode(h, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}
