package fhirsearch

import (
	"net/url"
	"time"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/call"
	"github.com/openlhcr/openlhcr/adapters/definition"
)

// ParsePage opens the reader of pages to a fuzz target.
func ParsePage(body []byte) (matches, entries int, next string, err error) {
	p, err := parsePage(body)
	return p.count, p.entries, p.next, err
}

// ReadRefusal opens the reader of refusals to a fuzz target.
func ReadRefusal(body []byte) (code, requestID string) {
	said := readRefusal(body)
	return said.code, said.requestID
}

// OpenHandle seals a handle for one number and opens a handle for another.
func OpenHandle(sealedFor, openedFor string, ids []string, change func([]byte) []byte) ([]string, error) {
	h, err := call.NewHandles("smallshire", adapters.Environment{Settings: adapters.Settings{ClientSecret: "key"}})
	if err != nil {
		return nil, err
	}
	return h.Open(openedFor, change(h.Seal(sealedFor, ids)))
}

// ReadTargets opens the reader of a patient index's answers to a fuzz target.
func ReadTargets(body []byte) (ids, identifiers []string, failure *Failure) {
	s := &session{client: &client{
		base:       &url.URL{Scheme: "https", Host: "region.invalid", Path: "/fhir"},
		definition: &definition.Definition{FHIR: &definition.FHIR{PIXm: &definition.PIXm{TargetSystem: "urn:oid:2.999.1"}}},
	}}
	t, failure := s.readTargets(body)
	return t.ids, t.identifiers, failure
}

// Tied opens the reader of links between patients to a fuzz target.
func Tied(body []byte, number string) map[string]bool {
	return kinOf([][]byte{body}, number, time.Unix(0, 0)).tied
}
