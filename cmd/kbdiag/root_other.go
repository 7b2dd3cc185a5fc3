//go:build !js

package main

import "github.com/spf13/cobra"

// notInBrowsers are the commands that need a system around them.
func (a *app) notInBrowsers() []*cobra.Command {
	return []*cobra.Command{a.serve(), a.page()}
}
