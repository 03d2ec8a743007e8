package scr

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"regexp"
	"strings"
	"sync"

	"github.com/openlhcr/openlhcr/adapters/sandbox/fault"
	"github.com/openlhcr/openlhcr/adapters/sandbox/fhirserver"
	"github.com/openlhcr/openlhcr/adapters/sandbox/oauth"
	"github.com/openlhcr/openlhcr/adapters/sandbox/system"
)

const (
	numberSystem     = "https://fhir.nhs.uk/Id/nhs-number"
	permissionSystem = "https://fhir.nhs.uk/CodeSystem/SCR-ACSPermission"
	summaryType      = "http://snomed.info/sct|196981000000101"
	largestBody      = 64 << 10
)

var roleProfile = regexp.MustCompile(`^[0-9]+$`)

// service is the API.
type service struct {
	sys     *system.System
	records map[string]*record
	admits  func(token string) bool
	pace    *pace

	mu       sync.Mutex
	override map[string]string
}

// ServeHTTP answers a call.
func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.Path, basePath)
	if refusal := s.judge(r); refusal != nil {
		refusal.Write(w)
		return
	}
	switch {
	case path == "/DocumentReference" && r.Method == http.MethodGet:
		s.find(w, r)
	case path == "/Bundle" && r.Method == http.MethodGet:
		s.get(w, r)
	case path == "/AuditEvent" && r.Method == http.MethodPost:
		s.alert(w, r)
	case path == "/$setPermission" && r.Method == http.MethodPost:
		s.permit(w, r)
	default:
		refuse(http.StatusNotFound, "not-found", "nothing is served at "+r.URL.Path).Write(w)
	}
}

func (s *service) judge(r *http.Request) *fhirserver.Refusal {
	switch {
	case s.pace.exceeded(oauth.Bearer(r)):
		return refuse(http.StatusTooManyRequests, "throttled", "more than 5 requests a second")
	case !s.admits(oauth.Bearer(r)):
		return refuse(http.StatusUnauthorized, "forbidden", "access token missing, invalid or expired")
	case r.Header.Get("NHSD-Session-URID") != "" && !roleProfile.MatchString(r.Header.Get("NHSD-Session-URID")):
		return refuse(http.StatusBadRequest, "invalid", "NHSD-Session-URID is no role profile id")
	case r.Header.Get("X-Request-ID") == "":
		return refuse(http.StatusBadRequest, "invalid", "X-Request-ID is missing")
	}
	s.sys.Heard(system.Caller{
		OrganisationODS: r.Header.Get("NHSD-End-User-Organisation-ODS"), Person: r.Header.Get("NHSD-Identity-UUID"),
		Role: r.Header.Get("NHSD-Session-URID"), RequestID: r.Header.Get("X-Request-ID"), Purpose: r.Header.Get("NHSD-Purpose"),
	})
	return nil
}

func refuse(status int, code, why string) *fhirserver.Refusal {
	return &fhirserver.Refusal{Status: status, Code: code, Text: why, Diagnostics: why}
}

// find answers the search for the latest record's id.
func (s *service) find(w http.ResponseWriter, r *http.Request) {
	s.sys.Count("search DocumentReference")
	q := r.URL.Query()
	number, ok := strings.CutPrefix(q.Get("patient"), numberSystem+"|")
	if !ok || len(number) != 10 || q.Has("type") && q.Get("type") != summaryType ||
		q.Has("_sort") && q.Get("_sort") != "date" || q.Has("_count") && q.Get("_count") != "1" {
		refuse(http.StatusBadRequest, "invalid", "the query is not valid: "+r.URL.RawQuery).Write(w)
		return
	}
	s.answer(w, r, number, "DocumentReference", s.found(number))
}

