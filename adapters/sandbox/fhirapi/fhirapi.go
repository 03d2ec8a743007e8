// Package fhirapi is the HTTP face of simulated FHIR services: their addresses, and what a call must bring before it is
// answered. What is answered, package fhirserver knows.
package fhirapi

import (
	"mime"
	"net/http"
	"regexp"
	"strings"

	"github.com/openlhcr/openlhcr/adapters/sandbox/fhirserver"
	"github.com/openlhcr/openlhcr/adapters/sandbox/oauth"
	"github.com/openlhcr/openlhcr/adapters/sandbox/system"
)

const formType = "application/x-www-form-urlencoded"

// Options of a face.
type Options struct {
	Sys     *system.System
	Service *fhirserver.Service
	// Admits tells whether a token is good.
	Admits func(token string) bool
	// Headers name the originating user.
	Headers system.Headers
	// Check refuses a call for a reason of the region's own, before all others and for the CapabilityStatement too. May be nil.
	Check func(*http.Request) *fhirserver.Refusal
	// PostSearch: searches come by POST too. NumbersInURLs: an NHS number may stand in a URL.
	PostSearch, NumbersInURLs bool
}

// API answers the calls of one FHIR service.
type API struct {
	Options
	routes *http.ServeMux
}

// New makes a face with the addresses of metadata, searches, pages and reads.
func New(o Options) *API {
	a := &API{Options: o, routes: http.NewServeMux()}
	path := o.Service.Path
	a.routes.HandleFunc("GET "+path+"/metadata", a.metadata)
	a.Handle("GET "+path+"/{type}", a.getSearch)
	a.Handle("GET "+path+"/page/{id}", a.page)
	a.Handle("GET "+path+"/{type}/{id}", a.read)
	if o.PostSearch {
		a.Handle("POST "+path+"/{type}/_search", a.postSearch)
	}
	a.routes.HandleFunc("/", a.nothing)
	return a
}

// Handle adds an address whose calls must bring what every clinical call must.
func (a *API) Handle(pattern string, next http.HandlerFunc) {
	a.routes.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		if refusal := a.judge(r); refusal != nil {
			a.refuse(w, r, refusal)
			return
		}
		next(w, r)
	})
}

// HandleOpen adds an address that anybody with a certificate may call.
func (a *API) HandleOpen(pattern string, next http.HandlerFunc) { a.routes.HandleFunc(pattern, next) }

// ServeHTTP answers a FHIR call.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.routes.ServeHTTP(w, r) }

func (a *API) metadata(w http.ResponseWriter, r *http.Request) {
	a.Sys.Count("metadata")
	if refusal := a.check(r); refusal != nil {
		a.refuse(w, r, refusal)
		return
	}
	a.Service.Metadata(w)
}

func (a *API) check(r *http.Request) *fhirserver.Refusal {
	if a.Check == nil {
		return nil
	}
	return a.Check(r)
}

func (a *API) judge(r *http.Request) *fhirserver.Refusal {
	if refusal := a.check(r); refusal != nil {
		return refusal
	}
	if !a.Admits(oauth.Bearer(r)) {
		return Refusal(http.StatusUnauthorized, "login", "The access token is missing, unknown or expired")
	}
	if !a.Service.Admits(r) && !strings.HasPrefix(r.URL.Path, a.Service.Path+"/Binary/") {
		return Refusal(http.StatusNotAcceptable, "not-supported", "What Accept asks for is not served")
	}
	if r.Method == http.MethodGet && !a.NumbersInURLs && carriesNHSNumber(r.URL.RawQuery+r.URL.Path) {
		return Refusal(http.StatusBadRequest, "security", "An NHS number must not stand in a URL: "+r.URL.String())
	}
	caller, missing := a.Headers.Caller(r)
	if missing != "" {
		return Refusal(http.StatusBadRequest, "required", "Header "+missing+" is missing or wrong")
	}
	a.Sys.Heard(caller)
	return nil
}

func (a *API) refuse(w http.ResponseWriter, r *http.Request, refusal *fhirserver.Refusal) {
	if refusal.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
	}
	a.Service.Refuse(w, r, refusal)
}

// Refusal makes a refusal whose text is that of its status.
func Refusal(status int, code, diagnostics string) *fhirserver.Refusal {
	return &fhirserver.Refusal{Status: status, Code: code, Text: http.StatusText(status), Diagnostics: diagnostics}
}

var tenDigits = regexp.MustCompile(`(^|[^0-9A-Za-z])[0-9]{10}($|[^0-9A-Za-z])`)

// carriesNHSNumber finds ten digits standing alone, plain or after an escape.
func carriesNHSNumber(s string) bool {
	return tenDigits.MatchString(strings.NewReplacer("%7C", "|", "%7c", "|").Replace(s))
}

func (a *API) postSearch(w http.ResponseWriter, r *http.Request) {
	typ := r.PathValue("type")
	if media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); media != formType {
		a.refuse(w, r, Refusal(http.StatusUnsupportedMediaType, "not-supported", "A search is "+formType))
		return
	}
	if r.URL.RawQuery != "" {
		a.refuse(w, r, Refusal(http.StatusBadRequest, "security", "Parameters belong in the body: "+r.URL.RawQuery))
		return
	}
	if err := r.ParseForm(); err != nil {
		a.refuse(w, r, Refusal(http.StatusBadRequest, "structure", err.Error()))
		return
	}
	a.Sys.Count("search " + typ)
	a.Service.Search(w, r, typ, r.PostForm)
}

func (a *API) getSearch(w http.ResponseWriter, r *http.Request) {
	a.Sys.Count("search " + r.PathValue("type"))
	a.Service.Search(w, r, r.PathValue("type"), r.URL.Query())
}

func (a *API) page(w http.ResponseWriter, r *http.Request) {
	a.Sys.Count("page")
	a.Service.Page(w, r, r.PathValue("id"))
}

func (a *API) read(w http.ResponseWriter, r *http.Request) {
	a.Sys.Count("read " + r.PathValue("type"))
	a.Service.Read(w, r, r.PathValue("type"), r.PathValue("id"))
}

// nothing answers what no route takes: 405 for a known place and an unknown verb, else 404.
func (a *API) nothing(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, a.Service.Path+"/") && r.Method != http.MethodGet {
		a.refuse(w, r, Refusal(http.StatusMethodNotAllowed, "not-supported", r.Method+" is not supported"))
		return
	}
	a.refuse(w, r, Refusal(http.StatusNotFound, "not-found", "Nothing is served at "+r.URL.Path))
}
