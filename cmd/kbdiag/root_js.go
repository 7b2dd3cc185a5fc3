package main

import "github.com/spf13/cobra"

func (a *app) notInBrowsers() []*cobra.Command { return nil }
