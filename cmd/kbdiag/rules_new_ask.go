package main

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// askFor asks for what the flags do not say. An empty answer leaves it to be
// filled in; the end of the input leaves the rest.
func (a *app) askFor(f *newFlags) error {
	in := bufio.NewReader(io.LimitReader(a.stdin, 1<<20))
	event := ""
	if f.event != 0 {
		event = strconv.Itoa(f.event)
	}
	questions := []struct {
		ask string
		to  *string
	}{
		{"Id of the rule (such as ACME0001)", &f.id},
		{"Title: the problem in one line", &f.title},
		{"Product (such as Exchange Server)", &f.product},
		{"Source of the event to look for", &f.provider},
		{"Id of the event", &event},
		{"Text of the event, without names and numbers", &f.text},
		{"Cause: why it happens", &f.cause},
		{"What to do", &f.step},
		{"How to see that it worked", &f.verify},
		{"What to ask the customer when it is not certain", &f.question},
	}
	fmt.Fprintln(a.stderr, "An empty answer leaves the place to be filled in later.")
	for _, q := range questions {
		if *q.to != "" {
			continue
		}
		fmt.Fprintf(a.stderr, "%s: ", q.ask)
		line, err := in.ReadString('\n')
		*q.to = strings.TrimSpace(line)
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
	}
	if event == "" {
		return nil
	}
	n, err := strconv.Atoi(event)
	if err != nil {
		return fmt.Errorf("the id of an event is a number, not %q", event)
	}
	f.event = n
	return nil
}
