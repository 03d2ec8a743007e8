package yorkshire

import (
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/openlhcr/openlhcr/adapters/sandbox/fhirserver"
	"github.com/openlhcr/openlhcr/adapters/sandbox/system"
)

// fhir is the exchange's FHIR endpoint.
type fhir struct {
	sys     *system.System
	service *fhirserver.Service
	iam     *iam
	routes  *http.ServeMux
}

func newFHIR(sys *system.System, service *fhirserver.Service, iam *iam) *fhir {
	f := &fhir{sys: sys, service: service, iam: iam, routes: http.NewServeMux()}
	f.routes.HandleFunc("GET "+basePath+"/metadata", f.guarded(noPatient, f.metadata))
	f.routes.HandleFunc("GET "+basePath+"/page/{id}", f.guarded(f.pagePatient, f.page))
	f.routes.HandleFunc("GET "+basePath+"/{type}", f.guarded(f.searchPatient, f.search))
	f.routes.HandleFunc("GET "+basePath+"/{type}/{id}", f.guarded(f.readPatient, f.read))
	f.routes.HandleFunc("GET /{$}", uptime)
	f.routes.HandleFunc("/", f.nothing)
	return f
}

// ServeHTTP answers a FHIR call.
func (f *fhir) ServeHTTP(w http.ResponseWriter, r *http.Request) { f.routes.ServeHTTP(w, r) }

func uptime(w http.ResponseWriter, _ *http.Request) {
	_, _ = io.WriteString(w, "Simulated exchange is up\n") // whoever asks and goes has learnt enough
}

// guarded lets a call through that brings a token of IAM which is not bound to another patient.
func (f *fhir) guarded(about func(*http.Request) string, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		c, why := f.iam.admit(token)
		if why != "" {
			refuse(http.StatusUnauthorized, "processing", why+", caller "+address(r)).Write(w)
			return
		}
		number := about(r)
		if c.Patient != nil && number != "" && number != string(c.Patient.NHSNumber) {
			refuse(http.StatusForbidden, "processing", "the token is for "+string(c.Patient.NHSNumber)+", not "+number).Write(w)
			return
		}
		if !fhirserver.AdmitsFHIR(r) && !strings.HasPrefix(r.URL.Path, basePath+"/Binary/") {
			refuse(http.StatusNotAcceptable, "not-supported", "only "+fhirserver.JSON+" is served").Write(w)
			return
		}
		f.sys.Heard(callerOf(c))
		next(w, r)
	}
}

func callerOf(c claims) system.Caller {
	return system.Caller{
		OrganisationODS: c.ODS, Person: c.User.IDs[0].Code, Role: string(c.User.Role), Purpose: string(c.Reason),
		RequestID: c.ID,
	}
}

// refuse labels a failed login "processing" and names the caller's address, as the published software does.
func refuse(status int, code, why string) *fhirserver.Refusal {
	return &fhirserver.Refusal{Status: status, Code: code, Text: why, Diagnostics: why}
}

func address(r *http.Request) string {
	host, _, _ := net.SplitHostPort(r.RemoteAddr)
	return host
}

func noPatient(*http.Request) string { return "" }

func (f *fhir) pagePatient(r *http.Request) string { return f.service.NumberOfPage(r.PathValue("id")) }

func (f *fhir) readPatient(r *http.Request) string {
	return f.service.NumberOf(r.PathValue("type") + "/" + r.PathValue("id"))
}

func (f *fhir) searchPatient(r *http.Request) string {
	query := r.URL.Query()
	for _, name := range []string{"patient.identifier", "patient:identifier", "subject.identifier", "identifier"} {
		if _, number, found := strings.Cut(query.Get(name), fhirserver.NHSNumberSystem+"|"); found {
			return number
		}
	}
	return f.numberOfReference(query)
}

func (f *fhir) numberOfReference(query url.Values) string {
	for _, name := range []string{"patient", "subject", "_id"} {
		id := strings.TrimPrefix(query.Get(name), "Patient/")
		if number := f.service.NumberOf("Patient/" + id); number != "" {
			return number
		}
	}
	return ""
}

func (f *fhir) metadata(w http.ResponseWriter, _ *http.Request) {
	f.sys.Count("metadata")
	f.service.Metadata(w)
}

func (f *fhir) search(w http.ResponseWriter, r *http.Request) {
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
	refuse(http.StatusNotFound, "not-found", "nothing is served at "+r.URL.Path).Write(w)
}
