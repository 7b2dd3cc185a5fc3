package serve

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"kbdiag/parsers"
)

func TestSafeNames(t *testing.T) {
	for given, want := range map[string]string{
		"application.csv":         "application.csv",
		"ticket/logs/app.evtx":    "ticket/logs/app.evtx",
		`ticket\logs\app.evtx`:    "ticket/logs/app.evtx",
		"./a//b/./c.txt":          "a/b/c.txt",
		"a\x00b\r\n\x7f.txt":      "a_b___.txt",
		`what? "is" <this>|*.txt`: "what_ _is_ _this___.txt",
		"CON":                     "_CON",
		"logs/nul.txt":            "logs/_nul.txt",
		"com1.log":                "_com1.log",
		"common.log":              "common.log",
		"trailing. .":             "trailing___",
		"Grüße aus Köln/日志.csv":   "Grüße aus Köln/日志.csv",
		"bad\xffutf.txt":          "bad_utf.txt",
		strings.Repeat("x", 300):  strings.Repeat("x", maxName),
		"..hidden":                "..hidden",
		"~/.ssh/x":                "~/.ssh/x",
		"a:stream":                "",
		"../../etc/passwd":        "",
		"a/../../b":               "",
		`..\..\windows\win.ini`:   "",
		"/etc/passwd":             "",
		`\\server\share\x`:        "",
		`C:\windows\win.ini`:      "",
		"":                        "",
		".":                       "",
		"/":                       "",
		strings.Repeat("d/", 40):  "",
		"logs/..":                 "",
	} {
		got, err := safeName(given)
		if got != want || (err == nil) == (want == "") {
			t.Errorf("%q gives %q, %v, want %q", given, got, err, want)
		}
	}
}

func TestNamesThatLeadOutAreRefused(t *testing.T) {
	r := start(t, nil)
	for _, name := range []string{"../out.txt", "a/../../out.txt", "/tmp/out.txt", `..\\..\\out.txt`, `C:\\out.txt`, "..", "x/../.."} {
		status, line := r.give(nil, given{name, "x"})
		if status != http.StatusBadRequest {
			t.Errorf("%q: %d %s", name, status, line)
		}
	}
	if left, _ := os.ReadDir(r.temp); len(left) != 1 {
		t.Errorf("%d entries beside the server's folder", len(left)-1)
	}
	if info, err := os.Stat(r.dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder: %v, %v", info.Mode(), err)
	}
}

// TestFilesAreKeptApart gives files of one name, and a file where another has a
// folder.
func TestFilesAreKeptApart(t *testing.T) {
	r := start(t, nil)
	if status, line := r.give(nil, given{"a.txt", "one"}, given{"a.txt", "two"}, given{"b/a.txt", "three"}); status != http.StatusOK || !strings.Contains(line, "done") {
		t.Fatalf("%d %s", status, line)
	}
	names, _ := filepath.Glob(filepath.Join(r.dir, "*", "*"))
	if len(names) != 3 {
		t.Errorf("%v", names)
	}
	for _, n := range names {
		if info, err := os.Stat(n); err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v", n, info.Mode())
		}
	}
	if status, line := r.give(nil, given{"a", "one"}, given{"a/b.txt", "two"}); status != http.StatusBadRequest || !strings.Contains(line, "same name") {
		t.Errorf("%d %s", status, line)
	}
}

func small(o *Options) { o.Limits.Bytes, o.Limits.Files = 1<<20, 5 }

func TestLimits(t *testing.T) {
	r := start(t, small)
	if status, line := r.give(nil, given{"a.txt", strings.Repeat("some text\n", 110_000)}); status != http.StatusRequestEntityTooLarge {
		t.Errorf("a file that is too large: %d %s", status, line)
	}
	half := strings.Repeat("some text\n", 60_000)
	if status, line := r.give(nil, given{"a.txt", half}, given{"b.txt", half}); status != http.StatusRequestEntityTooLarge {
		t.Errorf("files that are too large together: %d %s", status, line)
	}
	var many []given
	for i := range 6 {
		many = append(many, given{fmt.Sprint(i, ".txt"), "x"})
	}
	if status, line := r.give(nil, many...); status != http.StatusRequestEntityTooLarge || !strings.Contains(line, "more than 5 files") {
		t.Errorf("too many files: %d %s", status, line)
	}
	if left, _ := os.ReadDir(r.dir); len(left) > 0 {
		t.Errorf("%d folders are left", len(left))
	}
	if status, line := r.give(nil, given{"a.txt", "some text"}); status != http.StatusOK {
		t.Errorf("afterwards: %d %s", status, line)
	}
}

// raw sends bytes as they are, and gives what comes back until the server
// closes, or until nothing has come for too long.
func (r *running) raw(write func(io.Writer)) string {
	c, err := net.Dial("tcp", r.host)
	if err != nil {
		r.t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(time.Minute))
	go write(c)
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return "closed: " + err.Error()
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	return resp.Status + "\n" + string(body)
}

