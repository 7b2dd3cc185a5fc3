package serve

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// refusedPaths are of every kind that the server answers.
var refusedPaths = []struct{ method, path string }{
	{"GET", "/"}, {"GET", "/page/app.js"}, {"GET", "/api/state"}, {"GET", "/api/runs"}, {"GET", "/runs/1/report"},
	{"GET", "/runs/1/save/json"}, {"GET", "/nothing"}, {"POST", "/api/tickets"}, {"POST", "/api/lint"}, {"POST", "/api/runs/1/try"},
	{"DELETE", "/api/runs/1"}, {"OPTIONS", "/api/runs/1"}, {"HEAD", "/api/runs"},
}

func TestStrangersAreRefused(t *testing.T) {
	r := start(t, nil)
	r.diagnosed("healthy")
	for name, change := range map[string]func(*http.Request){
		"no token":           func(q *http.Request) { q.Header.Del("Cookie") },
		"another token":      func(q *http.Request) { q.Header.Set("Cookie", r.cookieName()+"="+strings.Repeat("0", 32)) },
		"an empty token":     func(q *http.Request) { q.Header.Set("Cookie", r.cookieName()+"=") },
		"another's cookie":   func(q *http.Request) { q.Header.Set("Cookie", "kbdiag_1="+r.token) },
		"token in address":   func(q *http.Request) { q.Header.Del("Cookie"); q.URL.RawQuery = "token=" + strings.Repeat("0", 32) },
		"another host":       func(q *http.Request) { q.Host = "evil.example" },
		"host without port":  func(q *http.Request) { q.Host = "127.0.0.1" },
		"host of a name":     func(q *http.Request) { q.Host = "localhost" + r.host[strings.LastIndexByte(r.host, ':'):] },
		"rebound name":       func(q *http.Request) { q.Host = "rebind.evil.example" + r.host[strings.LastIndexByte(r.host, ':'):] },
		"another port":       func(q *http.Request) { q.Host = "127.0.0.1:1" },
		"another site":       func(q *http.Request) { q.Header.Set("Sec-Fetch-Site", "cross-site") },
		"another local port": func(q *http.Request) { q.Header.Set("Sec-Fetch-Site", "same-site") },
		"another origin":     func(q *http.Request) { q.Header.Set("Origin", "https://evil.example") },
		"origin of a port":   func(q *http.Request) { q.Header.Set("Origin", "http://127.0.0.1:1") },
		"no origin at all":   func(q *http.Request) { q.Header.Set("Origin", "null") },
		"two origins":        func(q *http.Request) { q.Header["Origin"] = []string{"http://" + r.host, "http://evil.example"} },
	} {
		for _, p := range refusedPaths {
			req := r.request(p.method, p.path, nil)
			change(req)
			if status, body, _ := r.do(req); status != http.StatusForbidden || strings.Contains(body, r.token) {
				t.Errorf("%s: %s %s: %d %s", name, p.method, p.path, status, body)
			}
		}
	}
	for _, p := range refusedPaths {
		if p.method == "GET" || p.method == "HEAD" {
			continue
		}
		for name, change := range map[string]func(*http.Request){
			"origin not stated":      func(q *http.Request) { q.Header.Del("Origin"); q.Header.Del("Sec-Fetch-Site") },
			"typed into the address": func(q *http.Request) { q.Header.Set("Sec-Fetch-Site", "none") },
		} {
			req := r.request(p.method, p.path, nil)
			change(req)
			if status, _, _ := r.do(req); status != http.StatusForbidden {
				t.Errorf("%s: %s %s: %d", name, p.method, p.path, status)
			}
		}
	}
	if one, _ := r.past.List("", 1); one.All != 1 {
		t.Error("a refused request removed the run")
	}
}

func TestEntering(t *testing.T) {
	r := start(t, nil)
	if len(r.token) != 32 {
		t.Errorf("a token of %d signs, want 128 bits", len(r.token))
	}
	req := r.request(http.MethodGet, strings.TrimPrefix(r.URL(), "http://"+r.host), nil)
	req.Header.Del("Cookie")
	req.Header.Set("Sec-Fetch-Site", "cross-site") // a link in a mail program on the web
	req.Header.Set("Sec-Fetch-Mode", "navigate")
	status, _, header := r.do(req)
	cookie := header.Get("Set-Cookie")
	if status != http.StatusSeeOther || header.Get("Location") != "/" {
		t.Errorf("%d to %s", status, header.Get("Location"))
	}
	for _, want := range []string{r.cookieName() + "=" + r.token, "HttpOnly", "SameSite=Strict", "Path=/"} {
		if !strings.Contains(cookie, want) {
			t.Errorf("cookie %q without %s", cookie, want)
		}
	}
	if strings.Contains(cookie, "Domain") || strings.Contains(cookie, "Expires") {
		t.Errorf("cookie %q for more than this page", cookie)
	}
	if status, body := r.get("/"); status != http.StatusOK || !strings.Contains(body, "<html") {
		t.Errorf("the page: %d", status)
	}
}

