package fhirserver

import (
	"net/http"
	"slices"
	"strings"
)

type capability struct {
	ResourceType string   `json:"resourceType"`
	Status       string   `json:"status"`
	Date         string   `json:"date"`
	Kind         string   `json:"kind"`
	FHIRVersion  string   `json:"fhirVersion"`
	Format       []string `json:"format"`
	Rest         []rest   `json:"rest"`
}

type rest struct {
	Mode     string         `json:"mode"`
	Resource []restResource `json:"resource"`
}

type restResource struct {
	Type        string        `json:"type"`
	Interaction []interaction `json:"interaction"`
	SearchParam []searchParam `json:"searchParam"`
}

type interaction struct {
	Code string `json:"code"`
}

type searchParam struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// Metadata answers with a CapabilityStatement that tells which types and parameters are served.
func (s *Service) Metadata(w http.ResponseWriter) {
	statement := capability{
		ResourceType: "CapabilityStatement", Status: "active", Date: "2025-01-01", Kind: "instance",
		FHIRVersion: s.Dialect.FHIRVersion, Format: []string{JSON}, Rest: []rest{{Mode: "server"}},
	}
	for name, rules := range s.Dialect.Types {
		statement.Rest[0].Resource = append(statement.Rest[0].Resource, describe(name, rules))
	}
	slices.SortFunc(statement.Rest[0].Resource, func(a, b restResource) int { return strings.Compare(a.Type, b.Type) })
	reply(http.StatusOK, JSON, marshal(statement)).Write(w)
}

func describe(name string, rules TypeRules) restResource {
	kinds := map[ParamKind]string{Token: "token", Date: "date", Reference: "reference"}
	described := restResource{Type: name, Interaction: []interaction{{"read"}, {"search-type"}}}
	for param, rule := range rules.Params {
		described.SearchParam = append(described.SearchParam, searchParam{param, kinds[rule.Kind]})
	}
	slices.SortFunc(described.SearchParam, func(a, b searchParam) int { return strings.Compare(a.Name, b.Name) })
	return described
}
