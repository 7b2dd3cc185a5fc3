package serve

import (
	"embed"
	"net/http"
	"path"
)

//go:embed page/*
var assets embed.FS

// page gives the page itself.
func (s *Server) page(w http.ResponseWriter, r *http.Request) { writeAsset(w, "index.html") }

// asset gives a file of the page.
func (s *Server) asset(w http.ResponseWriter, r *http.Request) { writeAsset(w, r.PathValue("name")) }

func writeAsset(w http.ResponseWriter, name string) {
	raw, err := assets.ReadFile("page/" + name) // takes no name that leads out
	if err != nil {
		fail(w, http.StatusNotFound, "there is no such file")
		return
	}
	w.Header().Set("Content-Type", contentType(name))
	w.Write(raw)
}

// contentType names what a file of the page is. What a computer has set for
// these endings is not asked.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	}
	return "text/html; charset=utf-8"
}