func TestHeaders(t *testing.T) {
	r := start(t, nil)
	run := r.diagnosed("pop3-logon")
	_ = run
	for path, policy := range map[string][]string{
		"/":              {"default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'", "require-trusted-types-for 'script'"},
		"/api/state":     {"default-src 'none'"},
		"/page/app.js":   {"default-src 'none'"},
		"/runs/1/report": {"default-src 'none'", "script-src 'sha256-", "style-src 'sha256-", "sandbox allow-scripts", "frame-ancestors 'self'"},
		"/nothing":       {"default-src 'none'"},
	} {
		_, body, h := r.do(r.request(http.MethodGet, path, nil))
		got := h.Get("Content-Security-Policy")
		for _, want := range policy {
			if !strings.Contains(got, want) {
				t.Errorf("%s: policy %q without %s", path, got, want)
			}
		}
		for _, loose := range []string{"unsafe", "*", "allow-same-origin", "http:", "data:"} {
			if strings.Contains(got, loose) {
				t.Errorf("%s: policy %q allows %s", path, got, loose)
			}
		}
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "Cross-Origin-Resource-Policy": "same-origin"} {
			if h.Get(name) != want {
				t.Errorf("%s: %s %q", path, name, h.Get(name))
			}
		}
		if h.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s may be read by other sites", path)
		}
		if strings.Contains(body, r.token) {
			t.Errorf("%s holds the token", path)
		}
	}
	if _, _, h := r.do(r.request(http.MethodGet, "/page/app.js", nil)); !strings.HasPrefix(h.Get("Content-Type"), "text/javascript") {
		t.Errorf("a script is %s", h.Get("Content-Type"))
	}
}

func TestPathsThatLeadOut(t *testing.T) {
	r := start(t, nil)
	for _, path := range []string{
		"/page/../server.go", "/page/..%2fserver.go", "/page/%2e%2e/server.go", "/page/..%5cserver.go", "/page/%00", "/page//etc/passwd",
		"/page/%2fetc%2fpasswd", "/../../etc/passwd", "/runs/..%2f..%2fetc/report", "/runs/1/save/..%2f..%2fhistory.db", "/page/page%2findex.html",
	} {
		// Asked of the handler, for clients tidy paths before they send them.
		req := httptest.NewRequest(http.MethodGet, "http://"+r.host+"/", nil)
		raw, query, _ := strings.Cut(path, "?")
		u, err := req.URL.Parse("http://" + r.host + raw)
		if err != nil {
			continue // cannot even be sent
		}
		u.RawQuery = query
		req.URL, req.RequestURI, req.Host = u, raw, r.host
		req.AddCookie(&http.Cookie{Name: r.cookieName(), Value: r.token})
		w := httptest.NewRecorder()
		r.guard(r.routes()).ServeHTTP(w, req)
		if w.Code != http.StatusNotFound && w.Code != http.StatusMovedPermanently && w.Code != http.StatusTemporaryRedirect {
			t.Errorf("%s: %d %.80s", path, w.Code, w.Body)
		}
	}
}

func TestLoopbackOnly(t *testing.T) {
	for _, address := range []string{"0.0.0.0", "192.0.2.1", "::", "localhost", "example.test", ""} {
		if s, err := New(Options{}, address, 0); err == nil {
			s.Close()
			t.Errorf("it would listen on %q", address)
		}
	}
}

// TestOtherLoopback listens on the address of IPv6.
func TestOtherLoopback(t *testing.T) {
	base, set := compiled()
	s, err := New(Options{Base: base, Set: set, Limits: DefaultLimits(), TempDir: t.TempDir()}, "::1", 0)
	if err != nil {
		t.Skip(err)
	}
	defer s.Close()
	if !strings.HasPrefix(s.URL(), "http://[::1]:") || strings.ContainsAny(s.cookieName(), "[]:") {
		t.Errorf("%s, %s", s.URL(), s.cookieName())
	}
	req := httptest.NewRequest(http.MethodGet, s.URL(), nil)
	w := httptest.NewRecorder()
	s.guard(s.routes()).ServeHTTP(w, req)
	if w.Code != http.StatusSeeOther {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
