package main

import (
	"github.com/spf13/cobra"

	"kbdiag/cmd/internal/report"
)

func (a *app) schema() *cobra.Command {
	return &cobra.Command{
		Use:       "schema report",
		Short:     "Print the JSON Schema of a report",
		Example:   "  kbdiag schema report > report.schema.json",
		ValidArgs: []string{"report"},
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 || args[0] != "report" {
				return usage("expected what to print the schema of: kbdiag schema report")
			}
			if err := report.Schema(a.stdout); err != nil {
				return failed(err)
			}
			return nil
		},
	}
}
