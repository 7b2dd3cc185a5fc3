package main

import (
	"github.com/spf13/cobra"

	"kbdiag/rules"
)

func (a *app) rulesSchema() *cobra.Command {
	var file string
	c := &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of the rule format, for editors",
		Long: `Prints the rule format as JSON Schema, with the fields and functions of conditions
in its descriptions. Editors that know taplo use it for a rule file whose first
line is "#:schema ` + rules.SchemaFile + `"; "rules new" writes that line where the
folder has a file of this name.`,
		Example: `  kbdiag rules schema -o myrules/` + rules.SchemaFile,
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			schema, err := rules.JSONSchema()
			if err != nil {
				return failed(err)
			}
			out, done, err := a.output(file)
			if err != nil {
				return err
			}
			defer done()
			if _, err := out.Write(schema); err != nil {
				return failed(err)
			}
			return nil
		},
	}
	c.Flags().StringVarP(&file, "output", "o", "", "file to write to")
	return c
}
