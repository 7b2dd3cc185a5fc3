//go:build !js

package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kbdiag/cmd/internal/history"
)

// TestServe starts the page, gives it a ticket with a secret, and ends it as
// Ctrl-C does.
func TestServe(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	kept := filepath.Join(t.TempDir(), "history.db")
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	out, in := io.Pipe()
	var errs bytes.Buffer
	a := &app{stdin: strings.NewReader(""), stdout: in, stderr: &errs}
	c := a.root()
	c.SetArgs([]string{"serve", "--history", kept})
	status := make(chan int, 1)
	go func() { status <- a.status(c.ExecuteContext(ctx)); in.Close() }()
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("%v: %s", err, errs.String())
	}
	address = strings.TrimSpace(address)
	origin, _, ok := strings.Cut(address, "/?token=")
	if !ok || !strings.HasPrefix(origin, "http://127.0.0.1:") {
		t.Fatalf("the address is %q", address)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar, Timeout: time.Minute}
	if page := bodyOf(t, client, http.MethodGet, address, "", nil); !strings.Contains(page, "/page/app.js") {
		t.Errorf("the page: %s", page)
	}

	const secret = "Zebra7Quartz"
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	f, err := w.CreateFormFile("file", "telnet.txt")
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(f, "+OK Microsoft Exchange POP3 server version 5.5.2650.23 ready\r\nUSER mokafor\r\n+OK\r\nPASS "+secret+"\r\n-ERR Logon failure: unknown user name or bad password. ("+secret+")\r\nQUIT\r\n+OK\r\n")
	w.Close()
	answer := bodyOf(t, client, http.MethodPost, origin+"/api/tickets", w.FormDataContentType(), &body)
	if !strings.Contains(answer, `{"done":{"run":1}}`) {
		t.Fatalf("%s", answer)
	}
	for _, path := range []string{"/runs/1/report", "/runs/1/save/json", "/runs/1/save/csv", "/api/runs/1", "/api/runs?q=TELNET.txt"} {
		if text := bodyOf(t, client, http.MethodGet, origin+path, "", nil); strings.Contains(text, secret) || !strings.Contains(text, "telnet") {
			t.Errorf("%s: %s", path, text)
		}
	}
	if text := bodyOf(t, client, http.MethodPost, origin+"/api/runs/1/why", "application/json", strings.NewReader(`{"rule":"Q247764"}`)); strings.Contains(text, secret) || !strings.Contains(text, "condition") {
		t.Error(text)
	}

	stop()
	select {
	case got := <-status:
		if got != exitOK {
			t.Errorf("exit status %d: %s", got, errs.String())
		}
	case <-time.After(time.Minute):
		t.Fatal("it does not end")
	}
	if left, _ := os.ReadDir(temp); len(left) > 0 {
		t.Errorf("%s is left behind", left[0].Name())
	}
	if raw, err := os.ReadFile(kept); err != nil || bytes.Contains(raw, []byte(secret)) {
		t.Errorf("the history: %v", err)
	}
	past, err := history.Open(kept)
	if err != nil {
		t.Fatal(err)
	}
	defer past.Close()
	if rep, err := past.Get(1); err != nil || rep.Ticket != "telnet" {
		t.Errorf("%+v, %v", rep, err)
	}
}

// bodyOf sends a request as the page does, and gives the body of the answer.
func bodyOf(t *testing.T, client *http.Client, method, address, kind string, body io.Reader) string {
	t.Helper()
	req, err := http.NewRequest(method, address, body)
	if err != nil {
		t.Fatal(err)
	}
	if method == http.MethodPost {
		req.Header.Set("Origin", "http://"+req.URL.Host)
		req.Header.Set("Content-Type", kind)
	}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Errorf("%s %s: %s, %v: %s", method, req.URL.Path, resp.Status, err, raw)
	}
	return string(raw)
}

func TestServeUsage(t *testing.T) {
	for _, args := range [][]string{
		{"--port", "70000"}, {"--max-upload", "0"}, {"--history", "x.db", "--no-history"}, {"ticket/"}, {"--tz", "Nowhere/Land"}, {"--date-order", "x"}, {"--at", "never"},
	} {
		if _, errs, status := runCommand(t, append([]string{"serve"}, args...)...); status != exitUsage {
			t.Errorf("%v: status %d: %s", args, status, errs)
		}
	}
	if _, errs, status := runCommand(t, "serve", "--no-history", "--address", "0.0.0.0"); status != exitFailed || !strings.Contains(errs, "no loopback address") {
		t.Errorf("status %d: %s", status, errs)
	}
	text := filepath.Join(t.TempDir(), "notes.txt")
	if err := os.WriteFile(text, []byte(strings.Repeat("no database ", 20)), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, errs, status := runCommand(t, "serve", "--history", text); status != exitFailed || !strings.Contains(errs, "notes.txt") {
		t.Errorf("status %d: %s", status, errs)
	}
}
