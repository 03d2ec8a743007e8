package fhirsearch

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/openlhcr/openlhcr/adapters/fhir/decode"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
)

// lenient lets through what real answers hold.
func lenient() json.Options {
	return json.JoinOptions(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
}

// resourceOf is the one resource that a body holds, in JSON or XML. Nil for any other body.
func resourceOf(body []byte) model.Resource {
	payload, err := new(decode.Reader).Read(body, 0)
	if err != nil || len(payload.Resources) != 1 {
		return nil
	}
	return payload.Resources[0].Resource
}
