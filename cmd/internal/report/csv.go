package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"

	"kbdiag/engine"
)

// csvColumns are the columns of the evidence as CSV.
var csvColumns = []string{"ticket", "rank", "rule", "confidence", "level", "id", "speaks", "signal", "meaning", "path", "line", "record",
	"offset", "length", "sha256", "time", "host", "count", "first", "last", "excerpt"}

// CSV prints the evidence of all diagnoses, a row each.
func CSV(w io.Writer, r *engine.Report, _ Style) error {
	c := csv.NewWriter(w)
	if err := c.Write(csvColumns); err != nil {
		return err
	}
	for i := range r.Diagnoses {
		d := &r.Diagnoses[i]
		if err := csvRows(c, r, d, "for", d.Evidence); err != nil {
			return err
		}
		if err := csvRows(c, r, d, "against", d.Against); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

func csvRows(c *csv.Writer, r *engine.Report, d *engine.Diagnosis, speaks string, list []engine.Evidence) error {
	for i := range list {
		e := &list[i]
		row := []string{r.Ticket, itoa(d.Rank), d.Rule, fmt.Sprintf("%.3f", d.Confidence), string(d.Level), e.ID, speaks, e.Signal, e.Doc,
			e.Path, numberOrNone(uint64(e.Line)), numberOrNone(e.Record), fmt.Sprint(e.Offset), fmt.Sprint(e.Length), e.SHA256, e.Time, e.Host,
			itoa(e.Count), e.First, e.Last, e.Excerpt}
		for j := range row {
			row[j] = csvCell(row[j])
		}
		if err := c.Write(row); err != nil {
			return err
		}
	}
	return nil
}

func numberOrNone(n uint64) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

// csvCell keeps a spreadsheet from taking a text for a formula: what the
// inputs hold comes from strangers.
func csvCell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
