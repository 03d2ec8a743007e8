// Package reference serves the contract as a page to read, made from the OpenAPI
// document: every operation, message, field and value with its comment and clause
// ids. The page needs nothing from outside, so that it works where the gateway does.
package reference

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
)

//go:embed page.html style.css search.js
var files embed.FS

// Policy is the Content-Security-Policy of the page: its own style and script, and nothing else.
const Policy = "default-src 'none'; style-src 'self'; script-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// New makes the handler of /docs and of what the page loads from below it, for
// GET. The document is OpenAPI 2.0 in JSON.
func New(document []byte) (http.Handler, error) {
	page, err := render(document)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("GET /docs", content("text/html; charset=utf-8", page))
	for name, mediaType := range map[string]string{"style.css": "text/css; charset=utf-8", "search.js": "text/javascript; charset=utf-8"} {
		body, err := files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		mux.Handle("GET /docs/"+name, content(mediaType, body))
	}
	return mux, nil
}

func render(document []byte) ([]byte, error) {
	model, err := read(document)
	if err != nil {
		return nil, fmt.Errorf("the OpenAPI document: %w", err)
	}
	view, err := template.New("page.html").ParseFS(files, "page.html")
	if err != nil {
		return nil, err
	}
	var page bytes.Buffer
	err = view.Execute(&page, model)
	return page.Bytes(), err
}

func content(mediaType string, body []byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", mediaType)
		w.Header().Set("Content-Security-Policy", Policy)
		_, _ = w.Write(body) // a reader who has gone is no fault
	})
}
