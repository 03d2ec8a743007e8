package fhirserver

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
)

type bundle struct {
	ResourceType string  `json:"resourceType"`
	ID           string  `json:"id"`
	Type         string  `json:"type"`
	Total        int     `json:"total"`
	Link         []link  `json:"link"`
	Entry        []entry `json:"entry,omitempty"`
}

type link struct {
	Relation string `json:"relation"`
	URL      string `json:"url"`
}

type entry struct {
	FullURL  string          `json:"fullUrl,omitempty"`
	Resource json.RawMessage `json:"resource"`
	Search   searchMode      `json:"search"`
}

type searchMode struct {
	Mode string `json:"mode"`
}

func newBundle(total int) *bundle {
	return &bundle{ResourceType: "Bundle", ID: rand.Text(), Type: "searchset", Total: total}
}

func (b *bundle) add(base, mode string, resources ...*Resource) {
	for _, resource := range resources {
		e := entry{Resource: resource.Raw, Search: searchMode{mode}}
		if resource.ID != "" {
			e.FullURL = base + "/" + resource.Reference()
		}
		b.Entry = append(b.Entry, e)
	}
}

func (b *bundle) addOutcomes(outcomes ...json.RawMessage) {
	for _, outcome := range outcomes {
		b.Entry = append(b.Entry, entry{Resource: outcome, Search: searchMode{"outcome"}})
	}
}

// marshal writes JSON without HTML escapes, so that narrative goes out as it was stored.
func marshal(v any) []byte {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		panic("fhirserver: stored resource is not JSON: " + err.Error())
	}
	return bytes.TrimRight(out.Bytes(), "\n")
}
