package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

// app is the program with its streams, so that tests can run it.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer
}

// knownCommand refuses a word that is no command, and says which one may have
// been meant.
func knownCommand(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	err := fmt.Sprintf("unknown command %q for %q", args[0], c.CommandPath())
	if c.SuggestionsMinimumDistance <= 0 {
		c.SuggestionsMinimumDistance = 2
	}
	if like := c.SuggestionsFor(args[0]); len(like) > 0 {
		err += ": did you mean " + strings.Join(like, " or ") + "?"
	}
	return usage("%s", err)
}

func (a *app) root() *cobra.Command {
	c := &cobra.Command{
		Use:   "kbdiag",
		Short: "Tells from event logs and telnet transcripts which knowledge-base article applies",
		Long: `kbdiag reads what a support ticket brings (exported Windows event logs, captured
POP3, SMTP, IMAP and other sessions, mails, archives of them), evaluates the
rules of its knowledge base on it and says which article it is, how sure that
is and why, what caused it, what to do, and what to ask for next.

It works offline and opens no network connection; serve listens on this machine alone.`,
		Example: `  kbdiag diagnose ticket-4711/
  kbdiag events --where 'provider == "MSExchangePOP3"' application.csv
  kbdiag explain Q247764 ticket-4711/`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          knownCommand,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.SetIn(a.stdin)
	c.SetOut(a.stdout)
	c.SetErr(a.stderr)
	c.AddCommand(
		a.diagnose(), a.triage(), a.merge(), a.explain(), a.events(), a.sessions(), a.inspect(), a.redact(), a.rules(),
		a.verify(), a.schema(), a.lsp(),
		&cobra.Command{
			Use: "version", Short: "Print the version", Args: cobra.NoArgs,
			RunE: func(*cobra.Command, []string) error {
				_, err := fmt.Fprintln(a.stdout, "kbdiag", version)
				return err
			},
		},
	)
	c.AddCommand(a.notInBrowsers()...)
	return c
}

// printJSON prints a value as indented JSON.
func (a *app) printJSON(v any) error {
	enc := json.NewEncoder(a.stdout)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
