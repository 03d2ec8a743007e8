package cda

import (
	"slices"
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

// identifierSystems are the systems of identifiers by their OIDs (NHS England: Spine directory services, ITK). Read only.
var identifierSystems = map[string]string{
	"1.2.826.0.1285.0.1.10":             "https://fhir.nhs.uk/Id/ods-organization-code",
	"2.16.840.1.113883.2.1.3.2.4.19.1":  "https://fhir.nhs.uk/Id/ods-organization-code",
	"2.16.840.1.113883.2.1.4.3":         "https://fhir.nhs.uk/Id/ods-organization-code",
	"2.16.840.1.113883.2.1.3.2.4.19.2":  "https://fhir.nhs.uk/Id/ods-site-code",
	"1.2.826.0.1285.0.2.0.65":           "https://fhir.nhs.uk/Id/sds-user-id",
	"1.2.826.0.1285.0.2.0.67":           "https://fhir.nhs.uk/Id/sds-role-profile-id",
	"2.16.840.1.113883.2.1.3.2.4.18.29": "https://fhir.hl7.org.uk/Id/gmc-number",
}

const plainURI = "urn:ietf:rfc:3986"

// untraced is what an NHS number under the OID of untraced ones says of itself.
const untraced = "not traced"

// identifier carries an instance identifier (II) over; nil for one that is not there (nullFlavor).
func (r *reader) identifier(e *xmltree.Element) *model.Identifier {
	root, extension := strings.TrimSpace(e.Attr("root")), strings.TrimSpace(e.Attr("extension"))
	switch {
	case slices.Contains(r.options.NHSNumberRoots, root) && extension != "":
		return nhsNumber(root, extension)
	case identifierSystems[root] != "" && extension != "":
		return &model.Identifier{System: identifierSystems[root], Value: extension}
	case extension != "":
		return &model.Identifier{System: uriOf(root), Value: extension}
	case root != "":
		return &model.Identifier{System: plainURI, Value: uriOf(root)}
	}
	return nil
}

func nhsNumber(root, number string) *model.Identifier {
	id := &model.Identifier{System: answer.NHSNumberSystem, Value: number}
	if root == rootNHSNumberUntraced {
		id.Extension = []model.Extension{{
			URL:   "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus",
			Value: model.NodeValue("CodeableConcept", &model.Concept{Text: untraced}),
		}}
	}
	return id
}

// identifiers are those of an element's id children.
func (r *reader) identifiers(ids []*xmltree.Element) []model.Identifier {
	var out []model.Identifier
	for _, e := range ids {
		if id := r.identifier(e); id != nil {
			out = append(out, *id)
		}
	}
	return out
}

// idKey is an identifier as it is compared.
type idKey struct{ system, value string }

func keyOf(id *model.Identifier) idKey { return idKey{id.System, id.Value} }
