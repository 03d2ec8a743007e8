package cda

import (
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

func isMasked(e *xmltree.Element) bool { return e.Attr("nullFlavor") == "MSK" }

// withhold says that something of the document was taken out of it (nullFlavor MSK) of which nobody knows under which
// heading it belongs: a gap of each section that the document answers. It is said once.
func (r *reader) withhold(from *xmltree.Element) {
	if r.withheld {
		return
	}
	r.withheld = true
	r.add("OperationOutcome", &model.OperationOutcome{Issue: []model.Issue{{Severity: "warning", Code: "suppressed"}}}, from)
}

// masked settles what a section, its text or its components say of having been masked.
func (r *reader) masked(s *xmltree.Element, out *model.Section, h heading) {
	hidden := isMasked(s)
	for i := range s.Nodes {
		if c := s.Nodes[i].Element; c != nil && (c.Local == "text" || c.Local == "code") && isMasked(c) {
			hidden = true
		}
	}
	if !hidden {
		return
	}
	if reason := emptyReasonOf("MSK"); out.EmptyReason == nil || !isMasked(s) {
		out.EmptyReason = reason
	}
	if h.kind == kindOther && out.Code == nil {
		r.withhold(s)
	}
}

// maskedRelations withholds a statement that was taken out, or what stood in it, with nothing left but that.
func (r *reader) maskedRelations(e *xmltree.Element) {
	if isMasked(e) {
		r.withhold(e)
	}
	for i := range e.Nodes {
		c := e.Nodes[i].Element
		if c != nil && (c.Local == "entryRelationship" || c.Local == "component") && isMasked(c) {
			r.withhold(c)
		}
	}
}