// head writes the head of a request with files.
func (r *running) head(w io.Writer, more string) {
	fmt.Fprintf(w, "POST /api/tickets HTTP/1.1\r\nHost: %s\r\nOrigin: http://%s\r\nCookie: %s=%s\r\nContent-Type: multipart/form-data; boundary=b\r\n%s\r\n\r\n",
		r.host, r.host, r.cookieName(), r.token, more)
}

const partHead = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n"

// TestTenGigabytes states a body that is far too long, and is refused before it
// sends any of it.
func TestTenGigabytes(t *testing.T) {
	r := start(t, nil)
	got := r.raw(func(w io.Writer) { r.head(w, "Content-Length: 10737418240") })
	if !strings.HasPrefix(got, "413") {
		t.Error(got)
	}
}

// TestLyingLength states fewer bytes than it sends, then more.
func TestLyingLength(t *testing.T) {
	r := start(t, func(o *Options) { small(o); o.Limits.Idle = 300 * time.Millisecond })
	short := r.raw(func(w io.Writer) {
		r.head(w, "Content-Length: 100")
		io.WriteString(w, partHead+strings.Repeat("x", 5000)+"\r\n--b--\r\n")
	})
	if !strings.HasPrefix(short, "400") {
		t.Errorf("fewer bytes stated than sent: %s", short)
	}
	long := r.raw(func(w io.Writer) {
		r.head(w, "Content-Length: 100000")
		io.WriteString(w, partHead+"only this")
	})
	if !strings.HasPrefix(long, "408") && !strings.HasPrefix(long, "closed") {
		t.Errorf("more bytes stated than sent: %s", long)
	}
	if left, _ := os.ReadDir(r.dir); len(left) > 0 {
		t.Errorf("%d folders are left", len(left))
	}
}

// TestEndlessBody sends chunks for ever: in a file, and before the first one.
func TestEndlessBody(t *testing.T) {
	r := start(t, small)
	for name, begin := range map[string]string{"a file": partHead, "no file": "not yet\r\n"} {
		got := r.raw(func(w io.Writer) {
			r.head(w, "Transfer-Encoding: chunked")
			fmt.Fprintf(w, "%x\r\n%s\r\n", len(begin), begin)
			chunk := strings.Repeat("endless\n", 8192)
			for sent := 0; sent < 1<<30; sent += len(chunk) {
				if _, err := fmt.Fprintf(w, "%x\r\n%s\r\n", len(chunk), chunk); err != nil {
					return
				}
			}
			t.Errorf("%s: a gigabyte was taken", name)
		})
		if !strings.HasPrefix(got, "413") && !strings.HasPrefix(got, "closed") {
			t.Errorf("%s: %s", name, got)
		}
	}
	if left, _ := os.ReadDir(r.dir); len(left) > 0 {
		t.Errorf("%d folders are left", len(left))
	}
}

// TestSlowRequests sends a byte now and then, before and after it has said who
// it is.
func TestSlowRequests(t *testing.T) {
	r := start(t, func(o *Options) {
		o.Limits.Header, o.Limits.Idle, o.Limits.Upload = 300*time.Millisecond, 300*time.Millisecond, time.Second
	})
	slowly := func(w io.Writer, text string, every time.Duration) {
		for i := range len(text) {
			if _, err := io.WriteString(w, text[i:i+1]); err != nil {
				return
			}
			time.Sleep(every)
		}
	}
	for name, write := range map[string]func(io.Writer){
		"a slow head": func(w io.Writer) {
			slowly(w, "GET / HTTP/1.1\r\nHost: "+strings.Repeat("x", 1000), 50*time.Millisecond)
		},
		"no head":          func(io.Writer) {},
		"a body that ends": func(w io.Writer) { r.head(w, "Content-Length: 100000"); io.WriteString(w, partHead) },
		"a slow body": func(w io.Writer) {
			r.head(w, "Content-Length: 100000")
			slowly(w, partHead+strings.Repeat("x", 10_000), 20*time.Millisecond)
		},
		"a slow stranger": func(w io.Writer) {
			fmt.Fprintf(w, "POST /api/tickets HTTP/1.1\r\nHost: %s\r\nContent-Length: 100000\r\n\r\n", r.host)
			slowly(w, strings.Repeat("x", 1000), 50*time.Millisecond)
		},
	} {
		began := time.Now()
		got := r.raw(write)
		if took := time.Since(began); took > 20*time.Second || strings.HasPrefix(got, "200") {
			t.Errorf("%s: held for %s: %s", name, took, got)
		}
	}
	if left, _ := os.ReadDir(r.dir); len(left) > 0 {
		t.Errorf("%d folders are left", len(left))
	}
}

