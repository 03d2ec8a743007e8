package fhirserver

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/openlhcr/openlhcr/adapters/sandbox/fault"
)

// Service answers the FHIR calls of one region. Who may call, and by which methods, is its owner's business.
type Service struct {
	Store   *Store
	Dialect Dialect
	// Path is where the service stands, such as "/fhir/r4".
	Path    string
	Faults  *fault.Set
	Breaker fault.Breaker
	// Failures gives the OperationOutcomes that stand in the first page of a search for a type in a record. May be nil.
	Failures func(nhsNumber, resourceType string) []json.RawMessage
	// Guard refuses calls about a patient; the number is empty when nobody of it is held. May be nil.
	Guard func(r *http.Request, nhsNumber string) *Refusal
	// Rewrite changes a body on its way out, given the service's own address. May be nil.
	Rewrite func(base string, body []byte) []byte

	pages pager
}

// Search answers a search for one type.
func (s *Service) Search(w http.ResponseWriter, r *http.Request, typ string, form url.Values) {
	q, refusal := s.Dialect.parse(typ, form)
	format, served := s.format(r, form)
	if refusal == nil && !served {
		refusal = badRequest("not-supported", "format is not served: "+form.Get("_format"))
		refusal.Status = http.StatusNotAcceptable
	}
	found := &search{query: q, format: format, self: s.base(r) + "/" + typ + "?" + form.Encode()}
	if refusal == nil {
		found.record = s.find(q)
		refusal = s.guarded(r, found.number())
	}
	if refusal != nil {
		s.Refuse(w, r, refusal)
		return
	}
	f, broken := s.Faults.Take(fault.Call{NHSNumber: found.number(), ResourceType: typ})
	if f.Kind == fault.WrongPatient {
		found.record = s.Store.other(found.record, typ)
	}
	found.matches, found.endless = q.matches(s.Store, found.record), f.Kind == fault.EndlessPaging
	s.answer(w, r, f, broken, page{search: found})
}

// Page answers the call of a link that an earlier answer gave.
func (s *Service) Page(w http.ResponseWriter, r *http.Request, id string) {
	p, ok := s.pages.find(id)
	if !ok {
		s.Refuse(w, r, notFound("page is not known or has expired"))
		return
	}
	if refusal := s.guarded(r, p.search.number()); refusal != nil {
		s.Refuse(w, r, refusal)
		return
	}
	f, broken := s.Faults.Take(fault.Call{NHSNumber: p.search.number(), ResourceType: p.search.query.typ})
	s.answer(w, r, f, broken, p)
}

// NumberOf gives the NHS number of the record in which a resource stands, or "" when there is none.
func (s *Service) NumberOf(reference string) string {
	if found, ok := s.Store.resolve(reference); ok {
		return found.record.NHSNumber
	}
	return ""
}

// NumberOfPage gives the NHS number that a page is about, or "".
func (s *Service) NumberOfPage(id string) string {
	if p, ok := s.pages.find(id); ok {
		return p.search.number()
	}
	return ""
}

func (s *Service) find(q *query) *Record {
	if q.number != "" {
		return s.Store.byNumber[q.number]
	}
	if patient, ok := s.Store.resolve(q.ref); ok {
		return patient.record
	}
	return nil
}

func (s *Service) answer(w http.ResponseWriter, r *http.Request, f fault.Fault, broken bool, p page) {
	b := s.bundle(r, f, p)
	f.NHSNumber = p.search.number() // what a fault's outcome echoes
	s.send(w, r, f, broken, s.written(p.search.format, reply(http.StatusOK, JSON+"; charset=utf-8", s.rewritten(r, marshal(b)))))
}

func (s *Service) bundle(r *http.Request, f fault.Fault, p page) *bundle {
	number := p.search.number()
	if f.Kind == fault.ErrorIn200 {
		b := newBundle(0)
		b.Link = []link{{"self", p.search.self}}
		b.addOutcomes(failed(number))
		return b
	}
	b := s.page(s.base(r), p)
	if p.search.query.summary {
		return newBundle(len(p.search.matches))
	}
	if p.offset == 0 && s.Failures != nil {
		b.addOutcomes(s.Failures(number, p.search.query.typ)...)
	}
	if f.Kind == fault.PartialIn200 {
		b.addOutcomes(failed(number))
	}
	return b
}

func failed(number string) json.RawMessage {
	return Outcome("exception", "A source system could not be read", "simulated failure for patient "+number)
}

func (s *Service) page(base string, p page) *bundle {
	b := newBundle(len(p.search.matches))
	end := min(p.offset+p.search.query.count, len(p.search.matches))
	matches := p.search.matches[p.offset:end]
	b.add(base, "match", matches...)
	b.add(base, "include", p.search.query.included(s.Store, p.search.record, matches)...)
	b.Link = s.links(base, p, end)
	return b
}

func (s *Service) send(w http.ResponseWriter, r *http.Request, f fault.Fault, broken bool, answer fault.Reply) {
	if broken {
		s.Breaker.Deliver(w, r, f, answer)
		return
	}
	answer.Write(w)
}

func (s *Service) rewritten(r *http.Request, body []byte) []byte {
	if s.Rewrite == nil {
		return body
	}
	return s.Rewrite(s.base(r), body)
}

// guarded asks the owner whether a call about the patient is let through.
func (s *Service) guarded(r *http.Request, number string) *Refusal {
	if s.Guard == nil {
		return nil
	}
	return s.Guard(r, number)
}

func (s *Service) base(r *http.Request) string { return "https://" + r.Host + s.Path }

func reply(status int, mediaType string, body []byte) fault.Reply {
	return fault.Reply{Status: status, Header: http.Header{"Content-Type": {mediaType}}, Body: body}
}

// Read answers the reading of one resource by its opaque id. A Binary comes as its own bytes
// unless FHIR JSON is asked for by name (hl7.org/fhir/R4/binary.html).
func (s *Service) Read(w http.ResponseWriter, r *http.Request, typ, id string) {
	found, ok := s.Store.byRef[typ+"/"+id]
	if !ok {
		s.Refuse(w, r, notFound(typ+"/"+id+" is not known"))
		return
	}
	if refusal := s.guarded(r, found.record.NHSNumber); refusal != nil {
		s.Refuse(w, r, refusal)
		return
	}
	f, broken := s.Faults.Take(fault.Call{NHSNumber: found.record.NHSNumber, ResourceType: typ})
	f.NHSNumber = found.record.NHSNumber
	format, _ := s.format(r, r.URL.Query())
	answer := s.written(format, reply(http.StatusOK, JSON+"; charset=utf-8", s.rewritten(r, compacted(found.resource.Raw))))
	if typ == "Binary" && !strings.Contains(r.Header.Get("Accept"), "fhir") {
		answer = content(found.resource)
	}
	s.send(w, r, f, broken, answer)
}

func compacted(raw []byte) []byte {
	var out bytes.Buffer
	if err := json.Compact(&out, raw); err != nil {
		return raw
	}
	return out.Bytes()
}

func content(binary *Resource) fault.Reply {
	encoded := text(binary.fields(), "data") + text(binary.fields(), "content") // R4, STU3
	data, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return reply(http.StatusInternalServerError, JSON, Outcome("exception", "Document is damaged", ""))
	}
	return reply(http.StatusOK, text(binary.fields(), "contentType"), data)
}
