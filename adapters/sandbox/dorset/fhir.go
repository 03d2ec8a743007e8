package dorset

import (
	"mime"
	"net/http"
	"regexp"
	"strings"

	"github.com/openlhcr/openlhcr/adapters/sandbox/fhirserver"
	"github.com/openlhcr/openlhcr/adapters/sandbox/system"
)

const formType = "application/x-www-form-urlencoded"

// fhir is the FHIR endpoint.
type fhir struct {
	sys     *system.System
	tokens  *tokens
	service *fhirserver.Service
	routes  *http.ServeMux
}

func newFHIR(sys *system.System, store *fhirserver.Store, tokens *tokens) *fhir {
	f := &fhir{sys: sys, tokens: tokens, routes: http.NewServeMux(), service: &fhirserver.Service{
		Store: store, Dialect: fhirserver.R4(), Path: basePath, Faults: sys.Faults(), Breaker: sys.Breaker(),
	}}
	f.routes.HandleFunc("GET "+basePath+"/metadata", f.metadata)
	f.routes.HandleFunc("POST "+basePath+"/{type}/_search", f.guarded(f.postSearch))
	f.routes.HandleFunc("GET "+basePath+"/{type}", f.guarded(f.getSearch))
	f.routes.HandleFunc("GET "+basePath+"/page/{id}", f.guarded(f.page))
	f.routes.HandleFunc("GET "+basePath+"/{type}/{id}", f.guarded(f.read))
	f.routes.HandleFunc("/", f.nothing)
	return f
}

// ServeHTTP answers a FHIR call.
func (f *fhir) ServeHTTP(w http.ResponseWriter, r *http.Request) { f.routes.ServeHTTP(w, r) }

func (f *fhir) metadata(w http.ResponseWriter, _ *http.Request) {
	f.sys.Count("metadata")
	f.service.Metadata(w)
}

// guarded lets a call through that brings a live token, a known user and an Accept header that FHIR JSON fits.
func (f *fhir) guarded(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if refusal := f.check(r); refusal != nil {
			if refusal.Status == http.StatusUnauthorized {
				w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
			}
			refusal.Write(w)
			return
		}
		next(w, r)
	}
}

func (f *fhir) check(r *http.Request) *fhirserver.Refusal {
	if !f.tokens.admits(bearer(r)) {
		return refuse(http.StatusUnauthorized, "login", "The access token is missing, unknown or expired")
	}
	if !fhirserver.AdmitsFHIR(r) && !strings.HasPrefix(r.URL.Path, basePath+"/Binary/") {
		return refuse(http.StatusNotAcceptable, "not-supported", "Only "+fhirserver.JSON+" is served")
	}
	if r.Method == http.MethodGet && carriesNHSNumber(r.URL.RawQuery+r.URL.Path) {
		return refuse(http.StatusBadRequest, "security", "An NHS number must not stand in a URL: "+r.URL.String())
	}
	caller, missing := callerOf(r)
	if missing != "" {
		return refuse(http.StatusBadRequest, "required", "Header "+missing+" is missing or wrong")
	}
	f.sys.Heard(caller)
	return nil
}

func refuse(status int, code, diagnostics string) *fhirserver.Refusal {
	return &fhirserver.Refusal{Status: status, Code: code, Text: http.StatusText(status), Diagnostics: diagnostics}
}

var tenDigits = regexp.MustCompile(`(^|[^0-9A-Za-z])[0-9]{10}($|[^0-9A-Za-z])`)

// carriesNHSNumber finds ten digits standing alone, plain or after an escape.
func carriesNHSNumber(s string) bool {
	return tenDigits.MatchString(strings.NewReplacer("%7C", "|", "%7c", "|").Replace(s))
}

func (f *fhir) postSearch(w http.ResponseWriter, r *http.Request) {
	typ := r.PathValue("type")
	if media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); media != formType {
		refuse(http.StatusUnsupportedMediaType, "not-supported", "A search is "+formType).Write(w)
		return
	}
	if r.URL.RawQuery != "" {
		refuse(http.StatusBadRequest, "security", "Parameters belong in the body: "+r.URL.RawQuery).Write(w)
		return
	}
	if err := r.ParseForm(); err != nil {
		refuse(http.StatusBadRequest, "structure", err.Error()).Write(w)
		return
	}
	f.sys.Count("search " + typ)
	f.service.Search(w, r, typ, r.PostForm)
}

func (f *fhir) getSearch(w http.ResponseWriter, r *http.Request) {
	f.sys.Count("search " + r.PathValue("type"))
	f.service.Search(w, r, r.PathValue("type"), r.URL.Query())
}

func (f *fhir) page(w http.ResponseWriter, r *http.Request) {
	f.sys.Count("page")
	f.service.Page(w, r, r.PathValue("id"))
}

func (f *fhir) read(w http.ResponseWriter, r *http.Request) {
	f.sys.Count("read " + r.PathValue("type"))
	f.service.Read(w, r, r.PathValue("type"), r.PathValue("id"))
}

// nothing answers what no route takes: 405 for a known place and an unknown verb, else 404.
func (f *fhir) nothing(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, basePath+"/") && r.Method != http.MethodGet {
		refuse(http.StatusMethodNotAllowed, "not-supported", r.Method+" is not supported").Write(w)
		return
	}
	refuse(http.StatusNotFound, "not-found", "Nothing is served at "+r.URL.Path).Write(w)
}