// TestBombs gives archives that unpack to far more than they hold.
func TestBombs(t *testing.T) {
	if testing.Short() {
		t.Skip("unpacks 256 MB")
	}
	r := start(t, nil)
	var bomb bytes.Buffer
	z := zip.NewWriter(&bomb)
	w, err := z.Create("zeros.png")
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(w, "\x89PNG\r\n\x1a\n") // which is read to its end, but not understood
	zeros := make([]byte, 1<<20)
	for range 320 {
		w.Write(zeros)
	}
	z.Close()
	nested := bomb.Bytes()
	for range 10 {
		var outer bytes.Buffer
		z := zip.NewWriter(&outer)
		w, _ := z.Create("inner.zip")
		w.Write(nested)
		z.Close()
		nested = outer.Bytes()
	}
	for name, content := range map[string][]byte{"bomb.zip": bomb.Bytes(), "nested.zip": nested} {
		status, answer := r.give(nil, given{name, string(content)})
		rep, err := r.past.Get(1)
		told := answer
		if err == nil {
			for _, in := range rep.Inputs {
				told += in.Error
			}
			r.past.Delete(1)
		}
		if status != http.StatusOK || !strings.Contains(told, "far more than a log would") && !strings.Contains(told, "archives inside archives") {
			t.Errorf("%s: %d %s", name, status, told)
		}
	}
}

// slowForm reads a file line by line, so slowly that its whole would take
// minutes.
func slowForm() parsers.Format {
	return parsers.Format{
		Name:   "slow",
		Detect: func(*parsers.Head) int { return 100 },
		Parse: func(in *parsers.Input, out *parsers.Out) error {
			lines := in.Lines()
			for {
				l, ok := lines.Next()
				if !ok {
					return lines.Err()
				}
				out.Line(&parsers.Line{Text: l.Text, Pos: parsers.Pos{Path: in.Path, Line: 1}})
				time.Sleep(time.Millisecond)
			}
		},
	}
}

// TestBrowserGoesAway ends the analysis when nobody waits for it any more.
func TestBrowserGoesAway(t *testing.T) {
	var done atomic.Bool // with the slow file
	r := start(t, func(o *Options) {
		quick := o.Reader
		o.Reader = func() *parsers.Reader {
			if done.Load() {
				return quick()
			}
			return &parsers.Reader{Forms: parsers.Forms{Formats: []parsers.Format{slowForm()}}}
		}
	})
	body, kind := form(nil, given{"large.txt", strings.Repeat("a line of some hundred signs, as they stand in a log, one after another, and no end to it in sight\n", 200_000)})
	ctx, leave := context.WithCancel(context.Background())
	defer leave()
	req := r.request(http.MethodPost, "/api/tickets", body).WithContext(ctx)
	req.Header.Set("Content-Type", kind)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if first, err := bufio.NewReader(resp.Body).ReadString('\n'); err != nil || !strings.Contains(first, "reading") {
		t.Fatalf("%q, %v", first, err)
	}
	leave()
	gone := func() bool {
		left, _ := os.ReadDir(r.dir)
		return len(left) == 0
	}
	for end := time.Now().Add(time.Minute); !gone() && time.Now().Before(end); {
		time.Sleep(20 * time.Millisecond)
	}
	if one, _ := r.past.List("", 1); !gone() || one.All > 0 {
		t.Fatalf("the files are there, or %d runs were kept", one.All)
	}
	done.Store(true)
	if status, line := r.give(nil, given{"a.txt", "some text"}); status != http.StatusOK || !strings.Contains(line, "done") {
		t.Errorf("afterwards: %d %s", status, line)
	}
}

// TestLostListener ends a server whose port is taken from it.
func TestLostListener(t *testing.T) {
	base, set := compiled()
	temp := t.TempDir()
	s, err := New(Options{Base: base, Set: set, Limits: DefaultLimits(), TempDir: temp}, "127.0.0.1", 0)
	if err != nil {
		t.Fatal(err)
	}
	s.in.Close()
	if err := s.Serve(context.Background()); err == nil {
		t.Error("it ends without an error")
	}
	if left, _ := os.ReadDir(temp); len(left) > 0 {
		t.Errorf("%s is left behind", left[0].Name())
	}
}

// TestEndRemovesFiles ends the server while one ticket is kept and another is
// being received. start looks at what is left.
func TestEndRemovesFiles(t *testing.T) {
	r := start(t, nil)
	r.diagnosed("healthy")
	c, err := net.Dial("tcp", r.host)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	r.head(c, "Content-Length: 100000")
	io.WriteString(c, partHead+"the beginning")
	receiving := func() bool {
		names, _ := filepath.Glob(filepath.Join(r.dir, "*", "a.txt"))
		return len(names) == 1
	}
	for end := time.Now().Add(10 * time.Second); !receiving(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the file does not come")
		}
	}
	r.end()
	if _, err := os.Stat(r.dir); !os.IsNotExist(err) {
		t.Errorf("the folder is there: %v", err)
	}
}

// TestFewAtOnce receives two tickets at once and refuses a third.
func TestFewAtOnce(t *testing.T) {
	r := start(t, nil)
	for range cap(r.taking) {
		c, err := net.Dial("tcp", r.host)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		r.head(c, "Content-Length: 100000")
	}
	for end := time.Now().Add(10 * time.Second); len(r.taking) < cap(r.taking); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("they are not received")
		}
	}
	if status, line := r.give(nil, given{"a.txt", "some text"}); status != http.StatusTooManyRequests {
		t.Errorf("%d %s", status, line)
	}
}
