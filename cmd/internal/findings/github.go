package findings

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"

	"kbdiag/rules"
)

// github writes workflow commands, which GitHub shows beside the changed lines
// (GitHub Docs, "Workflow commands": ::error file=...,line=...::message, with
// %, CR and LF as %25, %0D, %0A; in properties : and , too).
func github(out io.Writer, list []rules.Finding, _ string) error {
	w := bufio.NewWriter(out)
	data := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	for _, f := range list {
		place := "file=" + property.Replace(f.File)
		if f.Line > 0 {
			place += ",line=" + strconv.Itoa(f.Line) + ",col=" + strconv.Itoa(f.Column)
		}
		if f.Until.Line == f.Line && f.Until.Column > f.Column {
			place += ",endColumn=" + strconv.Itoa(f.Until.Column)
		}
		msg := f.Msg
		if f.Fix != "" {
			msg += " (" + f.Fix + ")"
		}
		fmt.Fprintf(w, "::%s %s,title=%s::%s\n", command(f.Severity), place, property.Replace(string(f.Code)), data.Replace(msg))
	}
	return w.Flush()
}

// command names the workflow command of a severity.
func command(s rules.Severity) string {
	if s == rules.SeverityNote {
		return "notice"
	}
	return string(s)
}
