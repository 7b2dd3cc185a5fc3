package serve

import (
	"crypto/subtle"
	"net/http"
	"strings"
)

// pagePolicy lets the page load its own files and nothing else.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

// guard refuses every request that does not come from the page itself: one for
// another name (a name of somebody else's that leads to loopback), one of
// another site, one without the token.
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		safeHeaders(w.Header())
		why := ""
		switch {
		case r.Host != s.host:
			why = "this address is not the page's"
		case !s.fromHere(r):
			why = "the request comes from another site"
		case r.URL.Path == "/" && r.URL.Query().Has("token"):
			s.enter(w, r)
			return
		case !s.knows(r):
			why = "open the page with the address that kbdiag serve printed"
		}
		if why != "" {
			w.Header().Set("Connection", "close")
			fail(w, http.StatusForbidden, why)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// safeHeaders sets what holds for every answer.
func safeHeaders(h http.Header) {
	h.Set("Content-Security-Policy", pagePolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	h.Set("Cache-Control", "no-store")
}

// fromHere tells requests of the page from those that another site makes a
// browser send. Browsers state the origin of every request that is no mere
// reading; what states none is no page.
func (s *Server) fromHere(r *http.Request) bool {
	reads := r.Method == http.MethodGet || r.Method == http.MethodHead
	if origin, stated := r.Header["Origin"]; stated || !reads {
		if len(origin) != 1 || origin[0] != "http://"+s.host {
			return false
		}
	}
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin":
		return true
	case "none": // typed in, or opened by another program
		return reads
	}
	// A link on another page may lead to the address with the token.
	return reads && r.URL.Path == "/" && r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.URL.Query().Has("token")
}

// cookieName differs by port, for browsers share cookies among ports.
func (s *Server) cookieName() string {
	return "kbdiag_" + s.host[strings.LastIndexByte(s.host, ':')+1:]
}

func (s *Server) isToken(given string) bool {
	return subtle.ConstantTimeCompare([]byte(given), []byte(s.token)) == 1
}

// enter takes the token out of the address into a cookie that scripts and other
// sites cannot use.
func (s *Server) enter(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet || !s.isToken(r.URL.Query().Get("token")) {
		fail(w, http.StatusForbidden, "not the token of this page: use the address that kbdiag serve printed last")
		return
	}
	http.SetCookie(w, &http.Cookie{Name: s.cookieName(), Value: s.token, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// knows tells whether a request has the token.
func (s *Server) knows(r *http.Request) bool {
	c, err := r.Cookie(s.cookieName())
	return err == nil && s.isToken(c.Value)
}