func (s *service) found(number string) map[string]any {
	rec := s.records[number]
	if rec == nil {
		return searchset()
	}
	who := s.patient(rec, number)
	reference := map[string]any{
		"resourceType": "DocumentReference", "id": "ref-" + rec.id, "status": "current",
		"masterIdentifier": map[string]any{"system": "https://fhir.nhs.uk/Id/nhsSCRUUID", "value": rec.id},
		"type":             map[string]any{"coding": []any{map[string]any{"system": "http://snomed.info/sct", "code": "196981000000101"}}},
		"subject":          map[string]any{"reference": "Patient/" + text(who, "id")},
		"securityLabel": []any{map[string]any{"coding": []any{
			map[string]any{"system": permissionSystem, "code": s.permission(rec, number)},
		}}},
	}
	return searchset(reference, who)
}

func (s *service) permission(rec *record, number string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if said := s.override[number]; said != "" {
		return said
	}
	return rec.permission
}

// patient is the Patient of a record; one without says the number alone, as the API does.
func (s *service) patient(rec *record, number string) map[string]any {
	for _, resource := range resources(rec.bundle) {
		if resource["resourceType"] == "Patient" {
			return resource
		}
	}
	return map[string]any{
		"resourceType": "Patient", "id": "p-" + rec.id,
		"identifier": []any{map[string]any{"system": numberSystem, "value": number}},
	}
}

// get answers the call for a record by its id. An id that is not the latest gives nothing.
func (s *service) get(w http.ResponseWriter, r *http.Request) {
	s.sys.Count("read Bundle")
	q := r.URL.Query()
	number, ok := strings.CutPrefix(q.Get("composition.subject:Patient.identifier"), numberSystem+"|")
	if !ok || q.Get("composition.identifier") == "" {
		refuse(http.StatusBadRequest, "invalid", "the query is not valid: "+r.URL.RawQuery).Write(w)
		return
	}
	rec := s.records[number]
	if rec == nil || rec.id != q.Get("composition.identifier") {
		s.answer(w, r, number, "Bundle", searchset())
		return
	}
	s.answer(w, r, number, "Bundle", rec.bundle)
}

// answer sends a Bundle, or breaks it.
func (s *service) answer(w http.ResponseWriter, r *http.Request, number, typ string, bundle map[string]any) {
	f, broken := s.sys.Faults().Take(fault.Call{NHSNumber: number, ResourceType: typ})
	f.NHSNumber = number
	reply := fault.Reply{Status: http.StatusOK, Header: http.Header{"Content-Type": {fhirserver.JSON}}, Body: mustJSON(s.spoilt(f, number, typ, bundle))}
	if broken {
		s.sys.Breaker().Deliver(w, r, f, reply)
		return
	}
	reply.Write(w)
}

// spoilt is a Bundle as a content fault changes it.
func (s *service) spoilt(f fault.Fault, number, typ string, bundle map[string]any) map[string]any {
	outcome := map[string]any{"resourceType": "OperationOutcome", "issue": []any{map[string]any{
		"severity": "error", "code": "exception", "diagnostics": "simulated failure for patient " + number,
	}}}
	switch f.Kind {
	case fault.ErrorIn200:
		return searchset(outcome)
	case fault.PartialIn200:
		more := maps.Clone(bundle)
		entries, _ := bundle["entry"].([]any)
		more["entry"] = append(entries[:len(entries):len(entries)], map[string]any{"resource": outcome})
		return more
	case fault.WrongPatient:
		for other, rec := range s.records {
			if other != number && typ == "Bundle" {
				return rec.bundle
			}
			if other != number {
				return s.found(other)
			}
		}
	}
	return bundle
}

func searchset(all ...map[string]any) map[string]any {
	bundle := map[string]any{"resourceType": "Bundle", "type": "searchset", "total": len(all)}
	var entries []any
	for _, resource := range all {
		entries = append(entries, map[string]any{"fullUrl": "urn:uuid:" + text(resource, "id"), "resource": resource})
	}
	if entries != nil {
		bundle["entry"] = entries
	}
	return bundle
}

func body(r *http.Request) map[string]any {
	var got map[string]any
	if json.NewDecoder(io.LimitReader(r.Body, largestBody)).Decode(&got) != nil {
		return nil
	}
	return got
}
