package rest

import (
	"io"
	"net/http"
)

// protect sets what every answer carries: nothing may keep it, frame it, guess its
// type or run in it.
func protect(w http.ResponseWriter, r *http.Request) {
	for name, value := range map[string]string{
		"Cache-Control":                "no-store",
		"X-Content-Type-Options":       "nosniff",
		"Content-Security-Policy":      "default-src 'none'; frame-ancestors 'none'",
		"Referrer-Policy":              "no-referrer",
		"Cross-Origin-Resource-Policy": "same-origin",
	} {
		w.Header().Set(name, value)
	}
	if r.TLS != nil {
		w.Header().Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// document is a page of JSON that is the same for everybody.
func document(content []byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", mediaJSON)
		_, _ = w.Write(content) // a reader who has gone is no fault
	})
}

// probe answers 200 or 503, for whatever watches the process.
func probe(well func() bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		code, body := http.StatusOK, `{"status":"SERVING"}`
		if !well() {
			code, body = http.StatusServiceUnavailable, `{"status":"NOT_SERVING"}`
		}
		w.Header().Set("Content-Type", mediaJSON)
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body) // a prober who has gone is no fault
	})
}
