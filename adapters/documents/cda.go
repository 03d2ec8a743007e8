package documents

import (
	"github.com/openlhcr/openlhcr/adapters/cda"
	"github.com/openlhcr/openlhcr/adapters/fhir"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
)

// IsCDA says whether a content is a CDA document, by its root element.
func IsCDA(content []byte) bool { return cda.Is(content) }

// readCDA makes FHIR of a CDA document.
func (l Listed) readCDA(content []byte) (fhir.Payload, error) {
	document, err := cda.Read(content, cda.Options{Listed: l.identifiers()})
	if err != nil {
		return fhir.Payload{}, err
	}
	payload := document.Payload()
	payload.Listing = l.Reference
	return payload, nil
}

// identifiers are those by which the document is listed.
func (l Listed) identifiers() []model.Identifier {
	if l.Reference == nil {
		return nil
	}
	out := append([]model.Identifier(nil), l.Reference.Identifier...)
	if l.Reference.MasterIdentifier != nil {
		out = append(out, *l.Reference.MasterIdentifier)
	}
	return out
}
