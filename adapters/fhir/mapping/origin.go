package mapping

import (
	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/contract"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// origin fills what a document says around an item that was read out of it.
func (m *Mapper) origin(h *lhcrv1.ItemHeader, e *answer.Entry, o *model.Origin) {
	if o == nil {
		return
	}
	if h.GetHeading() == "" {
		h.Heading = o.Heading
	}
	if source := m.organisation(e, o.Custodian); source != nil {
		h.SourceOrganisation = source
	}
	m.participants(h, e, asAuthor, o.Authors)
	h.Recorded = contract.When(o.Recorded)
	h.Negated = o.Negated
	m.notes(h, e, o.Notes)
}
