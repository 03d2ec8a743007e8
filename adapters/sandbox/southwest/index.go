package southwest

import (
	"encoding/json"
	"mime"
	"net/http"
	"strings"

	"github.com/openlhcr/openlhcr/adapters/sandbox/fhirapi"
	"github.com/openlhcr/openlhcr/adapters/sandbox/fhirserver"
	"github.com/openlhcr/openlhcr/adapters/sandbox/system"
)

const maxQuestion = 64 << 10

// index is the patient index (IHE PIXm, ITI-83).
type index struct {
	sys     *system.System
	service *fhirserver.Service
}

// question is what $ihe-pix is asked.
type question struct {
	source fhirserver.Identifier
	target string
}

// get reads the question from the URL: sourceIdentifier=system|value and targetSystem.
func (i *index) get(w http.ResponseWriter, r *http.Request) {
	system, value, _ := strings.Cut(r.URL.Query().Get("sourceIdentifier"), "|")
	i.answer(w, r, question{fhirserver.Identifier{System: system, Value: value}, r.URL.Query().Get("targetSystem")})
}

// post reads the question from a Parameters resource.
func (i *index) post(w http.ResponseWriter, r *http.Request) {
	var body struct {
		ResourceType string `json:"resourceType"`
		Parameter    []struct {
			Name       string                `json:"name"`
			Identifier fhirserver.Identifier `json:"valueIdentifier"`
			URI        string                `json:"valueUri"`
		} `json:"parameter"`
	}
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxQuestion)).Decode(&body)
	if err != nil || media != fhirserver.JSON || body.ResourceType != "Parameters" {
		i.service.Refuse(w, r, fhirapi.Refusal(http.StatusBadRequest, "structure", "The body is no Parameters resource"))
		return
	}
	var q question
	for _, p := range body.Parameter {
		switch p.Name {
		case "sourceIdentifier":
			q.source = p.Identifier
		case "targetSystem":
			q.target = p.URI
		}
	}
	i.answer(w, r, q)
}

// answer refuses what ITI-83 says must be refused (2:3.83.4.2.2) and hands the rest to the index.
func (i *index) answer(w http.ResponseWriter, r *http.Request, q question) {
	i.sys.Count("pix")
	refuse := func(status int, code, why string) { i.service.Refuse(w, r, fhirapi.Refusal(status, code, why)) }
	switch {
	case q.source.System == "" || q.source.Value == "":
		refuse(http.StatusBadRequest, "required", "sourceIdentifier needs system and value")
	case q.target == "":
		refuse(http.StatusBadRequest, "required", "targetSystem is missing")
	case !i.service.Store.KnowsSystem(q.source.System):
		refuse(http.StatusBadRequest, "code-invalid", "sourceIdentifier: system is not known: "+q.source.System)
	case !i.service.Store.KnowsSystem(q.target):
		refuse(http.StatusForbidden, "code-invalid", "targetSystem is not known: "+q.target)
	default:
		i.service.CrossReference(w, r, q.source, q.target)
	}
}
