package reference

import (
	"bytes"
	"encoding/json"
)

// openAPI is what the page takes from an OpenAPI 2.0 document.
type openAPI struct {
	Info struct {
		Title       string `json:"title"`
		Description string `json:"description"`
		Version     string `json:"version"`
	} `json:"info"`
	Tags []struct {
		Name        string `json:"name"`
		Description string `json:"description"`
	} `json:"tags"`
	Paths       ordered[ordered[endpoint]] `json:"paths"`
	Definitions ordered[schema]            `json:"definitions"`
}

// endpoint is one method on one path.
type endpoint struct {
	Summary     string `json:"summary"`
	Description string `json:"description"`
	OperationID string `json:"operationId"`
	Tags        []string
	Parameters  []struct {
		schema
		Name string  `json:"name"`
		In   string  `json:"in"`
		Body *schema `json:"schema"`
	} `json:"parameters"`
	Responses map[string]struct {
		Schema *schema `json:"schema"`
	} `json:"responses"`
}

// schema is a type: a reference to a definition, or what it is itself.
type schema struct {
	Ref         string          `json:"$ref"`
	Type        string          `json:"type"`
	Format      string          `json:"format"`
	Description string          `json:"description"`
	Enum        []string        `json:"enum"`
	Items       *schema         `json:"items"`
	AllOf       []schema        `json:"allOf"`
	Properties  ordered[schema] `json:"properties"`
}

// ordered is a JSON object whose order means something.
type ordered[T any] []member[T]

type member[T any] struct {
	Name  string
	Value T
}

// UnmarshalJSON reads the members in their order.
func (o *ordered[T]) UnmarshalJSON(data []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	if _, err := decoder.Token(); err != nil {
		return err
	}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return err
		}
		m := member[T]{}
		m.Name, _ = name.(string)
		if err := decoder.Decode(&m.Value); err != nil {
			return err
		}
		*o = append(*o, m)
	}
	return nil
}
