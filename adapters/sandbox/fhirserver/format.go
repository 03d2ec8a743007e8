package fhirserver

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/openlhcr/openlhcr/adapters/sandbox/fault"
)

// XML is the media type of FHIR XML.
const XML = "application/fhir+xml"

// The formats of an answer.
const (
	asJSON = "json"
	asXML  = "xml"
)

// formatWord reads a value of _format or of Accept: "json", "xml", "" for one that names neither (*/*), or false for
// one that is not FHIR. Source: hl7.org/fhir/STU3/http.html#mime-type
func formatWord(value string) (string, bool) {
	media, _, _ := strings.Cut(strings.TrimSpace(value), ";")
	switch strings.ReplaceAll(strings.TrimSpace(media), " ", "+") {
	case "json", "text/json", "application/json", JSON:
		return asJSON, true
	case "xml", "text/xml", "application/xml", XML:
		return asXML, true
	case "", "*/*", "application/*":
		return "", true
	default:
		return "", false
	}
}

// format is how an answer is written: as _format says, else as Accept does, else in the service's first format. It is
// false where nothing that is asked for is served.
func (s *Service) format(r *http.Request, form url.Values) (string, bool) {
	if asked := form.Get("_format"); asked != "" {
		return s.serves(asked)
	}
	accept := strings.Join(r.Header.Values("Accept"), ",")
	for _, part := range strings.Split(accept, ",") {
		if format, ok := s.serves(part); ok {
			return format, true
		}
	}
	return s.formats()[0], false
}

// Admits tells whether what the Accept header asks for, if anything, is served.
func (s *Service) Admits(r *http.Request) bool {
	_, ok := s.format(r, nil)
	return ok
}

func (s *Service) serves(asked string) (string, bool) {
	format, ok := formatWord(asked)
	if !ok {
		return s.formats()[0], false
	}
	for _, served := range s.formats() {
		if format == "" || format == served {
			return served, true
		}
	}
	return s.formats()[0], false
}

// formats are those that the service has, the first its own choice.
func (s *Service) formats() []string {
	switch {
	case s.Dialect.OnlyXML:
		return []string{asXML}
	case s.Dialect.XML:
		return []string{asJSON, asXML}
	default:
		return []string{asJSON}
	}
}

// Refuse answers with a refusal, in the format that the call asks for.
func (s *Service) Refuse(w http.ResponseWriter, r *http.Request, refusal *Refusal) {
	format, _ := s.format(r, r.URL.Query())
	answer := reply(refusal.Status, JSON, Outcome(refusal.Code, refusal.Text, refusal.Diagnostics))
	s.written(format, answer).Write(w)
}

// written writes an answer in another format, if it is FHIR.
func (s *Service) written(format string, answer fault.Reply) fault.Reply {
	media := answer.Header.Get("Content-Type")
	if format != asXML || !strings.HasPrefix(media, JSON) {
		return answer
	}
	return reply(answer.Status, XML+strings.TrimPrefix(media, JSON), ToXML(answer.Body))
}
