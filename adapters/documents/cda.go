package documents

import (
	"github.com/openlhcr/openlhcr/adapters/cda"
	"github.com/openlhcr/openlhcr/adapters/fhir"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
)

// IsCDA says whether a content is a CDA document, by its root element.
func IsCDA(content []byte) bool { return cda.Is(content) }

// readCDA makes a payload of a CDA document, in which a letter is a gap.
func (l Listed) readCDA(content []byte) (fhir.Payload, error) {
	r, err := l.reading(content, false)
	return r.Payload, err
}

// reading makes FHIR of a CDA document. Noted says that letters are noted by who asks; without
// it, one leaves a gap.
func (l Listed) reading(content []byte, noted bool) (Reading, error) {
	document, err := cda.Read(content, cda.Options{Listed: l.identifiers(), LettersNoted: noted})
	if err != nil {
		return Reading{}, err
	}
	payload := document.Payload()
	payload.Listing = l.Reference
	return Reading{Payload: payload, Letter: document.Unstructured()}, nil
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
